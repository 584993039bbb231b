//! Choices beside a manifest, and options in its columns.

use std::fs;

use headshot_batch::choices::{Choices, beside, export};
use image::{DynamicImage, RgbImage};

use crate::choices::choose;
use crate::manifest::{Office, THREE, outcomes};
use crate::run::{picture, png};

const CROP: &str = r#"{"fit":"crop","crop":{"x":11,"y":22,"side":633},"rotate":270}"#;

/// An office whose photos are large enough to cut something out.
fn office() -> Office {
    let office = Office::with(&THREE);
    for (name, width) in [("p0.png", 900), ("p1.png", 901), ("p2.png", 902)] {
        png(office.folder.path(), name, width, 800);
    }
    office
}

/// What was posted last of each row, in the order of the posts after `since` requests.
fn sent(office: &Office, since: usize) -> Vec<RgbImage> {
    let requests = office.emulator.requests().split_off(since);
    let posts = requests
        .iter()
        .filter(|request| request.method() == "users.setPhoto");
    let image = posts.map(|post| post.field("image").unwrap());
    image
        .map(|image| image::load_from_memory(&image.bytes).unwrap().to_rgb8())
        .collect()
}

fn turned(width: u32) -> DynamicImage {
    let mut turned = DynamicImage::ImageRgb8(picture(width, 800));
    turned.apply_orientation(image::metadata::Orientation::Rotate270);
    turned
}

