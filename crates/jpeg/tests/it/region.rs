//! A region gives exactly its part of the whole, row by row, and costs what was predicted.

use std::ops::ControlFlow;

use headshot_jpeg::{
    Below, End, Error, Limits, Plane, Region, Request, decode, decode_rows, memory, read_header,
};
use jpeg_encoder::SamplingFactor::*;

use crate::made::{MADE, Made, find, noise};

const REGION: Region = Region {
    x: 35,
    y: 19,
    width: 44,
    height: 30,
};

fn photos() -> impl Iterator<Item = Made> {
    [F_1_1, F_2_1, F_1_2, F_2_2, F_4_1]
        .into_iter()
        .flat_map(|sampling| {
            [(false, 0), (false, 3), (true, 0), (true, 3)].map(|(progressive, restart)| Made {
                width: 131,
                height: 77,
                sampling,
                progressive,
                restart,
                gray: false,
            })
        })
}

fn assert_part_of(part: &Plane, whole: &Plane) {
    for y in 0..part.height {
        let from = part.x as usize;
        let row = &whole.row(part.y + y)[from..from + part.width as usize];
        assert_eq!(part.row(y), row);
    }
}

#[test]
fn a_region_is_cut_from_the_whole() {
    for made in photos() {
        let bytes = noise(made);
        let whole = decode(&bytes, &Request::default()).unwrap();
        for (below, ended) in [(Below::Check, End::Marked), (Below::Skip, End::NotReached)] {
            let request = Request {
                region: Some(REGION),
                below,
                ..Request::default()
            };
            let part = decode(&bytes, &request).unwrap();
            assert_eq!(part.header, whole.header);
            assert_eq!(part.end, ended);
            for (index, plane) in part.planes.iter().enumerate() {
                assert_part_of(plane, &whole.planes[index]);
                // The plane covers the region, and no more than its MCUs.
                let header = &part.header;
                let component = header.components[index];
                let edges = |from: u32, length: u32, factor: u32, max: u32, all: u32| {
                    let first = from / (8 * max) * 8 * factor;
                    let end = (from + length).div_ceil(8 * max) * 8 * factor;
                    (first, end.min(all) - first)
                };
                let (h_max, v_max) = (header.h_max(), header.v_max());
                let across = edges(REGION.x, REGION.width, component.h, h_max, component.width);
                let down = edges(
                    REGION.y,
                    REGION.height,
                    component.v,
                    v_max,
                    component.height,
                );
                assert_eq!((plane.x, plane.width), across, "{made:?}");
                assert_eq!((plane.y, plane.height), down, "{made:?}");
            }
        }
    }
}

#[test]
fn rows_come_in_order_and_make_up_the_planes() {
    for made in photos() {
        let bytes = noise(made);
        let request = Request {
            region: Some(REGION),
            ..Request::default()
        };
        let image = decode(&bytes, &request).unwrap();
        let mut next = image.planes.iter().map(|p| p.y).collect::<Vec<_>>();
        let end = decode_rows(&bytes, &request, |rows| {
            assert!(matches!(rows.len(), 0 | 3));
            for ((rows, plane), next) in rows.iter().zip(&image.planes).zip(&mut next) {
                assert_eq!((rows.x, rows.y, rows.width), (plane.x, *next, plane.width));
                for y in 0..rows.height {
                    assert_eq!(rows.row(y), plane.row(*next + y - plane.y));
                }
                *next += rows.height;
            }
            ControlFlow::Continue(())
        });
        assert_eq!(end, Ok(End::Marked));
        for (next, plane) in next.iter().zip(&image.planes) {
            assert_eq!(*next, plane.y + plane.height);
        }
    }
}

#[test]
fn the_caller_can_stop() {
    for made in photos() {
        let mut calls = 0;
        let end = decode_rows(&noise(made), &Request::default(), |_| {
            calls += 1;
            if calls == 2 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        assert_eq!((end, calls), (Ok(End::NotReached), 2));
    }
}

#[test]
fn damage_below_the_region_is_found_unless_skipped() {
    let made = Made {
        width: 64,
        height: 400,
        ..MADE
    };
    let mut bytes = noise(made);
    bytes.truncate(bytes.len() * 3 / 4);
    let mut request = Request {
        region: Some(Region {
            x: 11,
            y: 22,
            width: 33,
            height: 44,
        }),
        ..Request::default()
    };
    assert!(matches!(
        decode(&bytes, &request),
        Err(Error::Damaged { .. })
    ));
    request.below = Below::Skip;
    assert_eq!(decode(&bytes, &request).unwrap().end, End::NotReached);
    bytes.truncate(find(&bytes, 0xDA) + 300);
    assert!(matches!(
        decode(&bytes, &request),
        Err(Error::Damaged { .. })
    ));
}

#[test]
fn regions_outside_the_image_are_refused() {
    let bytes = noise(MADE);
    for (x, y, width, height) in [
        (0, 0, 34, 22),
        (0, 0, 33, 23),
        (33, 0, 1, 1),
        (0, 22, 1, 1),
        (11, 5, 0, 3),
        (11, 5, 3, 0),
        (u32::MAX, 5, 2, 3),
        (11, u32::MAX, 2, 3),
    ] {
        let region = Region {
            x,
            y,
            width,
            height,
        };
        let request = Request {
            region: Some(region),
            ..Request::default()
        };
        assert_eq!(
            decode(&bytes, &request),
            Err(Error::RegionOutside {
                x,
                y,
                width,
                height,
                image_width: 33,
                image_height: 22
            })
        );
    }
}

#[test]
fn memory_is_foretold_and_limited() {
    let made = Made {
        width: 640,
        height: 480,
        sampling: F_2_2,
        ..MADE
    };
    let limits = Limits::default();
    let whole = Request::default();
    let part = Request {
        region: Some(Region {
            x: 64,
            y: 160,
            width: 320,
            height: 160,
        }),
        below: Below::Skip,
        ..whole
    };
    let sequential = noise(made);
    let header = read_header(&sequential, &limits).unwrap();
    // One row of MCUs: 16 rows of luma, 8 and 8 of chroma at half the width.
    assert_eq!(memory(&header, &whole), 640 * 16 * 3 / 2);
    assert_eq!(memory(&header, &part), 320 * 16 * 3 / 2);

    let progressive = noise(Made {
        progressive: true,
        ..made
    });
    let header = read_header(&progressive, &limits).unwrap();
    // Two bytes a sample in addition, and eight for each of a row's blocks, of which there are six in
    // each of 40 MCUs.
    assert_eq!(memory(&header, &whole), 640 * 24 * 3 + 40 * 6 * 8);
    assert_eq!(memory(&header, &part), 320 * 24 * 3 + 40 * 6 * 8);

    for (bytes, request, planes) in [
        (&sequential, whole, 640 * 480 * 3 / 2),
        (&progressive, part, 320 * 160 * 3 / 2),
    ] {
        let header = read_header(bytes, &limits).unwrap();
        let rows = memory(&header, &request);
        let all = rows + planes;
        let with = |memory| Request {
            limits: Limits { memory, ..limits },
            ..request
        };
        let go = |_: &[Plane]| ControlFlow::Continue(());
        assert!(decode(bytes, &with(all)).is_ok());
        assert_eq!(
            decode(bytes, &with(all - 1)),
            Err(Error::Limit {
                which: "bytes of memory",
                found: all,
                max: all - 1
            })
        );
        assert!(decode_rows(bytes, &with(rows), go).is_ok());
        assert!(decode_rows(bytes, &with(rows - 1), go).is_err());
    }
}
