//! The loops over samples, compiled for each kind of CPU. The only file that knows the SIMD crate.
//!
//! All sums are of integers and exact, so every kind of CPU gives the same bytes.

use fearless_simd::{Level, Simd, i8x16, i16x8, i16x16, i16x32, i32x4, i32x16, prelude::*, u8x16};

use crate::samples;
use crate::{FRACTION, Layout};

/// Samples worked on at once.
pub(crate) const LANES: usize = 16;

/// Samples with their neighbors: the first of lane 0, the second of lane 0, the first of lane 1.
/// CPUs multiply both with their weights and add the products in one step.
pub(crate) type Pairs = [i16; 2 * LANES];

/// One sum for each lane.
pub(crate) type Sums = [i32; LANES];

/// What the CPU at hand can do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cpu(Level);

impl Cpu {
    pub(crate) fn new() -> Cpu {
        Cpu(Level::new())
    }

    /// Every kind of CPU that this one can stand in for.
    #[cfg(all(test, target_arch = "x86_64"))]
    pub(crate) fn all() -> Vec<Cpu> {
        let best = Level::new();
        let levels = [
            best.as_sse2().map(|simd| simd.level()),
            best.as_sse4_2().map(|simd| simd.level()),
            best.as_avx2().map(|simd| simd.level()),
            best.as_avx512().map(|simd| simd.level()),
        ];
        levels.into_iter().flatten().map(Cpu).collect()
    }

    /// Puts two rows of bytes side by side, as numbers for the passes.
    pub(crate) fn pair(self, layout: Layout, rows: [&[u8]; 2], pairs: &mut [Pairs]) {
        fearless_simd::dispatch!(self.0, simd => pair(simd, layout, rows, pairs));
    }

    /// Adds rows of pairs to the sums, each pair times its two weights. The rows begin `stride`
    /// apart and are at least as long as the sums. With `fresh`, the sums begin with that.
    pub(crate) fn add(
        self,
        fresh: Option<i32>,
        sums: &mut [Sums],
        pairs: &[Pairs],
        stride: usize,
        weights: &[[i16; 2]],
    ) {
        fearless_simd::dispatch!(self.0, simd => add(simd, fresh, sums, pairs, stride, weights));
    }

    /// The sums without their last `shift` bits, as numbers of 16 bits.
    pub(crate) fn narrow(self, sums: &[Sums], shift: u32, out: &mut [[i16; LANES]]) {
        fearless_simd::dispatch!(self.0, simd => narrow(simd, sums, shift, out));
    }

    /// Takes the channels of a row apart. The planes begin `stride` apart.
    pub(crate) fn split(self, channels: usize, row: &[i16], planes: &mut [i16], stride: usize) {
        fearless_simd::dispatch!(self.0, simd => match channels {
            3 => split::<3, _>(simd, row, planes, stride),
            _ => split::<4, _>(simd, row, planes, stride),
        });
    }

    /// Turns rows that begin `stride` chunks apart, so that each becomes one lane.
    pub(crate) fn turn(self, rows: &[[i16; LANES]], stride: usize, out: &mut [Pairs]) {
        fearless_simd::dispatch!(self.0, simd => turn(simd, rows, stride, out));
    }

    /// The sum of all pairs times their weights, for each of some columns.
    pub(crate) fn dots(self, columns: &[(&[Pairs], &[[i16; 2]])], sums: &mut [Sums; LANES]) {
        fearless_simd::dispatch!(self.0, simd => dots(simd, columns, sums));
    }

    /// Columns of sums, without their last `shift` bits, to rows of bytes.
    pub(crate) fn finish(
        self,
        layout: Layout,
        columns: &[Sums; LANES],
        shift: u32,
    ) -> [[u8; LANES]; LANES] {
        fearless_simd::dispatch!(self.0, simd => finish(simd, layout, columns, shift))
    }
}

// Below, plain loops only: the compiler must inline everything that touches a vector into the function
// made for the CPU, and closures inside the standard library's iterators it may leave outside.

#[inline(always)]
fn pair<S: Simd>(simd: S, layout: Layout, [first, second]: [&[u8]; 2], pairs: &mut [Pairs]) {
    let (firsts, first_rest) = first.as_chunks::<LANES>();
    let (seconds, second_rest) = second.as_chunks::<LANES>();
    let whole = firsts.len().min(seconds.len()).min(pairs.len());
    let (pairs, last) = pairs.split_at_mut(whole);
    for i in 0..whole {
        pair_chunk(simd, layout, &firsts[i], &seconds[i], &mut pairs[i]);
    }
    if let Some(last) = last.first_mut() {
        let mut rest = [[0; LANES]; 2];
        rest[0][..first_rest.len()].copy_from_slice(first_rest);
        rest[1][..second_rest.len()].copy_from_slice(second_rest);
        pair_chunk(simd, layout, &rest[0], &rest[1], last);
    }
}

