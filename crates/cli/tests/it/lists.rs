//! What is read from lists and what is skipped in folders: nothing without a word.

use std::fs;

use crate::batch_run::{each, jpeg, names_in, normalize, report, write};
use crate::run::{names, png, testdata};

#[test]
fn a_list_from_another_system_is_read_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    for (shade, name) in (0..).zip(["in/Zo\u{eb}.jpg", "b.jpg"]) {
        write(here.join(name), &jpeg(shade));
    }
    let text = "in/Zo\u{eb}.jpg\r\nb.jpg\r\n";
    let encode = |text: &str, unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        text.encode_utf16().flat_map(unit).collect()
    };
    let marked = format!("\u{feff}{text}");
    for (number, list) in [
        marked.as_bytes().to_vec(),
        encode(&marked, u16::to_le_bytes),
        encode(&marked, u16::to_be_bytes),
    ]
    .iter()
    .enumerate()
    {
        write(here.join("list"), list);
        let out = format!("out{number}");
        normalize(here, &format!("--from-file list -o {out}")).expect(0);
        assert_eq!(names_in(&here.join(out)), ["Zo\u{eb}.jpg", "b.jpg"]);
    }
    let before = names(here);
    for (list, message) in [
        (
            encode(text, u16::to_le_bytes),
            "--from-file list: it is UTF-16 without a byte order mark",
        ),
        (
            encode(text, u16::to_be_bytes),
            "--from-file list: it is UTF-16 without a byte order mark",
        ),
        (
            encode("/", u16::to_le_bytes),
            "--from-file list: it is UTF-16 without a byte order mark",
        ),
        (
            encode(&marked, u16::to_le_bytes)[..31].to_vec(),
            "begins as UTF-16 and does not go on so",
        ),
    ] {
        write(here.join("list"), &list);
        normalize(here, "--from-file list -o out").expect_message(2, message);
    }
    assert_eq!(names(here), before);
}

#[test]
fn what_is_skipped_has_a_reason_and_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    write(here.join("in/a.jpg"), &jpeg(1));
    let webp = fs::read(testdata("still/lossy.webp")).unwrap();
    let avif = b"\0\0\0\x18ftypavif\0\0\0\0mif1avif and more";
    let mp4 = b"\0\0\0\x18ftypisom\0\0\0\0mp42isom and more";
    for (name, bytes) in [
        ("w", &webp[..]),
        ("h", avif),
        ("h.txt", avif),
        ("film", mp4),
        ("r.DNG", b"II*\0"),
        ("r.cr2", b"II*\0"),
        ("r.nef", b"x"),
        ("r.arw", b"x"),
        ("r.CR3", b"x"),
        ("s.heics", avif),
        ("d.svg", b"<svg/>"),
        ("d.psd", b"8BPS"),
        ("n.txt", b"x"),
        (".hidden.jpg", b"x"),
        (".git/config.jpg", b"x"),
    ] {
        write(here.join("in").join(name), bytes);
    }
    // A photo is known by its bytes, whatever it is called.
    png(&here.join("in"), "really.psd", 30, 20);
    let summary = [
        "3 made (3 with warnings) in ",
        "2 skipped: hidden, which --hidden walks",
        "3 skipped: a HEIC or AVIF, which is not supported",
        "5 skipped: a raw photo of a camera, which is not supported",
        "2 skipped: a drawing or an editor's own file, which is not supported",
        "2 skipped: not a photo, by its name and by its first bytes",
    ];
    let quiet = normalize(here, "in -o out --report r").expect(0);
    for line in summary {
        assert!(quiet.stderr.contains(line), "{line}: {quiet:?}");
    }
    assert!(!quiet.stderr.contains("in/r.DNG"), "{quiet:?}");
    let objects = report(&here.join("r"));
    assert_eq!(
        each(&objects, "status")
            .iter()
            .filter(|status| *status == "skipped")
            .count(),
        14
    );
    let all = normalize(here, "in -o out -v").expect(0);
    for line in [
        "headshot: in/h.txt: skipped: a HEIC or AVIF, which is not supported\n",
        "headshot: in/r.CR3: skipped: a raw photo of a camera, which is not supported\n",
        "headshot: in/.git: skipped: hidden, which --hidden walks\n",
        "headshot: in/film: skipped: not a photo, by its name and by its first bytes\n",
    ] {
        assert!(all.stderr.contains(line), "{line}: {all:?}");
    }
    assert_eq!(all.stderr.matches(": skipped: ").count(), 14);
    normalize(here, "in -o out -v -q").expect_message(2, "cannot be used with");
    // Nothing but what is hidden is nothing.
    fs::rename(here.join("in/.git"), here.join("empty")).unwrap();
    fs::rename(
        here.join("empty/config.jpg"),
        here.join("empty/.config.jpg"),
    )
    .unwrap();
    let none = normalize(here, "empty -o none").expect(0);
    assert!(none.stderr.contains("no photos were found"), "{none:?}");
}
