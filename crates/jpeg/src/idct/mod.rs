//! The inverse cosine transform: bit for bit that of libjpeg's `jidctint.c` ("islow"), after
//! Loeffler, Ligtenberg and Moschytz, with 13-bit constants.
//!
//! Coefficients that no encoder makes wrap or saturate, as in libjpeg-turbo's SSE2 version.
//! Every machine gives the same samples.

mod fixed_point;
#[cfg(any(test, not(target_arch = "x86_64")))]
mod portable;
#[cfg(target_arch = "x86_64")]
mod sse2;

use fixed_point::clamp;
#[cfg(not(target_arch = "x86_64"))]
use portable::samples;
#[cfg(target_arch = "x86_64")]
use sse2::samples;

/// Dequantizes and transforms one block, and writes its 8 rows of 8 samples into `out`, `stride`
/// apart.
///
/// `coefficients` and `quant` are in natural order. Coefficients at zigzag positions of `used` and
/// above are zero.
#[inline]
pub(crate) fn transform(
    coefficients: &[i16; 64],
    quant: &[i16; 64],
    used: usize,
    out: &mut [u8],
    stride: usize,
) {
    let rows = if used <= 1 {
        [[flat(coefficients[0].wrapping_mul(quant[0])); 8]; 8]
    } else {
        samples(coefficients, quant, used)
    };
    for (out, row) in out.chunks_mut(stride).zip(rows) {
        out[..8].copy_from_slice(&row);
    }
}

/// The one sample value of a block that has but a DC coefficient.
fn flat(dc: i16) -> u8 {
    // Both passes' shifts together: 2 bits up, then 5 down with rounding.
    clamp((i32::from(dc) + 4) >> 3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::ZIGZAG;

    /// Blocks of every number of coefficients, small and hostile.
    fn blocks() -> impl Iterator<Item = ([i16; 64], [i16; 64], usize)> {
        let mut seed = 0x2545_F491_4F6C_DD1D_u64;
        let mut random = move || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            (seed >> 40) as i16
        };
        (0..6400).map(move |index| {
            let used = index % 64 + 1;
            let shift = (index / 64 % 12) as u32;
            let mut coefficients = [0; 64];
            for position in &ZIGZAG[..used] {
                coefficients[usize::from(*position)] = random() >> shift;
            }
            let quant = std::array::from_fn(|_| match index % 3 {
                0 => 1,
                1 => (random() & 15) + 1,
                _ => random(),
            });
            (coefficients, quant, used)
        })
    }

    #[test]
    fn twins_agree_on_every_block() {
        for (coefficients, quant, used) in blocks() {
            assert_eq!(
                samples(&coefficients, &quant, used),
                portable::samples(&coefficients, &quant, used),
                "{used} coefficients"
            );
        }
    }

    #[test]
    fn the_dc_shortcut_changes_nothing() {
        for dc in -32768..=32767 {
            let mut coefficients = [0; 64];
            coefficients[0] = dc;
            // Beyond what samples of 8 bits can make, the full transform saturates in between.
            if (-8191..=8191).contains(&dc) {
                let rows = portable::samples(&coefficients, &[1; 64], 1);
                assert_eq!(rows, [[flat(dc); 8]; 8], "dc {dc}");
            }
        }
    }

    #[test]
    fn samples_are_within_one_of_the_exact_transform() {
        let mut seed = 7u32;
        for _ in 0..200 {
            let coefficients: [i16; 64] = std::array::from_fn(|k| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                ((seed >> 16) as i16) >> (7 + k / 8)
            });
            let rows = samples(&coefficients, &[1; 64], 64);
            for (y, row) in rows.iter().enumerate() {
                for (x, &sample) in row.iter().enumerate() {
                    let exact = exact(&coefficients, x, y).clamp(0.0, 255.0);
                    assert!((exact - f64::from(sample)).abs() < 1.0, "{x},{y}");
                }
            }
        }
    }

    /// T.81, A.3.3, term by term.
    fn exact(coefficients: &[i16; 64], x: usize, y: usize) -> f64 {
        let mut sum = 0.0;
        for v in 0..8 {
            for u in 0..8 {
                let scale = |k: usize| if k == 0 { 0.5f64.sqrt() } else { 1.0 };
                let wave = |position: usize, k: usize| {
                    (std::f64::consts::PI * ((2 * position + 1) * k) as f64 / 16.0).cos()
                };
                let value = f64::from(coefficients[8 * v + u]);
                sum += scale(u) * scale(v) * value * wave(x, u) * wave(y, v) / 4.0;
            }
        }
        sum + 128.0
    }
}
