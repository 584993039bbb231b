//! The inverse cosine transform, bit for bit the same as libjpeg's `jidctint.c` ("islow"), after
//! Loeffler, Ligtenberg and Moschytz, with 13-bit constants.
//!
//! Coefficients that encoders never produce wrap or saturate, as in libjpeg-turbo's SSE2 version.
//! Every machine gives the same samples.

mod fixed_point;
#[cfg(any(test, not(target_arch = "x86_64")))]
mod portable;
#[cfg(target_arch = "x86_64")]
mod sse2;

use fixed_point::clamp;
#[cfg(not(target_arch = "x86_64"))]
use portable::{halved, samples};
#[cfg(target_arch = "x86_64")]
use sse2::{halved, samples};

use std::ops::Range;

use crate::request::Scale;

/// Dequantizes and transforms one block, and writes its rows of 8 samples, or of as many as the scale says, into `out`, `stride`
/// apart. Smaller blocks use the 4 x 4 and 2 x 2 point transforms of libjpeg 8 on the lowest coefficients alone.
///
/// `coefficients` and `quant` are in natural order. Coefficients at zigzag positions of `used` and
/// above are zero.
#[inline(always)]
pub(crate) fn transform(
    coefficients: &[i16; 64],
    quant: &[i16; 64],
    used: usize,
    scale: Scale,
    out: &mut [u8],
    stride: usize,
) {
    let dc = || mean(coefficients[0], quant[0]);
    match (scale, used) {
        (Scale::Full, ..=1) => write([[dc(); 8]; 8], out, stride),
        (Scale::Full, _) => write(samples(coefficients, quant, used), out, stride),
        (Scale::Half, ..=1) => write([[dc(); 4]; 4], out, stride),
        (Scale::Half, _) => write(halved(coefficients, quant), out, stride),
        (Scale::Quarter, _) => write(quartered(coefficients, quant), out, stride),
        (Scale::Eighth, _) => write([[dc()]], out, stride),
    }
}

/// The mean of a block, from its DC coefficient and the divisor of that.
pub(crate) fn mean(dc: i16, quant: i16) -> u8 {
    flat(dc.wrapping_mul(quant))
}

/// Like [`transform`] for a block that is only partly visible: see [`average_cut`].
pub(crate) fn transform_cut(
    coefficients: &[i16; 64],
    quant: &[i16; 64],
    used: usize,
    scale: Scale,
    inside: [Range<usize>; 2],
    out: &mut [u8],
    stride: usize,
) {
    let mut whole = [0; 64];
    transform(coefficients, quant, used, Scale::Full, &mut whole, 8);
    average_cut((&whole, 8), scale, inside, out, stride);
}

/// A block that is only partly visible, made from its samples at full scale, whose rows are so far apart: the rest repeats its edge, and
/// samples are averages. Invisible samples have no influence.
pub(crate) fn average_cut(
    (whole, apart): (&[u8], usize),
    scale: Scale,
    [columns, rows]: [Range<usize>; 2],
    out: &mut [u8],
    stride: usize,
) {
    let side = scale.divisor() as usize;
    for (y, out) in out.chunks_mut(stride).take(scale.block()).enumerate() {
        for (x, out) in out.iter_mut().take(scale.block()).enumerate() {
            let mut sum = 0;
            for y in y * side..(y + 1) * side {
                let row = &whole[y.clamp(rows.start, rows.end - 1) * apart..];
                let seen =
                    (x * side..(x + 1) * side).map(|x| x.clamp(columns.start, columns.end - 1));
                sum += seen.map(|x| usize::from(row[x])).sum::<usize>();
            }
            *out = ((sum + side * side / 2) / (side * side)) as u8;
        }
    }
}

#[inline(always)]
fn write<const SIDE: usize>(rows: [[u8; SIDE]; SIDE], out: &mut [u8], stride: usize) {
    let mut rest = out;
    for row in rows {
        let Some(to) = rest.first_chunk_mut() else {
            return;
        };
        *to = row;
        rest = rest.get_mut(stride..).unwrap_or_default();
    }
}

/// The 2 x 2 point transform has no constants but 1.
fn quartered(coefficients: &[i16; 64], quant: &[i16; 64]) -> [[u8; 2]; 2] {
    let value = |position: usize| i32::from(coefficients[position].wrapping_mul(quant[position]));
    let (left, right) = (value(0) + value(1) + 4, value(0) - value(1) + 4);
    let (down, crossed) = (value(8) + value(9), value(8) - value(9));
    [
        [left + down, right + crossed],
        [left - down, right - crossed],
    ]
    .map(|row| row.map(|sum| clamp(sum >> 3)))
}

/// The single sample value of a block with only a DC coefficient.
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
    fn smaller_twins_agree_on_every_block() {
        for (coefficients, quant, _) in blocks() {
            assert_eq!(
                halved(&coefficients, &quant),
                portable::halved(&coefficients, &quant)
            );
        }
    }

    #[test]
    fn smaller_samples_are_within_one_of_the_exact_transform() {
        let mut seed = 11u32;
        for _ in 0..200 {
            let coefficients: [i16; 64] = std::array::from_fn(|k| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                ((seed >> 16) as i16) >> (7 + k / 8)
            });
            let near = |found: u8, x: usize, y: usize, points: usize| {
                let exact = exact_of(&coefficients, x, y, points).clamp(0.0, 255.0);
                assert!(
                    (exact - f64::from(found)).abs() < 1.0,
                    "{x},{y} of {points}"
                );
            };
            for (y, row) in halved(&coefficients, &[1; 64]).iter().enumerate() {
                row.iter()
                    .enumerate()
                    .for_each(|(x, &sample)| near(sample, x, y, 4));
            }
            for (y, row) in quartered(&coefficients, &[1; 64]).iter().enumerate() {
                row.iter()
                    .enumerate()
                    .for_each(|(x, &sample)| near(sample, x, y, 2));
            }
        }
    }

    #[test]
    fn the_dc_shortcut_changes_nothing() {
        for dc in -32768..=32767 {
            let mut coefficients = [0; 64];
            coefficients[0] = dc;
            // Beyond the range of 8-bit samples, the full transform saturates in between.
            if (-8191..=8191).contains(&dc) {
                let rows = portable::samples(&coefficients, &[1; 64], 1);
                assert_eq!(rows, [[flat(dc); 8]; 8], "dc {dc}");
                let rows = portable::halved(&coefficients, &[1; 64]);
                assert_eq!(rows, [[flat(dc); 4]; 4], "dc {dc}");
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
        exact_of(coefficients, x, y, 8)
    }

    /// The same for the lowest coefficients, as samples of a block of fewer points.
    fn exact_of(coefficients: &[i16; 64], x: usize, y: usize, points: usize) -> f64 {
        let mut sum = 0.0;
        for v in 0..points {
            for u in 0..points {
                let scale = |k: usize| if k == 0 { 0.5f64.sqrt() } else { 1.0 };
                let wave = |position: usize, k: usize| {
                    let angle = ((2 * position + 1) * k) as f64 / (2 * points) as f64;
                    (std::f64::consts::PI * angle).cos()
                };
                let value = f64::from(coefficients[8 * v + u]);
                sum += scale(u) * scale(v) * value * wave(x, u) * wave(y, v) / 4.0;
            }
        }
        sum + 128.0
    }
}
