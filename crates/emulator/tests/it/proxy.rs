//! The proxy: it leads to the emulator by CONNECT and nowhere else, and says in the log who was led where.

use std::io::{Read, Write};
use std::net::TcpStream;

use headshot_emulator::{Emulator, Settings};

fn emulator() -> Emulator {
    let settings = Settings {
        proxy: Some(0),
        ..Settings::default()
    };
    Emulator::with(settings).unwrap()
}

/// What the proxy answers at first to the head of a request.
fn ask(emulator: &Emulator, head: &str) -> String {
    let proxy = emulator.proxy_url().unwrap();
    let mut stream = TcpStream::connect(proxy.trim_start_matches("http://")).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = Vec::new();
    while !answer.windows(4).any(|four| four == b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        answer.push(byte[0]);
    }
    String::from_utf8(answer).unwrap()
}

#[test]
fn it_leads_to_the_emulator_and_nowhere_else() {
    let emulator = emulator();
    assert_eq!(emulator.base_url(), "https://slack.test/api/");
    assert_eq!(emulator.scim_base_url(), "https://slack.test/scim/v2/");
    assert!(emulator.page_url().starts_with("http://127.0.0.1:"));
    for (head, status) in [
        ("CONNECT slack.test:443", "200 "),
        ("CONNECT api.slack.test:443", "200 "),
        ("CONNECT slack.test:80", "403 "),
        ("CONNECT notslack.test:443", "403 "),
        ("CONNECT slack.com:443", "403 "),
        ("CONNECT 127.0.0.1:443", "403 "),
        ("CONNECT fault-502.slack.test:443", "502 "),
        ("CONNECT fault-200.slack.test:443", "403 "),
        ("GET http://slack.test/", "405 "),
    ] {
        let answer = ask(&emulator, &format!("{head} HTTP/1.1\r\nHost: x\r\n\r\n"));
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{head}: {answer}"
        );
    }
    let answer = ask(
        &emulator,
        "CONNECT fault-407.slack.test:443 HTTP/1.1\r\n\r\n",
    );
    assert!(answer.contains("proxy-authenticate: Basic"), "{answer}");
    assert!(Emulator::start().unwrap().proxy_url().is_none());
}

#[test]
fn its_log_has_no_password_and_no_token() {
    let emulator = emulator();
    let head = "CONNECT slack.test:443 HTTP/1.1\r\nProxy-Authorization: Basic canary\r\n\r\n";
    ask(&emulator, head);
    ask(&emulator, "CONNECT xoxp-canary:443 HTTP/1.1\r\n\r\n");
    let log = emulator.log().join("\n");
    assert!(
        log.contains("proxy: CONNECT slack.test:443, with a user name and password: 200"),
        "{log}"
    );
    assert!(log.contains("proxy: CONNECT xox(not shown) 403"), "{log}");
    assert!(!log.contains("canary"), "{log}");
}
