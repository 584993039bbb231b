//! Avatars that no photo makes any more: told of, and removed only where that is asked for and proven.

use std::fs;

use crate::batch_run::{each, jpeg, names_in, normalize, people, report, tree, write};

/// A folder with `north/` and `south/`, each with so many photos, and their avatars in `out/`.
fn two_trees(count: u32) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..count {
        write(
            folder.path().join(format!("north/n{number}.jpg")),
            &jpeg(number),
        );
        write(
            folder.path().join(format!("south/s{number}.jpg")),
            &jpeg(100 + number),
        );
    }
    normalize(folder.path(), "north south -o out").expect(0);
    folder
}

#[test]
fn what_has_no_photo_is_told_planned_and_removed() {
    let folder = two_trees(4);
    let here = folder.path();
    fs::remove_file(here.join("north/n0.jpg")).unwrap();
    write(here.join("out/theirs.jpg"), b"not ours");
    let ran = normalize(here, "north south -o out").expect(0);
    assert!(
        ran.stderr
            .contains("out/n0.jpg: no photo makes it any more"),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("--prune removes"), "{ran:?}");
    let planned = normalize(here, "north south -o out --prune --dry-run --json").expect(0);
    let orphans: Vec<_> = planned
        .objects()
        .into_iter()
        .filter(|object| object["status"] == "orphan")
        .collect();
    assert_eq!(each(&orphans, "output"), ["out/n0.jpg"]);
    let planned = normalize(here, "north south -o out --prune --dry-run").expect(0);
    for told in [
        "out/n0.jpg: would be removed: no photo makes it any more\n",
        "headshot: 1 avatar would be removed\n",
    ] {
        assert!(planned.stderr.contains(told), "{planned:?}");
    }
    assert_eq!(names_in(&here.join("out")).len(), 9);
    let ran = normalize(here, "north south -o out --prune --report r.jsonl -q").expect(0);
    assert!(
        ran.stderr.contains("1 avatar removed"),
        "never without a word: {ran:?}"
    );
    let removed = report(&here.join("r.jsonl"));
    let removed: Vec<_> = removed
        .into_iter()
        .filter(|object| object["status"] == "removed")
        .collect();
    assert_eq!(each(&removed, "output"), ["out/n0.jpg"]);
    let left = names_in(&here.join("out"));
    assert_eq!(left.len(), 8);
    assert!(left.contains(&"theirs.jpg".to_owned()));
    let ran = normalize(here, "north south -o out --prune").expect(0);
    assert!(!ran.stderr.contains("removed"), "{ran:?}");
}

#[test]
fn a_disk_that_is_not_there_costs_nothing() {
    let folder = two_trees(3);
    let here = folder.path();
    let before = tree(&here.join("out"));
    // An empty mount point.
    fs::rename(here.join("north"), here.join("unplugged")).unwrap();
    fs::create_dir(here.join("north")).unwrap();
    let ran = normalize(here, "north south -o out --prune -q").expect(0);
    assert!(ran.stderr.is_empty(), "{ran:?}");
    let ran = normalize(here, "north south -o out --prune").expect(0);
    assert!(
        ran.stderr
            .contains("it is kept: the folder that it came from"),
        "{ran:?}"
    );
    // No mount point.
    fs::remove_dir(here.join("north")).unwrap();
    normalize(here, "north south -o out --prune").expect(1);
    normalize(here, "south -o out --prune").expect(0);
    assert_eq!(tree(&here.join("out")), before);
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_listed_costs_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let folder = two_trees(3);
    let here = folder.path();
    let before = tree(&here.join("out"));
    let closed = here.join("north/closed");
    fs::create_dir(&closed).unwrap();
    fs::remove_file(here.join("north/n0.jpg")).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    // Root lists everything; a photo that is damaged does as well.
    if fs::read_dir(&closed).is_ok() {
        write(here.join("south/bad.jpg"), b"no photo");
    }
    let ran = normalize(here, "north south -o out --prune").expect(1);
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    assert!(
        ran.stderr.contains("some photos failed") || ran.stderr.contains("it is kept"),
        "{ran:?}"
    );
    assert_eq!(tree(&here.join("out")), before);
}

#[test]
fn what_is_found_elsewhere_keeps_its_avatar() {
    let folder = two_trees(3);
    let here = folder.path();
    let before = tree(&here.join("out"));
    // The folder was renamed, and the next run names its new name, or a single file.
    fs::rename(here.join("north"), here.join("staff")).unwrap();
    normalize(here, "staff/n1.jpg -o out --prune").expect(0);
    normalize(here, "staff south -o out --prune").expect(0);
    assert_eq!(tree(&here.join("out")), before);
    // A photo that went into a folder of its own has an avatar there, and the old one stays.
    fs::create_dir(here.join("staff/team")).unwrap();
    fs::rename(here.join("staff/n1.jpg"), here.join("staff/team/n1.jpg")).unwrap();
    let ran = normalize(here, "staff south -o out --prune").expect(0);
    assert!(
        ran.stderr
            .contains("out/n1.jpg: no photo makes it any more; it is kept: its photo is elsewhere"),
        "{ran:?}"
    );
    assert_eq!(tree(&here.join("out"))["n1.jpg"], before["n1.jpg"]);
}

