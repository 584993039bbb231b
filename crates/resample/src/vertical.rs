//! The vertical pass: rows of the source in, rows of the output's height out, at the source's width.
//!
//! Rows are taken in pairs, two samples side by side, because CPUs multiply and add pairs of
//! 16-bit numbers in one step. A few pairs are collected, then added to every output row that they
//! have a weight in, one block of columns after the other, so that everything stays in the
//! innermost cache. What is kept grows with the width alone, whatever the ratio.

use std::ops::Range;

use crate::kernels::{Cpu, LANES, Pairs, Sums};
use crate::taps::{Taps, filled, reserve};
use crate::{Axis, Error, Layout};

/// Rows collected before they are added up.
const GROUP: u32 = 16;

/// Chunks of samples worked on at a time.
const BLOCK: usize = 32;

#[derive(Debug)]
pub(crate) struct Vertical {
    taps: Taps,
    layout: Layout,
    /// Chunks of samples in a row.
    width: usize,
    /// Rows pushed, those that matter.
    pushed: u32,
    /// Rows collected before they are added up.
    group: u32,
    /// The last row pushed, while it waits for the other of its pair.
    waiting: Vec<u8>,
    /// `group / 2` rows of pairs.
    pairs: Vec<Pairs>,
    /// Sums under way; those of output row `y` are in row `y % rows`.
    sums: Vec<Sums>,
    /// How many rows of sums there are.
    rows: u32,
    /// Output rows that are complete.
    complete: u32,
}

impl Vertical {
    /// For rows of this many bytes.
    pub(crate) fn new(axis: &Axis, layout: Layout, bytes: usize) -> Result<Vertical, Error> {
        let taps = Taps::new(axis)?;
        let group = group(axis);
        let rows = rows_under_way(&taps, group);
        let width = bytes.div_ceil(LANES);
        Ok(Vertical {
            layout,
            width,
            pushed: 0,
            group,
            waiting: reserve(bytes)?,
            pairs: filled([0; 2 * LANES], width.saturating_mul(group as usize / 2))?,
            sums: filled([0; LANES], width.saturating_mul(rows as usize))?,
            rows,
            complete: 0,
            taps,
        })
    }

    /// Bytes that this takes, at most.
    pub(crate) fn memory(axis: &Axis, bytes: u64) -> u64 {
        let ratio = axis.extent / f64::from(axis.size);
        let group = u64::from(group(axis));
        let reach = (6.0 * ratio).max(4.0) + group as f64 + 4.0;
        let rows = (reach / ratio + 2.0).min(f64::from(axis.size)) as u64;
        Taps::memory(axis) + (bytes + LANES as u64) * (1 + 2 * group + 4 * rows)
    }

    /// The rows of the source that matter.
    pub(crate) fn source(&self) -> Range<u32> {
        self.taps.source.clone()
    }

    /// Rows pushed so far.
    pub(crate) fn pushed(&self) -> u32 {
        self.pushed
    }

    /// Takes the next row. Returns the output rows that it completes.
    pub(crate) fn push(&mut self, cpu: Cpu, row: &[u8]) -> Range<u32> {
        let index = self.pushed % self.group;
        self.pushed += 1;
        let last = self.pushed == self.taps.source.len() as u32;
        if index.is_multiple_of(2) {
            self.waiting.clear();
            self.waiting.extend_from_slice(row);
        }
        if !index.is_multiple_of(2) || last {
            // The second of the last pair may be missing; then it has no weight.
            let pairs = &mut self.pairs[(index / 2) as usize * self.width..][..self.width];
            cpu.pair(self.layout, [&self.waiting, row], pairs);
        }
        let before = self.complete;
        if index + 1 == self.group || last {
            self.add(cpu, self.pushed - 1 - index..self.pushed);
            let ends = &self.taps.end[before as usize..];
            self.complete += ends.iter().take_while(|&&end| end <= self.pushed).count() as u32;
        }
        before..self.complete
    }

    /// Adds the collected rows to the sums.
    fn add(&mut self, cpu: Cpu, group: Range<u32>) {
        let half = 1 << (self.taps.shift - 1);
        for from in (0..self.width).step_by(BLOCK) {
            let to = (from + BLOCK).min(self.width);
            for y in self.complete..self.taps.first.len() as u32 {
                let (first, end) = (self.taps.first[y as usize], self.taps.end[y as usize]);
                if first >= group.end {
                    break;
                }
                let sums = (y % self.rows) as usize * self.width;
                let sums = &mut self.sums[sums + from..sums + to];
                let fresh = (first >= group.start).then_some(half);
                // The pairs of the group that this output row has weights for.
                let here = first.max(group.start) / 2..end.min(group.end).div_ceil(2);
                let weights = (here.start - first / 2) as usize..(here.end - first / 2) as usize;
                let skipped = (here.start - group.start / 2) as usize * self.width;
                let pairs = &self.pairs[skipped + from..];
                cpu.add(
                    fresh,
                    sums,
                    pairs,
                    self.width,
                    &self.taps.of(y as usize)[weights],
                );
            }
        }
    }

    /// The sums of a completed output row, to be read before the next row is pushed, and how many
    /// of their bits to drop.
    pub(crate) fn finished(&self, y: u32) -> (&[Sums], u32) {
        let start = (y % self.rows) as usize * self.width;
        (&self.sums[start..start + self.width], self.taps.shift)
    }
}

/// Enlarging makes many rows of few: then collecting rows would only keep more sums under way.
fn group(axis: &Axis) -> u32 {
    if axis.extent > f64::from(axis.size) {
        GROUP
    } else {
        2
    }
}

/// How many output rows can be under way at once.
fn rows_under_way(taps: &Taps, group: u32) -> u32 {
    let (mut complete, mut begun, mut most) = (0, 0, 0);
    let total = taps.source.len() as u32;
    let mut at = 0;
    while at < total {
        at = (at + group).min(total);
        begun += taps.first[begun..].iter().take_while(|&&f| f < at).count();
        most = most.max(begun - complete);
        complete += taps.end[complete..]
            .iter()
            .take_while(|&&e| e <= at)
            .count();
    }
    most as u32
}
