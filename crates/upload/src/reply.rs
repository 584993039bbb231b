//! All replies go through here: each becomes a result, judged by its status first.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::clean::clean;
use crate::method::Method;
use crate::{Code, Error, Profile, Refusal, record};

/// What a call returned, and Slack's warnings.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Reply<T> {
    /// The result.
    pub value: T,
    /// Warnings that hardly matter, such as `superfluous_charset`, cleaned of control characters.
    pub warnings: Vec<String>,
    /// False if the answer got lost and it could not be found out whether the requested change is what is there now.
    pub is_proven: bool,
    /// How many times the request was sent.
    pub attempts: u32,
    /// What Slack calls this request, for its support: `x-slack-req-id`, cleaned of control characters.
    pub request_id: Option<String>,
    /// What the token may do, by `x-oauth-scopes`; `None` if the reply does not tell.
    pub scopes: Option<Vec<String>>,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items on this page; may be fewer than requested, even none, before the end.
    pub items: Vec<T>,
    /// Where the next page begins; `None` on the last one.
    pub next_cursor: Option<String>,
}

impl<T> Reply<T> {
    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Reply<U> {
        Reply {
            value: change(self.value),
            is_proven: self.is_proven,
            warnings: self.warnings,
            attempts: self.attempts,
            request_id: self.request_id,
            scopes: self.scopes,
        }
    }
}

impl Reply<Map<String, Value>> {
    /// Takes the field that holds what was asked for.
    pub(crate) fn field<T: DeserializeOwned>(
        mut self,
        method: &Method,
        name: &str,
    ) -> Result<Reply<T>, Error> {
        match record::take(&mut self.value, name) {
            Some(value) => Ok(self.map(|_| value)),
            None => Err(unreadable(method, format!("it is ok, but has no {name}"))),
        }
    }

    /// Takes the profile of a call that has done its work whether or not it returns one.
    pub(crate) fn profile_if_any(mut self) -> Reply<Option<Profile>> {
        let profile = record::take(&mut self.value, "profile");
        if profile.is_none() {
            self.warnings
                .push("the reply says ok, but holds no profile".to_owned());
        }
        self.map(|_| profile)
    }

    /// Takes all fields but those that every reply has.
    pub(crate) fn whole<T: From<Map<String, Value>>>(mut self) -> Reply<T> {
        for name in ["ok", "warning", "response_metadata"] {
            self.value.remove(name);
        }
        self.map(T::from)
    }

    /// Takes one page of a list, and where the next one begins.
    pub(crate) fn page<T: DeserializeOwned>(
        self,
        method: &Method,
        name: &str,
    ) -> Result<Reply<Page<T>>, Error> {
        let cursor = self
            .value
            .get("response_metadata")
            .and_then(|metadata| metadata.get("next_cursor"));
        let next_cursor = cursor
            .and_then(Value::as_str)
            .filter(|cursor| !cursor.is_empty())
            .map(str::to_owned);
        Ok(self
            .field(method, name)?
            .map(|items| Page { items, next_cursor }))
    }
}

/// The wait after "too many requests" if the reply does not say how long: limits are counted by the minute.
const UNSAID: Duration = Duration::from_secs(30);

/// The shortest wait after "too many requests": coming back at once would be too soon.
const LEAST: Duration = Duration::from_secs(1);

/// A reply as it came off the wire, the token taken out of it.
#[derive(Debug)]
pub(crate) struct Raw {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) request_id: Option<String>,
    /// Separated by commas.
    pub(crate) scopes: Option<String>,
    /// The content coding that the reply says it has; we ask for none.
    pub(crate) coding: Option<String>,
    /// It says that it is HTML.
    pub(crate) is_html: bool,
    pub(crate) body: Vec<u8>,
    /// The body was longer than the method's cap.
    pub(crate) too_long: bool,
}

/// The object that a reply with status 2xx has, and what to say of it.
pub(crate) struct Whole {
    pub(crate) object: Map<String, Value>,
    /// How many bytes follow it.
    behind: usize,
    text: String,
    is_html: bool,
    request_id: Option<String>,
}

/// Judges a reply by its status first. `refusal` reads what an object says along with a status of 4xx.
pub(crate) fn whole(
    method: &Method,
    raw: &Raw,
    refusal: impl Fn(&Map<String, Value>) -> Option<Error>,
) -> Result<Whole, Error> {
    let text = String::from_utf8_lossy(&raw.body);
    // A proxy may have put one in front.
    let text = text.trim_start_matches('\u{feff}');
    let is_html = raw.is_html || text.trim_start().starts_with('<');
    match raw.status {
        // It is not a refusal in any case: an unreadable 202 or 204 may have worked.
        200..300 => {}
        429 => return Err(rate_limited(method, raw)),
        status => {
            // A refusal that also has its own status says more than the status does; but a 5xx counts
            // whatever it contains.
            if (400..500).contains(&status)
                && status != 408
                && let Ok((object, _)) = object(text)
                && let Some(refused) = refusal(&object)
            {
                return Err(refused);
            }
            return Err(Error::Status {
                method: method.name,
                status,
                text: clean(text),
                is_html,
                retry_after: raw.retry_after,
                request_id: raw.request_id.clone(),
            });
        }
    }
    let unreadable = |problem: String, text: &str| Error::Unreadable {
        method: method.name,
        problem,
        text: clean(text),
        is_html,
        request_id: raw.request_id.clone(),
    };
    if let Some(coding) = coding(raw) {
        let problem = format!("it is compressed ({coding}), which was not asked for");
        return Err(unreadable(problem, ""));
    }
    if raw.too_long {
        let problem = format!("it is longer than {} bytes", method.longest_reply);
        return Err(unreadable(problem, text));
    }
    let (object, behind) = object(text).map_err(|problem| unreadable(problem, text))?;
    Ok(Whole {
        object,
        behind,
        text: clean(text),
        is_html,
        request_id: raw.request_id.clone(),
    })
}

