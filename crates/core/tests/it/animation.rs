//! Animations: what is on screen at named times, checked with the decoder of the `image` crate.

use std::io::Cursor;

use headshot_core::{
    Background, CropBox, Error, Fit, Format, FramePolicy, Limits, LoopCount, Options, SideRange,
    StillFormat, Warning, normalize, probe,
};
use image::AnimationDecoder;
use image::codecs::gif::GifDecoder;

/// A GIF written by hand: uncompressed LZW, so that nothing here depends on an encoder.
struct Gif(Vec<u8>);

const RED: u8 = 0;
const GREEN: u8 = 1;
const BLUE: u8 = 2;
const HOLE: u8 = 3;
const COLORS: [[u8; 4]; 4] = [
    [230, 20, 30, 255],
    [10, 200, 40, 255],
    [20, 30, 220, 255],
    [0; 4],
];

const KEEP: u8 = 1;
const BACKGROUND: u8 = 2;
const PREVIOUS: u8 = 3;

impl Gif {
    fn new(width: u16, height: u16, loops: Option<u16>) -> Gif {
        let mut gif = b"GIF89a".to_vec();
        gif.extend([width.to_le_bytes(), height.to_le_bytes()].concat());
        gif.extend([0x81, 0, 0]);
        COLORS.iter().for_each(|color| gif.extend(&color[..3]));
        if let Some(loops) = loops {
            gif.extend(b"!\xff\x0bNETSCAPE2.0\x03\x01");
            gif.extend(loops.to_le_bytes());
            gif.push(0);
        }
        Gif(gif)
    }

    /// A frame of one color; index 3 is transparent.
    fn frame(mut self, at: [u16; 4], color: u8, disposal: u8, delay: u16) -> Gif {
        self.0.extend([b'!', 0xf9, 4, disposal << 2 | 1]);
        self.0.extend(delay.to_le_bytes());
        self.0.extend([HOLE, 0, b',']);
        at.iter()
            .for_each(|value| self.0.extend(value.to_le_bytes()));
        self.0.extend([0, 2]);
        // A clear code before each pair of pixels keeps the codes three bits wide.
        let pixels = usize::from(at[2]) * usize::from(at[3]);
        let codes = (0..pixels).flat_map(|i| {
            if i % 2 == 0 {
                vec![4, color]
            } else {
                vec![color]
            }
        });
        let (mut bytes, mut buffer, mut used) = (Vec::new(), 0u32, 0);
        for code in codes.chain([5]) {
            buffer |= u32::from(code) << used;
            used += 3;
            while used >= 8 {
                bytes.push(buffer as u8);
                buffer >>= 8;
                used -= 8;
            }
        }
        bytes.push(buffer as u8);
        for part in bytes.chunks(255) {
            self.0.push(part.len() as u8);
            self.0.extend(part);
        }
        self.0.push(0);
        self
    }

    fn end(mut self) -> Vec<u8> {
        self.0.push(b';');
        self.0
    }
}

/// Start in centiseconds and pixels of each frame.
type Screens = Vec<(u64, image::RgbaImage)>;

fn screens(gif: &[u8]) -> (Screens, u64) {
    let mut time = 0;
    let frames = GifDecoder::new(Cursor::new(gif)).unwrap().into_frames();
    let screens = frames
        .map(|frame| {
            let frame = frame.unwrap();
            let start = time;
            let (ms, _) = frame.delay().numer_denom_ms();
            time += if ms <= 10 { 10 } else { u64::from(ms / 10) };
            (start, frame.into_buffer())
        })
        .collect();
    (screens, time)
}

/// The pixel that is on screen at a time.
fn at(screens: &Screens, time: u64, x: u32, y: u32) -> [u8; 4] {
    let (_, screen) = screens
        .iter()
        .rev()
        .find(|(start, _)| *start <= time)
        .unwrap();
    screen.get_pixel(x, y).0
}

#[track_caller]
fn assert_near(found: [u8; 4], color: u8) {
    let wanted = COLORS[usize::from(color)];
    let near = (0..4).all(|c| found[c].abs_diff(wanted[c]) <= 4);
    assert!(
        near || (found[3] == 0 && color == HOLE),
        "{found:?} is not {wanted:?}"
    );
}

fn side(side: u32) -> Options {
    Options {
        side: SideRange::new(side, side).unwrap(),
        ..Options::default()
    }
}

