//! The consent page at `/oauth/v2/authorize`: who is asked for what, with a button for yes and one for no.
//!
//! `?auto=maya` answers at once for somebody by name or ID, `?auto=cancel` says no; `?team=LABEL` means the workspace that `--LABEL`
//! means after a token.

use std::fmt::Write;

use crate::form::{Field, Form};
use crate::http::{Head, Reply};
use crate::oauth::is_client_id;
use crate::oauth::issued::Consent;
use crate::page::{escape, harmless};
use crate::state::Shared;
use crate::token;
use crate::world::{Role, User};

/// People to choose from; the others sign in by `auto`.
const MOST_PEOPLE: usize = 100;

/// What an app asks for.
struct Asked {
    client_id: String,
    redirect_uri: String,
    state: String,
    challenge: String,
    scopes: Vec<&'static str>,
    /// The workspace's name.
    world: String,
}

/// The page, or where it leads.
pub(crate) fn answer(shared: &Shared, head: &Head, form: &Form) -> Reply {
    let fields: Vec<(String, String)> = match head.verb.as_str() {
        "GET" | "HEAD" => head.query.clone(),
        "POST" => form.fields.iter().map(pair).collect(),
        _ => return Reply::text(405, "GET or POST\n").with("allow", "GET, HEAD, POST"),
    };
    let text = |name: &str| {
        let found = fields.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    };
    let asked = match ask(&text) {
        Ok(asked) => asked,
        Err(wrong) => {
            shared
                .state()
                .note(format!("{} oauth/v2/authorize {wrong}", head.verb));
            return refused(shared, &wrong);
        }
    };
    let answer = match text("auto") {
        "" if head.verb == "POST" => text("answer").to_owned() + " " + text("user"),
        "" => return page(shared, &asked),
        "cancel" => "cancel ".to_owned(),
        who => format!("allow {who}"),
    };
    let mut state = shared.state();
    let (outcome, line) = match answer.split_once(' ') {
        Some(("allow", who)) => {
            let users = &state.world(&asked.world).users;
            let is_meant = |user: &&User| user.id == who || user.text("display_name") == who;
            let Some(user) = users.iter().filter(|user| can_sign_in(user)).find(is_meant) else {
                drop(state);
                return refused(
                    shared,
                    "user_not_found: nobody of this name or ID can sign in here; maya can",
                );
            };
            let consent = Consent {
                client_id: asked.client_id,
                user: user.id.clone(),
                world: asked.world,
                scopes: asked.scopes,
            };
            let line = format!("oauth/v2/authorize ok: {} allows it", consent.user);
            let redirect = asked.redirect_uri.clone();
            let code = state.oauth.code(consent, redirect, asked.challenge);
            (("code", code), line)
        }
        Some(("cancel", _)) => {
            let line = "oauth/v2/authorize access_denied: the user chose Cancel".to_owned();
            (("error", "access_denied".to_owned()), line)
        }
        _ => {
            drop(state);
            return refused(
                shared,
                "invalid_arguments: answer is neither allow nor cancel",
            );
        }
    };
    state.note(format!("{} {line}", head.verb));
    drop(state);
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair(outcome.0, &outcome.1)
        .append_pair("state", &asked.state)
        .finish();
    let joint = if asked.redirect_uri.contains('?') {
        '&'
    } else {
        '?'
    };
    let location = format!("{}{joint}{query}", asked.redirect_uri);
    harmless(Reply::text(302, "on your way\n"))
        .with("location", location)
        .with("cache-control", "no-store")
}

fn pair(field: &Field) -> (String, String) {
    (field.name.clone(), field.text().into_owned())
}

