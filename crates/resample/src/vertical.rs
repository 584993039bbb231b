//! The vertical pass: rows of the source in, rows of the output's height out, at the source's width.
//!
//! Rows are kept in pairs, two samples side by side, because CPUs multiply and add pairs of 16-bit
//! numbers in one step. As soon as there are enough for four output rows, these are made
//! together, a few columns at a time, so that everything stays in the innermost cache.

use std::ops::Range;
use std::sync::Arc;

use crate::allocate::{filled, reserve};
use crate::error::Error;
use crate::kernels::{BATCH, BLOCK, BytePairs, Cpu, LANES, Pairs, Rows, Turned};
use crate::spec::{Axis, Layout};
use crate::taps::Taps;

#[derive(Debug)]
pub(crate) struct Vertical {
    pub(crate) taps: Arc<Taps>,
    layout: Layout,
    /// Needed rows that were pushed.
    pushed: u32,
    /// The last row pushed, while it waits for its partner.
    waiting: Vec<u8>,
    /// The latest pairs of rows: block after block of a row; each block has its chunks of every slot.
    ring: Ring,
    /// Pairs of rows that the ring holds. Pair `i` is in slot `i % slots`.
    slots: usize,
    /// Output rows made so far.
    made: u32,
}

#[derive(Debug)]
enum Ring {
    /// Samples as they came.
    Bytes(Vec<BytePairs>),
    /// Colors multiplied by their alpha.
    Rgba(Vec<Pairs>),
}

impl Vertical {
    /// For rows of this many bytes.
    pub(crate) fn new(taps: Arc<Taps>, layout: Layout, bytes: usize) -> Result<Vertical, Error> {
        let batches = taps.first.chunks(BATCH).zip(taps.end.chunks(BATCH));
        let pairs = batches.map(|(first, end)| end[end.len() - 1].div_ceil(2) - first[0] / 2);
        // An odd number, or chunks would compete for the same cache lines.
        let slots = pairs.max().unwrap_or(1) as usize | 1;
        let chunks = bytes.div_ceil(LANES).next_multiple_of(unit(layout) * BLOCK);
        let count = chunks.saturating_mul(slots);
        let ring = if layout == Layout::Rgba {
            Ring::Rgba(filled([0; 2 * LANES], count)?)
        } else {
            Ring::Bytes(filled([0; 2 * LANES], count)?)
        };
        Ok(Vertical {
            layout,
            pushed: 0,
            waiting: reserve(bytes)?,
            ring,
            slots,
            made: 0,
            taps,
        })
    }

    /// The most bytes that this takes.
    pub(crate) fn memory(axis: &Axis, layout: Layout, bytes: u64) -> u64 {
        let ratio = axis.extent / f64::from(axis.size);
        let more = (BATCH as f64 - 1.0) * ratio;
        let rows = (Taps::widest(axis) + more as u64).min(axis.extent as u64) + 6;
        let sample = if layout == Layout::Rgba { 2 } else { 1 };
        Taps::memory(axis) + bytes + (bytes + (4 * BLOCK * LANES) as u64) * sample * rows
    }

    /// The rows of the source that are needed.
    pub(crate) fn source(&self) -> Range<u32> {
        self.taps.source.clone()
    }

    /// Rows pushed so far.
    pub(crate) fn pushed(&self) -> u32 {
        self.pushed
    }

    /// Takes the next row. Before the one after it, all rows that are [`ready`](Vertical::ready) must be made.
    pub(crate) fn push(&mut self, cpu: Cpu, row: &[u8]) {
        let index = self.pushed;
        self.pushed += 1;
        if index.is_multiple_of(2) {
            self.waiting.clear();
            self.waiting.extend_from_slice(row);
        }
        if !index.is_multiple_of(2) || self.pushed == self.taps.source.len() as u32 {
            // The second of the last pair may be missing; then it has no weight.
            let unit = unit(self.layout) * BLOCK;
            let from = (index / 2) as usize % self.slots * unit;
            let stride = self.slots * unit;
            let rows = [&self.waiting[..], row];
            match &mut self.ring {
                Ring::Bytes(ring) => cpu.pair(rows, &mut ring[from..], unit, stride),
                Ring::Rgba(ring) => cpu.pair_rgba(rows, &mut ring[from..], unit, stride),
            }
        }
    }

    /// The output rows that can be made now, one batch at most.
    pub(crate) fn ready(&self) -> Option<Range<u32>> {
        let last = (self.made as usize + BATCH).min(self.taps.end.len());
        let needed = self.taps.end[..last].last()?.next_multiple_of(2);
        let all = self.taps.source.len() as u32;
        (self.made < last as u32 && self.pushed >= needed.min(all))
            .then_some(self.made..last as u32)
    }

    /// Makes the rows that are ready.
    pub(crate) fn make(&mut self, cpu: Cpu, batch: Range<u32>, turned: &mut Turned) {
        let mut outputs = [(0, &[][..]); BATCH];
        for (output, y) in outputs.iter_mut().zip(batch.clone()) {
            let first = self.taps.first[y as usize] / 2;
            // Weights of pairs that the output row does not need are zeros, and may meet anything;
            // but there are no more than pairs in the ring.
            let weights = self.taps.of(y as usize);
            let count = weights.len().min(self.slots);
            *output = (first as usize % self.slots, &weights[..count]);
        }
        let (slots, shift) = (self.slots, self.taps.shift);
        match &self.ring {
            Ring::Bytes(ring) => {
                let rows = Rows {
                    ring,
                    slots,
                    outputs,
                    shift,
                };
                cpu.reduce(self.layout.channels(), &rows, turned);
            }
            Ring::Rgba(ring) => {
                let rows = Rows {
                    ring,
                    slots,
                    outputs,
                    shift,
                };
                cpu.reduce_rgba(&rows, turned);
            }
        }
        self.made = batch.end;
    }
}

/// Chunks that the kernels process together.
fn unit(layout: Layout) -> usize {
    match layout {
        Layout::Rgb => 3,
        Layout::Gray | Layout::Four | Layout::Rgba => 4,
    }
}
