//! However the coefficients are spread over scans, the picture is the same.

use std::ops::RangeInclusive;

use headshot_jpeg::{Below, Color, End, Error, Image, NeverCoded, Region, Request, decode};

use crate::made::assert_same_samples;
use crate::written::{Share, Written};

const IMAGES: [&[(usize, usize)]; 6] = [
    &[(1, 1)],
    &[(1, 1), (1, 1), (1, 1)],
    &[(2, 2), (1, 1), (1, 1)],
    &[(2, 1), (1, 1), (1, 1)],
    &[(1, 2), (1, 1), (1, 1)],
    &[(2, 2), (1, 2), (2, 1)],
];

/// Successive approximation by two bits and one, as common programs write it, and by three.
fn scripts(parts: usize) -> Vec<Vec<Share<'static>>> {
    const ALL: &[&[usize]] = &[&[0], &[1], &[2]];
    let mut scripts = Vec::new();
    for bits in 1..=3 {
        let together: &[usize] = if parts == 1 { &[0] } else { &[0, 1, 2] };
        let mut script: Vec<Share> = vec![(together, 0..=0, 0, bits)];
        for part in &ALL[..parts] {
            script.push((part, 1..=7, 0, bits));
            script.push((part, 8..=63, 0, bits));
        }
        for low in (0..bits).rev() {
            script.push((together, 0..=0, low + 1, low));
            for part in &ALL[..parts] {
                // Bands of 15, so that no run of zeros needs a symbol of its own.
                for first in [1, 16, 31, 46, 61] {
                    script.push((part, first..=63.min(first + 14), low + 1, low));
                }
            }
        }
        scripts.push(script);
    }
    scripts
}

fn images() -> impl Iterator<Item = Written> {
    IMAGES.into_iter().flat_map(|factors| {
        [(1, 1, 0), (61, 47, 0), (70, 33, 5), (129, 18, 1)]
            .map(|(width, height, restart)| Written::random(width, height, restart, factors))
    })
}

#[test]
fn successive_approximation_adds_up_to_the_sequential_picture() {
    let mut count = 0;
    for image in images() {
        let parts = image.parts.len();
        let together: &[usize] = if parts == 1 { &[0] } else { &[0, 1, 2] };
        let plain = decode(&image.sequential(&[together]), &Request::default()).unwrap();
        for script in scripts(parts) {
            let bytes = image.progressive(&script);
            let refined = decode(&bytes, &Request::default()).unwrap();
            assert_eq!(refined.end, End::Marked);
            assert_same_samples(&refined.planes, &plain.planes);
            // A region follows the same bits without keeping their blocks.
            for below in [Below::Check, Below::Skip] {
                let request = Request {
                    region: Some(Region {
                        x: image.width as u32 / 2,
                        y: image.height as u32 / 3,
                        width: 1,
                        height: 1,
                    }),
                    below,
                    ..Request::default()
                };
                let part = decode(&bytes, &request).unwrap();
                for (part, whole) in part.planes.iter().zip(&plain.planes) {
                    for y in 0..part.height {
                        let from = part.x as usize;
                        let row = &whole.row(part.y + y)[from..from + part.width as usize];
                        assert_eq!(part.row(y), row);
                    }
                }
            }
            count += 1;
        }
    }
    assert_eq!(count, 72);
}

