//! The client as its callers see it, against small servers that misbehave on demand.

mod clock;
mod network;
mod photo;
mod replies;
mod server;

use std::error::Error as _;

use headshot_upload::{Client, Error, Photo, Settings, Token};

/// A token that must never be seen again.
const CANARY: &str = "xoxp-canary-5d1f0c2b9e7a";

fn token() -> Token {
    Token::new(CANARY.to_owned()).unwrap()
}

fn client(base_url: &str) -> Client {
    Client::with(
        token(),
        &Settings {
            base_url: base_url.to_owned(),
            ..Settings::default()
        },
    )
    .unwrap()
}

fn photo() -> Photo {
    Photo::new(b"\xff\xd8\xff\xe0 some photo".as_slice().into()).unwrap()
}

/// Everything that an error can show, after checking that the token is not in it.
fn shown(error: &Error) -> String {
    let mut text = format!("{error}\n{error:?}\n{}\n{}", error.hint(), error.class());
    let mut cause = error.source();
    while let Some(error) = cause {
        text += &format!("\n{error}\n{error:?}");
        cause = error.source();
    }
    assert!(
        !text.contains(CANARY) && !text.contains("canary"),
        "the token is in {text}"
    );
    assert!(
        !error.to_string().contains(|c: char| c.is_control()),
        "{error:?}"
    );
    assert!(!error.hint().is_empty());
    text
}
