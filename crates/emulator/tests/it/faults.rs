//! The faults that break a connection, and the options of all faults.

use std::collections::BTreeSet;
use std::io::{ErrorKind, Read, Write};
use std::net::Shutdown;
use std::time::Duration;

use headshot_emulator::{Emulator, FAULTS};
use image::ImageFormat;

use crate::client::{
    BOUNDARY, Reply, call, connect, exchange, file, multipart, parse, post, request,
};
use crate::pictures::{RED, plain};

/// A call of users.setPhoto with a good photo.
pub(crate) fn set(emulator: &Emulator, fault: &str) -> Vec<u8> {
    let png = plain(20, 20, RED, ImageFormat::Png);
    let bearer = format!("Bearer xoxp-fault-{fault}");
    let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Content-Type", content_type.as_str()),
    ];
    request(
        "POST",
        &format!("{}users.setPhoto", emulator.base_url()),
        &headers,
        &multipart(&[file("image/png", &png)]),
    )
}

pub(crate) fn reply(emulator: &Emulator, fault: &str) -> Reply {
    parse(&exchange(&emulator.base_url(), &set(emulator, fault)).expect("a reply"))
}

/// Whether a photo is set in the workspace of this label.
pub(crate) fn is_set(emulator: &Emulator, label: &str) -> bool {
    let profile = call(
        &emulator.base_url(),
        "users.profile.get",
        &format!("xoxp-emulator--{label}"),
        "",
    )
    .json();
    !profile["profile"]["avatar_hash"]
        .as_str()
        .expect("a hash")
        .starts_with('g')
}

/// The names of [`FAULTS`] that are tested here, in `fault_replies` and in `timing`.
const TESTED: &[&str] = &[
    "late-N",
    "status-NNN",
    "early-413",
    "early-429",
    "early-CODE",
    "idle-close-MS",
    "gzip",
    "refuse",
    "reset-before",
    "reset-after",
    "close-after",
    "cut-head",
    "cut",
    "silence",
    "slow",
    "slow-head",
    "endless",
    "gigantic",
    "nested",
    "redirect-NNN",
    "html-NNN",
    "408",
    "429-json[-FORM]",
    "429-text[-FORM]",
    "429-envoy[-FORM]",
    "empty-200",
    "html-200",
    "array-200",
    "object-200",
    "okstring-200",
    "error-CODE",
    "control",
    "warnings",
    "bare",
];

#[test]
fn no_fault_is_left_untested() {
    let listed: BTreeSet<&str> = FAULTS.iter().map(|(name, _)| *name).collect();
    assert_eq!(listed, TESTED.iter().copied().collect());
}

#[test]
fn refuse_and_reset_before_do_not_wait_for_the_body() {
    let emulator = Emulator::start().expect("starts");
    for (fault, reset) in [("refuse", false), ("reset-before", true)] {
        let whole = set(&emulator, fault);
        let head = whole
            .windows(4)
            .position(|w| w == b"\r\n\r\n")
            .expect("an empty line")
            + 4;
        let mut stream = connect(&emulator.base_url());
        stream.write_all(&whole[..head]).expect("sends");
        let ended = stream.read(&mut [0]);
        if reset {
            assert_eq!(
                ended.expect_err("no end in order").kind(),
                ErrorKind::ConnectionReset
            );
        } else {
            assert_eq!(ended.expect("an end in order"), 0);
        }
    }
    let requests = emulator.requests();
    assert_eq!(
        requests
            .iter()
            .map(|r| (r.method(), r.body.len()))
            .collect::<Vec<_>>(),
        [("users.setPhoto", 0); 2]
    );
    assert!(requests[0].bears("xoxp-fault-refuse"));
}

#[test]
fn reset_after_and_close_after_read_the_whole_body_first() {
    let emulator = Emulator::start().expect("starts");
    let mut stream = connect(&emulator.base_url());
    stream
        .write_all(&set(&emulator, "reset-after"))
        .expect("sends");
    assert_eq!(
        stream.read(&mut [0]).expect_err("no end in order").kind(),
        ErrorKind::ConnectionReset
    );
    assert_eq!(
        exchange(&emulator.base_url(), &set(&emulator, "close-after")).expect("an end in order"),
        b""
    );
    assert!(
        emulator
            .requests()
            .iter()
            .all(|r| r.field("image").is_some())
    );
}

#[test]
fn cut_replies_stop_where_they_say() {
    let emulator = Emulator::start().expect("starts");
    let head =
        exchange(&emulator.base_url(), &set(&emulator, "cut-head")).expect("an end in order");
    let head = String::from_utf8(head).expect("text");
    assert!(
        head.starts_with("HTTP/1.1 200 OK\r\n") && !head.contains("\r\n\r\n"),
        "{head:?}"
    );
    let reply = reply(&emulator, "cut-applied");
    let announced: usize = reply
        .header("content-length")
        .expect("a length")
        .parse()
        .expect("a number");
    assert_eq!(reply.body.len(), announced / 2);
    assert!(reply.body.starts_with(b"{\"ok\":true"), "{reply:?}");
    let lost = self::reply(&emulator, "cut");
    assert!(
        lost.body.starts_with(b"{\"error\":"),
        "what was not carried out is not ok: {lost:?}"
    );
}

#[test]
fn silence_lasts_until_the_client_gives_up() {
    let emulator = Emulator::start().expect("starts");
    let mut stream = connect(&emulator.base_url());
    stream.write_all(&set(&emulator, "silence")).expect("sends");
    stream
        .set_read_timeout(Some(Duration::from_millis(200)))
        .expect("a timeout");
    let kind = stream.read(&mut [0]).expect_err("not a byte").kind();
    assert!(
        matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut),
        "{kind}"
    );
    stream.shutdown(Shutdown::Write).expect("shuts down");
    stream.set_read_timeout(None).expect("a timeout");
    assert_eq!(stream.read(&mut [0]).expect("an end in order"), 0);
    assert_eq!(emulator.requests().len(), 1);
}

