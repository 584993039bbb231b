//! Animated PNGs: what is on screen at named times, by goldens that were worked out from the specification.

use headshot_core::{
    Background, Error, Format, FramePolicy, Limits, LoopCount, Options, Plan, Step, StillFormat,
    Warning, normalize, probe,
};

use crate::apng_file::{Apng, BACKGROUND, KEEP, OVER, PREVIOUS, SOURCE, assert_shown, goldens};
use crate::file;
use crate::gif_file::{at, screens, side};

/// Each animation of `testdata/animated` with its side, when its frames begin in centiseconds, when it ends, and how often it plays.
const ANIMATIONS: [(&str, u32, &[u64], u64, LoopCount); 4] = [
    (
        "blend",
        72,
        &[0, 33, 57, 67, 77, 80, 105, 115],
        117,
        plays(3),
    ),
    ("palette", 48, &[0, 3, 7, 10, 13, 17], 20, LoopCount::Once),
    ("gray16", 44, &[0, 14, 29], 43, plays(2)),
    ("turned", 56, &[0, 50, 100], 250, LoopCount::Forever),
];

const fn plays(count: u16) -> LoopCount {
    LoopCount::Repeat(std::num::NonZeroU16::new(count - 1).unwrap())
}

fn animation(name: &str) -> Vec<u8> {
    file(&format!("animated/{name}.png"))
}

#[test]
fn every_way_to_blend_and_dispose_shows_what_the_specification_says() {
    for (name, length, starts, end, loop_count) in ANIMATIONS {
        let photo = animation(name);
        let info = probe(&photo, &Limits::default()).unwrap();
        let told = info.animation.unwrap();
        assert_eq!(
            (info.frames as usize, told.duration_cs, told.loop_count),
            (starts.len(), end, loop_count),
            "{name}"
        );
        for background in [Background::Transparent, Background::Color([11, 22, 233])] {
            let options = Options {
                background,
                ..side(length)
            };
            let avatar = normalize(&photo, &options).unwrap();
            assert_eq!((avatar.format(), avatar.side()), (Format::Gif, length));
            let bytes = avatar.bytes();
            let (shown, time) = screens(&bytes);
            assert_eq!(time, end, "{name}");
            assert_shown(&shown, starts, name, &options, 8);
            // As a GIF says it: how often after the first time.
            let again = probe(&bytes, &Limits::default()).unwrap().animation;
            assert_eq!(again.unwrap().loop_count, loop_count, "{name}");
            let [.., Step::Encode { .. }] = avatar.report().steps[..] else {
                panic!("{name}: {:?}", avatar.report().steps);
            };
        }
    }
}

#[test]
fn a_still_is_the_first_frame() {
    // In one of them the default image is another picture.
    for (name, length, starts, ..) in ANIMATIONS {
        let options = Options {
            format: StillFormat::Png,
            background: Background::Transparent,
            ..side(length)
        };
        let avatar = normalize(&animation(name), &options).unwrap();
        assert_eq!((avatar.format(), avatar.frames()), (Format::Png, 1));
        let first = Warning::FirstFrameOnly(starts.len() as u32);
        assert!(avatar.report().warnings.contains(&first));
        let still = image::load_from_memory(&avatar.bytes()).unwrap().to_rgba8();
        let golden = &goldens(name, starts.len() as u32)[0];
        let (left, top) = (
            (length - golden.width()) / 2,
            (length - golden.height()) / 2,
        );
        for (x, y, wanted) in golden.enumerate_pixels() {
            let found = still.get_pixel(left + x, top + y).0;
            let is_near = found.iter().zip(wanted.0).all(|(a, b)| a.abs_diff(b) <= 3);
            assert!(is_near, "{name}: {x}, {y}: {found:?} is not {wanted:?}");
        }
    }
    let few = Options {
        frames: FramePolicy::First,
        limits: Limits {
            frames: 7,
            ..Limits::default()
        },
        ..side(72)
    };
    let first = normalize(&animation("blend"), &few).unwrap();
    assert_eq!((first.format(), first.frames()), (Format::Png, 1));
}

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
    // What is cleared is seen through in the third frame alone.
    let (shown, time) = screens(&normalize(&animated, &side(64)).unwrap().bytes());
    assert_eq!(time, 60);
    let alphas = [0, 20, 40].map(|time| at(&shown, time, 12, 23)[3]);
    assert_eq!(alphas, [255, 255, 0]);
}

#[test]
fn a_cut_animation_keeps_the_frames_before_and_says_so() {
    let (_, animated) = three();
    // In the last frame, and in the chunks behind it.
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
    // What is wrong before the second frame is over leaves the default image.
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
        damaged: headshot_core::Damaged::Accept,
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
fn no_cut_and_no_flip_panics() {
    let mut dice = 20_261_129_u32;
    let mut next = |most: usize| {
        dice ^= dice << 13;
        dice ^= dice >> 17;
        dice ^= dice << 5;
        dice as usize % most
    };
    for (name, length, ..) in ANIMATIONS {
        let photo = animation(name);
        for run in 0..200 {
            let mut hostile = photo.clone();
            match run % 2 {
                0 => hostile.truncate(next(photo.len())),
                _ => {
                    for _ in 0..1 + next(4) {
                        hostile[next(photo.len())] ^= 1 << next(8);
                    }
                }
            }
            for damaged in [
                headshot_core::Damaged::Refuse,
                headshot_core::Damaged::Accept,
            ] {
                let options = Options {
                    damaged,
                    ..side(length)
                };
                let made = normalize(&hostile, &options);
                assert!(
                    !matches!(made, Err(Error::Internal { .. })),
                    "{name} {run}: {made:?}"
                );
            }
        }
    }
}
