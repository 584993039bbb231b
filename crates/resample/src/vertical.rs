//! The vertical pass: rows of the source in, rows of the output's height out, at the source's width.
//!
//! Rows are taken in pairs, two samples side by side, because CPUs multiply and add pairs of
//! 16-bit numbers in one step. A few pairs are collected, then added to every output row that they
//! have a weight in, one block of columns after the other, so that everything stays in the
//! innermost cache. What is kept grows with the width alone, whatever the ratio.

use std::ops::Range;

use crate::kernels::{self, Level};
use crate::taps::{Taps, reserve};
use crate::{Axis, Error};

/// Rows collected before they are added up. Also the most pairs that a kernel adds in one go.
const GROUP: u32 = 16;

/// Columns times channels worked on at a time.
const BLOCK: usize = 512;

#[derive(Debug)]
pub(crate) struct Vertical {
    taps: Taps,
    /// Samples of a row.
    width: usize,
    /// Rows pushed, those that matter.
    pushed: u32,
    /// Rows collected before they are added up.
    group: u32,
    /// The last row pushed, while it waits for the other of its pair.
    waiting: Vec<i16>,
    /// `group / 2` rows of pairs.
    pairs: Vec<[i16; 2]>,
    /// Sums under way, one row each; output row `y` is in row `y % rows`.
    sums: Vec<i32>,
    /// How many rows of sums there are.
    rows: u32,
    /// Output rows that are complete.
    complete: u32,
}

impl Vertical {
    pub(crate) fn new(axis: &Axis, width: usize) -> Result<Vertical, Error> {
        let taps = Taps::new(axis, 2, 2)?;
        let group = group(axis);
        let rows = rows_under_way(&taps, group);
        let filled = |count: usize| -> Result<Vec<i32>, Error> {
            let mut vec = reserve(count)?;
            vec.resize(count, 0);
            Ok(vec)
        };
        let mut pairs = reserve(width.saturating_mul(group as usize / 2))?;
        pairs.resize(width * (group as usize / 2), [0; 2]);
        Ok(Vertical {
            width,
            pushed: 0,
            group,
            waiting: reserve(width)?,
            pairs,
            sums: filled(width.saturating_mul(rows as usize))?,
            rows,
            complete: 0,
            taps,
        })
    }

    /// Bytes that this takes, at most.
    pub(crate) fn memory(axis: &Axis, width: u64) -> u64 {
        let ratio = axis.extent / f64::from(axis.size);
        let group = f64::from(group(axis));
        let rows = (((6.0 * ratio).max(4.0) + group + 4.0) / ratio + 2.0).min(f64::from(axis.size));
        Taps::memory(axis) + width * (2 + 2 * u64::from(group as u32) + 4 * rows as u64)
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
    pub(crate) fn push(&mut self, level: Level, row: &[i16]) -> Range<u32> {
        let total = self.taps.source.len() as u32;
        let index = self.pushed % self.group;
        self.pushed += 1;
        let last = self.pushed == total;
        if index.is_multiple_of(2) && !last {
            self.waiting.clear();
            self.waiting.extend_from_slice(row);
            return self.complete..self.complete;
        }
        let pairs = &mut self.pairs[(index / 2) as usize * self.width..][..self.width];
        if index.is_multiple_of(2) {
            // The second of the pair has no weight.
            level.run(|| kernels::pair(row, row, pairs));
        } else {
            level.run(|| kernels::pair(&self.waiting, row, pairs));
        }
        if index + 1 == self.group || last {
            self.add(level, self.pushed - 1 - index..self.pushed);
        }
        let before = self.complete;
        while self.complete < self.taps.end.len() as u32
            && self.taps.end[self.complete as usize] <= self.pushed
            && (index + 1 == self.group || last)
        {
            self.complete += 1;
        }
        before..self.complete
    }

    /// Adds the collected rows to the sums.
    fn add(&mut self, level: Level, group: Range<u32>) {
        let half = 1 << (self.taps.shift - 1);
        for from in (0..self.width).step_by(BLOCK) {
            let to = (from + BLOCK).min(self.width);
            for (y, (&first, &end)) in (self.complete..).zip(std::iter::zip(
                &self.taps.first[self.complete as usize..],
                &self.taps.end[self.complete as usize..],
            )) {
                if first >= group.end {
                    break;
                }
                let weights = self.taps.of(y as usize).as_chunks::<2>().0;
                // Pairs of the group that this output row has weights for.
                let here = first.max(group.start) / 2..end.min(group.end).div_ceil(2);
                if here.is_empty() {
                    continue;
                }
                let weights =
                    &weights[(here.start - first / 2) as usize..(here.end - first / 2) as usize];
                let start = (y % self.rows) as usize * self.width;
                let sums = &mut self.sums[start + from..start + to];
                if first >= group.start {
                    sums.fill(half);
                }
                let skipped = (here.start - group.start / 2) as usize * self.width;
                let pairs = &self.pairs[skipped + from..];
                level.add_pairs(sums, pairs, self.width, weights);
            }
        }
    }

    /// A completed output row, to be read before the next row is pushed.
    pub(crate) fn finished(&self, y: u32) -> (&[i32], u32) {
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
