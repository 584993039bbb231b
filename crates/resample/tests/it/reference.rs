//! The exact result, computed the slow way in floating point.

use headshot_resample::{Axis, Grid, Layout, Resampler, Spec};

/// Pseudo-random bytes that are the same in every run.
pub(crate) struct Noise(pub(crate) u64);

impl Noise {
    pub(crate) fn bytes(&mut self, count: usize) -> Vec<u8> {
        let next = |_| {
            self.0 = self
                .0
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            (self.0 >> 56) as u8
        };
        (0..count).map(next).collect()
    }
}

/// The layouts whose channels are independent.
pub(crate) fn layouts() -> [Layout; 3] {
    [Layout::Gray, Layout::Rgb, Layout::Four]
}

/// What the crate makes of it.
pub(crate) fn resample(spec: &Spec, source: &[u8]) -> Vec<u8> {
    let mut resampler = Resampler::new(spec).unwrap();
    let stride = spec.horizontal.available as usize * spec.layout.channels();
    for y in resampler.rows() {
        resampler
            .push_row(&source[y as usize * stride..][..stride])
            .unwrap();
    }
    resampler.finish().unwrap()
}

/// The weights of every sample for one output sample.
fn weights(axis: &Axis, output: u32) -> Vec<(usize, f64)> {
    let ratio = axis.extent / f64::from(axis.size);
    let center = axis.start + ratio * (f64::from(output) + 0.5);
    let all = match axis.grid {
        Grid::Doubled => 2 * axis.available,
        _ => axis.available,
    };
    let end = (axis.start + axis.extent).ceil().min(all.into());
    let seen = axis.start.floor() as usize..end as usize;
    let kernel = |x: f64| {
        let x = x.abs();
        let sinc = |x: f64| {
            if x == 0.0 {
                1.0
            } else {
                (x * std::f64::consts::PI).sin() / (x * std::f64::consts::PI)
            }
        };
        if ratio > 1.0 {
            let x = x / ratio;
            if x < 3.0 {
                sinc(x) * sinc(x / 3.0)
            } else {
                0.0
            }
        } else if x < 1.0 {
            1.5 * x.powi(3) - 2.5 * x.powi(2) + 1.0
        } else if x < 2.0 {
            -0.5 * x.powi(3) + 2.5 * x.powi(2) - 4.0 * x + 2.0
        } else {
            0.0
        }
    };
    let weights: Vec<_> = seen.map(|i| (i, kernel(i as f64 + 0.5 - center))).collect();
    let sum: f64 = weights.iter().map(|w| w.1).sum();
    let weights = weights
        .into_iter()
        .map(|(i, w)| (i, w / sum))
        .filter(|w| w.1 != 0.0);
    if axis.grid == Grid::Plain {
        return weights.collect();
    }
    weights
        .flat_map(|(i, w)| {
            let last = axis.available as usize - 1;
            let other = if i % 2 == 0 {
                (i / 2).saturating_sub(1)
            } else {
                (i / 2 + 1).min(last)
            };
            [(i / 2, 0.75 * w), (other, 0.25 * w)]
        })
        .collect()
}

/// The output before rounding and clamping.
pub(crate) fn exact(spec: &Spec, source: &[u8]) -> Vec<f64> {
    let channels = spec.layout.channels();
    let stride = spec.horizontal.available as usize * channels;
    let across: Vec<_> = (0..spec.horizontal.size)
        .map(|x| weights(&spec.horizontal, x))
        .collect();
    let mut output = Vec::new();
    for y in 0..spec.vertical.size {
        let mut row = vec![0.0; stride];
        for (i, weight) in weights(&spec.vertical, y) {
            for (sum, &sample) in row.iter_mut().zip(&source[i * stride..][..stride]) {
                *sum += weight * f64::from(sample);
            }
        }
        for taps in &across {
            for channel in 0..channels {
                output.push(
                    taps.iter()
                        .map(|&(i, w)| w * row[i * channels + channel])
                        .sum(),
                );
            }
        }
    }
    output
}
