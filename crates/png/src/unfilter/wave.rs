//! Unfilters several rows at once.
//!
//! A filtered sample needs the result on its left, and waiting for that takes most of the time. So each
//! row of a wave is one pixel behind the row above: the pixel above is then the result of the step before,
//! and one vector holds a pixel of each row.
//!
//! The loops are plain: the compiler must inline everything that touches a vector into the function made
//! for the CPU.

use fearless_simd::{Simd, prelude::*, u8x16, u32x4};

use super::Filter;

/// Unfilters rows of pixels of `PIXEL` bytes, each in a lane of `LANE` bytes of the vector.
///
/// All slices but `above` are equally long. Those of the second row begin one pixel before the row, of the
/// third two, and so on. `above` begins so that the last `LANE` of 16 bytes are the first pixel.
#[inline(always)]
pub(super) fn wave<
    S: Simd,
    const PIXEL: usize,
    const LANE: usize,
    const ROWS: usize,
    const HAS_AVERAGE: bool,
>(
    simd: S,
    filters: [Filter; ROWS],
    filtered: [&[u8]; ROWS],
    above: &[u8],
    rows: [&mut [u8]; ROWS],
) {
    let mask = |has: fn(Filter) -> bool| {
        let mut bytes = [0; 16];
        for i in 0..ROWS {
            bytes[i * LANE..(i + 1) * LANE].fill(if has(filters[i]) { 255 } else { 0 });
        }
        u8x16::simd_from(simd, bytes)
    };
    // Without what it does not look at, Paeth's predictor is the others, but for the average.
    let use_left = mask(|filter| matches!(filter, Filter::Left | Filter::Paeth));
    let use_above = mask(|filter| matches!(filter, Filter::Up | Filter::Paeth));
    let use_corner = mask(|filter| filter == Filter::Paeth);
    let use_average = mask(|filter| filter == Filter::Average);

    // Equal lengths that the compiler sees spare the loop its checks.
    let length = rows[0].len();
    let above = &above[..length + 16];
    let filtered: [&[u8]; ROWS] = std::array::from_fn(|i| &filtered[i][..length]);
    let mut rows = rows.map(|row| &mut row[..length]);
    let mut left = u8x16::splat(simd, 0);
    let mut corner = left;
    let mut at = 0;
    let mut begun = 0;
    while at + LANE <= length {
        let mut words = [0; 4];
        for i in 0..ROWS {
            for half in 0..LANE / 4 {
                if let Some(word) = filtered[i][at + 4 * half..at + LANE].first_chunk() {
                    words[i * LANE / 4 + half] = u32::from_le_bytes(*word);
                }
            }
        }
        let residual = u32x4::simd_from(simd, words).bitcast::<u8x16<S>>();
        let mut top = [0; 16];
        top.copy_from_slice(&above[at..at + 16]);
        let top = u8x16::simd_from(simd, top);
        let up = if LANE == 4 {
            top.slide::<12>(left)
        } else {
            top.slide::<8>(left)
        };
        let mut predicted = paeth(left & use_left, up & use_above, corner & use_corner);
        if HAS_AVERAGE {
            let average = (left & up) + ((left ^ up) >> 1);
            predicted |= average & use_average;
        }
        let mut result = predicted + residual;
        if begun < ROWS - 1 {
            // Left of the first pixel all is zero.
            begun += 1;
            let mut keep = [0; 16];
            keep[..begun * LANE].fill(255);
            result &= u8x16::simd_from(simd, keep);
        }
        let words = result.bitcast::<u32x4<S>>().to_array();
        for i in 0..ROWS {
            for half in 0..LANE / 4 {
                rows[i][at + 4 * half..at + 4 * half + 4]
                    .copy_from_slice(&words[i * LANE / 4 + half].to_le_bytes());
            }
        }
        corner = up;
        left = result;
        at += PIXEL;
    }
}

/// Whichever of the three is nearest to left + above - corner, the first of equals.
///
/// Of the lower, the corner and the higher, it is the lower one if the corner is so much nearer to the
/// higher one, and so on.
#[inline(always)]
fn paeth<S: Simd>(left: u8x16<S>, above: u8x16<S>, corner: u8x16<S>) -> u8x16<S> {
    let low = left.min(above);
    let high = left.max(above);
    let over = corner.saturating_sub(low);
    let under = high.saturating_sub(corner);
    let is_low = (under.saturating_add(under)).simd_le(over);
    let is_high = (over.saturating_add(over)).simd_le(under);
    is_high.select(high, is_low.select(low, corner))
}
