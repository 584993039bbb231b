//! Whose a file in an output folder is: ours is what the journal lists, at that path, with that hash.

use std::fs;

use crate::batch_run::{each, jpeg, names_in, normalize, people, tree, write};
use crate::run::names;

#[test]
fn what_no_batch_made_is_never_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    write(here.join("a.jpg"), &jpeg(1));
    write(here.join("b.jpg"), &jpeg(2));
    write(here.join("c.jpg"), &jpeg(3));
    write(here.join("mine/a.jpg"), b"a photo of mine");
    write(here.join("mine/b.jpg"), b"another one");
    let ran = normalize(here, "a.jpg b.jpg c.jpg -o mine/ --dry-run").expect(1);
    assert!(
        ran.stderr
            .contains("mine/a.jpg exists, and was not made by headshot"),
        "{ran:?}"
    );
    let ran = normalize(here, "a.jpg b.jpg c.jpg -o mine/").expect(1);
    for name in ["mine/a.jpg", "mine/b.jpg"] {
        let message = format!("{name} exists, and was not made by headshot");
        assert!(ran.stderr.contains(&message), "{ran:?}");
    }
    assert!(ran.stderr.contains("1 made"), "the rest is done: {ran:?}");
    assert_eq!(tree(here)["mine/a.jpg"], b"a photo of mine");
    // Forcing is for what is ours.
    normalize(here, "a.jpg b.jpg c.jpg -o mine/ --force").expect(1);
    assert_eq!(tree(here)["mine/b.jpg"], b"another one");
    normalize(here, "a.jpg -o mine/ --overwrite").expect(0);
    let files = tree(here);
    assert_ne!(files["mine/a.jpg"], b"a photo of mine");
    assert_eq!(files["mine/b.jpg"], b"another one");
}

#[test]
fn originals_in_the_output_folder_stay() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    write(here.join("people/ann.jpg"), &jpeg(1));
    write(here.join("people/new/ann.jpg"), &jpeg(2));
    write(here.join("people/new/bob.jpg"), &jpeg(3));
    let before = tree(here);
    normalize(here, "people/new -o people").expect_message(1, "people/ann.jpg exists");
    let after = tree(here);
    assert!(before.iter().all(|(name, bytes)| after[name] == *bytes));
    let new: Vec<_> = after
        .keys()
        .filter(|name| !before.contains_key(*name))
        .collect();
    assert_eq!(new, ["people/.headshot/journal.jsonl", "people/bob.jpg"]);
}

#[test]
fn an_edited_avatar_is_kept() {
    let folder = people(3);
    let here = folder.path();
    normalize(here, "people -o out").expect(0);
    write(here.join("out/000.jpg"), b"retouched");
    let ran = normalize(here, "people -o out --json").expect(0);
    assert_eq!(
        each(&ran.objects(), "status"),
        ["kept", "unchanged", "unchanged"]
    );
    let ran = normalize(here, "people -o out --force --fit cover").expect(0);
    assert!(ran.stderr.contains("2 made"), "{ran:?}");
    assert!(ran.stderr.contains("1 kept"), "{ran:?}");
    // The photo has changed, too: somebody has to decide.
    write(here.join("people/000.jpg"), &jpeg(9));
    let ran = normalize(here, "people -o out").expect(1);
    assert!(
        ran.stderr
            .contains("people/000.jpg: out/000.jpg was edited after it was made"),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("--overwrite replaces it"), "{ran:?}");
    assert_eq!(tree(here)["out/000.jpg"], b"retouched");
    normalize(here, "people -o out --overwrite").expect(0);
    assert_ne!(tree(here)["out/000.jpg"], b"retouched");
}

#[cfg(unix)]
#[test]
fn a_read_only_avatar_and_a_link_are_kept() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = people(3);
    let here = folder.path();
    normalize(here, "people -o out").expect(0);
    let locked = here.join("out/000.jpg");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o444)).unwrap();
    let before = fs::read(&locked).unwrap();
    write(here.join("people/000.jpg"), &jpeg(9));
    fs::rename(here.join("out/north/001.jpg"), here.join("elsewhere.jpg")).unwrap();
    symlink("../../elsewhere.jpg", here.join("out/north/001.jpg")).unwrap();
    let ran = normalize(here, "people -o out").expect(1);
    for message in [
        "out/000.jpg is read-only, so it is kept",
        "out/north/001.jpg is a symbolic link, not a place for an avatar",
    ] {
        assert!(ran.stderr.contains(message), "{ran:?}");
    }
    assert_eq!(fs::read(&locked).unwrap(), before);
    assert!(here.join("out/north/001.jpg").is_symlink());
}

