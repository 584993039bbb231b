//! What becomes of a photo that cannot be kept, against servers that are no emulator.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use crate::restore::{A, photos};
use crate::run::{headshot, png, run, state};

/// Answers each request with the reply that `answer` finds for its path, until the test ends.
pub(crate) fn server(answer: impl Fn(&str, &str) -> String + Send + 'static) -> String {
    bytes_server(move |path, host| answer(path, host).into())
}

fn bytes_server(answer: impl Fn(&str, &str) -> Vec<u8> + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let host = address.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 65536];
            let length = stream.read(&mut request).unwrap_or(0);
            let request = String::from_utf8_lossy(&request[..length]).into_owned();
            let path = request.split(' ').nth(1).unwrap_or_default();
            let _ = stream.write_all(&answer(path, &host));
        }
    });
    format!("http://{address}/api/")
}

pub(crate) fn reply(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

#[test]
fn a_server_that_names_nobody_is_not_trusted_with_a_photo() {
    let base_url = server(move |path, _| match path {
        "/api/users.setPhoto" => reply("200 OK", r#"{"ok":true}"#),
        _ => reply(
            "200 OK",
            r#"{"ok":true,"profile":{"avatar_hash":"0123456789ab"}}"#,
        ),
    });
    let set = |more: &[&str]| {
        let mut command = headshot();
        command.env("SLACK_TOKEN", "xoxp-canary").args(["set", A]);
        run(command.args(more).args(["--base-url", &base_url]))
    };
    set(&[]).expect_message(1, "auth.test does not say whose token it is");
    let ran = set(&["--no-backup"]).expect(0);
    assert!(ran.stderr.contains("not noted"), "{ran:?}");
}

/// What `auth.test` says of the one person of a server.
pub(crate) const ANN: &str =
    r#"{"ok":true,"team_id":"T1","user_id":"U1","user":"ann","team":"One"}"#;

#[test]
fn an_original_that_cannot_be_fetched_is_not_replaced_by_a_smaller_copy() {
    let folder = tempfile::tempdir().unwrap();
    let smaller = png(folder.path(), "smaller.png", 512, 512);
    let smaller = fs::read(smaller).unwrap();
    let posted = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let asked = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counts = (posted.clone(), asked.clone());
    let picture = smaller.clone();
    let base_url = bytes_server(move |path, host| match path {
        "/api/auth.test" => reply("200 OK", ANN).into(),
        "/api/users.profile.get" => reply(
            "200 OK",
            &format!(
                r#"{{"ok":true,"profile":{{"avatar_hash":"0123456789ab",
                "image_original":"http://{host}/o.jpg","image_512":"http://{host}/512.png"}}}}"#
            ),
        )
        .into(),
        "/o.jpg" => {
            counts.1.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            reply("503 Busy", "").into()
        }
        "/512.png" => {
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                picture.len()
            );
            [head.as_bytes(), &picture].concat()
        }
        _ => {
            counts.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            reply(
                "200 OK",
                r#"{"ok":true,"profile":{"avatar_hash":"ba9876543210"}}"#,
            )
            .into()
        }
    });
    let set = |more: &[&str]| {
        let mut command = headshot();
        command.env("SLACK_TOKEN", "xoxp-canary").args(["set", A]);
        run(command.args(more).args(["--base-url", &base_url]))
    };
    let ran = set(&[]).expect_message(1, "the original cannot be fetched");
    assert!(ran.stderr.contains("--smaller-backup"), "{ran:?}");
    let count = |counter: &std::sync::atomic::AtomicUsize| {
        counter.load(std::sync::atomic::Ordering::SeqCst)
    };
    assert!(count(&asked) > 1, "it is tried again");
    assert_eq!(count(&posted), 0);
    let ran = set(&["--smaller-backup"]).expect(0);
    assert!(ran.stderr.contains("kept at only 512 pixels"), "{ran:?}");
    assert_eq!(count(&posted), 1);
    let kept: Vec<_> = photos()
        .iter()
        .map(|name| fs::read(state().join(name)).unwrap())
        .collect();
    assert_eq!(kept, [smaller]);
}

