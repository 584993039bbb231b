//! Pixels that a program already has become the same avatar as a file that holds them.

use std::borrow::Cow;
use std::io::Cursor;

use headshot_core::{
    Background, Error, Fit, Format, Limit, Limits, Options, Orientation, PixelLayout, Pixels,
    SideRange, StillFormat, Warning, normalize, normalize_pixels,
};
use image::codecs::png::PngDecoder;
use image::{ColorType, DynamicImage, ImageDecoder};

use crate::file;

/// What another decoder reads from an 8-bit PNG.
fn decoded(png: &[u8]) -> Pixels<'static> {
    let mut decoder = PngDecoder::new(Cursor::new(png)).unwrap();
    let layout = match decoder.color_type() {
        ColorType::L8 => PixelLayout::Gray,
        ColorType::La8 => PixelLayout::GrayAlpha,
        ColorType::Rgb8 => PixelLayout::Rgb,
        ColorType::Rgba8 => PixelLayout::Rgba,
        other => panic!("{other:?}"),
    };
    let profile = decoder.icc_profile().unwrap();
    let orientation = decoder.orientation().unwrap().to_exif();
    let image = DynamicImage::from_decoder(decoder).unwrap();
    Pixels {
        width: image.width(),
        height: image.height(),
        layout,
        samples: image.into_bytes().into(),
        profile: profile.map(Cow::Owned),
        orientation: Orientation::from_exif(orientation.into()).unwrap(),
    }
}

fn sets() -> [Options; 4] {
    let side = |side| SideRange::new(side, side).unwrap();
    [
        Options {
            side: side(33),
            ..Options::default()
        },
        Options {
            side: side(77),
            fit: Fit::Cover,
            format: StillFormat::Jpeg(None),
            ..Options::default()
        },
        Options {
            side: side(20),
            background: Background::Color([11, 22, 233]),
            ..Options::default()
        },
        Options {
            side: side(64),
            background: Background::Transparent,
            ..Options::default()
        },
    ]
}

#[test]
fn pixels_become_what_a_png_of_them_becomes() {
    for name in [
        "gray8",
        "la8",
        "rgb8",
        "rgba8",
        "p3",
        "gray-profile",
        "fringe",
        "orient-2",
        "orient-6",
        "orient-7",
    ] {
        let png = file(&format!("still/{name}.png"));
        let pixels = decoded(&png);
        for (set, options) in sets().iter().enumerate() {
            let from_file = normalize(&png, options).unwrap();
            let avatar = normalize_pixels(&pixels, options).unwrap();
            assert_eq!(avatar.bytes(), from_file.bytes(), "{name}, set {set}");
            let (report, expected) = (avatar.report(), from_file.report());
            assert_eq!(report.steps, expected.steps, "{name}, set {set}");
            assert_eq!(report.warnings, expected.warnings, "{name}, set {set}");
            assert_eq!(report.source.size, expected.source.size);
            assert_eq!(report.source.format, Format::Png);
        }
    }
}

fn white(width: u32, height: u32, samples: usize) -> Pixels<'static> {
    Pixels {
        width,
        height,
        layout: PixelLayout::Rgb,
        samples: vec![255; samples].into(),
        profile: None,
        orientation: Orientation::Upright,
    }
}

#[test]
fn there_must_be_as_many_samples_as_the_sides_say() {
    for (width, height, samples) in [
        (5, 7, 104),
        (5, 7, 106),
        (5, 7, 0),
        (0, 7, 0),
        (u32::MAX, u32::MAX, 9),
    ] {
        let made = normalize_pixels(&white(width, height, samples), &Options::default());
        assert!(
            matches!(made, Err(Error::WrongSamples { found, .. }) if found == samples),
            "{width} x {height}: {made:?}"
        );
    }
    let error = normalize_pixels(&white(5, 7, 106), &Options::default()).unwrap_err();
    assert_eq!(
        (error.to_string(), error.kind()),
        (
            "samples: 106, but 5 x 7 pixels of 3 need 105: leave out padding, and give one byte a sample".to_owned(),
            "wrong_samples"
        )
    );
}

#[test]
fn the_limits_hold_for_pixels_too() {
    let limited = |limits: Limits| {
        let options = Options {
            limits,
            ..Options::default()
        };
        match normalize_pixels(&white(5, 7, 105), &options) {
            Ok(_) => None,
            Err(Error::Limit { which, found, max }) => Some((which, found, max)),
            Err(error) => panic!("{error}"),
        }
    };
    let plain = Limits::default();
    assert_eq!(limited(plain), None);
    let non_jpeg_pixels = 34;
    assert_eq!(
        limited(Limits {
            non_jpeg_pixels,
            ..plain
        }),
        Some((Limit::Pixels, 35, 34))
    );
    assert_eq!(
        limited(Limits { side: 6, ..plain }),
        Some((Limit::Side, 7, 6))
    );
    let no_time = limited(Limits {
        time: std::time::Duration::ZERO,
        ..plain
    });
    assert!(matches!(no_time, Some((Limit::Time, _, 0))), "{no_time:?}");
}

#[test]
fn a_profile_that_cannot_be_used_costs_a_warning() {
    let junk = Pixels {
        profile: Some(b"no profile".into()),
        ..white(600, 600, 600 * 600 * 3)
    };
    let avatar = normalize_pixels(&junk, &Options::default()).unwrap();
    assert_eq!(avatar.report().warnings, [Warning::BrokenProfile]);
}
