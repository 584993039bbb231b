//! The page: files that are part of the program.

use axum::body::Body;
use axum::http::StatusCode;

use crate::answer::{self, Answer, Refusal};

const HTML: &str = "text/html; charset=utf-8";

/// The page itself.
const INDEX: &str = include_str!("../assets/index.html");

/// What it asks for under `/assets/`: names, types and contents.
const ASSETS: &[(&str, &str, &str)] = &[];

pub(crate) fn index() -> Answer {
    answer::typed(StatusCode::OK, HTML, Body::from(INDEX))
}

pub(crate) fn named(name: &str) -> Result<Answer, Refusal> {
    let found = ASSETS.iter().find(|(known, ..)| *known == name);
    let (_, kind, text) = found.ok_or_else(missing)?;
    Ok(answer::typed(StatusCode::OK, kind, Body::from(*text)))
}

pub(crate) fn missing() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "there is nothing here", None)
}