#[test]
fn rows_are_set_as_they_were_chosen_and_again_when_that_changes() {
    let office = office();
    let file = beside(&office.path("people.csv"));
    choose(&file, office.folder.path(), &[("p1.png", CROP)]);
    let planned = office.set(&["--dry-run", "--json"]).expect(0);
    assert!(
        planned.stderr.contains("1 photo as you chose"),
        "{planned:?}"
    );
    assert_eq!(planned.objects()[1]["chosen"], true);
    assert!(planned.objects()[0].get("chosen").is_none());

    let ran = office.set(&["--json"]).expect(0);
    assert!(ran.stderr.contains("1 photo as you chose"), "{ran:?}");
    assert_eq!(office.posts(), [1, 1, 1]);
    let images = sent(&office, 0);
    assert_eq!(images[1], turned(901).crop_imm(11, 22, 633, 633).to_rgb8());
    assert_eq!(images[0].dimensions(), (900, 900));
    let again = office.set(&["--json"]).expect(0);
    let all = [2, 3, 4].map(|line| (line, "unchanged".to_owned()));
    assert_eq!(outcomes(&again), all);
    assert!(again.stderr.contains("1 photo as you chose"), "{again:?}");
    assert!(office.journal().contains("crop=11,22,633 rotate=270"));

    choose(
        &file,
        office.folder.path(),
        &[("p2.png", r#"{"fit":"cover"}"#)],
    );
    office.set(&[]).expect(0);
    assert_eq!(office.posts(), [1, 1, 2]);
    // Its bytes are others now: it is set as everybody is, and that is said.
    png(office.folder.path(), "p1.png", 777, 800);
    let ran = office.set(&["--json"]).expect(0);
    assert_eq!(office.posts(), [1, 2, 2]);
    assert_eq!(outcomes(&ran)[1], (3, "set".to_owned()));
    let lapsed = ran.stderr.matches("changed since you chose").count();
    let warnings = ran.objects()[1]["warnings"].to_string();
    assert!(
        lapsed <= 1 && warnings.contains("changed since you chose"),
        "{ran:?}"
    );
    let ran = office.set(&["--no-choices"]).expect(0);
    assert!(!ran.stderr.contains("as you chose"), "{ran:?}");
    assert_eq!(office.posts(), [1, 2, 3]);
}

#[test]
fn flags_beat_choices_and_choices_beat_columns() {
    let office = office();
    office.write(
        b"photo,token_env,fit,background,rotate\n\
          p0.png,T0,cover,,180\n\
          p1.png,T1,cover,,180\n\
          p2.png,T2,,#0102ff,90\n",
    );
    let file = beside(&office.path("people.csv"));
    let choice = r#"{"fit":"contain","background":"tomato"}"#;
    choose(&file, office.folder.path(), &[("p1.png", choice)]);
    office.set(&[]).expect(0);
    let images = sent(&office, 0);
    assert_eq!(images[0].dimensions(), (800, 800));
    assert_eq!(images[0].get_pixel(0, 0), &picture(900, 800)[(849, 799)]);
    assert_eq!(images[1].dimensions(), (901, 901));
    assert_eq!(images[1].get_pixel(0, 0).0, [255, 0x63, 0x47]);
    // Not turned: the choice says nothing of it, and that was seen.
    assert_eq!(images[1].get_pixel(0, 60), &picture(901, 800)[(0, 10)]);
    assert_eq!(images[2].get_pixel(0, 0).0, [1, 2, 255]);
    let before = office.emulator.requests().len();
    office.set(&["--fit", "cover", "--rotate", "180"]).expect(0);
    let images = sent(&office, before);
    assert_eq!(
        images[0].dimensions(),
        (800, 800),
        "only that of the choice, and the column"
    );
    assert_eq!(office.posts(), [1, 2, 2]);
}

#[test]
fn columns_are_options_and_wrong_ones_are_named() {
    let office = office();
    office.write(
        b"photo,token_env,fit,face,face_fallback,gravity,format,quality\n\
          p0.png,T0,face,,contain,,jpeg,77\n\
          p1.png,T1,cover,,,left,png,\n\
          p2.png,T2,face,,,,,\n",
    );
    let ran = office.set(&["--dry-run", "--json", "--face-fallback", "cover"]);
    let ran = ran.expect(0);
    let side = |index: usize| ran.objects()[index]["avatar"]["side"].clone();
    assert_eq!(
        (side(0), side(1), side(2)),
        (900.into(), 800.into(), 800.into())
    );
    assert_eq!(ran.objects()[0]["avatar"]["format"], "jpeg");
    office.write(
        b"photo,token_env,rotate,quality,gravity,background,face,format\n\
          p0.png,T0,45,,,,,\n\
          p0.png,T0,,101,,,,\n\
          p0.png,T0,,,north,,,\n\
          p0.png,T0,,,,purpel,,\n\
          p0.png,T0,,,,,0,\n\
          p0.png,T0,,,,,,webp\n\
          p0.png,T0,,,,transparent,,jpeg\n",
    );
    let ran = office.set(&[]).expect(2);
    for (line, told) in [
        (2, "rotate is \"45\": give 0, 90, 180 or 270"),
        (3, "quality is \"101\": give a whole number from 1 to 100"),
        (4, "gravity is \"north\": give center"),
        (5, "background is \"purpel\": give auto"),
        (6, "face is \"0\": give a whole number from 1 on"),
        (7, "format is \"webp\": give auto, jpeg, png"),
        (8, "transparent"),
    ] {
        let named = ran
            .stderr
            .lines()
            .any(|said| said.contains(&format!("people.csv:{line}")) && said.contains(told));
        assert!(named, "{line} {told}: {ran:?}");
    }
    assert_eq!(office.posts(), [0, 0, 0]);
}

#[test]
fn what_was_exported_asks_for_the_same_without_choices() {
    let office = office();
    office.write(b"photo,token_env,team\np0.png,T0,red\np1.png,T1,\np2.png,T2,\n");
    let file = beside(&office.path("people.csv"));
    let bars = r#"{"fit":"contain","background":"tomato","format":"jpeg","quality":77}"#;
    let choices = [("p0.png", CROP), ("p2.png", bars)];
    choose(&file, office.folder.path(), &choices);
    office.set(&[]).expect(0);
    assert_eq!(office.posts(), [1, 1, 1]);
    let manifest = fs::read(office.path("people.csv")).unwrap();
    let choices = Choices::read(&file).unwrap();
    let exported = export(&manifest, &choices, |_, _| true).unwrap();
    office.write(&exported);
    let ran = office.set(&["--no-choices", "--json"]).expect(0);
    let all = [2, 3, 4].map(|line| (line, "unchanged".to_owned()));
    assert_eq!(outcomes(&ran), all, "the journal holds the same words");
    assert_eq!(office.posts(), [1, 1, 1]);
}

#[test]
fn what_slack_is_to_do_cannot_be_chosen() {
    let office = office();
    let file = beside(&office.path("people.csv"));
    choose(
        &file,
        office.folder.path(),
        &[("p1.png", r#"{"fit":"cover"}"#)],
    );
    let ran = office.set(&["--as-is"]).expect(1);
    assert!(
        ran.stderr.contains("fit: --as-is posts the file unchanged")
            && ran.stderr.contains("--no-choices"),
        "{ran:?}"
    );
    assert_eq!(office.posts(), [1, 0, 1]);
}
