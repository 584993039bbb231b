//! `set --if-changed`: what was sent before is not sent again, and what is remembered harms nobody.

use std::fs;
use std::path::Path;

use headshot_emulator::Emulator;

use crate::run::{Ran, headshot, names, png, run, state};
use crate::set::call;

const PHOTO: &str = "testdata/still/large.jpg";

/// How many photos were posted.
fn posted(emulator: &Emulator) -> usize {
    let requests = emulator.requests();
    let posted = requests
        .iter()
        .filter(|request| request.method() == "users.setPhoto");
    posted.count()
}

fn set_if_changed(emulator: &Emulator, token: &str, more: &[&str]) -> Ran {
    let arguments = [&["set", PHOTO, "--if-changed", "--json"], more].concat();
    call(emulator, token, &arguments).expect(0)
}

/// The notes in the state folder.
fn notes() -> Vec<String> {
    if !state().exists() {
        return Vec::new();
    }
    let mut notes = names(&state());
    notes.retain(|name| name.ends_with(".json"));
    notes
}

fn says_already_set(ran: &Ran) -> bool {
    let object = &ran.objects()[0];
    assert_eq!(object["status"], "ok", "{object}");
    assert_eq!(object["avatar"]["side"], 600, "{object}");
    assert!(object["profile"]["avatar_hash"].is_string(), "{object}");
    let steps = object["steps"].as_array().unwrap();
    steps.iter().any(|step| step == "already set: nothing sent")
}

#[test]
fn the_same_avatar_is_sent_once() {
    let emulator = Emulator::start().unwrap();
    let again =
        |more: &[&str]| says_already_set(&set_if_changed(&emulator, emulator.token(), more));
    assert!(!again(&[]));
    let calls = emulator.requests().len();
    assert!(again(&[]));
    assert_eq!(
        emulator.requests().len(),
        calls + 2,
        "one question whose token it is, and one look at the profile"
    );
    assert_eq!(posted(&emulator), 1);
    // Another avatar of the same photo, and back.
    assert!(!again(&["--quality", "60"]));
    assert!(again(&["--quality", "60"]));
    assert!(!again(&[]));
    // A set without the flag is remembered too, backup or not.
    for more in [&[][..], &["--no-backup"]] {
        let arguments = [&["set", PHOTO, "--quality", "70"], more].concat();
        call(&emulator, emulator.token(), &arguments).expect(0);
        assert!(again(&["--quality", "70"]));
        assert!(!again(&[]));
    }
    assert_eq!(posted(&emulator), 7);
    let told = call(&emulator, emulator.token(), &["set", PHOTO, "--if-changed"]).expect(0);
    assert!(
        told.text().contains("- already set: nothing sent"),
        "{told:?}"
    );
}

#[test]
fn a_crop_that_slack_makes_counts() {
    let folder = tempfile::tempdir().unwrap();
    let photo = png(folder.path(), "a.png", 600, 577);
    let emulator = Emulator::start().unwrap();
    let posts_after = |crop: &str| {
        let photo = photo.to_str().unwrap();
        let arguments = ["set", photo, "--as-is", "--if-changed", "--crop", crop];
        call(&emulator, emulator.token(), &arguments).expect(0);
        posted(&emulator)
    };
    let posts = ["11,22,533", "11,22,533", "11,23,533", "11,23,533"].map(posts_after);
    assert_eq!(posts, [1, 1, 2, 2]);
}

#[test]
fn somebody_else_who_changed_the_photo_is_noticed() {
    let emulator = Emulator::start().unwrap();
    let again = || says_already_set(&set_if_changed(&emulator, emulator.token(), &[]));
    assert!(!again());
    // Another machine remembers elsewhere.
    let elsewhere = tempfile::tempdir().unwrap();
    let mut command = headshot();
    command
        .env("SLACK_TOKEN", emulator.token())
        .env("HEADSHOT_STATE", elsewhere.path())
        .args(["set", PHOTO, "--base-url", &emulator.base_url()]);
    run(&mut command).expect(0);
    assert!(!again());
    assert!(again());
    call(&emulator, emulator.token(), &["delete"]).expect(0);
    assert!(!again());
    assert_eq!(posted(&emulator), 4);
}

#[test]
fn people_and_places_are_told_apart() {
    let first = Emulator::start().unwrap();
    let second = Emulator::start().unwrap();
    for (emulator, token) in [
        (&first, "xoxp-emulator"),
        (&first, "xoxp-emulator-admin"),
        (&second, "xoxp-emulator"),
    ] {
        assert!(!says_already_set(&set_if_changed(emulator, token, &[])));
    }
    // Each has been set for itself and is still remembered.
    assert!(says_already_set(&set_if_changed(
        &first,
        "xoxp-emulator",
        &[]
    )));
    assert!(says_already_set(&set_if_changed(
        &first,
        "xoxp-emulator-admin",
        &[]
    )));
    assert!(says_already_set(&set_if_changed(
        &second,
        "xoxp-emulator",
        &[]
    )));
    assert_eq!(notes().len(), 3);
}

