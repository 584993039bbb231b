//! Animations with alpha: what is on screen at named times, by goldens from other programs (`testdata/README.md`).

use headshot_core::{
    Background, Damaged, Error, Format, FramePolicy, Limits, LoopCount, Options, Step, StillFormat,
    Warning, normalize, probe,
};
use image::RgbaImage;
use image::imageops::{crop_imm, rotate90};

use crate::file;
use crate::gif_file::{Screens, screen, screens, side};

/// An animation of `testdata/animated`.
struct Case {
    photo: &'static str,
    /// In `testdata/screens`.
    golden: &'static str,
    /// Whether the golden must be turned as the EXIF data says.
    is_turned: bool,
    side: u32,
    /// When its frames begin, in centiseconds, and when the last one ends.
    starts: &'static [u64],
    end: u64,
    loop_count: LoopCount,
    /// How far a sample may differ from the golden, and all of them on average.
    tolerance: (u8, f64),
}

/// Few colors, which a GIF can hold almost exactly.
const FLAT: (u8, f64) = (8, 1.0);

/// Photos, which a GIF dithers (4.1), and whose edges may be opaque or not. A frame that is not blended or cleared correctly adds 10.
const PHOTO: (u8, f64) = (255, 5.5);

const CASES: [Case; 6] = [
    Case {
        photo: "blend.png",
        golden: "blend",
        is_turned: false,
        side: 72,
        starts: &[0, 33, 57, 67, 77, 80, 105, 115],
        end: 117,
        loop_count: plays(3),
        tolerance: FLAT,
    },
    Case {
        photo: "palette.png",
        golden: "palette",
        is_turned: false,
        side: 48,
        starts: &[0, 3, 7, 10, 13, 17],
        end: 20,
        loop_count: LoopCount::Once,
        tolerance: FLAT,
    },
    Case {
        photo: "gray16.png",
        golden: "gray16",
        is_turned: false,
        side: 44,
        starts: &[0, 14, 29],
        end: 43,
        loop_count: plays(2),
        tolerance: FLAT,
    },
    Case {
        photo: "turned.png",
        golden: "turned",
        is_turned: false,
        side: 56,
        starts: &[0, 50, 100],
        end: 250,
        loop_count: LoopCount::Forever,
        tolerance: FLAT,
    },
    Case {
        photo: "lossless.webp",
        golden: "lossless-webp",
        is_turned: false,
        side: 72,
        starts: &[0, 33, 57, 67, 77, 79, 104, 106],
        end: 108,
        loop_count: plays(3),
        tolerance: FLAT,
    },
    Case {
        photo: "mixed.webp",
        golden: "mixed-webp",
        is_turned: true,
        side: 64,
        starts: &[0, 10, 20, 30],
        end: 40,
        loop_count: LoopCount::Forever,
        tolerance: PHOTO,
    },
];

const fn plays(count: u16) -> LoopCount {
    LoopCount::Repeat(std::num::NonZeroU16::new(count - 1).unwrap())
}

impl Case {
    fn photo(&self) -> Vec<u8> {
        file(&format!("animated/{}", self.photo))
    }

    /// What is on screen of each frame.
    fn goldens(&self) -> Vec<RgbaImage> {
        let all = file(&format!("screens/{}.png", self.golden));
        let all = image::load_from_memory(&all).unwrap().to_rgba8();
        let count = self.starts.len() as u32;
        let height = all.height() / count;
        assert_eq!(all.height(), height * count, "{}", self.photo);
        let frame = |i: u32| crop_imm(&all, 0, i * height, all.width(), height).to_image();
        let frames = (0..count).map(frame);
        let turned = |frame| {
            if self.is_turned {
                rotate90(&frame)
            } else {
                frame
            }
        };
        frames.map(turned).collect()
    }

    /// Compares the moments at which frames begin with their goldens, for an avatar in which nothing was resampled.
    #[track_caller]
    fn assert_shown(&self, made: &Screens, background: Option<[u8; 3]>) {
        for (start, golden) in self.starts.iter().zip(self.goldens()) {
            let shown = screen(made, *start);
            let (most, mean) = self.tolerance;
            let mut sum = 0;
            for (x, y, wanted) in golden.enumerate_pixels() {
                let wanted = settled(wanted.0, background);
                let found = at(shown, &golden, x, y);
                let differences = found.iter().zip(&wanted).map(|(a, b)| a.abs_diff(*b));
                let difference = differences.max().unwrap();
                sum += u64::from(difference);
                assert!(
                    difference <= most,
                    "{}, {start} cs, {x}, {y}: {found:?} is not {wanted:?}",
                    self.photo
                );
            }
            let found = sum as f64 / f64::from(golden.width() * golden.height());
            assert!(found <= mean, "{}, {start} cs: {found}", self.photo);
        }
    }
}