#[inline(always)]
fn pair_chunk<S: Simd>(
    simd: S,
    layout: Layout,
    first: &[u8; LANES],
    second: &[u8; LANES],
    pairs: &mut Pairs,
) {
    if layout == Layout::Rgba {
        let (first, second) = (
            samples::premultiplied(first),
            samples::premultiplied(second),
        );
        let first = i16x16::simd_from(simd, first);
        let (low, high) = first.interleave(i16x16::simd_from(simd, second));
        low.combine(high).store_array(pairs);
    } else {
        let first = u8x16::simd_from(simd, *first) ^ 128;
        let (low, high) = first.interleave(u8x16::simd_from(simd, *second) ^ 128);
        let (low, high): (i8x16<S>, i8x16<S>) = (low.bitcast(), high.bitcast());
        let (low, high) = low.combine(high).widen();
        (low.combine(high) << FRACTION).store_array(pairs);
    }
}

#[inline(always)]
fn add<S: Simd>(
    simd: S,
    fresh: Option<i32>,
    sums: &mut [Sums],
    pairs: &[Pairs],
    stride: usize,
    weights: &[[i16; 2]],
) {
    let rows = |from: usize| &pairs[from * stride..];
    // As many rows at once as registers hold weights for.
    for (i, weights) in weights.chunks(8).enumerate() {
        let rows = |row: usize| rows(8 * i + row);
        let fresh = if i == 0 { fresh } else { None };
        match *weights {
            [a] => add_rows(simd, fresh, sums, [0].map(rows), [a]),
            [a, b] => add_rows(simd, fresh, sums, [0, 1].map(rows), [a, b]),
            [a, b, c] => add_rows(simd, fresh, sums, [0, 1, 2].map(rows), [a, b, c]),
            [a, b, c, d] => add_rows(simd, fresh, sums, [0, 1, 2, 3].map(rows), [a, b, c, d]),
            [a, b, c, d, e] => add_rows(
                simd,
                fresh,
                sums,
                [0, 1, 2, 3, 4].map(rows),
                [a, b, c, d, e],
            ),
            [a, b, c, d, e, f] => add_rows(
                simd,
                fresh,
                sums,
                [0, 1, 2, 3, 4, 5].map(rows),
                [a, b, c, d, e, f],
            ),
            [a, b, c, d, e, f, g] => add_rows(
                simd,
                fresh,
                sums,
                [0, 1, 2, 3, 4, 5, 6].map(rows),
                [a, b, c, d, e, f, g],
            ),
            [a, b, c, d, e, f, g, h] => add_rows(
                simd,
                fresh,
                sums,
                [0, 1, 2, 3, 4, 5, 6, 7].map(rows),
                [a, b, c, d, e, f, g, h],
            ),
            _ => {}
        }
    }
}

#[inline(always)]
fn add_rows<S: Simd, const N: usize>(
    simd: S,
    fresh: Option<i32>,
    sums: &mut [Sums],
    rows: [&[Pairs]; N],
    weights: [[i16; 2]; N],
) {
    let count = sums.len();
    let rows = rows.map(|row| &row[..count]);
    let mut splat = [i16x32::splat(simd, 0); N];
    for row in 0..N {
        splat[row] = both(simd, weights[row]);
    }
    for i in 0..count {
        let mut sum = match fresh {
            Some(start) => i32x16::splat(simd, start),
            None => i32x16::simd_from(simd, sums[i]),
        };
        for row in 0..N {
            sum += i16x32::simd_from(simd, rows[row][i]).pairwise_dot_product(splat[row]);
        }
        sum.store_array(&mut sums[i]);
    }
}

/// The two weights in every lane.
#[inline(always)]
fn both<S: Simd>(simd: S, [a, b]: [i16; 2]) -> i16x32<S> {
    let ([a, b], [c, d]) = (a.to_ne_bytes(), b.to_ne_bytes());
    i32x16::splat(simd, i32::from_ne_bytes([a, b, c, d])).bitcast()
}

