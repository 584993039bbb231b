//! Deflate with Huffman codes and runs of one byte, without a search for strings (RFC 1951, 3.2).

use std::ops::Range;

use fearless_simd::{Level, Simd, dispatch, prelude::*, u8x64};
use simd_adler32::Adler32;

use super::bits::{Bits, Code};
use super::codes::{LONGEST, Told, codes, lengths};

/// Bytes that are examined before it is decided whether they get their own codes.
const PART: usize = 1 << 14;
/// Bytes of the longest block.
const BLOCK: usize = 1 << 18;
/// Bytes of the shortest and the longest run that has a code.
const LEAST: usize = 3;
const MOST: usize = 258;
/// Bytes of the shortest run that is looked for, after the byte that it repeats. Shorter ones cost more than they save.
const WORTH: usize = 8;
/// The symbol that ends a block.
const END: usize = 256;
/// Literals, the end, and lengths.
const SYMBOLS: usize = 286;
/// The fraction of a bit in which costs are counted.
const BIT: u64 = 1 << 16;

/// How often each symbol occurs.
type Frequencies = [u32; SYMBOLS];

/// Compresses bytes as they come. Holds little more than one block of bytes, and its runs.
pub(super) struct Runs {
    level: Level,
    to: Bits,
    sum: Adler32,
    /// Bytes not written yet.
    bytes: Vec<u8>,
    /// Where the examined bytes repeat the one before.
    runs: Vec<Range<usize>>,
    frequencies: Frequencies,
    /// The cost of these.
    cost: u64,
    /// How many of the bytes were examined.
    seen: usize,
}

impl Runs {
    /// Appends to these bytes.
    pub(super) fn new(mut to: Vec<u8>) -> Runs {
        // Deflate with a window of 32 kB, in a hurry (RFC 1950, 2.2).
        to.extend([0x78, 0x01]);
        Runs {
            level: Level::new(),
            to: Bits::new(to),
            sum: Adler32::new(),
            bytes: Vec::new(),
            runs: Vec::new(),
            frequencies: [0; SYMBOLS],
            cost: 0,
            seen: 0,
        }
    }

    /// Takes more bytes.
    pub(super) fn take(&mut self, bytes: &[u8]) {
        self.sum.write(bytes);
        self.bytes.extend_from_slice(bytes);
        while self.bytes.len() - self.seen >= PART {
            self.look(PART);
        }
    }

    /// Writes the rest, and returns everything.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.look(self.bytes.len() - self.seen);
        self.block(true);
        self.to.align();
        self.to.bytes.extend(self.sum.finish().to_be_bytes());
        self.to.bytes
    }

    /// Examines the next bytes: they join the block, unless two blocks are smaller than one.
    fn look(&mut self, count: usize) {
        let (kept, start, end) = (self.runs.len(), self.seen, self.seen + count);
        let part = &self.bytes[start..end];
        let runs = &mut self.runs;
        dispatch!(self.level, simd => find(simd, part, |run| runs.push(start + run.start..start + run.end)));
        let own = frequencies(parts(&self.bytes, start..end, &self.runs[kept..]));
        let mut both = self.frequencies;
        for (both, own) in both.iter_mut().zip(&own) {
            *both += own;
        }
        let (own_cost, cost) = (cost(&own), cost(&both));
        let is_long = end > BLOCK;
        if start > 0 && (is_long || self.cost + own_cost < cost) {
            let mut next = self.runs.split_off(kept);
            for run in &mut next {
                *run = run.start - start..run.end - start;
            }
            let rest = self.bytes.split_off(start);
            self.block(false);
            (self.runs, self.bytes) = (next, rest);
            (self.frequencies, self.cost) = (own, own_cost);
            self.seen = count;
        } else {
            (self.frequencies, self.cost) = (both, cost);
            self.seen = end;
        }
    }

    /// Writes everything examined as one block.
    fn block(&mut self, is_last: bool) {
        self.frequencies[END] = 1;
        let lengths = lengths(&self.frequencies, LONGEST);
        let told = Told::new(&lengths, &[1]);
        let codes = codes(&lengths);
        let code = |symbol: usize| (u32::from(codes[symbol]), u32::from(lengths[symbol]));
        let literals: [Code; 256] = std::array::from_fn(code);
        let lengths_of_runs: [Code; 256] = std::array::from_fn(|more| {
            let (symbol, extra, bits) = symbol(more as u8);
            let (code, length) = code(symbol);
            // The code of the only distance is a zero.
            (code | extra << length, length + bits + 1)
        });
        let each = self.frequencies.iter().zip(&lengths).enumerate();
        let coded: u64 = each
            .map(|(symbol, (count, length))| {
                u64::from(*count) * (u64::from(*length) + behind(symbol))
            })
            .sum();
        let coded = coded + told.bits() as u64 + 3;
        let blocks = self.bytes.len().div_ceil(0xFFFF) as u64;
        if coded > 8 * self.bytes.len() as u64 + 40 * blocks {
            self.store(is_last);
        } else {
            self.to.put(u32::from(is_last) | 2 << 1, 3);
            told.write(&mut self.to);
            let parts = parts(&self.bytes, 0..self.bytes.len(), &self.runs);
            let parts = parts.map(|(literals, run)| (literals, pieces(run)));
            self.to
                .put_all(self.level, parts, &literals, &lengths_of_runs);
            self.to.put(codes[END].into(), lengths[END]);
        }
        self.runs.clear();
        self.bytes.clear();
    }

    /// Writes the bytes as they are.
    fn store(&mut self, is_last: bool) {
        let mut parts = self.bytes.chunks(0xFFFF).peekable();
        while let Some(part) = parts.next() {
            self.to.put(u32::from(is_last && parts.peek().is_none()), 3);
            self.to.align();
            let length = part.len() as u16;
            self.to.bytes.extend(length.to_le_bytes());
            self.to.bytes.extend((!length).to_le_bytes());
            self.to.bytes.extend(part);
        }
    }
}

