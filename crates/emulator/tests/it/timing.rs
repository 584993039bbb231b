//! Faults that are about when something comes: late effects, early answers, connections that end while they are idle.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use headshot_emulator::{Emulator, Settings};

use crate::client::{Reply, connect, parse, request};
use crate::faults::{is_set, reply, set};

/// Sends only the head of a call, and reads all there is.
fn early(emulator: &Emulator, fault: &str) -> Reply {
    let whole = set(emulator, fault);
    let head = whole
        .windows(4)
        .position(|w| w == b"\r\n\r\n")
        .expect("a head")
        + 4;
    let mut stream = connect(&emulator.base_url());
    stream.write_all(&whole[..head]).expect("sends");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("an end");
    parse(&bytes)
}

#[test]
fn an_early_answer_does_not_wait_for_the_body() {
    let emulator = Emulator::start().expect("starts");
    assert_eq!(early(&emulator, "early-413").status, 413);
    let limited = early(&emulator, "early-429");
    assert_eq!(
        (limited.status, limited.header("retry-after")),
        (429, Some("1"))
    );
    assert_eq!(early(&emulator, "early-bad_image").outcome(), "bad_image");
    let requests = emulator.requests();
    assert!(requests.len() == 3 && requests.iter().all(|request| request.body.is_empty()));
}

#[test]
fn a_late_effect_comes_after_the_answer() {
    let emulator = Emulator::start().expect("starts");
    assert_eq!(reply(&emulator, "late-3600--never").status, 504);
    assert!(!is_set(&emulator, "never"));
    assert_eq!(reply(&emulator, "late-0--now").status, 504);
    while !is_set(&emulator, "now") {
        std::thread::yield_now();
    }
    assert!(!is_set(&emulator, "never"));
}

#[test]
fn any_status_up_to_399_can_be_had() {
    let emulator = Emulator::start().expect("starts");
    for status in [201, 202, 204, 206, 300, 304, 399] {
        for applied in ["", "-applied"] {
            let label = format!("{status}{applied}");
            let reply = reply(&emulator, &format!("status-{status}{applied}--{label}"));
            assert_eq!(reply.status, status);
            assert_eq!(reply.body.is_empty(), matches!(status, 204 | 304));
            assert_eq!(is_set(&emulator, &label), !applied.is_empty(), "{label}");
        }
    }
    // An interim reply is none: the end comes after it.
    let said = parse(
        &crate::client::exchange(&emulator.base_url(), &set(&emulator, "status-102"))
            .expect("a head"),
    );
    assert_eq!((said.status, said.body.len()), (102, 0));
}

#[test]
fn compression_is_real_and_announced() {
    let emulator = Emulator::start().expect("starts");
    let reply = reply(&emulator, "gzip--packed");
    assert_eq!(reply.header("content-encoding"), Some("gzip"));
    assert_eq!(reply.body[..2], [0x1f, 0x8b]);
    assert!(is_set(&emulator, "packed"));
}

/// The next reply of a connection that stays open.
fn next(stream: &mut TcpStream) -> Option<Reply> {
    let mut bytes = Vec::new();
    loop {
        let mut piece = [0; 4096];
        let read = stream.read(&mut piece).expect("no reset");
        if read == 0 {
            assert!(bytes.is_empty());
            return None;
        }
        bytes.extend_from_slice(&piece[..read]);
        let Some(head) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else {
            continue;
        };
        let reply = parse(&bytes);
        let length: usize = reply
            .header("content-length")
            .expect("a length")
            .parse()
            .expect("a number");
        if bytes.len() == head + 4 + length {
            return Some(reply);
        }
    }
}

fn ask(emulator: &Emulator, token: &str) -> Vec<u8> {
    let bearer = format!("Bearer {token}");
    let url = format!("{}users.profile.get", emulator.base_url());
    request("GET", &url, &[("Authorization", &bearer)], b"")
}

#[test]
fn a_kept_connection_is_closed_after_a_while() {
    let emulator = Emulator::start().expect("starts");
    for fault in ["idle-close-0", "idle-close-50"] {
        let mut stream = connect(&emulator.base_url());
        stream
            .write_all(&ask(&emulator, &format!("xoxp-fault-{fault}")))
            .expect("sends");
        let reply = next(&mut stream).expect("a reply");
        assert_eq!(reply.outcome(), "ok");
        assert_eq!(reply.header("connection"), Some("keep-alive"));
        assert!(next(&mut stream).is_none(), "closed");
    }
}

#[test]
fn idle_connections_make_room_the_oldest_first() {
    let settings = Settings {
        max_connections: 3,
        ..Settings::default()
    };
    let emulator = Emulator::with(settings).expect("starts");
    let call = ask(&emulator, emulator.token());
    let mut open: Vec<_> = (0..3)
        .map(|_| {
            let mut stream = connect(&emulator.base_url());
            stream.write_all(&call).expect("sends");
            assert_eq!(next(&mut stream).expect("a reply").status, 200);
            stream
        })
        .collect();
    // Used again, so the second one is idle for longest.
    open[0].write_all(&call).expect("sends");
    assert!(next(&mut open[0]).is_some());
    let mut fourth = connect(&emulator.base_url());
    fourth.write_all(&call).expect("sends");
    assert_eq!(next(&mut fourth).expect("a place").status, 200);
    assert!(next(&mut open[1]).is_none(), "closed");
    for index in [0, 2] {
        open[index]
            .set_read_timeout(Some(Duration::from_secs(20)))
            .expect("a timeout");
        open[index].write_all(&call).expect("sends");
        assert!(next(&mut open[index]).is_some(), "{index}");
    }
}
