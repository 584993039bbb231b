//! Data hidden among the bits of a photo is noticed, and ordinary photos are not suspected.

use std::ops::ControlFlow;
use std::path::Path;

use headshot_jpeg::{Color, End, Request, check_rows, decode, read_header};
use jpeg_encoder::SamplingFactor::*;

use crate::made::{Made, find, noise, photo};

/// A whole file; otherwise there is nothing to say.
#[track_caller]
fn has_spare(bytes: &[u8]) -> bool {
    let checked = check_rows(bytes, &Request::default(), |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(checked.end, End::Marked);
    checked.has_spare
}

/// What libjpeg-turbo writes, by name.
fn written() -> Vec<(&'static str, Vec<u8>)> {
    // Written by spare.py.
    let lines = include_str!("spare.txt").lines();
    lines
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let (name, hex) = line.split_once(' ').unwrap();
            let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16);
            let (pairs, _) = hex.as_bytes().as_chunks::<2>();
            (name, pairs.iter().map(|pair| byte(pair).unwrap()).collect())
        })
        .collect()
}

#[test]
fn photos_that_anybody_can_read_are_not_suspected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/still");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|kind| kind != "jpg") {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let header = read_header(&bytes, &Default::default()).unwrap();
        if matches!(header.color, Color::Gray | Color::YCbCr) {
            assert!(!has_spare(&bytes), "{}", path.display());
            count += 1;
        }
    }
    assert_eq!(count, 33);
}

#[test]
fn what_encoders_write_is_not_suspected() {
    let written = written();
    assert_eq!(written.len(), 27);
    for (name, bytes) in written {
        assert!(!has_spare(&bytes), "{name}");
        let restarts = bytes.windows(2).filter(|pair| pair == &[0xFF, 0xD0]);
        assert_eq!(restarts.count() > 0, !name.contains("none"), "{name}");
    }
    for progressive in [false, true] {
        for (sampling, restart) in [(F_1_1, 0), (F_2_2, 2), (F_2_1, 3), (F_4_1, 0)] {
            let made = Made {
                width: 61,
                height: 47,
                sampling,
                progressive,
                restart,
                // This encoder writes tables for color in any case.
                gray: false,
            };
            assert!(!has_spare(&photo(made)), "{made:?}");
            assert!(!has_spare(&noise(made)), "{made:?}");
        }
    }
}

fn insert(bytes: &[u8], at: usize, more: &[u8]) -> Vec<u8> {
    [&bytes[..at], more, &bytes[at..]].concat()
}

#[test]
fn bytes_behind_the_bits_of_any_part_of_any_scan_are_noticed() {
    let (mut restarts, mut ends) = (0, 0);
    for (name, bytes) in written() {
        let whole = decode(&bytes, &Request::default()).unwrap();
        let length = |at: usize| usize::from(bytes[at]) << 8 | usize::from(bytes[at + 1]);
        let mut at = 2;
        while bytes[at + 1] != 0xD9 {
            let is_scan = bytes[at + 1] == 0xDA;
            at += 2 + length(at + 2);
            if !is_scan {
                continue;
            }
            loop {
                let marker = |pair: &[u8]| pair[0] == 0xFF && pair[1] != 0;
                at += bytes[at..].windows(2).position(marker).unwrap();
                for more in [&b"\x12"[..], b"hidden words", b"\0", b"\xFF\0\x34"] {
                    let hiding = insert(&bytes, at, more);
                    assert!(has_spare(&hiding), "{name}: {more:x?} at {at}");
                    assert!(decode(&hiding, &Request::default()).unwrap() == whole);
                }
                if !matches!(bytes[at + 1], 0xD0..=0xD7) {
                    ends += 1;
                    break;
                }
                restarts += 1;
                at += 2;
            }
        }
    }
    assert!(restarts > 100 && ends > 60, "{restarts} {ends}");
}

#[test]
fn bits_that_fill_up_a_byte_are_all_ones_or_all_zeros() {
    let mut count = 0;
    for (name, bytes) in written() {
        let end = bytes.len() - 2;
        // The bits after the last meaningful one change no pixel.
        let whole = decode(&bytes, &Request::default()).unwrap();
        let changed = |bits: u8| {
            let mut changed = bytes.clone();
            changed[end - 1] ^= bits;
            changed
        };
        let same = |bits: &u32| {
            decode(&changed((1 << bits) - 1), &Request::default()).as_ref() == Ok(&whole)
        };
        let free = (0..8).take_while(same).count() as u32;
        if free > 2 {
            assert!(has_spare(&changed(1)), "{name}");
            assert!(has_spare(&changed(2)), "{name}");
            count += 1;
        }
    }
    assert!(count > 3, "{count}");
}

#[test]
fn restart_intervals_that_say_nothing_are_noticed() {
    let interval = |count: u16| {
        let [high, low] = count.to_be_bytes();
        [0xFF, 0xDD, 0, 4, high, low]
    };
    for (name, bytes) in written() {
        let scan = find(&bytes, 0xDA);
        if name.contains("none") {
            // None, and more than there are MCUs.
            assert!(!has_spare(&insert(&bytes, scan, &interval(0))), "{name}");
            assert!(has_spare(&insert(&bytes, scan, &interval(4242))), "{name}");
        } else {
            let before = find(&bytes, 0xDD);
            assert!(
                has_spare(&insert(&bytes, before, &interval(4242))),
                "{name}"
            );
        }
    }
}

#[test]
fn tables_that_nothing_needs_are_noticed() {
    for (name, bytes) in written() {
        let (tables, codes) = (find(&bytes, 0xDB), find(&bytes, 0xC4));
        let table = bytes[tables..tables + 69].to_vec();
        assert_eq!(table[..4], [0xFF, 0xDB, 0, 67], "{name}");
        // Once more, and another that nothing uses.
        assert!(has_spare(&insert(&bytes, tables, &table)), "{name}");
        let mut other = table;
        other[4] = 3;
        assert!(has_spare(&insert(&bytes, tables, &other)), "{name}");
        let length = usize::from(bytes[codes + 2]) << 8 | usize::from(bytes[codes + 3]);
        let code = bytes[codes..codes + 2 + length].to_vec();
        assert!(has_spare(&insert(&bytes, codes, &code)), "{name}");
    }
}
