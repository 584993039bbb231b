//! Access control: only the page that this server has sent, on this machine.
//!
//! Any page that is open in a browser can send requests to this machine, under whatever name it has pointed here (DNS rebinding), and
//! any program on it can, too. So a request must name this server as its host, come from no other page, and show the token, which is in
//! the address that was opened and not in a cookie, because all ports share cookies.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;

use crate::answer::{self, Answer, Refusal};
use crate::token::Token;

/// What the page shows with each request.
pub(crate) const TOKEN: &str = "x-headshot-token";

/// What goes out with each answer.
const HEADERS: [(&str, &str); 7] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("cache-control", "no-store"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("x-frame-options", "DENY"),
];

/// What a request is held to.
pub(crate) struct Guard {
    pub(crate) token: Token,
    pub(crate) port: u16,
}

/// Lets a request through, or refuses it.
pub(crate) async fn check(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Answer {
    let refused = guard.refused(request.method(), request.uri().path(), request.headers());
    let mut answer = match refused {
        None => next.run(request).await,
        Some(refusal) => answer::of(Err(refusal)),
    };
    for (name, value) in HEADERS {
        let name = HeaderName::from_static(name);
        answer
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    answer
}

impl Guard {
    fn refused(&self, method: &Method, path: &str, headers: &HeaderMap) -> Option<Refusal> {
        let only = |name| {
            let mut values = headers.get_all(name).iter();
            let first = values.next();
            first.filter(|_| values.next().is_none())
        };
        let host = only(HOST).and_then(|host| host.to_str().ok());
        if !host.is_some_and(|host| self.is_own(host)) {
            let message = "this studio answers only at the address that it printed";
            return Some(Refusal::new(StatusCode::FORBIDDEN, message, None));
        }
        if !path.starts_with("/api/") {
            let is_read = [Method::GET, Method::HEAD].contains(method);
            let message = "this address can only be read";
            return (!is_read).then(|| Refusal::new(StatusCode::METHOD_NOT_ALLOWED, message, None));
        }
        let is_own_page = |origin: &HeaderValue| {
            let origin = origin.to_str().ok();
            let host = origin.and_then(|origin| origin.strip_prefix("http://"));
            host.is_some_and(|host| self.is_own(host))
        };
        let site = headers.get("sec-fetch-site");
        let is_foreign = headers
            .get_all(ORIGIN)
            .iter()
            .any(|origin| !is_own_page(origin))
            || site.is_some_and(|site| site != "same-origin" && site != "none");
        if is_foreign {
            let message = "another page sent this request; only the studio's own may";
            return Some(Refusal::new(StatusCode::FORBIDDEN, message, None));
        }
        let shown = only(HeaderName::from_static(TOKEN));
        if !shown.is_some_and(|shown| self.token.is(shown.as_bytes())) {
            let message = "the studio's token is missing or wrong";
            let hint = "open the address that headshot studio printed";
            return Some(Refusal::new(StatusCode::UNAUTHORIZED, message, Some(hint)));
        }
        None
    }

    fn is_own(&self, host: &str) -> bool {
        ["127.0.0.1", "localhost"]
            .iter()
            .any(|name| host == format!("{name}:{}", self.port))
    }
}
