//! Messages about faces that the square leaves out, and about the frame of an animation.

use headshot_core::{
    Error, FaceFallback, FaceFit, FramePolicy, Limits, Options, Warning, explain, normalize, plan,
    probe,
};
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};

use crate::faces::{animation, faced, fallback, jpeg, number, portrait};

/// The portrait, next to a copy slightly more than half as large.
fn with_a_child() -> Vec<u8> {
    let one = portrait();
    let child = imageops::resize(&one, 225, 281, FilterType::Lanczos3);
    let mut wall = RgbImage::from_pixel(660, 540, Rgb([120, 130, 90]));
    imageops::replace(&mut wall, &one, 11, 22);
    imageops::replace(&mut wall, &child, 425, 222);
    jpeg(&wall, 1)
}

fn left_out(warnings: &[Warning]) -> Option<(&[(u32, headshot_core::Rect)], usize)> {
    warnings.iter().find_map(|warning| match warning {
        Warning::LeftOut { faces, found } => Some((&faces[..], *found)),
        _ => None,
    })
}

#[test]
fn a_face_that_the_square_leaves_out_is_told_of() {
    let photo = with_a_child();
    let avatar = normalize(&photo, &faced(FaceFit::default())).unwrap();
    let report = avatar.report();
    assert_eq!(report.faces.as_ref().unwrap().found.len(), 2);
    let (faces, found) = left_out(&report.warnings).expect("a warning");
    let [(2, place)] = faces else {
        panic!("{faces:?}");
    };
    assert!(found == 2 && place.x() > 450, "{place}");
    let texts: Vec<String> = report.warnings.iter().map(ToString::to_string).collect();
    let text = texts.iter().find(|text| text.contains("--face 2"));
    let told = format!("of the 2 faces found, 1 is not whole in the square (2: {place})");
    assert!(
        text.is_some_and(|text| text.starts_with(&told)),
        "{texts:?}"
    );
    // If you choose one face, you want no other.
    for chosen in [1, 2] {
        let avatar = normalize(&photo, &number(chosen)).unwrap();
        assert_eq!(left_out(&avatar.report().warnings), None);
    }
    // If the square holds both, there is nothing to say.
    let options = Options {
        side: headshot_core::SideRange::new(600, 1024).unwrap(),
        ..faced(FaceFit::default())
    };
    let mut near = RgbImage::from_pixel(640, 600, Rgb([120, 130, 90]));
    imageops::replace(&mut near, &portrait(), 11, 22);
    let child = imageops::resize(&portrait(), 225, 281, FilterType::Lanczos3);
    imageops::replace(&mut near, &child, 405, 222);
    let avatar = normalize(&jpeg(&near, 1), &options).unwrap();
    assert_eq!(avatar.report().faces.as_ref().unwrap().found.len(), 2);
    assert_eq!(left_out(&avatar.report().warnings), None);
}

#[test]
fn a_face_larger_than_every_square_is_said_to_be_cut() {
    // A strip of 90 rows of a face of 111.
    let strip = imageops::crop_imm(&portrait(), 0, 70, 410, 90).to_image();
    let avatar = normalize(&jpeg(&strip, 1), &faced(FaceFit::default())).unwrap();
    let Some(faces) = &avatar.report().faces else {
        panic!("no face in the strip");
    };
    // It is cut by the photo, not by the square.
    assert_eq!(faces.crop.unwrap().side, 90);
    let tall = imageops::crop_imm(&portrait(), 165, 0, 70, 512).to_image();
    let avatar = normalize(&jpeg(&tall, 1), &faced(FaceFit::default())).unwrap();
    let warnings = &avatar.report().warnings;
    let is_told = |warning: &Warning| matches!(warning, Warning::CutFace { side: 70, .. });
    if avatar.report().faces.is_some() {
        assert!(warnings.iter().any(is_told), "{warnings:?}");
    }
}

#[test]
fn a_chosen_face_where_nobody_is_found_is_an_error() {
    let empty = jpeg(&RgbImage::from_pixel(201, 150, Rgb([11, 99, 200])), 1);
    let refused = normalize(&empty, &number(1)).unwrap_err();
    assert!(matches!(refused, Error::NoFace { best: None }), "{refused}");
    // Unless a fallback was requested.
    let both = |fallback: FaceFallback| {
        faced(FaceFit {
            fallback,
            number: std::num::NonZeroU32::new(1),
        })
    };
    for asked in [FaceFallback::Cover, FaceFallback::Contain] {
        let avatar = normalize(&empty, &both(asked)).unwrap();
        let plain = normalize(&empty, &fallback(asked)).unwrap();
        assert!(avatar.bytes() == plain.bytes());
        let is_told = |warning: &Warning| matches!(warning, Warning::NoFace { .. });
        assert!(avatar.report().warnings.iter().any(is_told));
    }
}

fn at_most(frames: u32, policy: FramePolicy) -> Options {
    Options {
        frames: policy,
        limits: Limits {
            frames,
            ..Limits::default()
        },
        ..faced(FaceFit::default())
    }
}

/// The frame that decided, if any did.
fn decided(photo: &[u8], options: &Options) -> Option<u32> {
    let info = probe(photo, &options.limits).unwrap();
    let plan = plan(photo, &info, options).unwrap();
    plan.faces.map(|faces| faces.frame)
}

#[test]
fn frames_that_are_not_kept_decide_nothing() {
    // Of nine frames four are kept by decimation: 0, 3, 5 and 7; their first, middle and last are 0, 5 and 7.
    for (face, decimated, truncated) in [
        (0, Some(0), Some(0)),
        (2, None, Some(2)),
        (3, None, Some(3)),
        (4, None, None),
        (5, Some(5), None),
        (7, Some(7), None),
        (8, None, None),
    ] {
        let photo = animation(9, |frame| frame == face);
        let decimate = at_most(4, FramePolicy::Decimate);
        assert_eq!(decided(&photo, &decimate), decimated, "{face}");
        let truncate = at_most(4, FramePolicy::Truncate);
        assert_eq!(decided(&photo, &truncate), truncated, "{face}");
    }
}

#[test]
fn the_first_of_like_frames_decides_and_is_drawn() {
    let all = animation(5, |_| true);
    assert_eq!(decided(&all, &faced(FaceFit::default())), Some(0));
    let last = animation(5, |frame| frame == 4);
    let avatar = normalize(&last, &faced(FaceFit::default())).unwrap();
    let faces = avatar.report().faces.as_ref().unwrap();
    assert_eq!(faces.frame, 4);
    let drawn = |photo: &[u8], faces| {
        let png = explain(photo, Some(faces), 512, &Options::default()).unwrap();
        image::load_from_memory(&png).unwrap().to_rgb8()
    };
    // As for a still of it.
    let still = jpeg(&portrait(), 1);
    let of_still = normalize(&still, &faced(FaceFit::default())).unwrap();
    let wanted = drawn(&still, of_still.report().faces.as_ref().unwrap());
    let found = drawn(&last, faces);
    assert_eq!(found.dimensions(), wanted.dimensions());
    let off = found
        .iter()
        .zip(wanted.iter())
        .map(|(a, b)| f64::from(a.abs_diff(*b)));
    let mean = off.sum::<f64>() / found.len() as f64;
    assert!(mean < 12.0, "{mean}");
}