/// Finds runs. They begin after the first byte, so that nothing in front of them is needed.
#[inline(always)]
fn find<S: Simd>(simd: S, bytes: &[u8], mut found: impl FnMut(Range<usize>)) {
    const WIDTH: usize = 64;
    // Where the run began that reaches up to `at`, if one does.
    let (mut at, mut since) = (1, 1);
    // Once more at the end, so that a run up to there is found.
    while at <= bytes.len() {
        let (here, before) = (&bytes[at..], &bytes[at - 1..]);
        // Bits of bytes that are like the one before, the first one lowest.
        let same = match (here.first_chunk(), before.first_chunk()) {
            (Some(here), Some(before)) => same(simd, here, before),
            _ => {
                // What is behind the last byte differs.
                let (mut padded, mut different) = ([0; WIDTH], [1; WIDTH]);
                padded[..here.len()].copy_from_slice(here);
                different[..here.len()].copy_from_slice(&before[..here.len()]);
                same(simd, &padded, &different)
            }
        };
        // Bits at which at least `WORTH` of them begin.
        let mut begin = same & same >> 1;
        begin &= begin >> 2;
        begin &= begin >> 4;
        let first = same.trailing_ones() as usize;
        if first < WIDTH {
            if at - since + first >= WORTH {
                found(since..at + first);
            }
            begin &= u64::MAX << first;
            while begin != 0 {
                let start = begin.trailing_zeros();
                let end = start + (same >> start).trailing_ones();
                if end as usize == WIDTH {
                    break;
                }
                found(at + start as usize..at + end as usize);
                begin &= u64::MAX << end;
            }
            since = at + WIDTH - same.leading_ones() as usize;
        }
        at += WIDTH;
    }
}

#[inline(always)]
fn same<S: Simd>(simd: S, here: &[u8; 64], before: &[u8; 64]) -> u64 {
    let (here, before) = (
        u8x64::from_slice(simd, here),
        u8x64::from_slice(simd, before),
    );
    here.simd_eq(before).to_bitmask()
}

/// The literals before each run in a range of bytes, and the length of the run; it is 0 at the end.
fn parts<'a>(
    bytes: &'a [u8],
    range: Range<usize>,
    runs: &'a [Range<usize>],
) -> impl Iterator<Item = (&'a [u8], usize)> {
    let last = range.end..range.end;
    let mut at = range.start;
    runs.iter().cloned().chain([last]).map(move |run| {
        let literals = &bytes[at..run.start];
        at = run.end;
        (literals, run.len())
    })
}

