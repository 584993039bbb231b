//! The server itself: starting, stopping, and the plain rules of HTTP.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use headshot_emulator::{Emulator, Settings};

use crate::client::{connect, exchange, get, parse, request, send, split};

#[test]
fn it_listens_on_loopback_and_frees_its_port_when_dropped() {
    let emulator = Emulator::start().expect("starts");
    let url = emulator.base_url();
    assert!(
        url.starts_with("http://127.0.0.1:") && url.ends_with("/api/"),
        "{url}"
    );
    let open = connect(&url);
    drop(emulator);
    let address = split(&url).0;
    assert!(TcpStream::connect(address).is_err(), "still listening");
    drop(open);
    // The same port again, by an emulator that asks for it: nothing holds on to it.
    let port = address
        .rsplit(':')
        .next()
        .expect("a port")
        .parse()
        .expect("a number");
    let again = Emulator::with(Settings {
        port,
        ..Settings::default()
    })
    .expect("the port is free");
    assert_eq!(again.base_url(), url);
    assert!(
        Emulator::with(Settings {
            port,
            ..Settings::default()
        })
        .is_err(),
        "taken"
    );
}

#[test]
fn a_connection_serves_many_requests_one_after_the_other() {
    let emulator = Emulator::start().expect("starts");
    let url = emulator.base_url();
    let mut bytes = request("GET", &format!("{url}first"), &[], b"");
    bytes.extend(request(
        "POST",
        &format!("{url}second"),
        &[("Content-Type", "text/plain")],
        b"abc",
    ));
    bytes.extend(request(
        "GET",
        &format!("{url}third"),
        &[("Connection", "close")],
        b"",
    ));
    let replies = exchange(&url, &bytes).expect("an exchange");
    assert_eq!(
        String::from_utf8_lossy(&replies)
            .matches("HTTP/1.1 200 OK")
            .count(),
        3
    );
    let requests = emulator.requests();
    let methods: Vec<&str> = requests.iter().map(|request| request.method()).collect();
    assert_eq!(methods, ["first", "second", "third"]);
}

#[test]
fn chunked_bodies_and_expect_continue_are_understood() {
    let emulator = Emulator::start().expect("starts");
    let url = emulator.base_url();
    let head = format!(
        "POST /api/x HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n",
        split(&url).0
    );
    let mut stream = connect(&url);
    write!(
        stream,
        "{head}Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"
    )
    .expect("sends");
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).expect("an interim reply");
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
        .write_all(b"4\r\nname\r\n6;ext=1\r\n=value\r\n0\r\n\r\n")
        .expect("sends");
    let mut start = [0; 15];
    stream.read_exact(&mut start).expect("a reply");
    assert_eq!(&start, b"HTTP/1.1 200 OK");
    let requests = emulator.requests();
    assert_eq!(requests[0].body, "name=value");
    assert_eq!(requests[0].field("name").expect("sent").text(), "value");

    let broken = format!("{head}Transfer-Encoding: chunked\r\n\r\nzz\r\n");
    assert_eq!(
        parse(&exchange(&url, broken.as_bytes()).expect("an exchange")).status,
        400
    );
}

#[test]
fn nonsense_and_excess_are_refused() {
    let emulator = Emulator::with(Settings {
        max_body: 1000,
        ..Settings::default()
    })
    .expect("starts");
    let url = emulator.base_url();
    let status = |bytes: &[u8]| parse(&exchange(&url, bytes).expect("an exchange")).status;
    assert_eq!(status(b"hello there\r\n\r\n"), 400);
    assert_eq!(
        status(b"POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"),
        400
    );
    assert_eq!(
        status(b"POST / HTTP/1.1\r\nContent-Length: -3\r\n\r\n"),
        400
    );
    assert_eq!(
        status(format!("GET /{} HTTP/1.1\r\n", "a".repeat(70_000)).as_bytes()),
        431
    );
    assert_eq!(
        status(&request(
            "POST",
            &url,
            &[("Content-Type", "text/plain")],
            &[b'a'; 1001]
        )),
        413
    );
    assert_eq!(
        status(b"POST / HTTP/1.1\r\nContent-Length: 999999999999\r\n\r\n"),
        413
    );
    assert_eq!(
        status(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n"),
        413
    );
    assert_eq!(send("POST", &emulator.page_url(), &[], b"").status, 405);
    assert_eq!(get(&format!("{}nowhere", emulator.page_url())).status, 404);
}

#[test]
fn a_silent_client_is_let_go() {
    let emulator = Emulator::with(Settings {
        idle: Duration::from_millis(50),
        ..Settings::default()
    })
    .expect("starts");
    let mut stream = connect(&emulator.base_url());
    stream
        .write_all(b"POST /api/users.setPhoto HTTP/1.1\r\nContent-")
        .expect("sends");
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).expect("the server closes");
    assert!(rest.is_empty());
}