#[test]
fn a_profile_that_cannot_be_seen_is_no_reason_not_to_send() {
    let emulator = Emulator::start().unwrap();
    for posts in [1, 2] {
        let ran = set_if_changed(&emulator, "xoxp-emulator-writeonly", &[]);
        let warning = ran.objects()[0]["warnings"][0].to_string();
        assert!(warning.contains("--if-changed cannot tell"), "{warning}");
        assert_eq!(posted(&emulator), posts);
    }
    let ran = run(headshot().args(["set", PHOTO, "--if-changed", "--emulator"])).expect(0);
    assert!(ran.stderr.contains("--if-changed cannot tell"), "{ran:?}");
    assert!(notes().is_empty());
}

#[test]
fn notes_that_are_not_ours_count_as_none() {
    let emulator = Emulator::start().unwrap();
    let again = || set_if_changed(&emulator, emulator.token(), &[]);
    again();
    let [name] = &notes()[..] else {
        panic!("one note")
    };
    let file = state().join(name);
    let good = fs::read_to_string(&file).unwrap();
    for foreign in [
        String::new(),
        "\u{1b}[31m".to_owned(),
        "[]".to_owned(),
        good.replace("headshot-state-2", "headshot-state-0"),
        good.replace("headshot-state-2", "elsewhere-2"),
        good.replace("\"key\": \"", "\"key\": \"0"),
        good.replace("U0MEMBER", "U0OTHER")
            .replace("\"key\": \"", "\"key\": \"0"),
        good.replace("\"sha256\"", "\"md5\""),
        good[..good.len() / 2].to_owned(),
        " ".repeat(100_000),
    ] {
        assert_ne!(foreign, good);
        fs::write(&file, &foreign).unwrap();
        let ran = again();
        assert!(!says_already_set(&ran), "{foreign}");
        let warnings = ran.objects()[0]["warnings"].to_string();
        assert!(warnings.contains("cannot be used"), "{warnings}");
        assert!(says_already_set(&again()), "it is a note of ours again");
    }
}

#[test]
fn what_is_remembered_is_private_and_holds_no_secret() {
    const CANARY: &str = "canary7391";
    let emulator = Emulator::start().unwrap();
    let token = format!("xoxp-emulator--{CANARY}");
    for quality in ["70", "80"] {
        let ran = set_if_changed(&emulator, &token, &["--quality", quality]);
        assert!(!ran.stderr.contains(CANARY) && !ran.text().contains(CANARY));
    }
    call(&emulator, &token, &["set", "--restore"]).expect(0);
    let found = names(&state());
    assert!(found.len() > 2, "a note, a lock and photos: {found:?}");
    for name in found {
        let bytes = fs::read(state().join(&name)).unwrap();
        for secret in [CANARY, "xox", "maya", "Moreau", "example.com", "127.0.0.1"] {
            let secret = secret.as_bytes();
            let is_there = bytes.windows(secret.len()).any(|window| window == secret);
            assert!(!is_there && !name.contains("xox"), "{name}");
        }
    }
}

#[cfg(unix)]
#[test]
fn the_folder_is_made_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let emulator = Emulator::start().unwrap();
    let set = |variables: &[(&str, &Path)]| {
        let mut command = headshot();
        command
            .env_remove("HEADSHOT_STATE")
            .env_remove("XDG_STATE_HOME")
            .env("HOME", home.path())
            .envs(variables.iter().copied())
            .env("SLACK_TOKEN", emulator.token())
            .args(["set", PHOTO, "--base-url", &emulator.base_url()]);
        run(&mut command).expect(0)
    };
    let made = |folder: &str| {
        let folder = home.path().join(folder);
        assert_eq!(
            fs::metadata(&folder).unwrap().permissions().mode() & 0o777,
            0o700
        );
        assert!(!names(&folder).is_empty());
    };
    set(&[]);
    made(".local/state/headshot");
    set(&[("XDG_STATE_HOME", &home.path().join("xdg"))]);
    made("xdg/headshot");
    set(&[("HEADSHOT_STATE", &home.path().join("own"))]);
    made("own");
    // A relative path in the second is ignored, as its specification has it.
    set(&[("XDG_STATE_HOME", Path::new("relative"))]);
}
