//! Slack's SCIM 2.0, as far as it concerns photos: `/scim/v2/Users` can be listed, read, and given a photo.
//!
//! Whatever else SCIM can change is refused here: a PUT blanks every other field, a DELETE and `active` deactivate people, and
//! nothing that is tested against this should do either.

mod patch;
mod users;

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::api::authenticate;
use crate::http::{Head, Reply};
use crate::state::Shared;
use crate::token::Grant;

const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// Calls a minute, and how many of them at once, over everything that uses SCIM in the workspace.
const UPDATES: (u32, u32) = (180, 20);
const WRITES: (u32, u32) = (600, 180);
const READS_OF_ONE: (u32, u32) = (300, 300);
const READS: (u32, u32) = (1000, 1000);

/// A refused request: the status, the code for `detail`, and why in a sentence, for the log.
struct Refused {
    status: u16,
    code: &'static str,
    why: String,
    /// Seconds for `Retry-After`.
    retry_after: Option<u64>,
}

impl Refused {
    fn new(status: u16, code: &'static str, why: impl Into<String>) -> Refused {
        Refused {
            status,
            code,
            why: why.into(),
            retry_after: None,
        }
    }

    fn too_many(why: impl Into<String>, seconds: u64) -> Refused {
        Refused {
            retry_after: Some(seconds.max(1)),
            ..Refused::new(429, "too_many_requests", why)
        }
    }
}

/// The reply to a request below `/scim/`.
pub(crate) async fn answer(shared: &Arc<Shared>, head: &Head, body: &Bytes) -> Reply {
    let started = Instant::now();
    let answer = request(shared, head, body).await;
    let millis = started.elapsed().as_millis();
    let (reply, outcome) = match answer {
        Ok(object) => (Reply::json(200, &object), "ok".to_owned()),
        Err(refused) => {
            let Refused { status, code, .. } = refused;
            let object = json!({ "schemas": [ERROR], "detail": code, "status": status });
            let mut reply = Reply::json(status, &object);
            if let Some(seconds) = refused.retry_after {
                reply = reply.with("retry-after", seconds.to_string());
            }
            if status == 405 {
                reply = reply.with("allow", "GET, PATCH");
            }
            (reply, format!("{code}: {}", refused.why))
        }
    };
    let path = head.path.trim_start_matches('/');
    let line = format!("{} {path} {outcome} ({millis} ms)", head.verb);
    shared.state().note(line);
    reply
}

async fn request(shared: &Arc<Shared>, head: &Head, body: &Bytes) -> Result<Value, Refused> {
    let missing = || {
        Refused::new(
            404,
            "not_found",
            "there is only /scim/v2/Users and what is below it",
        )
    };
    let rest = head
        .path
        .strip_prefix("/scim/v2/Users")
        .ok_or_else(missing)?;
    let id = match rest.strip_prefix('/') {
        None if rest.is_empty() => "",
        Some(id) if !id.contains('/') => id,
        _ => return Err(missing()),
    };
    let grant = authenticate(shared, head)
        .map_err(|refusal| Refused::new(401, "invalid_authentication", refusal.message))?;
    if let Some((of, code)) = grant.refused
        && of.contains(&"scim")
    {
        return Err(Refused::new(
            403,
            code,
            "this token's workspace has no SCIM",
        ));
    }
    if !grant.scopes.contains(&"admin") {
        let why = "the token lacks the scope admin";
        return Err(Refused::new(403, "permission_denied", why));
    }
    match (head.verb.as_str(), id) {
        ("GET", "") => {
            take(shared, &grant, "scim reads", READS)?;
            users::list(shared, &grant, &head.query)
        }
        ("GET", id) => {
            take(shared, &grant, "scim reads", READS)?;
            take(shared, &grant, "scim reads of one", READS_OF_ONE)?;
            users::get(shared, &grant, id)
        }
        ("PATCH", id) if !id.is_empty() => {
            take(shared, &grant, "scim writes", WRITES)?;
            take(shared, &grant, "scim updates", UPDATES)?;
            patch::patch(shared, &grant, id, head, body).await
        }
        (verb, _) => {
            let why = format!("{verb} is not served here: it could change more than a photo");
            Err(Refused::new(405, "method_not_allowed", why))
        }
    }
}

/// Counts a request, unless limits are off.
fn take(
    shared: &Shared,
    grant: &Grant,
    key: &str,
    (per_minute, burst): (u32, u32),
) -> Result<(), Refused> {
    if shared.settings.rate.is_none() {
        return Ok(());
    }
    let mut state = shared.state();
    let rates = &mut state.world(&grant.world).rates;
    let taken = rates.take_burst(key, per_minute, burst, Instant::now());
    taken.map_err(|wait| {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        let why = format!("{key}: at most {per_minute} a minute, {burst} at once");
        Refused::too_many(why, seconds)
    })
}
