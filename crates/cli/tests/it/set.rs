//! `set`, `profile` and `delete`, end to end against the emulator.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use headshot_emulator::{Emulator, Request};
use serde_json::Value;

use crate::run::{Ran, headshot, picture, png, root, run, run_with_input, testdata};

/// Runs a command against an emulator, with its token in the environment.
pub(crate) fn call(emulator: &Emulator, token: &str, arguments: &[&str]) -> Ran {
    let mut command = headshot();
    command.env("SLACK_TOKEN", token).args(arguments);
    run(command.args(["--base-url", &emulator.base_url()]))
}

/// The one request of `users.setPhoto`.
fn sent(emulator: &Emulator) -> Request {
    let requests = emulator.requests();
    let mut sent = requests
        .into_iter()
        .filter(|request| request.method() == "users.setPhoto");
    let request = sent.next().expect("a photo was posted");
    assert!(sent.next().is_none(), "and posted once");
    request
}

#[test]
fn the_first_command_of_the_readme() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let mut commands = readme
        .lines()
        .filter_map(|line| line.strip_prefix("cargo run --release -- "));
    let arguments = commands.next().expect("the README has a command");
    assert_eq!(
        arguments,
        "set testdata/still/astronaut.jpg --fit face --emulator"
    );
    let mut command = headshot();
    command.args(arguments.split(' '));
    // A token that happens to be set has no business in an emulator.
    let ran = run(command.env("SLACK_TOKEN", "xoxb-canary")).expect(0);
    for words in [
        "JPEG, 410 x 512",
        "turned by 90 degrees",
        "Display P3",
        "framed the face",
        "users.setPhoto",
        "avatar_hash",
        "image_512 http://127.0.0.1:",
    ] {
        assert!(ran.text().contains(words), "{words}: {ran:?}");
    }
    assert!((5..=14).contains(&ran.text().lines().count()), "{ran:?}");
    assert_eq!(ran.stderr, "");
}

#[test]
fn a_crop_is_made_here_and_not_sent() {
    let folder = tempfile::tempdir().unwrap();
    let photo = png(folder.path(), "a.png", 400, 377);
    let emulator = Emulator::start().unwrap();
    let photo = photo.to_str().unwrap();
    let arguments = [
        "set",
        photo,
        "--crop",
        "11,22,333",
        "--min-side",
        "99",
        "--json",
    ];
    let ran = call(&emulator, emulator.token(), &arguments).expect(0);
    let request = sent(&emulator);
    assert!(request.bears(emulator.token()) && !request.leaks(emulator.token()));
    let names: Vec<_> = request
        .fields
        .iter()
        .map(|field| field.name.as_str())
        .collect();
    assert_eq!(names, ["image"], "no crop_* beside it");
    let image = request.field("image").unwrap();
    assert_eq!(image.content_type.as_deref(), Some("image/png"));
    let expected = image::imageops::crop_imm(&picture(400, 377), 11, 22, 333, 333).to_image();
    assert_eq!(
        image::load_from_memory(&image.bytes).unwrap().to_rgb8(),
        expected
    );

    let object = &ran.objects()[0];
    assert_eq!(object["status"], "ok");
    assert_eq!(object["output"], Value::Null);
    assert_eq!(object["avatar"]["bytes"], image.bytes.len());
    let hash = object["profile"]["avatar_hash"].as_str().unwrap();
    assert!(hash.len() == 12 && !hash.starts_with('g'), "{object}");
    let original = object["profile"]["image_original"].as_str().unwrap();
    assert!(original.contains(hash), "{object}");
    let last = emulator.requests().pop().unwrap();
    assert_eq!(last.method(), "users.profile.get", "it is read back");
}

#[test]
fn as_is_the_file_goes_unchanged_and_slack_crops() {
    let folder = tempfile::tempdir().unwrap();
    let photo = png(folder.path(), "a.png", 400, 377);
    let emulator = Emulator::start().unwrap();
    let arguments = [
        "set",
        photo.to_str().unwrap(),
        "--as-is",
        "--crop",
        "11,22,333",
        "--json",
    ];
    let ran = call(&emulator, emulator.token(), &arguments).expect(0);
    let request = sent(&emulator);
    let field = |name: &str| request.field(name).unwrap().text().into_owned();
    assert_eq!(
        (field("crop_x"), field("crop_y"), field("crop_w")),
        ("11".into(), "22".into(), "333".into())
    );
    assert_eq!(
        request.field("image").unwrap().bytes,
        fs::read(&photo).unwrap()
    );
    let object = &ran.objects()[0];
    assert_eq!(object["avatar"]["side"], 333);
    assert!(
        object["steps"][1]
            .as_str()
            .unwrap()
            .contains("crop_x 11, crop_y 22, crop_w 333"),
        "{object}"
    );
    assert!(
        object["warnings"][0]
            .as_str()
            .unwrap()
            .contains("512 to 1024"),
        "{object}"
    );
}

#[test]
fn as_is_is_checked_before_it_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let photo = png(folder.path(), "a.png", 344, 354);
    let emulator = Emulator::start().unwrap();
    let set = |arguments: &[&str]| {
        let arguments = [&["set", "--as-is"], arguments].concat();
        call(&emulator, emulator.token(), &arguments)
    };
    let photo = photo.to_str().unwrap();
    set(&[photo, "--crop", "11,22,333"]).expect_message(1, "does not lie inside");
    set(&["testdata/bad/photo.avif"]).expect_message(1, "this is an AVIF image");
    set(&["testdata/still/lossy.webp"]).expect_message(1, "Slack takes JPEG, PNG and GIF");
    assert!(emulator.requests().is_empty());
    let turned = set(&["testdata/still/astronaut.jpg"]).expect(0);
    assert!(turned.stderr.contains("EXIF orientation 6"), "{turned:?}");
}

