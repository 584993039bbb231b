//! What is said when something is wrong: what it is, both numbers with units that people use, and a hint that can be copied.

use std::fs;
use std::path::Path;

use crate::run::{Ran, headshot, names, png, run, testdata};

/// Runs a command line in this folder.
fn say(folder: &Path, arguments: &str) -> Ran {
    run(headshot()
        .current_dir(folder)
        .args(arguments.split_whitespace()))
}

/// A folder with a photo.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    png(folder.path(), "a.png", 340, 350);
    folder
}

#[test]
fn values_that_are_none_are_told_in_plain_words() {
    let folder = folder();
    for (arguments, words) in [
        (
            "--side big",
            "headshot: --side big: give a whole number of pixels from 1 to 4096",
        ),
        (
            "--side 5000",
            "give a whole number of pixels from 1 to 4096",
        ),
        (
            "--max-pixels lots",
            "give a whole number, as in 240000 or 64M",
        ),
        (
            "--max-frames 0",
            "give a whole number of frames, at least 1",
        ),
        ("--face none", "give a whole number, as in 2"),
        ("--face 0", "give a whole number, as in 2"),
        (
            "--jobs 0",
            "give a whole number of photos, at least 1, or leave it out",
        ),
        (
            "--max-delete x --prune",
            "give a whole number of avatars, at least 0\n",
        ),
    ] {
        let ran = say(
            folder.path(),
            &format!("normalize a.png -o b.png {arguments}"),
        );
        let ran = ran.expect_message(2, words);
        for foreign in ["digit", "string", "literal", "non-zero type", "..="] {
            assert!(!ran.stderr.contains(foreign), "{ran:?}");
        }
    }
    say(folder.path(), "emulator --host here").expect_message(2, "as in 127.0.0.1");
    say(folder.path(), "emulator --port 99999").expect_message(2, "from 0 to 65535");
    assert_eq!(names(folder.path()), ["a.png"]);
}

#[test]
fn pixels_are_counted_as_people_write_them() {
    let folder = folder();
    for (most, status) in [
        ("64M", 0),
        ("64MP", 0),
        ("119K", 0),
        ("118k", 1),
        ("118999", 1),
    ] {
        let ran = say(folder.path(), &format!("inspect a.png --max-pixels {most}"));
        assert_eq!(ran.status, status, "{most}: {ran:?}");
    }
    let limits = say(folder.path(), "limits --max-pixels 77M").expect(0);
    assert!(
        limits.text().contains(" 77M  --max-pixels N  (not"),
        "{limits:?}"
    );
}

#[test]
fn limits_have_units_and_a_flag_that_is_enough() {
    let folder = folder();
    for (arguments, message, hint) in [
        ("--max-bytes 1k", "size of the file: ", "--max-bytes "),
        ("--max-memory 1M", "MB, at most 1 MB: ", "--max-memory "),
        (
            "--max-length 333",
            "in pixels: 350, at most 333: ",
            "--max-length 350 ",
        ),
        (
            "--max-pixels 100k",
            "pixels: 119000, at most 100000: ",
            "--max-pixels 119K ",
        ),
    ] {
        let ran = say(folder.path(), &format!("inspect a.png {arguments}"));
        let ran = ran.expect_message(1, message);
        let (_, told) = ran.stderr.split_once("  hint: ").expect("there is a hint");
        assert!(told.starts_with(hint), "{ran:?}");
        // It can be copied.
        let copied: Vec<_> = told.split_whitespace().take(2).collect();
        say(
            folder.path(),
            &format!("inspect a.png {}", copied.join(" ")),
        )
        .expect(0);
    }
    let photo = testdata("bad/gigapixel.webp");
    let mut command = headshot();
    run(command.arg("inspect").arg(photo))
        .expect_message(1, "268.5 MP, at most 32 MP")
        .expect_message(1, "hint: --max-pixels 269M raises this limit");
}

#[test]
fn what_is_meant_by_a_flag_that_is_none() {
    let folder = folder();
    for (flag, meant) in [
        ("--cover", "use --fit cover"),
        ("--contain", "use --fit contain"),
        ("--png", "use --format png"),
        ("--decimate", "use --frames decimate"),
        ("--blur", "use --background blur"),
        ("--size=600", "use --side N"),
        ("--recursive", "headshot always walks folders"),
    ] {
        let ran = say(folder.path(), &format!("normalize a.png -o b.png {flag}"));
        let ran = ran.expect_message(2, meant);
        assert!(!ran.stderr.contains("similar"), "{ran:?}");
    }
    // What is only mistyped is still found.
    say(folder.path(), "normalize a.png -o b.png --backgroud blur")
        .expect_message(2, "hint: did you mean --background?");
}

