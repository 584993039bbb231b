//! The methods by name: the checks that all of them share, and the dispatch.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use crate::call::{Answer, Call};
use crate::form::{Form, Kind, check_names, query_fields};
use crate::http::{Head, Reply};
use crate::refusal::Refusal;
use crate::state::Shared;
use crate::token::{self, Grant};
use crate::{auth_test, member_methods, oauth, photo_methods, profile_methods};

/// What a method requires.
struct Method {
    name: &'static str,
    /// Empty where the scope depends on the arguments.
    scope: &'static str,
    /// Slack's tier: 2, 3 or 4; 5 for more than any of them.
    tier: u32,
    arguments: &'static [&'static str],
    /// Whether a JSON body is taken.
    json: bool,
    /// Whether a bot's token may call it.
    bots: bool,
}

const METHODS: &[Method] = &[
    // "hundreds of requests per minute", more than any tier.
    method("auth.test", "", 5, &[]).taking_json(),
    method("auth.revoke", "", 3, &["test"]),
    method(
        "users.setPhoto",
        "users.profile:write",
        2,
        &["image", "crop_x", "crop_y", "crop_w"],
    )
    .for_users(),
    method("users.deletePhoto", "users.profile:write", 2, &[])
        .for_users()
        .taking_json(),
    method(
        "users.profile.get",
        "users.profile:read",
        4,
        &["user", "include_labels"],
    ),
    method(
        "users.profile.set",
        "users.profile:write",
        3,
        &["user", "profile", "name", "value"],
    )
    .for_users()
    .taking_json(),
    method(
        "users.conversations",
        "",
        3,
        &[
            "cursor",
            "exclude_archived",
            "exclude_muted",
            "limit",
            "team_id",
            "types",
            "user",
        ],
    ),
    method("users.getPresence", "users:read", 3, &["user"]),
    method("users.identity", "identity.basic", 3, &[]).for_users(),
    method("users.info", "users:read", 4, &["user", "include_locale"]),
    method(
        "users.list",
        "users:read",
        2,
        &["cursor", "include_locale", "limit", "team_id"],
    ),
    method("users.lookupByEmail", "users:read.email", 3, &["email"]),
    method("users.setActive", "users:write", 2, &[]).taking_json(),
    method("users.setPresence", "users:write", 2, &["presence"]).taking_json(),
];

const fn method(
    name: &'static str,
    scope: &'static str,
    tier: u32,
    arguments: &'static [&'static str],
) -> Method {
    Method {
        name,
        scope,
        tier,
        arguments,
        json: false,
        bots: true,
    }
}

impl Method {
    const fn for_users(self) -> Method {
        Method {
            bots: false,
            ..self
        }
    }

