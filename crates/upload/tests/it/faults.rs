//! Every fault against `set_photo`: what comes of it, after how many attempts, and in what time.
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
enum Expected {
    /// Success, reported by the server after so many attempts.
    Set { attempts: u32 },
    /// Success, seen in the profile only.
    Confirmed,
    /// Sent twice, and the profile still shows the old photo.
    NotApplied,
    /// It cannot be told.
    Unknown,
    /// Refused with this code, after so many attempts.
    Refused(Code, u32),
    /// Come back in so many seconds.
    ComeBackIn(u64),
    /// Another HTTP status that is final.
    Status(u16),
}

struct Row {
    name: String,
    set: Vec<Answer>,
    get: Vec<Answer>,
    expected: Expected,
    /// Requests for `users.profile.get`.
    looks: usize,
    /// Seconds, at least and at most.
    time: (f64, f64),
}

fn shows(hash: &str) -> Answer {
    json(&format!(
        r#"{{"ok":true,"profile":{{"avatar_hash":"{hash}"}}}}"#
    ))
}

fn old() -> Answer {
    shows("0123456789ab")
}

fn new() -> Answer {
    shows("ba9876543210")
}

fn refusal(code: &str) -> Answer {
    json(&format!(r#"{{"ok":false,"error":"{code}"}}"#))
}

/// Runs the rows and checks everything that a row says.
async fn check(rows: Vec<Row>) {
    log::collect();
    let count = rows.len();
    let all = async {
        let mut running = JoinSet::new();
        for row in rows {
            running.spawn(run(row));
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

async fn run(row: Row) {
    let server = Server::start(&[
        ("users.setPhoto", &row.set),
        ("users.profile.get", &row.get),
    ])
    .await;
    let settings = Settings {
        base_url: server.base_url().to_owned(),
        ..Settings::default()
    };
    let client = Client::with(token(), &settings).unwrap();
    let start = Instant::now();
    let outcome = client.set_photo(&photo(), None).await;
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
        Expected::NotApplied => 2,
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
            match reply
                .warnings
                .iter()
                .any(|warning| warning.starts_with("the answer got lost"))
            {
                true => Expected::Confirmed,
                false => Expected::Set {
                    attempts: reply.attempts,
                },
            }
        }
        Err(error) => {
            shown(error);
            match error {
                Error::NotApplied { .. } => Expected::NotApplied,
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
        looks: 2,
        time: (time + 1.0, time + 1.0),
    });
    check(rows.collect()).await;
}

#[tokio::test]
async fn an_upload_that_never_works_is_reported_as_such() {
    let rows = silences().into_iter().map(|(name, answer, time)| Row {
        name: name.to_owned(),
        set: vec![answer],
        get: vec![old()],
        expected: Expected::NotApplied,
        looks: 3,
        time: (2.0 * time + 2.0, 2.0 * time + 2.0),
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
        // The profile breaks in between: three more looks, 0 to 1 s and 0 to 2 s apart.
        rows.push(Row {
            name: format!("{name}, then no profile"),
            set: vec![answer.clone()],
            get: vec![old(), reply(500, "", "")],
            expected: Expected::Unknown,
            looks: 4,
            time: (time + 1.0, time + 4.0),
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

#[tokio::test]
async fn too_many_requests_means_waiting_as_long_as_the_reply_says() {
    let plain = "You are sending too many requests. Please relax.";
    let date =
        "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:50:20 GMT\r\n";
    let past =
        "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:00:00 GMT\r\n";
    let code = r#"{"ok":false,"error":"ratelimited"}"#;
    let rows = [
        ("seconds", reply(429, "Retry-After: 77\r\n", code), 77.0),
        ("plain text", reply(429, "Retry-After: 7\r\n", plain), 7.0),
        (
            "no header",
            reply(429, "x-envoy-ratelimited: true\r\n", ""),
            30.0,
        ),
        ("nonsense", reply(429, "Retry-After: soon\r\n", plain), 30.0),
        ("negative", reply(429, "Retry-After: -30\r\n", plain), 1.0),
        ("zero", reply(429, "Retry-After: 0\r\n", plain), 1.0),
        ("date", reply(429, date, plain), 43.0),
        ("date in the past", reply(429, past, plain), 1.0),
        ("within a 200", reply(200, "Retry-After: 5\r\n", code), 5.0),
        (
            "without its body",
            Answer::Silence(
                b"HTTP/1.1 429 No\r\nRetry-After: 3\r\nContent-Length: 9\r\n\r\n".into(),
            ),
            3.0,
        ),
    ];
    let rows = rows.into_iter().map(|(name, answer, time)| Row {
        name: name.to_owned(),
        set: vec![answer, new()],
        get: vec![old()],
        expected: Expected::Set { attempts: 2 },
        looks: 1,
        time: (time, time),
    });
    check(rows.collect()).await;
}

#[tokio::test]
async fn a_wait_that_is_too_long_is_the_callers() {
    let row = |name: &str, header: &str, seconds| Row {
        name: name.to_owned(),
        set: vec![reply(429, header, "")],
        get: vec![old()],
        expected: Expected::ComeBackIn(seconds),
        looks: 1,
        time: (0.0, 0.0),
    };
    let date =
        "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Mon, 07 Nov 1994 08:49:37 GMT\r\n";
    check(vec![
        row("a second too long", "Retry-After: 901\r\n", 901),
        row("tomorrow", date, 86_400),
        row(
            "absurd",
            "Retry-After: 99999999999999999999\r\n",
            365 * 86_400,
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_refusal_is_final() {
    let rows = Code::DOCUMENTED.iter().filter_map(|code| {
        use headshot_upload::Class::*;
        let (attempts, longest) = match code.class() {
            Wait | OutcomeUnknown => return None,
            Retry => (3, 3.0),
            _ => (1, 0.0),
        };
        Some(Row {
            name: code.to_string(),
            set: vec![refusal(code.as_str())],
            get: vec![old()],
            expected: Expected::Refused(code.clone(), attempts),
            looks: 1,
            time: (0.0, longest),
        })
    });
    check(rows.collect()).await;
}

#[tokio::test]
async fn other_statuses_are_final() {
    let rows = [301, 302, 303, 307, 308, 400, 401, 403, 404, 410, 413, 418].map(|status| Row {
        name: status.to_string(),
        set: vec![reply(
            status,
            "Location: http://127.0.0.1:9/\r\n",
            "<html>no</html>",
        )],
        get: vec![old()],
        expected: Expected::Status(status),
        looks: 1,
        time: (0.0, 0.0),
    });
    check(rows.into()).await;
}

#[tokio::test]
async fn passing_faults_pass() {
    let row = |name: &str, set: Vec<Answer>, get: Vec<Answer>, attempts, looks, time| Row {
        name: name.to_owned(),
        set,
        get,
        expected: Expected::Set { attempts },
        looks,
        time,
    };
    let slow_down = || reply(429, "Retry-After: 2\r\n", "");
    check(vec![
        row(
            "twice",
            vec![
                refusal("service_unavailable"),
                refusal("request_timeout"),
                new(),
            ],
            vec![old()],
            3,
            1,
            (0.0, 3.0),
        ),
        row(
            "mixed",
            vec![reply(502, "", ""), slow_down(), new()],
            vec![old()],
            3,
            2,
            (3.0, 3.0),
        ),
        row(
            "the other way round",
            vec![slow_down(), reply(502, "", ""), new()],
            vec![old()],
            3,
            2,
            (3.0, 3.0),
        ),
        row(
            "no profile at all",
            vec![new()],
            vec![reply(500, "", "")],
            1,
            1,
            (0.0, 0.0),
        ),
        row(
            "no word of the profile",
            vec![slow_down(), new()],
            vec![Answer::ResetAfterBody],
            2,
            1,
            (2.0, 2.0),
        ),
    ])
    .await;
}

/// Reads may be repeated as they are; changes other than a photo once, since they lead to the same state.
#[tokio::test]
async fn other_methods_are_repeated_as_their_effect_allows() {
    let broken = [reply(502, "", "")];
    let methods = [
        "users.profile.get",
        "users.list",
        "users.deletePhoto",
        "users.setPresence",
        "users.profile.set",
    ];
    let script: Vec<_> = methods
        .iter()
        .map(|method| (*method, &broken[..]))
        .collect();
    let server = Server::start(&script).await;
    let client = crate::patient_client(server.base_url());
    let calls = async {
        shown(&client.profile(None).await.unwrap_err());
        shown(&client.users(&Default::default()).await.unwrap_err());
        shown(&client.delete_photo().await.unwrap_err());
        shown(
            &client
                .set_presence(headshot_upload::Presence::Away)
                .await
                .unwrap_err(),
        );
        let fields = serde_json::from_str(r#"{"title":"Ghostbuster"}"#).unwrap();
        let change = headshot_upload::ProfileChange::new(fields).unwrap();
        shown(&client.set_profile(&change, None).await.unwrap_err());
    };
    let ((), took) = hurried(calls).await;
    let sent = server.methods();
    let counts = methods.map(|method| sent.iter().filter(|sent| *sent == method).count());
    assert_eq!(counts, [3, 3, 2, 2, 2]);
    assert!(
        took < Duration::from_secs(3 + 3 + 1 + 1 + 1 + 8),
        "{took:?}"
    );
}

#[tokio::test]
async fn a_policy_of_one_attempt_neither_looks_nor_repeats() {
    for answer in [
        reply(502, "", ""),
        refusal("service_unavailable"),
        reply(429, "Retry-After: 30\r\n", ""),
    ] {
        let server = Server::answering("users.setPhoto", answer).await;
        let once = RetryPolicy {
            attempts: 1,
            ..RetryPolicy::default()
        };
        let (result, took) =
            hurried(crate::client_with(server.base_url(), once).set_photo(&photo(), None)).await;
        shown(&result.unwrap_err());
        assert_eq!(server.methods(), ["users.setPhoto"]);
        assert!(took < Duration::from_secs(8), "{took:?}");
    }
}
