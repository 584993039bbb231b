//! HEIC stills, compared with what libheif makes of the same files (`testdata/making/heics.py`).

use std::error::Error as _;

use headshot_core::{
    Background, CropBox, Error, Fit, Format, Info, Options, Orientation, Quality, SideRange, Size,
    Step, StillFormat, Warning, normalize, probe,
};
use image::RgbaImage;

use crate::file;

/// How far pixels may differ from libheif's: the largest difference, and the mean.
struct Tolerance(u8, f64);

/// Each rounds the same sums once.
const ROUNDED: Tolerance = Tolerance(1, 0.3);
/// libheif repeats halved chroma, and here it is interpolated.
const INTERPOLATED: Tolerance = Tolerance(40, 2.3);
/// littleCMS and the color crate, each with 8 bits between.
const CONVERTED: Tolerance = Tolerance(3, 0.7);

const CASES: [(&str, Tolerance); 20] = [
    ("single", ROUNDED),
    ("halved", INTERPOLATED),
    ("halved-across", INTERPOLATED),
    ("limited", ROUNDED),
    ("bt709", ROUNDED),
    ("bt709-limited", INTERPOLATED),
    ("by-coding", ROUNDED),
    ("gray", ROUNDED),
    ("ten-bits", ROUNDED),
    ("turned", ROUNDED),
    ("mirrored", ROUNDED),
    ("turned-and-mirrored", ROUNDED),
    ("mirrored-and-turned", ROUNDED),
    ("cut", ROUNDED),
    ("cut-and-turned", INTERPOLATED),
    ("turned-and-cut", ROUNDED),
    ("grid", INTERPOLATED),
    ("grid-turned", ROUNDED),
    ("alpha", ROUNDED),
    ("profile", CONVERTED),
];

fn heic(name: &str) -> Vec<u8> {
    file(&format!("heic/{name}.heic"))
}

fn info(photo: &[u8]) -> Info {
    probe(photo, &Options::default().limits).unwrap()
}

fn options(side: u32) -> Options {
    Options {
        side: SideRange::new(side, side).unwrap(),
        background: Background::Transparent,
        format: StillFormat::Png,
        ..Options::default()
    }
}

/// The photo at its own size, as it lies on the square.
fn upright(photo: &[u8], options: &Options) -> RgbaImage {
    let size = info(photo).size;
    let avatar = normalize(photo, options).unwrap();
    let mut square = image::load_from_memory(&avatar.bytes()).unwrap().to_rgba8();
    let (x, y) = (
        (avatar.side() - size.width()) / 2,
        (avatar.side() - size.height()) / 2,
    );
    image::imageops::crop(&mut square, x, y, size.width(), size.height()).to_image()
}

fn golden(name: &str) -> RgbaImage {
    let png = file(&format!("heic/{name}.png"));
    image::load_from_memory(&png).unwrap().to_rgba8()
}

/// What is wrong, if anything.
fn compared(found: &RgbaImage, expected: &RgbaImage, tolerance: &Tolerance) -> Result<(), String> {
    if found.dimensions() != expected.dimensions() {
        let sizes = (found.dimensions(), expected.dimensions());
        return Err(format!("{sizes:?}"));
    }
    let pairs = found.pixels().zip(expected.pixels());
    // A PNG keeps only the visible part of a color under alpha.
    let seen = pairs.flat_map(|(found, expected)| {
        [0, 1, 2, 3].map(|i| {
            let alpha = if i == 3 { 255 } else { u16::from(expected[3]) };
            (u16::from(found[i].abs_diff(expected[i])) * alpha / 255) as u8
        })
    });
    let differences: Vec<u8> = seen.collect();
    let max = differences.iter().copied().max().unwrap_or(0);
    let sum: u64 = differences.iter().copied().map(u64::from).sum();
    let mean = sum as f64 / differences.len() as f64;
    // Chroma may be made in more than one way, luma not.
    let luma = |picture: &RgbaImage| -> f64 {
        let weigh = |[r, g, b, alpha]: [u8; 4]| {
            let luma = 0.299 * f64::from(r) + 0.587 * f64::from(g) + 0.114 * f64::from(b);
            luma * f64::from(alpha) / 255.0
        };
        picture.pixels().map(|pixel| weigh(pixel.0)).sum::<f64>()
            / f64::from(picture.width() * picture.height())
    };
    let lighter = (luma(found) - luma(expected)).abs();
    if max > tolerance.0 || mean > tolerance.1 || lighter > 0.5 {
        return Err(format!("max {max}, mean {mean:.3}, lighter {lighter:.3}"));
    }
    Ok(())
}

