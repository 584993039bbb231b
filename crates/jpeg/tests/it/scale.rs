//! Planes of half and a quarter of the size: another decoder's samples, and the same geometry as at full size.

use headshot_jpeg::{Limits, Region, Request, Scale, decode, memory, read_header};
use jpeg_encoder::SamplingFactor::*;

use crate::made::{MADE, Made, noise, photo};

fn request(luma: Scale, chroma: Scale) -> Request {
    Request {
        luma,
        chroma,
        ..Request::default()
    }
}

/// Large and odd enough for cut blocks on both sides.
fn made(sampling: jpeg_encoder::SamplingFactor, progressive: bool) -> Made {
    Made {
        width: 131,
        height: 77,
        sampling,
        progressive,
        ..MADE
    }
}

/// The same without cut blocks.
fn whole_blocks(progressive: bool) -> Made {
    Made {
        width: 128,
        height: 80,
        progressive,
        ..MADE
    }
}

#[test]
fn nothing_outside_of_the_region_shows() {
    // Light in the middle, and everything else black.
    let [left, top, right, bottom] = [37, 21, 118, 94];
    let pixels = (0..112u32).flat_map(|y| {
        (0..150u32).map(move |x| {
            let inside = (left..right).contains(&x) && (top..bottom).contains(&y);
            if inside { [235; 3] } else { [0; 3] }
        })
    });
    let pixels: Vec<u8> = pixels.flatten().collect();
    let bytes = headshot_jpeg::encode_rgb(150, 112, &pixels, 100).unwrap();
    for scale in [Scale::Half, Scale::Quarter] {
        let request = Request {
            region: Some(Region {
                x: left,
                y: top,
                width: right - left,
                height: bottom - top,
            }),
            ..request(scale, scale)
        };
        let luma = &decode(&bytes, &request).unwrap().planes[0];
        let divisor = scale.divisor();
        let mut seen = 0;
        for y in top / divisor..bottom.div_ceil(divisor) {
            for x in left / divisor..right.div_ceil(divisor) {
                let sample = luma.row(y - luma.y)[(x - luma.x) as usize];
                assert!(sample.abs_diff(235) <= 3, "{scale:?} {x},{y}: {sample}");
                seen += 1;
            }
        }
        assert!(seen >= 20 * 18, "{seen}");
    }
}

#[test]
fn samples_are_those_of_another_decoder() {
    let mut compared = 0;
    for progressive in [false, true] {
        for bytes in [
            photo(whole_blocks(progressive)),
            noise(whole_blocks(progressive)),
        ] {
            for scale in [Scale::Half, Scale::Quarter, Scale::Eighth] {
                let mut other = jpeg_decoder::Decoder::new(&bytes[..]);
                other.set_color_transform(jpeg_decoder::ColorTransform::RGB);
                let [width, height] = [128, 80].map(|side| scale.scaled(side) as u16);
                assert_eq!(other.scale(width, height).unwrap(), (width, height));
                let theirs = other.decode().unwrap();
                let ours = decode(&bytes, &request(scale, scale)).unwrap();
                for (index, plane) in ours.planes.iter().enumerate() {
                    assert_eq!(
                        (plane.width, plane.height),
                        (width.into(), height.into()),
                        "{scale:?}"
                    );
                    for y in 0..plane.height {
                        let row = &theirs[y as usize * usize::from(width) * 3..];
                        for (x, sample) in plane.row(y).iter().enumerate() {
                            let theirs = row[3 * x + index];
                            assert!(
                                sample.abs_diff(theirs) <= 1,
                                "{scale:?} {x},{y}: {sample}, {theirs}"
                            );
                            compared += 1;
                        }
                    }
                }
            }
        }
    }
    assert_eq!(compared, 4 * 3 * (64 * 40 + 32 * 20 + 16 * 10));
}

#[test]
fn each_component_has_its_own_scale_and_a_region_is_cut_from_the_whole() {
    for sampling in [F_1_1, F_2_1, F_1_2, F_2_2, F_4_1] {
        for (luma, chroma) in [
            (Scale::Full, Scale::Half),
            (Scale::Half, Scale::Full),
            (Scale::Half, Scale::Quarter),
            (Scale::Eighth, Scale::Eighth),
            (Scale::Eighth, Scale::Quarter),
        ] {
            let [plain, progressive] =
                [false, true].map(|progressive| noise(made(sampling, progressive)));
            let whole = request(luma, chroma);
            let image = decode(&plain, &whole).unwrap();
            let other = decode(&progressive, &whole).unwrap();
            for (plane, other) in image.planes.iter().zip(&other.planes) {
                let mut rows = (0..plane.height).map(|y| plane.row(y) == other.row(y));
                assert!(rows.all(|same| same), "{sampling:?}");
            }
            let components = image.header.components.iter().zip(&image.planes);
            for (index, (component, plane)) in components.enumerate() {
                let scale = if index == 0 { luma } else { chroma };
                let expected = [component.width, component.height].map(|side| scale.scaled(side));
                assert_eq!([plane.width, plane.height], expected, "{sampling:?}");
                // If only the other is scaled, nothing else changes.
                if scale == Scale::Full {
                    let full = decode(&plain, &Request::default()).unwrap();
                    assert!(*plane == full.planes[index], "{sampling:?}");
                }
            }
            let region = Some(Region {
                x: 32,
                y: 16,
                width: 64,
                height: 32,
            });
            let part = decode(&plain, &Request { region, ..whole }).unwrap();
            for (part, whole) in part.planes.iter().zip(&image.planes) {
                assert!(part.x > 0 && part.y > 0 && part.width < whole.width);
                for y in 0..part.height {
                    let row = &whole.row(part.y + y)[part.x as usize..][..part.width as usize];
                    assert!(part.row(y) == row, "{sampling:?}");
                }
            }
        }
    }
}

#[test]
fn smaller_planes_take_less_memory() {
    let bytes = noise(made(F_2_2, false));
    let header = read_header(&bytes, &Limits::default()).unwrap();
    let [full, half, quarter, eighth] = [Scale::Full, Scale::Half, Scale::Quarter, Scale::Eighth]
        .map(|scale| memory(&header, &request(scale, scale)));
    assert_eq!((full, full, full), (4 * half, 16 * quarter, 64 * eighth));
}
