//! Animated PNGs that are cut, damaged, hostile or ordinary. What they show is in `shown.rs`.

use headshot_core::{
    Background, Damaged, Error, Format, FramePolicy, Limits, Options, Plan, SideRange, StillFormat,
    Warning, normalize, probe,
};

use crate::apng_file::{Apng, BACKGROUND, KEEP, OVER, PREVIOUS, SOURCE};
use crate::file;
use crate::gif_file::{at, screens, side};

const RED: [u8; 4] = [230, 20, 30, 255];
const BLUE: [u8; 4] = [20, 30, 220, 255];

/// An animation of one frame, and the same as the first of three frames of 20 cs each.
fn three() -> (Vec<u8>, Vec<u8>) {
    let whole = [0, 0, 64, 64];
    let start = || Apng::new(64, 64).frame(whole, RED, [KEEP, SOURCE], 20);
    let animated = start()
        .frame([11, 22, 33, 9], BLUE, [BACKGROUND, OVER], 20)
        .frame([0, 50, 64, 3], BLUE, [PREVIOUS, SOURCE], 20);
    (start().end(), animated.end())
}

#[test]
fn what_is_said_of_an_animation_is_done() {
    let (still, animated) = three();
    for (photo, frames) in [(&still, 1), (&animated, 3)] {
        let plan = Plan::new(&probe(photo, &Limits::default()).unwrap(), &side(64)).unwrap();
        let avatar = normalize(photo, &side(64)).unwrap();
        assert_eq!(avatar.report().steps, plan.steps);
        assert_eq!((plan.frames, avatar.frames()), (frames, frames));
    }
    // A cleared area is transparent only in the third frame.
    let (shown, time) = screens(&normalize(&animated, &side(64)).unwrap().bytes());
    assert_eq!(time, 60);
    let alphas = [0, 20, 40].map(|time| at(&shown, time, 12, 23)[3]);
    assert_eq!(alphas, [255, 255, 0]);
}

#[test]
fn a_cut_animation_keeps_the_frames_before_and_says_so() {
    let (_, animated) = three();
    // In the last frame, and in the chunks after it.
    for (missing, frames, is_cut) in [(30, 2, true), (12, 3, false), (9, 3, false)] {
        let avatar = normalize(&animated[..animated.len() - missing], &side(64)).unwrap();
        let warnings = &avatar.report().warnings;
        assert_eq!(avatar.frames(), frames, "{missing}");
        assert_eq!(
            warnings.contains(&Warning::CutAnimation),
            is_cut,
            "{warnings:?}"
        );
    }
    // Damage before the end of the second frame leaves the default image.
    let second = animated
        .windows(4)
        .position(|kind| kind == b"fdAT")
        .unwrap();
    let avatar = normalize(&animated[..second + 9], &side(64)).unwrap();
    assert_eq!((avatar.frames(), avatar.format()), (1, Format::Png));
    assert!(avatar.report().warnings.contains(&Warning::CutAnimation));
}

#[test]
fn wrong_pixels_of_a_later_frame_are_refused_or_left_out() {
    let (_, mut animated) = three();
    let second = animated
        .windows(4)
        .position(|kind| kind == b"fdAT")
        .unwrap();
    animated[second + 30] ^= 0x40;
    let refused = normalize(&animated, &side(64));
    assert!(matches!(refused, Err(Error::Damaged { .. })), "{refused:?}");
    let options = Options {
        damaged: Damaged::Accept,
        ..side(64)
    };
    let avatar = normalize(&animated, &options).unwrap();
    let warnings = &avatar.report().warnings;
    assert!(
        warnings.contains(&Warning::IncompleteFrames(1)),
        "{warnings:?}"
    );
    assert!(avatar.report().damaged());
}

#[test]
fn too_many_frames_and_too_large_canvases_are_refused_from_the_chunks() {
    let start = Apng::new(64, 64).frame([0, 0, 64, 64], RED, [KEEP, SOURCE], 5);
    let many = (0..100_000u32).fold(start, |apng, i| {
        apng.frame([i % 64, 3, 1, 1], BLUE, [KEEP, OVER], 0)
    });
    let many = many.end();
    let refused = normalize(&many, &side(65));
    assert!(
        matches!(
            refused,
            Err(Error::TooManyFrames {
                found: 100_001,
                max: 100
            })
        ),
        "{refused:?}"
    );
    let thin = Options {
        frames: FramePolicy::Decimate,
        ..side(65)
    };
    let thin = normalize(&many, &thin);
    // 410 million pixels of canvases.
    assert!(
        matches!(
            thin,
            Err(Error::Limit {
                found: 409_604_096,
                ..
            })
        ),
        "{thin:?}"
    );
}

#[test]
fn painted_bars_stand_upright_as_the_photo_does() {
    let photo = file("animated/turned.png");
    for background in [Background::Edge, Background::Blur] {
        let options = |format| Options {
            background,
            format,
            side: SideRange::new(112, 112).unwrap(),
            ..Options::default()
        };
        let first = |format| {
            let avatar = normalize(&photo, &options(format)).unwrap();
            image::load_from_memory(&avatar.bytes()).unwrap().to_rgb8()
        };
        let (moving, still) = (first(StillFormat::default()), first(StillFormat::Png));
        // 40 x 56 upright: bars of 16 pixels at the left and the right.
        let mut worst = 0;
        for x in [2, 13, 98, 109] {
            for y in [5, 40, 80, 106] {
                let (a, b) = (moving.get_pixel(x, y).0, still.get_pixel(x, y).0);
                worst = a
                    .iter()
                    .zip(b)
                    .map(|(a, b)| a.abs_diff(b))
                    .fold(worst, u8::max);
            }
        }
        assert!(worst <= 8, "{background:?}: {worst}");
        let sides = [2, 109].map(|x| still.get_pixel(x, 56).0);
        assert_ne!(sides[0], sides[1], "{background:?}");
    }
}
