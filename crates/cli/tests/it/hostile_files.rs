//! Trees that somebody has made to do harm: what is no file, names that command terminals, links that lead elsewhere.

#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::batch_run::{jpeg, names_in, normalize, report, write};
use crate::run::{Ran, headshot, names, run};

/// By path: kind, time of the last change, bytes or aim.
type Snapshot = BTreeMap<PathBuf, (u32, (i64, i64), Vec<u8>)>;

/// What there is below a folder, links unfollowed.
fn snapshot(folder: &Path) -> Snapshot {
    let mut found = BTreeMap::new();
    let mut left = vec![folder.to_owned()];
    while let Some(path) = left.pop() {
        let metadata = fs::symlink_metadata(&path).unwrap();
        let mut bytes = Vec::new();
        if metadata.is_dir() {
            left.extend(
                fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        } else if metadata.is_symlink() {
            bytes = fs::read_link(&path)
                .unwrap()
                .into_os_string()
                .into_encoded_bytes();
        } else if metadata.is_file() && metadata.len() < 1 << 24 {
            bytes = fs::read(&path).unwrap();
        }
        let time = (metadata.mtime(), metadata.mtime_nsec());
        found.insert(path, (metadata.mode(), time, bytes));
    }
    found
}

fn fifo(path: &Path) {
    let made = Command::new("mkfifo").arg(path).status().unwrap();
    assert!(made.success());
}

/// Nothing in it commands a terminal.
#[track_caller]
fn assert_tame(ran: &Ran) {
    let unsafe_char =
        |c: char| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c);
    assert!(!ran.text().contains(unsafe_char), "{ran:?}");
    assert!(!ran.stderr.contains(unsafe_char), "{ran:?}");
}

const NAMES: [&[u8]; 8] = [
    b"new\nline.jpg",
    b"\x1b]0;title\x07\x1b[31m.jpg",
    b"caf\xe9\xff.jpg",
    b"-o.jpg",
    b"--force",
    "Zoe\u{308}.jpg".as_bytes(),
    "Zo\u{eb}.jpg".as_bytes(),
    "gpj.\u{202e}exe.jpg".as_bytes(),
];

/// A folder `in` with all that should not be read, photos of all [`NAMES`], and `outside`, which nobody may touch.
fn tree() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    for (shade, name) in (0..).zip(NAMES) {
        write(here.join("in").join(OsStr::from_bytes(name)), &jpeg(shade));
    }
    write(here.join("outside/theirs.jpg"), &jpeg(50));
    write(here.join("outside/deep/kept.jpg"), &jpeg(51));
    write(here.join("outside/empty"), b"");
    let input = here.join("in");
    symlink("/dev/zero", input.join("zero.jpg")).unwrap();
    symlink("../outside/theirs.jpg", input.join("theirs.jpg")).unwrap();
    symlink("../outside", input.join("away")).unwrap();
    symlink("..", input.join("up")).unwrap();
    symlink("loop-b.jpg", input.join("loop-a.jpg")).unwrap();
    symlink("loop-a.jpg", input.join("loop-b.jpg")).unwrap();
    fifo(&input.join("fifo.jpg"));
    drop(UnixListener::bind(input.join("socket.jpg")).unwrap());
    let sparse = fs::File::create(input.join("sparse.jpg")).unwrap();
    sparse.set_len(10 << 30).unwrap();
    fs::hard_link(here.join("outside/theirs.jpg"), input.join("hard.jpg")).unwrap();
    folder
}

