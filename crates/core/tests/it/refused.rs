//! What is refused, and with which words.

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
        (
            file("bad/empty.jpg"),
            "an empty file, with no photo in it: copy or download it again",
        ),
        (
            file("bad/not-an-image.txt"),
            if cfg!(feature = "heic") {
                "a text file, not a photo: choose a JPEG, PNG, GIF, WebP or HEIC"
            } else {
                "a text file, not a photo: choose a JPEG, PNG, GIF or WebP"
            },
        ),
        (
            b"<!doctype html><p>".to_vec(),
            "an HTML page, not a photo: save the picture that it shows, and not the page",
        ),
        (
            b"PK\x03\x04".to_vec(),
            "a zip archive or office document, not a photo: take the photo out of it",
        ),
        (
            (0..=255).cycle().skip(199).step_by(77).take(999).collect(),
            if cfg!(feature = "heic") {
                "a file of no known kind, neither JPEG nor PNG nor GIF nor WebP nor HEIC: it may be damaged or encrypted, so choose another"
            } else {
                "a file of no known kind, neither JPEG nor PNG nor GIF nor WebP: it may be damaged or encrypted, so choose another"
            },
        ),
        (
            file("bad/drawing.svg"),
            "an SVG drawing, which has no pixels yet: export it as a PNG of 1024 x 1024 pixels",
        ),
        #[cfg(not(feature = "heic"))]
        (
            file("bad/header.heic"),
            "a HEIC photo: rebuild with --features heic, or convert it: on a Mac, sips -s format jpeg",
        ),
        (
            file("bad/header.pdf"),
            "a PDF document, not a photo: export the picture in it as a JPEG or PNG",
        ),
        (
            file("bad/photo.avif"),
            "an AVIF image, which is not supported: save it as a JPEG or PNG, as with avifdec photo.avif photo.png",
        ),
        (
            b"\xff\x0a".to_vec(),
            "a JPEG XL image, which is not supported: save it as a JPEG or PNG, as with djxl photo.jxl photo.png",
        ),
        (
            file("bad/photo.bmp"),
            "a BMP image, which is not supported: save it as a PNG, as every image editor can",
        ),
        (
            file("bad/photo.tiff"),
            "a TIFF image or a camera's raw file, which is not supported: export it as a JPEG or PNG from the program that opens it",
        ),
        (
            b"FUJIFILMCCD-RAW 0201".to_vec(),
            "a camera's raw file, which is not supported: develop it, and export it as a JPEG",
        ),
    ];
    for (photo, what) in cases {
        let error = refusal(&photo, &Options::default());
        let expected = format!("this is {what}");
        assert_eq!(
            (error.to_string(), error.kind()),
            (expected, "unknown_format")
        );
    }
}

/// One sentence says that it is damaged and what to do, and the other where and how.
#[test]
fn damage_is_told_once() {
    let photo = file("still/plain.jpg");
    let error = refusal(&photo[..photo.len() / 2], &Options::default());
    assert_eq!(
        error.to_string(),
        "the JPEG is damaged (try a fresh copy of the file)"
    );
    let reason = error.source().unwrap().to_string();
    let said = ["damaged", "again", "copy", "jpeg"];
    assert!(!said.iter().any(|word| reason.contains(word)), "{reason}");
    assert!(reason.contains(", near byte "), "{reason}");
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
        ("bad/truncated.webp", Format::Webp),
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
            // The end chunk, and CRC, checksum and end of the chunk of pixels.
            photo.len() - 24
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
    for (name, side, most) in [
        ("jpg", 65_500, 300_000_000),
        ("png", 100_000, 64_000_000),
        ("gif", 65_500, 64_000_000),
    ] {
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
            matches!(error, Error::Limit { found, max, .. } if (found, max) == (pixels, most)),
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
