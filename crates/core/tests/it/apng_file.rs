//! Animated PNGs written by hand, and goldens of what is on screen of one.

use headshot_core::{Background, Options};
use image::RgbaImage;

use crate::file;
use crate::gif_file::{Screens, screen};
use crate::hidden::zlib;
use crate::kept::chunk;

pub(crate) const KEEP: u8 = 0;
pub(crate) const BACKGROUND: u8 = 1;
pub(crate) const PREVIOUS: u8 = 2;
pub(crate) const SOURCE: u8 = 0;
pub(crate) const OVER: u8 = 1;

/// An animated PNG of RGBA with 8 bits, of which the first frame is the default image.
pub(crate) struct Apng {
    before: Vec<u8>,
    frames: Vec<u8>,
    count: u32,
    number: u32,
}

impl Apng {
    pub(crate) fn new(width: u32, height: u32) -> Apng {
        let sides = [width, height].map(u32::to_be_bytes).concat();
        let header = [&sides[..], &[8, 6, 0, 0, 0]].concat();
        Apng {
            before: [b"\x89PNG\r\n\x1A\n".to_vec(), chunk(b"IHDR", &header)].concat(),
            frames: Vec::new(),
            count: 0,
            number: 0,
        }
    }

    fn next(&mut self) -> Vec<u8> {
        self.number += 1;
        (self.number - 1).to_be_bytes().to_vec()
    }

    /// A frame of one color.
    pub(crate) fn frame(self, at: [u32; 4], color: [u8; 4], ways: [u8; 2], delay: u16) -> Apng {
        let pixels = vec![color; (at[2] * at[3]) as usize];
        self.picture(at, &pixels, ways, delay)
    }

    /// Left, top, width and height; disposal and blend; the delay in hundredths of a second.
    pub(crate) fn picture(
        mut self,
        [x, y, width, height]: [u32; 4],
        pixels: &[[u8; 4]],
        ways: [u8; 2],
        delay: u16,
    ) -> Apng {
        let area = [width, height, x, y].map(u32::to_be_bytes).concat();
        let delay = [delay, 100].map(u16::to_be_bytes).concat();
        let control = [self.next(), area, delay, ways.to_vec()].concat();
        self.frames.extend(chunk(b"fcTL", &control));
        let rows = pixels.chunks_exact(width as usize);
        let rows: Vec<u8> = rows
            .flat_map(|row| [&[0], row.as_flattened()].concat())
            .collect();
        let stream = zlib(&rows);
        let pixels = match self.count {
            0 => chunk(b"IDAT", &stream),
            _ => {
                let number = self.next();
                chunk(b"fdAT", &[number, stream].concat())
            }
        };
        self.frames.extend(pixels);
        self.count += 1;
        self
    }

    pub(crate) fn end(self) -> Vec<u8> {
        let count = [self.count, 0].map(u32::to_be_bytes).concat();
        [
            self.before,
            chunk(b"acTL", &count),
            self.frames,
            chunk(b"IEND", &[]),
        ]
        .concat()
    }
}

/// What is on screen of each of so many frames, by `testdata/screens/<name>.png`: frame below frame.
pub(crate) fn goldens(name: &str, count: u32) -> Vec<RgbaImage> {
    let all = image::load_from_memory(&file(&format!("screens/{name}.png")))
        .unwrap()
        .to_rgba8();
    let height = all.height() / count;
    assert_eq!(all.height(), height * count, "{name}");
    let frame =
        |i: u32| image::imageops::crop_imm(&all, 0, i * height, all.width(), height).to_image();
    (0..count).map(frame).collect()
}

/// Holds the moments at which frames begin to their goldens, of an avatar on which nothing was resampled.
#[track_caller]
pub(crate) fn assert_shown(
    made: &Screens,
    starts: &[u64],
    name: &str,
    options: &Options,
    most: u8,
) {
    let background = match options.background {
        Background::Color(color) => Some(color),
        _ => None,
    };
    for (start, golden) in starts.iter().zip(goldens(name, starts.len() as u32)) {
        let shown = screen(made, *start);
        let left = (shown.width() - golden.width()) / 2;
        let top = (shown.height() - golden.height()) / 2;
        for (x, y, wanted) in golden.enumerate_pixels() {
            let wanted = settled(wanted.0, background);
            let found = shown.get_pixel(left + x, top + y).0;
            let is_near = found
                .iter()
                .zip(&wanted)
                .all(|(a, b)| a.abs_diff(*b) <= most);
            assert!(
                is_near && found[3] == wanted[3],
                "{name}, {start} cs, {x}, {y}: {found:?} is not {wanted:?}"
            );
        }
    }
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
