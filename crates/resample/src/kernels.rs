//! The loops over samples, compiled for the CPU at hand.
//!
//! All arithmetic is on integers, so every level gives the same bytes.

use crate::taps::Taps;

/// What the CPU can do.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Level {
    /// What every CPU of the architecture can.
    Plain,
}

impl Level {
    pub(crate) fn best() -> Level {
        Level::Plain
    }

    /// Runs a loop that the compiler vectorizes.
    #[inline(always)]
    pub(crate) fn run<R>(self, f: impl FnOnce() -> R) -> R {
        match self {
            Level::Plain => f(),
        }
    }

    /// Adds rows of pairs, each times its weights. The rows are `stride` pairs apart.
    pub(crate) fn add_pairs(
        self,
        sums: &mut [i32],
        pairs: &[[i16; 2]],
        stride: usize,
        weights: &[[i16; 2]],
    ) {
        self.run(|| {
            for (row, &[a, b]) in pairs.chunks(stride).zip(weights) {
                for (sum, pair) in sums.iter_mut().zip(row) {
                    *sum += i32::from(pair[0]) * i32::from(a) + i32::from(pair[1]) * i32::from(b);
                }
            }
        });
    }

    /// Rounds a row of sums to 16 bits and splits it into its channels.
    pub(crate) fn split(
        self,
        row: &[i32],
        shift: u32,
        planes: &mut [i16],
        stride: usize,
        channels: usize,
    ) {
        self.run(|| {
            for channel in 0..channels {
                let plane = &mut planes[channel * stride..][..row.len() / channels];
                for (sample, pixel) in plane.iter_mut().zip(row.chunks_exact(channels)) {
                    *sample = narrow(pixel[channel], shift);
                }
            }
        });
    }

    /// The sum of products of every output sample.
    pub(crate) fn dots(self, plane: &[i16], taps: &Taps, sums: &mut [i32]) {
        self.run(|| {
            let weights = taps.weights.chunks_exact(taps.width);
            for ((sum, weights), &first) in sums.iter_mut().zip(weights).zip(&taps.first) {
                let samples = &plane[first as usize..][..weights.len()];
                *sum = samples
                    .iter()
                    .zip(weights)
                    .map(|(&sample, &weight)| i32::from(sample) * i32::from(weight))
                    .sum();
            }
        });
    }
}

#[inline(always)]
fn narrow(sum: i32, shift: u32) -> i16 {
    (sum >> shift).clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16
}

/// Puts two rows side by side.
#[inline(always)]
pub(crate) fn pair(even: &[i16], odd: &[i16], pairs: &mut [[i16; 2]]) {
    for ((pair, &even), &odd) in pairs.iter_mut().zip(even).zip(odd) {
        *pair = [even, odd];
    }
}
