//! What the server answers: JSON, pictures, and failures with a message and what to do about it.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::http::{Response, StatusCode};
use headshot_batch::Failure;
use serde_json::{Value, json};

pub(crate) type Answer = Response<Body>;

/// A failure with its status.
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, message: &str, hint: Option<&str>) -> Refusal {
        Refusal {
            status,
            body: json!({ "message": message, "hint": hint }),
        }
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Refusal {
        let status = match &*failure.kind {
            "usage" => StatusCode::BAD_REQUEST,
            "not_found" | "unreadable" | "is_folder" | "not_a_file" => StatusCode::GONE,
            "changed" | "conflict" => StatusCode::CONFLICT,
            "internal" => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Refusal::new(status, &failure.message, failure.hint.as_deref())
    }
}

/// The answer, or why there is none.
pub(crate) fn of(done: Result<Answer, Refusal>) -> Answer {
    done.unwrap_or_else(|refusal| with(refusal.status, &refusal.body))
}

pub(crate) fn json(value: &Value) -> Answer {
    with(StatusCode::OK, value)
}

pub(crate) fn with(status: StatusCode, value: &Value) -> Answer {
    typed(status, "application/json", value.to_string().into())
}

/// A body with the type of its content.
pub(crate) fn typed(status: StatusCode, kind: &'static str, body: Body) -> Answer {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}

/// A picture, by its bytes.
pub(crate) fn picture(bytes: bytes::Bytes) -> Answer {
    typed(StatusCode::OK, kind(&bytes), bytes.into())
}

/// The type of a picture's content.
pub(crate) fn kind(bytes: &[u8]) -> &'static str {
    match bytes {
        [0xff, 0xd8, ..] => "image/jpeg",
        [b'G', ..] => "image/gif",
        _ => "image/png",
    }
}
