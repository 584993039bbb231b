//! The horizontal pass: rows reduced vertically already, to rows of the output.
//!
//! Rows are taken sixteen at a time and turned, so that one step works on the same column of all of
//! them. Then the weights are the same in every lane, and channels need no untangling.

use std::ops::Range;

use crate::kernels::{Cpu, LANES, Pairs, Sums};
use crate::taps::{Taps, filled};
use crate::{Axis, Error, Layout};

/// Chunks of columns turned at a time, so that what is written stays in the innermost cache.
const BLOCK: usize = 32;

#[derive(Debug)]
pub(crate) struct Horizontal {
    taps: Taps,
    layout: Layout,
    /// The row just pushed, channels side by side.
    row: Vec<[i16; LANES]>,
    /// Sixteen rows, channel by channel, not turned yet.
    rows: Vec<[i16; LANES]>,
    /// Chunks of samples in one channel of a row.
    stride: usize,
    /// How many rows there are.
    count: usize,
    /// The rows turned: one lane for each, columns in pairs, channel by channel.
    turned: Vec<Pairs>,
    /// Pairs of columns in a channel.
    width: usize,
}

impl Horizontal {
    pub(crate) fn new(axis: &Axis, layout: Layout) -> Result<Horizontal, Error> {
        let taps = Taps::new(axis)?;
        let channels = layout.channels();
        let stride = taps.source.len().div_ceil(LANES);
        // The last weights are zeros and must meet something.
        let width = (taps.source.len() + taps.width).next_multiple_of(LANES) / 2;
        Ok(Horizontal {
            layout,
            row: filled([0; LANES], stride.saturating_mul(channels))?,
            rows: filled([0; LANES], stride.saturating_mul(channels * LANES))?,
            stride,
            count: 0,
            turned: filled([0; 2 * LANES], width.saturating_mul(channels))?,
            width,
            taps,
        })
    }

    /// Bytes that this takes, at most.
    pub(crate) fn memory(axis: &Axis, channels: u64) -> u64 {
        let lanes = LANES as u64;
        let weights = Taps::memory(axis);
        let columns = axis.extent.ceil() as u64 + 2 + lanes;
        let turned = columns + Taps::widest(axis) + lanes;
        weights + channels * 2 * (columns * (lanes + 1) + turned * lanes)
    }

    /// The columns of the source that matter.
    pub(crate) fn source(&self) -> Range<u32> {
        self.taps.source.clone()
    }

    /// Takes the sums of one row, without their last `shift` bits.
    pub(crate) fn push(&mut self, cpu: Cpu, sums: &[Sums], shift: u32) {
        let channels = self.layout.channels();
        let size = channels * self.stride;
        let planes = &mut self.rows[self.count * size..][..size];
        if channels == 1 {
            cpu.narrow(sums, shift, planes);
        } else {
            cpu.narrow(sums, shift, &mut self.row);
            let row = &self.row.as_flattened()[..self.taps.source.len() * channels];
            let planes = planes.as_flattened_mut();
            cpu.split(channels, row, planes, self.stride * LANES);
        }
        self.count += 1;
    }

    /// Whether there is no room for another row before the next [`flush`](Horizontal::flush).
    pub(crate) fn is_full(&self) -> bool {
        self.count == LANES
    }

    /// Writes the rows pushed since the last time to the output.
    pub(crate) fn flush(&mut self, cpu: Cpu, out: &mut [u8]) {
        let channels = self.layout.channels();
        for (channel, turned) in self.turned.chunks_exact_mut(self.width).enumerate() {
            for (block, turned) in turned.chunks_mut(BLOCK * LANES / 2).enumerate() {
                let start = BLOCK * block;
                if start >= self.stride {
                    break;
                }
                let turned = &mut turned[..(self.stride - start).min(BLOCK) * LANES / 2];
                let rows = &self.rows[channel * self.stride + start..];
                cpu.turn(rows, channels * self.stride, turned);
            }
        }
        let width = self.taps.first.len() * channels;
        let rows = self.count;
        self.count = 0;
        let shift = self.taps.shift + crate::FRACTION;
        let mut sums = [[0; LANES]; LANES];
        for from in (0..width).step_by(LANES) {
            let count = LANES.min(width - from);
            let mut columns = [(&[][..], &[][..]); LANES];
            let (mut x, mut channel) = (from / channels, from % channels);
            for place in &mut columns[..count] {
                let first = self.taps.first[x] as usize / 2;
                *place = (
                    &self.turned[channel * self.width + first..],
                    self.taps.of(x),
                );
                channel += 1;
                if channel == channels {
                    (x, channel) = (x + 1, 0);
                }
            }
            cpu.dots(&columns[..count], &mut sums);
            let bytes = cpu.finish(self.layout, &sums, shift);
            for (row, bytes) in out.chunks_mut(width).zip(&bytes[..rows]) {
                match row[from..].first_chunk_mut() {
                    Some(room) => *room = *bytes,
                    None => row[from..].copy_from_slice(&bytes[..count]),
                }
            }
        }
    }
}
