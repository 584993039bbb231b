//! Requested quarter turns: the same as if another program had turned the photo before.

use std::borrow::Cow;

use headshot_core::{
    Background, CropBox, FaceFit, Fit, Format, Gravity, Limits, Options, Orientation, PixelLayout,
    Pixels, Plan, Rotation, SideRange, Step, explain, normalize, normalize_pixels, probe,
};
use image::metadata::Orientation as Turn;
use image::{DynamicImage, ImageDecoder, ImageReader, RgbaImage};

use crate::file;
use crate::gif_file::{BACKGROUND, BLUE, GREEN, Gif, HOLE, KEEP, RED, screen, screens};
use crate::kept::{avatar, insert, is_kept, segment};

const TURNS: [(Rotation, Turn); 4] = [
    (Rotation::None, Turn::NoTransforms),
    (Rotation::By90, Turn::Rotate90),
    (Rotation::By180, Turn::Rotate180),
    (Rotation::By270, Turn::Rotate270),
];

/// What the `image` crate shows of a photo that it has turned upright, and then this much further.
fn turned(photo: &[u8], turn: Turn) -> RgbaImage {
    let reader = ImageReader::new(std::io::Cursor::new(photo));
    let mut decoder = reader
        .with_guessed_format()
        .unwrap()
        .into_decoder()
        .unwrap();
    let orientation = decoder.orientation().unwrap();
    let mut picture = DynamicImage::from_decoder(decoder).unwrap();
    picture.apply_orientation(orientation);
    picture.apply_orientation(turn);
    picture.to_rgba8()
}

fn rotated(rotate: Rotation, fit: Fit, side: u32) -> Options {
    Options {
        fit,
        rotate,
        side: SideRange::new(side, side).unwrap(),
        ..Options::default()
    }
}

fn decoded(avatar: &[u8]) -> RgbaImage {
    image::load_from_memory(avatar).unwrap().to_rgba8()
}

/// How far samples differ, on average.
fn mean_difference(a: &RgbaImage, b: &RgbaImage) -> f64 {
    assert_eq!(a.dimensions(), b.dimensions());
    let pairs = a.as_raw().iter().zip(b.as_raw());
    let sum: u64 = pairs.map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / a.as_raw().len() as f64
}