/// A pixel of a golden in the middle of a square.
fn at(square: &RgbaImage, golden: &RgbaImage, x: u32, y: u32) -> [u8; 4] {
    let left = (square.width() - golden.width()) / 2;
    let top = (square.height() - golden.height()) / 2;
    square.get_pixel(left + x, top + y).0
}

/// A pixel with as much alpha as GIF has.
fn settled([r, g, b, alpha]: [u8; 4], background: Option<[u8; 3]>) -> [u8; 4] {
    let alpha = f64::from(alpha) / 255.0;
    let over = |over: u8, under: u8| {
        (f64::from(over) * alpha + f64::from(under) * (1.0 - alpha)).round() as u8
    };
    match background {
        Some([under_r, under_g, under_b]) => {
            [over(r, under_r), over(g, under_g), over(b, under_b), 255]
        }
        None if alpha < 0.5 => [0; 4],
        None => [r, g, b, 255],
    }
}

#[test]
fn every_way_to_blend_and_dispose_shows_what_others_show() {
    for case in &CASES {
        let (name, photo) = (case.photo, case.photo());
        let info = probe(&photo, &Limits::default()).unwrap();
        let told = info.animation.unwrap();
        assert_eq!(
            (info.frames as usize, told.duration_cs, told.loop_count),
            (case.starts.len(), case.end, case.loop_count),
            "{name}"
        );
        for background in [None, Some([11, 22, 233])] {
            let options = Options {
                background: background.map_or(Background::Transparent, Background::Color),
                ..side(case.side)
            };
            let avatar = normalize(&photo, &options).unwrap();
            assert_eq!((avatar.format(), avatar.side()), (Format::Gif, case.side));
            let bytes = avatar.bytes();
            let (shown, time) = screens(&bytes);
            assert_eq!(time, case.end, "{name}");
            case.assert_shown(&shown, background);
            // As in a GIF: the repeats after the first play.
            let again = probe(&bytes, &Limits::default()).unwrap().animation;
            assert_eq!(again.unwrap().loop_count, case.loop_count, "{name}");
            let last = avatar.report().steps.last();
            assert!(matches!(last, Some(Step::Encode { .. })), "{name}");
        }
    }
}

#[test]
fn a_still_is_the_first_frame() {
    // One of them has a different default image.
    for case in &CASES {
        let options = Options {
            format: StillFormat::Png,
            background: Background::Transparent,
            ..side(case.side)
        };
        let avatar = normalize(&case.photo(), &options).unwrap();
        assert_eq!((avatar.format(), avatar.frames()), (Format::Png, 1));
        let first = Warning::FirstFrameOnly(case.starts.len() as u32);
        assert!(avatar.report().warnings.contains(&first));
        let still = image::load_from_memory(&avatar.bytes()).unwrap().to_rgba8();
        let golden = &case.goldens()[0];
        for (x, y, wanted) in golden.enumerate_pixels() {
            let found = at(&still, golden, x, y);
            let is_near = found.iter().zip(wanted.0).all(|(a, b)| a.abs_diff(b) <= 3);
            assert!(
                is_near,
                "{}: {x}, {y}: {found:?} is not {wanted:?}",
                case.photo
            );
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
    for photo in ["animated/blend.png", "animated/lossless.webp"] {
        let first = normalize(&file(photo), &few).unwrap();
        assert_eq!((first.format(), first.frames()), (Format::Png, 1));
    }
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
    for case in &CASES {
        let (name, photo) = (case.photo, case.photo());
        for run in 0..200 {
            let mut hostile = photo.clone();
            match run % 2 {
                0 => hostile.truncate(next(photo.len())),
                _ => {
                    // After the signature, which would make it something else.
                    for _ in 0..1 + next(4) {
                        hostile[12 + next(photo.len() - 12)] ^= 1 << next(8);
                    }
                }
            }
            for damaged in [Damaged::Refuse, Damaged::Accept] {
                let options = Options {
                    damaged,
                    ..side(case.side)
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
