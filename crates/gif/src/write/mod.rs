//! Turns pictures into an animated GIF that is small and does not flicker.

pub(crate) mod blocks;
mod color;
mod delta;
mod difference;
mod dither;
mod frame;
mod lzw;
mod nearest;
mod palette;
mod place;
mod tolerance;

pub use delta::{Delta, Draft};
pub use place::Place;

use blocks::{bits, control, netscape, put_palette};
use frame::{Measure, Shared};

use crate::allocate;
use crate::error::Error;
use crate::timing::Disposal;

/// Puts drawn frames into a file. They come in windows: [`Writer::begin`] sees all of one, [`Writer::pack`] packs each of its frames,
/// on as many threads as the caller likes, and [`Writer::put`] takes them in order.
pub struct Writer {
    side: u16,
    measure: Measure,
    /// Pixels of all frames, if one palette must serve them all.
    seen: Vec<[u8; 4]>,
    /// Made from those and from the first window.
    shared: Option<Shared>,
    blocks: Vec<Vec<u8>>,
    /// Their bytes.
    length: u64,
    frames: u32,
}

impl Writer {
    /// A GIF of `side` x `side` pixels whose pictures were enlarged by this factor, 1 for not at all. The palette that frames share
    /// also serves the colors in `seen`.
    pub fn new(side: u16, enlarged: f32, seen: Vec<[u8; 4]>) -> Writer {
        Writer {
            side,
            measure: Measure {
                area: f32::from(side).powi(2),
                enlarged,
                flat: false,
            },
            seen,
            shared: None,
            blocks: Vec::new(),
            length: 0,
            frames: 0,
        }
    }

    /// Makes the shared palette from the first window.
    pub fn begin(&mut self, window: &mut [Draft]) {
        if self.shared.is_some() {
            return;
        }
        let Some(first) = window.first_mut() else {
            return;
        };
        if first.disposal == Disposal::Previous {
            // The result is the same, because nothing comes before it; but not every decoder knows.
            first.disposal = Disposal::Background;
        }
        let width = first.area.right - first.area.left;
        self.measure.flat = tolerance::is_flat(width, &first.pixels);
        let seen = std::mem::take(&mut self.seen);
        self.shared = Some(Shared::of(window, &seen, self.measure));
    }

    /// The blocks of one frame. They do not depend on other frames.
    ///
    /// # Panics
    ///
    /// If [`Writer::begin`] has not seen a window.
    pub fn pack(&self, draft: &Draft) -> Vec<u8> {
        let shared = self.shared.as_ref().expect("a window has begun");
        let mut blocks = frame::blocks(draft, shared, self.measure);
        blocks.shrink_to_fit();
        blocks
    }

    /// Takes the blocks of the next frame.
    pub fn put(&mut self, draft: &Draft, blocks: Vec<u8>) {
        self.add(blocks);
        let mut left = draft.delay.saturating_sub(u16::MAX.into());
        while left > 0 {
            // The last part must not be one that browsers extend.
            let delay = if left == 65_536 {
                65_000
            } else {
                left.min(u16::MAX.into())
            };
            self.pause(delay as u16);
            left -= delay;
        }
    }

    fn add(&mut self, blocks: Vec<u8>) {
        self.frames += 1;
        self.length += blocks.len() as u64;
        self.blocks.push(blocks);
    }

    /// A frame of one transparent pixel.
    fn pause(&mut self, delay: u16) {
        let mut blocks = control(Disposal::Keep, delay, Some(0));
        blocks.extend_from_slice(&[b',', 0, 0, 0, 0, 1, 0, 1, 0, 0]);
        blocks.extend(lzw::pack(&[0], 2, |_, _| f32::INFINITY, |_, _| {}));
        self.add(blocks);
    }

    /// Bytes that the frames take so far. [`Writer::finish`] holds them twice.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The file and the number of its frames. `repeats` is the value of its loop extension (NETSCAPE2.0): 0 repeats forever,
    /// `None` plays once.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfMemory`].
    pub fn finish(self, repeats: Option<u16>) -> Result<(Vec<u8>, u32), Error> {
        let palette = self.shared.map(|shared| shared.palette).unwrap_or_default();
        let bits = bits(palette.len() + 1);
        let mut gif = allocate::reserve(self.length as usize + 1024)?;
        gif.extend_from_slice(b"GIF89a");
        gif.extend_from_slice(&self.side.to_le_bytes());
        gif.extend_from_slice(&self.side.to_le_bytes());
        gif.extend_from_slice(&[0xf0 | (bits - 1), 0, 0]);
        put_palette(&mut gif, &palette, bits);
        gif.extend(netscape(repeats));
        for blocks in self.blocks {
            gif.extend(blocks);
        }
        gif.push(b';');
        Ok((gif, self.frames))
    }
}