#[test]
fn nobody_is_led_to_put_a_token_on_a_command_line() {
    let folder = folder();
    for arguments in [
        "set a.png --token xoxp-1-canary",
        "set a.png --token=xoxp-1-canary",
        "set a.png --token canary",
        "set a.png --token-file xoxp-1-canary",
        "profile --tokens canary",
    ] {
        let ran = say(folder.path(), arguments).expect_message(2, "takes no token as an argument");
        let ran = ran.expect_message(2, "the variable SLACK_TOKEN");
        assert!(
            !ran.stderr.contains("similar") && !ran.stderr.contains("canary"),
            "{ran:?}"
        );
    }
}

#[test]
fn a_text_that_is_no_token_goes_nowhere() {
    let folder = folder();
    let mut command = headshot();
    let closed = ["profile", "--base-url", "http://127.0.0.1:9/api/"];
    let ran = run(command.args(closed).env("SLACK_TOKEN", "abc"));
    let ran = ran.expect_message(2, "does not look like one of Slack's");
    assert!(
        !ran.stderr.contains("abc") && !ran.stderr.contains("connection"),
        "{ran:?}"
    );
    fs::write(folder.path().join("token"), "swordfish\n").unwrap();
    let ran = say(folder.path(), "profile --token-file token");
    let ran = ran.expect_message(2, "begin with xoxp-");
    assert!(!ran.stderr.contains("swordfish"), "{ran:?}");
}

#[test]
fn a_place_for_the_output_that_is_none_comes_with_a_hint() {
    let folder = folder();
    say(folder.path(), "normalize a.png -o new/er/o.png")
        .expect_message(2, "-o new/er/o.png: there is no folder new/er")
        .expect_message(2, "hint: mkdir -p new/er makes it");
    fs::write(folder.path().join("f"), "mine").unwrap();
    for photos in ["a.png", "a.png a.png"] {
        say(folder.path(), &format!("normalize {photos} -o f/"))
            .expect_message(2, "-o f/: f is a file, but a / at the end means a folder")
            .expect_message(2, "leave out the / to replace f");
    }
    assert_eq!(fs::read(folder.path().join("f")).unwrap(), b"mine");
}

#[test]
fn a_field_and_a_command_that_are_mistyped_are_recognized() {
    let folder = folder();
    for (typed, meant) in [
        ("statustext", "status_text"),
        ("Titel", "title"),
        ("first-name", "first_name"),
    ] {
        let ran = say(folder.path(), &format!("profile set {typed}=hi --emulator"));
        let message = format!("there is no field {typed}: did you mean {meant}?");
        ran.expect_message(2, &message);
    }
    // What is like nothing is Slack's to judge.
    say(folder.path(), "profile set quirk=hi --emulator").expect_message(1, "users.profile.set");
    say(folder.path(), "man sett").expect_message(2, "did you mean headshot man set?");
    say(folder.path(), "man profile sett")
        .expect_message(2, "did you mean headshot man profile set?");
    say(folder.path(), "help inspekt").expect_message(2, "did you mean headshot help inspect?");
    say(folder.path(), "man nonsense").expect_message(2, "headshot --help lists");
}

#[test]
fn a_photo_or_a_folder_as_the_command_is_told_what_to_do() {
    let folder = folder();
    fs::create_dir(folder.path().join("people")).unwrap();
    png(folder.path(), "my photo.png", 30, 20);
    for photo in ["a.png", "missing.jpg", "./a.png"] {
        say(folder.path(), photo)
            .expect_message(2, &format!("headshot: {photo} is not a command"))
            .expect_message(
                2,
                &format!("hint: headshot set {photo} sets it as your photo"),
            )
            .expect_message(2, &format!("headshot normalize {photo} -o avatar.jpg"));
    }
    for people in ["people", "people/"] {
        say(folder.path(), people)
            .expect_message(2, &format!("headshot normalize {people} -o avatars/"));
    }
    let mut command = headshot();
    run(command.current_dir(folder.path()).arg("my photo.png"))
        .expect_message(2, "headshot set 'my photo.png' sets it");
}

#[test]
fn an_address_is_no_file() {
    let folder = folder();
    for arguments in [
        "normalize https://example.com/a.jpg -o b.jpg",
        "normalize HTTPS://example.com/a.jpg a.png -o b/",
        "inspect http://example.com/a.jpg",
        "set https://example.com/a.jpg --emulator",
    ] {
        say(folder.path(), arguments)
            .expect_message(1, "this is a web address, not a file")
            .expect_message(1, "hint: curl -fL -o photo.jpg ");
    }
    let mut command = headshot();
    run(command.args(["inspect", "https://example.com/a.jpg?x=1&y='2'"])).expect_message(
        1,
        "-o photo.jpg 'https://example.com/a.jpg?x=1&y=%272%27' fetches",
    );
}

