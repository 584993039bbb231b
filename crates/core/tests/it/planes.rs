//! A JPEG that stays YCbCr until it is a JPEG again, compared with the path through RGB.

use headshot_core::{
    Background, Fit, Format, Options, Orientation, Quality, SideRange, StillFormat, normalize,
};

use crate::file;

/// The mean difference of the samples.
fn difference(name: &str, fit: Fit, background: Background, side: u32) -> f64 {
    let photo = file(name);
    let options = |format| Options {
        fit,
        background,
        side: SideRange::new(side, side).unwrap(),
        format,
        ..Options::default()
    };
    let direct = normalize(&photo, &options(StillFormat::Auto(Quality::new(90)))).unwrap();
    assert_eq!(direct.format(), Format::Jpeg, "{name}");
    let rgb = normalize(&photo, &options(StillFormat::Png)).unwrap();
    let rgb = image::load_from_memory(&rgb.bytes()).unwrap().to_rgb8();
    let around = headshot_jpeg::encode_rgb(side, side, &rgb, 90).unwrap();
    let pixels = |jpeg: &[u8]| image::load_from_memory(jpeg).unwrap().to_rgb8();
    let (direct, around) = (pixels(&direct.bytes()), pixels(&around));
    assert_eq!(direct.dimensions(), (side, side), "{name}");
    let off = |(a, b): (&u8, &u8)| f64::from(a.abs_diff(*b));
    direct.iter().zip(around.iter()).map(off).sum::<f64>() / direct.len() as f64
}

#[test]
fn planes_look_like_pixels_in_every_orientation_and_sampling() {
    let mut names: Vec<String> = (1..=8).map(|i| format!("still/orient-{i}.jpg")).collect();
    for name in ["gray", "progressive", "rgb", "p3", "plain"] {
        names.push(format!("still/{name}.jpg"));
    }
    for name in ["444", "422", "440", "411"] {
        names.push(format!("still/subsampling-{name}.jpg"));
    }
    let mut most: [f64; 2] = [0.0; 2];
    for name in &names {
        for side in [30, 33, 64, 100] {
            let difference = |fit, background| difference(name, fit, background, side);
            most[0] = most[0].max(difference(Fit::Cover, Background::Auto));
            // Bars of strong colors, at odd and at even positions.
            for color in [[0, 0, 0], [250, 240, 30], [20, 60, 200]] {
                most[1] = most[1].max(difference(Fit::Contain, Background::Color(color)));
            }
        }
    }
    // Chroma is averaged there and resampled here; with Cb and Cr swapped it is 80.
    assert!(most[0] < 4.0 && most[1] < 4.0, "{most:?}");
    assert_eq!(names.len(), 17);
}

/// A JPEG of this size and orientation, with a gray gradient.
fn slope(width: u32, height: u32, orientation: Orientation) -> Vec<u8> {
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| [(9 * x + 5 * y) as u8 / 2; 3]));
    let pixels: Vec<u8> = pixels.flatten().collect();
    let jpeg = headshot_jpeg::encode_rgb(width, height, &pixels, 100).unwrap();
    let tag = orientation as u8;
    let mut exif = b"\xFF\xE1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01".to_vec();
    exif.extend([0, tag, 0, 0, 0, 0, 0, 0]);
    [&jpeg[..2], &exif, &jpeg[2..]].concat()
}

#[test]
fn bars_lie_where_the_plan_says_and_edges_are_mixed_once() {
    let color = [200, 40, 90];
    for orientation in Orientation::ALL {
        // Photos that leave bars of every parity on both sides.
        for (width, height) in [
            (40, 17),
            (40, 18),
            (40, 19),
            (40, 20),
            (17, 40),
            (19, 40),
            (40, 1),
        ] {
            let photo = slope(width, height, orientation);
            let options = |format| Options {
                side: SideRange::new(40, 40).unwrap(),
                background: Background::Color(color),
                format,
                ..Options::default()
            };
            let planes = options(StillFormat::Jpeg(Quality::new(100)));
            let planes = normalize(&photo, &planes).unwrap();
            let pixels = normalize(&photo, &options(StillFormat::Png)).unwrap();
            let open = |avatar: &[u8]| image::load_from_memory(avatar).unwrap().to_rgb8();
            let (planes, pixels) = (open(&planes.bytes()), open(&pixels.bytes()));
            for (x, y, wanted) in pixels.enumerate_pixels() {
                let found = planes.get_pixel(x, y);
                let luma = |[r, g, b]: [u8; 3]| {
                    0.299 * f64::from(r) + 0.587 * f64::from(g) + 0.114 * f64::from(b)
                };
                let off = luma(found.0) - luma(wanted.0);
                // Chroma spreads over its neighbors, and is clipped where that leaves the range of RGB.
                let near = (-2..=2).any(|dx| {
                    (-2..=2).any(|dy| {
                        let (x, y) = (
                            x.saturating_add_signed(dx).min(39),
                            y.saturating_add_signed(dy).min(39),
                        );
                        (pixels.get_pixel(x, y).0 == color) != (wanted.0 == color)
                    })
                });
                let most = if near { 30.0 } else { 2.5 };
                assert!(
                    off.abs() < most,
                    "{orientation:?} {width}x{height} at {x},{y}: {found:?} for {wanted:?}"
                );
                if !near {
                    let off = found
                        .0
                        .iter()
                        .zip(wanted.0)
                        .all(|(a, b)| a.abs_diff(b) <= 5);
                    assert!(
                        off,
                        "{orientation:?} {width}x{height} at {x},{y}: {found:?} for {wanted:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn what_lies_beside_a_crop_does_not_show_at_any_scale() {
    for (width, height) in [(453, 301), (907, 603), (1811, 1203)] {
        let left = (width - height) / 2;
        let light = |x: u32| (left..left + height).contains(&x);
        let row = (0..width).flat_map(|x| [if light(x) { 235 } else { 0 }; 3]);
        let pixels = row.collect::<Vec<u8>>().repeat(height as usize);
        let photo = headshot_jpeg::encode_rgb(width, height, &pixels, 100).unwrap();
        for side in [60, 100] {
            let options = Options {
                fit: Fit::Cover,
                side: SideRange::new(side, side).unwrap(),
                format: StillFormat::Jpeg(Quality::new(100)),
                ..Options::default()
            };
            let avatar = normalize(&photo, &options).unwrap();
            let avatar = image::load_from_memory(&avatar.bytes()).unwrap().to_luma8();
            let darkest = avatar.iter().min().unwrap();
            assert!(*darkest >= 228, "{width} to {side}: {darkest}");
        }
    }
}
