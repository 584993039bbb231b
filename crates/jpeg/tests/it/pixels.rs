//! The samples are right, for every sampling, size and layout.

use headshot_jpeg::{Color, End, Process, Request, decode};
use jpeg_encoder::ColorType;
use jpeg_encoder::SamplingFactor::{self, *};

use crate::made::{MADE, Made, assert_same_samples, encode, noise, photo, sample};

const SAMPLINGS: [SamplingFactor; 8] = [F_1_1, F_2_1, F_1_2, F_2_2, F_4_1, F_4_2, F_1_4, F_2_4];

/// Decodes, and compares with the planes that the photo was made from.
fn compare(made: Made) {
    let image =
        decode(&photo(made), &Request::default()).unwrap_or_else(|e| panic!("{made:?}: {e}"));
    assert_eq!(image.end, End::Marked);
    assert_eq!(image.planes.len(), if made.gray { 1 } else { 3 });
    let (width, height) = (u32::from(made.width), u32::from(made.height));
    assert_eq!((image.header.width, image.header.height), (width, height));
    for (component, plane) in image.planes.iter().enumerate() {
        let part = image.header.components[component];
        let (across, down) = (image.header.h_max() / part.h, image.header.v_max() / part.v);
        assert_eq!((plane.x, plane.y), (0, 0));
        assert_eq!(plane.width, width.div_ceil(across));
        assert_eq!(plane.height, height.div_ceil(down));
        for y in 0..plane.height {
            let row = plane.row(y);
            assert_eq!(row.len(), plane.width as usize);
            for (x, &found) in (0..).zip(row) {
                let mut sum = 0;
                for dy in 0..down {
                    for dx in 0..across {
                        let at = |from: u32, step: u32, size: u32| (from + step).min(size - 1);
                        let from = (at(x * across, dx, width), at(y * down, dy, height));
                        sum += u32::from(sample(component, from.0, from.1));
                    }
                }
                let made_from = (sum / (across * down)) as i32;
                let off = (i32::from(found) - made_from).abs();
                assert!(
                    off <= 4,
                    "{made:?} component {component} at {x},{y}: off by {off}"
                );
            }
        }
    }
}

#[test]
fn every_size_up_to_forty_in_every_common_sampling() {
    let mut count = 0;
    for sampling in [F_1_1, F_2_1, F_1_2, F_2_2] {
        for width in 1..=40 {
            for height in 1..=40 {
                // Every combination of layout and restarts takes its turn.
                let turn = width + 3 * height;
                compare(Made {
                    width,
                    height,
                    sampling,
                    progressive: turn % 2 == 0,
                    restart: [0, 1, 2, 7][usize::from(turn / 2 % 4)],
                    gray: turn % 9 == 0,
                });
                count += 1;
            }
        }
    }
    assert_eq!(count, 6400);
}

#[test]
fn rare_samplings_written_one_component_after_another() {
    for sampling in SAMPLINGS {
        for (width, height) in [(1, 1), (7, 40), (33, 17), (40, 31), (32, 32)] {
            for progressive in [false, true] {
                for restart in [0, 3] {
                    compare(Made {
                        width,
                        height,
                        sampling,
                        progressive,
                        restart,
                        gray: false,
                    });
                }
            }
        }
    }
}

#[test]
fn another_decoder_sees_the_same() {
    for sampling in SAMPLINGS {
        for (width, height, restart) in [(40, 37, 0), (129, 65, 3), (200, 31, 0)] {
            for progressive in [false, true] {
                let bytes = noise(Made {
                    width,
                    height,
                    sampling,
                    progressive,
                    restart,
                    ..MADE
                });
                let image = decode(&bytes, &Request::default()).unwrap();
                assert_eq!(image.header.color, Color::YCbCr);
                let mut other = jpeg_decoder::Decoder::new(&bytes[..]);
                // "RGB" leaves the components as they are.
                other.set_color_transform(jpeg_decoder::ColorTransform::RGB);
                let other = other.decode().unwrap();
                // The other decoder upsamples the chroma: compare the components that it leaves alone.
                let alike = if sampling == F_1_1 { 3 } else { 1 };
                for component in 0..alike {
                    for y in 0..u32::from(height) {
                        for (x, &found) in image.planes[component].row(y).iter().enumerate() {
                            let at = (y as usize * usize::from(width) + x) * 3 + component;
                            let off = found.abs_diff(other[at]);
                            assert!(off <= 1, "{sampling:?} {component} at {x},{y}: {off}");
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn the_layout_of_the_file_changes_nothing() {
    for sampling in [F_1_1, F_2_1, F_1_2, F_2_2] {
        let made = Made {
            width: 131,
            height: 77,
            sampling,
            ..MADE
        };
        let plain = decode(&noise(made), &Request::default()).unwrap();
        assert_eq!(plain.header.process, Process::Sequential);
        for (progressive, restart) in [(true, 0), (true, 5), (false, 5)] {
            let other = decode(
                &noise(Made {
                    progressive,
                    restart,
                    ..made
                }),
                &Request::default(),
            )
            .unwrap();
            assert_same_samples(&plain.planes, &other.planes);
        }
    }
}

/// A picture of four inks, each different.
fn inks(width: u16, height: u16, kind: ColorType, made: Made) -> Vec<u8> {
    let mut pixels = Vec::new();
    for y in 0..u32::from(height) {
        for x in 0..u32::from(width) {
            pixels.extend((0..3).map(|component| sample(component, x, y)));
            pixels.push(((x * 5 + y) % 128) as u8);
        }
    }
    encode(
        Made {
            width,
            height,
            ..made
        },
        &pixels,
        kind,
        95,
    )
}

#[test]
fn another_decoder_sees_the_same_inks() {
    let cases = [
        (ColorType::Cmyk, Color::Cmyk),
        (ColorType::CmykAsYcck, Color::Ycck),
    ];
    for (kind, color) in cases {
        for (width, height, restart) in [(40, 37, 0), (129, 65, 3), (1, 1, 0)] {
            for progressive in [false, true] {
                let made = Made {
                    progressive,
                    restart,
                    ..MADE
                };
                let bytes = inks(width, height, kind, made);
                let image = decode(&bytes, &Request::default()).unwrap();
                assert_eq!((image.header.color, image.planes.len()), (color, 4));
                let mut other = jpeg_decoder::Decoder::new(&bytes[..]);
                // Inverts each sample and does nothing else.
                other.set_color_transform(jpeg_decoder::ColorTransform::CMYK);
                let other = other.decode().unwrap();
                for (component, plane) in image.planes.iter().enumerate() {
                    for y in 0..u32::from(height) {
                        for (x, &found) in plane.row(y).iter().enumerate() {
                            let at = (y as usize * usize::from(width) + x) * 4 + component;
                            let off = found.abs_diff(255 - other[at]);
                            assert!(off <= 1, "{kind:?} {component} at {x},{y}: {off}");
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn every_cut_of_four_inks_is_damage_also_with_an_end_marker() {
    for kind in [ColorType::Cmyk, ColorType::CmykAsYcck] {
        let photo = inks(40, 37, kind, MADE);
        for end in (2..photo.len() - 4).step_by(5) {
            let mut cut = photo[..end].to_vec();
            cut.extend([0xFF, 0xD9]);
            let error = decode(&cut, &Request::default()).map(|image| image.end);
            assert!(
                matches!(error, Err(headshot_jpeg::Error::Damaged { .. })),
                "cut at {end}: {error:?}"
            );
        }
    }
}
