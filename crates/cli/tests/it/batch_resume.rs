//! A second run: what it skips, what it makes again, and what it says of avatars without a photo.

use std::fs;

use crate::batch_run::{each, jpeg, normalize, people, report, tree, write};
use crate::run::{headshot, run, testdata};

#[test]
fn only_what_is_new_changed_or_missing_is_made() {
    let folder = people(5);
    let here = folder.path();
    let out = here.join("out");
    normalize(here, "people -o out --report first").expect(0);
    let first = tree(&out);
    let again = normalize(here, "people -o out --report second").expect(0);
    assert_eq!(again.text(), "");
    assert!(
        again.stderr.contains("0 made, 5 unchanged in "),
        "{again:?}"
    );
    // The report of the second run knows as much as that of the first.
    let (before, after) = (report(&here.join("first")), report(&here.join("second")));
    for key in [
        "photo", "source", "avatar", "face", "output", "steps", "warnings",
    ] {
        assert_eq!(each(&before, key), each(&after, key));
    }
    assert_eq!(each(&after, "status"), ["unchanged"; 5]);

    write(here.join("people/000.jpg"), &jpeg(77));
    fs::remove_file(out.join("003.jpg")).unwrap();
    fs::remove_file(out.join("north/001.jpg")).unwrap();
    write(here.join("people/new.jpg"), &jpeg(78));
    let ran = normalize(here, "people -o out --json").expect(0);
    let objects = ran.objects();
    let made: Vec<_> = objects
        .iter()
        .filter(|object| object["status"] == "ok")
        .collect();
    let made: Vec<_> = made
        .iter()
        .map(|object| object["photo"].as_str().unwrap())
        .collect();
    assert_eq!(
        made,
        [
            "people/000.jpg",
            "people/003.jpg",
            "people/new.jpg",
            "people/north/001.jpg"
        ]
    );
    let mut now = tree(&out);
    assert!(now.remove("new.jpg").is_some());
    assert_ne!(now.remove("000.jpg"), first.get("000.jpg").cloned());
    assert!(now.iter().all(|(name, bytes)| first[name] == *bytes));
}

#[test]
fn another_recipe_or_force_makes_all_again() {
    let folder = people(3);
    let here = folder.path();
    normalize(here, "people -o out").expect(0);
    for (arguments, made) in [
        ("", 0),
        ("--force", 3),
        ("--fit cover", 3),
        ("--fit cover", 0),
        ("--jobs 1", 3),
    ] {
        let ran = normalize(here, &format!("people -o out {arguments}")).expect(0);
        assert!(
            ran.stderr.contains(&format!("headshot: {made} made")),
            "{arguments}: {ran:?}"
        );
    }
}

/// Whoever changes what becomes of a photo must raise `PIPELINE` in `headshot_core`, so that batches are made again,
/// and then these hashes.
#[test]
fn the_pipeline_makes_what_its_number_says() {
    let folder = tempfile::tempdir().unwrap();
    let photos = [
        "still/astronaut.jpg",
        "still/p3.png",
        "still/transparent.gif",
    ];
    let mut command = headshot();
    command
        .arg("normalize")
        .args(photos.map(testdata))
        .arg("-o")
        .arg(folder.path());
    let ran = run(command.arg("--json")).expect(0);
    let hash =
        |object: &serde_json::Value| object["avatar"]["sha256"].as_str().unwrap()[..12].to_owned();
    let hashes: Vec<_> = ran.objects().iter().map(hash).collect();
    assert_eq!(hashes, ["a4da95ca58b3", "de7875d59251", "24b9c920001e"]);
}

#[test]
fn a_photo_without_a_change_may_have_moved() {
    let folder = people(3);
    let here = folder.path();
    normalize(here, "people -o out").expect(0);
    fs::rename(here.join("people"), here.join("staff")).unwrap();
    fs::rename(here.join("out"), here.join("avatars")).unwrap();
    let ran = normalize(here, "staff -o avatars").expect(0);
    assert!(ran.stderr.contains("0 made, 3 unchanged in "), "{ran:?}");
}

#[test]
fn a_dry_run_tells_everything_and_writes_nothing() {
    let folder = people(4);
    let here = folder.path();
    write(here.join("people/bad.jpg"), b"no photo");
    let before = tree(here);
    let ran = normalize(here, "people -o out --dry-run --format png --json").expect(1);
    let outputs = [
        "out/000.png",
        "out/003.png",
        "null",
        "out/north/001.png",
        "out/south/far/002.png",
    ];
    assert_eq!(each(&ran.objects(), "output"), outputs);
    let avatar = &ran.objects()[0]["avatar"];
    assert_eq!(
        (&avatar["format"], &avatar["side"]),
        (&"png".into(), &512.into())
    );
    assert_eq!(avatar["bytes"], serde_json::Value::Null);
    assert!(
        ran.stderr
            .contains("4 planned (4 with warnings), 1 failed in "),
        "{ran:?}"
    );
    write(here.join("people/000.png"), &jpeg(5));
    normalize(here, "people -o out --dry-run")
        .expect_message(2, "both people/000.jpg and people/000.png would");
    fs::remove_file(here.join("people/000.png")).unwrap();
    normalize(here, "people/000.jpg -o one.jpg --dry-run").expect(0);
    assert_eq!(tree(here), before);
}
