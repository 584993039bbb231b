//! `set --restore`: the photo that was replaced comes back byte for byte, and none is replaced that cannot be kept.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Stdio;
use std::time::Duration;

use headshot_emulator::{Emulator, Settings};

use crate::run::{Ran, headshot, names, png, run, state};
use crate::set::call;

pub(crate) const A: &str = "testdata/still/large.jpg";
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

/// How many photos were posted.
pub(crate) fn posts(emulator: &Emulator) -> usize {
    let requests = emulator.requests();
    let posts = requests
        .iter()
        .filter(|request| request.method() == "users.setPhoto");
    posts.count()
}

/// The photos in the state folder.
pub(crate) fn photos() -> Vec<String> {
    let mut photos = names(&state());
    photos
        .retain(|name| name.ends_with(".jpg") || name.ends_with(".png") || name.ends_with(".gif"));
    photos
}

/// The bytes at `image_original` of a token's owner.
pub(crate) fn original(emulator: &Emulator, token: &str) -> Vec<u8> {
    let ran = call(emulator, token, &["profile", "--json"]).expect(0);
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
    let a = original(&emulator, emulator.token());
    let ran = set(&emulator, &[B]).expect(0);
    assert!(ran.text().contains("- kept the old photo in "), "{ran:?}");
    let b = original(&emulator, emulator.token());
    assert_ne!(a, b);

    let ran = set(&emulator, &["--restore", "--json"]).expect(0);
    assert_eq!(original(&emulator, emulator.token()), a);
    let object = &ran.objects()[0];
    assert_eq!(
        (&object["status"], &object["avatar"]["bytes"]),
        (&"ok".into(), &a.len().into())
    );
    let kept = object["photo"].as_str().unwrap();
    assert!(kept.starts_with(state().to_str().unwrap()), "{object}");
    let step = object["steps"][0].as_str().unwrap();
    assert!(
        step.starts_with("unchanged since it was kept on 2"),
        "{step}"
    );
    let request = emulator
        .requests()
        .into_iter()
        .rfind(|request| request.method() == "users.setPhoto");
    let request = request.unwrap();
    assert!(request.field("crop_x").is_none(), "it is not cropped again");

    // What it replaced was kept in turn: a second time undoes the first.
    set(&emulator, &["--restore"]).expect(0);
    assert_eq!(original(&emulator, emulator.token()), b);
    set(&emulator, &["--restore"]).expect(0);
    assert_eq!(original(&emulator, emulator.token()), a);
    assert_eq!(photos().len(), 2, "each is kept once: {:?}", photos());
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
    assert_eq!(
        original(&emulator, emulator.token()),
        fs::read(&photo).unwrap()
    );
    assert!(ran.stderr.contains("600 x 577"), "{ran:?}");
}

#[test]
fn sending_the_same_again_replaces_nothing() {
    let emulator = Emulator::start().unwrap();
    set(&emulator, &[A]).expect(0);
    let a = original(&emulator, emulator.token());
    for _ in 0..3 {
        set(&emulator, &[B]).expect(0);
    }
    set(&emulator, &["--restore"]).expect(0);
    assert_eq!(original(&emulator, emulator.token()), a);
}

#[test]
fn a_photo_that_others_changed_or_deleted_is_found_too() {
    let emulator = Emulator::start().unwrap();
    set(&emulator, &[A]).expect(0);
    let a = original(&emulator, emulator.token());
    set(&emulator, &[B]).expect(0);
    let elsewhere = tempfile::tempdir().unwrap();
    let mut delete = headshot();
    delete
        .env("SLACK_TOKEN", emulator.token())
        .env("HEADSHOT_STATE", elsewhere.path())
        .args(["delete", "--base-url", &emulator.base_url()]);
    run(&mut delete).expect(0);
    set(&emulator, &["--restore"]).expect(0);
    assert_eq!(original(&emulator, emulator.token()), a);
    // Deleted, there was nothing to keep.
    set(&emulator, &["--restore"]).expect_message(1, "nothing to restore");
    assert_eq!(original(&emulator, emulator.token()), a);
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
    assert!(photos().is_empty(), "{:?}", photos());
    let refused = call(&emulator, "xoxp-emulator-writeonly", &["set", "--restore"]);
    refused.expect_message(1, "needed: users.profile:read");
    assert_eq!(posts(&emulator), 2);
}

#[test]
fn a_kept_photo_that_was_changed_is_not_posted() {
    let emulator = Emulator::start().unwrap();
    set(&emulator, &[A]).expect(0);
    set(&emulator, &[B]).expect(0);
    let b = original(&emulator, emulator.token());
    let photo = &photos()[0];
    fs::copy("../../testdata/still/plain.jpg", state().join(photo)).unwrap();
    set(&emulator, &["--restore"]).expect_message(1, "has been changed since");
    fs::remove_file(state().join(photo)).unwrap();
    set(&emulator, &["--restore"]).expect_message(1, "is gone");
    assert_eq!(original(&emulator, emulator.token()), b);
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
        ("steps", "kept the old photo"),
        ("steps", "posted to users.setPhoto"),
        ("warnings", "Slack does not take 8 frames: 4 are sent"),
        ("warnings", "Slack does not take 4 frames: 2 are sent"),
    ] {
        let texts = object[key].as_array().unwrap().iter();
        let found = texts.filter(|text| text.as_str().unwrap().contains(words));
        assert_eq!(found.count(), 1, "{words}: {object}");
    }
    let animation = original(&emulator, emulator.token());
    assert!(animation.starts_with(b"GIF89a"));
    // The same avatar, halved or not, is not sent again.
    let again = set(&emulator, &[&halved[..], &["--if-changed"]].concat()).expect(0);
    assert!(
        again.text().contains("already set: nothing sent"),
        "{again:?}"
    );
    set(&emulator, &[B]).expect(0);
    set(&emulator, &["--restore"]).expect(0);
    assert_eq!(original(&emulator, emulator.token()), animation);
}

#[test]
fn a_set_that_failed_has_replaced_nothing() {
    let emulator = Emulator::start().unwrap();
    let call = |token: &str, arguments: &[&str]| call(&emulator, token, arguments);
    call(OWN, &["set", A]).expect(0);
    let a = sha256_of(A);
    call(OWN, &["set", B]).expect(0);
    for fault in ["error-bad_image", "html-400"] {
        let fault = format!("xoxp-fault-{fault}--own");
        call(&fault, &["set", A, "--quality", "50"]).expect(1);
        assert_eq!(
            photos().len(),
            2,
            "{fault}: that of before, and that which is shown"
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
    assert!(names(&state()).iter().all(|name| !name.starts_with('.')));
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
    let a = original(&emulator, emulator.token());
    set(&[B]).expect_message(1, "nothing was sent");
    assert_eq!(original(&emulator, emulator.token()), a);
    set(&[B, "--no-backup"]).expect(0);
    assert_ne!(original(&emulator, emulator.token()), a);
}
