//! The client as its callers see it, against small servers that misbehave on demand.

mod clock;
mod companions;
mod download;
mod early;
mod emulator;
mod extremes;
mod faults;
mod log;
mod network;
mod oauth;
mod photo;
// Its https needs the roots of `tls`.
#[cfg(target_os = "linux")]
mod proxy;
mod rate_limit;
mod replies;
mod scim;
mod seen;
mod server;
mod settle;
mod tls;
mod verdicts;

use std::error::Error as _;

use headshot_upload::{Client, Error, Photo, RateLimiter, RetryPolicy, Settings, Token};

/// A token that must never be seen again.
const CANARY: &str = "xoxp-canary-5d1f0c2b9e7a";

fn token() -> Token {
    Token::new(CANARY.to_owned()).unwrap()
}

/// A client that sends everything once.
fn client(base_url: &str) -> Client {
    client_with(
        base_url,
        RetryPolicy {
            attempts: 1,
            ..RetryPolicy::default()
        },
    )
}

/// A client that tries again as it does by default.
fn patient_client(base_url: &str) -> Client {
    client_with(base_url, RetryPolicy::default())
}

fn client_with(base_url: &str, retry: RetryPolicy) -> Client {
    let settings = Settings {
        base_url: base_url.to_owned(),
        retry,
        rate_limiter: RateLimiter::unlimited(),
        ..Settings::default()
    };
    Client::with(token(), &settings).unwrap()
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
