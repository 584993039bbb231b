//! Every fault that leaves the outcome of `set_photo` open: what comes of it, after how many attempts, in what time.
//!
//! Each row has a server and a client of its own; the rows of a test run side by side on the fast clock.

use std::time::Duration;

use headshot_upload::{Client, Code, Error, Profile, Reply, RetryPolicy, Settings};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::clock::hurried;
use crate::log;
use crate::server::{Answer, Server, json, reply, text};
use crate::{CANARY, photo, shown, token};

type Outcome = Result<Reply<Option<Profile>>, Error>;

/// What a row must come to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expected {
    /// Success, reported by the server after so many attempts.
    Set { attempts: u32 },
    /// Success, seen in the profile only.
    Confirmed,
    /// Sent three times, and the profile still shows the old photo.
    StillOld,
    /// It cannot be told.
    Unknown,
    /// Refused with this code, after so many attempts.
    Refused(Code, u32),
    /// Come back in so many seconds.
    ComeBackIn(u64),
    /// Another HTTP status that is final.
    Status(u16),
}

pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) set: Vec<Answer>,
    pub(crate) get: Vec<Answer>,
    pub(crate) expected: Expected,
    /// Requests for `users.profile.get`.
    pub(crate) looks: usize,
    /// Seconds, at least and at most.
    pub(crate) time: (f64, f64),
}

fn shows(hash: &str) -> Answer {
    json(&format!(
        r#"{{"ok":true,"profile":{{"avatar_hash":"{hash}"}}}}"#
    ))
}

pub(crate) fn old() -> Answer {
    shows("0123456789ab")
}

pub(crate) fn new() -> Answer {
    shows("ba9876543210")
}

