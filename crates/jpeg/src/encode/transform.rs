//! The cosine transform and the quantization, with exactly the coefficients of libjpeg-turbo's
//! `jfdctint.c` ("islow", after Loeffler, Ligtenberg and Moschytz) and `jcdctmgr.c`.

use super::block::Block;
use super::lanes::{Lanes, Wide, nonzero, transpose};

// The constants of `jfdctint.c`, times 2^13.
const F_0_298: i16 = 2446;
const F_0_390: i16 = 3196;
const F_0_541: i16 = 4433;
const F_0_765: i16 = 6270;
const F_0_899: i16 = 7373;
const F_1_175: i16 = 9633;
const F_1_501: i16 = 12299;
const F_1_847: i16 = 15137;
const F_1_961: i16 = 16069;
const F_2_053: i16 = 16819;
const F_2_562: i16 = 20995;
const F_3_072: i16 = 25172;

/// The luminance table of T.81, K.1, in natural order, with a DC step of three quarters: 12, not 16.
///
/// DC is one coefficient of 64, but in a smooth picture its steps are seen first, as the edges of blocks. A smaller
/// step costs fewer bytes than a higher quality that looks as good.
const LUMINANCE: [u8; 64] = [
    12, 11, 10, 16, 24, 40, 51, 61, //
    12, 12, 14, 19, 26, 58, 60, 55, //
    14, 13, 16, 24, 40, 57, 69, 56, //
    14, 17, 22, 29, 51, 87, 80, 62, //
    18, 22, 37, 56, 68, 109, 103, 77, //
    24, 35, 55, 64, 81, 104, 113, 92, //
    49, 64, 78, 87, 103, 121, 120, 101, //
    72, 92, 95, 98, 112, 100, 103, 99, //
];

/// The chrominance table of T.81, K.1: this corner, and 99 elsewhere. The DC step is 13, not 17.
const CHROMINANCE: [[u8; 4]; 4] = [
    [13, 18, 24, 47],
    [18, 21, 26, 66],
    [24, 26, 56, 99],
    [47, 66, 99, 99],
];

/// A quantization table, and the factors that divide by it.
pub(super) struct Quantizer {
    /// In natural order.
    pub(super) table: [u8; 64],
    /// Half the divisor, for rounding.
    half: Block,
    /// Multiplying by `factor`, then by `scale`, and keeping the upper 16 bits each time, is the division.
    factor: Block,
    scale: Block,
}

impl Quantizer {
    /// Scales the tables for luminance and chrominance as libjpeg does.
    pub(super) fn pair(quality: u8) -> [Self; 2] {
        let quality = u32::from(quality);
        let percent = if quality < 50 {
            5000 / quality
        } else {
            200 - 2 * quality
        };
        let scaled = |base: u8| ((u32::from(base) * percent + 50) / 100).clamp(1, 255) as u8;
        let chrominance = std::array::from_fn(|at| match CHROMINANCE.get(at / 8) {
            Some(row) => *row.get(at % 8).unwrap_or(&99),
            None => 99,
        });
        [LUMINANCE, chrominance].map(|table| Self::new(table.map(scaled)))
    }

    fn new(table: [u8; 64]) -> Self {
        let [mut half, mut factor, mut scale] = [[[0; 8]; 8]; 3];
        for (at, &step) in table.iter().enumerate() {
            let parts = reciprocal(8 * u32::from(step));
            let (y, x) = (at / 8, at % 8);
            [half[y][x], factor[y][x], scale[y][x]] = parts.map(|part| part as i16);
        }
        Self {
            table,
            half,
            factor,
            scale,
        }
    }

    /// The result of [`transform`] for a block of one value: it has at most a DC coefficient.
    pub(super) fn flat(&self, sample: i16) -> Block {
        let [half, factor, scale] =
            [&self.half, &self.factor, &self.scale].map(|block| u32::from(block[0][0] as u16));
        // Eight times the coefficient, as after both passes.
        let size = u32::from(sample.unsigned_abs()) * 64 + half;
        let divided = (((size * factor) >> 16) * scale) >> 16;
        let mut block = [[0; 8]; 8];
        block[0][0] = divided as i16 * sample.signum();
        block
    }
}

/// Replaces a division by `divisor` with rounding, halves away from zero: what to add
/// first, and the two factors. `divisor` is 8 to 2040.
fn reciprocal(divisor: u32) -> [u16; 3] {
    let log = divisor.ilog2();
    let (factor, rest) = ((1 << (16 + log)) / divisor, (1 << (16 + log)) % divisor);
    let half = divisor / 2;
    let (half, factor, log) = if rest == 0 {
        // A power of two: its factor takes 17 bits.
        (half, factor / 2, log - 1)
    } else if rest <= half {
        (half + 1, factor, log)
    } else {
        (half, factor + 1, log)
    };
    [half as u16, factor as u16, 1 << (16 - log)]
}

