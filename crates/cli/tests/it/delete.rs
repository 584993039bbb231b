//! `delete`: no photo goes that is not kept, and nobody is advised to do without for the wrong reason.

use std::fs;

use headshot_emulator::Emulator;

use crate::backups::{backups, hex, is_kept, own_photo};
use crate::restore::{A, original};
use crate::run::{Ran, headshot, run, state};
use crate::set::call;

fn set(emulator: &Emulator, arguments: &[&str]) -> Ran {
    call(emulator, emulator.token(), &[&["set"], arguments].concat())
}

#[test]
fn a_deleted_photo_comes_back() {
    let emulator = Emulator::start().unwrap();
    let own = own_photo(&emulator, emulator.token(), 530);
    let delete = |more: &[&str]| call(&emulator, emulator.token(), &[&["delete"], more].concat());
    let planned = delete(&["--dry-run"]).expect(0);
    assert!(
        planned
            .text()
            .contains("would delete the photo of maya (U0MEMBER)")
            && planned.text().contains("would keep the photo"),
        "{planned:?}"
    );
    assert!(!state().join("x").exists() && backups().is_empty());
    assert_eq!(original(&emulator, emulator.token()), own);
    let ran = delete(&[]).expect(0);
    assert!(ran.text().contains("kept the old photo in"), "{ran:?}");
    assert!(is_kept(&own));
    // There is nothing any more, and what was kept stays.
    for more in [&[][..], &["--dry-run"]] {
        let ran = delete(more).expect(0);
        assert!(
            ran.text().contains("there is nothing to delete")
                && !ran.text().contains("photo is deleted"),
            "{ran:?}"
        );
    }
    assert!(is_kept(&own));
    set(&emulator, &["--restore"]).expect(0);
    assert_eq!(original(&emulator, emulator.token()), own);
    set(&emulator, &[&format!("--restore={}", &hex(&own)[..6])]).expect(0);
    assert_eq!(original(&emulator, emulator.token()), own);
    // A token that cannot look cannot keep.
    let writeonly = "xoxp-emulator-writeonly";
    let refused = call(&emulator, writeonly, &["delete"]);
    refused.expect_message(1, "nothing was deleted, because the photo cannot be kept");
    assert_eq!(original(&emulator, emulator.token()), own);
    call(&emulator, writeonly, &["delete", "--no-backup"]).expect(0);
}

#[cfg(unix)]
#[test]
fn nobody_is_told_to_delete_without_a_copy_because_of_a_token_a_network_or_a_folder() {
    let emulator = Emulator::start().unwrap();
    own_photo(&emulator, emulator.token(), 530);
    let delete = |token: &str, base_url: &str, more: &[&str]| {
        let mut command = headshot();
        command.env("SLACK_TOKEN", token).arg("delete").args(more);
        let ran = run(command.args(["--base-url", base_url])).expect(1);
        assert!(
            !ran.stderr.contains("--no-backup") && ran.stderr.contains("hint: "),
            "{ran:?}"
        );
        ran
    };
    let base_url = emulator.base_url();
    delete("xoxp-emulator-revoked", &base_url, &[]);
    delete(emulator.token(), "http://127.0.0.1:9/api/", &[]);
    fs::remove_dir_all(state()).unwrap();
    fs::write(state(), "no folder").unwrap();
    let ran = delete(emulator.token(), &base_url, &[]);
    assert!(ran.stderr.contains("nothing was sent"), "{ran:?}");
    fs::remove_file(state()).unwrap();
    // A folder in the place of the photo: it cannot be written.
    let own = hex(&original(&emulator, emulator.token()));
    set(&emulator, &[A]).expect(0);
    set(&emulator, &["--restore"]).expect(0);
    let kept = backups();
    let kept = kept.iter().find(|kept| kept["sha256"] == own[..]).unwrap();
    let kept = kept["file"].as_str().unwrap();
    fs::remove_file(kept).unwrap();
    fs::create_dir(kept).unwrap();
    let ran = delete(emulator.token(), &base_url, &[]);
    assert!(ran.stderr.contains("make room in that folder"), "{ran:?}");
    let requests = emulator.requests();
    assert!(
        requests
            .iter()
            .all(|call| call.method() != "users.deletePhoto")
    );
}