pub(crate) fn refusal(code: &str) -> Answer {
    json(&format!(r#"{{"ok":false,"error":"{code}"}}"#))
}

/// Runs the rows and checks everything that a row says. The profile is watched for seven seconds only.
pub(crate) async fn check(rows: Vec<Row>) {
    check_watching(Duration::from_secs(7), rows).await;
}

/// The same, with another time for which the profile is watched.
pub(crate) async fn check_watching(settle: Duration, rows: Vec<Row>) {
    log::collect();
    let count = rows.len();
    let all = async {
        let mut running = JoinSet::new();
        for row in rows {
            running.spawn(run(row, settle));
        }
        while let Some(done) = running.join_next().await {
            done.unwrap();
        }
    };
    hurried(all).await;
    assert!(count > 0);
    let log = log::logged();
    assert!(
        log.contains("connecting"),
        "nothing was logged, so nothing was checked"
    );
    assert!(
        !log.contains(CANARY) && !log.contains("canary"),
        "the token is in the log"
    );
}

async fn run(row: Row, settle: Duration) {
    let server = Server::start(&[
        ("users.setPhoto", &row.set),
        ("users.profile.get", &row.get),
    ])
    .await;
    let settings = Settings {
        base_url: server.base_url().to_owned(),
        retry: RetryPolicy {
            settle,
            ..RetryPolicy::default()
        },
        ..Settings::default()
    };
    let client = Client::with(token(), &settings).unwrap();
    let start = Instant::now();
    let outcome = client.set_photo(&photo()).await;
    let took = start.elapsed().as_secs_f64();
    let name = &row.name;

    assert_eq!(came_to(&outcome), row.expected, "{name}: {outcome:?}");
    let methods = server.methods();
    let sent = methods
        .iter()
        .filter(|method| *method == "users.setPhoto")
        .count();
    let attempts = match row.expected {
        Expected::Set { attempts } | Expected::Refused(_, attempts) => attempts,
        Expected::StillOld => 3,
        _ => 1,
    };
    assert_eq!(sent, attempts as usize, "{name}: {methods:?}");
    assert_eq!(methods.len() - sent, row.looks, "{name}: {methods:?}");
    // Each wait and each exchange may take a step of the clock, and a slow machine a few.
    assert!(
        (row.time.0..row.time.1 + 8.0).contains(&took),
        "{name}: {took} s, expected {:?}",
        row.time
    );
}

fn came_to(outcome: &Outcome) -> Expected {
    match outcome {
        Ok(reply) => {
            assert!(!format!("{reply:?}").contains(CANARY));
            let hash = reply
                .value
                .as_ref()
                .and_then(|profile| profile.avatar_hash.as_deref());
            assert_eq!(hash, Some("ba9876543210"));
            let lost = |warning: &String| warning.starts_with("the answer got lost");
            if reply.warnings.iter().any(lost) {
                Expected::Confirmed
            } else {
                Expected::Set {
                    attempts: reply.attempts,
                }
            }
        }
        Err(error) => {
            shown(error);
            match error {
                Error::OutcomeUnknown { problem, .. } if problem.contains("still shows") => {
                    Expected::StillOld
                }
                Error::OutcomeUnknown { .. } => Expected::Unknown,
                Error::Refused(refusal) => {
                    let attempts = if refusal.code.class() == headshot_upload::Class::Retry {
                        3
                    } else {
                        1
                    };
                    Expected::Refused(refusal.code.clone(), attempts)
                }
                Error::RateLimited { retry_after, .. } => {
                    Expected::ComeBackIn(retry_after.as_secs())
                }
                Error::Status { status, .. } => Expected::Status(*status),
                other => panic!("{other:?}"),
            }
        }
    }
}

/// Every way not to learn the outcome, and how many seconds each takes.
fn silences() -> Vec<(&'static str, Answer, f64)> {
    let ok = r#"{"ok":true,"profile":{"avatar_hash":"ba9876543210"}}"#;
    let whole = text(200, "", ok);
    let (head, body) = whole.split_at(whole.find('{').unwrap());
    // 4 KiB of head and a body that would take two minutes and more.
    let slow = format!("{body}{}", " ".repeat(200));
    let slow_head = head.replace(&body.len().to_string(), &slow.len().to_string());
    let html = "<!DOCTYPE html><html><h1>We'll be right back</h1></html>";
    let nested = format!(r#"{{"ok":true,"profile":{}"#, r#"{"a":"#.repeat(200_000));
    vec![
        ("reset before the body", Answer::ResetBeforeBody, 0.0),
        ("reset after the body", Answer::ResetAfterBody, 0.0),
        ("closed without a word", Answer::Say(Vec::new()), 0.0),
        (
            "cut reply",
            Answer::Say(whole[..whole.len() - 5].into()),
            0.0,
        ),
        ("silence", Answer::Silence(Vec::new()), 45.0),
        (
            "silence after half the reply",
            Answer::Silence(whole[..whole.len() - 5].into()),
            45.0,
        ),
        (
            "one byte a second",
            Answer::Drip(slow_head.into(), slow.into()),
            120.0,
        ),
        (
            "endless body",
            Answer::Flood(b"HTTP/1.1 200 OK\r\n\r\n".into()),
            0.0,
        ),
        (
            "gigantic body",
            Answer::Flood(b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n".into()),
            0.0,
        ),
        ("408", reply(408, "", "stream timeout"), 0.0),
        (
            "500 with HTML",
            reply(500, "Content-Type: text/html\r\n", html),
            0.0,
        ),
        ("502", reply(502, "", ""), 0.0),
        ("202", reply(202, "", "accepted"), 0.0),
        ("204", reply(204, "", ""), 0.0),
        ("206 of half the reply", reply(206, "", &ok[..9]), 0.0),
        ("302", reply(302, "Location: /login\r\n", ""), 0.0),
        ("304", reply(304, "", ""), 0.0),
        (
            "102 and nothing more",
            Answer::Say(b"HTTP/1.1 102 Processing\r\n\r\n".into()),
            0.0,
        ),
        ("101", Answer::Say(b"HTTP/1.1 101 No\r\n\r\n".into()), 0.0),
        (
            "gzip",
            reply(200, "Content-Encoding: gzip\r\n", "\u{1f}not read"),
            0.0,
        ),
        ("503", reply(503, "", "upstream connect error"), 0.0),
        ("504 although ok", reply(504, "", ok), 0.0),
        ("empty 200", reply(200, "", ""), 0.0),
        (
            "HTML 200",
            reply(200, "Content-Type: text/html\r\n", html),
            0.0,
        ),
        ("a list", json("[]"), 0.0),
        ("ok as text", json(r#"{"ok":"true"}"#), 0.0),
        ("1 MB of nested JSON", json(&nested), 0.0),
        ("not ok without a code", json(r#"{"ok":false}"#), 0.0),
        ("internal_error", refusal("internal_error"), 0.0),
        ("fatal_error", refusal("fatal_error"), 0.0),
    ]
}

#[tokio::test]
async fn an_upload_that_worked_unseen_is_a_success() {
    let rows = silences().into_iter().map(|(name, answer, time)| Row {
        name: name.to_owned(),
        set: vec![answer],
        get: vec![old(), new()],
        expected: Expected::Confirmed,
        looks: 2,
        time: (time + 1.0, time + 1.0),
    });
    check(rows.collect()).await;
}

#[tokio::test]
async fn an_upload_that_did_not_work_is_sent_once_more() {
    let rows = silences().into_iter().map(|(name, answer, time)| Row {
        name: name.to_owned(),
        set: vec![answer, new()],
        get: vec![old()],
        expected: Expected::Set { attempts: 2 },
        looks: 4,
        time: (time + 7.0, time + 7.0),
    });
    check(rows.collect()).await;
}

#[tokio::test]
async fn an_upload_that_never_works_is_not_said_to_have_failed() {
    let rows = silences().into_iter().map(|(name, answer, time)| Row {
        name: name.to_owned(),
        set: vec![answer],
        get: vec![old()],
        expected: Expected::StillOld,
        looks: 10,
        time: (3.0 * time + 21.0, 3.0 * time + 21.0),
    });
    check(rows.collect()).await;
}

#[tokio::test]
async fn nothing_is_guessed_when_the_profile_cannot_be_read() {
    let mut rows = Vec::new();
    for (name, answer, time) in silences() {
        // The scope is missing before and after.
        rows.push(Row {
            name: format!("{name}, no scope"),
            set: vec![answer.clone()],
            get: vec![refusal("missing_scope")],
            expected: Expected::Unknown,
            looks: 1,
            time: (time, time),
        });
        // The profile breaks in between: two looks, and a last one that is tried six times within half a minute.
        rows.push(Row {
            name: format!("{name}, then no profile"),
            set: vec![answer.clone()],
            get: vec![old(), reply(500, "", "")],
            expected: Expected::Unknown,
            looks: 9,
            time: (time + 7.0, time + 38.0),
        });
        rows.push(Row {
            name: format!("{name}, then no hash"),
            set: vec![answer],
            get: vec![old(), json(r#"{"ok":true,"profile":{"avatar_hash":null}}"#)],
            expected: Expected::Unknown,
            looks: 2,
            time: (time + 1.0, time + 1.0),
        });
    }
    check(rows).await;
}
