//! Damage is found, and nothing panics.

use headshot_jpeg::{Below, Damage, End, Error, Region, Request, decode};
use jpeg_encoder::SamplingFactor::*;

use crate::made::{MADE, Made, find, noise, photo};

fn refusal(bytes: &[u8]) -> &'static str {
    match decode(bytes, &Request::default()) {
        Err(Error::Damaged { what, .. }) => what,
        other => panic!("{other:?}"),
    }
}

fn photos() -> Vec<Vec<u8>> {
    let mut photos = Vec::new();
    for progressive in [false, true] {
        for (sampling, restart) in [(F_1_1, 0), (F_2_2, 2), (F_4_1, 0)] {
            photos.push(noise(Made {
                width: 61,
                height: 47,
                sampling,
                progressive,
                restart,
                gray: false,
            }));
        }
    }
    photos
}

#[test]
fn no_photo_survives_being_cut_before_its_end() {
    for bytes in photos() {
        assert!(decode(&bytes, &Request::default()).is_ok());
        for length in 0..bytes.len() - 2 {
            match decode(&bytes[..length], &Request::default()) {
                Err(Error::Damaged { .. }) => {}
                Err(Error::NotJpeg) if length < 2 => {}
                // The padding of the last byte, or that whole byte, may hold no bit needed.
                Ok(image) if length + 3 >= bytes.len() => assert_eq!(image.end, End::Unmarked),
                other => panic!("cut at {length} of {}: {other:?}", bytes.len()),
            }
        }
    }
}

#[test]
fn on_request_a_cut_photo_is_filled_with_gray() {
    let fill = Request {
        damage: Damage::Fill,
        ..Request::default()
    };
    let below = Request {
        region: Some(Region {
            x: 20,
            y: 17,
            width: 31,
            height: 29,
        }),
        ..fill
    };
    let (mut refused, mut filled, mut coarse) = (0, 0, 0);
    for bytes in photos() {
        let whole = decode(&bytes, &Request::default()).unwrap();
        assert_eq!(decode(&bytes, &fill).unwrap(), whole);
        for length in (0..bytes.len() - 3).rev().step_by(5) {
            let Ok(image) = decode(&bytes[..length], &fill) else {
                refused += 1;
                continue;
            };
            let End::Damaged { intact, found, .. } = image.end else {
                panic!("cut at {length} of {}: {:?}", bytes.len(), image.end);
            };
            assert!(
                intact <= found && 0 < found && found <= 47,
                "{intact} {found}"
            );
            let (ours, theirs) = (&image.planes[0], &whole.planes[0]);
            for y in 0..intact {
                assert_eq!(ours.row(y), theirs.row(y), "row {y} of {intact}");
            }
            // After the row of MCUs in which it was cut there is nothing.
            for y in found + 16..47 {
                assert_eq!(ours.row(y), [128; 61], "row {y}, {found} found");
            }
            filled += 1;
            coarse += u32::from(found == 47 && intact == 0);

            let part = decode(&bytes[..length], &below).unwrap();
            assert_eq!(part.end, image.end);
            for (part, whole) in part.planes.iter().zip(&image.planes) {
                for y in 0..part.height {
                    let x = part.x as usize..(part.x + part.width) as usize;
                    assert_eq!(part.row(y), &whole.row(part.y + y)[x]);
                }
            }
        }
    }
    // The first scan of a progressive photo comes early.
    assert!(
        refused > 100 && filled > 500 && coarse > 500,
        "{refused} {filled} {coarse}"
    );
}

#[test]
fn a_missing_end_marker_is_told() {
    for mut bytes in photos() {
        let whole = decode(&bytes, &Request::default()).unwrap();
        bytes.truncate(bytes.len() - 2);
        let image = decode(&bytes, &Request::default()).unwrap();
        assert_eq!(image.end, End::Unmarked);
        assert_eq!(image.planes, whole.planes);
    }
}

#[test]
fn bytes_behind_the_pixels_and_the_end_are_passed_over() {
    for bytes in photos() {
        let whole = decode(&bytes, &Request::default()).unwrap();
        let mut more = bytes.clone();
        more.splice(more.len() - 2..more.len() - 2, [0x12, 0xFF, 0x00, 0x34]);
        more.extend(b"PK\x03\x04 and more");
        assert_eq!(decode(&more, &Request::default()).unwrap(), whole);
    }
}

