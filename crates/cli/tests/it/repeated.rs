//! Photos that are named more than once: made once, with a word.

use std::fs;

use crate::batch_run::{each, names_in, normalize, people, write};
use crate::run::png;

#[test]
fn a_photo_that_is_named_again_is_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    png(here, "a.png", 600, 600);
    png(here, "b.png", 600, 600);
    fs::create_dir(here.join("sub")).unwrap();
    let said = "a.png is named more than once, and made once";
    for (arguments, outputs) in [
        ("a.png a.png -o out/", &["a.png"][..]),
        ("a.png a.png -o out", &["a.png"]),
        ("a.png ./a.png -o out/ --collisions suffix", &["a.png"]),
        ("a.png b.png sub/../a.png -o out/", &["a.png", "b.png"]),
    ] {
        let ran = normalize(here, arguments).expect_message(0, said);
        assert_eq!(names_in(&here.join("out")), outputs, "{ran:?}");
        fs::remove_dir_all(here.join("out")).unwrap();
    }
    normalize(here, "a.png ./a.png -o one.png").expect_message(0, said);
    assert!(here.join("one.png").is_file());
    let quiet = normalize(here, "a.png a.png -o one.png -q").expect(0);
    assert_eq!(quiet.stderr, "");
    write(here.join("list"), b"a.png\nb.png\n./a.png\n");
    normalize(here, "--from-file list -o out/").expect_message(0, said);
    // Another photo of that name is another photo.
    png(&here.join("sub"), "a.png", 700, 700);
    normalize(here, "a.png sub/a.png -o new/").expect_message(2, "would be written there");
}

#[test]
fn a_photo_in_a_folder_that_is_named_as_well_is_made_once() {
    let folder = people(4);
    let here = folder.path();
    write(here.join("people/notes.txt"), b"no photo");
    let ran = normalize(here, "people people/000.jpg people/ -o out --json");
    let ran = ran.expect_message(0, "people/000.jpg and 4 more are named more than once");
    let outputs = each(&ran.objects(), "output");
    let made = outputs.iter().filter(|output| *output != "null");
    assert_eq!(made.count(), 4, "{outputs:?}");
    // What is left alone in a folder is a mistake where it is named.
    normalize(here, "people people/notes.txt -o out").expect_message(1, "people/notes.txt: ");
}
