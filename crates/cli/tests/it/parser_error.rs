//! Command lines that the parser refuses: in one voice with all other messages, and with a hint that can be copied.

use std::path::Path;

use crate::run::{Ran, headshot, names, png, run};

/// Runs a command line in this folder.
fn say(folder: &Path, arguments: &str) -> Ran {
    run(headshot()
        .current_dir(folder)
        .args(arguments.split_whitespace()))
}

#[test]
fn whatever_is_wrong_is_one_sentence_with_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    png(folder.path(), "a.jpg", 20, 30);
    for (arguments, message, hint) in [
        (
            "normalize a.jpg",
            "normalize needs --output <OUT>",
            "headshot normalize me.jpg -o avatar.jpg --fit face",
        ),
        (
            "normalize a.jpg new.jpg",
            "normalize needs --output <OUT>",
            "headshot normalize a.jpg -o new.jpg",
        ),
        (
            "normalize a.jpg -o b/ --max-delete 3",
            "--max-delete needs --prune",
            "add --prune, or leave --max-delete out",
        ),
        (
            "set --manifest p.csv --trace t --scim-base-url http://x",
            "--scim-base-url needs --via <WAY>",
            "add --via <WAY>, or leave --scim-base-url out",
        ),
        (
            "normalize a.jpg -o b.jpg --crop 1,2,3 --fit cover",
            "--crop cannot be used with --fit",
            "leave out --crop or --fit",
        ),
        (
            "normalize a.jpg -o b.jpg -o c.jpg",
            "--output is given twice",
            "give --output once",
        ),
        (
            "normalize a.jpg -o b.jpg --fit coverr",
            "--fit coverr: give face, contain or cover",
            "did you mean --fit cover?",
        ),
        (
            "normalize a.jpg -o b.jpg --side=",
            "--side needs a value",
            "headshot help normalize says which",
        ),
        (
            "normalize a.jpg -o b.jpg --frobnicate",
            "normalize has no option --frobnicate",
            "headshot help normalize lists all options",
        ),
        (
            "set a.jpg -o x.jpg",
            "set has no option -o",
            "headshot normalize a.jpg -o x.jpg",
        ),
        (
            "set a.jpg --prune",
            "set has no option --prune",
            "--prune is for headshot normalize, which headshot help normalize explains",
        ),
        (
            "set --restore 3f9a",
            "--restore 3f9a: its value belongs right behind it, after =",
            "headshot set --restore=3f9a",
        ),
        (
            "normalize a.jpg -o b/ --isolate 100M",
            "--isolate 100M: its value belongs right behind it, after =",
            "headshot normalize a.jpg -o b/ --isolate=100M",
        ),
        (
            "set --restore a.jpg",
            "--restore cannot be used with PHOTO",
            "leave out --restore or PHOTO",
        ),
        (
            "profile --json set title=x",
            "--json cannot be used with the command set behind it",
            "leave --json out, or give it after set",
        ),
        (
            "profil",
            "there is no command profil",
            "did you mean headshot profile?",
        ),
        (
            "profile set",
            "profile set needs <NAME=VALUE>",
            "headshot profile set status_text='On leave' status_emoji=:palm_tree:",
        ),
    ] {
        let ran = say(folder.path(), arguments).expect(2);
        let expected = format!("headshot: {message}\n  hint: {hint}\n");
        assert_eq!(ran.stderr, expected, "{arguments}");
        assert_eq!(ran.text(), "", "{arguments}");
    }
    assert_eq!(names(folder.path()), ["a.jpg"]);
}

#[test]
fn a_negative_number_is_a_wrong_value_of_every_option() {
    let folder = tempfile::tempdir().unwrap();
    for (option, wanted) in [
        ("--max-delete", "give a whole number of avatars, at least 0"),
        ("--jobs", "give a whole number of photos, at least 1"),
        ("--side", "give a whole number of pixels from 1 to 4096"),
        ("--quality", "give a whole number from 1 to 100"),
        ("--memory", "give a number of bytes, as in 800M or 2G"),
        ("--max-frames", "give a whole number of frames, at least 1"),
        ("--rotate", "give 0, 90, 180 or 270"),
    ] {
        let ran = say(
            folder.path(),
            &format!("normalize a.jpg -o out/ --prune {option} -1"),
        );
        ran.expect_message(2, &format!("headshot: {option} -1: {wanted}"));
    }
}

#[test]
fn a_photo_may_be_named_like_a_value_or_an_option() {
    let folder = tempfile::tempdir().unwrap();
    png(folder.path(), "100M", 20, 30);
    png(folder.path(), "-a.png", 20, 30);
    if cfg!(unix) {
        say(folder.path(), "normalize --isolate 100M -o b.png").expect(0);
    }
    say(folder.path(), "normalize -a.png -o c.png")
        .expect_message(2, "hint: ./-a.png names the file");
    say(folder.path(), "normalize ./-a.png -o c.png").expect(0);
}