#[test]
fn restart_markers_must_come_and_in_order() {
    let bytes = photo(Made {
        width: 64,
        restart: 4,
        ..MADE
    });
    let at = find(&bytes, 0xD1);
    let mut swapped = bytes.clone();
    swapped[at + 1] = 0xD2;
    assert!(refusal(&swapped).contains("out of order"));
    let mut gone = bytes.clone();
    gone.drain(at..at + 2);
    refusal(&gone);
}

#[test]
fn headers_that_contradict_themselves_are_refused() {
    let bytes = photo(MADE);
    let change = |code: u8, offset: usize, value: u8| {
        let mut bytes = bytes.clone();
        let at = find(&bytes, code) + offset;
        bytes[at] = value;
        bytes
    };
    for (changed, part) in [
        (change(0xC0, 6, 0), "no pixels"),
        (change(0xC0, 8, 0), "no pixels"),
        (change(0xC0, 11, 0x51), "sampling"),
        (change(0xC0, 11, 0x01), "sampling"),
        (change(0xC0, 12, 4), "above 3"),
        (change(0xC0, 12, 3), "quantization table is missing"),
        (change(0xDA, 5, 77), "does not have"),
        (change(0xDA, 6, 0x40), "above 3"),
        (change(0xDA, 6, 0x33), "table is missing"),
        (change(0xDB, 4, 0x24), "quantization"),
        (change(0xC4, 4, 0x24), "huffman"),
        (change(0xC4, 5, 0xFF), "huffman"),
    ] {
        let found = refusal(&changed);
        assert!(found.contains(part), "{found}, not {part}");
    }
    // Height 0 needs both bytes.
    assert_eq!(u16::from_be_bytes([bytes[find(&bytes, 0xC0) + 5], 0]), 0);
    let mut second = bytes.clone();
    let (frame, scan) = (find(&bytes, 0xC0), find(&bytes, 0xDA));
    let header = bytes[frame..frame + 19].to_vec();
    second.splice(scan..scan, header);
    assert!(refusal(&second).contains("second frame"));
    let mut scans = bytes.clone();
    scans.splice(
        bytes.len() - 2..bytes.len() - 2,
        bytes[scan..bytes.len() - 2].to_vec(),
    );
    assert!(refusal(&scans).contains("a scan more"));
}

#[test]
fn fill_bytes_and_empty_segments_take_linear_time() {
    // Each of these would take minutes if any of it were read repeatedly.
    let bytes = photo(Made {
        width: 640,
        height: 480,
        ..MADE
    });
    let scan = find(&bytes, 0xDA);
    let fill = vec![0xFF; 2_000_000];
    let mut filled = bytes.clone();
    filled.splice(scan..scan, fill.iter().copied());
    assert!(decode(&filled, &Request::default()).is_ok());

    let mut cut = bytes[..scan + 200].to_vec();
    cut.extend(&fill);
    cut.extend([0xD9]);
    assert!(refusal(&cut).contains("ends early"));

    let mut segments = bytes.clone();
    let empty = [0xFF, 0xFE, 0, 2].repeat(500_000);
    segments.splice(scan..scan, empty);
    assert!(decode(&segments, &Request::default()).is_ok());
}

#[test]
fn flipped_bytes_never_panic() {
    let mut seed = 99u32;
    let mut random = move |below: usize| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as usize % below
    };
    let mut refused = 0;
    for bytes in photos() {
        for _ in 0..1500 {
            let mut bytes = bytes.clone();
            for _ in 0..1 + random(3) {
                let at = random(bytes.len());
                bytes[at] = random(256) as u8;
            }
            let request = Request {
                region: Some(Region {
                    x: 19,
                    y: 11,
                    width: 22,
                    height: 17,
                }),
                below: [Below::Check, Below::Skip][random(2)],
                ..Request::default()
            };
            refused += u32::from(decode(&bytes, &request).is_err());
            let _ = decode(&bytes, &Request::default());
        }
    }
    assert!(refused > 100, "{refused}");
}
