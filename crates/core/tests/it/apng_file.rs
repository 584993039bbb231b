//! Animated PNGs written by hand.

use crate::hidden::zlib;
use crate::kept::chunk;

pub(crate) const KEEP: u8 = 0;
pub(crate) const BACKGROUND: u8 = 1;
pub(crate) const PREVIOUS: u8 = 2;
pub(crate) const SOURCE: u8 = 0;
pub(crate) const OVER: u8 = 1;

/// An animated PNG of 8-bit RGBA whose first frame is the default image.
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
