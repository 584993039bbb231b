//! The pictures beside a page: whose they are, what is removed, and what a run that is cut off leaves.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::batch_run::{jpeg, names_in, normalize, tree, write};
use crate::run::{headshot, names, png};

/// More photos than go into a page itself.
const MANY: u32 = 501;

fn many(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    for index in 0..MANY {
        png(folder, &format!("{index:03}.png"), 20 + index % 7, 20);
    }
}

/// The files that a page shows, all of which are there.
fn shown(page: &Path) -> Vec<PathBuf> {
    let html = fs::read_to_string(page).unwrap();
    let addresses = html.split("url(").skip(1);
    let addresses = addresses.filter_map(|rest| rest.split(')').next());
    let addresses = addresses.filter(|address| !address.starts_with("data:"));
    let files: Vec<_> = addresses
        .map(|address| page.with_file_name("").join(address))
        .collect();
    for file in &files {
        assert!(image::open(file).is_ok(), "{file:?}");
    }
    files
}

#[test]
fn photos_in_a_folder_beside_a_page_are_photos() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    // Names as a page gives to its pictures, and as cameras and people do.
    let photos = ["20240131-before.jpg", "000001-after.jpg", "ann.jpg"];
    for (shade, name) in (0..).zip(photos) {
        write(here.join("people-files").join(name), &jpeg(shade));
    }
    let before = tree(here);
    normalize(here, "people-files -o av --sheet people.html").expect(0);
    assert_eq!(
        names_in(&here.join("av")),
        ["000001-after.jpg", "20240131-before.jpg", "ann.jpg"]
    );
    for (name, bytes) in &before {
        assert!(fs::read(here.join(name)).unwrap() == *bytes, "{name}");
    }
    // Also where the page lies among what is read.
    let ran = normalize(here, ". -o ../av2 --sheet people.html --dry-run");
    ran.expect_message(2, "cannot be used with");
    let ran = normalize(here, "people-files people.html -o av2 --sheet people.html");
    ran.expect_message(2, "overwrite the photo people.html");
    let ran = normalize(here, ". -o av3 --sheet people.html").expect(0);
    // Those in `av` are another batch's.
    assert!(ran.stderr.contains("3 made"), "{ran:?}");
    assert!(
        ran.stderr
            .contains("3 skipped: an avatar that another batch has made"),
        "{ran:?}"
    );
}

#[test]
fn the_pictures_of_many_photos_are_kept_apart_from_what_is_theirs() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    many(&here.join("in"));
    let run = "in -o out --side 20 --fit cover -q --sheet in/page.html";
    // Somebody's folder of the name that the pictures would have.
    write(here.join("in/page-files/000001-before.jpg"), &jpeg(1));
    let before = tree(here);
    normalize(here, run).expect_message(
        2,
        "in/page-files is a folder with files that no page has put there",
    );
    assert!(tree(here) == before);
    fs::remove_dir_all(here.join("in/page-files")).unwrap();

    normalize(here, run).expect(0);
    let page = here.join("in/page.html");
    let first = shown(&page);
    assert_eq!(first.len(), 2 * MANY as usize);
    let html = fs::read(&page).unwrap();

    // A run that is cut off changes nothing of what the page shows, and leaves nothing for good.
    let mut command = headshot();
    command.current_dir(here).args([
        "normalize",
        "in",
        "-o",
        "cut",
        "--side",
        "20",
        "--jobs",
        "1",
    ]);
    let command = command
        .args(["--sheet", "in/page.html"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut cut = command.spawn().unwrap();
    BufReader::new(cut.stdout.take().unwrap())
        .lines()
        .next()
        .unwrap()
        .unwrap();
    cut.kill().unwrap();
    cut.wait().unwrap();
    assert_eq!(fs::read(&page).unwrap(), html);
    assert_eq!(shown(&page), first);
    assert_eq!(
        names(&here.join("in/page-files")).len(),
        3,
        "a marker and two runs"
    );

    // Photos that somebody has put among the pictures are photos, and stay.
    let own = first[0].with_file_name("000001-ann.jpg");
    write(&own, &jpeg(7));
    write(here.join("in/page-files/bob.jpg"), &jpeg(8));
    let ran = normalize(
        here,
        "in -o out --side 20 --fit cover -v --sheet in/page.html",
    )
    .expect(0);
    assert!(
        ran.stderr.contains("2 made"),
        "{}",
        ran.stderr.lines().last().unwrap()
    );
    assert!(
        ran.stderr
            .contains("skipped: a part of a page that --sheet has made")
    );
    assert!(
        ran.stderr.contains(&format!("{} unchanged", MANY)),
        "and no more photos than before"
    );
    let second = shown(&page);
    assert_eq!(second.len(), 2 * (MANY as usize + 2));
    assert_eq!(fs::read(&own).unwrap(), jpeg(7));
    let left = names(own.parent().unwrap());
    assert_eq!(left, ["000001-ann.jpg"], "of the first run");
    // A marker, a photo, the folder that it keeps, and the pictures of this run.
    assert_eq!(names(&here.join("in/page-files")).len(), 4);
}