#[test]
fn what_is_no_regular_file_is_skipped_with_a_reason_and_names_are_tame() {
    let folder = tree();
    let here = folder.path();
    let before = (snapshot(&here.join("in")), snapshot(&here.join("outside")));
    for isolate in ["", "--isolate"] {
        let ran = normalize(here, &format!("in -o out{isolate} --report r {isolate}")).expect(1);
        assert_tame(&ran);
        // Only the sparse file is a photo by its name and fails: 10 GiB are not read.
        assert_eq!(ran.stderr.matches("at most 64 MB").count(), 1, "{ran:?}");
        assert!(
            ran.stderr.contains("6 skipped: a symbolic link, which"),
            "{ran:?}"
        );
        assert!(
            ran.stderr
                .contains("2 skipped: a pipe, a socket or a device"),
            "{ran:?}"
        );
        assert!(ran.stderr.contains("9 made"), "{ran:?}");
        assert_eq!(names_in(&here.join(format!("out{isolate}"))).len(), 9);
        assert_eq!(report(&here.join("r")).len(), 18);
        let json = normalize(here, &format!("in -o out{isolate} --json {isolate}")).expect(1);
        assert_tame(&json);
        assert!(json.stderr.contains("9 unchanged"), "{json:?}");
    }
    let ran = normalize(here, "in -o followed --follow-links").expect(1);
    assert_tame(&ran);
    for said in [
        "3 skipped: a pipe, a socket or a device",
        "1 skipped: a symbolic link to a folder that it is in",
        "in/loop-a.jpg: cannot be read: too many levels",
    ] {
        assert!(ran.stderr.contains(said), "{said}: {ran:?}");
    }
    let after = (snapshot(&here.join("in")), snapshot(&here.join("outside")));
    assert!(after == before);
}

#[test]
fn hostile_names_on_the_command_line_are_tame_too() {
    let folder = tree();
    let here = folder.path();
    for command in [
        &["normalize", "-o", "out/", "--"][..],
        &["inspect", "--"],
        &["inspect"],
    ] {
        for name in NAMES
            .into_iter()
            .chain([&b"--\x1b[31m"[..], b"-\x1b]0;x\x07"])
        {
            let mut headshot = headshot();
            headshot.current_dir(here.join("in")).args(command);
            assert_tame(&run(headshot.arg(OsStr::from_bytes(name))));
        }
    }
    for name in ["zero.jpg", "fifo.jpg", "socket.jpg"] {
        normalize(here, &format!("in/{name} -o x.jpg")).expect_message(1, "a pipe or a device");
    }
}

#[test]
fn links_that_are_planted_in_the_output_folder_lead_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let out = here.join("out");
    for (shade, name) in (0..).zip(["a", "b", "sub/c", "sub/deep/d", "e", "f", "g", "within/h"]) {
        write(here.join(format!("in/{name}.jpg")), &jpeg(shade));
    }
    write(here.join("outside/theirs.jpg"), b"theirs");
    write(here.join("outside/hard.jpg"), b"hard");
    fs::create_dir_all(here.join("outside/folder")).unwrap();
    fs::create_dir_all(out.join("real")).unwrap();
    symlink("../outside/new.jpg", out.join("a.jpg")).unwrap();
    symlink("../outside/theirs.jpg", out.join("b.jpg")).unwrap();
    symlink("../outside/folder", out.join("sub")).unwrap();
    fs::hard_link(here.join("outside/hard.jpg"), out.join("e.jpg")).unwrap();
    fifo(&out.join("f.jpg"));
    symlink("/dev/zero", out.join("g.jpg")).unwrap();
    symlink("real", out.join("within")).unwrap();
    let before = snapshot(&here.join("outside"));
    for isolate in ["", "--isolate"] {
        let ran = normalize(here, &format!("in -o out {isolate}")).expect(1);
        for said in [
            "in/a.jpg: out/a.jpg is a symbolic link, not a place for an avatar",
            "in/b.jpg: out/b.jpg is a symbolic link, not a place for an avatar",
            "in/e.jpg: out/e.jpg exists",
            "in/sub/c.jpg: out/sub/c.jpg cannot be written: out/sub is a symbolic link to another place",
            "in/sub/deep/d.jpg: out/sub/deep/d.jpg cannot be written: out/sub is a symbolic link",
            "in/f.jpg: out/f.jpg is a pipe or a device",
            "in/g.jpg: out/g.jpg is a symbolic link",
        ] {
            assert!(ran.stderr.contains(said), "{said}: {ran:?}");
        }
        assert!(snapshot(&here.join("outside")) == before);
    }
    // A dangling link stays one and a hard link as it was, and a link to a folder that stays within is followed.
    assert!(out.join("a.jpg").is_symlink());
    assert!(out.join("real/h.jpg").is_file());
    assert_eq!(fs::read(out.join("e.jpg")).unwrap(), b"hard");
    // What was an avatar is a pipe now: nobody waits for it.
    fs::remove_file(out.join("e.jpg")).unwrap();
    fifo(&out.join("e.jpg"));
    let ran = normalize(here, "in -o out").expect(1);
    assert!(
        ran.stderr.contains("out/e.jpg is a pipe or a device"),
        "{ran:?}"
    );
}