/// The lengths that a run is written with, as how much longer than [`LEAST`] they are.
fn pieces(mut left: usize) -> impl Iterator<Item = u8> {
    std::iter::from_fn(move || {
        // Not so many that less than a run is left.
        let some = match left {
            0 => return None,
            1..=MOST => left,
            _ => MOST.min(left - LEAST),
        };
        left -= some;
        Some((some - LEAST) as u8)
    })
}

/// The symbol of a length that is so much longer than [`LEAST`], and its extra bits: bits and their number (RFC 1951, 3.2.5).
fn symbol(more: u8) -> (usize, u32, u32) {
    let more = u32::from(more);
    match more {
        0..8 => (257 + more as usize, 0, 0),
        255 => (285, 0, 0),
        _ => {
            let bits = more.ilog2() - 2;
            let symbol = 257 + 4 * bits + (more >> bits);
            (symbol as usize, more & ((1 << bits) - 1), bits)
        }
    }
}

/// The extra bits of a symbol: those of a length, and of the only distance.
fn behind(symbol: usize) -> u64 {
    match symbol {
        ..=END => 0,
        257..265 | 285.. => 1,
        _ => (symbol as u64 - 257) / 4,
    }
}

fn frequencies<'a>(parts: impl Iterator<Item = (&'a [u8], usize)>) -> Frequencies {
    // Alternating tables, so that none waits for itself.
    let mut counts = [[0_u32; 256]; 4];
    let mut frequencies = [0; SYMBOLS];
    for (literals, run) in parts {
        let (fours, rest) = literals.as_chunks::<4>();
        for four in fours {
            for (counts, literal) in counts.iter_mut().zip(four) {
                counts[usize::from(*literal)] += 1;
            }
        }
        for literal in rest {
            counts[0][usize::from(*literal)] += 1;
        }
        for length in pieces(run) {
            frequencies[symbol(length).0] += 1;
        }
    }
    for (literal, frequency) in frequencies[..256].iter_mut().enumerate() {
        *frequency = counts.iter().map(|counts| counts[literal]).sum();
    }
    frequencies
}

/// The least that symbols with these frequencies take, without extra bits, plus roughly their codes: in fractions of a bit.
fn cost(frequencies: &Frequencies) -> u64 {
    let total: u32 = frequencies.iter().sum();
    let occur = frequencies.iter().filter(|count| **count > 0);
    let each = |count: &u32| 4 * BIT + u64::from(*count) * (log2(total) - log2(*count));
    occur.map(each).sum()
}

/// The logarithm in fractions of a bit, in integers, so that it is the same everywhere.
fn log2(count: u32) -> u64 {
    let whole = count.max(1).ilog2();
    // 1 to 2, with 16 bits of fraction.
    let rest = (u64::from(count.max(1)) << 31 >> whole >> 15) - BIT;
    // A parabola through both ends and the middle: off by less than 0.01 bits.
    u64::from(whole) * BIT + rest + ((rest * (BIT - rest)) >> 16) * 22_272 / BIT
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::levels::levels;

    #[test]
    fn runs_are_found_wherever_they_are() {
        let mut random = fastrand::Rng::with_seed(5);
        let mut count = 0;
        for length in (0..400).chain(0..400) {
            let longest = random.usize(1..150);
            let mut bytes = Vec::new();
            while bytes.len() < length {
                let left = length - bytes.len();
                let run = random.usize(1..=longest).min(left);
                bytes.extend(vec![random.u8(..); run]);
            }
            // Byte by byte.
            let mut expected = Vec::new();
            let mut at = 0;
            for same in bytes.chunk_by(|one, next| one == next) {
                let run = at + 1..at + same.len();
                at = run.end;
                if run.len() >= WORTH {
                    expected.push(run);
                }
            }
            count += expected.len();
            let mut files = Vec::new();
            for level in levels() {
                let mut found = Vec::new();
                dispatch!(level, simd => find(simd, &bytes, |run| found.push(run)));
                assert_eq!(found, expected, "{bytes:?}");
                let mut runs = Runs::new(Vec::new());
                runs.level = level;
                runs.take(&bytes);
                files.push(runs.finish());
            }
            assert!(files.iter().all(|file| *file == files[0]), "{bytes:?}");
        }
        assert!(count > 2000, "{count}");
    }
}
