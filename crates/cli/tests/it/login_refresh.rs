//! Tokens that end: renewed near their end, once when they end early, by one run at a time, and never used before they are kept.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use headshot_emulator::{Emulator, Settings};

use crate::run::{headshot, run};
use crate::signing_in::{field, grants, kept, sign_in};

fn emulator(life: u64) -> Emulator {
    let settings = Settings {
        token_life: Some(Duration::from_secs(life)),
        ..Settings::default()
    };
    Emulator::with(settings).unwrap()
}

fn profile(base_url: &str) -> Command {
    let mut command = headshot();
    command.args(["profile", "--base-url", base_url]);
    command
}

#[test]
fn a_token_near_its_end_is_renewed_before_it_is_used() {
    let emulator = emulator(300);
    let base_url = emulator.base_url();
    sign_in(&base_url, "maya");
    let (file, old) = (&kept()[0], field(&kept()[0], "access_token"));
    let refresh = field(file, "refresh_token");
    run(&mut profile(&base_url)).expect(0);
    let new = field(file, "access_token");
    assert!(new != old && field(file, "refresh_token") != refresh);
    let renewals = grants(&emulator, "refresh_token");
    assert_eq!(renewals.len(), 1);
    assert_eq!(renewals[0].field("refresh_token").unwrap().text(), refresh);
    let read = emulator.requests();
    let read = read.iter().rfind(|one| one.method() == "users.profile.get");
    assert!(read.unwrap().bears(&new));
}

#[test]
fn a_token_that_ends_early_is_renewed_once() {
    let emulator = emulator(43_200);
    let base_url = emulator.base_url();
    sign_in(&base_url, "maya");
    emulator.expire_tokens();
    let ran = run(&mut profile(&base_url)).expect(0);
    assert!(ran.stderr.contains("logged in as maya"), "{ran:?}");
    assert_eq!(grants(&emulator, "refresh_token").len(), 1);
    run(&mut profile(&base_url)).expect(0);
    assert_eq!(grants(&emulator, "refresh_token").len(), 1);
    // Where even new ones have ended, that is the end of it.
    let settings = Settings {
        token_life: Some(Duration::ZERO),
        ..Settings::default()
    };
    let strict = Emulator::with(settings).unwrap();
    let ran =
        crate::signing_in::SigningIn::start(&mut crate::signing_in::login(&strict.base_url()));
    let page = crate::signing_in::visit(&ran.consent("maya"));
    assert_eq!(page.status, 400);
    ran.end().expect_message(1, "token_expired");
}

#[test]
fn tokens_without_an_end_are_kept_and_never_renewed() {
    let settings = Settings {
        token_life: None,
        ..Settings::default()
    };
    let emulator = Emulator::with(settings).unwrap();
    let base_url = emulator.base_url();
    let ran = sign_in(&base_url, "maya");
    assert!(ran.text().contains("until they are revoked"), "{ran:?}");
    assert!(field(&kept()[0], "access_token").starts_with("xoxp-"));
    run(&mut profile(&base_url)).expect(0);
    assert!(grants(&emulator, "refresh_token").is_empty());
}

