//! What stands still in the source stands still in the avatar, whatever happens beside it.

use std::ops::Range;

use headshot_core::{Background, Options, normalize};
use image::RgbaImage;

use crate::apng_file::{self, Apng};
use crate::gif_file::{BACKGROUND, Gif, KEEP, PREVIOUS, Screens, blinking, screen, screens, side};

/// Random numbers that are the same everywhere (xorshift).
struct Dice(u32);

impl Dice {
    /// A number below `most`.
    fn next(&mut self, most: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 % most
    }

    fn color(&mut self) -> [u8; 3] {
        std::array::from_fn(|_| self.next(256) as u8)
    }
}

/// How many kinds of colors there are.
const KINDS: u32 = 4;

/// The colors of one frame: few, a gradient, noise around one color, or any.
fn palette(kind: u32, dice: &mut Dice) -> Vec<[u8; 3]> {
    let (from, to) = (dice.color(), dice.color());
    (0..256)
        .map(|i| match kind {
            0 => [from, to, [200, 30, 90], [0; 3]][i % 4],
            1 => std::array::from_fn(|c| {
                (usize::from(from[c]) * (255 - i) / 255 + usize::from(to[c]) * i / 255) as u8
            }),
            2 => from.map(|c| c.saturating_add(dice.next(40) as u8)),
            _ => dice.color(),
        })
        .collect()
}

/// Rectangles that come and go; `kind` returns their kind of colors at a moment.
fn animation(
    [width, height]: [u16; 2],
    frames: u32,
    kind: impl Fn(u32) -> u32,
    dice: &mut Dice,
) -> Vec<u8> {
    let mut gif = Gif::without_palette(width, height);
    let opaque = dice.next(3) > 0;
    for i in 0..frames {
        let at = if i == 0 && opaque {
            [0, 0, width, height]
        } else {
            let (x, y) = (dice.next(width.into()), dice.next(height.into()));
            let w = 1 + dice.next(u32::from(width) - x);
            let h = 1 + dice.next(u32::from(height) - y);
            [x, y, w, h].map(|value| value as u16)
        };
        let disposal = match i {
            0 if opaque => KEEP,
            _ if opaque && dice.next(8) > 0 => [KEEP, PREVIOUS][dice.next(2) as usize],
            _ => [KEEP, BACKGROUND, PREVIOUS][dice.next(3) as usize],
        };
        let holes = i > 0 && dice.next(2) == 0;
        let pixels = usize::from(at[2]) * usize::from(at[3]);
        let indices: Vec<u8> = (0..pixels)
            .map(|at| match dice.next(4) {
                0 if holes => 255,
                // A slope with a little noise, so that there is something to dither.
                1 => dice.next(255) as u8,
                _ => (at * 254 / pixels) as u8,
            })
            .collect();
        let palette = palette(kind(i), dice);
        gif = gif
            .control(disposal, dice.next(20) as u16, holes.then_some(255))
            .image(at, 0x87, &palette, 8, &indices);
    }
    gif.end()
}

/// For each pixel of a row of `to`, the pixels of a row of `from` that the filter reaches.
fn reach(from: u32, to: u32) -> Vec<Range<u32>> {
    let ratio = f64::from(from) / f64::from(to);
    // Catmull-Rom reaches two pixels of the source, Lanczos3 three of the avatar.
    let reach = match from.cmp(&to) {
        std::cmp::Ordering::Less => 2.0,
        std::cmp::Ordering::Equal => 0.5,
        std::cmp::Ordering::Greater => 3.0 * ratio,
    };
    (0..to)
        .map(|at| {
            let middle = (f64::from(at) + 0.5) * ratio;
            let (first, end) = ((middle - reach).floor(), (middle + reach).ceil());
            first.max(0.0) as u32..(end as u32).min(from)
        })
        .collect()
}

/// Compares each moment of the avatar with the next wherever the source does not change; returns how many pixels that was.
#[track_caller]
fn assert_no_flicker(
    (source, time): (Screens, u64),
    photo: &[u8],
    options: &Options,
    name: &str,
) -> usize {
    let avatar = normalize(photo, options).unwrap_or_else(|error| panic!("{name}: {error}"));
    let (made, made_time) = screens(&avatar.bytes());
    assert_eq!(made_time, time, "{name}");
    let side = avatar.side();
    let (width, height) = source[0].1.dimensions();
    let to = [width, height].map(|length| length * side / width.max(height));
    let offset = to.map(|length| (side - length) / 2);
    let (across, down) = (reach(width, to[0]), reach(height, to[1]));
    let mut count = 0;
    for pair in source.windows(2) {
        let [(from, before), (to, now)] = pair else {
            unreachable!()
        };
        let still = still(before, now, &across, &down);
        let [before, now] = [from, to].map(|time| screen(&made, *time));
        for y in 0..side {
            for x in 0..side {
                // The bars beside the picture always stand still.
                let inside = x.checked_sub(offset[0]).zip(y.checked_sub(offset[1]));
                let row = inside.and_then(|(x, y)| still.get(y as usize)?.get(x as usize));
                if *row.unwrap_or(&true) {
                    count += 1;
                    let [before, now] = [before, now].map(|screen| screen.get_pixel(x, y));
                    assert_eq!(before, now, "{name}: at {x}, {y} from {from} to {to} cs");
                }
            }
        }
    }
    count
}

