//! The horizontal pass's sums, and their conversion to bytes.

use fearless_simd::{Simd, f32x16, i32x16, prelude::*, u8x16};

use super::lanes::{LANES, Pairs, Sums, Weights};
use super::reduce::add;
use crate::spec::Layout;

#[inline(always)]
pub(super) fn dots<S: Simd>(simd: S, columns: &[(&[Pairs], &[Weights])], sums: &mut [Sums; LANES]) {
    let count = columns.len().min(LANES);
    for i in 0..count {
        let (pairs, weights) = columns[i];
        let mut sum = [i32x16::splat(simd, 0)];
        add::<1, 1, _, _>(simd, pairs, weights, &mut sum);
        sum[0].store_array(&mut sums[i]);
    }
}

#[inline(always)]
pub(super) fn finish<S: Simd>(
    simd: S,
    layout: Layout,
    columns: &[Sums; LANES],
    shift: u32,
) -> [[u8; LANES]; LANES] {
    let mut out = [[0; LANES]; LANES];
    let half = 1 << (shift - 1);
    for i in 0..LANES {
        let sums = (i32x16::simd_from(simd, columns[i]) + half) >> shift;
        bytes(sums).store_array(&mut out[i]);
    }
    if layout == Layout::Rgba {
        for pixel in (0..LANES).step_by(4) {
            straighten(
                simd,
                &columns[pixel..pixel + 4],
                shift,
                &mut out[pixel..pixel + 4],
            );
        }
    }
    transpose(simd, &mut out);
    out
}

/// Samples minus 128, clamped.
#[inline(always)]
fn bytes<S: Simd>(samples: i32x16<S>) -> u8x16<S> {
    let (low, high) = samples.split();
    let (low, high) = low.saturating_narrow(high).split();
    // Once saturated, they differ from the sample only in the highest bit.
    low.saturating_narrow(high).bitcast::<u8x16<S>>() ^ 128
}

/// Divides the colors of a pixel in every lane by their alpha, both at full precision.
#[inline(always)]
fn straighten<S: Simd>(simd: S, columns: &[Sums], shift: u32, out: &mut [[u8; LANES]]) {
    let [red, green, blue, alpha] = columns else {
        return;
    };
    // Nothing to divide where everything is opaque, as in most parts of most pictures, or transparent.
    if *alpha == [127 << shift; LANES] {
        return;
    }
    if out[3] == [0; LANES] {
        out[..3].fill([0; LANES]);
        return;
    }
    let middle = 128 << shift;
    let alpha = i32x16::simd_from(simd, *alpha);
    let scale = f32x16::splat(simd, 255.0) / (alpha + middle).to_float::<f32x16<S>>();
    let is_opaque = alpha.simd_eq(127 << shift);
    let is_seen = u8x16::simd_from(simd, out[3]).simd_gt(0);
    let colors = [red, green, blue];
    for i in 0..3 {
        let color = i32x16::simd_from(simd, *colors[i]);
        let divided = (color + middle).to_float::<f32x16<S>>() * scale + 0.5;
        let divided = divided.max(0.0).min(255.0).to_int::<i32x16<S>>() - 128;
        // An opaque pixel is exactly what it would be in a picture without alpha.
        let plain = (color + (1 << (shift - 1))) >> shift;
        let color = bytes(is_opaque.select(plain, divided));
        let black = u8x16::splat(simd, 0);
        is_seen.select(color, black).store_array(&mut out[i]);
    }
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
