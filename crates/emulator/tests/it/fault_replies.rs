//! The faults that are replies: complete, and not what was asked for.

use std::time::SystemTime;

use headshot_emulator::Emulator;

use crate::client::{Reply, get};
use crate::faults::{is_set, reply};

#[test]
fn replies_that_are_not_what_was_asked_for() {
    let emulator = Emulator::start().expect("starts");
    let body = |fault: &str| {
        let reply = reply(&emulator, fault);
        assert_eq!(reply.status, 200, "{fault}");
        String::from_utf8(reply.body).expect("text")
    };
    assert_eq!(body("empty-200"), "");
    assert!(body("html-200").starts_with("<!DOCTYPE html>"));
    assert_eq!(body("array-200"), "[]");
    assert_eq!(body("object-200"), "{}");
    assert_eq!(body("okstring-200"), r#"{"ok":"true","profile":{}}"#);
    assert_eq!(body("nested"), "[".repeat(1_000_000));
    for status in [400, 404, 413, 418, 500, 502, 503, 504, 599] {
        let reply = reply(&emulator, &format!("html-{status}"));
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (status, Some("text/html; charset=utf-8"))
        );
    }
    for status in [301, 302, 303, 307, 308] {
        let reply = reply(&emulator, &format!("redirect-{status}"));
        assert_eq!(reply.status, status);
        let target = reply.header("location").expect("a target");
        assert_eq!(target, format!("{}redirected", emulator.page_url()));
        assert_eq!(get(target).status, 404);
    }
    assert_eq!(
        emulator
            .requests()
            .iter()
            .filter(|r| r.path == "/redirected")
            .count(),
        5,
        "followers are on record"
    );
    let followed = |line: &String| line.ends_with("GET /redirected, so a redirect was followed");
    assert_eq!(
        emulator.log().iter().filter(|line| followed(line)).count(),
        5
    );
    let timeout = reply(&emulator, "408");
    assert_eq!(
        (timeout.status, &timeout.body[..]),
        (408, &b"stream timeout"[..])
    );
}

#[test]
fn codes_known_and_unknown_and_hostile() {
    let emulator = Emulator::start().expect("starts");
    for code in [
        "internal_error",
        "fatal_error",
        "ratelimited",
        "service_unavailable",
        "something_new",
        "x5_days",
    ] {
        assert_eq!(reply(&emulator, &format!("error-{code}")).outcome(), code);
    }
    let hostile = reply(&emulator, "control").json();
    assert_eq!(hostile["error"], "odd\u{1b}[31m_code\r\n\0");
    assert!(
        hostile["response_metadata"]["messages"][0]
            .as_str()
            .expect("a message")
            .contains('\u{7}')
    );
}

#[test]
fn too_many_requests_come_in_three_shapes_with_every_retry_after() {
    let emulator = Emulator::start().expect("starts");
    let json = reply(&emulator, "429-json");
    assert_eq!(
        (
            json.status,
            json.outcome().as_str(),
            json.header("retry-after")
        ),
        (429, "ratelimited", Some("1"))
    );
    let text = reply(&emulator, "429-text");
    assert_eq!((text.status, text.header("retry-after")), (429, Some("1")));
    assert_eq!(
        text.body,
        b"You are sending too many requests. Please relax."
    );
    let envoy = reply(&emulator, "429-envoy");
    assert_eq!(
        (
            envoy.status,
            envoy.header("x-envoy-ratelimited"),
            envoy.header("retry-after")
        ),
        (429, Some("true"), None)
    );
    assert!(envoy.body.is_empty());

    let after = |form: &str| {
        reply(&emulator, &format!("429-envoy-{form}"))
            .header("retry-after")
            .map(str::to_owned)
    };
    assert_eq!(after("37").as_deref(), Some("37"));
    assert_eq!(after("negative").as_deref(), Some("-5"));
    assert_eq!(after("absurd").as_deref(), Some("99999999999999999999"));
    assert_eq!(after("fraction").as_deref(), Some("1.5"));
    assert_eq!(after("garbage").as_deref(), Some("soon"));
    assert_eq!(
        reply(&emulator, "429-json-absent").header("retry-after"),
        None
    );
    let time = |reply: &Reply, name: &str| {
        httpdate::parse_http_date(reply.header(name).expect("there")).expect("a date")
    };
    let (date, past) = (
        reply(&emulator, "429-json-date"),
        reply(&emulator, "429-text-past"),
    );
    let ahead = |reply: &Reply| time(reply, "retry-after").duration_since(time(reply, "date"));
    assert!((29..=31).contains(&ahead(&date).expect("in the future").as_secs()));
    assert!(ahead(&past).is_err());
    assert!(time(&past, "date") <= SystemTime::now());
}

#[test]
fn warnings_and_bare_are_successes() {
    let emulator = Emulator::start().expect("starts");
    let warned = reply(&emulator, "warnings--w").json();
    assert_eq!(
        (&warned["ok"], &warned["warning"]),
        (&true.into(), &"superfluous_charset,first_warning".into())
    );
    assert_eq!(warned["response_metadata"]["warnings"][1], "second_warning");
    assert!(warned["profile"]["image_original"].is_string() && is_set(&emulator, "w"));
    assert_eq!(reply(&emulator, "bare--b").body, br#"{"ok":true}"#);
    assert!(is_set(&emulator, "b"));
}