#[test]
fn every_orientation_and_rotation_is_that_of_another_program() {
    let mut compared = 0;
    for extension in ["png", "jpg", "webp"] {
        for tag in 1..=8 {
            let photo = file(&format!("still/orient-{tag}.{extension}"));
            // The `image` crate is built without WebP; the PNG is the same picture.
            let same = match extension {
                "webp" => file(&format!("still/orient-{tag}.png")),
                _ => photo.clone(),
            };
            for (rotate, turn) in TURNS {
                let expected = turned(&same, turn);
                let (width, height) = expected.dimensions();
                let side = width.min(height) / 2;
                let [x, y] = [width - side - 3, (height - side) / 3];
                let crop = Fit::Crop(CropBox { x, y, side });
                let made = normalize(&photo, &rotated(rotate, crop, side)).unwrap();
                let found = decoded(&made.bytes());
                let cut = image::imageops::crop_imm(&expected, x, y, side, side).to_image();
                let off = mean_difference(&found, &cut);
                // A JPEG is encoded once more.
                let most = if made.format() == Format::Jpeg {
                    6.0
                } else {
                    0.0
                };
                let name = format!("orient-{tag}.{extension} by {rotate}");
                assert!(off <= most, "{name}: {off}");
                for (other, turn) in TURNS {
                    let other_cut = turned(&same, turn);
                    if other != rotate && other_cut.dimensions() == (width, height) {
                        let other = image::imageops::crop_imm(&other_cut, x, y, side, side);
                        let off = mean_difference(&found, &other.to_image());
                        assert!(off > 8.0, "{name} looks like another: {off}");
                    }
                }
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 3 * 8 * 4);
}

#[test]
fn gravity_and_bars_are_those_of_the_turned_photo() {
    let photo = file("still/orient-6.png");
    for (rotate, turn) in TURNS {
        let mut as_png = std::io::Cursor::new(Vec::new());
        let picture = turned(&photo, turn);
        picture
            .write_to(&mut as_png, image::ImageFormat::Png)
            .unwrap();
        let before = as_png.into_inner();
        for (fit, gravity, background) in [
            (Fit::Cover, Gravity::Top, Background::Auto),
            (Fit::Cover, Gravity::Left, Background::Auto),
            (
                Fit::Cover,
                Gravity::Point { x: 2200, y: 7700 },
                Background::Auto,
            ),
            (Fit::Contain, Gravity::Center, Background::Edge),
            (Fit::Contain, Gravity::Center, Background::Blur),
        ] {
            let options = Options {
                gravity,
                background,
                ..rotated(rotate, fit, 77)
            };
            let plain = Options {
                rotate: Rotation::None,
                ..options.clone()
            };
            let here = decoded(&normalize(&photo, &options).unwrap().bytes());
            let there = decoded(&normalize(&before, &plain).unwrap().bytes());
            let off = mean_difference(&here, &there);
            assert!(off < 0.5, "{rotate} {fit:?} {gravity} {background}: {off}");
        }
    }
}

#[test]
fn an_animation_is_turned_in_all_its_frames() {
    let gif = Gif::new(30, 20, Some(0))
        .frame([0, 0, 30, 20], RED, KEEP, 11)
        .frame([0, 0, 11, 7], GREEN, BACKGROUND, 22)
        .frame([20, 3, 9, 5], BLUE, KEEP, 33)
        .frame([0, 0, 30, 20], HOLE, KEEP, 44)
        .end();
    let (upright, _) = screens(&gif);
    for (rotate, turn) in TURNS {
        let crop = CropBox {
            x: 2,
            y: 1,
            side: 17,
        };
        let options = rotated(rotate, Fit::Crop(crop), 17);
        let made = normalize(&gif, &options).unwrap();
        assert_eq!(made.format(), Format::Gif);
        let (shown, lasts) = screens(&made.bytes());
        assert_eq!(lasts, 110, "{rotate}");
        for time in 0..lasts {
            let mut picture = DynamicImage::ImageRgba8(screen(&upright, time).clone());
            picture.apply_orientation(turn);
            let cut = picture.crop_imm(2, 1, 17, 17).to_rgba8();
            for (found, expected) in screen(&shown, time).pixels().zip(cut.pixels()) {
                assert_eq!(found[3], expected[3], "{rotate} at {time}");
                let is_near = |channel: usize| found[channel].abs_diff(expected[channel]) <= 2;
                assert!(found[3] == 0 || (0..3).all(is_near), "{rotate} at {time}");
            }
        }
        // The still of its first frame takes another path.
        let still = Options {
            frames: headshot_core::FramePolicy::First,
            limits: Limits {
                frames: 1,
                ..Limits::default()
            },
            ..options
        };
        let still = decoded(&normalize(&gif, &still).unwrap().bytes());
        let mut picture = DynamicImage::ImageRgba8(upright[0].1.clone());
        picture.apply_orientation(turn);
        assert_eq!(still, picture.crop_imm(2, 1, 17, 17).to_rgba8(), "{rotate}");
    }
}

/// The EXIF data of a TIFF block with one tag, 0x0112.
fn orientation(tag: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([tag, 0, 0, 0, 0, 0, 0]);
    segment(0xE1, &exif)
}

#[test]
fn what_lies_about_its_orientation_is_kept_and_what_is_turned_is_not() {
    let bare = avatar("still/plain.jpg", 64);
    for (tag, rotate, is_as_stored) in [
        (8, Rotation::By90, true),
        (6, Rotation::By270, true),
        (3, Rotation::By180, true),
        (1, Rotation::None, true),
        (6, Rotation::By90, false),
        (1, Rotation::By90, false),
        (7, Rotation::By90, false),
        (8, Rotation::None, false),
    ] {
        let photo = insert(&bare, 2, &orientation(tag));
        let made = normalize(&photo, &rotated(rotate, Fit::Contain, 64)).unwrap();
        let is_same = made.bytes() == bare;
        assert_eq!(is_same, is_as_stored, "tag {tag}, turned by {rotate}");
        let last = made.report().steps.last().cloned();
        assert_eq!(
            matches!(last, Some(Step::Keep(_))),
            is_as_stored,
            "{:?}",
            made.report().steps
        );
        assert_eq!(is_kept(&made), tag == 1 && is_as_stored);
    }
}

#[test]
fn it_is_told_and_the_photo_stays_what_it_is() {
    let photo = file("still/orient-6.jpg");
    let plain = probe(&photo, &Limits::default()).unwrap();
    let options = rotated(Rotation::By90, Fit::Cover, 64);
    let made = normalize(&photo, &options).unwrap();
    let report = made.report();
    assert_eq!(
        (report.source.size, report.source.orientation),
        (plain.size, Orientation::Rotate90)
    );
    let texts: Vec<String> = report.steps.iter().map(Step::to_string).collect();
    assert_eq!(
        texts[..2],
        [
            "turned by 90 degrees to stand upright (EXIF orientation 6)",
            "turned by 90 degrees clockwise, as asked for"
        ]
    );
    let plan = Plan::new(&plain, &options).unwrap();
    assert_eq!(plan.orientation, Orientation::Rotate180);
    assert_eq!(plan.steps, report.steps);
    // If it is asked for the same again, it is not turned twice.
    assert_eq!(headshot_core::plan(&photo, &plain, &options).unwrap(), plan);
    let none = rotated(Rotation::None, Fit::Cover, 64);
    assert_ne!(options.fingerprint(), none.fingerprint());
}

#[test]
fn a_face_is_found_in_the_photo_that_was_turned() {
    let lying = file("still/astronaut.jpg");
    let upright = normalize(
        &lying,
        &rotated(Rotation::None, Fit::Face(FaceFit::default()), 333),
    );
    let wanted = upright.unwrap().report().faces.clone().unwrap();
    // The same pixels without their EXIF data, as programs leave them that do not know about it.
    let stored = turned(&lying, Turn::Rotate270);
    let pixels = Pixels {
        width: stored.width(),
        height: stored.height(),
        layout: PixelLayout::Rgba,
        samples: Cow::Borrowed(stored.as_raw()),
        profile: None,
        orientation: Orientation::Upright,
    };
    let options = rotated(Rotation::By90, Fit::Face(FaceFit::default()), 333);
    let found = normalize_pixels(&pixels, &options).unwrap();
    let faces = found.report().faces.clone().unwrap();
    let (found, wanted) = (faces.crop.unwrap(), wanted.crop.unwrap());
    assert!(
        found.x.abs_diff(wanted.x) <= 4
            && found.y.abs_diff(wanted.y) <= 4
            && found.side.abs_diff(wanted.side) <= 4,
        "{found:?}, {wanted:?}"
    );
    let drawn = explain(
        &lying,
        Some(&faces),
        100,
        &rotated(Rotation::By90, Fit::Contain, 64),
    );
    let drawn = decoded(&drawn.unwrap());
    assert_eq!(drawn.dimensions(), (100, 80), "it lies on its side");
}