#[test]
fn pruning_removes_nothing_behind_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    write(here.join("in/a.jpg"), &jpeg(1));
    write(here.join("in/sub/b.jpg"), &jpeg(2));
    normalize(here, "in -o out").expect(0);
    fs::rename(here.join("out/sub"), here.join("outside")).unwrap();
    symlink("../outside", here.join("out/sub")).unwrap();
    fs::remove_dir_all(here.join("in/sub")).unwrap();
    normalize(here, "in -o out --prune")
        .expect_message(0, "it is kept: a symbolic link leads to it");
    assert_eq!(names(&here.join("outside")), ["b.jpg"]);
}

#[test]
fn a_hidden_folder_or_journal_that_is_none_is_left_alone() {
    type Plant = fn(&Path, &Path);
    let plant: [(&str, Plant); 6] = [
        ("a link to a folder", |hidden, outside| {
            symlink(outside, hidden).unwrap()
        }),
        ("a dangling link", |hidden, outside| {
            symlink(outside.join("new"), hidden).unwrap()
        }),
        ("a file", |hidden, _| fs::write(hidden, b"mine").unwrap()),
        ("a link as the journal", |hidden, outside| {
            fs::create_dir(hidden).unwrap();
            symlink(outside.join("empty"), hidden.join("journal.jsonl")).unwrap();
        }),
        ("a dangling journal", |hidden, outside| {
            fs::create_dir(hidden).unwrap();
            symlink(outside.join("new"), hidden.join("journal.jsonl")).unwrap();
        }),
        ("a pipe as the journal", |hidden, _| {
            fs::create_dir(hidden).unwrap();
            fifo(&hidden.join("journal.jsonl"));
        }),
    ];
    for (what, plant) in plant {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path();
        write(here.join("in/a.jpg"), &jpeg(1));
        write(here.join("outside/empty"), b"");
        write(here.join("outside/.headshot-theirs.tmp"), b"not swept");
        fs::create_dir(here.join("out")).unwrap();
        plant(&here.join("out/.headshot"), &here.join("outside"));
        let before = snapshot(here);
        let ran = normalize(here, "in -o out").expect(2);
        assert!(
            ran.stderr.contains("was not made by headshot"),
            "{what}: {ran:?}"
        );
        assert!(snapshot(here) == before, "{what}");
    }
}

#[test]
fn reports_and_pages_are_not_written_through_links() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    for number in 0..501 {
        write(here.join(format!("in/{number}.txt")), b"x");
    }
    write(here.join("in/a.jpg"), &jpeg(1));
    write(here.join("outside/000001-after.jpg"), b"theirs");
    write(here.join("outside/report"), b"theirs");
    symlink("outside/report", here.join("r.part")).unwrap();
    symlink("outside", here.join("page-files")).unwrap();
    let before = snapshot(&here.join("outside"));
    normalize(here, "in -o out --report r").expect(0);
    assert_eq!(report(&here.join("r")).len(), 502);
    normalize(here, "in -o out --sheet page.html")
        .expect_message(2, "page-files is a symbolic link");
    assert!(snapshot(&here.join("outside")) == before);
    // Nor is what somebody has put there touched.
    assert!(here.join("r.part").is_symlink());
    fs::remove_file(here.join("r.part")).unwrap();
    fifo(&here.join("r.part"));
    normalize(here, "in -o out --report r").expect(0);
}
