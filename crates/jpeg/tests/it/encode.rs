//! The encoder writes byte for byte what libjpeg-turbo writes from the same tables, and other decoders read a picture.

use headshot_jpeg::{
    Color, EncodeError, Planes, Process, Request, decode, encode_planes, encode_rgb,
};

/// Slopes with noise, as in `encoded.py`.
fn picture(width: u32, height: u32) -> Vec<u8> {
    let mut seed = 1000 * width + height;
    let mut out = Vec::new();
    for y in 0..height {
        for x in 0..width {
            for part in 0..3 {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let noise = (seed >> 24) % (4 + 20 * part);
                out.push((40 + 5 * x + (part + 1) * y + 60 * part + noise) as u8);
            }
        }
    }
    out
}

/// Soft slopes that differ in each color and direction.
fn slopes(width: u32, height: u32) -> Vec<u8> {
    let mut out = Vec::new();
    for y in (0..height).map(|y| y % 50) {
        for x in (0..width).map(|x| x % 80) {
            out.extend([30 + 2 * x + y, 220 - x - 2 * y, 90 + x + y].map(|part| part as u8));
        }
    }
    out
}

fn hash(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811C_9DC5, |hash, &byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

fn psnr(a: &[u8], b: &[u8]) -> f64 {
    assert_eq!(a.len(), b.len());
    let squares = |(&a, &b): (&u8, &u8)| f64::from(a.abs_diff(b)).powi(2);
    let sum: f64 = a.iter().zip(b).map(squares).sum();
    10.0 * (255.0 * 255.0 * a.len() as f64 / sum.max(1.0)).log10()
}

/// The pixels that two other decoders see.
fn others(file: &[u8]) -> [Vec<u8>; 2] {
    let image = image::load_from_memory(file).unwrap().into_rgb8();
    let mut decoder = jpeg_decoder::Decoder::new(file);
    let pixels = decoder.decode().unwrap();
    let info = decoder.info().unwrap();
    assert_eq!(
        (u32::from(info.width), u32::from(info.height)),
        image.dimensions()
    );
    [pixels, image.into_raw()]
}

#[test]
fn every_byte_is_that_of_libjpeg_turbo() {
    let mut count = 0;
    let lines = include_str!("encoded.txt").lines().skip(1);
    for (width, line) in (1..).zip(lines) {
        for (height, expected) in (1..).zip(line.split(' ')) {
            let quality = 1 + (41 * width + 7 * height) % 100;
            let file = encode_rgb(width, height, &picture(width, height), quality as u8).unwrap();
            let found = format!("{:08x}", hash(&file));
            assert_eq!(found, expected, "{width}x{height}, quality {quality}");
            count += 1;
        }
    }
    assert_eq!(count, 1600);
}

#[test]
fn other_decoders_see_the_picture_at_every_size() {
    for width in 1..=40 {
        for height in 1..=40 {
            let pixels = slopes(width, height);
            let file = encode_rgb(width, height, &pixels, 90).unwrap();
            for seen in others(&file) {
                let psnr = psnr(&pixels, &seen);
                assert!(psnr > 33.0, "{width}x{height}: {psnr}");
            }
        }
    }
}

#[test]
fn other_decoders_see_the_picture_at_every_quality() {
    let pixels = slopes(77, 50);
    let mut sizes = Vec::new();
    for quality in 1..=100 {
        let file = encode_rgb(77, 50, &pixels, quality).unwrap();
        for seen in others(&file) {
            let psnr = psnr(&pixels, &seen);
            let least = 17.0 + 0.22 * f64::from(quality);
            assert!(psnr > least, "quality {quality}: {psnr}");
        }
        sizes.push(file.len());
    }
    assert!(sizes[0] < sizes[49] && sizes[49] < sizes[89] && sizes[89] < sizes[99]);
}

#[test]
fn the_file_is_baseline_in_one_interleaved_scan() {
    let file = encode_rgb(333, 22, &picture(333, 22), 80).unwrap();
    let scans: Vec<_> = (0..file.len())
        .filter(|&at| file[at..].starts_with(&[0xFF, 0xDA]))
        .collect();
    assert_eq!(scans.len(), 1);
    assert_eq!(file[scans[0] + 4], 3, "components in the scan");
    let header = headshot_jpeg::read_header(&file, &Request::default().limits).unwrap();
    assert_eq!((header.width, header.height), (333, 22));
    assert_eq!(header.process, Process::Sequential);
    assert_eq!(header.color, Color::YCbCr);
    let samplings: Vec<_> = header.components.iter().map(|c| (c.h, c.v)).collect();
    assert_eq!(samplings, [(2, 2), (1, 1), (1, 1)]);
}

/// Converts and averages as `jccolor.c` and `jcsample.c`.
fn planes_of(width: u32, height: u32, rgb: &[u8]) -> [Vec<u8>; 3] {
    let full = |part: usize, x: u32, y: u32| {
        let at = 3 * (y.min(height - 1) * width + x.min(width - 1)) as usize;
        let [r, g, b] = [rgb[at], rgb[at + 1], rgb[at + 2]].map(i32::from);
        let sum = match part {
            0 => 19595 * r + 38470 * g + 7471 * b + 32768,
            1 => (128 << 16) + 32767 - 11059 * r - 21709 * g + 32768 * b,
            _ => (128 << 16) + 32767 + 32768 * r - 27439 * g - 5329 * b,
        };
        sum >> 16
    };
    std::array::from_fn(|part| {
        let mut plane = Vec::new();
        let step = if part == 0 { 1 } else { 2 };
        for y in 0..height.div_ceil(step) {
            for x in 0..width.div_ceil(step) {
                plane.push(if part == 0 {
                    full(0, x, y) as u8
                } else {
                    let (x, y, bias) = (2 * x, 2 * y, 1 + (x % 2) as i32);
                    let upper = full(part, x, y) + full(part, x + 1, y);
                    let lower = full(part, x, y + 1) + full(part, x + 1, y + 1);
                    ((upper + lower + bias) / 4) as u8
                });
            }
        }
        plane
    })
}

#[test]
fn planes_give_the_file_of_the_pixels_that_they_come_from() {
    // At other widths libjpeg averages the repeated pixels, which planes do not have.
    for width in [16, 32, 48] {
        for height in 1..=40 {
            let pixels = picture(width, height);
            let [y, cb, cr] = &planes_of(width, height, &pixels);
            let planes = Planes { y, cb, cr };
            let from_planes = encode_planes(width, height, planes, 77).unwrap();
            let from_pixels = encode_rgb(width, height, &pixels, 77).unwrap();
            assert!(from_planes == from_pixels, "{width}x{height}");
        }
    }
}

#[test]
fn planes_come_back_as_they_went_in_at_every_size() {
    for (width, height) in (1..=40).flat_map(|width| (1..=40).map(move |height| (width, height))) {
        let [y, cb, cr] = &planes_of(width, height, &slopes(width, height));
        let file = encode_planes(width, height, Planes { y, cb, cr }, 100).unwrap();
        let image = decode(&file, &Request::default()).unwrap();
        for (part, (sent, plane)) in [y, cb, cr].into_iter().zip(&image.planes).enumerate() {
            let rows = (0..plane.height).flat_map(|y| plane.row(y));
            let back: Vec<u8> = rows.copied().collect();
            assert_eq!(sent.len(), back.len());
            for (at, (&sent, &back)) in sent.iter().zip(&back).enumerate() {
                let off = sent.abs_diff(back);
                assert!(
                    off <= 2,
                    "{width}x{height}, part {part}, sample {at}: off by {off}"
                );
            }
        }
    }
}

#[test]
fn the_longest_sides_are_written() {
    for (width, height) in [(65535, 3), (3, 65535)] {
        let pixels = slopes(width, height);
        let file = encode_rgb(width, height, &pixels, 50).unwrap();
        for seen in others(&file) {
            let psnr = psnr(&pixels, &seen);
            assert!(psnr > 25.0, "{width}x{height}: {psnr}");
        }
    }
}

#[test]
fn arguments_that_do_not_fit_are_named() {
    let pixels = picture(11, 22);
    let [y, cb, cr] = &planes_of(11, 22, &pixels);
    for (width, height) in [(0, 22), (11, 0), (65536, 1), (1, 65536)] {
        let error = encode_rgb(width, height, &[], 80).unwrap_err();
        assert_eq!(error, EncodeError::Size { width, height });
    }
    for quality in [0, 101, 255] {
        let error = encode_rgb(11, 22, &pixels, quality).unwrap_err();
        assert_eq!(error, EncodeError::Quality { found: quality });
    }
    let wrong = |what, found, needed| EncodeError::Length {
        what,
        found,
        needed,
    };
    assert_eq!(
        encode_rgb(22, 12, &pixels, 80).unwrap_err(),
        wrong("rgb pixels", 726, 792)
    );
    let planes = |width, height, y, cb, cr| {
        encode_planes(width, height, Planes { y, cb, cr }, 80).unwrap_err()
    };
    let (y, cb, cr) = (y.as_slice(), cb.as_slice(), cr.as_slice());
    assert_eq!(planes(12, 22, y, cb, cr), wrong("y plane", 242, 264));
    assert_eq!(planes(11, 22, y, &cb[1..], cr), wrong("cb plane", 65, 66));
    assert_eq!(planes(11, 22, y, cb, &cr[2..]), wrong("cr plane", 64, 66));
    assert_eq!(
        wrong("cr plane", 64, 66).to_string(),
        "cr plane: 64 bytes, not 66; pass rows without padding"
    );
}
