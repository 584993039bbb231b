//! Unfilters several rows at once.
//!
//! A filtered sample needs the result on its left, and waiting for that takes most of the time. So each
//! row of a wave is one pixel behind the row above: the pixel above is then the result of the previous step,
//! and one vector holds a pixel of each row.
//!
//! The loops are plain: the compiler must inline everything that touches a vector into the function made
//! for the CPU.

use fearless_simd::{Simd, prelude::*, u8x16, u32x4};

use super::filter::Filter;

/// Vectors in a wave: a single one would leave the CPU waiting for its results.
const VECTORS: usize = 2;

/// Unfilters rows of pixels of `PIXEL` bytes, each in a lane of `LANE` bytes of the vectors.
///
/// All slices but `above` are equally long. Those of the second row begin one pixel before the row, those of the
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
    const { assert!(ROWS * LANE == VECTORS * 16) }
    let mask = |has: fn(Filter) -> bool| {
        let mut bytes = [[0; 16]; VECTORS];
        let (lanes, _) = bytes.as_flattened_mut().as_chunks_mut::<LANE>();
        for (lane, &filter) in lanes.iter_mut().zip(&filters) {
            *lane = [if has(filter) { 255 } else { 0 }; LANE];
        }
        bytes.map(|bytes| u8x16::simd_from(simd, bytes))
    };
    // With unused inputs left out, Paeth's predictor covers the others, except for the average.
    let use_left = mask(|filter| matches!(filter, Filter::Left | Filter::Paeth));
    let use_above = mask(|filter| matches!(filter, Filter::Up | Filter::Paeth));
    let use_corner = mask(|filter| filter == Filter::Paeth);
    let use_average = mask(|filter| filter == Filter::Average);

    // Slices of equal length, visible to the compiler, save bounds checks in the loop.
    let length = rows[0].len();
    let above = &above[..length + 16];
    let filtered: [&[u8]; ROWS] = std::array::from_fn(|i| &filtered[i][..length]);
    let rows = rows.map(|row| &mut row[..length]);
    let mut left = [u8x16::splat(simd, 0); VECTORS];
    let mut corner = left;
    let mut at = 0;
    let mut begun = 0;
    while at + LANE <= length {
        let mut top = [0; 16];
        top.copy_from_slice(&above[at..at + 16]);
        let mut top = u8x16::simd_from(simd, top);
        for v in 0..VECTORS {
            let mut words = [0; 4];
            for (i, word) in words.iter_mut().enumerate() {
                let (row, start) = locate(v, i, LANE, at);
                if let Some(bytes) = filtered[row][start..at + LANE].first_chunk() {
                    *word = u32::from_le_bytes(*bytes);
                }
            }
            let residual = u32x4::simd_from(simd, words).bitcast::<u8x16<S>>();
            let up = if LANE == 4 {
                top.slide::<12>(left[v])
            } else {
                top.slide::<8>(left[v])
            };
            top = left[v];
            let mut predicted = paeth(
                left[v] & use_left[v],
                up & use_above[v],
                corner[v] & use_corner[v],
            );
            if HAS_AVERAGE {
                let average = (left[v] & up) + ((left[v] ^ up) >> 1);
                predicted |= average & use_average[v];
            }
            corner[v] = up;
            left[v] = predicted + residual;
        }
        if begun < ROWS - 1 {
            // Left of the first pixel everything is zero.
            begun += 1;
            let mut keep = [[0; 16]; VECTORS];
            keep.as_flattened_mut()[..begun * LANE].fill(255);
            for v in 0..VECTORS {
                left[v] &= u8x16::simd_from(simd, keep[v]);
            }
        }
        for (v, results) in left.iter().enumerate() {
            let words = results.bitcast::<u32x4<S>>().to_array();
            for (i, word) in words.iter().enumerate() {
                let (row, start) = locate(v, i, LANE, at);
                rows[row][start..start + 4].copy_from_slice(&word.to_le_bytes());
            }
        }
        at += PIXEL;
    }
}

/// The row that a word of a vector belongs to, and its position in the row.
#[inline(always)]
fn locate(vector: usize, word: usize, lane: usize, at: usize) -> (usize, usize) {
    let byte = vector * 16 + word * 4;
    (byte / lane, at + byte % lane)
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