/// Checks what an app asks for. The error begins with Slack's code.
fn ask<'a>(text: &impl Fn(&str) -> &'a str) -> Result<Asked, String> {
    let client_id = text("client_id");
    if !is_client_id(client_id) {
        return Err("invalid_client_id: client_id looks like 2141029472.691202649728".to_owned());
    }
    let redirect_uri = text("redirect_uri");
    let local = ["http://localhost:", "http://127.0.0.1:", "http://[::1]:"];
    if !redirect_uri.starts_with("https://")
        && !local.iter().any(|start| redirect_uri.starts_with(start))
    {
        let why = "bad_redirect_uri: redirect_uri is neither https nor http to this machine";
        return Err(why.to_owned());
    }
    if redirect_uri.contains(|c: char| c.is_whitespace() || c.is_control() || c == '#') {
        return Err("bad_redirect_uri: redirect_uri has a blank or a fragment in it".to_owned());
    }
    if !text("scope").is_empty() {
        let why = "invalid_scope: with PKCE there are scopes of the user only, in user_scope";
        return Err(why.to_owned());
    }
    let mut scopes = Vec::new();
    for scope in text("user_scope")
        .split([',', ' '])
        .filter(|scope| !scope.is_empty())
    {
        let known =
            token::scope(scope).ok_or("invalid_scope: user_scope names an unknown scope")?;
        if !scopes.contains(&known) {
            scopes.push(known);
        }
    }
    if scopes.is_empty() {
        return Err("no_user_scopes: user_scope is empty".to_owned());
    }
    // Strict: on Slack both are optional for apps that have a secret.
    if text("state").is_empty() {
        return Err(
            "invalid_arguments: there is no state, which ties the answer to its question"
                .to_owned(),
        );
    }
    let challenge = text("code_challenge");
    let is_digest = challenge.len() == 43
        && challenge
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    if text("code_challenge_method") != "S256" || !is_digest {
        let why = "invalid_arguments: code_challenge is not 43 characters of base64url, or code_challenge_method not S256";
        return Err(why.to_owned());
    }
    Ok(Asked {
        client_id: client_id.to_owned(),
        redirect_uri: redirect_uri.to_owned(),
        state: text("state").to_owned(),
        challenge: challenge.to_owned(),
        scopes,
        world: text("team").to_owned(),
    })
}

fn can_sign_in(user: &User) -> bool {
    matches!(user.role, Role::PrimaryOwner | Role::Admin | Role::Member)
}

fn page(shared: &Shared, asked: &Asked) -> Reply {
    let mut html = head(shared, "An app asks for permission");
    let _ = write!(
        html,
        "<h1>headshot emulator</h1>\n<main class=\"consent\">\n<h2>The app <code>{}</code> asks for your permission</h2>\n<p>It wants to:</p>\n<ul>\n",
        escape(&asked.client_id)
    );
    for scope in &asked.scopes {
        let _ = writeln!(html, "<li><code>{scope}</code></li>");
    }
    html += "</ul>\n<form method=\"post\" action=\"/oauth/v2/authorize\">\n";
    let scopes = asked.scopes.join(",");
    for (name, value) in [
        ("client_id", asked.client_id.as_str()),
        ("redirect_uri", &asked.redirect_uri),
        ("state", &asked.state),
        ("code_challenge", &asked.challenge),
        ("code_challenge_method", "S256"),
        ("user_scope", &scopes),
        ("team", &asked.world),
    ] {
        let value = escape(value);
        let _ = writeln!(
            html,
            "<input type=\"hidden\" name=\"{name}\" value=\"{value}\">"
        );
    }
    html += "<p><label for=\"user\">You are</label> <select id=\"user\" name=\"user\">\n";
    let mut state = shared.state();
    let users = state.world(&asked.world).users.iter();
    for user in users.filter(|user| can_sign_in(user)).take(MOST_PEOPLE) {
        let (id, name) = (escape(&user.id), escape(user.text("real_name")));
        let selected = if user.id == token::MEMBER {
            " selected"
        } else {
            ""
        };
        let _ = writeln!(html, "<option value=\"{id}\"{selected}>{name}</option>");
    }
    drop(state);
    html += "</select></p>\n<p class=\"answers\"><button class=\"button\" name=\"answer\" value=\"allow\">Allow</button> \
             <button class=\"button\" name=\"answer\" value=\"cancel\">Cancel</button></p>\n</form>\n</main>\n</body>\n</html>\n";
    harmless(Reply::new(200, "text/html; charset=utf-8", html)).with("cache-control", "no-store")
}

/// An error page without a redirect to the app, because the app's address cannot be trusted.
fn refused(shared: &Shared, wrong: &str) -> Reply {
    let mut html = head(shared, "Something is wrong with this app");
    let wrong = escape(wrong);
    let _ = write!(
        html,
        "<h1>headshot emulator</h1>\n<main class=\"consent\">\n<h2>Something is wrong with this app</h2>\n<p>{wrong}</p>\n</main>\n</body>\n</html>\n"
    );
    harmless(Reply::new(400, "text/html; charset=utf-8", html)).with("cache-control", "no-store")
}

fn head(shared: &Shared, title: &str) -> String {
    let member = shared
        .state()
        .world("")
        .user(token::MEMBER)
        .map(User::avatar_hash);
    let icon = member.unwrap_or_default();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title} – headshot emulator</title>\n<link rel=\"icon\" href=\"/avatars/{icon}_32.png\">\n<link rel=\"stylesheet\" href=\"/page.css\">\n</head>\n<body>\n"
    )
}
