//! What a file that the user names may replace: nothing that is read, nothing that is kept, and no second output.

use std::fs;
use std::path::Path;

use crate::batch_run::{jpeg, names_in, normalize, people, report, tree, write};
use crate::run::{headshot, names, png, run, state, testdata};

/// Runs these arguments, which are refused with this message and change nothing.
#[track_caller]
pub(crate) fn refused(folder: &Path, arguments: &str, message: &str) {
    let before = tree(folder);
    let ran = normalize(folder, arguments).expect_message(2, message);
    assert_eq!(ran.text(), "");
    assert!(tree(folder) == before, "{arguments} has changed something");
}

#[test]
fn a_report_or_page_replaces_nothing_but_its_like() {
    let folder = people(3);
    let here = folder.path();
    write(here.join("notes.txt"), b"mine");
    write(
        here.join("mine.html"),
        b"<!DOCTYPE html>\n<html><p>mine</p></html>\n",
    );
    write(here.join("mine.jsonl"), b"{\"photo\":\"mine\"}\n");
    normalize(here, "people -o out").expect(0);
    for flag in ["--report", "--sheet"] {
        for file in [
            "people/000.jpg",
            "people/south/far/002.JPG",
            "./people/../people/000.jpg",
            "notes.txt",
            "mine.html",
            "mine.jsonl",
        ] {
            refused(
                here,
                &format!("people -o out {flag} {file}"),
                "it already exists",
            );
        }
        for (file, message) in [
            (
                "out/.headshot/journal.jsonl",
                "only for journals and choices",
            ),
            ("out/.headshot/new", "only for journals and choices"),
            ("out/000.jpg", "this is the avatar of "),
            ("out", "this is a folder"),
            ("no/such", "there is no folder no"),
            ("notes.txt/x", "can be made in notes.txt"),
            ("out/..", "not the name of a file"),
            ("new/", "not the name of a file"),
            ("con.jsonl", "Windows"),
        ] {
            refused(here, &format!("people -o out {flag} {file}"), message);
        }
    }
    // What is empty, or a report or a page, is replaced, also among the photos and among the avatars.
    write(here.join("empty"), b"");
    for file in ["empty", "people/report.txt", "out/report"] {
        for _ in 0..2 {
            normalize(here, &format!("people -o out --report {file}")).expect(0);
            let photos = report(&here.join(file));
            let photos = photos.iter().filter(|photo| photo["status"] != "skipped");
            assert_eq!(photos.count(), 3, "{file}");
        }
    }
    for file in ["people/page.html", "out/page.html"] {
        for _ in 0..2 {
            normalize(here, &format!("people -o out --sheet {file}")).expect(0);
            assert!(
                fs::read_to_string(here.join(file))
                    .unwrap()
                    .contains("All 3<")
            );
        }
    }
    refused(here, "people -o out --sheet empty", "is not a page");
    refused(
        here,
        "people -o out --report out/page.html",
        "is not a report",
    );
}

