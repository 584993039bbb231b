//! The horizontal pass: vertically reduced rows in, rows of the output out.
//!
//! It works on sixteen rows at once, transposed so that one step works on the same column of all of
//! them. Then the weights are the same in every lane, and channels need no separating.

use std::ops::Range;
use std::sync::Arc;

use crate::allocate::filled;
use crate::error::Error;
use crate::kernels::{Cpu, FRACTION, LANES, Pairs, Turned};
use crate::spec::{Axis, Layout};
use crate::taps::Taps;

/// Chunks of an output row written at a time: one cache line, because rows of some widths compete
/// for the same lines.
const BLOCK: usize = 4;

#[derive(Debug)]
pub(crate) struct Horizontal {
    pub(crate) taps: Arc<Taps>,
    layout: Layout,
    /// The transposed rows: one lane for each, columns in pairs, channel after channel.
    turned: Vec<Pairs>,
    /// Pairs of columns in a channel.
    width: usize,
    /// How many lanes are taken.
    count: usize,
}

impl Horizontal {
    pub(crate) fn new(taps: Arc<Taps>, layout: Layout) -> Result<Horizontal, Error> {
        // The last weights are zeros and must meet something.
        let width = (taps.source.len() + taps.width).next_multiple_of(LANES) / 2;
        Ok(Horizontal {
            layout,
            turned: filled([0; 2 * LANES], width.saturating_mul(layout.channels()))?,
            width,
            count: 0,
            taps,
        })
    }

    /// The most bytes that this takes.
    pub(crate) fn memory(axis: &Axis, channels: u64) -> u64 {
        let columns = axis.extent.ceil() as u64 + 2 + Taps::widest(axis) + LANES as u64;
        Taps::memory(axis) + channels * columns * 2 * LANES as u64
    }

    /// The columns of the source that are needed.
    pub(crate) fn source(&self) -> Range<u32> {
        self.taps.source.clone()
    }

    /// Where the next batch of rows goes.
    pub(crate) fn next_rows(&mut self) -> Turned<'_> {
        Turned {
            pairs: &mut self.turned,
            width: self.width,
            lane: self.count,
        }
    }

    /// Advances by the rows that went there.
    pub(crate) fn add(&mut self, rows: usize) {
        self.count += rows;
    }

    /// Whether all lanes are taken before the next [`flush`](Horizontal::flush).
    pub(crate) fn is_full(&self) -> bool {
        self.count == LANES
    }

    /// Appends the rows added since the last call to the output.
    pub(crate) fn flush(&mut self, cpu: Cpu, out: &mut Vec<u8>) {
        let channels = self.layout.channels();
        let width = self.taps.first.len() * channels;
        let rows = std::mem::take(&mut self.count);
        let done = out.len();
        out.resize(done + rows * width, 0);
        let out = &mut out[done..];
        let shift = self.taps.shift + FRACTION;
        let mut sums = [[0; LANES]; LANES];
        let mut block = [[[0; LANES]; BLOCK]; LANES];
        let (mut x, mut channel) = (0, 0);
        for from in (0..width).step_by(BLOCK * LANES) {
            let length = (width - from).min(BLOCK * LANES);
            for (i, done) in (0..length).step_by(LANES).enumerate() {
                let mut columns = [(&[][..], &[][..]); LANES];
                let columns = &mut columns[..(length - done).min(LANES)];
                for column in &mut *columns {
                    let first = self.taps.first[x] as usize / 2;
                    let pairs = &self.turned[channel * self.width + first..];
                    *column = (pairs, self.taps.of(x));
                    channel += 1;
                    if channel == channels {
                        (x, channel) = (x + 1, 0);
                    }
                }
                cpu.dots(columns, &mut sums);
                let bytes = cpu.finish(self.layout, &sums, shift);
                for lane in 0..LANES {
                    block[lane][i] = bytes[lane];
                }
            }
            for (row, bytes) in out.chunks_mut(width).zip(&block) {
                let bytes = bytes.as_flattened();
                match row[from..].first_chunk_mut::<{ BLOCK * LANES }>() {
                    Some(row) => row.copy_from_slice(bytes),
                    None => row[from..].copy_from_slice(&bytes[..length]),
                }
            }
        }
    }
}
