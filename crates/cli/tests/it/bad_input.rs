//! Photos that cannot become avatars: named, with a status, and nothing written.

use std::fs;
use std::path::Path;

use crate::run::{headshot, names, png, run, run_with_input, testdata};

/// Normalizes `photo` into an empty folder, which must stay empty.
#[track_caller]
fn refused(photo: &Path, kind: &str, message: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = headshot();
    command
        .args(["normalize", "--json", "-o"])
        .arg(folder.path().join("out.jpg"));
    let ran = run(command.arg("--").arg(photo)).expect_message(1, message);
    let objects = ran.objects();
    assert_eq!(objects.len(), 1);
    assert_eq!(objects[0]["status"], "failed");
    assert_eq!(objects[0]["error"]["kind"], kind, "{ran:?}");
    assert!(
        objects[0]["error"]["message"]
            .as_str()
            .unwrap()
            .contains(message)
    );
    assert_eq!(objects[0]["output"], serde_json::Value::Null);
    assert!(ran.stderr.starts_with("headshot: "), "{ran:?}");
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn every_bad_file_is_named_for_what_it_is() {
    let expected = [
        ("drawing.svg", "unknown_format", "this is an SVG drawing"),
        ("empty.jpg", "unknown_format", "this is an empty file"),
        ("gigapixel.gif", "limit", "at most"),
        ("gigapixel.jpg", "limit", "at most"),
        ("gigapixel.png", "limit", "at most"),
        ("gigapixel.webp", "limit", "268.5 MP, at most 32 MP"),
        if cfg!(feature = "heic") {
            ("header.heic", "damaged", "try a fresh copy")
        } else {
            ("header.heic", "unknown_format", "this is a HEIC photo")
        },
        ("header.pdf", "unknown_format", "this is a PDF document"),
        ("not-an-image.txt", "unknown_format", "this is a text file"),
        ("photo.avif", "unknown_format", "this is an AVIF image"),
        ("photo.bmp", "unknown_format", "this is a BMP image"),
        ("photo.tiff", "unknown_format", "this is a TIFF image"),
        ("truncated-header.jpg", "damaged", "try a fresh copy"),
        ("truncated-progressive.jpg", "damaged", "try a fresh copy"),
        ("truncated.gif", "damaged", "try a fresh copy"),
        ("truncated.jpg", "damaged", "try a fresh copy"),
        ("truncated.png", "damaged", "try a fresh copy"),
        (
            "truncated.webp",
            "damaged",
            "bytes of its picture are missing",
        ),
        ("wrong-checksum.png", "damaged", "try a fresh copy"),
        ("zero-width.png", "damaged", "try a fresh copy"),
    ];
    assert_eq!(names(&testdata("bad")), expected.map(|(name, _, _)| name));
    for (name, kind, message) in expected {
        refused(&testdata("bad").join(name), kind, message);
    }
}

#[test]
fn what_is_no_file_is_told_from_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    refused(
        &folder.path().join("no.jpg"),
        "not_found",
        "there is no such file",
    );
    refused(
        Path::new("/dev/null"),
        "not_a_file",
        "is a pipe or a device",
    );
    // Below a file nothing can be, and not even the superuser may read this.
    let below = png(folder.path(), "a.png", 5, 6).join("b.png");
    refused(&below, "unreadable", "cannot be read: not a directory");
    #[cfg(unix)]
    {
        let link = folder.path().join("link.jpg");
        std::os::unix::fs::symlink("nowhere.jpg", &link).unwrap();
        refused(
            &link,
            "not_found",
            "a symbolic link to a file that does not exist",
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_pipe_with_a_name_is_refused_and_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe.jpg");
    let made = std::process::Command::new("mkfifo")
        .arg(&pipe)
        .status()
        .unwrap();
    assert!(made.success());
    refused(&pipe, "not_a_file", "is a pipe or a device");
}

#[test]
fn a_file_beyond_the_limit_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let huge = folder.path().join("huge.jpg");
    let file = fs::File::create(&huge).unwrap();
    file.set_len(50 << 30).unwrap();
    refused(&huge, "limit", "size of the file: 50 GB, at most 64 MB");
    let mut command = headshot();
    command.args([
        "inspect",
        "testdata/still/large.jpg",
        "--max-pixels",
        "239999",
    ]);
    run(&mut command).expect_message(1, "240000, at most 239999");
    run(command.args(["--max-bytes", "77"])).expect_message(1, "hint: --max-bytes ");
}

#[test]
fn standard_input_beyond_the_limit_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = headshot();
    command
        .args(["normalize", "-", "-o"])
        .arg(folder.path().join("out.png"));
    run_with_input(&mut command, &vec![7; (64 << 20) + 100_000])
        .expect_message(1, "headshot: standard input: more than 64 MB");
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn a_crop_outside_says_both_rectangles() {
    let folder = tempfile::tempdir().unwrap();
    let photo = png(folder.path(), "a.png", 344, 354);
    for command in [["inspect", "--json"], ["normalize", "-ono.png"]] {
        let mut command_line = headshot();
        command_line
            .args(command)
            .arg(&photo)
            .args(["--crop", "11,22,333"]);
        run(command_line.current_dir(folder.path()))
            .expect_message(1, "333 x 333 at 11,22")
            .expect_message(1, "344 x 354");
    }
    assert_eq!(names(folder.path()), ["a.png"]);
}

#[test]
fn one_bad_photo_neither_stops_the_others_nor_vanishes() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let first = png(folder.path(), "first.png", 20, 30);
    let last = png(folder.path(), "last.png", 30, 20);
    let mut command = headshot();
    command
        .arg("normalize")
        .arg(&first)
        .arg(testdata("bad/photo.avif"));
    let ran = run(command.arg("missing.jpg").arg(&last).arg("-o").arg(&out)).expect(1);
    assert!(
        ran.stderr.contains("photo.avif: this is an AVIF image"),
        "{ran:?}"
    );
    assert!(
        ran.stderr.contains("missing.jpg: there is no such file"),
        "{ran:?}"
    );
    assert_eq!(names(&out), [".headshot", "first.png", "last.png"]);
}