#[test]
fn an_output_is_nothing_that_is_read_and_nothing_twice() {
    let folder = people(3);
    let here = folder.path();
    write(here.join("l"), b"people/000.jpg\n");
    let animation = fs::read(testdata("animated/opaque.gif")).unwrap();
    write(here.join("a.gif"), &animation);
    fs::create_dir(here.join("sub")).unwrap();
    for (arguments, message) in [
        ("--from-file l -o out --report l", "overwrite the list l"),
        (
            "--from-file l -o out --sheet sub/../l",
            "overwrite the list l",
        ),
        (
            "--from-file l -o out --report people/000.jpg",
            "overwrite the photo people/000.jpg",
        ),
        (
            "people/000.jpg -o out/ --report people/000.jpg",
            "overwrite the photo people/000.jpg",
        ),
        ("a.gif -o b.gif --poster a.gif", "never .gif"),
        (
            "a.gif -o b.jpg --poster b.jpg",
            "-o b.jpg names the same file",
        ),
        (
            "a.gif -o b.jpg --poster ./b.jpg",
            "-o b.jpg names the same file",
        ),
        (
            "a.gif -o sub/../b.png --preview b.png",
            "names the same file",
        ),
        (
            "a.gif -o b.gif --poster c.png --preview ./c.png",
            "--poster c.png names the same file",
        ),
        (
            "a.gif -o b.gif --preview c.png --report c.png",
            "--preview c.png names the same file",
        ),
        (
            "people -o out --report x --sheet ./x",
            "--report x names the same file",
        ),
        (
            "people -o out --report out/x --sheet people/../out/x",
            "names the same file",
        ),
        // Avatars to come.
        (
            "people -o out --report out/000.jpg",
            "--report out/000.jpg: it is written as JSON Lines, not as .jpg",
        ),
        (
            "people -o out --sheet out/north/001.JPEG",
            "it is written as HTML, not as .jpeg",
        ),
    ] {
        refused(here, arguments, message);
    }
    assert_eq!(names(here), ["a.gif", "l", "people", "sub"]);
    // A still beside its animation is none.
    normalize(here, "a.gif -o out/ --poster out/a.png").expect(0);
    assert_eq!(names_in(&here.join("out")), ["a.gif", "a.png"]);
}

#[cfg(unix)]
#[test]
fn a_file_is_known_by_whatever_name() {
    use std::os::unix::fs::symlink;
    let folder = people(1);
    let here = folder.path();
    let photo = here.join("people/000.jpg");
    fs::hard_link(&photo, here.join("hard.png")).unwrap();
    symlink("people/000.jpg", here.join("soft.png")).unwrap();
    symlink("people", here.join("folder")).unwrap();
    for flag in [
        "-o",
        "-o b.jpg --preview",
        "-o b.jpg --poster",
        "-o b.jpg --report",
    ] {
        for file in ["hard.png", "soft.png"] {
            let message = "overwrite the photo people/000.jpg";
            refused(here, &format!("people/000.jpg {flag} {file}"), message);
        }
    }
    refused(
        here,
        "people/000.jpg -o folder/x.png --preview people/x.png",
        "names the same file",
    );
    symlink("nowhere.png", here.join("dangling.png")).unwrap();
    normalize(here, "people/000.jpg -o dangling.png")
        .expect_message(2, "a symbolic link that leads nowhere");
    assert!(here.join("dangling.png").is_symlink());
}

#[test]
fn a_picture_replaces_no_avatar_of_a_batch_and_no_notes() {
    let folder = people(2);
    let here = folder.path();
    normalize(here, "people -o out").expect(0);
    write(here.join("new.jpg"), &jpeg(9));
    write(
        here.join("journal"),
        b"{\"format\":\"headshot-manifest-1\"}\n",
    );
    write(
        here.join("state.json"),
        b"{\n  \"format\": \"headshot-state-1\"\n}",
    );
    write(here.join("out/mine.jpg"), &jpeg(5));
    for (file, message) in [
        ("out/000.jpg", "this is the avatar of "),
        ("out/north/../north/001.jpg", "this is the avatar of "),
        (
            "out/.headshot/journal.jsonl",
            "only for journals and choices",
        ),
        ("out/.headshot/x.jpg", "only for journals and choices"),
        ("journal", "a journal, a list"),
        ("state.json", "a journal, a list"),
    ] {
        refused(here, &format!("new.jpg -o {file}"), message);
        refused(here, &format!("new.jpg -o b.jpg --poster {file}"), message);
    }
    // Nor one of the photos that set keeps.
    let kept = write(state().join("kept.jpg"), &jpeg(6));
    let arguments = format!("new.jpg -o {}", kept.display());
    refused(here, &arguments, "that folder holds what set remembers");
    assert_eq!(fs::read(kept).unwrap(), jpeg(6));
    // What else there is, the user has named.
    normalize(here, "new.jpg -o out/mine.jpg --preview out/mine.png").expect(0);
    assert_eq!(image::open(here.join("out/mine.jpg")).unwrap().width(), 512);
    assert_eq!(
        image::open(here.join("out/mine.png")).unwrap().width(),
        1152
    );
    // So is an avatar that is no more.
    fs::remove_file(here.join("out/000.jpg")).unwrap();
    normalize(here, "new.jpg -o out/000.jpg").expect(0);
}

