//! `set --manifest`: what is refused before anybody is posted, although it looks nearly right.

use std::fs;

use crate::manifest::Office;
use crate::run::{headshot, run};

const CANARY: &str = "canary7391";

#[test]
fn a_heading_that_is_nearly_right_is_no_heading_that_is_not_used() {
    let office = Office::with(&["xoxp-emulator--n"]);
    let mut count = 0;
    for (heading, known) in [
        ("User_ID", "user_id"),
        ("userid", "user_id"),
        ("user id", "user_id"),
        ("user-id", "user_id"),
        ("user\u{a0}\u{200b}id", "user_id"),
        ("Email", "email"),
        ("E-Mail", "email"),
        ("cropx", "crop_x"),
        ("Token_File", "token_file"),
    ] {
        office.write(format!("photo,token_env,{heading}\np0.png,T0,U0ADMIN\n").as_bytes());
        let ran = office.set(&[]).expect_message(2, "people.csv:1");
        assert!(
            ran.stderr.contains(&format!("is not {known}")),
            "{heading}: {ran:?}"
        );
        count += 1;
    }
    assert_eq!((count, office.posts()), (9, vec![0]));
    office.write(b"photo,token_env,team\np0.png,T0,red\n");
    let ran = office.set(&[]).expect(0);
    assert!(ran.stderr.contains("\"team\" is not used"), "{ran:?}");
}

#[test]
fn two_rows_for_one_person_start_nothing_whatever_else_is_wrong_with_them() {
    let office = Office::with(&[
        "xoxp-emulator--o",
        "xoxp-emulator-readonly--o",
        "xoxp-emulator-1--o",
    ]);
    fs::write(office.path("directory"), "xoxp-emulator-owner--o").unwrap();
    let directory = office.path("directory");
    let directory = ["--directory-token-file", directory.to_str().unwrap()];
    for (text, line, message) in [
        (
            "photo,token_env,user_id\np2.png,T2,U0EXTRA00001\np0.png,T0,U0MEMBER\np1.png,NO_SUCH,U0MEMBER\n",
            4,
            "for the same person, U0MEMBER, as line 3",
        ),
        (
            "photo,token_env,email\np0.png,NO_SUCH,maya@example.com\np1.png,T0, MAYA@example.com \n",
            3,
            "as line 2",
        ),
        // The second token may not set photos.
        (
            "photo,token_env\np0.png,T0\np1.png,T1\n",
            3,
            "to the same person as that of line 2: maya (U0MEMBER)",
        ),
    ] {
        office.write(text.as_bytes());
        for more in [&[][..], &["--check"], &["--dry-run"]] {
            let ran = office.set(&[&directory[..], more].concat());
            let ran = ran.expect_message(2, message);
            assert!(
                ran.stderr.contains(&format!("people.csv:{line}:")),
                "{ran:?}"
            );
        }
    }
    assert_eq!(office.posts(), [0, 0, 0]);
    assert!(
        !office.path("people.csv.headshot-journal").exists()
            || office.journal().lines().count() == 1
    );
}

#[test]
fn a_token_in_the_wrong_column_is_not_repeated() {
    let office = Office::with(&["xoxp-emulator--p"]);
    let report = office.path("report.csv");
    let report = ["--report", report.to_str().unwrap()];
    let mut count = 0;
    for start in [
        "xoxp-",
        "xoxb-",
        "xoxe.xoxp-",
        "xapp-",
        "xoxc-",
        "xoxd-",
        "https://hooks.slack.com/",
    ] {
        let token = format!("{start}{CANARY}");
        for (text, column) in [
            (format!("photo,token_env\n{token},T0\n"), "photo"),
            (
                format!("photo,token_file\np0.png,{token}\n"),
                "token_file looks like a token: the name of a file",
            ),
            (
                format!("photo,token_env,user_id\np0.png,T0,{token}\n"),
                "user_id",
            ),
            (
                format!("photo,token_env,email\np0.png,T0,{token}@x\n"),
                "email",
            ),
            (
                format!("photo,token_env,crop_x,crop_y,crop_w\np0.png,T0,1,{token},3\n"),
                "crop_y",
            ),
            (
                format!("p0.png,{token}\np0.png,{token}\n"),
                "the name of column 2",
            ),
            (
                format!("photo,token_env,{token}\np0.png,T0,1\n"),
                "the name of column 3",
            ),
        ] {
            office.write(text.as_bytes());
            let ran = office.set(&report).expect_message(2, column);
            assert!(
                ran.stderr.contains("looks like a token") && ran.stderr.contains("people.csv:"),
                "{ran:?}"
            );
            assert!(
                !ran.stderr.contains(CANARY) && ran.stdout.is_empty(),
                "{ran:?}"
            );
            count += 1;
        }
    }
    assert_eq!(count, 49);
    assert!(!office.path("report.csv").exists());
    for command in [&["set"][..], &["inspect"], &["normalize", "-o", "a.png"]] {
        let token = format!("xoxp-{CANARY}");
        let ran = run(headshot()
            .args(command)
            .arg(&token)
            .env("SLACK_TOKEN", "xoxp-1"));
        let ran = ran.expect_message(2, "takes no token as an argument");
        assert!(
            !ran.stderr.contains(CANARY) && ran.stdout.is_empty(),
            "{ran:?}"
        );
    }
    // A file may be called like that.
    fs::write(office.path("xoxp-maya"), "xoxp-emulator--p").unwrap();
    office.write(b"photo,token_file\np0.png,xoxp-maya\n");
    office.set(&[]).expect(0);
}

#[cfg(target_os = "linux")]
#[test]
fn what_has_no_end_is_not_read() {
    let office = Office::with(&["xoxp-emulator--q"]);
    for device in ["/dev/zero", "/dev/full"] {
        for more in [&[][..], &["--dry-run"]] {
            let journal = [&["--journal", device][..], more].concat();
            office.set(&journal).expect_message(2, "is not a journal");
        }
        let ran = run(headshot().args(["set", "--manifest", device]));
        ran.expect_message(2, "is a pipe or a device, not a file");
    }
    let ran = run(headshot().args(["set", "--manifest", "-"]));
    ran.expect_message(2, "save it as a file");
    let long = fs::File::create(office.path("people.csv")).unwrap();
    long.set_len(64 * 1024 * 1024 + 1).unwrap();
    office.set(&[]).expect_message(2, "more than 64 MiB");
    // A line without end, and a first one.
    office.write(b"photo,token_env\np0.png,T0\n");
    office.set(&[]).expect(0);
    let journal = office.path("people.csv.headshot-journal");
    let whole = fs::read(&journal).unwrap();
    let garbage = [&whole[..], &[0; 5 << 20]].concat();
    fs::write(&journal, garbage).unwrap();
    office.set(&[]).expect(0);
    assert_eq!(
        fs::read(&journal).unwrap(),
        whole,
        "what a disk has left is off"
    );
    fs::write(&journal, vec![0; 5 << 20]).unwrap();
    office.set(&[]).expect_message(2, "is not a journal");
    assert_eq!(office.posts(), [1]);
}
