//! A photo that was searched is not decoded again, and makes the same avatar.

use std::path::Path;

use headshot_core::{
    Error, FaceFallback, Fit, Limits, Options, Plan, SideRange, StillFormat, normalize, probe,
};

use crate::faces::{faced, fallback, jpeg, portrait};
use crate::file;

/// Photos of the testdata.
fn photos() -> Vec<(String, Vec<u8>)> {
    let mut photos = Vec::new();
    let folders = if cfg!(feature = "heic") {
        &["still", "heic"][..]
    } else {
        &["still"]
    };
    for folder in folders {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata");
        for entry in std::fs::read_dir(path.join(folder)).unwrap().flatten() {
            let name = format!("{folder}/{}", entry.file_name().display());
            photos.push((name.clone(), file(&name)));
        }
    }
    photos.sort();
    assert!(photos.len() > 100, "{}", photos.len());
    photos
}

#[test]
fn what_was_looked_at_makes_what_decoding_makes() {
    let (mut same, mut framed) = (0, 0);
    for (name, photo) in photos() {
        for (side, format) in [
            (64, StillFormat::Auto(None)),
            (101, StillFormat::Auto(None)),
            (101, StillFormat::Png),
        ] {
            let face = Options {
                side: SideRange::new(side, side).unwrap(),
                format,
                ..fallback(FaceFallback::Cover)
            };
            let Ok(made) = normalize(&photo, &face) else {
                continue;
            };
            let faces = made.report().faces.as_ref();
            let crop = faces.map(|faces| faces.crop.map_or(Fit::Contain, Fit::Crop));
            framed += usize::from(crop.is_some());
            let plain = Options {
                fit: crop.unwrap_or(Fit::Cover),
                ..face.clone()
            };
            let plain = normalize(&photo, &plain).unwrap();
            assert!(made.bytes() == plain.bytes(), "{name}, {side}, {format:?}");
            let damage = |avatar: &headshot_core::Avatar| {
                let warnings = avatar.report().warnings.iter();
                let told = warnings.map(ToString::to_string);
                told.filter(|text| !text.contains("face"))
                    .collect::<Vec<_>>()
            };
            assert_eq!(damage(&made), damage(&plain), "{name}");
            same += 1;
        }
    }
    assert!(same > 300 && framed >= 3, "{same}, {framed}");
}

#[test]
fn nothing_is_refused_for_being_held() {
    let picture = image::imageops::resize(
        &portrait(),
        820,
        1024,
        image::imageops::FilterType::Triangle,
    );
    let mut png = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
    let png = png.into_inner();
    let options = faced(Default::default());
    let info = probe(&png, &options.limits).unwrap();
    let within = |memory| Options {
        limits: Limits {
            memory,
            ..Limits::default()
        },
        ..options.clone()
    };
    let roomy = Plan::new(&info, &options).unwrap().memory;
    let tight = Plan::new(&info, &within(roomy - 1)).unwrap().memory;
    // Three bytes a pixel.
    assert_eq!(roomy - tight, 3 * 820 * 1024);
    let [a, b] = [roomy, tight].map(|memory| normalize(&png, &within(memory)).unwrap());
    assert!(a.bytes() == b.bytes() && a.report().faces == b.report().faces);
}

#[test]
fn damage_below_the_square_is_found_by_the_look() {
    let mut wall = image::RgbImage::from_pixel(640, 1400, image::Rgb([90, 120, 99]));
    image::imageops::replace(&mut wall, &portrait(), 111, 22);
    // Data to follow below.
    for (x, y, pixel) in wall.enumerate_pixels_mut().filter(|(_, y, _)| *y > 900) {
        pixel.0 = [(x * y % 251) as u8, (x * 7 + y * 3) as u8, (y * 5) as u8];
    }
    let photo = jpeg(&wall, 1);
    let options = faced(Default::default());
    let made = normalize(&photo, &options).unwrap();
    let crop = made.report().faces.as_ref().unwrap().crop.unwrap();
    assert!(crop.y + crop.side < 700, "{crop:?}");
    let cut = &photo[..photo.len() - 999];
    let refused = normalize(cut, &options).map(drop);
    assert!(matches!(refused, Err(Error::Damaged { .. })), "{refused:?}");
    // Without its end marker it is complete, and a warning says so.
    let unmarked = normalize(&photo[..photo.len() - 2], &options).unwrap();
    assert!(unmarked.bytes() == made.bytes());
    let told = unmarked.report().warnings.iter().map(ToString::to_string);
    assert_eq!(told.filter(|text| text.contains("end marker")).count(), 1);
}