/// Transforms and quantizes one block of samples. Returns the coefficients in natural order, and a
/// bit for each of them that is not zero.
#[inline]
pub(super) fn transform(samples: &Block, quantizer: &Quantizer) -> (Block, u64) {
    let columns = transpose(samples.map(Lanes::new));
    let rows = pass::<false>(transpose(pass::<true>(columns)));
    let mut quantized = rows;
    for (y, row) in quantized.iter_mut().enumerate() {
        let load = |block: &Block| Lanes::new(block[y]);
        let sign = row.down::<15>();
        let size = row.xor(sign).sub(sign).add(load(&quantizer.half));
        let divided = size
            .high_product(load(&quantizer.factor))
            .high_product(load(&quantizer.scale));
        *row = divided.xor(sign).sub(sign);
    }
    (quantized.map(Lanes::array), nonzero(quantized))
}

/// One-dimensional transforms down each of the eight columns. The first pass leaves two extra bits
/// in the results, which the second removes; after it they are 8 times the coefficients.
#[inline(always)]
fn pass<const FIRST: bool>(c: [Lanes; 8]) -> [Lanes; 8] {
    let mirrored = |i: usize| (c[i].add(c[7 - i]), c[i].sub(c[7 - i]));
    let ((t0, t7), (t1, t6)) = (mirrored(0), mirrored(1));
    let ((t2, t5), (t3, t4)) = (mirrored(2), mirrored(3));
    let (e0, e3) = (t0.add(t3), t0.sub(t3));
    let (e1, e2) = (t1.add(t2), t1.sub(t2));

    let (sum, difference) = (e0.add(e1), e0.sub(e1));
    let [o0, o4] = [sum, difference].map(|value| {
        if FIRST {
            value.up::<2>()
        } else {
            value.add(Lanes::splat(2)).down::<2>()
        }
    });
    let narrow = |wide: Wide| {
        if FIRST {
            wide.narrow::<11>()
        } else {
            wide.narrow::<15>()
        }
    };
    let o2 = narrow(e3.dot(e2, F_0_541 + F_0_765, F_0_541));
    let o6 = narrow(e3.dot(e2, F_0_541, F_0_541 - F_1_847));

    let (z3, z4) = (t4.add(t6), t5.add(t7));
    let y3 = z3.dot(z4, F_1_175 - F_1_961, F_1_175);
    let y4 = z3.dot(z4, F_1_175, F_1_175 - F_0_390);
    let o7 = narrow(t4.dot(t7, F_0_298 - F_0_899, -F_0_899).add(y3));
    let o5 = narrow(t5.dot(t6, F_2_053 - F_2_562, -F_2_562).add(y4));
    let o3 = narrow(t5.dot(t6, -F_2_562, F_3_072 - F_2_562).add(y3));
    let o1 = narrow(t4.dot(t7, -F_0_899, F_1_501 - F_0_899).add(y4));
    [o0, o1, o2, o3, o4, o5, o6, o7]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_division_rounds_halves_away_from_zero() {
        for step in 1..=255 {
            let divisor = 8 * step;
            let [half, factor, scale] = reciprocal(divisor).map(u32::from);
            // Eight times the largest sum of 64 samples is half of this.
            for value in 0..=16384 {
                let found = ((((value + half) * factor) >> 16) * scale) >> 16;
                assert_eq!(
                    found,
                    (value + divisor / 2) / divisor,
                    "{value} / {divisor}"
                );
            }
        }
    }

    #[test]
    fn flat_blocks_need_no_transform() {
        for step in 1..=255 {
            let quantizer = Quantizer::new([step; 64]);
            for sample in -128..=127 {
                let (block, _) = transform(&[[sample; 8]; 8], &quantizer);
                assert_eq!(quantizer.flat(sample), block, "{sample} by {step}");
            }
        }
    }

    #[test]
    fn coefficients_are_within_one_of_the_exact_transform() {
        let mut seed = 7u32;
        for _ in 0..200 {
            let samples: Block = std::array::from_fn(|_| {
                std::array::from_fn(|_| {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    ((seed >> 24) as i16) - 128
                })
            });
            let (found, bits) = transform(&samples, &Quantizer::new([1; 64]));
            for (at, &found) in found.as_flattened().iter().enumerate() {
                let exact = exact(&samples, at % 8, at / 8);
                let off = (exact - f64::from(found)).abs();
                assert!(off < 0.75, "{at}: {exact}, found {found}");
                assert_eq!(bits >> at & 1, u64::from(found != 0));
            }
        }
    }

    /// T.81, A.3.3, term by term.
    fn exact(samples: &Block, u: usize, v: usize) -> f64 {
        let scale = |k: usize| if k == 0 { 0.5f64.sqrt() } else { 1.0 };
        let wave = |position: usize, k: usize| {
            (std::f64::consts::PI * ((2 * position + 1) * k) as f64 / 16.0).cos()
        };
        let mut sum = 0.0;
        for (y, row) in samples.iter().enumerate() {
            for (x, &sample) in row.iter().enumerate() {
                sum += f64::from(sample) * wave(x, u) * wave(y, v);
            }
        }
        scale(u) * scale(v) * sum / 4.0
    }
}
