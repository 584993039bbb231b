//! Converts rows of bytes to the pairs that the vertical pass works on.

use fearless_simd::{Simd, i8x32, i16x16, i16x32, prelude::*, u8x16, u32x4};

use super::lanes::{BytePairs, FRACTION, LANES, Pairs};

/// A chunk of a row in memory.
pub(super) trait Chunk: Copy {
    /// Bits of fraction.
    const FRACTION: u32;
    fn pair<S: Simd>(simd: S, first: &[u8; LANES], second: &[u8; LANES]) -> Self;
    fn load<S: Simd>(self, simd: S) -> i16x32<S>;
}

impl Chunk for BytePairs {
    const FRACTION: u32 = 0;

    #[inline(always)]
    fn pair<S: Simd>(simd: S, first: &[u8; LANES], second: &[u8; LANES]) -> Self {
        let first = u8x16::simd_from(simd, *first) ^ 128;
        let (low, high) = first.interleave(u8x16::simd_from(simd, *second) ^ 128);
        low.combine(high).bitcast::<i8x32<S>>().to_array()
    }

    #[inline(always)]
    fn load<S: Simd>(self, simd: S) -> i16x32<S> {
        let (low, high) = i8x32::simd_from(simd, self).widen();
        low.combine(high)
    }
}

impl Chunk for Pairs {
    const FRACTION: u32 = FRACTION;

    #[inline(always)]
    fn pair<S: Simd>(simd: S, first: &[u8; LANES], second: &[u8; LANES]) -> Self {
        let (low, high) = premultiplied(simd, first).interleave(premultiplied(simd, second));
        low.combine(high).to_array()
    }

    #[inline(always)]
    fn load<S: Simd>(self, simd: S) -> i16x32<S> {
        i16x32::simd_from(simd, self)
    }
}

#[inline(always)]
pub(super) fn pair<P: Chunk, S: Simd>(
    simd: S,
    [first, second]: [&[u8]; 2],
    pairs: &mut [P],
    unit: usize,
    stride: usize,
) {
    let (firsts, first_rest) = first.as_chunks::<LANES>();
    let (seconds, second_rest) = second.as_chunks::<LANES>();
    let whole = firsts.len().min(seconds.len());
    let (mut at, mut left) = (0, unit);
    for i in 0..whole {
        if let Some(pairs) = pairs.get_mut(at) {
            *pairs = P::pair(simd, &firsts[i], &seconds[i]);
        }
        (at, left) = (at + 1, left - 1);
        if left == 0 {
            (at, left) = (at + stride - unit, unit);
        }
    }
    if let Some(pairs) = pairs.get_mut(at) {
        let mut rest = [[0; LANES]; 2];
        rest[0][..first_rest.len()].copy_from_slice(first_rest);
        rest[1][..second_rest.len()].copy_from_slice(second_rest);
        *pairs = P::pair(simd, &rest[0], &rest[1]);
    }
}

/// Four pixels, with the colors multiplied by their alpha.
#[inline(always)]
fn premultiplied<S: Simd>(simd: S, pixels: &[u8; LANES]) -> i16x16<S> {
    let pixels = u8x16::simd_from(simd, *pixels);
    // Alpha itself is multiplied by 255. It is the highest byte: vectors are laid out in memory as on
    // x86 everywhere.
    let alpha = pixels.bitcast::<u32x4<S>>() >> 24;
    let factor = alpha | (alpha << 8) | (alpha << 16) | 0xff00_0000;
    let (low, high) = pixels.widening_mul(factor.bitcast::<u8x16<S>>());
    let product = low.combine(high);
    // product * 128 / 255 to the nearest, which is (product + product / 255) / 2.
    let share = (product + (product >> 8) + 1) >> 8;
    let scaled = (product + share + 1) >> 1;
    scaled.bitcast::<i16x16<S>>() - (128 << FRACTION)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::Cpu;

    #[test]
    fn products_of_color_and_alpha_are_to_the_nearest() {
        let mut count = 0;
        for alpha in 0..=255u8 {
            for color in 0..=255u8 {
                let first = [color, 3, color, alpha].repeat(4);
                let second = [9, color, 7, alpha].repeat(4);
                let mut pairs = [[0; 2 * LANES]];
                Cpu::new().pair_rgba([&first, &second], &mut pairs, 1, 1);
                let exact = |color: u8, alpha: u8| {
                    let product = f64::from(color) * f64::from(alpha) / 255.0;
                    (product * 128.0).round() as i16 - 128 * 128
                };
                let expected = [[color, 9], [3, color], [color, 7]];
                for (channel, expected) in expected.into_iter().enumerate() {
                    let pair = [pairs[0][8 + 2 * channel], pairs[0][9 + 2 * channel]];
                    assert_eq!(pair, expected.map(|color| exact(color, alpha)));
                }
                assert_eq!(pairs[0][14..16], [exact(255, alpha); 2]);
                count += 1;
            }
        }
        assert_eq!(count, 65536);
    }
}
