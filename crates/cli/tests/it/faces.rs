//! `--fit face`, on every command that takes a photo.

use std::fs;
use std::path::Path;

use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use serde_json::{Value, json};

use crate::manifest::Office;
use crate::run::{Ran, headshot, names, png, run};

const ASTRONAUT: &str = "testdata/still/astronaut.jpg";

/// The portrait of the testdata, upright, on a wide wall.
fn person(folder: &Path, name: &str, left: u32) {
    let stored = image::open(crate::run::testdata("still/astronaut.jpg")).unwrap();
    let face = stored.rotate90().to_rgb8();
    let face = imageops::resize(&face, 205, 256, FilterType::Triangle);
    let mut wall = RgbImage::from_pixel(700, 256, Rgb([90, 120, 99]));
    imageops::replace(&mut wall, &face, left.into(), 0);
    wall.save(folder.join(name)).unwrap();
}

fn headshot_of(arguments: &str, folder: &Path) -> Ran {
    let mut command = headshot();
    command.current_dir(folder);
    run(command.args(arguments.split_whitespace()))
}

#[test]
fn the_report_says_which_face_and_a_plan_says_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.jpg");
    let made = run(headshot()
        .args([
            "normalize",
            ASTRONAUT,
            "--fit",
            "face",
            "--min-side",
            "64",
            "--json",
            "-o",
        ])
        .arg(&out))
    .expect(0);
    let [object] = &made.objects()[..] else {
        panic!("{made:?}")
    };
    let face = &object["face"];
    assert_eq!(face["found"], 1);
    let side = face["crop"]["side"].as_u64().unwrap();
    assert_eq!(object["avatar"]["side"], side);
    let within = |value: &Value, from: f64, to: f64| {
        let value = value.as_f64().unwrap();
        assert!((from..=to).contains(&value), "{object}");
    };
    within(&face["score"], 0.9, 0.99);
    for (key, wanted) in [
        ("x", 159.0),
        ("y", 64.0),
        ("width", 89.0),
        ("height", 111.0),
    ] {
        within(&face["box"][key], wanted - 3.0, wanted + 3.0);
    }
    within(&face["eyes"][0][0], 180.0, 187.0);
    within(&face["eyes"][1][0], 221.0, 230.0);
    assert_eq!(
        face["faces"],
        json!([{ "score": face["score"], "box": face["box"], "eyes": face["eyes"] }])
    );
    assert!(
        object["steps"]
            .to_string()
            .contains("framed the face (score 0.9")
    );

    for arguments in [
        "inspect testdata/still/astronaut.jpg --fit face --min-side 64 --json",
        "normalize testdata/still/astronaut.jpg --fit face --min-side 64 --json --dry-run -o nowhere.jpg",
    ] {
        let planned = run(headshot().args(arguments.split_whitespace())).expect(0);
        assert_eq!(&planned.objects()[0]["face"], face);
        assert_eq!(planned.objects()[0]["steps"], object["steps"]);
        assert_eq!(planned.stderr, "");
    }
    let told = run(headshot().args(["inspect", ASTRONAUT, "--fit", "face"])).expect(0);
    assert!(
        told.stderr.contains("decoding the photos"),
        "{}",
        told.stderr
    );
    let plain = run(headshot().args(["inspect", ASTRONAUT, "--json"])).expect(0);
    assert_eq!(plain.objects()[0]["face"], Value::Null);
}

