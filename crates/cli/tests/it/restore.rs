//! `set --restore`: the photo that was replaced comes back byte for byte, and none is replaced that cannot be kept.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;
use std::time::Duration;

use headshot_emulator::{Emulator, Settings};

use crate::run::{Ran, headshot, names, png, run, state};
use crate::set::call;

const A: &str = "testdata/still/large.jpg";
/// Of eight frames.
const ANIMATION: &str = "testdata/animated/opaque.gif";
const B: &str = "testdata/still/astronaut.jpg";

/// A workspace in which a fault token can work too.
const OWN: &str = "xoxp-emulator--own";

/// The hash of the avatar of a photo.
fn sha256_of(photo: &str) -> String {
    let ran = run(headshot().args(["set", photo, "--emulator", "--json"])).expect(0);
    ran.objects()[0]["avatar"]["sha256"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// Runs `set` with the emulator's usual token.
fn set(emulator: &Emulator, arguments: &[&str]) -> Ran {
    call(emulator, emulator.token(), &[&["set"], arguments].concat())
}

/// The bytes at `image_original`.
fn original(emulator: &Emulator) -> Vec<u8> {
    let ran = call(emulator, emulator.token(), &["profile", "--json"]).expect(0);
    let address = ran.objects()[0]["profile"]["image_original"]
        .as_str()
        .unwrap()
        .to_owned();
    let (host, path) = address
        .strip_prefix("http://")
        .unwrap()
        .split_once('/')
        .unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).unwrap();
    let end = reply
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .unwrap();
    reply.split_off(end + 4)
}

#[test]
fn the_photo_that_was_replaced_comes_back_byte_for_byte() {
    let emulator = Emulator::start().unwrap();
    set(&emulator, &[A]).expect(0);
    let a = original(&emulator);
    let ran = set(&emulator, &[B]).expect(0);
    assert!(
        ran.text().contains("- kept the photo that it replaces in "),
        "{ran:?}"
    );
    let b = original(&emulator);
    assert_ne!(a, b);

    let ran = set(&emulator, &["--restore", "--json"]).expect(0);
    assert_eq!(original(&emulator), a);
    let object = &ran.objects()[0];
    assert_eq!(
        (&object["status"], &object["avatar"]["bytes"]),
        (&"ok".into(), &a.len().into())
    );
    let kept = object["photo"].as_str().unwrap();
    assert!(kept.starts_with(state().to_str().unwrap()), "{object}");
    assert_eq!(object["steps"][0], "left as it was when it was replaced");
    let request = emulator
        .requests()
        .into_iter()
        .rfind(|request| request.method() == "users.setPhoto");
    let request = request.unwrap();
    assert!(request.field("crop_x").is_none(), "it is not cropped again");

    // What it replaced was kept in turn: a second time undoes the first.
    set(&emulator, &["--restore"]).expect(0);
    assert_eq!(original(&emulator), b);
    set(&emulator, &["--restore"]).expect(0);
    assert_eq!(original(&emulator), a);
    let found = names(&state());
    assert_eq!(found.len(), 2, "one note, one photo: {found:?}");
}

#[test]
fn an_original_that_is_not_square_is_posted_whole() {
    let folder = tempfile::tempdir().unwrap();
    let photo = png(folder.path(), "a.png", 600, 577);
    let emulator = Emulator::start().unwrap();
    let crop = [photo.to_str().unwrap(), "--as-is", "--crop", "11,22,533"];
    set(&emulator, &crop).expect(0);
    set(&emulator, &[B]).expect(0);
    let ran = set(&emulator, &["--restore"]).expect(0);
    assert_eq!(original(&emulator), fs::read(&photo).unwrap());
    assert!(ran.stderr.contains("600 x 577"), "{ran:?}");
}

#[test]
fn sending_the_same_again_replaces_nothing() {
    let emulator = Emulator::start().unwrap();
    set(&emulator, &[A]).expect(0);
    let a = original(&emulator);
    for _ in 0..3 {
        set(&emulator, &[B]).expect(0);
    }
    set(&emulator, &["--restore"]).expect(0);
    assert_eq!(original(&emulator), a);
}

#[test]
fn a_photo_that_others_changed_or_deleted_is_found_too() {
    let emulator = Emulator::start().unwrap();
    set(&emulator, &[A]).expect(0);
    let a = original(&emulator);
    set(&emulator, &[B]).expect(0);
    call(&emulator, emulator.token(), &["delete"]).expect(0);
    set(&emulator, &["--restore"]).expect(0);
    assert_eq!(original(&emulator), a);
    // Deleted, there was nothing to keep.
    set(&emulator, &["--restore"]).expect_message(1, "nothing to restore");
    assert_eq!(original(&emulator), a);
}

#[test]
fn nothing_to_restore_is_said_and_nothing_is_sent() {
    let emulator = Emulator::start().unwrap();
    let ran = set(&emulator, &["--restore", "--json"]).expect_message(1, "nothing to restore");
    assert_eq!(ran.objects()[0]["error"]["kind"], "nothing_to_restore");
    set(&emulator, &[A]).expect(0);
    set(&emulator, &["--restore"]).expect_message(1, "nothing to restore");
    set(&emulator, &[B, "--no-backup"]).expect(0);
    set(&emulator, &["--restore"]).expect_message(1, "nothing to restore");
    let found = names(&state());
    assert_eq!(found.len(), 1, "no photo was kept: {found:?}");
    let refused = call(&emulator, "xoxp-emulator-writeonly", &["set", "--restore"]);
    refused.expect_message(1, "needed: users.profile:read");
    let posts = emulator.requests();
    let posts = posts
        .iter()
        .filter(|request| request.method() == "users.setPhoto");
    assert_eq!(posts.count(), 2);
}

#[test]
fn a_kept_photo_that_was_changed_is_not_posted() {
    let emulator = Emulator::start().unwrap();
    set(&emulator, &[A]).expect(0);
    set(&emulator, &[B]).expect(0);
    let b = original(&emulator);
    let found = names(&state());
    let photo = found.iter().find(|name| name.ends_with(".jpg")).unwrap();
    fs::copy("../../testdata/still/plain.jpg", state().join(photo)).unwrap();
    set(&emulator, &["--restore"]).expect_message(1, "has been changed since");
    fs::remove_file(state().join(photo)).unwrap();
    set(&emulator, &["--restore"]).expect_message(1, "is gone");
    assert_eq!(original(&emulator), b);
}

#[test]
fn animations_come_back_too_and_halving_them_forgets_nothing() {
    let emulator = Emulator::with(Settings {
        max_frames: 3,
        ..Settings::default()
    });
    let emulator = emulator.unwrap();
    set(&emulator, &[A]).expect(0);
    let halved = [ANIMATION, "--frames", "decimate", "--json"];
    let ran = set(&emulator, &halved).expect(0);
    let object = &ran.objects()[0];
    for (key, words) in [
        ("steps", "kept the photo that it replaces"),
        ("steps", "posted to users.setPhoto"),
        ("warnings", "8 are too many frames for Slack: 4 are sent"),
        ("warnings", "4 are too many frames for Slack: 2 are sent"),
    ] {
        let texts = object[key].as_array().unwrap().iter();
        let found = texts.filter(|text| text.as_str().unwrap().contains(words));
        assert_eq!(found.count(), 1, "{words}: {object}");
    }
    let animation = original(&emulator);
    assert!(animation.starts_with(b"GIF89a"));
    // The same avatar, halved or not, is not sent again.
    let again = set(&emulator, &[&halved[..], &["--if-changed"]].concat()).expect(0);
    assert!(
        again.text().contains("already set: nothing sent"),
        "{again:?}"
    );
    set(&emulator, &[B]).expect(0);
    set(&emulator, &["--restore"]).expect(0);
    assert_eq!(original(&emulator), animation);
}

#[test]
fn a_set_that_failed_has_replaced_nothing() {
    let emulator = Emulator::start().unwrap();
    let call = |token: &str, arguments: &[&str]| call(&emulator, token, arguments);
    call(OWN, &["set", A]).expect(0);
    let a = sha256_of(A);
    call(OWN, &["set", B]).expect(0);
    for fault in ["error-bad_image", "redirect-302"] {
        let fault = format!("xoxp-fault-{fault}--own");
        call(&fault, &["set", A, "--quality", "50"]).expect(1);
        let found = names(&state());
        assert_eq!(
            found.len(),
            2,
            "{fault}: a note and the photo of before: {found:?}"
        );
    }
    let ran = call(OWN, &["set", "--restore", "--json"]).expect(0);
    assert_eq!(ran.objects()[0]["avatar"]["sha256"], a);
}

#[test]
fn an_upload_that_nobody_saw_end_can_be_undone() {
    let emulator = Emulator::start().unwrap();
    let call = |token: &str, arguments: &[&str]| call(&emulator, token, arguments);
    call(OWN, &["set", A]).expect(0);
    call(OWN, &["set", B]).expect(0);
    let b = sha256_of(B);
    // Applied, but the answer is lost, and what the profile showed before was read by the program, not by the client.
    let fault = "xoxp-fault-reset-after-applied--own";
    let ran = call(fault, &["set", A, "--quality", "50"]).expect(0);
    assert!(ran.stderr.contains("the answer got lost"), "{ran:?}");
    let ran = call(OWN, &["set", "--restore", "--json"]).expect(0);
    assert_eq!(ran.objects()[0]["avatar"]["sha256"], b);
    // What was put back is the very avatar that was sent before.
    let ran = call(OWN, &["set", B, "--if-changed"]).expect(0);
    assert!(ran.text().contains("already set"), "{ran:?}");
}

#[test]
fn a_run_that_was_killed_can_be_undone() {
    let emulator = Emulator::start().unwrap();
    let call = |token: &str, arguments: &[&str]| call(&emulator, token, arguments);
    call(OWN, &["set", A]).expect(0);
    call(OWN, &["set", B]).expect(0);
    let b = sha256_of(B);
    let changes = emulator.events().len();
    let mut command = headshot();
    command
        .env("SLACK_TOKEN", "xoxp-fault-silence-applied--own")
        .args([
            "set",
            A,
            "--quality",
            "50",
            "--base-url",
            &emulator.base_url(),
        ]);
    let mut killed = command.stdout(Stdio::null()).spawn().unwrap();
    while emulator.events().len() == changes {
        std::thread::sleep(Duration::from_millis(5));
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    let ran = call(OWN, &["set", "--restore", "--json"]).expect(0);
    assert_eq!(ran.objects()[0]["avatar"]["sha256"], b);
    assert_eq!(names(&state()).len(), 2);
}

/// Answers each request with the reply that `answer` finds for its path, until the test ends.
fn server(answer: impl Fn(&str, &str) -> String + Send + 'static) -> String {
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
            let _ = stream.write_all(answer(path, &host).as_bytes());
        }
    });
    format!("http://{address}/api/")
}