#[test]
fn a_profile_that_names_no_original_is_not_changed_unless_a_copy_will_do() {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let heard = calls.clone();
    let base_url = server(move |path, host| {
        heard.lock().unwrap().push(path.to_owned());
        match path {
            "/api/auth.test" => reply("200 OK", ANN),
            _ => reply(
                "200 OK",
                &format!(
                    r#"{{"ok":true,"profile":{{"avatar_hash":"0123456789ab","is_custom_image":true,
                    "image_1024":"http://{host}/1024.jpg"}}}}"#
                ),
            ),
        }
    });
    for arguments in [
        &["set", A][..],
        &["delete"],
        &["set", A, "--dry-run"],
        &["delete", "--dry-run"],
    ] {
        let mut command = headshot();
        command.env("SLACK_TOKEN", "xoxp-canary").args(arguments);
        let ran = run(command.args(["--base-url", &base_url]));
        let ran = ran.expect_message(1, "the profile does not name its original");
        assert!(ran.stderr.contains("--smaller-backup keeps"), "{ran:?}");
    }
    let calls = calls.lock().unwrap();
    let known = ["/api/auth.test", "/api/users.profile.get"];
    assert!(
        calls.len() == 8 && calls.iter().all(|call| known.contains(&&call[..])),
        "{calls:?}"
    );
}

#[test]
fn a_photo_that_cannot_be_kept_is_not_replaced() {
    for (picture, why) in [
        (reply("404 Nothing", ""), "HTTP status 404"),
        (reply("302 Elsewhere", ""), "HTTP status 302"),
        (
            reply("200 OK", "<html>sign in</html>"),
            "not a photo that Slack takes",
        ),
    ] {
        let base_url = server(move |path, host| match path {
            "/api/auth.test" => reply("200 OK", ANN),
            "/api/users.profile.get" => reply(
                "200 OK",
                &format!(
                    r#"{{"ok":true,"profile":{{"team":"T1","real_name":"Ann","avatar_hash":"0123456789ab",
                    "image_original":"http://{host}/o.jpg","image_512":"http://{host}/512.jpg"}}}}"#
                ),
            ),
            "/o.jpg" | "/512.jpg" => picture.clone(),
            _ => reply("500 Too far", ""),
        });
        let mut command = headshot();
        command.env("SLACK_TOKEN", "xoxp-canary").args([
            "set",
            A,
            "--json",
            "--base-url",
            &base_url,
        ]);
        let ran = run(&mut command).expect_message(1, "nothing was sent");
        assert!(
            ran.stderr.contains(why) && ran.stderr.contains("--no-backup"),
            "{ran:?}"
        );
        assert!(!ran.stderr.contains("canary"), "{ran:?}");
        assert!(photos().is_empty());
    }
}

/// The calls that `set` makes at a server that answers a post like this, and how the run ends. The profile shows another
/// photo once it was posted.
fn calls(answer: &'static str, status: i32, more: &[&str]) -> Vec<String> {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let heard = calls.clone();
    let base_url = server(move |path, _| {
        let mut heard = heard.lock().unwrap();
        let method = path.trim_start_matches("/api/").to_owned();
        let hash = if heard.iter().any(|method| method == "users.setPhoto") {
            "ba9876543210"
        } else {
            "0123456789ab"
        };
        heard.push(method.clone());
        let profile = format!(
            r#"{{"ok":true,"profile":{{"avatar_hash":"{hash}","is_custom_image":false}}}}"#
        );
        match &method[..] {
            "auth.test" => reply("200 OK", ANN),
            "users.profile.get" => reply("200 OK", &profile),
            _ => reply(answer, r#"{"ok":true}"#),
        }
    });
    let mut command = headshot();
    command.env("SLACK_TOKEN", "xoxp-canary").args(["set", A]);
    run(command.args(more).args(["--base-url", &base_url])).expect(status);
    calls.lock().unwrap().clone()
}

#[test]
fn the_profile_is_looked_at_once_before_a_post_and_once_after() {
    let (owner, look, post) = ("auth.test", "users.profile.get", "users.setPhoto");
    assert_eq!(calls("200 OK", 0, &[]), [owner, look, post, look]);
    let blind = calls("200 OK", 0, &["--no-backup"]);
    assert_eq!(blind, [look, post, look, owner]);
    // That one look tells what became of a post without an answer.
    let lost = calls("502 Bad Gateway", 0, &[]);
    assert_eq!(lost, [owner, look, post, look, look]);
}
