//! What is kept of people's photos: nothing of theirs is lost, whoever sets what in which order, and nobody gets another's.

use std::fs;
use std::path::PathBuf;

use headshot_emulator::Emulator;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::restore::{original, posts};
use crate::run::{Ran, headshot, names, png, run, state};
use crate::set::call;

const A: &str = "testdata/still/large.jpg";
const B: &str = "testdata/still/astronaut.jpg";

fn set(emulator: &Emulator, arguments: &[&str]) -> Ran {
    call(emulator, emulator.token(), &[&["set"], arguments].concat())
}

/// A photo that headshot knows nothing of: set from elsewhere.
pub(crate) fn own_photo(emulator: &Emulator, token: &str, side: u32) -> Vec<u8> {
    let elsewhere = tempfile::tempdir().unwrap();
    let photo = png(elsewhere.path(), "own.png", side, side);
    let mut command = headshot();
    command
        .env("SLACK_TOKEN", token)
        .env("HEADSHOT_STATE", elsewhere.path().join("state"))
        .args(["set", photo.to_str().unwrap(), "--base-url"])
        .arg(emulator.base_url());
    run(&mut command).expect(0);
    original(emulator, token)
}

/// What `backups` lists.
pub(crate) fn backups() -> Vec<Value> {
    let listed = run(headshot().args(["backups", "--json"])).expect(0);
    listed.objects()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether these bytes are among the backups, and lie where `backups` says.
pub(crate) fn is_kept(bytes: &[u8]) -> bool {
    let listed = backups();
    let found = listed.iter().find(|backup| backup["sha256"] == hex(bytes));
    found.is_some_and(|found| fs::read(found["file"].as_str().unwrap()).unwrap() == bytes)
}

/// The one file of the state folder that ends like this.
pub(crate) fn state_file(end: &str) -> PathBuf {
    let found: Vec<_> = names(&state())
        .into_iter()
        .filter(|name| name.ends_with(end))
        .collect();
    assert_eq!(found.len(), 1, "{end}: {found:?}");
    state().join(&found[0])
}

#[test]
fn a_persons_own_photo_outlives_whatever_is_set_after_it() {
    let emulator = Emulator::start().unwrap();
    let own = own_photo(&emulator, emulator.token(), 530);
    set(&emulator, &[A]).expect(0);
    let a = original(&emulator, emulator.token());
    set(&emulator, &[B]).expect(0);
    assert!(is_kept(&own) && is_kept(&a));
    set(&emulator, &[A, "--quality", "40", "--no-backup"]).expect(0);
    set(&emulator, &["--restore"]).expect_message(1, "nothing to restore");
    // Many more, of which only the last two are to be kept.
    for quality in ["50", "60", "70", "80"] {
        set(&emulator, &[A, "--quality", quality, "--keep", "2"]).expect(0);
    }
    assert!(is_kept(&own) && !is_kept(&a));
    let made: Vec<_> = backups()
        .into_iter()
        .filter(|backup| backup["made"] == true)
        .collect();
    assert_eq!(made.len(), 2, "{made:?}");
    let hash = &hex(&own)[..8];
    let ran = set(&emulator, &[&format!("--restore={hash}")]).expect(0);
    assert!(
        ran.stderr.contains("putting back") && ran.stderr.contains("(U0MEMBER)"),
        "{ran:?}"
    );
    assert_eq!(original(&emulator, emulator.token()), own);
    // Put back by headshot, it is still not one of its own.
    for quality in ["50", "60", "70"] {
        set(&emulator, &[A, "--quality", quality, "--keep", "0"]).expect(0);
    }
    assert!(is_kept(&own));
}

#[test]
fn people_of_one_name_have_a_memory_each() {
    let emulator = Emulator::start().unwrap();
    let (ann, bob) = ("xoxp-emulator-1", "xoxp-emulator-2");
    for token in [ann, bob] {
        let same = ["profile", "set", "real_name=Sam Same", "display_name=sam"];
        call(&emulator, token, &same).expect(0);
    }
    let own = [(ann, 531), (bob, 532)].map(|(token, side)| own_photo(&emulator, token, side));
    for token in [ann, bob] {
        call(&emulator, token, &["set", A]).expect(0);
    }
    for (token, own) in [ann, bob].into_iter().zip(&own) {
        call(&emulator, token, &["set", "--restore"]).expect(0);
        assert_eq!(original(&emulator, token), *own);
    }
    let listed = run(headshot().arg("backups")).expect(0);
    for whose in ["U0EXTRA00001 in T0", "U0EXTRA00002 in T0"] {
        assert!(listed.text().contains(whose), "{listed:?}");
    }
    // Another token of the same person is the same person.
    let admin = own_photo(&emulator, "xoxp-emulator-admin", 533);
    call(&emulator, "xoxp-emulator-admin", &["set", A]).expect(0);
    call(&emulator, "xoxp-emulator-admin", &["set", "--restore"]).expect(0);
    assert_eq!(original(&emulator, "xoxp-emulator-admin"), admin);
}

#[test]
fn two_at_once_are_one_after_the_other() {
    let emulator = Emulator::start().unwrap();
    let own = own_photo(&emulator, emulator.token(), 530);
    set(&emulator, &[A]).expect(0);
    let before = posts(&emulator);
    let lock = fs::File::open(state_file(".lock")).unwrap();
    lock.lock().unwrap();
    let busy = "another run is changing the photo of U0MEMBER in T0HEADSHOT";
    set(&emulator, &[B]).expect_message(1, busy);
    call(&emulator, emulator.token(), &["delete"]).expect_message(1, busy);
    let hash = &hex(&own)[..12];
    run(headshot().args(["backups", "remove", hash])).expect_message(1, busy);
    assert_eq!(posts(&emulator), before);
    drop(lock);
    set(&emulator, &["--restore"]).expect(0);
    assert_eq!(original(&emulator, emulator.token()), own);
}

#[test]
fn a_dry_run_says_what_would_be_and_does_nothing() {
    let emulator = Emulator::start().unwrap();
    let own = own_photo(&emulator, emulator.token(), 530);
    let before = (posts(&emulator), state().exists());
    let ran = set(&emulator, &[A, "--dry-run"]).expect(0);
    for words in [
        "would be posted to users.setPhoto",
        "for maya (U0MEMBER)",
        "would keep the photo",
    ] {
        assert!(ran.text().contains(words), "{words}: {ran:?}");
    }
    let readonly = call(
        &emulator,
        "xoxp-emulator-readonly",
        &["set", A, "--dry-run"],
    );
    readonly.expect_message(1, "needed: users.profile:write");
    assert_eq!((posts(&emulator), state().exists()), before);
    set(&emulator, &[A]).expect(0);
    let ran = set(&emulator, &["--restore", "--dry-run"]).expect(0);
    assert!(ran.text().contains("PNG, 530 x 530"), "{ran:?}");
    let ran = set(&emulator, &[A, "--if-changed", "--dry-run"]).expect(0);
    assert!(
        ran.text().contains("already set: nothing would be sent"),
        "{ran:?}"
    );
    assert_ne!(original(&emulator, emulator.token()), own);
    assert_eq!(posts(&emulator), before.0 + 1);
}

#[test]
fn a_backup_goes_when_it_is_named_and_only_then() {
    let emulator = Emulator::start().unwrap();
    let own = own_photo(&emulator, emulator.token(), 530);
    set(&emulator, &[A]).expect(0);
    let a = original(&emulator, emulator.token());
    set(&emulator, &[B]).expect(0);
    let remove = |hash: &str| run(headshot().args(["backups", "remove", hash]));
    remove("3f").expect_message(2, "at least the first 4");
    remove("../../../etc").expect_message(2, "at least the first 4");
    let missing = if hex(&own).starts_with("0123") {
        "4567"
    } else {
        "0123"
    };
    run(headshot().args(["backups", "remove", &hex(&own)[..12], missing]))
        .expect_message(2, "no backup begins with");
    assert!(
        is_kept(&own) && is_kept(&a),
        "none goes unless all are found"
    );
    let file = backups()[1]["file"].as_str().unwrap().to_owned();
    let ran = remove(&hex(&own)[..12]).expect(0);
    assert!(ran.text().contains(&file), "{ran:?}");
    assert!(!is_kept(&own) && is_kept(&a) && !PathBuf::from(file).exists());
}

#[test]
fn a_note_of_a_newer_version_is_refused_and_stays() {
    let emulator = Emulator::start().unwrap();
    own_photo(&emulator, emulator.token(), 530);
    set(&emulator, &[A]).expect(0);
    let note = state_file(".json");
    let newer = fs::read_to_string(&note).unwrap();
    let newer = newer.replace("headshot-state-2", "headshot-state-3");
    fs::write(&note, &newer).unwrap();
    let before = posts(&emulator);
    for more in [&[B][..], &["--restore"], &[B, "--dry-run"]] {
        set(&emulator, more).expect_message(1, "a note of version 3, but this program knows 2");
    }
    call(&emulator, emulator.token(), &["delete"]).expect_message(1, "update headshot");
    assert_eq!(posts(&emulator), before);
    let ran = set(&emulator, &[B, "--no-backup"]).expect(0);
    assert!(ran.stderr.contains("not noted"), "{ran:?}");
    assert_eq!(fs::read_to_string(&note).unwrap(), newer);
}

/// What the first version noted of the emulator's usual person, and the photo that it kept.
fn note_of_version_1(emulator: &Emulator, name: &str, sent: &str, kept: &[u8]) -> PathBuf {
    let base_url = emulator.base_url();
    let base_url = base_url.trim_end_matches('/');
    let key = hex(json!([base_url, "T0HEADSHOT", name]).to_string().as_bytes());
    fs::create_dir_all(state()).unwrap();
    let photo = format!("{}-{}.png", &key[..16], &hex(kept)[..16]);
    fs::write(state().join(&photo), kept).unwrap();
    let note = json!({
        "format": "headshot-state-1", "person": key, "pending": null,
        "sent": { "sha256": "5".repeat(64), "crop": null, "avatar_hash": sent },
        "replaced": { "sha256": hex(kept), "extension": "png" },
    });
    let file = state().join(format!("{}.json", &key[..16]));
    fs::write(&file, note.to_string()).unwrap();
    file
}

#[test]
fn what_the_first_version_kept_is_taken_over() {
    let emulator = Emulator::start().unwrap();
    own_photo(&emulator, emulator.token(), 530);
    let folder = tempfile::tempdir().unwrap();
    let kept = fs::read(png(folder.path(), "kept.png", 540, 540)).unwrap();
    let old = note_of_version_1(&emulator, "maya.moreau@example.com", "0123456789ab", &kept);
    set(&emulator, &["--restore"]).expect(0);
    assert_eq!(original(&emulator, emulator.token()), kept);
    assert!(is_kept(&kept) && !old.exists());
}

#[test]
fn what_the_first_version_kept_for_a_name_is_not_just_anybodys() {
    let emulator = Emulator::start().unwrap();
    own_photo(&emulator, emulator.token(), 530);
    let folder = tempfile::tempdir().unwrap();
    let kept = fs::read(png(folder.path(), "kept.png", 540, 540)).unwrap();
    let old = note_of_version_1(&emulator, "Maya Moreau", "0123456789ab", &kept);
    let ran = set(&emulator, &["--restore"]).expect_message(1, "nothing to restore");
    assert!(ran.stderr.contains("it is left alone"), "{ran:?}");
    set(&emulator, &[A]).expect(0);
    assert!(old.exists());
    // It tells of the photo that this profile shows: it is theirs.
    let listed = call(&emulator, emulator.token(), &["profile", "--json"]).expect(0);
    let shown = listed.objects()[0]["profile"]["avatar_hash"]
        .as_str()
        .unwrap()
        .to_owned();
    fs::remove_file(state_file(".lock")).unwrap();
    let known: Vec<_> = names(&state())
        .into_iter()
        .filter(|name| name.ends_with(".json"))
        .collect();
    for name in known {
        if state().join(&name) != old {
            fs::remove_file(state().join(name)).unwrap();
        }
    }
    note_of_version_1(&emulator, "Maya Moreau", &shown, &kept);
    set(&emulator, &["--restore"]).expect(0);
    assert_eq!(original(&emulator, emulator.token()), kept);
}

#[cfg(unix)]
#[test]
fn what_is_kept_is_private_whatever_the_umask() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let emulator = Emulator::start().unwrap();
    let home = tempfile::tempdir().unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let program = env!("CARGO_BIN_EXE_headshot");
    let command = |umask: &str, photo: &str| {
        let mut command = std::process::Command::new("sh");
        let line = format!(
            "umask {umask}; exec {program} set {photo} --base-url {}",
            emulator.base_url()
        );
        command.args(["-c", &line]).current_dir(crate::run::root());
        command
            .env("SLACK_TOKEN", emulator.token())
            .env("HEADSHOT_STATE", home.path().join("a/state"));
        command
    };
    for (umask, photo) in [("000", A), ("022", B), ("777", A)] {
        run(&mut command(umask, photo)).expect(0);
        for folder in ["a", "a/state"] {
            assert_eq!(mode(&home.path().join(folder)), 0o700, "umask {umask}");
        }
        for name in names(&home.path().join("a/state")) {
            assert_eq!(
                mode(&home.path().join("a/state").join(&name)),
                0o600,
                "umask {umask}: {name}"
            );
        }
    }
    // A link in the place of a note is no way out.
    let victim = home.path().join("victim.jpg");
    fs::write(&victim, "somebody's photo").unwrap();
    let folder = home.path().join("a/state");
    for name in names(&folder) {
        fs::remove_file(folder.join(&name)).unwrap();
        symlink(&victim, folder.join(&name)).unwrap();
        let _ = run(&mut command("022", B));
        assert_eq!(fs::read(&victim).unwrap(), b"somebody's photo", "{name}");
        let _ = fs::remove_file(folder.join(&name));
    }
}
