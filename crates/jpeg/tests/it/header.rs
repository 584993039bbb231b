//! What the header says, and its consequences: colors, limits, and files that others must decode.

use headshot_jpeg::{Color, Error, Limits, Process, Request, decode, read_header};
use jpeg_encoder::SamplingFactor::*;

use crate::made::{MADE, Made, find, noise, photo};

/// Removes the JFIF marker, and gives the components the ids `ids`.
fn without_jfif(mut bytes: Vec<u8>, ids: [u8; 3]) -> Vec<u8> {
    bytes.drain(2..20);
    for (code, first, step) in [(0xC0, 10, 3), (0xDA, 5, 2)] {
        let at = find(&bytes, code) + first;
        for (index, id) in ids.into_iter().enumerate() {
            bytes[at + index * step] = id;
        }
    }
    bytes
}

fn with_adobe(mut bytes: Vec<u8>, transform: u8) -> Vec<u8> {
    let marker = b"\xFF\xEE\x00\x0EAdobe\x00\x64\x00\x00\x00\x00";
    let segment: Vec<u8> = marker.iter().copied().chain([transform]).collect();
    bytes.splice(2..2, segment);
    bytes
}

#[test]
fn colors_are_told_by_the_rules_of_libjpeg() {
    let bytes = photo(MADE);
    let plain = decode(&bytes, &Request::default()).unwrap();
    for (bytes, color) in [
        (bytes.clone(), Color::YCbCr),
        (with_adobe(bytes.clone(), 0), Color::YCbCr),
        (without_jfif(bytes.clone(), [1, 2, 3]), Color::YCbCr),
        (without_jfif(bytes.clone(), *b"RGB"), Color::Rgb),
        (without_jfif(bytes.clone(), [7, 9, 8]), Color::YCbCr),
        (
            with_adobe(without_jfif(bytes.clone(), [1, 2, 3]), 0),
            Color::Rgb,
        ),
        (
            with_adobe(without_jfif(bytes.clone(), *b"RGB"), 1),
            Color::YCbCr,
        ),
    ] {
        let image = decode(&bytes, &Request::default()).unwrap();
        assert_eq!(image.header.color, color);
        assert_eq!(image.planes, plain.planes);
    }
    let gray = photo(Made { gray: true, ..MADE });
    let header = read_header(&gray, &Limits::default()).unwrap();
    assert_eq!(header.color, Color::Gray);
}

#[test]
fn the_header_tells_how_decoding_will_go() {
    for (sampling, progressive, process) in [
        (F_2_2, false, Process::Sequential),
        (F_4_1, false, Process::SequentialSeparate),
        (F_2_2, true, Process::Progressive),
    ] {
        let bytes = noise(Made {
            width: 41,
            height: 23,
            sampling,
            progressive,
            ..MADE
        });
        let header = read_header(&bytes, &Limits::default()).unwrap();
        assert_eq!((header.width, header.height), (41, 23));
        assert_eq!(header.process, process);
        let chroma = header.components[2];
        let (across, down) = (header.h_max() / chroma.h, header.v_max() / chroma.v);
        assert_eq!(chroma.width, 41u32.div_ceil(across));
        assert_eq!(chroma.height, 23u32.div_ceil(down));
    }
}

#[test]
fn what_no_photo_has_is_unsupported() {
    let bytes = photo(MADE);
    let frame = find(&bytes, 0xC0);
    let with = |at: usize, value: u8| {
        let mut bytes = bytes.clone();
        bytes[frame + at] = value;
        bytes
    };
    for (bytes, part) in [
        (with(1, 0xC3), "lossless"),
        (with(1, 0xC5), "hierarchical"),
        (with(1, 0xC9), "arithmetic"),
        (with(4, 12), "8 bits"),
    ] {
        let error = decode(&bytes, &Request::default()).unwrap_err();
        assert!(matches!(error, Error::Unsupported { .. }), "{error}");
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[test]
fn limits_hold_before_anything_is_decoded() {
    let bytes = noise(Made {
        width: 48,
        height: 40,
        progressive: true,
        ..MADE
    });
    let fits = Limits {
        pixels: 48 * 40,
        side: 48,
        ..Limits::default()
    };
    let request = |limits| Request {
        limits,
        ..Request::default()
    };
    assert!(decode(&bytes, &request(fits)).is_ok());
    let scans = bytes
        .windows(2)
        .filter(|pair| *pair == [0xFF, 0xDA])
        .count() as u32;
    for (limits, which, found, max) in [
        (
            Limits {
                pixels: 1919,
                ..fits
            },
            "pixels",
            1920,
            1919,
        ),
        (
            Limits { side: 47, ..fits },
            "pixels of the longer side",
            48,
            47,
        ),
        (Limits { scans: 2, ..fits }, "scans", 3, 2),
        (Limits { visits: 89, ..fits }, "blocks in all scans", 90, 89),
    ] {
        let error = decode(&bytes, &request(limits)).unwrap_err();
        assert_eq!(error, Error::Limit { which, found, max });
    }
    assert!(decode(&bytes, &request(Limits { scans, ..fits })).is_ok());
}

#[test]
fn a_header_that_promises_much_is_refused_at_once() {
    for progressive in [false, true] {
        let mut bytes = noise(Made {
            progressive,
            ..MADE
        });
        let frame = find(&bytes, if progressive { 0xC2 } else { 0xC0 });
        bytes[frame + 5..frame + 9].copy_from_slice(&[0x04, 0x11, 0x05, 0x22]);
        let error = decode(&bytes, &Request::default()).unwrap_err();
        let Error::Damaged { what, .. } = error else {
            panic!("{error}");
        };
        assert!(what.contains("too few bytes"), "{what}");
    }
}