#[test]
fn a_bad_photo_is_not_sent() {
    let emulator = Emulator::start().unwrap();
    let arguments = ["set", "testdata/bad/truncated.jpg", "--json"];
    let ran = call(&emulator, emulator.token(), &arguments).expect_message(1, "damaged");
    let object = &ran.objects()[0];
    assert!(object.as_object().unwrap().contains_key("profile"));
    assert_eq!(
        (&object["profile"], &object["error"]["code"]),
        (&Value::Null, &Value::Null)
    );
    assert!(emulator.requests().is_empty());
}

#[test]
fn standard_input_can_be_set() {
    let photo = fs::read(testdata("still/large.jpg")).unwrap();
    let ran = run_with_input(
        headshot().args(["set", "-", "--emulator", "--json"]),
        &photo,
    )
    .expect(0);
    assert_eq!(ran.objects()[0]["photo"], "-");
    assert_eq!(ran.objects()[0]["source"]["width"], 600);
}

#[test]
fn a_refusal_has_its_code_and_a_hint() {
    let emulator = Emulator::start().unwrap();
    let arguments = ["set", "testdata/still/large.jpg", "--json"];
    let ran =
        call(&emulator, "xoxp-emulator-readonly", &arguments).expect_message(1, "missing_scope");
    assert!(
        ran.stderr.contains("needed: users.profile:write"),
        "{ran:?}"
    );
    assert!(
        ran.stderr.contains("provided: users.profile:read,"),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("hint: "), "{ran:?}");
    let object = &ran.objects()[0];
    assert_eq!(object["error"]["kind"], "change_app");
    assert_eq!(object["error"]["code"], "missing_scope");
    assert_eq!(
        object["avatar"]["side"], 600,
        "the avatar was made all the same"
    );
}

#[test]
fn a_photo_that_is_set_stays_a_success_when_it_cannot_be_read_back() {
    let emulator = Emulator::start().unwrap();
    let arguments = ["set", "testdata/still/large.jpg", "--json"];
    let ran = call(&emulator, "xoxp-emulator-writeonly", &arguments).expect(0);
    let object = &ran.objects()[0];
    for (warning, words) in [
        (0, "no photo is kept for --restore"),
        (0, "needed: users.profile:read"),
        (1, "the photo is set, but"),
    ] {
        let warning = object["warnings"][warning].as_str().unwrap();
        assert!(warning.contains(words), "{object}");
    }
    assert_eq!(object["profile"]["avatar_hash"].as_str().unwrap().len(), 12);
}

#[test]
fn profile_and_delete_follow_what_set_did() {
    let emulator = Emulator::start().unwrap();
    let call = |arguments: &[&str]| call(&emulator, emulator.token(), arguments).expect(0);
    let profile = || call(&["profile", "--json"]).objects().remove(0);
    let before = profile();
    assert_eq!(before["status"], "ok");
    assert!(before["profile"]["image_original"].is_null(), "{before}");
    call(&["set", "testdata/still/large.jpg"]);
    let set = profile();
    assert_ne!(
        set["profile"]["avatar_hash"],
        before["profile"]["avatar_hash"]
    );
    assert!(
        call(&["profile"])
            .text()
            .contains(set["profile"]["image_512"].as_str().unwrap())
    );
    assert!(call(&["delete"]).text().contains("deleted"));
    assert!(profile()["profile"]["image_original"].is_null());
    let again = call(&["delete", "--json"]).objects().remove(0);
    assert_eq!(again["status"], "ok");
}

#[test]
fn nobody_at_the_base_url_is_a_failure_of_the_call() {
    let mut command = headshot();
    command
        .env("SLACK_TOKEN", "xoxp-1")
        .args(["profile", "--json", "--base-url"]);
    // Port 9 of loopback: nothing listens there.
    let ran = run(command.arg("http://127.0.0.1:9/api/"))
        .expect_message(1, "127.0.0.1 refused the connection");
    let object = &ran.objects()[0];
    assert_eq!(
        (&object["status"], &object["error"]["kind"]),
        (&"failed".into(), &"retry".into())
    );
}

#[cfg(unix)]
#[test]
fn the_emulator_runs_until_it_is_interrupted() {
    let mut emulator = headshot()
        .args(["emulator", "--port", "0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(emulator.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let mut value = |label: &str| {
        let line = lines.find(|line| line.starts_with(label)).unwrap();
        line[label.len()..].trim().to_owned()
    };
    let (base_url, token) = (value("base URL"), value("token"));
    assert!(value("page").starts_with("http://127.0.0.1:"));
    let mut command = headshot();
    command
        .env("SLACK_TOKEN", token)
        .args(["set", "testdata/still/large.jpg", "--base-url"]);
    run(command.arg(&base_url)).expect(0);
    assert!(lines.any(|line| line.contains("POST users.setPhoto ok")));

    let taken = base_url
        .rsplit(':')
        .next()
        .unwrap()
        .split('/')
        .next()
        .unwrap()
        .to_owned();
    run(headshot().args(["emulator", "--port", &taken]))
        .expect_message(2, "address already in use");

    let interrupt = std::process::Command::new("kill")
        .args(["-INT", &emulator.id().to_string()])
        .status();
    assert!(interrupt.unwrap().success());
    assert_eq!(emulator.wait().unwrap().code(), Some(0));
}