#[test]
fn a_new_file_has_the_name_of_an_image() {
    let folder = people(1);
    let here = folder.path();
    for name in ["avatars", "avatars.new", "a.txt"] {
        let message = "it does not exist yet, and this is not the name of";
        refused(here, &format!("people/000.jpg -o {name}"), message);
        refused(
            here,
            &format!("people/000.jpg -o b.jpg --poster {name}"),
            message,
        );
    }
    let ran = normalize(here, "people/000.jpg -o avatars").expect(2);
    assert!(
        ran.stderr
            .contains("-o avatars/ makes a folder, -o avatars.jpg a file"),
        "{ran:?}"
    );
    // The loop that would put one photo over the other.
    assert_eq!(names(here), ["people"]);
    write(here.join("there"), b"mine");
    normalize(here, "people/000.jpg -o there").expect(0);
    assert!(
        fs::read(here.join("there"))
            .unwrap()
            .starts_with(b"\xff\xd8")
    );
}

#[test]
fn no_clobber_replaces_nothing() {
    let folder = people(1);
    let here = folder.path();
    png(here, "p.png", 30, 20);
    let command = "people/000.jpg -o a.jpg --preview p2.png --report r";
    normalize(here, &format!("{command} --no-clobber")).expect(0);
    let message = "--no-clobber keeps it";
    refused(here, &format!("{command} --no-clobber"), message);
    refused(
        here,
        "people/000.jpg -o b.jpg --no-clobber --preview p.png",
        message,
    );
    refused(
        here,
        "people/000.jpg -o b.jpg --no-clobber --poster p.png",
        message,
    );
    refused(here, "people -o out --no-clobber --report r", message);
    normalize(here, command).expect(0);
}

#[test]
fn names_of_devices_are_no_names_anywhere() {
    let folder = people(1);
    let here = folder.path();
    for name in [
        "con.jpg",
        "AUX.png",
        "nul .jpeg",
        "lpt\u{b9}.jpg",
        "CONOUT$.png",
    ] {
        let arguments = ["people/000.jpg", "-o", name];
        let mut command = headshot();
        command.current_dir(here).arg("normalize").args(arguments);
        run(&mut command).expect_message(2, "Windows keeps this name for a device");
    }
    for (name, is_fine) in [
        ("in/aux/a.jpg", false),
        ("in/Com1.jpg", false),
        ("in/com.jpg", true),
    ] {
        write(here.join(name), &jpeg(u32::from(is_fine)));
    }
    write(here.join("in/nul.txt"), b"no photo");
    let ran = normalize(here, "in -o out").expect(1);
    for message in [
        "in/Com1.jpg: its avatar would be called Com1, which Windows reserves for a device",
        "in/aux/a.jpg: its avatar would be called aux, which",
        "1 made (1 with warnings), 2 failed",
        "1 skipped: not a photo",
    ] {
        assert!(ran.stderr.contains(message), "{message}: {ran:?}");
    }
    assert_eq!(names_in(&here.join("out")), ["com.jpg"]);
}

#[test]
fn a_manual_replaces_nothing_but_a_manual() {
    let folder = people(1);
    let here = folder.path();
    let manual = || {
        let mut command = headshot();
        run(command.current_dir(here).args(["man", "--dir", "m"]))
    };
    manual().expect(0);
    let pages = tree(here);
    manual().expect(0);
    write(here.join("m/headshot-set.1"), b"mine");
    let before = tree(here);
    manual().expect_message(2, "is not a page of this manual");
    assert!(tree(here) == before);
    fs::remove_file(here.join("m/headshot-set.1")).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../people/000.jpg", here.join("m/headshot-set.1")).unwrap();
        manual().expect_message(2, "is not a page of this manual");
        fs::remove_file(here.join("m/headshot-set.1")).unwrap();
    }
    manual().expect(0);
    assert!(tree(here) == pages);
}
