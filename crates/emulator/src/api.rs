//! A call of a method: the checks that all methods share, and the dispatch.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Map, Value, json};

use crate::form::{Field, Form, Kind, check_names, query_fields};
use crate::http::{Head, Reply};
use crate::photo_methods;
use crate::profile_methods;
use crate::refusal::Refusal;
use crate::server::Shared;
use crate::token::{self, Grant};

/// What a method asks for.
struct Method {
    name: &'static str,
    scope: &'static str,
    arguments: &'static [&'static str],
    /// Whether a JSON body is taken.
    json: bool,
    /// Whether a bot, or a bot's token, may call it.
    bots: bool,
}

const METHODS: &[Method] = &[
    Method {
        name: "users.setPhoto",
        scope: "users.profile:write",
        arguments: &["image", "crop_x", "crop_y", "crop_w"],
        json: false,
        bots: false,
    },
    Method {
        name: "users.deletePhoto",
        scope: "users.profile:write",
        arguments: &[],
        json: true,
        bots: false,
    },
    Method {
        name: "users.profile.get",
        scope: "users.profile:read",
        arguments: &["user", "include_labels"],
        json: false,
        bots: true,
    },
];

/// One accepted call on its way to its method.
pub(crate) struct Call<'a> {
    pub(crate) shared: &'a Arc<Shared>,
    pub(crate) verb: &'a str,
    pub(crate) grant: Grant,
    pub(crate) kind: Kind,
    /// Arguments of query and body.
    pub(crate) fields: Vec<Field>,
}

impl Call<'_> {
    /// The text of an argument.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.fields
            .iter()
            .find(|field| field.name == name)
            .map(|field| field.text().into_owned())
    }
}

/// What a successful method adds to `"ok": true`.
pub(crate) type Answer = Result<Map<String, Value>, Refusal>;

/// The reply to a call.
pub(crate) async fn answer(
    shared: &Arc<Shared>,
    name: &str,
    head: &Head,
    form: Form,
    refusal: Option<Refusal>,
) -> Reply {
    let started = Instant::now();
    let warnings = form.warnings.clone();
    let answer = call(shared, name, head, form, refusal).await;
    let (mut reply, outcome) = match answer {
        Ok(members) => {
            let mut reply = json!({ "ok": true });
            reply.as_object_mut().expect("an object").extend(members);
            (reply, "ok".to_owned())
        }
        Err(refusal) => (
            refusal.to_json(),
            format!("{}: {}", refusal.code, refusal.message),
        ),
    };
    if !warnings.is_empty() {
        reply["warning"] = warnings.join(",").into();
        reply["response_metadata"]["warnings"] = json!(warnings);
    }
    let millis = started.elapsed().as_millis();
    let line = format!(
        "{} {name} {outcome}{} ({millis} ms)",
        head.verb,
        warnings
            .iter()
            .map(|w| format!(", {w}"))
            .collect::<String>()
    );
    shared.state().log.push(line.len(), line);
    Reply::json(200, &reply)
}

/// The reply to a body that stopped before its announced end.
pub(crate) fn cut_short(shared: &Shared, head: &Head) -> Reply {
    let refusal = Refusal::new(
        "request_timeout",
        "the body stopped before its announced end",
    );
    let line = format!(
        "{} {} {}: {}",
        head.verb, head.path, refusal.code, refusal.message
    );
    shared.state().log.push(line.len(), line);
    Reply::json(200, &refusal.to_json())
}

async fn call(
    shared: &Arc<Shared>,
    name: &str,
    head: &Head,
    form: Form,
    refusal: Option<Refusal>,
) -> Answer {
    let method = METHODS.iter().find(|method| method.name == name);
    let method = method
        .ok_or_else(|| Refusal::new("unknown_method", "no such method").with("req_method", name))?;
    if !matches!(head.verb.as_str(), "GET" | "POST") {
        return Err(Refusal::new(
            "invalid_post_type",
            format!("{} is neither GET nor POST", head.verb),
        ));
    }
    let grant = authenticate(head)?;
    if !method.bots && grant.is_bot_token {
        return Err(Refusal::new(
            "not_allowed_token_type",
            format!("{name} takes a user's token, xoxp-, and no other"),
        ));
    }
    if !grant.scopes.contains(&method.scope) {
        let why = format!("the token lacks the scope {}", method.scope);
        return Err(Refusal::new("missing_scope", why)
            .with("needed", method.scope)
            .with("provided", grant.scopes.join(",")));
    }
    if let Some(refusal) = refusal {
        return Err(refusal);
    }
    if form.kind == Kind::Json && !method.json {
        return Err(Refusal::new(
            "invalid_post_type",
            format!("{name} does not take application/json"),
        ));
    }
    let mut fields = query_fields(head);
    fields.extend(form.fields);
    check_names(&fields, method.arguments)?;
    let call = Call {
        shared,
        verb: &head.verb,
        grant,
        kind: form.kind,
        fields,
    };
    match name {
        "users.setPhoto" => photo_methods::set_photo(call).await,
        "users.deletePhoto" => photo_methods::delete_photo(call),
        "users.profile.get" => profile_methods::get(call),
        other => unreachable!("{other} is in the table but not here"),
    }
}

/// Only the Authorization header counts. A token in the query spoils even a right one; elsewhere it is no token.
fn authenticate(head: &Head) -> Result<Grant, Refusal> {
    if head.query.iter().any(|(name, _)| name == "token") {
        return Err(Refusal::new(
            "invalid_auth",
            "a token in the query: send it in the Authorization header only",
        ));
    }
    let token = match &head.authorization[..] {
        [] => return Err(Refusal::new("not_authed", "no Authorization header")),
        [one] => one
            .strip_prefix("Bearer ")
            .ok_or_else(|| Refusal::new("invalid_auth", "Authorization is not \"Bearer TOKEN\""))?,
        _ => {
            return Err(Refusal::new(
                "invalid_auth",
                "several Authorization headers",
            ));
        }
    };
    let grant = token::read(token)
        .ok_or_else(|| Refusal::new("invalid_auth", "the token was never issued"))?;
    match grant.standing {
        None => Ok(grant),
        Some(code) => Err(Refusal::new(
            code,
            "every call with this token gets this answer",
        )),
    }
}