#[test]
fn nobody_is_told_to_do_what_they_did() {
    let folder = folder();
    let photo = fs::read(testdata("still/astronaut.jpg")).unwrap();
    for length in [700, 20_000, 30_000] {
        fs::write(folder.path().join("cut.jpg"), &photo[..length]).unwrap();
        for out in ["b.jpg", "b/", "c/ --isolate"] {
            if out.ends_with("isolate") && !cfg!(unix) {
                continue;
            }
            let ran = say(
                folder.path(),
                &format!("normalize cut.jpg -o {out} --allow-damaged"),
            );
            assert!(!ran.stderr.contains("--allow-damaged"), "{length}: {ran:?}");
        }
    }
}

#[test]
fn the_summary_says_nothing_of_what_was_not() {
    let folder = folder();
    fs::write(folder.path().join("bad.jpg"), "no photo").unwrap();
    let ran =
        say(folder.path(), "normalize bad.jpg -o out/").expect_message(1, "0 made, 1 failed in ");
    assert!(
        !ran.stderr.contains("slowest") && !ran.stderr.contains("written"),
        "{ran:?}"
    );
    let made = say(folder.path(), "normalize a.png -o out/").expect_message(0, "; slowest a.png, ");
    assert!(made.stderr.contains("1 made"), "{made:?}");
    let again = say(folder.path(), "normalize a.png -o out/").expect_message(0, "1 unchanged");
    assert!(!again.stderr.contains("slowest"), "{again:?}");
}

#[test]
fn an_empty_folder_is_said_to_be_empty() {
    let folder = folder();
    fs::create_dir(folder.path().join("empty")).unwrap();
    let ran = say(folder.path(), "normalize empty -o out/");
    let ran = ran.expect_message(0, "no photos were found: empty is empty");
    assert!(!ran.stderr.contains("0 made"), "{ran:?}");
    fs::write(folder.path().join("empty/notes.txt"), "hi").unwrap();
    say(folder.path(), "normalize empty -o out/")
        .expect_message(
            0,
            "no photos were found: -v says why the one file there is not a photo",
        )
        .expect_message(0, "1 skipped: not a photo");
}

#[test]
fn a_dry_run_looks_different_and_says_what_it_cannot_know() {
    let folder = folder();
    for out in ["b.png", "b/"] {
        let ran = say(
            folder.path(),
            &format!("normalize a.png -o {out} --dry-run"),
        );
        let ran = ran.expect_message(0, "a dry run reads only headers: damaged pixels");
        assert!(ran.text().starts_with("plan     a.png -> b"), "{ran:?}");
        assert!(!ran.stderr.contains("written"), "{ran:?}");
        let made = say(folder.path(), &format!("normalize a.png -o {out}")).expect(0);
        assert!(made.text().starts_with("a.png -> b"), "{made:?}");
        assert!(!made.stderr.contains("dry run"), "{made:?}");
    }
}

#[test]
fn a_dry_run_refuses_what_a_run_refuses_by_the_header() {
    let folder = tempfile::tempdir().unwrap();
    let bad = testdata("bad");
    let told = |more: &str| {
        let mut command = headshot();
        command
            .current_dir(folder.path())
            .arg("normalize")
            .arg(&bad);
        let ran =
            run(command
                .args(format!("-o out --collisions suffix --json {more}").split_whitespace()));
        let failed = ran.expect(1).objects();
        let failed = failed.iter().filter(|object| object["status"] == "failed");
        failed
            .map(|object| {
                (
                    object["photo"].to_string(),
                    object["error"]["message"].to_string(),
                )
            })
            .collect::<Vec<_>>()
    };
    let (planned, real) = (told("--dry-run"), told(""));
    // What only decoding shows: pixels that end early or break a checksum.
    let only_real: Vec<_> = real
        .iter()
        .filter(|failed| !planned.contains(failed))
        .map(|(photo, _)| photo.rsplit('/').next().unwrap().trim_end_matches('"'))
        .collect();
    let expected = [
        "truncated-progressive.jpg",
        "truncated.gif",
        "truncated.jpg",
        "truncated.png",
        "wrong-checksum.png",
    ];
    assert_eq!(only_real, expected);
    assert_eq!(planned.len() + expected.len(), real.len());
}
