//! Choices beside a batch: made as they are, once, and only for the photo that was looked at.

use std::fs;
use std::path::Path;

use headshot_batch::Hash;
use headshot_batch::choices::{Choices, Chosen, in_folder};
use image::{DynamicImage, RgbImage};

use crate::batch_run::{each, jpeg, normalize, tree, write};
use crate::run::{Ran, picture, png};

const CROP: &str = r#"{"fit":"crop","crop":{"x":11,"y":22,"side":333},"rotate":90,"format":"png"}"#;

/// Chooses for photos as they are now; an empty choice is taken back.
pub(crate) fn choose(file: &Path, folder: &Path, choices: &[(&str, &str)]) {
    let mut all = Choices::read(file).unwrap();
    for (name, choice) in choices {
        if choice.is_empty() {
            assert!(all.remove(name));
            continue;
        }
        let photo = Hash::of(&fs::read(folder.join(name)).unwrap());
        let choice = serde_json::from_str(choice).unwrap();
        all.set((*name).to_owned(), Chosen { photo, choice });
    }
    all.write(file).unwrap();
}

/// Three photos in `people/`, of which two are chosen for.
fn chosen() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::create_dir_all(here.join("people/team")).unwrap();
    png(&here.join("people"), "ann.png", 900, 800);
    png(&here.join("people"), "bob.png", 700, 600);
    png(&here.join("people/team"), "cy.png", 600, 800);
    let choices = [
        ("ann.png", CROP),
        (
            "team/cy.png",
            r#"{"fit":"cover","gravity":"top","background":"blur"}"#,
        ),
    ];
    choose(
        &in_folder(&here.join("out")),
        &here.join("people"),
        &choices,
    );
    folder
}

fn statuses(ran: &Ran) -> Vec<String> {
    each(&ran.objects(), "status")
}

fn decoded(here: &Path, name: &str) -> RgbImage {
    image::open(here.join(name)).unwrap().to_rgb8()
}

const BATCH: &str = "people/ -o out --min-side 333 --json";