#[test]
fn pixels_are_those_of_libheif() {
    let mut faults = Vec::new();
    for (name, tolerance) in &CASES {
        let photo = heic(name);
        let found = upright(&photo, &options(info(&photo).size.longer()));
        if let Err(fault) = compared(&found, &golden(name), tolerance) {
            faults.push(format!("{name}: {fault}"));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/heic");
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 2 * 20 + 4);
}

/// A wrong turn, cut or range must not be within the tolerance.
#[test]
fn the_cases_can_be_told_apart() {
    for (name, other) in [
        ("turned-and-mirrored", "mirrored-and-turned"),
        ("turned-and-cut", "cut-and-turned"),
        ("single", "halved"),
        ("limited", "mirrored"),
    ] {
        let same = compared(&golden(name), &golden(other), &Tolerance(2, 0.5));
        assert!(same.is_err(), "{name} {other}");
    }
}

/// A JPEG of the same colors is made from the planes, and shows the same.
#[test]
fn a_jpeg_is_made_of_planes() {
    for (name, tolerance) in [
        ("single", Tolerance(255, 3.0)),
        ("halved", Tolerance(255, 3.0)),
        ("limited", Tolerance(255, 3.0)),
        ("ten-bits", Tolerance(255, 3.0)),
        ("gray", Tolerance(255, 1.0)),
        ("grid", Tolerance(255, 3.0)),
        ("grid-turned", Tolerance(255, 3.0)),
        ("cut-and-turned", Tolerance(255, 4.0)),
        ("bt709", Tolerance(255, 3.0)),
    ] {
        let photo = heic(name);
        let longer = info(&photo).size.longer();
        let jpeg = Options {
            background: Background::Auto,
            format: StillFormat::Jpeg(Quality::new(100)),
            ..options(longer.next_multiple_of(2))
        };
        if longer.is_multiple_of(2) {
            let found = upright(&photo, &jpeg);
            let compared = compared(&found, &golden(name), &tolerance);
            assert_eq!(compared, Ok(()), "{name}");
        } else {
            normalize(&photo, &jpeg).unwrap();
        }
    }
}

/// A crop equals the same part of the whole, whichever tiles it touches.
#[test]
fn a_crop_is_cut_out_of_its_tiles() {
    let photo = heic("grid");
    let whole = upright(&photo, &options(160));
    for (x, y, side) in [
        (0, 0, 61),
        (59, 33, 44),
        (64, 0, 64),
        (97, 33, 63),
        (127, 63, 3),
    ] {
        let cropped = Options {
            fit: Fit::Crop(CropBox { x, y, side }),
            ..options(side)
        };
        let avatar = normalize(&photo, &cropped).unwrap();
        let found = image::load_from_memory(&avatar.bytes()).unwrap().to_rgba8();
        let expected = image::imageops::crop_imm(&whole, x, y, side, side).to_image();
        assert_eq!(found, expected, "{x} {y} {side}");
    }
}

#[test]
fn the_container_turns_and_exif_does_not() {
    let photo = heic("others");
    let found = info(&photo);
    assert_eq!(found.format, Format::Heic);
    assert_eq!(found.orientation, Orientation::Rotate90);
    assert_eq!(found.size, Size::new(64, 96).unwrap());
    let avatar = normalize(&photo, &options(96)).unwrap();
    let turn = Step::Turn(Orientation::Rotate90);
    assert_eq!(avatar.report().steps[0], turn);
    assert_eq!(
        turn.to_string(),
        "turned by 90 degrees to stand upright (as the HEIC says)"
    );
    assert!(photo.windows(6).any(|bytes| bytes == b"CANARY"));
    assert!(!avatar.bytes().windows(6).any(|bytes| bytes == b"CANARY"));
    let found = upright(&photo, &options(96));
    assert_eq!(compared(&found, &golden("others"), &ROUNDED), Ok(()));
}

#[test]
fn an_opaque_one_becomes_a_jpeg_and_another_a_png() {
    for (name, format) in [("single", Format::Jpeg), ("alpha", Format::Png)] {
        let avatar = normalize(&heic(name), &Options::default()).unwrap();
        assert_eq!(avatar.format(), format, "{name}");
    }
}

#[test]
fn colors_may_be_said_in_numbers() {
    let photo = info(&heic("p3-by-numbers"));
    let profile = photo.profile.unwrap();
    assert_eq!(profile.name(), "Display P3, sRGB curve (nclx)");
    assert!(!profile.is_srgb());
    let photo = info(&heic("pq"));
    assert_eq!(photo.profile.unwrap().name(), "BT.2020, PQ (nclx)");
    assert_eq!(photo.warnings, [Warning::HighDynamicRange]);
    assert!(info(&heic("single")).profile.unwrap().is_srgb());
}

/// A file with some bytes replaced; they occur once or more.
fn with(photo: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut other = photo.to_vec();
    let mut found = 0;
    for at in 0..=photo.len() - from.len() {
        if photo[at..].starts_with(from) {
            other[at..at + to.len()].copy_from_slice(to);
            found += 1;
        }
    }
    assert!(found > 0);
    other
}

#[test]
fn other_codings_are_named() {
    let avif = "this is an AVIF image, which is not supported: save it as a JPEG or PNG, as with avifdec photo.avif photo.png";
    let sequence = b"\0\0\0\x14ftypmsf1\0\0\0\0hevc\0\0\0\x08moov".to_vec();
    let cases = [
        (
            with(&with(&heic("single"), b"hvc1", b"av01"), b"ftypheic", b"ftypmif1"),
            avif.to_owned(),
        ),
        (
            with(&heic("grid"), b"hvc1", b"av01"),
            avif.to_owned(),
        ),
        (
            sequence,
            "this is a HEIC sequence, which is not supported: convert it to a JPEG or PNG, or choose another file"
                .to_owned(),
        ),
        (
            with(&heic("single"), b"hvc1", b"vvc1"),
            "a coding other than HEVC in this HEIC is not supported: save the photo again as an ordinary HEIC"
                .to_owned(),
        ),
    ];
    for (photo, expected) in cases {
        let error = normalize(&photo, &Options::default()).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

/// A slightly smaller size leaves out the padding of blocks; any other size is not believed.
#[test]
fn the_coding_says_how_large_it_is() {
    let photo = heic("turned");
    let size = b"ispe\0\0\0\0\0\0\0\x60\0\0\0\x40";
    for (said, expected) in [
        ((96, 64), (64, 96)),
        ((93, 61), (61, 93)),
        ((1, 2), (64, 96)),
        ((97, 64), (64, 96)),
    ] {
        let mut other = *size;
        (other[11], other[15]) = said;
        let found = info(&with(&photo, size, &other)).size;
        assert_eq!((found.width(), found.height()), expected, "{said:?}");
    }
    let smaller = with(&photo, size, b"ispe\0\0\0\0\0\0\0\x5D\0\0\0\x3D");
    let found = upright(&smaller, &options(93));
    // A quarter to the left: the left of the stored picture is at the bottom.
    let expected = image::imageops::crop_imm(&golden("turned"), 0, 3, 61, 93).to_image();
    assert_eq!(compared(&found, &expected, &ROUNDED), Ok(()));
}

/// The source of a refusal as damaged.
fn reason(photo: &[u8]) -> String {
    match normalize(photo, &Options::default()) {
        Err(error @ Error::Damaged { .. }) => error.source().unwrap().to_string(),
        Err(other) => panic!("{other}"),
        Ok(avatar) => panic!("made an avatar of {} pixels", avatar.side()),
    }
}

#[test]
fn what_contradicts_itself_is_damaged() {
    let single = heic("single");
    assert_eq!(
        reason(&with(&single, b"hvcC", b"free")),
        "a coded picture has no parameters (hvcC)"
    );
    assert_eq!(
        reason(&with(&single, b"pitm", b"free")),
        "it does not say which picture is its own"
    );
    assert_eq!(
        reason(&single[..single.len() - 1]),
        "it is cut off: a picture goes beyond the end of the file"
    );
    let cut = heic("cut");
    assert_eq!(
        reason(&with(&cut, b"clap\0\0\0\x33", b"clap\0\0\0\x61")),
        "its clean aperture does not lie within the picture"
    );
    // 3 columns and 2 rows; 2 columns are too few.
    let grid = heic("grid");
    assert_eq!(
        reason(&with(&grid, &[0, 0, 1, 2, 0, 160], &[0, 0, 1, 1, 0, 160])),
        "its grid has a different number of tiles than it says"
    );
    assert_eq!(
        reason(&with(
            &grid,
            &[0, 0, 1, 2, 0, 160, 0, 96],
            &[0, 0, 1, 2, 0, 128, 0, 96]
        )),
        "a grid is said to have 160 x 96 pixels and says itself that it has 128 x 96"
    );
}

/// Nothing is made from a part of a photo, and nobody waits for it.
#[test]
fn every_cut_is_refused() {
    for name in ["grid", "alpha"] {
        let photo = heic(name);
        for end in (0..photo.len()).step_by(11) {
            let made = normalize(&photo[..end], &Options::default());
            assert!(
                matches!(
                    made,
                    Err(Error::Damaged { .. } | Error::UnknownFormat { .. })
                ),
                "{name} up to {end}: {:?}",
                made.err()
            );
        }
    }
}

/// Whatever a wrong byte does to a file, nothing panics.
#[test]
fn wrong_bytes_are_no_mistakes_of_ours() {
    for name in ["grid", "alpha", "halved"] {
        let photo = heic(name);
        for at in (0..photo.len()).step_by(29) {
            let mut other = photo.clone();
            other[at] ^= 1 << (at / 29 % 8);
            let made = normalize(&other, &options(64));
            assert!(
                !matches!(made, Err(Error::Internal { .. })),
                "{name} at {at}: {:?}",
                made.err()
            );
        }
    }
}
