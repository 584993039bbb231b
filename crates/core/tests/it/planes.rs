//! A JPEG that stays YCbCr on its way to a JPEG, against the same through RGB.

use headshot_core::{Fit, Format, Options, Quality, SideRange, StillFormat, normalize};

use crate::file;

/// The mean difference of the samples.
fn difference(name: &str, side: u32) -> f64 {
    let photo = file(name);
    let options = |format| Options {
        fit: Fit::Cover,
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
    for name in &names {
        for side in [30, 33, 64, 100] {
            let difference = difference(name, side);
            // Chroma is averaged there and resampled here; with Cb and Cr swapped it is 80.
            assert!(difference < 4.0, "{name} at {side}: {difference}");
        }
    }
    assert_eq!(names.len(), 17);
}
