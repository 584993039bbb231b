//! `set --manifest`: the right face on the right person, and nobody posted without need.

use std::fs;
use std::path::Path;

use crate::manifest::{Office, THREE, outcomes};
use crate::restore::original;
use crate::run::{Ran, headshot, png, run, state};
use crate::set::call;

pub(crate) fn outcome(ran: &Ran, index: usize) -> String {
    outcomes(ran)[index].1.clone()
}

/// Sets a photo, or deletes it, from a machine that shares no state with this one.
pub(crate) fn elsewhere(office: &Office, token: &str, arguments: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = headshot();
    command
        .env("SLACK_TOKEN", token)
        .env("HEADSHOT_STATE", folder.path())
        .args(arguments)
        .args(["--base-url", &office.emulator.base_url()]);
    run(&mut command).expect(0);
}

#[test]
fn a_token_of_somebody_else_posts_nothing() {
    let office = Office::with(&[
        "xoxp-emulator--w",
        "xoxp-emulator-admin--w",
        "xoxp-emulator-1--w",
    ]);
    fs::write(office.path("directory"), "xoxp-emulator-owner--w").unwrap();
    let set = |text: &str, more: &[&str]| {
        office.write(text.as_bytes());
        office.set(&[&["--json"], more].concat())
    };
    let by_id = "photo,token_env,user_id\np0.png,T0,U0MEMBER\np1.png,T1,U0EXTRA00002\np2.png,T2,U0EXTRA00001\n";
    for more in [&["--dry-run"][..], &["--check"], &[]] {
        let ran = set(by_id, more).expect(1);
        assert_eq!(outcome(&ran, 1), "failed");
        let told = "people.csv:3: p1.png: its token belongs to adam (U0ADMIN), but the row is for U0EXTRA00002";
        assert!(ran.stderr.contains(told), "{ran:?}");
    }
    assert_eq!(office.posts(), [1, 0, 1]);
    let by_email = "photo,token_env,email\np0.png,T0,olive.owens@example.com\np1.png,T1,adam.adeyemi@example.com\n\
                    p2.png,T2,nobody@example.com\n";
    set(by_email, &[]).expect_message(2, "--directory-token-file");
    let directory = office.path("directory");
    let directory = ["--directory-token-file", directory.to_str().unwrap()];
    let ran = set(by_email, &directory).expect(1);
    assert_eq!(
        outcomes(&ran),
        [
            (2, "failed".into()),
            (3, "set".into()),
            (4, "failed".into())
        ]
    );
    for told in [
        "people.csv:2: p0.png: its token belongs to maya (U0MEMBER), but the row is for U0OWNER",
        "users_not_found",
    ] {
        assert!(ran.stderr.contains(told), "{told}: {ran:?}");
    }
    assert_eq!(office.posts(), [1, 1, 1]);
}

#[test]
fn tokens_are_checked_before_anything_is_posted() {
    let office = Office::with(&[
        "xoxp-emulator--a",
        "xoxp-emulator-readonly--b",
        "xoxp-emulator-revoked--c",
        "xoxp-emulator-inactive--d",
        "xoxp-emulator-writeonly--e",
    ]);
    let ran = office.set(&["--check", "--json"]).expect(1);
    let expected = ["checked", "failed", "failed", "failed", "checked"].map(str::to_owned);
    assert_eq!(outcomes(&ran), (2..).zip(expected).collect::<Vec<_>>());
    for told in [
        "needed: users.profile:write",
        "token_revoked",
        "account_inactive",
    ] {
        assert!(ran.stderr.contains(told), "{told}: {ran:?}");
    }
    assert!(
        ran.objects()[4]["warnings"][0]
            .as_str()
            .unwrap()
            .contains("may not read the profile")
    );
    assert_eq!(ran.objects()[0]["user_id"], "U0MEMBER");
    let ran = office.set(&["--check"]).expect(1);
    assert!(
        ran.text()
            .contains("people.csv:2: p0.png: ready for maya (U0MEMBER) of Headshot (T0"),
        "{ran:?}"
    );
    assert!(
        ran.stderr
            .contains("5 rows: 2 ready, 3 failed; nothing was posted"),
        "{ran:?}"
    );
    let methods = office.emulator.requests();
    assert!(
        methods
            .iter()
            .all(|request| request.method() == "auth.test")
    );
    let ran = office.set(&["--dry-run"]).expect(1);
    assert!(
        ran.stderr.contains("needed: users.profile:write"),
        "{ran:?}"
    );
    assert_eq!(office.posts(), [0; 5]);
    assert!(!office.path("people.csv.headshot-journal").exists());
}

#[test]
fn two_tokens_of_one_person_start_nothing() {
    let office = Office::with(&[
        "xoxp-emulator--a",
        "xoxp-emulator--b",
        "xoxe.xoxp-emulator--a",
    ]);
    for more in [&["--check"][..], &["--dry-run"], &[]] {
        let told =
            "people.csv:4: its token belongs to the same person as that of line 2: maya (U0MEMBER)";
        office.set(more).expect_message(2, told);
    }
    assert_eq!(office.posts(), [0; 3]);
}

#[test]
fn a_token_that_ends_before_its_turn_is_told() {
    let mut tokens: Vec<_> = (0..40).map(|n| format!("xoxp-emulator--n{n}")).collect();
    tokens.push("xoxe.xoxp-emulator-short--z".to_owned());
    let tokens: Vec<_> = tokens.iter().map(String::as_str).collect();
    let office = Office::with(&tokens);
    let ran = office.set(&["--check"]).expect(0);
    let told =
        "people.csv:42: p40.png: its token expires in 1 min, but its turn comes in about 3 min";
    assert!(ran.stderr.contains(told), "{ran:?}");
    assert_eq!(ran.stderr.matches("its token expires").count(), 1);
}