#[test]
fn a_refresh_token_that_somebody_has_used_is_the_end_of_a_login() {
    let emulator = emulator(43_200);
    let base_url = emulator.base_url();
    sign_in(&base_url, "maya");
    let refresh = field(&kept()[0], "refresh_token");
    let body = format!("grant_type=refresh_token&client_id=11.22&refresh_token={refresh}");
    let head = format!(
        "POST /api/oauth.v2.access HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(host(&base_url)).unwrap();
    stream.write_all((head + &body).as_bytes()).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    assert!(reply.contains("\"ok\":true"), "{reply}");
    emulator.expire_tokens();
    let ran = run(&mut profile(&base_url));
    let ran = ran.expect_message(
        2,
        "the login of maya (U0MEMBER) in Headshot (T0HEADSHOT) is no longer valid",
    );
    assert!(ran.stderr.contains("invalid_refresh_token"), "{ran:?}");
    assert!(
        ran.stderr.contains("hint: headshot login signs in again"),
        "{ran:?}"
    );
    sign_in(&base_url, "maya");
    run(&mut profile(&base_url)).expect(0);
}

#[test]
fn many_runs_at_once_use_a_refresh_token_once() {
    let emulator = emulator(43_200);
    let base_url = emulator.base_url();
    sign_in(&base_url, "maya");
    emulator.expire_tokens();
    let start = |_| {
        let mut command = profile(&base_url);
        command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let runs: Vec<_> = (0..6).map(start).collect();
    for run in runs {
        let output = run.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{stderr}");
    }
    assert_eq!(grants(&emulator, "refresh_token").len(), 1);
}

#[test]
fn a_run_that_is_killed_before_it_keeps_the_new_tokens_is_told_of() {
    let emulator = emulator(300);
    let (base_url, asked) = relay(emulator.base_url());
    sign_in(&base_url, "maya");
    let before = std::fs::read(&kept()[0]).unwrap();
    let mut child = profile(&base_url)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // The emulator has answered, and the answer is held back.
    asked.recv().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(grants(&emulator, "refresh_token").len(), 1);
    let after = std::fs::read(&kept()[0]).unwrap();
    assert_ne!(before, after, "it is noted that a run has set out");
    // While the old token is good it is used, and the loss is said.
    let cut_off = "a run was stopped while it was getting new tokens, and the old ones are used up";
    let ran = run(&mut profile(&base_url)).expect(0);
    assert!(ran.stderr.contains(cut_off), "{ran:?}");
    assert!(
        ran.stderr.contains("the token in use is valid for"),
        "{ran:?}"
    );
    emulator.expire_tokens();
    let ran = run(&mut profile(&base_url)).expect_message(2, cut_off);
    assert!(
        ran.stderr.contains("hint: headshot login signs in again"),
        "{ran:?}"
    );
    sign_in(&base_url, "maya");
}

fn host(base_url: &str) -> String {
    let rest = base_url.strip_prefix("http://").unwrap();
    rest.split('/').next().unwrap().to_owned()
}

/// A server in front of another, which keeps the first answer to a refresh to itself and says so.
fn relay(behind: String) -> (String, Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}/api/", listener.local_addr().unwrap());
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (sender, behind) = (sender.clone(), host(&behind));
            std::thread::spawn(move || pass_on(stream.unwrap(), &behind, &sender));
        }
    });
    (base_url, receiver)
}

fn pass_on(mut client: TcpStream, behind: &str, asked: &Sender<()>) {
    static HELD: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);
    while let Some(request) = message(&mut client) {
        let mut server = TcpStream::connect(behind).unwrap();
        server.write_all(&request).unwrap();
        let reply = message(&mut server).unwrap();
        let is_refresh = request.windows(13).any(|part| part == b"refresh_token");
        if is_refresh && !HELD.swap(true, std::sync::atomic::Ordering::SeqCst) {
            let _ = asked.send(());
            // Until the client is gone.
            let _ = client.read(&mut [0; 1]);
            return;
        }
        let is_last = request.windows(17).any(|part| part == b"Connection: close");
        if client.write_all(&reply).is_err() || is_last {
            return;
        }
    }
}

/// A whole message of HTTP with a length.
fn message(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let read = stream.read(&mut piece).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&piece[..read]);
        let Some(end) = bytes.windows(4).position(|end| end == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
        if bytes.len() >= end + 4 + length {
            return Some(bytes);
        }
    }
}

#[test]
fn logout_revokes_and_forgets() {
    let emulator = Emulator::start().unwrap();
    let base_url = emulator.base_url();
    sign_in(&base_url, "maya");
    let token = field(&kept()[0], "access_token");
    let logout = |more: &[&str]| {
        let mut command = headshot();
        command.args(["logout", "--base-url", &base_url]).args(more);
        run(&mut command)
    };
    let ran = logout(&[]).expect(0);
    assert!(ran.text().contains("revoked and forgotten"), "{ran:?}");
    assert!(kept().is_empty());
    let profile = || {
        let mut command = headshot();
        command.args(["profile", "--base-url", &base_url]);
        command
    };
    run(profile().env("SLACK_TOKEN", token)).expect_message(1, "token_revoked");
    logout(&[]).expect_message(2, "nobody is logged in");

    // Tokens that have ended are renewed to be revoked: the refresh token would have stayed good.
    sign_in(&base_url, "maya");
    let refresh = field(&kept()[0], "refresh_token");
    emulator.expire_tokens();
    let ran = logout(&[]).expect(0);
    assert!(
        ran.stderr.contains("nothing was revoked") || ran.text().contains("revoked"),
        "{ran:?}"
    );
    assert!(kept().is_empty() && !ran.stderr.contains(&refresh));

    // Somebody whom nobody can reach stays logged in.
    sign_in(&base_url, "maya");
    drop(emulator);
    let ran = logout(&[]).expect_message(
        1,
        "maya (U0MEMBER) in Headshot (T0HEADSHOT) is still logged in",
    );
    assert!(ran.stderr.contains("--forget"), "{ran:?}");
    assert_eq!(kept().len(), 1);
    logout(&["--forget"]).expect(0);
    assert!(kept().is_empty());
}