#[test]
fn another_decoder_agrees_on_refined_pictures() {
    for image in images().filter(|image| image.parts.iter().all(|p| (p.h, p.v) == (1, 1))) {
        let parts = image.parts.len();
        for script in scripts(parts) {
            let bytes = image.progressive(&script);
            let ours = decode(&bytes, &Request::default()).unwrap();
            let mut other = jpeg_decoder::Decoder::new(&bytes[..]);
            if parts == 3 {
                other.set_color_transform(jpeg_decoder::ColorTransform::RGB);
            }
            let other = other.decode().unwrap();
            for (index, plane) in ours.planes.iter().enumerate() {
                for y in 0..image.height {
                    for (x, &sample) in plane.row(y as u32).iter().enumerate() {
                        let theirs = other[(y * image.width + x) * parts + index];
                        assert!(
                            sample.abs_diff(theirs) <= 1,
                            "{index} at {x},{y}: {sample} {theirs}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn components_may_come_apart_and_in_any_order() {
    for image in images().filter(|image| image.parts.len() == 3) {
        let plain = decode(&image.sequential(&[&[0, 1, 2]]), &Request::default()).unwrap();
        assert_eq!(plain.header.color, Color::YCbCr);
        let apart: [&[&[usize]]; 5] = [
            &[&[0], &[1], &[2]],
            &[&[2], &[0], &[1]],
            &[&[0, 1], &[2]],
            &[&[1], &[2, 0]],
            &[&[2, 0, 1]],
        ];
        for scans in apart {
            let other = decode(&image.sequential(scans), &Request::default()).unwrap();
            assert_same_samples(&other.planes, &plain.planes);
        }
    }
}

#[test]
fn scans_that_contradict_each_other_are_refused() {
    let image = Written::random(40, 24, 0, IMAGES[1]);
    let both: &[usize] = &[0, 1, 2];
    for script in [
        // The same bits twice; a refinement of nothing; bits left out; a band of many parts.
        vec![(both, 0..=0, 0, 0), (both, 0..=0, 0, 0)],
        vec![(both, 0..=0, 1, 0)],
        vec![(both, 0..=0, 0, 3), (both, 0..=0, 2, 1)],
        vec![(both, 1..=5, 0, 0)],
        vec![(&[0], 0..=5, 0, 0)],
        vec![(&[0], RangeInclusive::new(9, 5), 0, 0)],
        vec![(&[0], 1..=64, 0, 0)],
        // The first component never comes.
        vec![(&[1], 0..=0, 0, 0), (&[2], 0..=0, 0, 0)],
    ] {
        let mut bytes = image.progressive(&[]);
        bytes.truncate(bytes.len() - 2);
        for (parts, band, high, low) in &script {
            bytes.extend([0xFF, 0xDA, 0, 6 + 2 * parts.len() as u8, parts.len() as u8]);
            parts
                .iter()
                .for_each(|&part| bytes.extend([part as u8 + 1, 0]));
            bytes.extend([*band.start() as u8, *band.end() as u8, high << 4 | low]);
            bytes.extend([0; 64]);
        }
        bytes.extend([0xFF, 0xD9]);
        let result = decode(&bytes, &Request::default());
        assert!(
            matches!(result, Err(Error::Damaged { .. })),
            "{script:?}: {result:?}"
        );
    }
    for scans in [&[&[0usize][..], &[1]][..], &[&[0], &[1], &[1]]] {
        let result = decode(&image.sequential(scans), &Request::default());
        assert!(matches!(result, Err(Error::Damaged { .. })), "{scans:?}");
    }
}

#[test]
fn what_was_never_coded_is_told() {
    let image = Written::random(61, 47, 0, IMAGES[2]);
    let script = &scripts(3)[1];
    assert_eq!(script.len(), 1 + 6 + 2 * 16);
    let early =
        |scans: usize| match decode(&image.progressive(&script[..scans]), &Request::default()) {
            Ok(Image {
                end: End::Early(never),
                ..
            }) => (never.coefficients, never.last_bits),
            other => panic!("after {scans} scans: {other:?}"),
        };
    // DC without its last two bits; then the bands of each component, a bit of all, and the last one.
    for (scans, coefficients, last_bits) in [
        (1, [63, 63, 63, 0], [1, 1, 1, 0]),
        (2, [56, 63, 63, 0], [8, 1, 1, 0]),
        (3, [0, 63, 63, 0], [64, 1, 1, 0]),
        (6, [0, 0, 56, 0], [64, 64, 8, 0]),
        (7, [0; 4], [64, 64, 64, 0]),
        (23, [0; 4], [64, 64, 64, 0]),
        (24, [0; 4], [63, 63, 63, 0]),
        (25, [0; 4], [48, 63, 63, 0]),
        (38, [0; 4], [0, 0, 3, 0]),
    ] {
        assert_eq!(early(scans), (coefficients, last_bits), "{scans}");
    }
    let whole = decode(&image.progressive(script), &Request::default()).unwrap();
    assert_eq!(whole.end, End::Marked);

    // The planes of components that never come are gray.
    let bytes = image.progressive(&[(&[0], 0..=0, 0, 0), (&[2], 0..=0, 0, 0)]);
    let found = decode(&bytes, &Request::default()).unwrap();
    let never = NeverCoded {
        coefficients: [63, 64, 63, 0],
        last_bits: [0; 4],
    };
    assert_eq!(found.end, End::Early(never));
    assert!(found.planes[1].row(9).iter().all(|sample| *sample == 128));
    // Neither inks nor a picture without lightness are shown incomplete.
    let adobe = [&b"\xFF\xEE\0\x0EAdobe\0\x64\0\0\0\0\0"[..]].concat();
    let rgb = [&bytes[..2], &adobe, &bytes[2..]].concat();
    for refused in [rgb, image.progressive(&[(&[1, 2], 0..=0, 0, 0)])] {
        let result = decode(&refused, &Request::default());
        assert!(matches!(result, Err(Error::Damaged { .. })), "{result:?}");
    }
}

#[test]
fn fewer_bits_than_possible_are_the_writers_choice() {
    let image = Written::random(61, 47, 0, IMAGES[2]);
    let mut rough = image.clone();
    for block in rough.parts.iter_mut().flat_map(|part| &mut part.blocks) {
        *block = std::array::from_fn(|k| if k == 0 { block[0] >> 2 << 2 } else { 0 });
    }
    let expected = decode(&rough.sequential(&[&[0, 1, 2]]), &Request::default()).unwrap();
    let mut bytes = image.progressive(&[(&[0, 1, 2], 0..=0, 0, 2)]);
    let found = decode(&bytes, &Request::default()).unwrap();
    assert_same_samples(&found.planes, &expected.planes);
    // Without an end marker it is unknown whether more was meant to come.
    bytes.truncate(bytes.len() - 2);
    let result = decode(&bytes, &Request::default());
    assert!(matches!(result, Err(Error::Damaged { .. })), "{result:?}");
}