#[test]
fn each_disposal_shows_what_browsers_show() {
    let gif = Gif::new(40, 40, Some(7))
        .frame([0, 0, 40, 40], RED, KEEP, 20)
        .frame([0, 0, 20, 40], GREEN, PREVIOUS, 30)
        .frame([20, 0, 20, 20], BLUE, BACKGROUND, 40)
        .frame([30, 30, 30, 30], GREEN, 5, 50)
        .frame([39, 39, 1, 1], HOLE, KEEP, 60)
        .end();
    let avatar = normalize(&gif, &side(80)).unwrap();
    assert_eq!((avatar.format(), avatar.side()), (Format::Gif, 80));
    let (screens, time) = screens(&avatar.bytes());
    assert_eq!(time, 200);
    // Upper left, upper right, lower left, lower right.
    let places = [(10, 10), (70, 10), (10, 70), (70, 70)];
    for (time, colors) in [
        (0, [RED, RED, RED, RED]),
        (19, [RED, RED, RED, RED]),
        (20, [GREEN, RED, GREEN, RED]),
        (50, [RED, BLUE, RED, RED]),
        (90, [RED, HOLE, RED, GREEN]),
        (199, [RED, HOLE, RED, GREEN]),
    ] {
        for ((x, y), color) in places.into_iter().zip(colors) {
            assert_near(at(&screens, time, x, y), color);
        }
    }
    assert!(
        avatar
            .bytes()
            .windows(5)
            .any(|part| part == [3, 1, 7, 0, 0]),
        "the loop count"
    );
    // The last two look the same and became one.
    assert_eq!((avatar.frames(), screens.len()), (4, 4));
}

#[test]
fn geometry_serves_every_frame() {
    let gif = Gif::new(60, 30, None)
        .frame([0, 0, 60, 30], RED, KEEP, 10)
        .frame([30, 0, 30, 30], BLUE, KEEP, 10)
        .end();
    let corner = |options: &Options, x, y| {
        let (screens, _) = screens(&normalize(&gif, options).unwrap().bytes());
        [at(&screens, 0, x, y), at(&screens, 10, x, y)]
    };
    let contain = Options {
        background: Background::Transparent,
        ..side(120)
    };
    assert_eq!(corner(&contain, 100, 10), [[0; 4]; 2]);
    assert_eq!(corner(&side(120), 100, 10), [[0, 0, 0, 255]; 2]);
    assert_eq!(
        normalize(&gif, &side(120)).unwrap().report().warnings.len(),
        2,
        "enlarged, and to an odd side"
    );
    let [first, second] = corner(&side(120), 100, 60);
    assert_near(first, RED);
    assert_near(second, BLUE);
    let crop = Options {
        fit: Fit::Crop(CropBox {
            x: 11,
            y: 2,
            side: 25,
        }),
        ..side(100)
    };
    let [first, second] = corner(&crop, 92, 50);
    assert_near(first, RED);
    assert_near(second, BLUE);
    let [_, second] = corner(&crop, 60, 50);
    assert_near(second, RED);
}

#[test]
fn the_structure_tells_duration_and_loops() {
    let frames = |loops| {
        Gif::new(9, 8, loops)
            .frame([0, 0, 9, 8], RED, KEEP, 0)
            .frame([1, 1, 2, 2], BLUE, KEEP, 33)
            .end()
    };
    let info = |loops| probe(&frames(loops), &Limits::default()).unwrap();
    let animation = info(Some(3)).animation.unwrap();
    assert_eq!((info(None).frames, animation.duration_cs), (2, 43));
    assert_eq!(
        animation.loop_count,
        LoopCount::Repeat(3.try_into().unwrap())
    );
    assert_eq!(
        info(Some(0)).animation.unwrap().loop_count,
        LoopCount::Forever
    );
    assert_eq!(info(None).animation.unwrap().loop_count, LoopCount::Once);
}

fn blinking(delays: &[u16]) -> Vec<u8> {
    delays
        .iter()
        .enumerate()
        .fold(Gif::new(16, 16, None), |gif, (i, delay)| {
            // A still corner, and a square that goes round.
            let at = (i as u16 % 4) * 4;
            gif.frame([0, 0, 16, 12], [RED, BLUE][i % 2], KEEP, *delay)
                .frame([at, 0, 4, 4], GREEN, KEEP, *delay)
        })
        .end()
}

