//! What comes out: format, size, background, warnings, and nothing of the input but its picture.

use headshot_core::{
    Avatar, Background, ColorModel, CropBox, Fit, Format, Limits, Options, Orientation, Quality,
    SideRange, StillFormat, normalize, probe,
};
use image::{DynamicImage, GenericImageView, Rgba};

use crate::file;

fn options(side: u32) -> Options {
    Options {
        side: SideRange::new(side, side).unwrap(),
        ..Options::default()
    }
}

fn decoded(avatar: &Avatar) -> DynamicImage {
    let picture = image::load_from_memory(&avatar.bytes()).unwrap();
    assert_eq!(picture.dimensions(), (avatar.side(), avatar.side()));
    picture
}

fn make(name: &str, options: &Options) -> Avatar {
    normalize(&file(name), options).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn the_format_follows_the_photo_and_the_background() {
    let jpeg = StillFormat::Jpeg(Quality::new(55));
    let cases = [
        (
            "still/plain.jpg",
            StillFormat::default(),
            Background::Auto,
            Format::Jpeg,
        ),
        (
            "still/plain.jpg",
            StillFormat::default(),
            Background::Transparent,
            Format::Png,
        ),
        (
            "still/plain.jpg",
            StillFormat::Png,
            Background::Auto,
            Format::Png,
        ),
        (
            "still/rgba8.png",
            StillFormat::default(),
            Background::Auto,
            Format::Png,
        ),
        ("still/rgba8.png", jpeg, Background::Auto, Format::Jpeg),
        (
            "still/plain.gif",
            StillFormat::default(),
            Background::Auto,
            Format::Png,
        ),
        ("still/plain.gif", jpeg, Background::Auto, Format::Jpeg),
    ];
    for (name, format, background, expected) in cases {
        let avatar = make(
            name,
            &Options {
                format,
                background,
                ..options(64)
            },
        );
        assert_eq!(
            avatar.format(),
            expected,
            "{name}, {format:?}, {background:?}"
        );
        let magic = image::guess_format(&avatar.bytes()).unwrap();
        let same = match expected {
            Format::Jpeg => image::ImageFormat::Jpeg,
            Format::Png => image::ImageFormat::Png,
            Format::Gif => image::ImageFormat::Gif,
            other => panic!("{other}"),
        };
        assert_eq!(magic, same, "{name}");
        assert_eq!((avatar.frames(), avatar.side()), (1, 64));
    }
}

#[test]
fn bars_are_transparent_where_they_can_be_and_black_otherwise() {
    const CLEAR: Rgba<u8> = Rgba([0, 0, 0, 0]);
    const BLACK: Rgba<u8> = Rgba([0, 0, 0, 255]);
    const ODD: Rgba<u8> = Rgba([11, 122, 233, 255]);
    let odd = Background::Color([11, 122, 233]);
    let cases = [
        ("still/rgb8.png", Background::Auto, BLACK),
        ("still/rgba8.png", Background::Auto, CLEAR),
        ("still/palette8-trns.png", Background::Auto, CLEAR),
        ("still/gray8-trns.png", Background::Auto, CLEAR),
        ("still/transparent.gif", Background::Auto, CLEAR),
        ("still/plain.gif", Background::Auto, BLACK),
        ("still/rgb8.png", Background::Transparent, CLEAR),
        ("still/rgba8.png", odd, ODD),
        ("still/rgb8.png", odd, ODD),
        ("still/p3-rgba16.png", odd, ODD),
    ];
    for (name, background, expected) in cases {
        let avatar = make(
            name,
            &Options {
                background,
                ..options(60)
            },
        );
        let picture = decoded(&avatar);
        for (x, y) in [(0, 0), (59, 0), (31, 4), (0, 59), (59, 59)] {
            assert_eq!(
                picture.get_pixel(x, y),
                expected,
                "{name}, {background:?} at {x},{y}"
            );
        }
    }
}

#[test]
fn transparent_pixels_are_laid_over_the_background() {
    let white = Options {
        background: Background::Color([255; 3]),
        fit: Fit::Cover,
        ..options(120)
    };
    let picture = decoded(&make("still/fringe.png", &white));
    assert_eq!(
        picture.get_pixel(1, 1),
        Rgba([255; 4]),
        "the loud green under transparent pixels must not show"
    );
    let jpeg = Options {
        format: StillFormat::Jpeg(Quality::new(100)),
        fit: Fit::Cover,
        ..options(120)
    };
    let picture = decoded(&make("still/fringe.png", &jpeg));
    assert!(
        picture.get_pixel(1, 1).0[..3]
            .iter()
            .all(|sample| *sample < 4),
        "black behind a JPEG"
    );
}

#[test]
fn nothing_of_the_metadata_comes_out() {
    for name in [
        "still/metadata.jpg",
        "still/metadata.png",
        "still/astronaut.jpg",
    ] {
        let photo = file(name);
        let canary = |bytes: &[u8]| bytes.windows(6).any(|window| window == b"CANARY");
        assert!(canary(&photo), "{name} has nothing to leak");
        for format in [
            StillFormat::default(),
            StillFormat::Png,
            StillFormat::Jpeg(None),
        ] {
            let avatar = make(
                name,
                &Options {
                    format,
                    ..options(512)
                },
            )
            .bytes();
            assert!(!canary(&avatar), "{name}, {format:?}");
            let allowed: &[&[u8]] = match &avatar[..2] {
                [0xFF, 0xD8] => &[&[0xE0], &[0xC0], &[0xC4], &[0xDB], &[0xDA]],
                _ => &[b"IHDR", b"IDAT", b"IEND"],
            };
            for part in parts(&avatar) {
                assert!(
                    allowed.contains(&part.as_slice()),
                    "{name}, {format:?}: {part:x?}"
                );
            }
        }
    }
}

/// The chunk names of a PNG, or the marker bytes of a JPEG up to its scan, and nothing after its end.
fn parts(avatar: &[u8]) -> Vec<Vec<u8>> {
    let mut parts = Vec::new();
    if avatar.starts_with(b"\x89PNG") {
        let mut rest = &avatar[8..];
        while let Some((length, behind)) = rest.split_first_chunk() {
            parts.push(behind[..4].to_vec());
            rest = &behind[8 + u32::from_be_bytes(*length) as usize..];
        }
        assert_eq!(parts.last().unwrap(), b"IEND");
        return parts;
    }
    let mut at = 2;
    while parts.last() != Some(&vec![0xDA]) {
        assert_eq!(avatar[at], 0xFF);
        parts.push(vec![avatar[at + 1]]);
        at += 2 + usize::from(u16::from_be_bytes([avatar[at + 2], avatar[at + 3]]));
    }
    let end = avatar
        .windows(2)
        .position(|pair| pair == [0xFF, 0xD9])
        .unwrap();
    assert_eq!(end + 2, avatar.len(), "bytes behind the end of the picture");
    parts
}

#[test]
fn the_header_is_told_in_upright_pixels() {
    let info = probe(&file("still/astronaut.jpg"), &Limits::default()).unwrap();
    assert_eq!((info.size.width(), info.size.height()), (410, 512));
    assert_eq!(
        (info.format, info.orientation, info.frames),
        (Format::Jpeg, Orientation::Rotate90, 1)
    );
    assert_eq!((info.color, info.alpha), (ColorModel::Rgb, false));
    let profile = info.profile.expect("the astronaut has a profile");
    assert!(
        profile.name().contains("P3") && !profile.is_srgb(),
        "{profile:?}"
    );
    let cases = [
        ("still/cmyk.jpg", ColorModel::Cmyk),
        ("still/gray.jpg", ColorModel::Gray),
        ("still/la8.png", ColorModel::Gray),
    ];
    for (name, color) in cases {
        assert_eq!(
            probe(&file(name), &Limits::default()).unwrap().color,
            color,
            "{name}"
        );
    }
    let srgb = probe(&file("still/srgb-profile.jpg"), &Limits::default()).unwrap();
    assert!(srgb.profile.is_some_and(|profile| profile.is_srgb()));
}

#[test]
fn metadata_faults_are_warnings() {
    let cases = [
        (
            "still/exif-damaged.jpg",
            "its EXIF data is damaged: taken to be upright",
        ),
        (
            "still/exif-orientation-9.jpg",
            "its EXIF data is damaged: taken to be upright",
        ),
        (
            "still/profile-truncated.jpg",
            "its color profile is damaged: colors taken to be sRGB",
        ),
        (
            "still/profile-misnumbered.jpg",
            "its color profile is damaged: colors taken to be sRGB",
        ),
        (
            "still/profile-piece-missing.jpg",
            "its color profile is damaged: colors taken to be sRGB",
        ),
        (
            "still/profile-rgb-on-gray.jpg",
            "its color profile is for another kind of colors: colors taken to be sRGB",
        ),
        (
            "still/profile-gray-on-rgb.jpg",
            "its color profile is for another kind of colors: colors taken to be sRGB",
        ),
    ];
    for (name, expected) in cases {
        let avatar = make(name, &options(512));
        let warnings: Vec<String> = avatar
            .report()
            .warnings
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(warnings[0], expected, "{name}");
    }
}

#[test]
fn sides_outside_slacks_advice_are_warned_of() {
    let avatar = make("still/large.jpg", &options(300));
    let warnings: Vec<String> = avatar
        .report()
        .warnings
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        warnings,
        ["sides of 300 to 300 pixels were asked for: Slack advises 512 to 1024"]
    );
    assert!(
        make("still/large.jpg", &Options::default())
            .report()
            .warnings
            .is_empty()
    );
}