#[test]
fn a_folder_that_lost_its_journal_heals() {
    let folder = people(4);
    let here = folder.path();
    normalize(here, "people -o out").expect(0);
    fs::remove_dir_all(here.join("out/.headshot")).unwrap();
    write(here.join("out/000.jpg"), b"retouched");
    let modified = |name: &str| fs::metadata(here.join(name)).unwrap().modified().unwrap();
    let before = modified("out/003.jpg");
    normalize(here, "people -o out").expect_message(1, "out/000.jpg exists");
    assert_eq!(modified("out/003.jpg"), before, "noted, and not written");
    let ran = normalize(here, "people -o out").expect(1);
    assert!(
        ran.stderr.contains("0 made, 3 unchanged, 1 failed"),
        "{ran:?}"
    );
}

#[test]
fn another_persons_photo_does_not_take_an_avatar_over() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    write(here.join("north/ann.jpg"), &jpeg(1));
    write(here.join("south/ann.jpg"), &jpeg(2));
    normalize(here, "north/ann.jpg -o out/").expect(0);
    let first = tree(here)["out/ann.jpg"].clone();
    // As `xargs -n1` does it.
    let ran = normalize(here, "south/ann.jpg -o out/").expect(1);
    assert!(
        ran.stderr.contains("out/ann.jpg is the avatar of"),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("north/ann.jpg"), "{ran:?}");
    assert_eq!(tree(here)["out/ann.jpg"], first);
    // Nor when the first is not to be found: its disk may not be there.
    fs::rename(here.join("north"), here.join("unplugged")).unwrap();
    normalize(here, "south -o out").expect(1);
    assert_eq!(tree(here)["out/ann.jpg"], first);
    fs::rename(here.join("unplugged"), here.join("north")).unwrap();
    normalize(here, "south -o out --overwrite").expect(0);
    assert_ne!(tree(here)["out/ann.jpg"], first);
    // The journal knows whose it is now.
    normalize(here, "north/ann.jpg -o out/").expect_message(1, "south/ann.jpg");
}

#[test]
fn a_photo_that_was_replaced_by_one_of_another_format_keeps_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    write(here.join("people/ann.jpg"), &jpeg(1));
    write(here.join("people/bob.jpg"), &jpeg(2));
    normalize(here, "people -o out").expect(0);
    let first = tree(here)["out/ann.jpg"].clone();
    fs::remove_file(here.join("people/ann.jpg")).unwrap();
    write(here.join("people/ann.jpeg"), &jpeg(3));
    let ran = normalize(here, "people -o out").expect(0);
    assert!(
        ran.stderr.contains("1 made (1 with warnings), 1 unchanged"),
        "{ran:?}"
    );
    assert_ne!(tree(here)["out/ann.jpg"], first);
}

#[cfg(unix)]
#[test]
fn two_names_of_one_place_are_found_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    write(here.join("in/x/ann.jpg"), &jpeg(1));
    write(here.join("in/y/ann.jpg"), &jpeg(2));
    normalize(here, "in -o out").expect(0);
    fs::remove_dir_all(here.join("out/y")).unwrap();
    std::os::unix::fs::symlink("x", here.join("out/y")).unwrap();
    let before = tree(here);
    let ran = normalize(here, "in -o out").expect(2);
    for name in ["in/x/ann.jpg", "in/y/ann.jpg"] {
        assert!(ran.stderr.contains(name), "{ran:?}");
    }
    assert_eq!(tree(here), before);
}

#[test]
fn a_batch_does_not_write_into_the_output_folder_of_another() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    write(here.join("b/x.jpg"), &jpeg(1));
    write(here.join("tree/b/x.jpg"), &jpeg(2));
    write(here.join("tree/c/x.jpg"), &jpeg(3));
    normalize(here, "b -o out/b").expect(0);
    let inner = tree(here)["out/b/x.jpg"].clone();
    let ran = normalize(here, "tree -o out").expect(1);
    assert!(
        ran.stderr
            .contains("out/b/x.jpg is in the output folder of another batch"),
        "{ran:?}"
    );
    assert_eq!(tree(here)["out/b/x.jpg"], inner);
    // And the other way around.
    let outer = tree(here)["out/c/x.jpg"].clone();
    write(here.join("c/x.jpg"), &jpeg(4));
    let ran = normalize(here, "c -o out/c").expect(1);
    assert!(
        ran.stderr
            .contains("out/c/x.jpg is the avatar of a batch into a folder around this one"),
        "{ran:?}"
    );
    assert_eq!(tree(here)["out/c/x.jpg"], outer);
}

#[test]
fn avatars_of_another_batch_are_no_photos_unless_their_folder_is_named() {
    let folder = people(4);
    let here = folder.path();
    normalize(here, "people -o people/old").expect(0);
    // What is beside the avatars is the user's, and so is one that has been edited since.
    write(here.join("people/old/mine.jpg"), &jpeg(77));
    write(here.join("people/old/000.jpg"), &jpeg(78));
    let ran = normalize(here, "people -o new -v").expect(0);
    assert!(
        ran.stderr
            .contains("3 skipped: an avatar that another batch has made"),
        "{ran:?}"
    );
    assert_eq!(
        names_in(&here.join("new")),
        [
            "000.jpg",
            "003.jpg",
            "north/001.jpg",
            "old/000.jpg",
            "old/mine.jpg",
            "south/far/002.jpg"
        ]
    );
    normalize(here, "people/old -o again").expect(0);
    assert_eq!(names_in(&here.join("again")).len(), 5);
}

