//! Encodes frames as an animated GIF: packed in parallel, in time, and within the memory that was predicted for them.

use headshot_gif::Draft;
use rayon::prelude::*;

use crate::animation::LoopCount;
use crate::clock::Time;
use crate::error::{Error, Limit};

/// Writes drawn frames, one window after the other.
pub(crate) struct Writer {
    writer: headshot_gif::Writer,
    /// The bytes that frames may take, of all the memory that is allowed.
    most: u64,
    memory: u64,
}

impl Writer {
    /// A GIF of `side` x `side` pixels whose pictures were enlarged by this factor, 1 for not at all.
    ///
    /// The palette also serves the colors in `seen`. The frames may take at most `most` bytes, the rest of `memory` after everything
    /// else that was predicted.
    pub(crate) fn new(
        side: u16,
        enlarged: f32,
        seen: Vec<[u8; 4]>,
        (most, memory): (u64, u64),
    ) -> Writer {
        Writer {
            writer: headshot_gif::Writer::new(side, enlarged, seen),
            most,
            memory,
        }
    }

    /// Packs a window of frames in parallel. Memory is bounded by the window and the finished bytes.
    pub(crate) fn write(&mut self, mut drafts: Vec<Draft>, time: &Time) -> Result<(), Error> {
        let clock = time.clock();
        self.writer.begin(&mut drafts);
        clock.check()?;
        let packed = drafts
            .par_iter()
            .map(|draft| {
                let clock = time.clock();
                let blocks = self.writer.pack(draft);
                clock.check().map(|()| blocks)
            })
            .collect::<Result<Vec<Vec<u8>>, Error>>()?;
        for (draft, blocks) in drafts.iter().zip(packed) {
            self.writer.put(draft, blocks);
            let over = self.writer.length().saturating_sub(self.most);
            if over > 0 {
                // They are put together at the end, and so held twice.
                return Err(Error::Limit {
                    which: Limit::Memory,
                    found: self.memory + 2 * over,
                    max: self.memory,
                });
            }
        }
        Ok(())
    }

    /// The file and the number of its frames.
    pub(crate) fn finish(self, loop_count: LoopCount) -> Result<(Vec<u8>, u32), Error> {
        Ok(self.writer.finish(loop_count.netscape())?)
    }
}