#[test]
fn what_is_set_already_is_looked_at() {
    let office = Office::with(&THREE);
    office.set(&[]).expect(0);
    elsewhere(&office, THREE[1], &["delete", "--no-backup"]);
    for more in [&["--json"][..], &["--json", "--dry-run"]] {
        let ran = office.set(more).expect(0);
        let found = ["unchanged", "changed", "unchanged"].map(str::to_owned);
        assert_eq!(outcomes(&ran), (2..).zip(found).collect::<Vec<_>>());
    }
    let ran = office.set(&[]).expect(0);
    assert!(ran.text().contains(
        "p1.png: set already for maya (U0MEMBER), but the profile now shows another photo; --again"
    ));
    assert!(
        ran.stderr
            .contains("2 set already, 1 changed by somebody since"),
        "{ran:?}"
    );
    assert_eq!(office.posts(), [1, 1, 1]);
    office.set(&["--again"]).expect(0);
    office.set(&["--again"]).expect(0);
    assert_eq!(office.posts(), [1, 2, 1]);
}

#[test]
fn a_copied_manifest_and_a_lost_journal_post_nobody_again() {
    let office = Office::with(&THREE);
    office.set(&[]).expect(0);
    fs::remove_file(office.path("people.csv.headshot-journal")).unwrap();
    let ran = office.set(&[]).expect(0);
    assert!(
        ran.stderr.contains("the journal is new") && ran.stderr.contains("3 set already"),
        "{ran:?}"
    );
    fs::copy(office.path("people.csv"), office.path("copy.csv")).unwrap();
    fs::rename(office.path("copy.csv"), office.path("people.csv")).unwrap();
    let journal = office.path("other");
    office
        .set(&["--journal", journal.to_str().unwrap()])
        .expect(0);
    assert_eq!(office.posts(), [1, 1, 1]);
}

#[test]
fn limits_and_spellings_of_options_post_nobody_again() {
    let office = Office::with(&THREE);
    office.set(&["--side", "600"]).expect(0);
    for more in [
        &["--side", "600", "--max-bytes", "5M", "--max-time", "9s"][..],
        &["--min-side", "600", "--max-side", "600"],
        &["--side", "600", "--max-frames", "7"],
        // Asked for in so many words, it makes the same avatar.
        &["--side", "600", "--fit", "contain", "--format", "auto"],
    ] {
        let ran = office.set(more).expect(0);
        assert!(ran.stderr.contains("3 set already"), "{ran:?}");
    }
    assert_eq!(office.posts(), [1, 1, 1]);
}

#[test]
fn one_photo_for_two_people_is_told() {
    let office = Office::with(&THREE);
    fs::copy(office.path("p0.png"), office.path("p2.png")).unwrap();
    for more in [&["--dry-run"][..], &[]] {
        let ran = office.set(more).expect(0);
        assert!(
            ran.stderr
                .contains("people.csv:4: p2.png: it is the same photo as in line 2"),
            "{ran:?}"
        );
    }
    let ran = office.set(&[]).expect(0);
    assert!(!ran.stderr.contains("the same photo"), "{ran:?}");
}

#[test]
fn a_quote_without_an_end_is_refused_by_its_line() {
    let office = Office::with(&THREE);
    office.write(b"photo,token_env\np0.png,T0\n\"p1.png,T1\np2.png,T2\n");
    office.set(&[]).expect_message(
        2,
        "people.csv:3: the quoted field that begins on this line has no closing quote",
    );
    assert_eq!(office.posts(), [0, 0, 0]);
}

#[test]
fn a_dry_run_and_a_run_leave_lines_that_are_not_known() {
    let office = Office::with(&THREE);
    office.set(&[]).expect(0);
    let path = office.path("people.csv.headshot-journal");
    let text = office.journal() + "{\"at\":1,\"of\":\"a version to come\"}\n";
    fs::write(&path, &text).unwrap();
    office.set(&["--dry-run"]).expect(0);
    assert_eq!(office.journal(), text);
    let ran = office.set(&[]).expect(0);
    assert!(
        ran.stderr
            .contains("1 line is of an unknown kind and is left alone"),
        "{ran:?}"
    );
    assert_eq!(office.journal(), text);
    let newer = text.replace("headshot-manifest-2", "headshot-manifest-9");
    fs::write(&path, &newer).unwrap();
    office
        .set(&[])
        .expect_message(2, "is of the format headshot-manifest-9");
    assert_eq!((office.journal(), office.posts()), (newer, vec![1, 1, 1]));
}

#[cfg(unix)]
#[test]
fn the_journal_is_private_and_no_way_to_other_files() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let office = Office::with(&THREE);
    let path = office.path("people.csv.headshot-journal");
    let victim = office.path("victim");
    fs::write(&victim, "").unwrap();
    symlink(&victim, &path).unwrap();
    office.set(&[]).expect_message(2, "symbolic link");
    assert_eq!(
        (fs::read(&victim).unwrap(), office.posts()),
        (Vec::new(), vec![0, 0, 0])
    );
    fs::remove_file(&path).unwrap();
    fs::write(&path, "").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
    office.set(&[]).expect(0);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
}

#[test]
fn a_person_has_one_memory_whether_set_alone_or_with_others() {
    let office = Office::with(&THREE);
    let photo = png(office.folder.path(), "own.png", 700, 700);
    elsewhere(&office, THREE[0], &["set", photo.to_str().unwrap()]);
    let own = original(&office.emulator, THREE[0]);
    office.set(&[]).expect(0);
    call(&office.emulator, THREE[0], &["set", "--restore"]).expect(0);
    assert_eq!(original(&office.emulator, THREE[0]), own);
    assert!(state().exists());
}