#[inline(always)]
fn narrow<S: Simd>(simd: S, sums: &[Sums], shift: u32, out: &mut [[i16; LANES]]) {
    let count = sums.len().min(out.len());
    for i in 0..count {
        let (low, high) = (i32x16::simd_from(simd, sums[i]) >> shift).split();
        low.saturating_narrow(high).store_array(&mut out[i]);
    }
}

#[inline(always)]
fn split<const CHANNELS: usize, S: Simd>(_: S, row: &[i16], planes: &mut [i16], stride: usize) {
    let pixels = row.as_chunks::<CHANNELS>().0;
    for channel in 0..CHANNELS {
        let plane = &mut planes[channel * stride..][..pixels.len()];
        for i in 0..pixels.len() {
            plane[i] = pixels[i][channel];
        }
    }
}

#[inline(always)]
fn turn<S: Simd>(simd: S, rows: &[[i16; LANES]], stride: usize, out: &mut [Pairs]) {
    let (out, _) = out.as_chunks_mut::<{ LANES / 2 }>();
    let count = out.len().min(stride);
    for lanes in (0..LANES).step_by(4) {
        let four = |lane| &rows[(lanes + lane) * stride..][..count];
        let four = [four(0), four(1), four(2), four(3)];
        for chunk in 0..count {
            for half in 0..2 {
                let load = |lane: usize| -> &[i16; LANES / 2] {
                    let halves = four[lane][chunk].as_chunks::<{ LANES / 2 }>().0;
                    &halves[half]
                };
                let a: i32x4<S> = i16x8::simd_from(simd, *load(0)).bitcast();
                let b: i32x4<S> = i16x8::simd_from(simd, *load(1)).bitcast();
                let c: i32x4<S> = i16x8::simd_from(simd, *load(2)).bitcast();
                let d: i32x4<S> = i16x8::simd_from(simd, *load(3)).bitcast();
                // A transposition, of pairs of columns.
                let ((a, c), (b, d)) = (a.interleave(c), b.interleave(d));
                let ((a, b), (c, d)) = (a.interleave(b), c.interleave(d));
                let turned: [i16x8<S>; 4] = [a.bitcast(), b.bitcast(), c.bitcast(), d.bitcast()];
                for i in 0..4 {
                    let pairs = &mut out[chunk][4 * half + i];
                    turned[i].store_slice(&mut pairs[2 * lanes..2 * lanes + 8]);
                }
            }
        }
    }
}

#[inline(always)]
fn dots<S: Simd>(simd: S, columns: &[(&[Pairs], &[[i16; 2]])], sums: &mut [Sums; LANES]) {
    let count = columns.len().min(LANES);
    for i in 0..count {
        let (pairs, weights) = columns[i];
        let pairs = &pairs[..weights.len()];
        let mut sum = i32x16::splat(simd, 0);
        for tap in 0..weights.len() {
            let weights = both(simd, weights[tap]);
            sum += i16x32::simd_from(simd, pairs[tap]).pairwise_dot_product(weights);
        }
        sum.store_array(&mut sums[i]);
    }
}

#[inline(always)]
fn finish<S: Simd>(
    simd: S,
    layout: Layout,
    columns: &[Sums; LANES],
    shift: u32,
) -> [[u8; LANES]; LANES] {
    let mut out = [[0; LANES]; LANES];
    let half = 1 << (shift - 1);
    for i in 0..LANES {
        let sums = (i32x16::simd_from(simd, columns[i]) + half) >> shift;
        let (low, high) = sums.split();
        let (low, high) = low.saturating_narrow(high).split();
        // Saturated, this is a sample less 128, which differs in the highest bit alone.
        let bytes: u8x16<S> = low.saturating_narrow(high).bitcast();
        (bytes ^ 128).store_array(&mut out[i]);
    }
    if layout == Layout::Rgba {
        samples::straighten(columns, shift, &mut out);
    }
    transpose(simd, &mut out);
    out
}

/// Columns to rows.
#[inline(always)]
fn transpose<S: Simd>(simd: S, bytes: &mut [[u8; LANES]; LANES]) {
    let mut rows = [u8x16::splat(simd, 0); LANES];
    for i in 0..LANES {
        rows[i] = u8x16::simd_from(simd, bytes[i]);
    }
    // Four perfect shuffles move every byte from place (column, lane) to place (lane, column).
    for _ in 0..4 {
        let before = rows;
        for i in 0..LANES / 2 {
            let (low, high) = before[i].interleave(before[i + LANES / 2]);
            (rows[2 * i], rows[2 * i + 1]) = (low, high);
        }
    }
    for i in 0..LANES {
        rows[i].store_array(&mut bytes[i]);
    }
}