#[test]
fn steps_say_what_was_done_in_order() {
    let steps = |name: &str, options: &Options| -> Vec<String> {
        make(name, options)
            .report()
            .steps
            .iter()
            .map(ToString::to_string)
            .collect()
    };
    assert_eq!(
        steps("still/astronaut.jpg", &Options::default()),
        [
            "turned by 90 degrees to stand upright (EXIF orientation 6)",
            "converted colors to sRGB from \"Display P3 gamut, sRGB curve\"",
            "letterboxed to 512 x 512 on black, because it is not square",
            "encoded as JPEG, quality 90, without metadata",
        ]
    );
    let crop = Options {
        fit: Fit::Crop(CropBox {
            x: 11,
            y: 22,
            side: 333,
        }),
        ..Options::default()
    };
    assert_eq!(
        steps("still/large.jpg", &crop),
        [
            "cropped to 333 x 333 at 11,22",
            "enlarged from 333 x 333 to 512 x 512 (Catmull-Rom)",
            "encoded as JPEG, quality 90, without metadata",
        ]
    );
}

#[test]
fn extreme_shapes_are_neither_refused_nor_huge() {
    for fit in [Fit::Contain, Fit::Cover] {
        let avatar = make(
            "still/extreme-1x60000.png",
            &Options {
                fit,
                limits: Limits {
                    side: 60_000,
                    ..Limits::default()
                },
                ..Options::default()
            },
        );
        assert_eq!(avatar.side(), if fit == Fit::Contain { 1024 } else { 512 });
        decoded(&avatar);
    }
}

#[test]
fn the_same_photo_and_options_give_the_same_bytes() {
    for name in ["still/large.jpg", "still/rgba8.png"] {
        assert_eq!(
            make(name, &Options::default()).bytes(),
            make(name, &Options::default()).bytes(),
            "{name}"
        );
    }
}