#[test]
fn a_batch_frames_each_and_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::create_dir(here.join("people")).unwrap();
    person(&here.join("people"), "ann.png", 400);
    person(&here.join("people"), "bob.jpg", 22);
    png(&here.join("people"), "logo.png", 300, 260);
    let command = "normalize people -o out --fit face --min-side 64 --json";
    let made = headshot_of(command, here).expect(0);
    let crops: Vec<_> = made
        .objects()
        .iter()
        .map(|object| object["face"]["crop"]["x"].clone())
        .collect();
    assert!(
        crops[0].as_u64() > Some(400) && crops[1].as_u64() < Some(99),
        "{crops:?}"
    );
    assert_eq!(crops[2], Value::Null);
    assert!(
        made.objects()[2]["warnings"]
            .to_string()
            .contains("no face was found")
    );

    let again = headshot_of(command, here).expect(0);
    for (object, before) in again.objects().iter().zip(made.objects()) {
        assert_eq!(object["status"], "unchanged");
        assert_eq!(object["face"], before["face"]);
    }
    // Another fallback is another avatar.
    let contain = headshot_of(&format!("{command} --face-fallback contain"), here).expect(0);
    assert!(
        contain
            .objects()
            .iter()
            .all(|object| object["status"] == "ok")
    );
    let refused = headshot_of(&format!("{command} --face-fallback refuse"), here);
    let refused = refused.expect_message(1, "--face-fallback cover or contain");
    assert_eq!(refused.objects()[2]["error"]["kind"], "no_face");
}

#[cfg(target_os = "linux")]
#[test]
fn workers_frame_as_well() {
    let folder = tempfile::tempdir().unwrap();
    person(folder.path(), "ann.jpg", 333);
    let command = "normalize ann.jpg --fit face --side 128 --json -o";
    let here = headshot_of(&format!("{command} here.jpg"), folder.path()).expect(0);
    let there = headshot_of(&format!("{command} there.jpg --isolate"), folder.path()).expect(0);
    assert_eq!(here.objects()[0]["face"], there.objects()[0]["face"]);
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert!(read("here.jpg") == read("there.jpg"));
}

#[test]
fn a_number_without_a_face_says_how_many_there_are() {
    let arguments = "normalize testdata/still/astronaut.jpg --fit face --face 2 -o -";
    let ran = run(headshot().args(arguments.split_whitespace()));
    ran.expect_message(1, "face: number 2, but 1 found");
}

#[test]
fn each_row_of_a_manifest_may_have_its_fit() {
    let office = Office::with(&["xoxp-1", "xoxp-2", "xoxp-3"]);
    for index in 0..3 {
        person(office.folder.path(), &format!("p{index}.png"), 333);
    }
    office.write(b"photo,token_env,fit\np0.png,T0,Face\np1.png,T1,cover\np2.png,T2,\n");
    let ran = office
        .set(&["--dry-run", "--offline", "--json", "--side", "128"])
        .expect(0);
    let steps: Vec<_> = ran
        .objects()
        .iter()
        .map(|object| object["steps"].to_string())
        .collect();
    assert!(steps[0].contains("framed the face"), "{steps:?}");
    assert!(
        steps[1].contains("256 x 256 at 222,0") && !steps[1].contains("framed"),
        "{steps:?}"
    );
    assert!(steps[2].contains("letterboxed"), "{steps:?}");
    assert_eq!(ran.objects()[0]["face"]["found"], 1);
    for (row, message) in [
        ("p0.png,T0,smile,,,", "fit must be face, cover or contain"),
        ("p0.png,T0,cover,1,2,3", "both a crop and a fit"),
    ] {
        let text = format!("photo,token_env,fit,crop_x,crop_y,crop_w\n{row}\n");
        office.write(text.as_bytes());
        office
            .set(&["--dry-run", "--offline"])
            .expect_message(2, message);
    }
    assert!(names(office.folder.path()).contains(&"p0.png".to_owned()));
}

