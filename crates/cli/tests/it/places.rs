//! Where an output may not go: onto a photo, onto another output, into what cannot be written.

use std::fs;
use std::path::Path;

use crate::run::{Ran, headshot, names, png, run, run_with_input};

/// Runs `headshot normalize` with these arguments, in this folder.
fn normalize(folder: &Path, arguments: &str) -> Ran {
    let mut command = headshot();
    command.current_dir(folder).arg("normalize");
    run(command.args(arguments.split_whitespace()))
}

#[test]
fn a_photo_is_never_overwritten_by_whatever_name() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::create_dir(here.join("sub")).unwrap();
    let photo = png(here, "a.png", 20, 30);
    png(here, "b.png", 30, 20);
    fs::hard_link(&photo, here.join("hard.png")).unwrap();
    let before = fs::read(&photo).unwrap();
    let mut outputs = vec!["a.png", "./sub/../a.png", "hard.png", ".", "sub/.."];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("a.png", here.join("soft.png")).unwrap();
        std::os::unix::fs::symlink(".", here.join("link")).unwrap();
        outputs.extend(["soft.png", "link"]);
    }
    let there = names(here);
    for output in outputs {
        normalize(here, &format!("a.png -o {output}"))
            .expect_message(2, "this would overwrite the photo a.png");
    }
    normalize(here, "b.png a.png -o .").expect_message(2, "this would overwrite the photo b.png");
    assert_eq!(fs::read(&photo).unwrap(), before);
    assert_eq!(names(here), there);
    // Another format has another name.
    normalize(here, "a.png -o . --format jpeg").expect(0);
    let with_journal = there.len() + 2;
    assert_eq!(names(here).len(), with_journal);
}

#[cfg(target_os = "linux")]
#[test]
fn a_photo_behind_standard_input_is_not_overwritten_either() {
    let folder = tempfile::tempdir().unwrap();
    let photo = png(folder.path(), "a.png", 20, 30);
    let mut command = headshot();
    command
        .current_dir(folder.path())
        .stdin(fs::File::open(&photo).unwrap());
    run(command.args(["normalize", "-", "-o", "a.png"])).expect_message(2, "standard input");
    let output = fs::OpenOptions::new().append(true).open(&photo).unwrap();
    let mut command = headshot();
    command.current_dir(folder.path()).stdout(output);
    run(command
        .args(["normalize", "a.png", "-o", "-"])
        .stderr(std::process::Stdio::piped()));
    assert_eq!(image::open(&photo).unwrap().width(), 20);
    assert_eq!(names(folder.path()), ["a.png"]);
}

#[test]
fn two_photos_never_share_an_output() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    for sub in ["x", "y"] {
        fs::create_dir(here.join(sub)).unwrap();
        png(&here.join(sub), "ann.png", 20, 30);
    }
    let ran = normalize(here, "x/ann.png y/ann.png -o out").expect(2);
    assert!(
        ran.stderr.contains("x/ann.png") && ran.stderr.contains("y/ann.png"),
        "{ran:?}"
    );
    assert!(!here.join("out").exists());
}

#[test]
fn what_cannot_be_written_is_said_before_anything_starts() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    png(here, "a.png", 20, 30);
    png(here, "b.png", 30, 20);
    for (arguments, message) in [
        ("a.png b.png -o a.png", "several photos need a folder"),
        ("a.png b.png -o -", "not several"),
        ("a.png -o no/such/out.png", "there is no folder no/such"),
        ("a.png -o b.png/out.png", "no file can be made in b.png"),
        ("a.png b.png -o b.png/out", "cannot make this folder"),
        ("a.png -o out/..", "not the name of a file"),
    ] {
        let ran = normalize(here, arguments).expect_message(2, message);
        assert_eq!(ran.text(), "");
    }
    if cfg!(target_os = "linux") {
        normalize(here, "a.png -o /proc/out.png").expect_message(2, "no file can be made in /proc");
        normalize(here, "a.png b.png -o /proc").expect_message(2, "no file can be made in /proc");
    }
    assert_eq!(names(here), ["a.png", "b.png"]);
}

#[cfg(target_os = "linux")]
#[test]
fn devices_are_written_to_and_not_replaced() {
    use std::os::unix::fs::FileTypeExt;
    let folder = tempfile::tempdir().unwrap();
    png(folder.path(), "a.png", 20, 30);
    normalize(folder.path(), "a.png -o /dev/null").expect(0);
    assert!(
        fs::metadata("/dev/null")
            .unwrap()
            .file_type()
            .is_char_device()
    );
    normalize(folder.path(), "a.png -o /dev/full")
        .expect_message(75, "/dev/full cannot be written: no space left on device")
        .expect_message(75, "hint: make room, and run the same command again");
    let full = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let mut command = headshot();
    command.current_dir(folder.path()).stdout(full);
    let status = command
        .args(["normalize", "a.png", "-o", "-"])
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(75));
}

#[test]
fn standard_input_needs_a_named_output() {
    let folder = tempfile::tempdir().unwrap();
    let photo = fs::read(png(folder.path(), "a.png", 20, 30)).unwrap();
    let mut command = headshot();
    command
        .current_dir(folder.path())
        .args(["normalize", "-", "-o", "."]);
    run_with_input(&mut command, &photo).expect_message(2, "standard input has no name");
    assert_eq!(names(folder.path()), ["a.png"]);
}
