//! Pictures to an animated GIF that is small and does not flicker.

mod delta;
mod difference;
mod dither;
mod frame;
mod lzw;
mod nearest;
mod palette;
mod place;

use rayon::prelude::*;

pub(crate) use self::delta::{Delta, Draft};
pub(crate) use self::frame::control;
use self::frame::{Measure, Shared};
pub(crate) use self::place::Place;
use crate::animation::LoopCount;
use crate::clock::Time;
use crate::decode::gif::Disposal;
use crate::error::{Error, Limit};
use crate::room;

/// Writes drawn frames, window by window.
pub(crate) struct Writer {
    side: u16,
    measure: Measure,
    /// Pixels of all frames, where one palette must serve them all.
    seen: Vec<[u8; 4]>,
    /// Made from those and from the first window.
    shared: Option<Shared>,
    blocks: Vec<Vec<u8>>,
    /// Their bytes, and how many there may be of all the memory that is allowed.
    length: u64,
    most: u64,
    memory: u64,
    frames: u32,
}

impl Writer {
    /// A GIF of `side` x `side` pixels whose pictures were enlarged so many times, 1 for not at all.
    ///
    /// The palette shall serve what is `seen`, too. The frames shall not take more than `most` bytes, which is
    /// what else is foretold leaves of `memory`.
    pub(crate) fn new(
        side: u16,
        enlarged: f32,
        seen: Vec<[u8; 4]>,
        (most, memory): (u64, u64),
    ) -> Writer {
        Writer {
            side,
            measure: Measure {
                area: f32::from(side).powi(2),
                enlarged,
            },
            seen,
            shared: None,
            blocks: Vec::new(),
            length: 0,
            most,
            memory,
            frames: 0,
        }
    }

    /// Packs a window of frames in parallel. Memory is bounded by the window and the finished bytes.
    pub(crate) fn write(&mut self, mut drafts: Vec<Draft>, time: &Time) -> Result<(), Error> {
        let clock = time.clock();
        let Some(first) = drafts.first_mut() else {
            return Ok(());
        };
        if self.frames == 0 && first.disposal == Disposal::Previous {
            // The same, as there is nothing before it; but not every decoder knows.
            first.disposal = Disposal::Background;
        }
        let (measure, seen) = (self.measure, std::mem::take(&mut self.seen));
        let shared = self
            .shared
            .get_or_insert_with(|| Shared::of(&drafts, &seen, measure));
        clock.check()?;
        let packed = drafts
            .par_iter()
            .map(|draft| {
                let clock = time.clock();
                let mut blocks = frame::blocks(draft, shared, measure);
                blocks.shrink_to_fit();
                clock.check().map(|()| blocks)
            })
            .collect::<Result<Vec<Vec<u8>>, Error>>()?;
        for (draft, blocks) in drafts.iter().zip(packed) {
            self.put(blocks)?;
            self.frames += 1;
            let mut left = draft.delay.saturating_sub(u16::MAX.into());
            while left > 0 {
                // The last rest must not be one that browsers prolong.
                let delay = if left == 65_536 {
                    65_000
                } else {
                    left.min(u16::MAX.into())
                };
                self.pause(delay as u16)?;
                left -= delay;
            }
        }
        Ok(())
    }

    fn put(&mut self, blocks: Vec<u8>) -> Result<(), Error> {
        self.length += blocks.len() as u64;
        self.blocks.push(blocks);
        if self.length <= self.most {
            return Ok(());
        }
        // They are put together at the end, and so held twice.
        Err(Error::Limit {
            which: Limit::Memory,
            found: self.memory + 2 * (self.length - self.most),
            max: self.memory,
        })
    }

    /// A frame of one transparent pixel.
    fn pause(&mut self, delay: u16) -> Result<(), Error> {
        let mut blocks = control(Disposal::Keep, delay, Some(0));
        blocks.extend_from_slice(&[b',', 0, 0, 0, 0, 1, 0, 1, 0, 0]);
        blocks.extend(lzw::pack(&[0], 2, |_, _| f32::INFINITY, |_, _| {}));
        self.frames += 1;
        self.put(blocks)
    }

    /// The file and the number of its frames.
    pub(crate) fn finish(self, loop_count: LoopCount) -> Result<(Vec<u8>, u32), Error> {
        let palette = self.shared.map(|shared| shared.palette).unwrap_or_default();
        let bits = frame::bits(palette.len() + 1);
        let mut gif = room::reserve(self.length as usize + 1024)?;
        gif.extend_from_slice(b"GIF89a");
        gif.extend_from_slice(&self.side.to_le_bytes());
        gif.extend_from_slice(&self.side.to_le_bytes());
        gif.extend_from_slice(&[0xf0 | (bits - 1), 0, 0]);
        frame::put_palette(&mut gif, &palette, bits);
        gif.extend(netscape(loop_count));
        for blocks in self.blocks {
            gif.extend(blocks);
        }
        gif.push(b';');
        Ok((gif, self.frames))
    }
}

/// The application extension that says how often an animation plays; nothing for once.
pub(crate) fn netscape(loop_count: LoopCount) -> Vec<u8> {
    let Some(times) = loop_count.netscape() else {
        return Vec::new();
    };
    let mut extension = b"!\xff\x0bNETSCAPE2.0\x03\x01".to_vec();
    extension.extend_from_slice(&times.to_le_bytes());
    extension.push(0);
    extension
}
