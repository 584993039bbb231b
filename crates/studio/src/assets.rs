//! The page: files that are part of the program.

use axum::body::Body;
use axum::http::StatusCode;

use crate::answer::{self, Answer, Refusal};

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// The page itself.
const INDEX: &str = include_str!("../assets/index.html");

/// What it asks for under `/assets/`: names, types and contents.
const ASSETS: &[(&str, &str, &str)] = &[
    ("all.js", JS, include_str!("../assets/all.js")),
    ("api.js", JS, include_str!("../assets/api.js")),
    ("choice.js", JS, include_str!("../assets/choice.js")),
    ("controls.js", JS, include_str!("../assets/controls.js")),
    ("editor.css", CSS, include_str!("../assets/editor.css")),
    ("editor.js", JS, include_str!("../assets/editor.js")),
    ("element.js", JS, include_str!("../assets/element.js")),
    ("finish.js", JS, include_str!("../assets/finish.js")),
    ("grid.css", CSS, include_str!("../assets/grid.css")),
    ("grid.js", JS, include_str!("../assets/grid.js")),
    ("help.js", JS, include_str!("../assets/help.js")),
    ("icon.svg", SVG, include_str!("../assets/icon.svg")),
    ("loading.js", JS, include_str!("../assets/loading.js")),
    ("main.js", JS, include_str!("../assets/main.js")),
    ("make.js", JS, include_str!("../assets/make.js")),
    ("newest.js", JS, include_str!("../assets/newest.js")),
    ("order.js", JS, include_str!("../assets/order.js")),
    ("photos.js", JS, include_str!("../assets/photos.js")),
    ("previews.js", JS, include_str!("../assets/previews.js")),
    ("say.js", JS, include_str!("../assets/say.js")),
    ("sent.js", JS, include_str!("../assets/sent.js")),
    ("square.js", JS, include_str!("../assets/square.js")),
    ("stage.js", JS, include_str!("../assets/stage.js")),
    ("studio.css", CSS, include_str!("../assets/studio.css")),
    ("thumbs.js", JS, include_str!("../assets/thumbs.js")),
    ("units.js", JS, include_str!("../assets/units.js")),
];

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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::*;

    #[test]
    fn every_file_of_the_page_is_served() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets");
        let files = fs::read_dir(folder).unwrap();
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        let there: BTreeSet<String> = names.filter(|name| name != "index.html").collect();
        let served: BTreeSet<String> = ASSETS.iter().map(|(name, ..)| (*name).to_owned()).collect();
        assert_eq!(there, served);
        assert!(!served.is_empty());
    }
}
