//! Where avatars of a batch may not go, and what stops one: collisions, other runs, disks.

use std::fs;

use crate::batch_run::{jpeg, names_in, normalize, people, tree, write};
use crate::run::names;

#[test]
fn collisions_are_found_before_anything_is_written_or_numbered() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    for (shade, name) in (0..).zip(["a.jpg", "a.jpeg", "a-2.jpg", "b.jpg"]) {
        write(here.join("in/x").join(name), &jpeg(shade));
    }
    let ran = normalize(here, "in -o out").expect(2);
    for name in [
        "out/x/a.jpg",
        "in/x/a.jpg",
        "in/x/a.jpeg",
        "--collisions suffix",
    ] {
        assert!(ran.stderr.contains(name), "{ran:?}");
    }
    assert_eq!(names(here), ["in"]);
    normalize(here, "in -o out --collisions suffix").expect(0);
    let numbered = ["x/a-2.jpg", "x/a-3.jpg", "x/a.jpg", "x/b.jpg"];
    assert_eq!(names_in(&here.join("out")), numbered);
    let again = normalize(here, "in -o out --collisions suffix").expect(0);
    assert!(again.stderr.contains("0 made, 4 unchanged"), "{again:?}");
    // Each number belongs to its photo: the last in order has the highest.
    normalize(here, "in/x/a.jpg -o alone.jpg").expect(0);
    let files = tree(here);
    assert_eq!(files["alone.jpg"], files["out/x/a-3.jpg"]);
}

#[test]
fn a_photo_in_the_output_folder_is_not_overwritten() {
    let folder = people(3);
    let here = folder.path();
    let before = tree(here);
    normalize(here, "people/north -o people/north/..").expect(0);
    assert_eq!(names_in(&here.join("people")).len(), 4);
    fs::remove_file(here.join("people/001.jpg")).unwrap();
    fs::remove_dir_all(here.join("people/.headshot")).unwrap();
    let ran = normalize(here, "people/000.jpg people/north -o people").expect(2);
    assert!(
        ran.stderr
            .contains("would overwrite the photo people/000.jpg"),
        "{ran:?}"
    );
    let report = normalize(here, "people/000.jpg -o out/ --report people/000.jpg");
    report.expect_message(2, "would overwrite the photo");
    assert_eq!(tree(here), before);
}

#[test]
fn two_runs_do_not_share_an_output_folder() {
    let folder = people(3);
    let here = folder.path();
    normalize(here, "people/000.jpg -o out/").expect(0);
    let journal = fs::File::open(here.join("out/.headshot/journal.jsonl")).unwrap();
    journal.lock().unwrap();
    let before = names_in(here);
    normalize(here, "people -o out").expect_message(2, "another run is writing to out");
    assert_eq!(names_in(here), before);
    drop(journal);
    normalize(here, "people -o out").expect(0);
}

#[test]
fn what_a_killed_run_has_left_is_swept_and_the_rest_is_kept() {
    let folder = people(3);
    let here = folder.path();
    normalize(here, "people -o out --report r").expect(0);
    let journal = here.join("out/.headshot/journal.jsonl");
    let whole = fs::read_to_string(&journal).unwrap();
    let last = whole.rfind("{\"made\"").unwrap();
    fs::write(&journal, &whole[..last + 99]).unwrap();
    write(
        here.join("out/.headshot/.headshot-Xyz123.tmp"),
        b"half an avatar",
    );
    write(here.join("out/.headshot/notes.txt"), b"not ours");
    write(here.join("r.part"), b"somebody's own");
    let ran = normalize(here, "people -o out --report r").expect(0);
    assert!(ran.stderr.contains("0 made, 3 unchanged"), "{ran:?}");
    assert_eq!(
        names(&here.join("out/.headshot")),
        ["journal.jsonl", "notes.txt"]
    );
    assert_eq!(names(here), ["out", "people", "r", "r.part"]);
    assert_eq!(fs::read(here.join("r.part")).unwrap(), b"somebody's own");
    fs::write(&journal, b"something else\n").unwrap();
    normalize(here, "people -o out").expect_message(2, "is not a journal of the format");
}

