//! Tokens: where they may come from, and that they appear nowhere.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;

use headshot_emulator::Emulator;

use crate::run::{Ran, headshot, run};

const CANARY: &str = "canary7391";

/// Runs a command in whose output the canary must not be.
#[track_caller]
fn run_quietly(command: &mut Command) -> Ran {
    let ran = run(command);
    assert!(
        !String::from_utf8_lossy(&ran.stdout).contains(CANARY),
        "{ran:?}"
    );
    assert!(!ran.stderr.contains(CANARY), "{ran:?}");
    ran
}

#[test]
fn a_missing_token_is_asked_for() {
    for command in [
        &["set", "testdata/still/large.jpg"][..],
        &["profile"],
        &["delete", "--json"],
    ] {
        let ran = run(headshot().args(command)).expect_message(2, "there is no token");
        assert!(ran.stderr.contains("SLACK_TOKEN"), "{ran:?}");
        assert_eq!(ran.text(), "");
        run(headshot().args(command).env("SLACK_TOKEN", "")).expect_message(2, "there is no token");
    }
}

#[test]
fn a_bot_token_is_refused_before_anything_is_sent() {
    let emulator = Emulator::start().unwrap();
    let mut command = headshot();
    command.env("SLACK_TOKEN", format!("xoxb-{CANARY}"));
    command.args([
        "set",
        "testdata/still/large.jpg",
        "--base-url",
        &emulator.base_url(),
    ]);
    let ran = run_quietly(&mut command).expect_message(2, "bot token");
    assert!(ran.stderr.contains("hint: use a user token"), "{ran:?}");
    assert!(emulator.requests().is_empty());
}

#[test]
fn the_token_is_in_no_output() {
    let emulator = Emulator::start().unwrap();
    let call = |token: &str, arguments: &[&str]| {
        let mut command = headshot();
        command.env("SLACK_TOKEN", token).args(arguments);
        run_quietly(command.args(["--base-url", &emulator.base_url()]))
    };
    let good = format!("xoxp-emulator--{CANARY}");
    let photo = "testdata/still/large.jpg";
    for more in [&[][..], &["--json"]] {
        let set = [&["set", photo], more].concat();
        call(&good, &set).expect(0);
        call(&good, &[&["profile"], more].concat()).expect(0);
        call(&good, &[&["delete"], more].concat()).expect(0);
        call(&format!("xoxp-emulator-readonly--{CANARY}"), &set).expect_message(1, "missing_scope");
        call(&format!("xoxp-{CANARY}"), &set).expect_message(1, "invalid_auth");
        call(&format!("xoxp {CANARY}"), &set).expect_message(2, "space");
        call(&format!("xoxp-é{CANARY}"), &set).expect_message(2, "visible ASCII");
    }
    assert!(
        emulator
            .requests()
            .iter()
            .all(|request| !request.leaks(CANARY))
    );
}

#[test]
fn a_server_that_repeats_the_token_is_not_repeated() {
    for status in ["302 Found", "400 Bad", "403 Forbidden", "404 Nothing"] {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/api/", server.local_addr().unwrap());
        let thread = std::thread::spawn(move || {
            let (mut stream, _) = server.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let body = format!("<html>Bearer xoxp-{CANARY} was not welcome</html>");
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status}\r\nlocation: /{CANARY}\r\ncontent-length: {length}\r\nconnection: close"
            );
            let _ = stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes());
        });
        let mut command = headshot();
        command.env("SLACK_TOKEN", format!("xoxp-{CANARY}"));
        run_quietly(command.args(["profile", "--json", "--base-url", &address])).expect(1);
        thread.join().unwrap();
    }
}

#[test]
fn a_token_in_the_arguments_is_not_repeated() {
    let token = format!("xoxp-{CANARY}");
    for arguments in [
        vec!["set", "a.jpg", "--token", &token],
        vec!["set", "a.jpg", &token],
        vec!["profile", &token],
        vec![&token],
        vec!["set", "a.jpg", "--crop", &token],
        vec!["profile", "--base-url", &token],
    ] {
        let mut command = headshot();
        run_quietly(command.args(&arguments).env("SLACK_TOKEN", &token)).expect(2);
    }
    let mut command = headshot();
    run_quietly(command.args(["profile", &token]))
        .expect_message(2, "takes no token as an argument");
    let url = format!("https://user:{token}@example.com/?token={token}");
    let mut command = headshot();
    run_quietly(
        command
            .args(["profile", "--base-url", &url])
            .env("SLACK_TOKEN", &token),
    )
    .expect(2);
}

#[test]
fn a_token_file_holds_a_token_and_one_line_end() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    let emulator = Emulator::start().unwrap();
    let profile = |content: &[u8]| {
        fs::write(&file, content).unwrap();
        let mut command = headshot();
        // The file counts, not the environment.
        command
            .env("SLACK_TOKEN", "xoxb-1")
            .args(["profile", "--token-file"]);
        run_quietly(
            command
                .arg(&file)
                .args(["--base-url", &emulator.base_url()]),
        )
    };
    let token = format!("xoxp-emulator--{CANARY}");
    for line_end in ["", "\n", "\r\n"] {
        profile(format!("{token}{line_end}").as_bytes()).expect(0);
    }
    profile(format!("{token}\n\n").as_bytes()).expect_message(2, "line end");
    profile(b"").expect_message(2, "empty");
    profile(b"xoxp-\xff").expect_message(2, "not text");
    profile(&[b'x'; 5000]).expect_message(2, "more than 4096 bytes");
    let mut command = headshot();
    command
        .args(["profile", "--token-file"])
        .arg(folder.path().join("missing"));
    run(&mut command).expect_message(2, "missing cannot be read: no such file");
    assert_eq!(emulator.requests().len(), 3);
}

#[cfg(unix)]
#[test]
fn a_token_file_that_others_can_read_is_warned_of() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    let emulator = Emulator::start().unwrap();
    fs::write(&file, emulator.token()).unwrap();
    for (mode, warned) in [(0o600, false), (0o644, true), (0o640, true)] {
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        let mut command = headshot();
        command.args(["profile", "--token-file"]).arg(&file);
        let ran = run(command.args(["--base-url", &emulator.base_url()])).expect(0);
        assert_eq!(ran.stderr.contains("chmod 600"), warned, "{ran:?}");
    }
}