#[test]
fn a_picture_explains_the_square() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    person(here, "ann.png", 333);
    let command = "normalize ann.png --fit face --side 64 --json -o out.png";
    let made = headshot_of(&format!("{command} --explain why.png"), here).expect(0);
    let object = &made.objects()[0];
    assert!(
        object["steps"]
            .to_string()
            .contains("drew the faces in why.png")
    );
    let drawn = image::open(here.join("why.png")).unwrap().to_rgb8();
    assert_eq!(drawn.dimensions(), (640, 234));
    let crop = &object["face"]["crop"];
    let at = |key: &str| crop[key].as_u64().unwrap() as u32;
    let on = |x: u32, y: u32| drawn.get_pixel(x * 640 / 700, y * 234 / 256).0;
    // The outline, and what is outside in the dark.
    let middle = at("y") + at("side") / 2;
    assert_eq!(on(at("x"), middle), [255; 3]);
    let outside = on(22, 99);
    assert!(outside[1] < 60 && outside[1] > 40, "{outside:?}");
    let face = &object["face"]["box"];
    let [x, y] = ["x", "y"].map(|key| face[key].as_u64().unwrap() as u32);
    let corner = on(x + 2, y + 1);
    assert!(corner[1] > 200 && corner[0] < 99, "{corner:?}");
    // The same from a worker.
    if cfg!(target_os = "linux") {
        headshot_of(&format!("{command} --isolate --explain there.png"), here).expect(0);
        let read = |name: &str| fs::read(here.join(name)).unwrap();
        assert!(read("why.png") == read("there.png"));
    }

    png(here, "logo.png", 300, 260);
    let none = "normalize logo.png --fit face -o none.png --explain no.png";
    let none = headshot_of(none, here).expect(0);
    assert!(none.stderr.contains("nothing was drawn"), "{}", none.stderr);
    assert!(!here.join("no.png").exists());
    for (wrong, message) in [
        (
            "normalize ann.png -o a.png --explain b.png",
            "add --fit face",
        ),
        (
            "normalize ann.png -o a.png --fit face --explain b.jpg",
            "must end in .png",
        ),
        (
            "normalize ann.png -o folder/ --fit face --explain b.png",
            "one photo, not a folder",
        ),
        (
            "normalize ann.png -o a.png --fit face --explain ann.png",
            "ann.png",
        ),
    ] {
        headshot_of(wrong, here).expect_message(2, message);
    }
    let set = "set ann.png --emulator --fit face --explain set.png";
    let told = headshot_of(set, here).expect(0);
    assert!(
        told.text().contains("drew the faces in set.png"),
        "{}",
        told.text()
    );
    let set = "set logo.png --emulator --fit face --explain no.png";
    let told = headshot_of(set, here).expect(0);
    assert!(told.stderr.contains("nothing was drawn"), "{}", told.stderr);
    assert!(!told.text().contains("drew") && !here.join("no.png").exists());
    // Of another smallest side, so of another square.
    let other = image::open(here.join("set.png")).unwrap().to_rgb8();
    assert!(other != drawn && other.dimensions() == drawn.dimensions());
}