#[test]
fn errors_stop_nothing_and_are_all_told() {
    let folder = people(4);
    let here = folder.path();
    write(here.join("people/bad.jpg"), b"no photo");
    write(
        here.join("people/north/worse.png"),
        b"\x89PNG\r\n\x1a\n no more",
    );
    // A folder is in the way.
    fs::create_dir_all(here.join("out/003.jpg")).unwrap();
    let ran = normalize(here, "people gone.jpg -o out --quiet").expect(1);
    assert_eq!(ran.text(), "");
    for message in [
        "people/bad.jpg: this is",
        "worse.png: the PNG is damaged",
        "out/003.jpg is a folder, not a place for an avatar",
        "gone.jpg: there is no such file",
    ] {
        assert!(ran.stderr.contains(message), "{message}: {ran:?}");
    }
    assert_eq!(
        names_in(&here.join("out")),
        ["000.jpg", "north/001.jpg", "south/far/002.jpg"]
    );
}

#[test]
fn a_photo_that_is_being_written_is_refused() {
    use std::sync::atomic::{AtomicBool, Ordering};
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let path = write(here.join("in/a.jpg"), &jpeg(1));
    let growing = fs::OpenOptions::new().append(true).open(&path).unwrap();
    // Long enough that reading takes a while.
    growing.set_len(12 << 20).unwrap();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for more in (0..1000).cycle() {
                growing.set_len((12 << 20) + more).unwrap();
                if stop.load(Ordering::Relaxed) {
                    break;
                }
            }
        });
        // Nobody may have written in just that moment.
        let mut tries = (0..50).map(|_| normalize(here, "in -o out --force"));
        let refused = tries.find(|ran| ran.status != 0);
        stop.store(true, Ordering::Relaxed);
        let refused = refused.expect("one of them is refused");
        refused.expect_message(1, "in/a.jpg: it changed while it was read");
    });
}

#[test]
fn a_photo_that_vanishes_meanwhile_is_told_from_one_that_never_was() {
    use std::io::BufRead;
    let folder = people(300);
    let here = folder.path();
    let mut command = crate::run::headshot();
    command
        .current_dir(here)
        .args(["normalize", "people", "-o", "out", "--jobs", "1"]);
    command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    let mut run = command.spawn().unwrap();
    let mut lines = std::io::BufReader::new(run.stdout.take().unwrap()).lines();
    // When the first photos are told of, the last has not begun.
    lines.next().unwrap().unwrap();
    fs::remove_file(here.join("people/south/far/299.JPG")).unwrap();
    assert_eq!(1 + lines.count(), 299);
    let output = run.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    let message =
        "people/south/far/299.JPG: it was there when the folder was listed, but is gone now";
    assert!(stderr.contains(message), "{stderr}");
}

#[cfg(target_os = "linux")]
#[test]
fn one_job_is_one_thread_even_for_an_animation() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let animation = fs::read(crate::run::testdata("animated/opaque.gif")).unwrap();
    for name in ["a", "b", "c", "d"] {
        write(here.join(format!("in/{name}.gif")), &animation);
    }
    let mut command = crate::run::headshot();
    command
        .current_dir(here)
        .args(["normalize", "in", "-o", "out", "--jobs", "1", "--quiet"]);
    let mut run = command.spawn().unwrap();
    let threads = format!("/proc/{}/task", run.id());
    let mut counts = Vec::new();
    while run.try_wait().unwrap().is_none() {
        let threads = fs::read_dir(&threads).into_iter().flatten().flatten();
        let names =
            threads.filter_map(|thread| fs::read_to_string(thread.path().join("comm")).ok());
        // Those that only wait for the disk do not count, except for a moment, before they have their name.
        counts.push(names.filter(|name| name.trim() != "sync").count());
    }
    counts.sort_unstable();
    // One that commits, and one that works.
    assert_eq!(counts[counts.len() / 2], 2);
    assert_eq!(names_in(&here.join("out")).len(), 4);
}

#[test]
fn memory_and_jobs_change_no_byte() {
    let folder = people(7);
    let here = folder.path();
    normalize(here, "people -o out --jobs 1").expect(0);
    // Far less than any photo needs: they go one by one.
    normalize(here, "people -o small --jobs 3 --memory 1k").expect(0);
    assert_eq!(tree(&here.join("out")), tree(&here.join("small")));
    normalize(here, "people -o x --memory lots").expect_message(2, "as in 800M or 2G");
    normalize(here, "people -o x --jobs 0").expect_message(2, "--jobs");
}

#[test]
fn animations_and_their_posters_go_into_folders_too() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let animation = crate::run::testdata("animated/opaque.gif");
    let animation = fs::read(animation).unwrap();
    write(here.join("in/a.gif"), &animation);
    normalize(here, "in/a.gif -o out/ --poster still.png").expect(0);
    assert_eq!(names(here), ["in", "out", "still.png"]);
    assert_eq!(names_in(&here.join("out")), ["a.gif"]);
    normalize(here, "in -o out --poster still.png").expect_message(2, "--poster");
}