#[test]
fn what_exceeds_the_limit_is_refused_cut_or_thinned_out() {
    let gif = blinking(&[7; 10]);
    let with = |frames, policy| {
        let limits = Limits {
            frames,
            ..Limits::default()
        };
        normalize(
            &gif,
            &Options {
                frames: policy,
                limits,
                ..side(32)
            },
        )
    };
    assert!(matches!(
        with(19, FramePolicy::Reject),
        Err(Error::TooManyFrames { found: 20, max: 19 })
    ));
    let all = with(20, FramePolicy::Reject).unwrap();
    assert_eq!((all.frames(), screens(&all.bytes()).1), (20, 140));
    let first = with(19, FramePolicy::First).unwrap();
    assert_eq!((first.format(), first.frames()), (Format::Png, 1));
    assert!(
        first
            .report()
            .warnings
            .contains(&Warning::FirstFrameOnly(20))
    );
    let some = with(13, FramePolicy::Truncate).unwrap();
    assert_eq!((some.frames(), screens(&some.bytes()).1), (13, 91));
    let few = with(3, FramePolicy::Decimate).unwrap();
    assert_eq!((few.frames(), screens(&few.bytes()).1), (3, 140));
    let still = normalize(
        &gif,
        &Options {
            format: StillFormat::Png,
            ..side(32)
        },
    )
    .unwrap();
    assert_eq!((still.format(), still.frames()), (Format::Png, 1));
}

#[test]
fn decimation_keeps_the_duration_for_any_delays() {
    let mut dice = 12345u32;
    let mut next = |most: u32| {
        dice ^= dice << 13;
        dice ^= dice >> 17;
        dice ^= dice << 5;
        dice % most
    };
    for _ in 0..40 {
        let count = 1 + next(12);
        let delays: Vec<u16> = (0..count)
            .map(|_| match next(4) {
                0 => next(3) as u16,
                1 => 65_535 - next(3) as u16,
                _ => next(300) as u16,
            })
            .collect();
        let gif = blinking(&delays);
        let wanted: u64 = delays
            .iter()
            .map(|d| 2 * if *d <= 1 { 10 } else { u64::from(*d) })
            .sum();
        let limits = Limits {
            frames: 2 + next(7),
            ..Limits::default()
        };
        let options = Options {
            frames: FramePolicy::Decimate,
            limits,
            ..side(16)
        };
        let avatar = normalize(&gif, &options).unwrap();
        assert_eq!(
            screens(&avatar.bytes()).1,
            wanted,
            "{delays:?} to {}",
            limits.frames
        );
    }
}

#[test]
fn what_stands_still_does_not_flicker() {
    let (screens, _) = screens(&normalize(&blinking(&[5; 12]), &side(512)).unwrap().bytes());
    let floor =
        |screen: &image::RgbaImage| image::imageops::crop_imm(screen, 0, 448, 512, 64).to_image();
    // Rows 12 to 16 of the source are never drawn; the filter reaches two rows across.
    assert!(screens.len() > 20);
    assert!(
        screens
            .iter()
            .all(|(_, screen)| floor(screen) == floor(&screens[0].1))
    );
}

#[test]
fn a_cut_animation_keeps_the_frames_before_and_says_so() {
    let whole = blinking(&[9, 9]);
    let avatar = normalize(&whole[..whole.len() - 12], &side(32)).unwrap();
    assert!(avatar.report().warnings.contains(&Warning::CutAnimation));
    assert_eq!(avatar.frames(), 3);
    // Not even one frame is left.
    assert!(matches!(
        normalize(&whole[..40], &side(32)),
        Err(Error::Damaged { .. })
    ));
}

#[test]
fn hostile_animations_end_quickly() {
    let far = Gif::new(20, 20, None)
        .frame([0, 0, 20, 20], RED, KEEP, 5)
        .frame([60_000, 5, 9, 9], BLUE, KEEP, 5)
        .frame([5, 5, 10, 0], BLUE, BACKGROUND, 5)
        .frame([15, 15, 30, 30], GREEN, PREVIOUS, 5)
        .end();
    let (screens, time) = screens(&normalize(&far, &side(20)).unwrap().bytes());
    assert_eq!(time, 20);
    assert_near(at(&screens, 15, 19, 19), GREEN);
    assert_near(at(&screens, 15, 14, 14), RED);

    let over = Gif::new(20, 20, None)
        .frame([0, 0, 20, 20], RED, KEEP, 5)
        .frame([65_535, 0, 9, 9], RED, KEEP, 5)
        .end();
    assert!(matches!(
        normalize(&over, &side(20)),
        Err(Error::Damaged { .. })
    ));

    let many = (0..100_000u32).fold(Gif::new(64, 64, None), |gif, i| {
        gif.frame([(i % 64) as u16, 3, 1, 1], (i % 3) as u8, KEEP, 0)
    });
    let many = many.end();
    assert!(matches!(
        normalize(&many, &side(64)),
        Err(Error::TooManyFrames {
            found: 100_000,
            max: 100
        })
    ));
    let thin = normalize(
        &many,
        &Options {
            frames: FramePolicy::Decimate,
            ..side(64)
        },
    )
    .unwrap();
    assert!(thin.frames() <= 100);
}
