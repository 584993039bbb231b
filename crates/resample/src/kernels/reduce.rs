//! Weighted sums of pairs: the vertical pass, and the code that the horizontal pass shares with it.

use fearless_simd::{Simd, i16x8, i16x16, i16x32, i32x4, i32x16, prelude::*, u8x16};

use super::chunk::Chunk;
use super::lanes::{BATCH, BLOCK, FRACTION, LANES, Pairs, Weights};

/// The vertical pass's input: a ring of rows in pairs.
#[derive(Debug)]
pub(crate) struct Rows<'a, P> {
    /// Block after block of a row, each of [`BLOCK`] units; each block has its chunks of every slot.
    pub(crate) ring: &'a [P],
    /// Pairs of rows that the ring holds.
    pub(crate) slots: usize,
    /// For each row to make, the slot of its first pair, and its weights.
    pub(crate) outputs: [(usize, &'a [Weights]); BATCH],
    /// The weights add up to `1 << shift`.
    pub(crate) shift: u32,
}

/// The horizontal pass's input: rows as lanes.
#[derive(Debug)]
pub(crate) struct Turned<'a> {
    /// Columns in pairs, channel after channel.
    pub(crate) pairs: &'a mut [Pairs],
    /// Pairs of columns in a channel.
    pub(crate) width: usize,
    /// Where the next rows go.
    pub(crate) lane: usize,
}

/// `UNIT` chunks are processed together: those of the same pixels, or several of one channel.
#[inline(always)]
pub(super) fn reduce<const CHANNELS: usize, const UNIT: usize, P: Chunk, S: Simd>(
    simd: S,
    rows: &Rows<P>,
    turned: &mut Turned,
) {
    let shift = rows.shift + P::FRACTION - FRACTION;
    let half = (1 << shift) >> 1;
    let blocks = rows.ring.chunks_exact(rows.slots * UNIT * BLOCK);
    let units = blocks.flat_map(|ring| (0..BLOCK).map(move |at| &ring[at * UNIT..]));
    for (unit, ring) in units.enumerate() {
        if CHANNELS > 1 && unit * LANES / 2 >= turned.width {
            break;
        }
        let mut chunks = [[[0; LANES]; BATCH]; UNIT];
        for (lane, &(slot, weights)) in rows.outputs.iter().enumerate() {
            // The ring may wrap around in between.
            let (ahead, behind) = weights.split_at(weights.len().min(rows.slots - slot));
            let mut sums = [i32x16::splat(simd, half); UNIT];
            add::<UNIT, BLOCK, _, _>(simd, &ring[slot * UNIT * BLOCK..], ahead, &mut sums);
            add::<UNIT, BLOCK, _, _>(simd, ring, behind, &mut sums);
            let mut narrow = [i16x16::splat(simd, 0); UNIT];
            for i in 0..UNIT {
                let (low, high) = (sums[i] >> shift).split();
                narrow[i] = low.saturating_narrow(high);
            }
            split::<CHANNELS, UNIT, S>(simd, &mut narrow);
            for i in 0..UNIT {
                narrow[i].store_array(&mut chunks[i][lane]);
            }
        }
        for (i, chunk) in chunks.iter().enumerate() {
            let at = if CHANNELS == 1 {
                (unit * UNIT + i) * LANES / 2
            } else {
                i * turned.width + unit * LANES / 2
            };
            if let Some(pairs) = turned.pairs.get_mut(at..at + LANES / 2) {
                turn(simd, chunk, turned.lane, pairs);
            }
        }
    }
}

/// Adds pairs, each times its two weights, to the sums of every chunk. The chunks are side by side, the next pair `STEP` units on.
#[inline(always)]
pub(super) fn add<const UNIT: usize, const STEP: usize, P: Chunk, S: Simd>(
    simd: S,
    pairs: &[P],
    weights: &[Weights],
    sums: &mut [i32x16<S>; UNIT],
) {
    let units = pairs.as_chunks::<UNIT>().0.iter().step_by(STEP);
    for (&weights, unit) in weights.iter().zip(units) {
        let weights = both(simd, weights);
        for i in 0..UNIT {
            sums[i] += unit[i].load(simd).pairwise_dot_product(weights);
        }
    }
}

/// The two weights in every lane.
#[inline(always)]
fn both<S: Simd>(simd: S, [a, b]: Weights) -> i16x32<S> {
    let ([a, b], [c, d]) = (a.to_ne_bytes(), b.to_ne_bytes());
    i32x16::splat(simd, i32::from_ne_bytes([a, b, c, d])).bitcast()
}

/// Separates the channels of pixels.
#[inline(always)]
fn split<const CHANNELS: usize, const UNIT: usize, S: Simd>(
    simd: S,
    chunks: &mut [i16x16<S>; UNIT],
) {
    match (CHANNELS, &mut chunks[..]) {
        (3, [a, b, c]) => {
            let ((a0, a1), (b0, b1), (c0, c1)) = (a.split(), b.split(), c.split());
            let halves = [[a0, a1, b0], [b1, c0, c1]];
            let mut out = [[a0; 2]; 3];
            for channel in 0..3 {
                for half in 0..2 {
                    let mut plane = i16x8::splat(simd, 0);
                    for i in 0..3 {
                        let indices = u8x16::simd_from(simd, THIRDS[channel][i]);
                        plane |= halves[half][i].swizzle_dyn_precise(indices);
                    }
                    out[channel][half] = plane;
                }
            }
            *a = out[0][0].combine(out[0][1]);
            *b = out[1][0].combine(out[1][1]);
            *c = out[2][0].combine(out[2][1]);
        }
        (4, [a, b, c, d]) => {
            // Deinterleaving twice leaves every fourth.
            let ((a0, a1), (b0, b1)) = (a.deinterleave(*b), c.deinterleave(*d));
            (*a, *c) = a0.deinterleave(b0);
            (*b, *d) = a1.deinterleave(b1);
        }
        _ => {}
    }
}

/// Where the bytes of channel `c` are, in eight pixels of three channels that lie in three vectors:
/// `THIRDS[c][vector]`, with 255 where they are in another vector.
const THIRDS: [[[u8; 16]; 3]; 3] = {
    let mut indices = [[[255; 16]; 3]; 3];
    let mut sample = 0;
    while sample < 24 {
        let (pixel, channel) = (sample / 3, sample % 3);
        let table = &mut indices[channel][sample / 8];
        table[2 * pixel] = (2 * (sample % 8)) as u8;
        table[2 * pixel + 1] = (2 * (sample % 8) + 1) as u8;
        sample += 1;
    }
    indices
};

/// Transposes rows of one chunk each into lanes of pairs of columns, starting at lane `first`.
#[inline(always)]
fn turn<S: Simd>(simd: S, rows: &[[i16; LANES]; BATCH], first: usize, out: &mut [Pairs]) {
    for half in 0..2 {
        let mut lanes = [i32x4::splat(simd, 0); BATCH];
        for i in 0..BATCH {
            let halves = rows[i].as_chunks::<{ LANES / 2 }>().0;
            lanes[i] = i16x8::simd_from(simd, halves[half]).bitcast();
        }
        // A transposition, of pairs of columns.
        let [a, b, c, d] = lanes;
        let ((a, c), (b, d)) = (a.interleave(c), b.interleave(d));
        let ((a, b), (c, d)) = (a.interleave(b), c.interleave(d));
        let lanes = [a, b, c, d];
        for i in 0..4 {
            let out = &mut out[4 * half + i][2 * first..2 * (first + BATCH)];
            lanes[i].bitcast::<i16x8<S>>().store_slice(out);
        }
    }
}