impl Whole {
    /// That of a reply that needs none.
    #[cfg(feature = "scim")]
    pub(crate) fn empty() -> Whole {
        Whole {
            object: Map::new(),
            behind: 0,
            text: String::new(),
            is_html: false,
            request_id: None,
        }
    }

    /// Success, with these remarks.
    pub(crate) fn reply(self, mut warnings: Vec<String>, raw: &Raw) -> Reply<Map<String, Value>> {
        if self.behind > 0 {
            warnings.push(format!("the reply has {} bytes after its end", self.behind));
        }
        Reply {
            value: self.object,
            is_proven: true,
            warnings,
            attempts: 1,
            request_id: raw.request_id.clone(),
            scopes: raw.scopes.as_deref().map(scopes),
        }
    }

    /// It says nothing that can be understood.
    pub(crate) fn unreadable(self, method: &Method, problem: &str) -> Error {
        Error::Unreadable {
            method: method.name,
            problem: problem.to_owned(),
            text: self.text,
            is_html: self.is_html,
            request_id: self.request_id,
        }
    }
}

/// Turns a reply into its result or its error.
pub(crate) fn read(method: &Method, raw: &Raw) -> Result<Reply<Map<String, Value>>, Error> {
    let whole = whole(method, raw, |object| refusal(method, object, raw))?;
    match whole.object.get("ok") {
        Some(Value::Bool(true)) => {
            let warnings = warnings(&whole.object);
            Ok(whole.reply(warnings, raw))
        }
        Some(Value::Bool(false)) => Err(refusal(method, &whole.object, raw)
            .unwrap_or_else(|| whole.unreadable(method, "it is not ok, but names no error"))),
        Some(_) => Err(whole.unreadable(method, "its \"ok\" is neither true nor false")),
        None => Err(whole.unreadable(method, "it has no \"ok\"")),
    }
}

fn scopes(text: &str) -> Vec<String> {
    let scopes = text.split(',').map(str::trim);
    scopes
        .filter(|scope| !scope.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The object that a reply begins with, and how many bytes follow it: some proxies add a few.
fn object(text: &str) -> Result<(Map<String, Value>, usize), String> {
    if text.trim().is_empty() {
        return Err("it is empty".to_owned());
    }
    let mut values = serde_json::Deserializer::from_str(text).into_iter();
    match values.next() {
        Some(Ok(Value::Object(object))) => {
            let behind = text[values.byte_offset()..].trim().len();
            Ok((object, behind))
        }
        Some(Err(error)) => Err(format!("it is not JSON ({})", clean(&error.to_string()))),
        _ => Err("it is JSON, but not an object".to_owned()),
    }
}

/// How a reply is compressed, by its header or by how gzip begins (RFC 1952, 2.3.1).
fn coding(raw: &Raw) -> Option<&str> {
    let named = raw
        .coding
        .as_deref()
        .filter(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("identity"));
    named.or_else(|| raw.body.starts_with(&[0x1f, 0x8b]).then_some("gzip"))
}

pub(crate) fn unreadable(method: &Method, problem: String) -> Error {
    Error::Unreadable {
        method: method.name,
        problem,
        text: String::new(),
        is_html: false,
        request_id: None,
    }
}

pub(crate) fn rate_limited(method: &Method, raw: &Raw) -> Error {
    Error::RateLimited {
        method: method.name,
        retry_after: raw.retry_after.unwrap_or(UNSAID).max(LEAST),
        request_id: raw.request_id.clone(),
    }
}

/// `"ok": false` with the code that belongs to it.
fn refusal(method: &Method, object: &Map<String, Value>, raw: &Raw) -> Option<Error> {
    if object.get("ok") != Some(&Value::Bool(false)) {
        return None;
    }
    let text = |name| {
        object
            .get(name)
            .and_then(Value::as_str)
            .map(clean)
            .filter(|text| !text.is_empty())
    };
    let code = Code::named(text("error")?);
    if code == Code::Ratelimited {
        return Some(rate_limited(method, raw));
    }
    Some(Error::Refused(Box::new(Refusal {
        method: method.name,
        code,
        needed: text("needed"),
        provided: text("provided"),
        warnings: warnings(object),
        request_id: raw.request_id.clone(),
    })))
}

/// Warnings come in `warning`, separated by commas, and in `response_metadata` as lists, often both. Each is given once.
fn warnings(object: &Map<String, Value>) -> Vec<String> {
    let simple = object
        .get("warning")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .split(',');
    let listed = ["warnings", "messages"].into_iter().flat_map(|list| {
        let metadata = object.get("response_metadata");
        metadata
            .and_then(|metadata| metadata.get(list))
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    });
    let mut found: Vec<String> = Vec::new();
    for warning in simple.chain(listed.filter_map(Value::as_str)).map(clean) {
        if !warning.is_empty() && !found.contains(&warning) {
            found.push(warning);
        }
    }
    found
}
