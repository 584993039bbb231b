//! JPEGs as phones and programs write them: large ones, some without color markers, and some that end early.

use std::time::Duration;

use headshot_core::{Avatar, Error, Fit, Limit, Limits, Options, Step, Warning, normalize, probe};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use crate::gif_file::side;
use crate::kept::{insert, segment};
use crate::{file, kept};

/// A baseline 4:2:0 JPEG of this size, from one row of blocks repeated after restart markers.
fn tall(width: u16, height: u16) -> Vec<u8> {
    let mut seed = 7_u32;
    let pixels: Vec<u8> = (0..usize::from(width) * 16 * 3)
        .map(|i| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (90 + i / 3 % usize::from(width) / 200) as u8 + (seed >> 27) as u8
        })
        .collect();
    let mut strip = Vec::new();
    let mut encoder = Encoder::new(&mut strip, 85);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.set_restart_interval(width.div_ceil(16));
    encoder.encode(&pixels, width, 16, ColorType::Rgb).unwrap();
    let place = |marker| {
        let mut pairs = strip.windows(2);
        pairs.position(|pair| pair == [0xFF, marker]).unwrap()
    };
    let frame = place(0xC0) + 5;
    let scan = place(0xDA) + 2 + 12;
    let (mut photo, row) = (strip[..scan].to_vec(), &strip[scan..strip.len() - 2]);
    photo[frame..frame + 2].copy_from_slice(&height.to_be_bytes());
    for number in 0..height.div_ceil(16) {
        if number > 0 {
            photo.extend([0xFF, 0xD0 + (number - 1) as u8 % 8]);
        }
        photo.extend_from_slice(row);
    }
    photo.extend([0xFF, 0xD9]);
    photo
}

/// All markers before its first scan together decide a JPEG's colors, as in libjpeg.
#[test]
fn markers_behind_the_frame_header_count() {
    let pixels: Vec<u8> = [150, 49, 145].repeat(48 * 48);
    let mut photo = Vec::new();
    let encoder = Encoder::new(&mut photo, 90);
    encoder.encode(&pixels, 48, 48, ColorType::Rgb).unwrap();
    // Without JFIF's marker, Adobe's letters decide whether it is RGB.
    let jfif = photo.windows(4).position(|part| part == b"JFIF").unwrap() - 4;
    photo.drain(jfif..jfif + 18);
    let adobe = segment(0xEE, b"Adobe\0\x64\0\0\0\0\0");
    let scan = photo
        .windows(2)
        .position(|pair| pair == [0xFF, 0xDA])
        .unwrap();
    let late = insert(&photo, scan, &adobe);
    let early = insert(&photo, 2, &adobe);
    let shown = |photo: &[u8]| {
        let avatar = normalize(photo, &side(48)).unwrap();
        assert!(!kept::is_kept(&avatar));
        image::load_from_memory(&avatar.bytes()).unwrap().to_rgb8()
    };
    let independent = image::load_from_memory(&early).unwrap().to_rgb8();
    for (x, y) in [(3, 3), (40, 20)] {
        let expected = independent.get_pixel(x, y).0;
        for photo in [&early, &late] {
            let found = shown(photo).get_pixel(x, y).0;
            let near = found.iter().zip(expected).all(|(a, b)| a.abs_diff(b) < 5);
            assert!(near, "{found:?} {expected:?}");
        }
    }
    assert!(kept::is_kept(&normalize(&photo, &side(48)).unwrap()));
}

#[test]
fn two_hundred_megapixels_become_an_avatar() {
    let photo = tall(16_320, 12_240);
    assert!(
        photo.len() > 30 << 20 && photo.len() < 64 << 20,
        "{}",
        photo.len()
    );
    let options = Options {
        fit: Fit::Cover,
        limits: Limits {
            // Tests are not optimized.
            time: Duration::from_secs(600),
            ..Limits::default()
        },
        ..Options::default()
    };
    let avatar = normalize(&photo, &options).unwrap();
    assert_eq!(avatar.side(), 1024);
    let shown = image::load_from_memory(&avatar.bytes()).unwrap().to_rgb8();
    // It grows lighter to the right, by 1 in 200 pixels from 90 on, with noise of 15 more on average.
    for (x, level) in [(9, 116), (512, 146), (1014, 176)] {
        let found = shown.get_pixel(x, 700).0[1];
        assert!(found.abs_diff(level) <= 3, "{x}: {found}");
    }
    let more = tall(16_320, 18_400);
    let refused = probe(&more[..5_000_000], &Limits::default());
    let is_more = |error| {
        matches!(
            error,
            Error::Limit {
                which: Limit::Pixels,
                max: 300_000_000,
                ..
            }
        )
    };
    assert!(refused.is_err_and(is_more));
}