fn reply(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

#[test]
fn a_profile_that_names_nobody_is_no_reason_not_to_set() {
    let base_url = server(move |path, _| match path {
        "/api/users.setPhoto" => reply("200 OK", r#"{"ok":true}"#),
        _ => reply(
            "200 OK",
            r#"{"ok":true,"profile":{"avatar_hash":"0123456789ab"}}"#,
        ),
    });
    let mut command = headshot();
    command.env("SLACK_TOKEN", "xoxp-canary");
    let ran = run(command.args(["set", A, "--base-url", &base_url])).expect(0);
    assert!(
        ran.stderr
            .contains("no photo is kept for --restore: the profile does not say whose it is"),
        "{ran:?}"
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
        assert!(!state().exists() || names(&state()).is_empty());
    }
}

#[test]
fn a_state_folder_that_cannot_be_made_matters_where_there_is_a_photo() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "not a folder").unwrap();
    let emulator = Emulator::start().unwrap();
    let set = |arguments: &[&str]| {
        let mut command = headshot();
        command
            .env("SLACK_TOKEN", emulator.token())
            .env("HEADSHOT_STATE", file.join("state"))
            .arg("set")
            .args(arguments);
        run(command.args(["--base-url", &emulator.base_url()]))
    };
    let ran = set(&[A]).expect(0);
    assert!(
        ran.stderr.contains("warning: ") && ran.stderr.contains("not noted"),
        "{ran:?}"
    );
    let a = original(&emulator);
    set(&[B]).expect_message(1, "nothing was sent");
    assert_eq!(original(&emulator), a);
    set(&[B, "--no-backup"]).expect(0);
    assert_ne!(original(&emulator), a);
}
