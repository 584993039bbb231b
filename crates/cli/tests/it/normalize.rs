//! Photos in, avatars out: files, folders, standard input and output.

use std::fs;
use std::process::Stdio;

use image::ImageFormat;

use crate::run::{headshot, names, picture, png, run, run_with_input, testdata};

#[test]
fn a_crop_is_exactly_those_pixels() {
    let folder = tempfile::tempdir().unwrap();
    let photo = png(folder.path(), "a.png", 400, 377);
    let out = folder.path().join("out.png");
    let mut command = headshot();
    command.arg("normalize").arg(&photo).arg("-o").arg(&out);
    let ran = run(command.args(["--crop", "11,22,333", "--min-side", "99"])).expect(0);
    assert_eq!(ran.text().lines().count(), 1, "{ran:?}");
    assert!(ran.text().contains("PNG, 333 x 333"), "{ran:?}");
    let expected = image::imageops::crop_imm(&picture(400, 377), 11, 22, 333, 333).to_image();
    assert_eq!(image::open(&out).unwrap().to_rgb8(), expected);
}

#[test]
fn several_photos_go_to_a_folder_under_their_own_names() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("made/for/this");
    let mut command = headshot();
    command.args([
        "normalize",
        "testdata/still/plain.jpg",
        "testdata/still/small.png",
    ]);
    let ran = run(command
        .arg("testdata/still/transparent.gif")
        .arg("-o")
        .arg(&out))
    .expect(0);
    let expected = [".headshot", "plain.jpg", "small.png", "transparent.png"];
    assert_eq!(names(&out), expected);
    assert_eq!(ran.text().lines().count(), 3);
    for name in &expected[1..] {
        let bytes = fs::read(out.join(name)).unwrap();
        let expected = ImageFormat::from_path(name).unwrap();
        assert_eq!(image::guess_format(&bytes).unwrap(), expected, "{name}");
    }
}

#[test]
fn the_name_of_the_output_decides_the_format() {
    let folder = tempfile::tempdir().unwrap();
    for (name, format) in [
        ("a.png", ImageFormat::Png),
        ("a.JPEG", ImageFormat::Jpeg),
        ("a.jfif", ImageFormat::Jpeg),
        ("avatar", ImageFormat::Jpeg),
    ] {
        let out = folder.path().join(name);
        if name == "avatar" {
            // Without an extension it has to be there.
            fs::write(&out, "what was there").unwrap();
        }
        let mut command = headshot();
        run(command
            .args(["normalize", "testdata/still/large.jpg", "-o"])
            .arg(&out))
        .expect(0);
        assert_eq!(
            image::guess_format(&fs::read(out).unwrap()).unwrap(),
            format
        );
    }
}

#[test]
fn one_photo_goes_into_a_folder_that_exists() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = headshot();
    command.args([
        "normalize",
        "testdata/still/large.jpg",
        "--format",
        "png",
        "-o",
    ]);
    run(command.arg(folder.path())).expect(0);
    assert_eq!(names(folder.path()), [".headshot", "large.png"]);
}

#[test]
fn standard_input_to_standard_output_is_the_same_avatar() {
    let photo = fs::read(testdata("still/large.jpg")).unwrap();
    let mut command = headshot();
    let piped = run_with_input(
        command.args(["normalize", "-", "-o", "-", "--fit", "cover"]),
        &photo,
    );
    let piped = piped.expect(0);
    assert!(
        piped.stderr.contains("warning: standard input: "),
        "{piped:?}"
    );
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.jpg");
    let mut command = headshot();
    command.args(["normalize", "testdata/still/large.jpg", "--fit=cover", "-o"]);
    run(command.arg(&out)).expect(0);
    assert_eq!(piped.stdout, fs::read(out).unwrap());
}

#[test]
fn options_that_do_nothing_for_a_single_avatar_are_named() {
    let folder = tempfile::tempdir().unwrap();
    png(folder.path(), "a.png", 600, 600);
    let run = |more: &str| {
        let mut command = headshot();
        command.current_dir(folder.path());
        let arguments = format!("normalize a.png -o b.png {more}");
        run(command.args(arguments.split_whitespace())).expect(0)
    };
    let told = "nothing for a single avatar, only for a folder, as in -o avatars/";
    for flag in [
        "--hidden",
        "--follow-links",
        "--collisions suffix",
        "--jobs 3",
        "--memory 800M",
        "--force",
        "--overwrite",
        "--prune",
        "--no-choices",
        "--verbose",
    ] {
        let ran = run(flag);
        let name = flag.split(' ').next().unwrap();
        let message = format!("headshot: warning: {name} does {told}\n");
        assert!(ran.stderr.contains(&message), "{ran:?}");
        if flag != "--verbose" {
            assert_eq!(run(&format!("{flag} -q")).stderr, "");
        }
    }
    let ran = run("--prune --max-delete 7 --jobs 2");
    let message = format!("--jobs, --prune and --max-delete do {told}\n");
    assert!(ran.stderr.contains(&message), "{ran:?}");
}

#[cfg(unix)]
#[test]
fn an_avatar_that_nobody_takes_is_a_failure() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = headshot();
    command.args(["normalize", "testdata/still/large.jpg", "-o", "-"]);
    let child = command
        .stdout(writer)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        stderr.contains("standard output cannot be written"),
        "{stderr}"
    );
}

#[test]
fn nothing_of_the_metadata_goes_along() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = headshot();
    command.args([
        "normalize",
        "testdata/still/metadata.jpg",
        "testdata/still/metadata.png",
        "-o",
    ]);
    run(command.arg(folder.path())).expect(0);
    let expected = [".headshot", "metadata.jpg", "metadata.png"];
    assert_eq!(names(folder.path()), expected);
    for name in &expected[1..] {
        let holds_canary = |bytes: &[u8]| bytes.windows(6).any(|window| window == b"CANARY");
        assert!(
            holds_canary(&fs::read(testdata("still").join(name)).unwrap()),
            "{name}"
        );
        assert!(
            !holds_canary(&fs::read(folder.path().join(name)).unwrap()),
            "{name}"
        );
    }
}