#[test]
fn the_only_good_copy_stays() {
    let folder = people(3);
    let here = folder.path();
    normalize(here, "people -o out").expect(0);
    let before = tree(&here.join("out"));
    fs::rename(here.join("people"), here.join("project")).unwrap();
    write(here.join("project/000.jpg"), b"damaged since");
    normalize(here, "project -o out --prune").expect(1);
    assert_eq!(tree(&here.join("out")), before);
}

#[cfg(unix)]
#[test]
fn an_output_folder_behind_a_link_keeps_what_was_made() {
    let folder = people(6);
    let here = folder.path();
    normalize(here, "people -o out").expect(0);
    fs::rename(here.join("out/north"), here.join("out/n")).unwrap();
    std::os::unix::fs::symlink("n", here.join("out/north")).unwrap();
    let before = tree(&here.join("out"));
    let ran = normalize(here, "people -o out --prune").expect(0);
    assert!(ran.stderr.contains("0 made, 6 unchanged"), "{ran:?}");
    fs::rename(here.join("people/north"), here.join("people/n")).unwrap();
    normalize(here, "people -o out --prune").expect(0);
    assert_eq!(tree(&here.join("out")), before);
}

#[test]
fn many_at_once_need_a_number() {
    let folder = two_trees(12);
    let here = folder.path();
    for number in 0..11 {
        fs::remove_file(here.join(format!("north/n{number}.jpg"))).unwrap();
    }
    let run = |most: &str| normalize(here, &format!("north south -o out --prune {most}"));
    // Half of 24 are 12: so many may go. With a lower number none does.
    let ran = run("--max-delete 10").expect(1);
    assert!(
        ran.stderr.contains("nothing was removed: 11 avatars no longer have a photo, and at most 10 are removed at once"),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("--max-delete 11"), "{ran:?}");
    assert_eq!(names_in(&here.join("out")).len(), 24);
    for number in 0..11 {
        fs::remove_file(here.join(format!("south/s{number}.jpg"))).unwrap();
    }
    let ran = run("").expect(1);
    assert!(
        ran.stderr.contains("at most 12 are removed at once"),
        "{ran:?}"
    );
    run("--max-delete 22").expect(0);
    assert_eq!(names_in(&here.join("out")), ["n11.jpg", "s11.jpg"]);
}

#[test]
fn an_edited_avatar_is_not_removed() {
    let folder = people(4);
    let here = folder.path();
    normalize(here, "people -o out").expect(0);
    fs::remove_file(here.join("people/000.jpg")).unwrap();
    write(here.join("out/000.jpg"), b"somebody was here");
    let ran = normalize(here, "people -o out --prune").expect(0);
    assert!(
        ran.stderr
            .contains("out/000.jpg: no photo makes it any more; it is kept: it was edited"),
        "{ran:?}"
    );
    assert_eq!(tree(here)["out/000.jpg"], b"somebody was here");
}

#[test]
fn what_a_photo_made_under_another_name_is_pruned_too() {
    let folder = people(4);
    let here = folder.path();
    normalize(here, "people -o out").expect(0);
    normalize(here, "people -o out --format png --prune").expect(0);
    let left = ["000.png", "003.png", "north/001.png", "south/far/002.png"];
    assert_eq!(names_in(&here.join("out")), left);
}

#[test]
fn a_mount_point_that_holds_something_else_costs_nothing() {
    let folder = two_trees(3);
    let here = folder.path();
    let before = tree(&here.join("out"));
    fs::rename(here.join("north"), here.join("unplugged")).unwrap();
    write(here.join("north/README.txt"), b"mount it here");
    let ran = normalize(here, "north south -o out --prune").expect(0);
    assert!(
        ran.stderr
            .contains("it is kept: the folder that it came from"),
        "{ran:?}"
    );
    // Nor does one within a folder that has photos.
    write(here.join("south/disk/x.jpg"), &jpeg(50));
    normalize(here, "south -o out").expect(0);
    fs::remove_file(here.join("south/disk/x.jpg")).unwrap();
    let ran = normalize(here, "south -o out --prune").expect(0);
    assert!(
        ran.stderr.contains(
            "out/disk/x.jpg: no photo makes it any more; it is kept: its folder has no photos"
        ),
        "{ran:?}"
    );
    let after = tree(&here.join("out"));
    assert!(before.iter().all(|(name, bytes)| after[name] == *bytes));
}

#[test]
fn a_dry_run_plans_what_the_run_then_does() {
    let folder = two_trees(4);
    let here = folder.path();
    fs::remove_file(here.join("north/n0.jpg")).unwrap();
    fs::remove_file(here.join("north/n1.jpg")).unwrap();
    write(here.join("out/n1.jpg"), b"edited");
    write(here.join("north/n2.jpg"), &jpeg(70));
    let orphans = |arguments: &str| {
        let ran = normalize(
            here,
            &format!("north south -o out --prune --json {arguments}"),
        );
        let objects = ran.expect(0).objects();
        let orphans = objects.iter().filter(|object| {
            object["source"].is_null() && object["photo"].as_str().unwrap().starts_with('/')
        });
        orphans
            .map(|object| object["output"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        orphans("--dry-run --fit cover"),
        ["out/n0.jpg", "out/n1.jpg"]
    );
    // One that is kept anyway does not count.
    assert_eq!(
        orphans("--max-delete 1 --fit cover"),
        ["out/n0.jpg", "out/n1.jpg"]
    );
    assert_eq!(tree(here).get("out/n0.jpg"), None);
    assert_eq!(tree(here)["out/n1.jpg"], b"edited");
}
