//! A part of a photo whose samples are held is the same as from the file, at every scale and in any order.

use std::ops::ControlFlow;

use headshot_jpeg::{
    End, Error, Header, Held, Limits, Plane, Region, Request, Scale, decode_pixels, decode_rows,
    read_header,
};

fn photo(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/still");
    std::fs::read(format!("{folder}/{name}.jpg")).unwrap()
}

/// The place of each part of each plane that has any, and the samples that the region touches.
type Planes = Vec<([u32; 4], Vec<u8>)>;

fn planes(
    found: &mut Planes,
    header: &Header,
    request: &Request,
) -> impl FnMut(&[Plane]) -> ControlFlow<()> {
    move |parts| {
        for (index, (part, component)) in parts.iter().zip(&header.components).enumerate() {
            let scale = request.scale(index).divisor();
            let touched = |from: u32, length: u32, ratio: u32| {
                from / (ratio * scale)..(from + length).div_ceil(ratio * scale)
            };
            let (columns, rows) = request.region.map_or((0..u32::MAX, 0..u32::MAX), |region| {
                (
                    touched(region.x, region.width, header.h_max() / component.h),
                    touched(region.y, region.height, header.v_max() / component.v),
                )
            });
            let mut samples = Vec::new();
            for row in (0..part.height).filter(|row| rows.contains(&(part.y + row))) {
                let row = part.row(row).iter().zip(part.x..);
                samples.extend(row.filter(|(_, x)| columns.contains(x)).map(|(s, _)| *s));
            }
            found.push(([part.x, part.y, part.width, part.height], samples));
        }
        ControlFlow::Continue(())
    }
}

fn pixels(found: &mut Vec<u8>) -> impl FnMut(&[&[u8]]) -> ControlFlow<()> {
    |row| {
        found.extend(row.concat());
        ControlFlow::Continue(())
    }
}

#[test]
fn a_part_that_is_held_is_the_same_as_from_the_file() {
    for name in [
        "astronaut",
        "plain",
        "restart",
        "gray",
        "rgb",
        "progressive",
        "subsampling-411",
        "subsampling-422",
        "subsampling-440",
        "subsampling-444",
        "ycck-progressive",
    ] {
        let file = photo(name);
        let header = read_header(&file, &Limits::default()).unwrap();
        let (width, height) = (header.width, header.height);
        let mut held = Held::default();
        let regions = [
            None,
            Some([11, 7, 37, 29]),
            Some([8, 16, 32, 16]),
            Some([width - 9, height - 5, 9, 5]),
            Some([3, 0, 1, height]),
        ];
        let scales = [Scale::Full, Scale::Half, Scale::Quarter, Scale::Eighth];
        for region in regions {
            for (luma, chroma) in scales.iter().flat_map(|luma| scales.map(|c| (*luma, c))) {
                let request = Request {
                    region: region.map(|[x, y, width, height]| Region {
                        x,
                        y,
                        width,
                        height,
                    }),
                    luma,
                    chroma,
                    ..Request::default()
                };
                let told = format!("{name}, {request:?}");
                let (mut wanted, mut found) = (Vec::new(), Vec::new());
                let end = decode_rows(&file, &request, planes(&mut wanted, &header, &request));
                assert_eq!(
                    held.decode_rows(&file, &request, planes(&mut found, &header, &request)),
                    end
                );
                assert!(!wanted.is_empty() && wanted == found, "{told}");
                let (mut wanted, mut found) = (Vec::new(), Vec::new());
                let end = decode_pixels(&file, &request, pixels(&mut wanted));
                assert_eq!(held.decode_pixels(&file, &request, pixels(&mut found)), end);
                assert!(!wanted.is_empty() && wanted == found, "{told}");
            }
        }
    }
}

#[test]
fn damage_anywhere_is_refused_and_nothing_is_passed_on() {
    let file = photo("plain");
    let half = &file[..file.len() / 2];
    let request = Request {
        region: Some(Region {
            x: 11,
            y: 2,
            width: 33,
            height: 5,
        }),
        damage: headshot_jpeg::Damage::Fill,
        ..Request::default()
    };
    let header = read_header(half, &Limits::default()).unwrap();
    let mut held = Held::default();
    for _ in 0..2 {
        let mut found = Vec::new();
        let end = held.decode_rows(half, &request, planes(&mut found, &header, &request));
        assert!(matches!(end, Err(Error::Damaged { .. })), "{end:?}");
        assert!(found.is_empty());
    }
}

#[test]
fn the_caller_can_stop_while_the_file_is_decoded_and_later() {
    let file = photo("astronaut");
    let header = read_header(&file, &Limits::default()).unwrap();
    let request = Request::default();
    let mut held = Held::default();
    let mut calls = 0;
    let mut third = |_: &[Plane]| {
        calls += 1;
        match calls % 3 {
            0 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    };
    let end = held.decode_rows(&file, &Request::default(), &mut third);
    assert_eq!((end, calls), (Ok(End::NotReached), 3));
    let mut found = Vec::new();
    let end = held.decode_rows(
        &file,
        &Request::default(),
        planes(&mut found, &header, &request),
    );
    assert_eq!(end, Ok(End::Marked));
    let mut calls = 0;
    let end = held.decode_rows(&file, &Request::default(), |parts| {
        calls += 1;
        assert!(!parts.is_empty());
        ControlFlow::Break(())
    });
    assert_eq!((end, calls), (Ok(End::NotReached), 1));
}

#[test]
fn limits_hold_for_what_is_held() {
    let file = photo("astronaut");
    let request = Request {
        limits: Limits {
            memory: 512 * 410,
            ..Limits::default()
        },
        ..Request::default()
    };
    let end = Held::default().decode_rows(&file, &request, |_| ControlFlow::Continue(()));
    assert!(matches!(end, Err(Error::Limit { .. })), "{end:?}");
}