/// The pixels of the avatar's picture for which nothing in the filter's reach changes, row by row.
fn still(
    before: &RgbaImage,
    now: &RgbaImage,
    across: &[Range<u32>],
    down: &[Range<u32>],
) -> Vec<Vec<bool>> {
    let same = |x, y| before.get_pixel(x, y) == now.get_pixel(x, y);
    let rows: Vec<Vec<bool>> = (0..now.height())
        .map(|y| {
            let columns = across.iter().cloned();
            columns.map(|mut reach| reach.all(|x| same(x, y))).collect()
        })
        .collect();
    let all = |x: usize, down: &Range<u32>| down.clone().all(|y| rows[y as usize][x]);
    down.iter()
        .map(|down| (0..across.len()).map(|x| all(x, down)).collect())
        .collect()
}

/// The same animation as an APNG: the first frame whole, and of the others the rows that change.
fn apng((screens, end): &(Screens, u64)) -> Vec<u8> {
    let (width, height) = screens[0].1.dimensions();
    let mut apng = Apng::new(width, height);
    let mut before = None::<&RgbaImage>;
    for (i, (start, screen)) in screens.iter().enumerate() {
        let rows: Vec<u32> = match before {
            None => vec![0, height - 1],
            Some(before) => {
                let changes = screen.enumerate_pixels();
                let changes = changes.filter(|(x, y, pixel)| before.get_pixel(*x, *y) != *pixel);
                changes.map(|(_, y, _)| y).collect()
            }
        };
        let top = rows.first().copied().unwrap_or(0);
        let rows = rows.last().map_or(1, |last| last + 1 - top);
        let all: Vec<[u8; 4]> = screen.pixels().map(|pixel| pixel.0).collect();
        let part = &all[(top * width) as usize..][..(rows * width) as usize];
        let next = screens.get(i + 1).map_or(*end, |(start, _)| *start);
        let ways = [apng_file::KEEP, apng_file::SOURCE];
        apng = apng.picture([0, top, width, rows], part, ways, (next - start) as u16);
        before = Some(screen);
    }
    apng.end()
}

/// A few dozen animations with canvases from `sides`, shown in a square of `to` pixels.
fn assert_none_flickers(sides: impl Fn(&mut Dice) -> [u16; 2], to: impl Fn([u16; 2]) -> u32) {
    let dice = &mut Dice(20_260_101);
    let mut still = 0;
    for run in 0..36 {
        let size = sides(dice);
        let frames = 2 + dice.next(40);
        // Some change their colors for good after the frames from which a shared palette is made.
        let (kind, later) = (run % KINDS, dice.next(KINDS));
        let kinds = |frame| if frame < 18 { kind } else { later };
        let gif = animation(size, frames, kinds, dice);
        let options = Options {
            background: match dice.next(3) {
                0 => Background::Transparent,
                1 => Background::Color([11, 22, 33]),
                _ => Background::Auto,
            },
            ..side(to(size))
        };
        let name = format!("animation {run}, {size:?}, {frames} frames");
        let source = screens(&gif);
        if run % 2 == 0 {
            let name = format!("{name}, as an APNG");
            let apng = apng(&source);
            still += assert_no_flicker(source.clone(), &apng, &options, &name);
        }
        still += assert_no_flicker(source, &gif, &options, &name);
    }
    assert!(still > 100_000, "only {still} pixels stand still");
}

#[test]
fn without_resizing() {
    assert_none_flickers(
        |dice| std::array::from_fn(|_| 16 + dice.next(25) as u16),
        |[width, height]| width.max(height).into(),
    );
}

#[test]
fn enlarged() {
    assert_none_flickers(
        |dice| [16 + dice.next(9) as u16; 2],
        |[side, _]| u32::from(side) * 5 / 2,
    );
}

#[test]
fn reduced() {
    assert_none_flickers(
        |dice| [60 + dice.next(20) as u16; 2],
        |[side, _]| u32::from(side) * 3 / 5,
    );
}

#[test]
fn beside_a_square_that_goes_round() {
    let gif = blinking(&[5; 12]);
    let still = assert_no_flicker(screens(&gif), &gif, &side(512), "a square");
    // Rows 12 to 16 of the source are never drawn, and are empty.
    assert!(still > 20 * 512 * 64);
}
