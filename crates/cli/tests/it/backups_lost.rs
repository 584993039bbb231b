//! Photos that are kept and whose note cannot be read: whatever command comes first, they are found.

use std::fs;

use headshot_emulator::Emulator;

use crate::backups::{backups, hex, is_kept, own_photo, state_file};
use crate::restore::{A, original};
use crate::run::{Ran, headshot, names, run, state};
use crate::set::call;

const B: &str = "testdata/still/astronaut.jpg";

fn set(emulator: &Emulator, arguments: &[&str]) -> Ran {
    call(emulator, emulator.token(), &[&["set"], arguments].concat())
}

#[test]
fn a_damaged_note_is_put_aside_and_its_photos_are_found() {
    let emulator = Emulator::start().unwrap();
    let own = own_photo(&emulator, emulator.token(), 530);
    set(&emulator, &[A]).expect(0);
    let note = state_file(".json");
    fs::write(&note, "{\"format\":").unwrap();
    let ran = set(&emulator, &[B]).expect(0);
    assert!(ran.stderr.contains("cannot be used"), "{ran:?}");
    assert!(is_kept(&own));
    let aside = names(&state());
    let aside = aside
        .iter()
        .find(|name| name.contains(".damaged-"))
        .unwrap();
    assert_eq!(fs::read(state().join(aside)).unwrap(), b"{\"format\":");
    set(&emulator, &[&format!("--restore={}", &hex(&own)[..6])]).expect(0);
    assert_eq!(original(&emulator, emulator.token()), own);
}

#[test]
fn photos_of_a_damaged_note_are_found_whatever_comes_first() {
    let emulator = Emulator::start().unwrap();
    let own = own_photo(&emulator, emulator.token(), 530);
    set(&emulator, &[A]).expect(0);
    let note = state_file(".json");
    let whole = fs::read(&note).unwrap();
    fs::write(&note, &whole[..100]).unwrap();
    let hash = hex(&own);
    let list = || run(headshot().arg("backups"));
    let ran = list().expect_message(1, "1 photo is kept in");
    assert!(
        ran.text().contains(&hash[..12])
            && ran.text().contains("its note is damaged")
            && ran.stderr.contains("this note is damaged"),
        "{ran:?}"
    );
    let ran = run(headshot().args(["backups", "--json"])).expect(1);
    let found = &ran.objects()[0];
    assert_eq!(
        (&found["note"], &found["user"]),
        (&"damaged".into(), &().into())
    );
    let remove = run(headshot().args(["backups", "remove", &hash[..12]]));
    remove.expect_message(2, "is not removed: its note is damaged");
    // Puts the note aside, and does not know which photo is meant.
    let ran = set(&emulator, &["--restore"]).expect_message(1, "nothing to restore");
    assert!(ran.stderr.contains("1 photo can be had"), "{ran:?}");
    let ran = list().expect(0);
    assert!(ran.text().contains("U0MEMBER in T0HEADSHOT"), "{ran:?}");
    assert!(is_kept(&own));
    // A crash between putting aside and noting anew, or a note that somebody has removed.
    fs::remove_file(&note).unwrap();
    let ran = list().expect(0);
    assert!(ran.text().contains("its note is missing"), "{ran:?}");
    set(&emulator, &[&format!("--restore={}", &hash[..6])]).expect(0);
    assert_eq!(original(&emulator, emulator.token()), own);
    assert!(is_kept(&own));
}

#[test]
fn photos_of_a_newer_version_are_listed() {
    let emulator = Emulator::start().unwrap();
    let own = own_photo(&emulator, emulator.token(), 530);
    set(&emulator, &[A]).expect(0);
    let note = state_file(".json");
    let newer = fs::read_to_string(&note).unwrap();
    fs::write(&note, newer.replace("headshot-state-2", "headshot-state-3")).unwrap();
    let ran = run(headshot().args(["backups", "--json"])).expect_message(1, "newer version");
    let found = &ran.objects()[0];
    assert_eq!(
        (&found["note"], &found["sha256"]),
        (&"newer".into(), &hex(&own).into())
    );
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_listed_is_not_called_empty() {
    fs::remove_dir_all(state()).unwrap();
    assert!(backups().is_empty());
    fs::write(state(), "no folder").unwrap();
    run(headshot().arg("backups")).expect_message(2, "not a directory");
    fs::remove_file(state()).unwrap();
}
