//! Folders and lists: what is walked, what is left alone, and in which order.

use std::fs;

use crate::batch_run::{each, jpeg, names_in, normalize, people, report, write};
use crate::run::{headshot, names, png, run_with_input};

#[test]
fn a_folder_is_mirrored_in_order_whatever_the_number_of_jobs() {
    let folder = people(9);
    let here = folder.path();
    let expected = [
        "000.jpg",
        "003.jpg",
        "006.jpg",
        "north/001.jpg",
        "north/004.jpg",
        "north/007.jpg",
        "south/far/002.jpg",
        "south/far/005.jpg",
        "south/far/008.jpg",
    ];
    let mut texts = Vec::new();
    for jobs in [1, 2, 5] {
        let arguments = format!("people -o out{jobs} --jobs {jobs} --json --report r.jsonl");
        let ran = normalize(here, &arguments).expect(0);
        assert_eq!(names_in(&here.join(format!("out{jobs}"))), expected);
        let outputs = each(&ran.objects(), "output");
        assert_eq!(outputs, expected.map(|name| format!("out{jobs}/{name}")));
        assert_eq!(
            ran.text(),
            fs::read_to_string(here.join("r.jsonl")).unwrap()
        );
        texts.push(ran.text().replace(&format!("out{jobs}/"), "out/"));
        assert!(
            ran.stderr.contains("9 made (9 with warnings) in "),
            "{ran:?}"
        );
    }
    assert!(
        texts.windows(2).all(|pair| pair[0] == pair[1]),
        "{texts:#?}"
    );
    assert!(!names(here).contains(&"r.jsonl.part".to_owned()));
}

#[test]
fn photos_are_known_by_their_bytes_and_missed_by_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    write(here.join("in/nameless"), &jpeg(1));
    write(here.join("in/README.txt"), b"not a photo");
    write(here.join("in/short"), b"x");
    write(here.join("in/portrait.heic"), b"something that is no photo");
    write(here.join("in/.hidden.jpg"), &jpeg(2));
    write(here.join("in/.git/photo.jpg"), &jpeg(3));
    write(here.join("in/.headshot/photo.jpg"), &jpeg(4));
    let ran = normalize(here, "in -o out --report r").expect(1);
    assert_eq!(names_in(&here.join("out")), ["nameless.jpg"]);
    assert!(ran.stderr.contains("in/portrait.heic: "), "{ran:?}");
    assert!(
        ran.stderr
            .contains("1 made (1 with warnings), 1 failed in "),
        "{ran:?}"
    );
    assert!(
        ran.stderr.contains("2 skipped: not a photo, by its name"),
        "{ran:?}"
    );
    let objects = report(&here.join("r"));
    let skipped = "skipped";
    assert_eq!(
        each(&objects, "status"),
        [skipped, skipped, skipped, skipped, "ok", "failed", skipped]
    );
    assert_eq!(objects[6]["warnings"].as_array().unwrap().len(), 1);
    // A folder with the name of our own that has no journal is.
    let why = "1 skipped: a folder called .headshot, which is for journals alone";
    assert!(ran.stderr.contains(why), "{ran:?}");
    assert!(
        ran.stderr
            .contains("2 skipped: hidden, which --hidden walks"),
        "{ran:?}"
    );
    normalize(here, "in -o all --hidden --quiet").expect(1);
    let all = [".git/photo.jpg", ".hidden.jpg", "nameless.jpg"];
    assert_eq!(names_in(&here.join("all")), all);
    // Whoever names a file means it.
    normalize(here, "in/README.txt -o named/").expect_message(1, "in/README.txt: this is a text");
}

