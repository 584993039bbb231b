//! The numbers that `--collisions suffix` gives to photos of one name.

use std::fs;

use crate::batch_run::{jpeg, names_in, normalize, tree, write};

#[test]
fn numbers_stay_with_their_photos() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    write(here.join("a/ann.jpg"), &jpeg(1));
    write(here.join("b/ann.jpg"), &jpeg(2));
    write(here.join("c/ann.jpg"), &jpeg(3));
    let run = |photos: &str| normalize(here, &format!("{photos} -o out --collisions suffix"));
    run("a b").expect(0);
    let before = tree(&here.join("out"));
    assert_eq!(names_in(&here.join("out")), ["ann-2.jpg", "ann.jpg"]);
    for photos in ["b a", "b", "c b a", "a c", "c"] {
        let ran = run(photos).expect(0);
        let after = tree(&here.join("out"));
        assert!(
            before.iter().all(|(name, bytes)| after[name] == *bytes),
            "{photos}: {ran:?}"
        );
    }
    assert_eq!(
        names_in(&here.join("out")),
        ["ann-2.jpg", "ann-3.jpg", "ann.jpg"]
    );
    // A photo that is really called so gets another number, and the whole tree may move.
    write(here.join("a/ann-2.jpg"), &jpeg(4));
    run("a b c").expect(0);
    assert_eq!(tree(&here.join("out"))["ann-2.jpg"], before["ann-2.jpg"]);
    fs::create_dir(here.join("moved")).unwrap();
    for name in ["a", "b", "c"] {
        fs::rename(here.join(name), here.join("moved").join(name)).unwrap();
    }
    let before = tree(&here.join("out"));
    let ran = run("moved/c moved/b moved/a").expect(0);
    assert!(ran.stderr.contains("0 made, 4 unchanged"), "{ran:?}");
    assert_eq!(tree(&here.join("out")), before);
    // What nobody noted is not taken either.
    write(here.join("d/ann.jpg"), &jpeg(5));
    write(here.join("out/ann-4.jpg"), b"not ours");
    run("d").expect(0);
    assert_eq!(tree(&here.join("out"))["ann-4.jpg"], b"not ours");
}

#[test]
fn faces_that_change_places_keep_their_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    write(here.join("a/ann.jpg"), &jpeg(1));
    write(here.join("b/ann.jpg"), &jpeg(2));
    fs::create_dir(here.join("c")).unwrap();
    let run = || normalize(here, "a b c -o out --collisions suffix").expect(0);
    run();
    let before = tree(&here.join("out"));
    fs::rename(here.join("b/ann.jpg"), here.join("c/ann.jpg")).unwrap();
    write(here.join("b/ann.jpg"), &jpeg(3));
    run();
    let after = tree(&here.join("out"));
    assert!(before.iter().all(|(name, bytes)| after[name] == *bytes));
    assert_eq!(after.len(), 3);
    fs::rename(here.join("a"), here.join("x")).unwrap();
    fs::rename(here.join("b"), here.join("a")).unwrap();
    fs::rename(here.join("x"), here.join("b")).unwrap();
    let ran = run();
    assert!(ran.stderr.contains("0 made, 3 unchanged"), "{ran:?}");
    assert_eq!(tree(&here.join("out")), after);
}

#[test]
fn a_name_without_room_for_a_number_fails_alone() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let long = "w".repeat(251);
    write(here.join(format!("x/{long}.jpg")), &jpeg(1));
    write(here.join("x/short.jpg"), &jpeg(3));
    write(here.join(format!("y/{long}.jpg")), &jpeg(2));
    normalize(here, "x -o out").expect(0);
    let ran = normalize(here, "x y -o out --collisions suffix").expect(1);
    assert!(ran.stderr.contains("2 unchanged, 1 failed"), "{ran:?}");
    assert_eq!(names_in(&here.join("out")).len(), 2);
}
