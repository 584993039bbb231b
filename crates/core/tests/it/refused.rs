//! What is refused, with which words.

use std::error::Error as _;

use headshot_core::{
    Background, CropBox, Error, Fit, Format, Limits, Options, Size, Small, StillFormat, normalize,
    probe,
};

use crate::file;

fn refusal(photo: &[u8], options: &Options) -> Error {
    match normalize(photo, options) {
        Err(error) => error,
        Ok(avatar) => panic!("made a {} of {} pixels", avatar.format(), avatar.side()),
    }
}

#[test]
fn strangers_are_named_with_what_to_do() {
    let cases = [
        ("bad/empty.jpg", "an empty file"),
        ("bad/not-an-image.txt", "a text file"),
        ("bad/drawing.svg", "an SVG drawing"),
        ("bad/header.heic", "a HEIC image"),
        ("bad/header.pdf", "a PDF document"),
        ("bad/photo.webp", "a WebP image"),
        ("bad/photo.avif", "an AVIF image"),
        ("bad/photo.bmp", "a BMP image"),
        ("bad/photo.tiff", "a TIFF image or a camera's raw file"),
    ];
    for (name, what) in cases {
        let error = refusal(&file(name), &Options::default());
        let expected = format!(
            "this is {what}, and Slack takes JPEG, PNG and GIF: convert it or choose another file"
        );
        assert_eq!(
            (error.to_string(), error.kind()),
            (expected, "unknown_format"),
            "{name}"
        );
    }
}

#[test]
fn damaged_files_are_refused_with_the_reason_as_source() {
    let cases = [
        ("bad/truncated.jpg", Format::Jpeg),
        ("bad/truncated-header.jpg", Format::Jpeg),
        ("bad/truncated-progressive.jpg", Format::Jpeg),
        ("bad/truncated.png", Format::Png),
        ("bad/wrong-checksum.png", Format::Png),
        ("bad/zero-width.png", Format::Png),
        ("bad/truncated.gif", Format::Gif),
    ];
    for (name, expected) in cases {
        let error = refusal(&file(name), &Options::default());
        assert!(
            matches!(&error, Error::Damaged { format, .. } if *format == expected),
            "{name}: {error:?}"
        );
        let reason = error.source().expect("damage has a reason").to_string();
        assert!(
            !reason.is_empty() && !error.to_string().contains(&reason),
            "{name}: {error}: {reason}"
        );
    }
}

#[test]
fn every_cut_of_a_still_is_refused() {
    for name in [
        "still/plain.jpg",
        "still/progressive.jpg",
        "still/gray8.png",
        "still/interlaced-rgb8.png",
    ] {
        let photo = file(name);
        let last_pixel = if name.ends_with("png") {
            photo.len() - 16
        } else {
            photo.len() - 2
        };
        for end in (0..last_pixel).step_by(7) {
            assert!(
                normalize(&photo[..end], &Options::default()).is_err(),
                "{name} cut at {end}"
            );
        }
    }
}

#[test]
fn gigapixels_are_refused_from_the_header() {
    for (name, side) in [("jpg", 65_500), ("png", 100_000), ("gif", 65_500)] {
        let photo = file(&format!("bad/gigapixel.{name}"));
        for error in [
            probe(&photo, &Limits::default()).unwrap_err(),
            refusal(&photo, &Options::default()),
        ] {
            let expected = format!(
                "longer side in pixels: {side}, at most 32767: use a smaller photo or raise the limit"
            );
            assert_eq!((error.to_string(), error.kind()), (expected, "limit"));
        }
        let wide = Limits {
            side: u32::MAX,
            ..Limits::default()
        };
        let error = refusal(
            &photo,
            &Options {
                limits: wide,
                ..Options::default()
            },
        );
        let pixels = u64::from(side as u32).pow(2);
        assert!(
            matches!(error, Error::Limit { found, max: 64_000_000, .. } if found == pixels),
            "{name}: {error}"
        );
    }
}

#[test]
fn limits_name_both_numbers() {
    let photo = file("still/plain.jpg"); // 95 x 63
    let length = photo.len() as u64;
    let cases = [
        (
            Limits {
                bytes: length - 1,
                ..Limits::default()
            },
            length,
            length - 1,
        ),
        (
            Limits {
                pixels: 95 * 63 - 1,
                ..Limits::default()
            },
            95 * 63,
            95 * 63 - 1,
        ),
        (
            Limits {
                side: 94,
                ..Limits::default()
            },
            95,
            94,
        ),
    ];
    for (limits, is, may) in cases {
        let error = refusal(
            &photo,
            &Options {
                limits,
                ..Options::default()
            },
        );
        assert!(
            matches!(error, Error::Limit { found, max, .. } if (found, max) == (is, may)),
            "{error}"
        );
    }
    let enough = Limits {
        bytes: length,
        pixels: 95 * 63,
        side: 95,
        ..Limits::default()
    };
    assert!(
        normalize(
            &photo,
            &Options {
                limits: enough,
                ..Options::default()
            }
        )
        .is_ok()
    );

    let few = Limits {
        scans: 3,
        ..Limits::default()
    };
    let error = refusal(
        &file("still/progressive.jpg"),
        &Options {
            limits: few,
            ..Options::default()
        },
    );
    assert!(
        matches!(
            error,
            Error::Limit {
                max: 3,
                found: 4..,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn a_crop_outside_names_both_rectangles() {
    let options = Options {
        fit: Fit::Crop(CropBox {
            x: 11,
            y: 22,
            side: 42,
        }),
        ..Options::default()
    };
    let error = refusal(&file("still/plain.jpg"), &options); // 95 x 63: one row too low
    assert_eq!(
        error.to_string(),
        "crop: 42 x 42 at 11,22 does not lie inside the photo, 95 x 63 upright pixels: choose a box within it"
    );
    assert!(
        matches!(error, Error::CropOutside { image, .. } if image == Size::new(95, 63).unwrap())
    );
}

#[test]
fn small_photos_are_refused_only_on_request() {
    let photo = file("still/plain.jpg");
    let error = refusal(
        &photo,
        &Options {
            small: Small::Refuse,
            ..Options::default()
        },
    );
    assert_eq!(
        error.to_string(),
        "side: 95 pixels, at least 512: use a larger photo, or allow it to be enlarged"
    );
    let avatar = normalize(&photo, &Options::default()).unwrap();
    assert_eq!(
        avatar.report().warnings[0].to_string(),
        "it was enlarged 5.39 times, from 95 to 512 pixels, and will look soft: use a larger photo"
    );
}

#[test]
fn a_jpeg_cannot_be_transparent() {
    let format = StillFormat::Jpeg(None);
    let options = Options {
        format,
        background: Background::Transparent,
        ..Options::default()
    };
    assert!(matches!(
        refusal(&file("still/rgba8.png"), &options),
        Error::TransparentJpeg
    ));
}