#[cfg(unix)]
#[test]
fn links_are_followed_only_on_request_and_never_in_circles() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    write(here.join("in/a/1.jpg"), &jpeg(1));
    write(here.join("elsewhere/2.jpg"), &jpeg(2));
    symlink("../elsewhere", here.join("in/b")).unwrap();
    symlink("..", here.join("in/a/up")).unwrap();
    symlink("1.jpg", here.join("in/a/3.jpg")).unwrap();
    symlink("nowhere.jpg", here.join("in/a/4.jpg")).unwrap();
    let ran = normalize(here, "in -o out").expect(0);
    assert_eq!(names_in(&here.join("out")), ["a/1.jpg"]);
    assert!(
        ran.stderr.contains("4 skipped: a symbolic link, which"),
        "{ran:?}"
    );
    let ran = normalize(here, "in -o all --follow-links").expect(1);
    assert_eq!(
        names_in(&here.join("all")),
        ["a/1.jpg", "a/3.jpg", "b/2.jpg"]
    );
    assert!(
        ran.stderr
            .contains("in/a/4.jpg: a symbolic link to a file that does not"),
        "{ran:?}"
    );
    assert!(
        ran.stderr
            .contains("1 skipped: a symbolic link to a folder that it is in"),
        "{ran:?}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn pipes_in_a_folder_are_skipped_and_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path().join("in/a.jpg"), &jpeg(1));
    let pipe = folder.path().join("in/b.jpg");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let ran = normalize(folder.path(), "in -o out").expect(0);
    assert!(
        ran.stderr
            .contains("1 skipped: a pipe, a socket or a device"),
        "{ran:?}"
    );
}

#[test]
fn folders_photos_and_lists_mix_in_the_order_given() {
    let folder = people(4);
    let here = folder.path();
    png(here, "z.png", 30, 20);
    write(here.join("--lead ing.jpg"), &jpeg(7));
    write(here.join("-"), &jpeg(8));
    let list = b"\xef\xbb\xbf--lead ing.jpg\r\n\npeople/north\n-\n";
    write(here.join("list"), list);
    let ran = normalize(here, "z.png people/south --from-file list -o out --json").expect(0);
    let expected = [
        "z.png",
        "people/south/far/002.JPG",
        "--lead ing.jpg",
        "people/north/001.jpg",
        "./-",
    ];
    assert_eq!(each(&ran.objects(), "photo"), expected);
    let outputs = ["--lead ing.jpg", "-.jpg", "001.jpg", "far/002.jpg", "z.png"];
    assert_eq!(names_in(&here.join("out")), outputs);
    // One name in a list is a batch as well, and a NUL anywhere separates.
    let mut command = headshot();
    command.current_dir(here);
    command.args(["normalize", "--from-file", "-", "-o", "one"]);
    run_with_input(&mut command, b"people/000.jpg\0").expect(0);
    assert_eq!(names(&here.join("one")), [".headshot", "000.jpg"]);
    normalize(here, "--from-file no/list -o x")
        .expect_message(2, "--from-file no/list: cannot be read");
}

#[test]
fn the_output_is_not_its_own_input() {
    let folder = people(3);
    let here = folder.path();
    for _ in 0..2 {
        normalize(here, "people -o people/avatars").expect(0);
        assert_eq!(names_in(&here.join("people/avatars")).len(), 3);
    }
    let before = names_in(here);
    normalize(here, "people -o people.jpg").expect_message(2, "this is the name of a file");
    normalize(here, "people -o people/../people").expect_message(2, "also the one that is read");
    assert_eq!(names_in(here), before);
}

#[cfg(target_os = "linux")]
#[test]
fn names_of_every_kind_work_and_are_printed_escaped() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let long = "n".repeat(251);
    let kinds: [&[u8]; 6] = [
        b"a\nb",
        b"q'\"",
        b"caf\xe9",
        b"-o",
        "Zoe\u{308}".as_bytes(),
        long.as_bytes(),
    ];
    for (shade, stem) in (0..).zip(kinds) {
        let name = [stem, b".gif"].concat();
        write(
            here.join("in").join(std::ffi::OsStr::from_bytes(&name)),
            &jpeg(shade),
        );
    }
    let ran = normalize(here, "in -o out").expect(0);
    assert_eq!(ran.text().lines().count(), 6, "{ran:?}");
    for shown in [
        r"in/a\nb.gif -> out/a\nb.jpg",
        r"in/caf\xe9.gif -> out/caf\xe9.jpg",
    ] {
        assert!(ran.text().contains(shown), "{ran:?}");
    }
    for stem in kinds {
        let name = [stem, b".jpg"].concat();
        assert!(
            here.join("out")
                .join(std::ffi::OsStr::from_bytes(&name))
                .exists()
        );
    }
    let again = normalize(here, "in -o out").expect(0);
    assert!(
        again.stderr.contains("0 made, 6 unchanged in "),
        "{again:?}"
    );
    // No file system of ours has room for an extension here.
    write(here.join("in").join("n".repeat(255)), &jpeg(9));
    normalize(here, "in -o out").expect_message(1, "cannot be written: file name too long");
}