#[test]
fn segments_that_are_declared_to_be_nothing_are_passed_over() {
    let photo = file("still/plain.jpg");
    let wanted = normalize(&photo, &side(64)).unwrap().bytes();
    for length in 0..=2 {
        for marker in [0xE0, 0xE5, 0xEF, 0xFE] {
            let more = insert(&photo, 2, &[0xFF, marker, 0, length]);
            let found = normalize(&more, &side(64)).unwrap();
            assert!(found.bytes() == wanted, "{marker:x} {length}");
        }
        // The picture must take some memory.
        for marker in [0xDB, 0xC4, 0xDD, 0xC0] {
            let less = insert(&photo, 2, &[0xFF, marker, 0, length]);
            let refused = normalize(&less, &side(64));
            let is_fine = length == 2 && matches!(marker, 0xDB | 0xC4);
            assert_eq!(refused.is_ok(), is_fine, "{marker:x} {length}");
        }
    }
    // It is not part of a photo that is kept.
    let kept = kept::avatar("still/plain.jpg", 64);
    let more = insert(&kept, 2, &[0xFF, 0xE5, 0, 0]);
    assert!(normalize(&more, &side(64)).unwrap().bytes() == kept);
}

#[test]
fn a_progressive_photo_that_ends_between_two_scans_says_what_is_missing() {
    let pixels: Vec<u8> = (0..64 * 64 * 3).map(|i| (i * i % 251) as u8).collect();
    let mut photo = Vec::new();
    let mut encoder = Encoder::new(&mut photo, 90);
    encoder.set_progressive(true);
    encoder.encode(&pixels, 64, 64, ColorType::Rgb).unwrap();
    let is_kept = |avatar: &Avatar| matches!(avatar.report().steps[..], [Step::Keep(_)]);
    assert!(is_kept(&normalize(&photo, &side(64)).unwrap()));
    // Where the data of each scan ends.
    let (mut at, mut ends) = (2, Vec::new());
    while photo[at + 1] != 0xD9 {
        let is_scan = photo[at + 1] == 0xDA;
        at += 2 + usize::from(u16::from_be_bytes([photo[at + 2], photo[at + 3]]));
        if is_scan {
            let marker = |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0 | 0xD0..=0xD7);
            at += photo[at..].windows(2).position(marker).unwrap();
            ends.push(at);
        }
    }
    assert!(ends.len() > 3);
    let mut last = None;
    for end in &ends[..ends.len() - 1] {
        let cut = [&photo[..*end], &[0xFF, 0xD9]].concat();
        let avatar = normalize(&cut, &side(64)).unwrap();
        let report = avatar.report();
        assert!(!report.damaged());
        let never = report.warnings.iter().find_map(|warning| match warning {
            Warning::NeverCoded {
                coefficients,
                last_bits,
            } => Some((coefficients, last_bits)),
            _ => None,
        });
        let (coefficients, last_bits) = never.unwrap();
        let missing: u32 = coefficients
            .iter()
            .chain(last_bits)
            .map(|count| u32::from(*count))
            .sum();
        assert!(
            missing > 0 && last.is_none_or(|last| missing <= last),
            "{missing} {last:?}"
        );
        last = Some(missing);
        // Without an end marker it is cut off.
        let refused = normalize(&cut[..cut.len() - 2], &side(64));
        assert!(matches!(refused, Err(Error::Damaged { .. })));
        // Waiting for the rest would be in vain.
        assert!(!is_kept(&avatar));
    }
    let words = Warning::NeverCoded {
        coefficients: [0, 63, 64, 0],
        last_bits: [5, 0, 0, 0],
    };
    assert_eq!(
        words.to_string(),
        "the JPEG ends before its last scans, so it is coarser than it could be: missing are 63 of 64 coefficients of color \
         component 2, 64 of component 3, the last bits of 5 of component 1"
    );
}