#[test]
fn done_is_decided_by_bytes_options_and_pipeline() {
    let folder = people(3);
    let here = folder.path();
    normalize(here, "people -o out").expect(0);
    for limits in [
        "--max-bytes 30M",
        "--max-pixels 90000000",
        "--max-time 20s",
        "--max-frames 7",
        "--memory 700M",
    ] {
        let ran = normalize(here, &format!("people -o out {limits}")).expect(0);
        assert!(
            ran.stderr.contains("0 made, 3 unchanged"),
            "{limits}: {ran:?}"
        );
    }
    for (options, made) in [
        ("--frames truncate", 3),
        ("--frames truncate --max-frames 7", 3),
        ("--frames truncate --max-frames 7", 0),
        ("--max-profile 1M", 3),
        ("", 3),
        ("", 0),
    ] {
        let ran = normalize(here, &format!("people -o out {options}")).expect(0);
        let told = format!("headshot: {made} made");
        assert!(ran.stderr.contains(&told), "{options}: {ran:?}");
    }
    // What an earlier pipeline made is made again, and that is said first. A later one's is left alone.
    let journal = here.join("out/.headshot/journal.jsonl");
    let text = fs::read_to_string(&journal).unwrap();
    let pipeline = text.split("\"pipeline\":").nth(1).unwrap();
    let pipeline: u32 = pipeline.split(',').next().unwrap().parse().unwrap();
    let with = |number: u32| {
        let (old, new) = (
            format!("\"pipeline\":{pipeline},"),
            format!("\"pipeline\":{number},"),
        );
        fs::write(&journal, text.replace(&old, &new)).unwrap();
        normalize(here, "people -o out").expect(0)
    };
    let ran = with(pipeline - 1);
    assert!(
        ran.stderr
            .starts_with("headshot: this version makes better avatars"),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("3 made"), "{ran:?}");
    let ran = with(pipeline + 1);
    assert!(ran.stderr.contains("0 made, 3 unchanged"), "{ran:?}");
}

#[test]
fn a_journal_of_a_later_version_is_refused_and_stays() {
    let folder = people(3);
    let here = folder.path();
    normalize(here, "people -o out").expect(0);
    let journal = here.join("out/.headshot/journal.jsonl");
    let text = fs::read_to_string(&journal).unwrap();
    let later = text.replace("headshot-batch-2", "headshot-batch-3");
    fs::write(&journal, &later).unwrap();
    for dry in ["", "--dry-run"] {
        let ran = normalize(here, &format!("people -o out {dry}")).expect(2);
        assert!(
            ran.stderr.contains("is of the format headshot-batch-3"),
            "{ran:?}"
        );
        assert_eq!(fs::read_to_string(&journal).unwrap(), later);
    }
    assert_eq!(names(&here.join("out/.headshot")), ["journal.jsonl"]);
}

#[test]
fn the_users_own_copy_of_a_photo_stays_the_users() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    // It complies already, so it is its own avatar.
    write(here.join("photo.jpg"), &jpeg(1));
    normalize(here, "photo.jpg -o avatar.jpg").expect(0);
    let original = tree(here)["avatar.jpg"].clone();
    write(here.join("in/ann.jpg"), &original);
    write(here.join("in/bob.jpg"), &jpeg(2));
    write(here.join("gallery/ann.jpg"), &original);
    let ran = normalize(here, "in -o gallery").expect(0);
    assert!(
        ran.stderr.contains("1 made (1 with warnings), 1 unchanged"),
        "{ran:?}"
    );
    // Neither a change of the photo nor its end costs the original.
    fs::remove_file(here.join("in/ann.jpg")).unwrap();
    normalize(here, "in -o gallery --prune").expect(0);
    write(here.join("in/ann.jpg"), &jpeg(3));
    normalize(here, "in -o gallery").expect_message(1, "gallery/ann.jpg exists");
    assert_eq!(tree(here)["gallery/ann.jpg"], original);
}

#[test]
fn what_is_not_made_of_an_output_folder_among_the_photos_is_counted() {
    let folder = people(2);
    let here = folder.path();
    write(here.join("people/old/mine.jpg"), &jpeg(7));
    write(here.join("people/north/.headshot/x.jpg"), &jpeg(8));
    for _ in 0..2 {
        let ran = normalize(here, "people -o people/old -v").expect(0);
        for reason in [
            "people/old/mine.jpg: skipped: in the output folder",
            "people/north/.headshot: skipped: a folder called .headshot",
        ] {
            assert!(ran.stderr.contains(reason), "{ran:?}");
        }
    }
}
