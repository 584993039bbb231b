//! The encoder, tested with decoders that are not ours.

use std::io::Read;

use fastrand::Rng;
use flate2::read::ZlibDecoder;
use headshot_png::{Effort, Kind, Limits, Picture, encode};
use png::{ColorType, Decoder};

use super::assert_same;

const EFFORTS: [Effort; 4] = [
    Effort::Runs,
    Effort::Strings,
    Effort::Filtered,
    Effort::ShortStrings,
];

/// Encodes a picture in every way, and asserts that the `png` crate and our own decoder restore it.
fn assert_back(picture: &Picture) {
    for effort in EFFORTS {
        let file = encode(picture, effort).expect("a picture");
        let mut options = png::DecodeOptions::default();
        options.set_ignore_adler32(false);
        options.set_ignore_crc(false);
        let decoder = Decoder::new_with_options(std::io::Cursor::new(&file), options);
        let mut reader = decoder.read_info().expect("a header");
        let (color, bits) = match picture.kind {
            Kind::Gray(bits) => (ColorType::Grayscale, bits),
            Kind::GrayAlpha => (ColorType::GrayscaleAlpha, 8),
            Kind::Rgb => (ColorType::Rgb, 8),
            Kind::Rgba => (ColorType::Rgba, 8),
            Kind::Palette { bits, .. } => (ColorType::Indexed, bits),
        };
        let info = reader.info();
        assert_eq!((info.width, info.height), (picture.width, picture.height));
        assert_eq!((info.color_type, info.bit_depth as u8), (color, bits));
        if let Kind::Palette { colors, alphas, .. } = picture.kind {
            assert_eq!(info.palette.as_deref(), Some(colors));
            assert_eq!(info.trns.as_deref().unwrap_or_default(), alphas);
        }
        let mut samples = vec![0; picture.samples.len()];
        reader.next_frame(&mut samples).expect("pixels");
        reader.finish().expect("an end");
        let what = (picture.width, picture.height, picture.kind, effort);
        assert!(samples == picture.samples, "{what:?}");
        // A third inflate has no bytes left over, and ours agrees with the `png` crate about the whole file.
        let stream = &file[find(&file, b"IDAT") + 4..find(&file, b"IEND") - 8];
        let mut inflater = ZlibDecoder::new(stream);
        let mut filtered = Vec::new();
        inflater.read_to_end(&mut filtered).expect("a zlib stream");
        assert_eq!(inflater.total_in(), stream.len() as u64);
        let rows = picture.height as usize;
        assert_eq!(filtered.len(), picture.samples.len() + rows, "{what:?}");
        if picture.width <= Limits::default().side {
            assert_same(&file, "written here");
        }
    }
}

fn find(file: &[u8], kind: &[u8; 4]) -> usize {
    let at = file.windows(4).rposition(|window| window == kind);
    at.expect("such a chunk")
}

fn kinds() -> Vec<Kind<'static>> {
    static COLORS: [u8; 768] = {
        let mut colors = [0; 768];
        let mut i = 0;
        while i < 768 {
            colors[i] = (i * 7 % 251) as u8;
            i += 1;
        }
        colors
    };
    let palette = |bits: u8, alphas: &'static [u8]| Kind::Palette {
        bits,
        colors: &COLORS[..3 << bits],
        alphas,
    };
    vec![
        Kind::Gray(1),
        Kind::Gray(2),
        Kind::Gray(4),
        Kind::Gray(8),
        Kind::GrayAlpha,
        Kind::Rgb,
        Kind::Rgba,
        palette(1, &[0]),
        palette(2, &[]),
        palette(4, &[0, 11, 22]),
        palette(8, &[0, 99]),
    ]
}

fn row_bytes(kind: Kind, width: u32) -> usize {
    let bits = match kind {
        Kind::Gray(bits) | Kind::Palette { bits, .. } => usize::from(bits),
        Kind::GrayAlpha => 16,
        Kind::Rgb => 24,
        Kind::Rgba => 32,
    };
    (width as usize * bits).div_ceil(8)
}

/// Every kind and size; samples are a function of their row and position.
fn assert_all_back(sizes: &[(u32, u32)], mut sample: impl FnMut(usize, usize) -> u8) {
    let mut count = 0;
    for kind in kinds() {
        for &(width, height) in sizes {
            let row = row_bytes(kind, width);
            let mut samples = Vec::new();
            for y in 0..height as usize {
                samples.extend((0..row).map(|x| sample(y, x)));
            }
            assert_back(&Picture {
                width,
                height,
                kind,
                samples: &samples,
            });
            count += 1;
        }
    }
    assert_eq!(count, 11 * sizes.len());
}