#[test]
fn a_refused_choice_is_drawn_with_the_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let stored = image::open(crate::run::testdata("still/astronaut.jpg")).unwrap();
    let face = stored.rotate90().to_rgb8();
    let both = RgbImage::from_fn(820, 512, |x, y| *face.get_pixel(x % 410, y));
    both.save(here.join("two.png")).unwrap();
    let found = headshot_of("inspect two.png --fit face --json", here).expect(0);
    let faces = found.objects()[0]["face"]["faces"].clone();
    for (command, message) in [
        (
            "normalize two.png -o a.png --fit face --face 9 --explain why.png",
            "face: number 9, but 2 found",
        ),
        (
            "normalize two.png -o a.png --fit face --face-fallback refuse --explain why.png",
            "faces: 2 do not fit in one square",
        ),
        (
            "set two.png --emulator --fit face --face 9 --explain why.png",
            "face: number 9, but 2 found",
        ),
    ] {
        let ran = headshot_of(command, here).expect_message(1, message);
        assert!(
            ran.stderr.contains("drew the faces in why.png"),
            "{}",
            ran.stderr
        );
        let drawn = image::open(here.join("why.png")).unwrap().to_rgb8();
        fs::remove_file(here.join("why.png")).unwrap();
        assert!(!here.join("a.png").exists());
        // A label stands above its face, and begins with the number.
        let (width, height) = drawn.dimensions();
        let dot = 4;
        let labels = [0, 1].map(|index| {
            let at = |key: &str| faces[index]["box"][key].as_u64().unwrap() as u32;
            let left = at("x") * width / 820 + dot;
            let top = (at("y") * height / 512 - 6 * dot - dot) + dot;
            let is_drawn = |column: u32, row: u32| {
                let pixel = drawn
                    .get_pixel(left + dot * column + 1, top + dot * row + 1)
                    .0;
                pixel[1] > 200 && pixel[0] < 99
            };
            (0..15).fold(0, |bits, i| bits << 1 | u32::from(is_drawn(i % 3, i / 3)))
        });
        assert_eq!(labels, [0b010_110_010_010_111, 0b111_001_111_100_111]);
    }
    // What is there already stays, as with -o.
    fs::write(here.join("why.png"), b"mine").unwrap();
    let kept = "normalize two.png -o a.png --fit face --face 1 --explain why.png --no-clobber";
    headshot_of(kept, here).expect_message(2, "--no-clobber keeps it");
    assert!(fs::read(here.join("why.png")).unwrap() == b"mine" && !here.join("a.png").exists());
}

#[test]
fn a_chosen_face_that_is_not_there_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    png(folder.path(), "logo.png", 300, 260);
    let chosen = "normalize logo.png -o a.png --fit face --face 1";
    headshot_of(chosen, folder.path()).expect_message(1, "none was found");
    assert!(!folder.path().join("a.png").exists());
    let told = headshot_of(&format!("{chosen} --face-fallback cover"), folder.path()).expect(0);
    assert!(told.stderr.contains("no face was found"), "{}", told.stderr);
}

#[test]
fn a_page_shows_the_face_beside_the_photo() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::create_dir(here.join("people")).unwrap();
    person(&here.join("people"), "ann.jpg", 333);
    png(&here.join("people"), "logo.png", 300, 260);
    for _ in 0..2 {
        // Made, and then found unchanged.
        headshot_of("normalize people -o out --fit face --sheet page.html", here).expect(0);
        let page = fs::read_to_string(here.join("page.html")).unwrap();
        assert_eq!(page.matches("<article class=\"faced\">").count(), 1);
        assert_eq!(page.matches("aria-label=\"face\"").count(), 1);
        assert_eq!(page.matches("aria-label=\"before\"").count(), 2);
    }
}

#[test]
fn a_face_between_bars_is_told_of_once_and_to_people_only() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    person(here, "ann.png", 333);
    png(here, "logo.png", 300, 260);
    let hint =
        "headshot: hint: there is a face in this photo: --fit face would frame it, without bars\n";
    let said = |arguments: &str| headshot_of(arguments, here).expect(0).stderr;
    for arguments in [
        "normalize ann.png -o out.png --side 512",
        "normalize ann.png -o out.png --side 512 --dry-run",
        "set ann.png --emulator --side 512",
    ] {
        assert_eq!(said(arguments).matches(hint).count(), 1, "{arguments}");
    }
    for arguments in [
        "normalize ann.png -o out.png --side 512 --quiet",
        "normalize ann.png -o out.png --side 512 --json",
        "normalize ann.png -o out.png --side 512 --fit contain",
        "normalize ann.png -o out.png --side 512 --fit cover",
        "normalize ann.png -o out.png --side 512 --crop 1,2,99",
        "normalize logo.png -o out.png --side 512",
        "normalize ann.png -o folder/ --side 512",
        "set ann.png --emulator --side 512 --json",
        "set ann.png --emulator --side 512 --fit face",
        "set logo.png --emulator --side 512",
    ] {
        let told = said(arguments);
        assert!(
            !told.contains("hint: there is a face"),
            "{arguments}: {told}"
        );
    }
}