#[test]
fn what_was_chosen_is_made_once_and_what_is_chosen_anew_again() {
    let folder = chosen();
    let here = folder.path();
    let noted = fs::read(in_folder(&here.join("out"))).unwrap();
    let planned = normalize(here, &format!("{BATCH} --dry-run")).expect(0);
    assert!(
        planned.stderr.contains("2 photos as you chose"),
        "{planned:?}"
    );
    assert_eq!(each(&planned.objects(), "chosen"), ["true", "null", "true"]);
    assert!(!here.join("out/ann.png").exists());

    let ran = normalize(here, BATCH).expect(0);
    assert!(ran.stderr.contains("2 photos as you chose"), "{ran:?}");
    assert_eq!(each(&ran.objects(), "chosen"), ["true", "null", "true"]);
    let mut turned = DynamicImage::ImageRgb8(picture(900, 800));
    turned.apply_orientation(image::metadata::Orientation::Rotate90);
    assert_eq!(
        decoded(here, "out/ann.png"),
        turned.crop_imm(11, 22, 333, 333).to_rgb8()
    );
    assert_eq!(
        decoded(here, "out/team/cy.png"),
        image::imageops::crop_imm(&picture(600, 800), 0, 0, 600, 600).to_image()
    );
    // The flags that say the same make the same bytes.
    normalize(
        here,
        "people/ann.png -o one.png --crop 11,22,333 --rotate 90 --min-side 333",
    )
    .expect(0);
    assert_eq!(
        fs::read(here.join("one.png")).unwrap(),
        fs::read(here.join("out/ann.png")).unwrap()
    );

    let again = normalize(here, BATCH).expect(0);
    assert_eq!(statuses(&again), ["unchanged"; 3]);
    assert!(again.stderr.contains("2 photos as you chose"), "{again:?}");
    assert_eq!(each(&again.objects(), "chosen"), ["true", "null", "true"]);
    assert_eq!(fs::read(in_folder(&here.join("out"))).unwrap(), noted);

    let file = in_folder(&here.join("out"));
    choose(
        &file,
        &here.join("people"),
        &[("bob.png", r#"{"fit":"cover"}"#)],
    );
    let one = normalize(here, BATCH).expect(0);
    assert_eq!(statuses(&one), ["unchanged", "ok", "unchanged"]);
    assert!(one.stderr.contains("3 photos as you chose"), "{one:?}");
    choose(&file, &here.join("people"), &[("ann.png", "")]);
    let one = normalize(here, BATCH).expect(0);
    assert_eq!(statuses(&one), ["ok", "unchanged", "unchanged"]);
    assert_eq!(each(&one.objects(), "chosen"), ["null", "true", "true"]);

    let none = normalize(here, &format!("{BATCH} --no-choices")).expect(0);
    assert_eq!(statuses(&none), ["unchanged", "ok", "ok"]);
    assert!(!none.stderr.contains("choices"), "{none:?}");
}

#[test]
fn workers_make_the_same() {
    let folder = chosen();
    let here = folder.path();
    normalize(here, BATCH).expect(0);
    let before = tree(&here.join("out"));
    let isolate = if cfg!(target_os = "linux") {
        "--isolate"
    } else {
        ""
    };
    let ran = normalize(
        here,
        &format!("{BATCH} --force {isolate} --face-fallback contain --no-choices"),
    );
    ran.expect_message(2, "--fit face");
    let ran = normalize(here, &format!("{BATCH} --force {isolate}")).expect(0);
    assert_eq!(statuses(&ran), ["ok"; 3]);
    assert!(ran.stderr.contains("2 photos as you chose"), "{ran:?}");
    assert_eq!(tree(&here.join("out")), before);
    // A flag for faces counts where a photo is chosen to be framed.
    let file = in_folder(&here.join("out"));
    choose(
        &file,
        &here.join("people"),
        &[("ann.png", r#"{"fit":"face"}"#)],
    );
    let ran = normalize(here, &format!("{BATCH} {isolate} --face-fallback refuse")).expect(1);
    assert_eq!(statuses(&ran), ["failed", "unchanged", "unchanged"]);
    assert_eq!(ran.objects()[0]["error"]["kind"], "no_face");
}

#[test]
fn a_choice_lapses_with_its_photo_and_says_so() {
    let folder = chosen();
    let here = folder.path();
    png(&here.join("people"), "ann.png", 555, 444);
    for status in ["ok", "unchanged"] {
        let ran = normalize(here, BATCH).expect(0);
        assert_eq!(statuses(&ran)[0], status);
        let warnings = &ran.objects()[0]["warnings"];
        let told: Vec<_> = warnings.as_array().unwrap().iter().collect();
        let lapsed = "the photo has changed since you chose";
        let is_lapsed = |text: &&&serde_json::Value| text.as_str().unwrap().contains(lapsed);
        assert_eq!(told.iter().filter(is_lapsed).count(), 1, "{told:?}");
        assert_eq!(each(&ran.objects(), "chosen"), ["null", "null", "true"]);
        assert!(ran.stderr.contains("1 photo as you chose"), "{ran:?}");
        assert!(
            ran.stderr.contains("1 photo has changed since you chose"),
            "{ran:?}"
        );
    }
    // For people, a word for each photo, whatever became of it.
    let ran = normalize(here, "people/ -o out --min-side 333").expect(0);
    assert!(
        ran.stderr.contains(
            "people/ann.png: the photo has changed since you chose, so your choice is ignored"
        ),
        "{ran:?}"
    );
    let quiet = normalize(here, "people/ -o out --min-side 333 -q").expect(0);
    assert!(
        quiet.stderr.contains("1 photo has changed since you chose"),
        "{quiet:?}"
    );
    // As it was, it is as it was chosen.
    png(&here.join("people"), "ann.png", 900, 800);
    let ran = normalize(here, BATCH).expect(0);
    assert_eq!(each(&ran.objects(), "chosen"), ["true", "null", "true"]);
    assert_eq!(decoded(here, "out/ann.png").dimensions(), (333, 333));
}

#[test]
fn flags_stand_above_choices() {
    let folder = chosen();
    let here = folder.path();
    normalize(here, &format!("{BATCH} --fit contain")).expect(0);
    // Turned by the choice, which has the format, too.
    assert_eq!(decoded(here, "out/ann.png").dimensions(), (900, 900));
    normalize(here, &format!("{BATCH} --rotate 180")).expect_message(
        2,
        "--rotate 180: your choice for ann.png, and 1 more, refers to the photo turned by 90 degrees",
    );
    let ran = normalize(here, &format!("{BATCH} --rotate 180 --fit contain")).expect(0);
    assert!(ran.stderr.contains("2 photos as you chose"), "{ran:?}");
    assert_eq!(
        ran.objects()[0]["steps"][0],
        "turned by 180 degrees clockwise, as asked for"
    );
    normalize(here, &format!("{BATCH} --rotate 180 --no-choices")).expect(0);
}

#[test]
fn what_flags_leave_nothing_of_is_not_by_choice() {
    let folder = chosen();
    let here = folder.path();
    let file = in_folder(&here.join("out"));
    let plain = r#"{"fit":"cover","gravity":"top"}"#;
    choose(&file, &here.join("people"), &[("bob.png", plain)]);
    let ran = normalize(here, &format!("{BATCH} --fit contain")).expect(0);
    assert_eq!(each(&ran.objects(), "chosen"), ["true", "null", "true"]);
    assert!(ran.stderr.contains("2 photos as you chose"), "{ran:?}");
    // The point that it keeps is still the chosen one.
    let ran = normalize(here, &format!("{BATCH} --fit cover")).expect(0);
    assert!(ran.stderr.contains("3 photos as you chose"), "{ran:?}");
    let others = [("ann.png", ""), ("team/cy.png", "")];
    choose(&file, &here.join("people"), &others);
    let ran = normalize(here, &format!("{BATCH} --fit contain")).expect(0);
    assert!(!ran.stderr.contains("your choices"), "{ran:?}");
}

#[test]
fn the_chosen_format_counts_where_names_are_given() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    write(here.join("people/ann.jpg"), &jpeg(1));
    png(&here.join("people"), "ann.png", 96, 80);
    normalize(here, "people/ -o out").expect(0);
    let file = in_folder(&here.join("out"));
    let as_png = r#"{"fit":"cover","format":"png"}"#;
    choose(&file, &here.join("people"), &[("ann.jpg", as_png)]);
    normalize(here, "people/ -o out").expect_message(2, "would be written there");
}

#[test]
fn a_file_that_is_no_good_stops_the_run_and_stays() {
    let folder = chosen();
    let here = folder.path();
    let file = in_folder(&here.join("out"));
    let good = fs::read_to_string(&file).unwrap();
    for (bad, told) in [
        (
            good.replace("\"headshot_choices\": 1", "\"headshot_choices\": 2"),
            "is of version 2",
        ),
        (
            good.replace("cover", "cuver"),
            "fit is \"cuver\": give face, cover, contain, crop",
        ),
        (good[..good.len() / 2].to_owned(), "is damaged"),
    ] {
        assert_ne!(bad, good);
        fs::write(&file, &bad).unwrap();
        let ran = normalize(here, BATCH).expect_message(2, told);
        assert!(ran.stderr.contains("--no-choices"), "{ran:?}");
        assert!(!here.join("out/ann.png").exists());
        assert_eq!(fs::read_to_string(&file).unwrap(), bad);
    }
    normalize(here, &format!("{BATCH} --no-choices")).expect(0);
}

#[test]
fn choices_are_yours_and_no_output_replaces_them() {
    let folder = chosen();
    let here = folder.path();
    let file = in_folder(&here.join("out"));
    let before = fs::read(&file).unwrap();
    normalize(
        here,
        &format!("{BATCH} --report out/.headshot/choices.json"),
    )
    .expect_message(2, "only for journals and choices");
    fs::copy(&file, here.join("people.csv.choices.json")).unwrap();
    normalize(here, "people/ann.png -o people.csv.choices.json")
        .expect_message(2, "or your choices");
    assert_eq!(
        fs::read(here.join("people.csv.choices.json")).unwrap(),
        before
    );
    // Whatever a killed run has left is swept, and choices are no part of it.
    write(here.join("out/.headshot/.headshot-abc123.tmp"), b"left");
    normalize(here, BATCH).expect(0);
    normalize(here, &format!("{BATCH} --force --prune --overwrite")).expect(0);
    assert_eq!(fs::read(&file).unwrap(), before);
    assert!(!here.join("out/.headshot/.headshot-abc123.tmp").exists());
    // A folder among the photos that has choices alone is a batch to come, and is not named as somebody's.
    let ran = normalize(here, ". -o other -v").expect(0);
    assert!(!ran.stderr.contains("a folder called .headshot"), "{ran:?}");
}

#[test]
fn a_choice_for_a_photo_that_is_not_here_is_told() {
    let folder = chosen();
    let here = folder.path();
    fs::rename(here.join("people/ann.png"), here.join("people/anna.png")).unwrap();
    let ran = normalize(here, BATCH).expect(0);
    assert!(
        ran.stderr
            .contains("you chose for ann.png, but there is no such photo here"),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("1 photo as you chose"), "{ran:?}");
}