#[test]
fn slow_replies_drip() {
    let emulator = Emulator::start().expect("starts");
    for (fault, start) in [("slow", "HTTP/1.1 200 OK"), ("slow-head", "H")] {
        let mut stream = connect(&emulator.base_url());
        stream.write_all(&set(&emulator, fault)).expect("sends");
        let mut first = vec![0; start.len()];
        stream.read_exact(&mut first).expect("a start");
        assert_eq!(first, start.as_bytes());
        // A pause of the reply, long before its end: only what was sent at once, and a byte or two, is here.
        stream
            .set_read_timeout(Some(Duration::from_millis(200)))
            .expect("a timeout");
        let mut rest = Vec::new();
        assert!(stream.read_to_end(&mut rest).is_err(), "it goes on");
        let body = rest
            .windows(4)
            .position(|w| w == b"\r\n\r\n")
            .map(|end| rest.len() - end - 4);
        match fault {
            "slow" => assert!(body.expect("the whole head") < 5, "{rest:?}"),
            _ => assert!(rest.len() < 5, "{rest:?}"),
        }
    }
}

#[test]
fn endless_and_gigantic_bodies_go_on() {
    let emulator = Emulator::start().expect("starts");
    for fault in ["endless", "gigantic"] {
        let mut stream = connect(&emulator.base_url());
        stream.write_all(&set(&emulator, fault)).expect("sends");
        let mut start = vec![0; 3 << 20];
        stream
            .read_exact(&mut start)
            .expect("three megabytes, and more to come");
        let length = parse(&start).header("content-length").map(str::to_owned);
        assert_eq!(
            length,
            (fault == "gigantic").then(|| (8_u64 << 30).to_string())
        );
    }
    // Others are served meanwhile.
    assert!(!is_set(&emulator, "endless"));
}

#[test]
fn applied_faults_set_the_photo_and_others_do_not() {
    let emulator = Emulator::start().expect("starts");
    let faults = [
        "reset-after",
        "close-after",
        "cut-head",
        "cut",
        "silence",
        "408",
        "html-500",
        "html-504",
        "429-json",
        "empty-200",
        "html-200",
        "array-200",
        "okstring-200",
        "error-internal_error",
        "error-fatal_error",
        "nested",
    ];
    for fault in faults {
        for applied in [false, true] {
            let label = format!("{fault}-{applied}");
            let option = if applied { "-applied" } else { "" };
            // Some of them end in a reset, which is what was asked for.
            let _ = exchange(
                &emulator.base_url(),
                &set(&emulator, &format!("{fault}{option}--{label}")),
            );
            assert_eq!(is_set(&emulator, &label), applied, "{fault}{option}");
        }
    }
    for fault in ["slow", "endless", "gigantic"] {
        let mut stream = connect(&emulator.base_url());
        stream
            .write_all(&set(&emulator, &format!("{fault}-applied--{fault}")))
            .expect("sends");
        stream.read_exact(&mut [0; 17]).expect("a start");
        assert!(is_set(&emulator, fault), "{fault}");
    }
}

#[test]
fn options_count_calls_spare_reading_and_take_it_away() {
    let emulator = Emulator::start().expect("starts");
    let base = emulator.base_url();
    let read = |token: &str| call(&base, "users.profile.get", token, "");
    let statuses =
        |fault: &str| -> Vec<u16> { (0..4).map(|_| reply(&emulator, fault).status).collect() };
    assert_eq!(statuses("html-503-x2"), [503, 503, 200, 200]);
    assert_eq!(
        statuses("html-503-x2--other"),
        [503, 503, 200, 200],
        "another workspace counts for itself"
    );
    assert_eq!(statuses("html-503"), [503; 4]);
    assert_eq!(read("xoxp-fault-html-503").outcome(), "ok");
    assert_eq!(read("xoxp-fault-html-503-everywhere").status, 503);
    assert_eq!(
        read("xoxp-fault-html-503-noread").outcome(),
        "missing_scope"
    );
    assert_eq!(
        reply(&emulator, "html-502-applied-noread-everywhere-x1--all").status,
        502
    );
    assert!(is_set(&emulator, "all"));
    assert_eq!(
        read("xoxp-fault-html-502-applied-noread-everywhere-x1--all").outcome(),
        "missing_scope"
    );
    // Faults are for all methods.
    assert_eq!(
        call(&base, "users.list", "xoxp-fault-html-503", "").status,
        503
    );
    // A misspelt fault must not pass for a working token.
    for never in [
        "nothing",
        "html-700",
        "redirect-200",
        "429-xml",
        "429-json-never",
        "error-",
        "html-500-x99999",
    ] {
        assert_eq!(
            post(&base, "users.setPhoto", &format!("xoxp-fault-{never}"), &[]).outcome(),
            "invalid_auth",
            "{never}"
        );
    }
}

#[test]
fn dropping_the_emulator_ends_every_fault() {
    let emulator = Emulator::start().expect("starts");
    let mut streams: Vec<_> = ["silence", "slow", "endless"]
        .iter()
        .map(|fault| {
            let mut stream = connect(&emulator.base_url());
            stream.write_all(&set(&emulator, fault)).expect("sends");
            stream
        })
        .collect();
    drop(emulator);
    for stream in &mut streams {
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest); // an end or a reset, but not a wait
    }
}
