//! Pixels are bit for bit those of libjpeg-turbo, for the whole and for a part.

use std::ops::ControlFlow;
use std::path::Path;

use headshot_jpeg::{End, Error, Region, Request, decode_pixels, read_header};

fn photo(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/still");
    std::fs::read(folder.join(format!("{name}.jpg"))).unwrap()
}

/// Interleaved samples of a region.
fn pixels(photo: &[u8], region: Option<Region>) -> Vec<u8> {
    let mut pixels = Vec::new();
    let request = Request {
        region,
        ..Request::default()
    };
    let end = decode_pixels(photo, &request, |row| {
        for x in 0..row.first().map_or(0, |part| part.len()) {
            pixels.extend(row.iter().map(|part| part[x]));
        }
        ControlFlow::Continue(())
    });
    assert_eq!(end, Ok(End::Marked));
    pixels
}

fn fnv(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811C_9DC5, |hash: u32, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    })
}

#[test]
fn pixels_are_those_of_libjpeg_turbo() {
    // Written by full_size.py.
    let expected = include_str!("full_size.txt");
    let mut count = 0;
    for line in expected.lines().filter(|line| !line.starts_with('#')) {
        let [name, width, height, hash] = line.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let photo = photo(name);
        let header = read_header(&photo, &Default::default()).unwrap();
        let size = [header.width, header.height].map(|side| side.to_string());
        assert_eq!(size, [width, height], "{name}");
        let found = fnv(&pixels(&photo, None));
        assert_eq!(format!("{found:08x}"), hash, "{name}");
        count += 1;
    }
    assert_eq!(count, 12);
}

#[test]
fn a_part_has_the_pixels_of_the_whole() {
    for name in ["411", "422", "440", "444"].map(|name| format!("subsampling-{name}")) {
        assert_part(&photo(&name));
    }
    for name in ["plain", "progressive", "gray", "rgb"] {
        assert_part(&photo(name));
    }
}

fn assert_part(photo: &[u8]) {
    let (width, height) = (95, 63);
    let whole = pixels(photo, None);
    let channels = whole.len() / (width * height) as usize;
    let mut count = 0;
    for (x, part_width) in [(0, 95), (0, 17), (31, 1), (33, 30), (94, 1)] {
        for (y, part_height) in [(0, 63), (0, 16), (15, 1), (16, 33), (62, 1)] {
            let region = Region {
                x,
                y,
                width: part_width,
                height: part_height,
            };
            let rows = whole.chunks_exact(width as usize * channels);
            let expected: Vec<u8> = rows
                .skip(y as usize)
                .take(part_height as usize)
                .flat_map(|row| &row[x as usize * channels..][..part_width as usize * channels])
                .copied()
                .collect();
            assert!(pixels(photo, Some(region)) == expected, "{region:?}");
            count += 1;
        }
    }
    assert_eq!(count, 25);
}

#[test]
fn the_caller_can_stop_and_must_stay_inside() {
    let photo = photo("plain");
    let mut rows = 0;
    let end = decode_pixels(&photo, &Request::default(), |_| {
        rows += 1;
        match rows {
            20 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    });
    assert_eq!((end, rows), (Ok(End::NotReached), 20));
    let region = Region {
        x: 90,
        y: 11,
        width: 6,
        height: 22,
    };
    let outside = Request {
        region: Some(region),
        ..Request::default()
    };
    let refused = decode_pixels(&photo, &outside, |_| ControlFlow::Continue(()));
    assert!(matches!(
        refused,
        Err(Error::RegionOutside {
            x: 90,
            width: 6,
            ..
        })
    ));
}