#[test]
fn a_small_photo_is_enlarged_with_a_warning_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let photo = png(folder.path(), "small.png", 200, 160);
    let out = folder.path().join("out.png");
    let normalize = |more: &[&str]| {
        let mut command = headshot();
        command.arg("normalize").arg(&photo).arg("-o").arg(&out);
        run(command.args(more))
    };
    normalize(&["--small", "refuse"])
        .expect_message(1, "200")
        .expect_message(1, "512");
    assert!(!out.exists());
    normalize(&[])
        .expect_message(0, "warning: ")
        .expect_message(0, "2.56 times");
    normalize(&["--side", "2000"]).expect_message(0, "Slack advises 512 to 1024");
}

#[test]
fn what_can_be_decoded_of_a_damaged_photo_is_taken_on_request_and_marked() {
    let folder = tempfile::tempdir().unwrap();
    let photo = fs::read(testdata("still/astronaut.jpg")).unwrap();
    fs::write(folder.path().join("cut.jpg"), &photo[..30_000]).unwrap();
    let normalize = |arguments: &str| {
        let mut command = headshot();
        command.current_dir(folder.path());
        run(command
            .args(["normalize", "cut.jpg", "--json", "-o"])
            .args(arguments.split(' ')))
    };
    let refused = normalize("no.jpg").expect_message(1, "hint: --allow-damaged takes what");
    assert!(refused.objects()[0]["avatar"].is_null());
    for out in ["out.jpg", "out/", "isolated/ --isolate", "out/"] {
        let ran = normalize(&format!("{out} --allow-damaged")).expect(0);
        assert_eq!(ran.objects()[0]["avatar"]["damaged"], true, "{ran:?}");
        let warnings = ran.objects()[0]["warnings"].to_string();
        assert!(
            warnings.contains("of 410 rows of pixels 208 were found"),
            "{warnings}"
        );
    }
    // What was taken then is not taken for granted now.
    normalize("out/").expect(1);
}

#[test]
fn every_limit_is_shown_with_its_flag_and_can_be_changed() {
    let ran =
        run(headshot().args(["limits", "--max-time", "700ms", "--max-memory", "3M"])).expect(0);
    assert_eq!(ran.text().lines().count(), 13);
    for line in [
        "3M  --max-memory SIZE  (not",
        "700ms  --max-time TIME  (not",
        " 64M  --max-bytes SIZE\n",
    ] {
        assert!(ran.text().contains(line), "{line}: {ran:?}");
    }
    let ran = run(headshot().args(["limits", "--json", "--max-frames", "11"])).expect(0);
    for object in ran.objects() {
        let flag = object["flag"].as_str().unwrap();
        let is_frames = flag == "--max-frames";
        assert_eq!(object["default"], !is_frames);
        // Each is a flag of every command that reads a photo.
        for command in ["inspect", "normalize"] {
            let mut headshot = headshot();
            headshot.args([command, "testdata/still/large.jpg", flag, "77"]);
            if command == "normalize" {
                headshot.args(["-o", "/dev/null", "--dry-run"]);
            }
            assert!(run(&mut headshot).status < 2, "{command} {flag}");
        }
    }
}

#[cfg(not(feature = "emulator"))]
#[test]
fn a_build_without_the_emulator_says_so() {
    let mut command = headshot();
    command.args(["set", "testdata/still/plain.jpg", "--emulator"]);
    run(&mut command).expect_message(2, "the emulator cannot start: this build has none");
    run(headshot().arg("emulator")).expect_message(2, "there is no command emulator");
}
