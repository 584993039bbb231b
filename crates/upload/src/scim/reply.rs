//! All SCIM replies go through here: a person, nothing, or an error by RFC 7644, section 3.12.

use serde_json::{Map, Value};

use crate::clean::clean;
use crate::method::{Effect, Method};
use crate::reply::{Raw, Whole, rate_limited, unreadable, whole};
use crate::scim::User;
use crate::{Code, Error, Refusal, Reply};

/// What an error says of itself.
const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// Turns a reply about this person into its result or its error. `None` for a change without a body in the reply
/// (RFC 7644, section 3.5.2).
pub(super) fn read(method: &Method, id: &str, raw: &Raw) -> Result<Reply<Option<User>>, Error> {
    if raw.status == 204 && method.effect == Effect::Changes {
        return Ok(Whole::empty().reply(Vec::new(), raw).map(|_| None));
    }
    let whole = whole(method, raw, |object| refusal(method, object, raw))?;
    // Some servers say what went wrong under status 200.
    if is_error(&whole.object)
        && let Some(refused) = refusal(method, &whole.object, raw)
    {
        return Err(refused);
    }
    match whole.object.get("id").and_then(Value::as_str) {
        Some(found) if found == id => {
            let reply = whole.reply(Vec::new(), raw);
            Ok(reply.map(|object| Some(User::from(object))))
        }
        Some(_) => Err(whole.unreadable(method, "it is about somebody else")),
        None => Err(whole.unreadable(method, "it has no \"id\", so it is not a user")),
    }
}

/// The person of a reply that must have one.
pub(super) fn required(method: &Method, reply: Reply<Option<User>>) -> Result<Reply<User>, Error> {
    match reply.value.clone() {
        Some(user) => Ok(reply.map(|_| user)),
        None => Err(unreadable(method, "it holds nobody".to_owned())),
    }
}

fn is_error(object: &Map<String, Value>) -> bool {
    let schemas = object.get("schemas").and_then(Value::as_array);
    schemas.is_some_and(|schemas| schemas.iter().any(|schema| schema == ERROR))
}

/// What `detail` says: a code, perhaps followed by a sentence, or only a sentence.
fn refusal(method: &Method, object: &Map<String, Value>, raw: &Raw) -> Option<Error> {
    let detail = clean(object.get("detail")?.as_str()?);
    if detail.is_empty() {
        return None;
    }
    let is_code = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let end = detail.find(|c| !is_code(c)).unwrap_or(detail.len());
    let (word, rest) = detail.split_at(end);
    let (code, rest) = if word.contains('_') {
        (word, rest.trim_start_matches([':', '.', ' ']))
    } else {
        (&detail[..], "")
    };
    if ["too_many_requests", "ratelimited"].contains(&code) {
        return Some(rate_limited(method, raw));
    }
    let rest = (!rest.is_empty()).then(|| rest.to_owned());
    Some(Error::Refused(Box::new(Refusal {
        method: method.name,
        code: Code::named(code.to_owned()),
        needed: None,
        provided: None,
        warnings: rest.into_iter().collect(),
        request_id: raw.request_id.clone(),
    })))
}
