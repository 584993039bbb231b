//! Photos that are damaged but accepted, because the caller asked for it.

use headshot_core::{Damaged, Error, Options, SideRange, StillFormat, Warning, normalize};
use image::RgbImage;

use crate::file;

pub(crate) fn accept(side: u32) -> Options {
    Options {
        damaged: Damaged::Accept,
        // Exact pixels, and the photo's own size.
        format: StillFormat::Png,
        side: SideRange::new(side, side).unwrap(),
        ..Options::default()
    }
}

fn pixels(photo: &[u8], options: &Options) -> RgbImage {
    let avatar = normalize(photo, options).unwrap();
    image::load_from_memory(&avatar.bytes()).unwrap().to_rgb8()
}

/// Rows intact, found and expected, and the picture.
pub(crate) fn rescued(photo: &[u8], options: &Options) -> ([u32; 3], RgbImage) {
    let avatar = normalize(photo, options).unwrap();
    assert!(avatar.report().damaged());
    let rows = avatar
        .report()
        .warnings
        .iter()
        .find_map(|warning| match warning {
            Warning::MissingPixels {
                intact,
                found,
                expected,
            } => Some([*intact, *found, *expected]),
            _ => None,
        });
    (
        rows.unwrap(),
        image::load_from_memory(&avatar.bytes()).unwrap().to_rgb8(),
    )
}

#[test]
fn a_cut_jpeg_shows_its_first_rows_and_gray() {
    // 600 x 400, so the letterbox begins with 100 black rows.
    let photo = file("still/large.jpg");
    let cut = &photo[..photo.len() * 5 / 8];
    let strict = Options {
        damaged: Damaged::Refuse,
        ..accept(600)
    };
    assert!(matches!(
        normalize(cut, &strict),
        Err(Error::Damaged { .. })
    ));

    let whole = pixels(&photo, &strict);
    assert!(!normalize(&photo, &accept(600)).unwrap().report().damaged());
    let ([intact, found, expected], shown) = rescued(cut, &accept(600));
    assert_eq!((intact, expected), (found, 400));
    assert!((160..340).contains(&found), "{found}");
    for (x, y, pixel) in shown.enumerate_pixels() {
        match y {
            // One row of chroma takes its share from below.
            y if y + 2 < 100 + found || y >= 500 => assert_eq!(pixel, whole.get_pixel(x, y)),
            y if y > 100 + found + 16 => assert_eq!(pixel.0, [128; 3], "{x} {y}"),
            _ => {}
        }
    }
    let words = format!("of 400 rows of pixels {found} were found, {found} of them intact");
    let report = normalize(cut, &accept(600)).unwrap().report().clone();
    assert!(
        report
            .warnings
            .iter()
            .any(|warning| warning.to_string().contains(&words))
    );
}

#[test]
fn a_cut_progressive_jpeg_shows_the_scans_that_there_are() {
    let photo = file("still/progressive.jpg");
    let cut = &photo[..photo.len() * 3 / 5];
    let whole = pixels(&photo, &accept(95));
    let ([intact, found, expected], shown) = rescued(cut, &accept(95));
    assert_eq!((intact, found, expected), (0, 63, 63));
    let off = shown
        .iter()
        .zip(whole.iter())
        .map(|(a, b)| u64::from(a.abs_diff(*b)));
    let off = off.sum::<u64>() / whole.len() as u64;
    assert!((1..12).contains(&off), "{off}");
}

#[test]
fn what_has_no_row_is_refused_all_the_same() {
    for name in [
        "still/large.jpg",
        "still/progressive.jpg",
        "still/restart.jpg",
    ] {
        let photo = file(name);
        let scan = photo
            .windows(2)
            .position(|pair| pair == [0xFF, 0xDA])
            .unwrap();
        for end in 0..scan + 20 {
            let made = normalize(&photo[..end], &accept(600));
            assert!(made.is_err(), "{name} cut at {end}");
        }
    }
}