    const fn taking_json(self) -> Method {
        Method { json: true, ..self }
    }
}

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
    let retry_after = answer
        .as_ref()
        .err()
        .and_then(|refusal| refusal.retry_after);
    let (mut reply, outcome) = match answer {
        Ok(members) => {
            let mut reply = Map::from_iter([("ok".to_owned(), true.into())]);
            reply.extend(members);
            (Value::Object(reply), "ok".to_owned())
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
    let scopes = authenticate(shared, head).ok().map(|grant| grant.scopes);
    let millis = started.elapsed().as_millis();
    let warned: String = warnings
        .iter()
        .map(|warning| format!(", {warning}"))
        .collect();
    shared.state().note(format!(
        "{} {name} {outcome}{warned} ({millis} ms)",
        head.verb
    ));
    let reply = match retry_after {
        Some(seconds) => Reply::json(429, &reply).with("retry-after", seconds.to_string()),
        None => Reply::json(200, &reply),
    };
    match scopes {
        Some(scopes) => reply.with("x-oauth-scopes", scopes.join(",")),
        None => reply,
    }
}

/// The reply to a body that stopped before its announced end.
pub(crate) fn cut_short(shared: &Shared, head: &Head) -> Reply {
    let refusal = Refusal::new(
        "request_timeout",
        "the body stopped before its announced end",
    );
    let path = head.path.strip_prefix("/api/").unwrap_or(&head.path);
    let line = format!("{} {path} {}: {}", head.verb, refusal.code, refusal.message);
    shared.state().note(line);
    Reply::json(200, &refusal.to_json())
}

async fn call(
    shared: &Arc<Shared>,
    name: &str,
    head: &Head,
    form: Form,
    refusal: Option<Refusal>,
) -> Answer {
    if oauth::access::is_method(name) {
        return oauth::access::answer(shared, name, head, form, refusal);
    }
    let method = METHODS.iter().find(|method| method.name == name);
    let method = method
        .ok_or_else(|| Refusal::new("unknown_method", "no such method").with("req_method", name))?;
    if !matches!(head.verb.as_str(), "GET" | "POST") {
        return Err(Refusal::new(
            "invalid_post_type",
            format!("{} is neither GET nor POST", head.verb),
        ));
    }
    let grant = authenticate(shared, head)?;
    if !method.bots && grant.is_bot_token {
        return Err(Refusal::new(
            "not_allowed_token_type",
            format!("{name} takes only a user's token, xoxp-"),
        ));
    }
    let mut call = Call {
        shared,
        verb: &head.verb,
        grant,
        kind: form.kind,
        fields: query_fields(head),
    };
    if !method.scope.is_empty() {
        call.check_scope(method.scope)?;
    }
    if let Some((methods, code)) = call.grant.refused
        && methods.contains(&name)
    {
        return Err(Refusal::new(code, format!("{name} is not for this token")));
    }
    if let Some(rate) = shared.settings.rate {
        // Slack's tiers 2, 3 and 4 are 20, 50 and 100 a minute.
        let limit = match method.tier {
            2 => rate,
            3 => rate.saturating_mul(5) / 2,
            4 => rate.saturating_mul(5),
            _ => rate.saturating_mul(30),
        };
        call.check_rate(name, limit)?;
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
    call.fields.extend(form.fields);
    check_names(&call.fields, method.arguments)?;
    match name {
        "auth.test" => auth_test::auth_test(call),
        "auth.revoke" => oauth::revoke::revoke(call, bearer(head)?),
        "users.setPhoto" => photo_methods::set_photo(call).await,
        "users.deletePhoto" => photo_methods::delete_photo(call),
        "users.profile.get" => profile_methods::get(call),
        "users.profile.set" => profile_methods::set(call),
        "users.conversations" => member_methods::conversations(call),
        "users.getPresence" => member_methods::get_presence(call),
        "users.identity" => member_methods::identity(call),
        "users.info" => member_methods::info(call),
        "users.list" => member_methods::list(call),
        "users.lookupByEmail" => member_methods::lookup_by_email(call),
        "users.setActive" => Ok(Map::new()), // deprecated, and does nothing
        "users.setPresence" => member_methods::set_presence(call),
        other => unreachable!("{other} is in the table but not here"),
    }
}

/// Only the Authorization header counts. A token in the query makes even a correct one invalid; elsewhere it is ignored.
pub(crate) fn authenticate(shared: &Shared, head: &Head) -> Result<Grant, Refusal> {
    if head.query.iter().any(|(name, _)| name == "token") {
        return Err(Refusal::new(
            "invalid_auth",
            "a token in the query: send it in the Authorization header only",
        ));
    }
    let token = bearer(head)?;
    let never = || Refusal::new("invalid_auth", "the token was never issued");
    let (issued, is_revoked) = {
        let oauth = &shared.state().oauth;
        (oauth.grant(token, shared.started), oauth.is_revoked(token))
    };
    let mut grant = match issued {
        Some(grant) => grant,
        None => token::read(token).ok_or_else(never)?,
    };
    if is_revoked {
        grant.standing = Some("token_revoked");
    }
    match grant.standing {
        None if grant.remaining(shared) == Some(Duration::ZERO) => {
            Err(Refusal::new("token_expired", "the token has expired"))
        }
        None if shared
            .state()
            .world(&grant.world)
            .user(&grant.user)
            .is_none() =>
        {
            Err(never())
        }
        None => Ok(grant),
        Some(code) => Err(Refusal::new(
            code,
            "every call with this token gets this answer",
        )),
    }
}

/// The token of the one Authorization header.
fn bearer(head: &Head) -> Result<&str, Refusal> {
    match &head.authorization[..] {
        [] => Err(Refusal::new("not_authed", "no Authorization header")),
        [one] => one
            .strip_prefix("Bearer ")
            .ok_or_else(|| Refusal::new("invalid_auth", "Authorization is not \"Bearer TOKEN\"")),
        _ => Err(Refusal::new(
            "invalid_auth",
            "several Authorization headers",
        )),
    }
}