const SIZES: [(u32, u32); 9] = [
    (1, 1),
    (1, 7),
    (7, 1),
    (3, 3),
    (33, 22),
    (257, 5),
    (5, 258),
    (9000, 2),
    (301, 203),
];

#[test]
fn noise() {
    let mut random = Rng::with_seed(11);
    assert_all_back(&SIZES, |_, _| random.u8(..));
}

#[test]
fn nothing_but_one_color() {
    assert_all_back(&SIZES, |_, _| 0);
    assert_all_back(&SIZES, |_, _| 255);
}

#[test]
fn gradients_and_edges() {
    assert_all_back(&SIZES, |y, x| (x / 3 + 2 * y) as u8);
    assert_all_back(
        &SIZES,
        |y, x| if (x / 60 + y / 9) % 2 == 0 { 17 } else { 136 },
    );
}

#[test]
fn runs_of_every_length_and_pixels_that_come_again() {
    let mut random = Rng::with_seed(22);
    let (mut left, mut byte) = (0, 0);
    assert_all_back(&[(600, 301), (30_000, 1)], |_, _| {
        if left == 0 {
            (left, byte) = (random.usize(..600), random.u8(..));
        }
        left -= left.min(1);
        byte
    });
    let pixel = [1, 22, 133, 244];
    for distance in 1..=4 {
        assert_all_back(&[(999, 101)], |y, x| {
            if x % 700 < 4 {
                y as u8
            } else {
                pixel[x % distance]
            }
        });
    }
}

#[test]
fn frequencies_that_ask_for_the_longest_codes() {
    // Each byte as often as the previous two together, and no filter reduces them: without a limit the rarest has a code of 25 bits.
    let mut bytes = Vec::new();
    let (mut one, mut next) = (1_usize, 1_usize);
    for byte in 0..26_u8 {
        bytes.extend(std::iter::repeat_n(25 - byte, one));
        (one, next) = (next, one + next);
    }
    Rng::with_seed(33).shuffle(&mut bytes);
    assert!(bytes.len() > 300_000, "{}", bytes.len());
    for width in [bytes.len(), 1 << 10] {
        let height = bytes.len() / width;
        assert_back(&Picture {
            width: width as u32,
            height: height as u32,
            kind: Kind::Gray(8),
            samples: &bytes[..width * height],
        });
    }
}

#[test]
fn blocks_whose_statistics_change() {
    let mut random = Rng::with_seed(44);
    let mut modes = [0; 64];
    modes.fill_with(|| random.u8(..5));
    assert_all_back(&[(500, 640)], |y, x| match modes[y / 10] {
        0 => 0,
        1 => random.u8(..),
        2 => random.u8(..4),
        3 => (x * y / 64) as u8,
        _ => 200 + random.u8(..7) * random.u8(..7),
    });
}

#[test]
fn what_is_no_picture_is_refused() {
    let made = |width, height, kind, samples: &[u8]| {
        let picture = Picture {
            width,
            height,
            kind,
            samples,
        };
        encode(&picture, Effort::Runs).is_some()
    };
    let palette = |bits, colors: &'static [u8], alphas: &'static [u8]| Kind::Palette {
        bits,
        colors,
        alphas,
    };
    assert!(made(2, 3, Kind::Gray(8), &[0; 6]));
    assert!(!made(2, 3, Kind::Gray(8), &[0; 5]));
    assert!(!made(2, 3, Kind::Gray(8), &[0; 7]));
    assert!(!made(2, 3, Kind::Gray(3), &[0; 3]));
    assert!(!made(0, 3, Kind::Gray(8), &[]));
    assert!(!made(3, 0, Kind::Gray(8), &[]));
    assert!(!made(u32::MAX, u32::MAX, Kind::Rgba, &[0; 9]));
    assert!(made(9, 1, palette(1, &[0; 6], &[0]), &[0; 2]));
    assert!(!made(9, 1, palette(1, &[0; 9], &[0]), &[0; 2]));
    assert!(!made(9, 1, palette(1, &[0; 5], &[0]), &[0; 2]));
    assert!(!made(9, 1, palette(1, &[], &[]), &[0; 2]));
    assert!(!made(9, 1, palette(1, &[0; 3], &[0; 2]), &[0; 2]));
    assert!(!made(9, 1, palette(16, &[0; 3], &[]), &[0; 18]));
}
