//! A file that was followed is decoded from where a row of blocks begins, to the same samples.

use std::ops::ControlFlow;

use headshot_jpeg::{
    Below, Damage, End, Limits, Marks, Plane, Region, Request, Scale, decode_pixels, decode_rows,
    read_header,
};

fn photo(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/still");
    std::fs::read(format!("{folder}/{name}.jpg")).unwrap()
}

/// How many rows came without samples, and the others.
#[derive(Debug, Default, PartialEq)]
struct Rows {
    empty: usize,
    planes: Vec<Vec<Plane>>,
    pixels: Vec<Vec<u8>>,
}

impl Rows {
    fn planes(&mut self) -> impl FnMut(&[Plane]) -> ControlFlow<()> {
        |planes| {
            match planes {
                [] => self.empty += 1,
                planes => self.planes.push(planes.to_vec()),
            }
            ControlFlow::Continue(())
        }
    }

    fn pixels(&mut self) -> impl FnMut(&[&[u8]]) -> ControlFlow<()> {
        |row| {
            match row {
                [] => self.empty += 1,
                row => self.pixels.push(row.concat()),
            }
            ControlFlow::Continue(())
        }
    }
}

#[test]
fn a_part_is_the_same_from_a_mark_as_from_the_start() {
    for (name, is_marked) in [
        ("plain", true),
        ("restart", true),
        ("gray", true),
        ("subsampling-422", true),
        ("cmyk", true),
        ("large", true),
        ("progressive", false),
    ] {
        let file = photo(name);
        let header = read_header(&file, &Limits::default()).unwrap();
        let mut marks = Marks::default();
        let end = marks.decode_eighth(&file, Damage::Refuse, &Limits::default(), |_| {
            ControlFlow::Continue(())
        });
        assert_eq!(end, Ok(End::Marked), "{name}");
        let (width, height) = (header.width, header.height);
        for (y, rows) in [
            (0, 11.min(height)),
            (height / 2, height / 3),
            (height / 3, 1),
            (height - 9.min(height), 9.min(height)),
        ] {
            let region = Region {
                x: width / 5,
                y,
                width: width / 2,
                height: rows.max(1),
            };
            for luma in [Scale::Full, Scale::Half] {
                let all = Request {
                    region: Some(region),
                    luma,
                    ..Request::default()
                };
                let part = Request {
                    below: Below::Skip,
                    ..all
                };
                let told = format!("{name}, {region:?}, {luma:?}");
                let (mut wanted, mut found) = (Rows::default(), Rows::default());
                decode_rows(&file, &all, wanted.planes()).unwrap();
                let end = marks.decode_rows(&file, &part, found.planes()).unwrap();
                assert!(matches!(end, End::NotReached | End::Marked), "{told}");
                assert!(
                    !found.planes.is_empty() && found.planes == wanted.planes,
                    "{told}"
                );
                // Rows above come only if they must be followed.
                assert!(!is_marked || found.empty == 0, "{told}: {}", found.empty);
                let (mut wanted, mut found) = (Rows::default(), Rows::default());
                decode_pixels(&file, &all, wanted.pixels()).unwrap();
                marks.decode_pixels(&file, &part, found.pixels()).unwrap();
                assert_eq!(found.pixels.len(), rows.max(1) as usize, "{told}");
                assert!(found.pixels == wanted.pixels, "{told}");
            }
        }
    }
}

#[test]
fn marks_of_another_file_and_of_half_a_decoding_change_nothing() {
    let (file, other) = (photo("plain"), photo("restart"));
    let mut marks = Marks::default();
    let mut rows = 0;
    let end = marks.decode_rows(&file, &Request::default(), |_| {
        rows += 1;
        if rows == 2 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    assert_eq!(end, Ok(End::NotReached));
    for photo in [&file, &other] {
        let header = read_header(photo, &Limits::default()).unwrap();
        let request = Request {
            region: Some(Region {
                x: 0,
                y: header.height - 3,
                width: header.width,
                height: 3,
            }),
            below: Below::Skip,
            ..Request::default()
        };
        let (mut wanted, mut found) = (Rows::default(), Rows::default());
        decode_pixels(photo, &request, wanted.pixels()).unwrap();
        marks
            .decode_pixels(photo, &request, found.pixels())
            .unwrap();
        assert!(found.pixels == wanted.pixels && found.empty == wanted.empty);
    }
}

#[test]
fn damage_is_found_by_the_decoding_that_notes() {
    let file = photo("plain");
    let half = &file[..file.len() / 2];
    let mut marks = Marks::default();
    let end = marks.decode_eighth(half, Damage::Refuse, &Limits::default(), |_| {
        ControlFlow::Continue(())
    });
    assert!(end.is_err(), "{end:?}");
}
