//! The weights of one axis: which source samples make each output sample, and how much of each.
//!
//! Every output sample has its own weights, computed for its exact phase. They are integers
//! whose sum is exactly a power of two, so a constant picture stays constant, and they are the
//! same read from either end, so a mirrored picture gives the mirrored output.

use std::ops::Range;

use crate::allocate::reserve;
use crate::error::Error;
use crate::kernels::{Cpu, Weights};
use crate::spec::{Axis, Grid};
use crate::window::Window;

/// Weights for every output sample of an axis.
#[derive(Debug)]
pub(crate) struct Taps {
    /// The source samples that matter at all. Everything below counts from its start.
    pub(crate) source: Range<u32>,
    /// For each output sample the source sample of its first weight; even, and never
    /// decreasing.
    pub(crate) first: Vec<u32>,
    /// For each output sample the source sample after its last; never decreasing.
    pub(crate) end: Vec<u32>,
    /// Weights of one output sample, an even number.
    pub(crate) width: usize,
    /// `width` weights for each output sample, zeros at the end.
    weights: Vec<i16>,
    /// The sum of the weights of an output sample is `1 << shift`.
    pub(crate) shift: u32,
}

/// The source samples that make one output sample.
struct Span {
    samples: Range<u32>,
    /// Where their weights begin.
    at: usize,
}

impl Taps {
    pub(crate) fn new(axis: &Axis, cpu: Cpu) -> Result<Taps, Error> {
        let window = Window::new(axis)?;
        let size = axis.size as usize;
        // All weights before rounding, one output sample after the other, and the sample of each.
        let mut exact: Vec<f64> = reserve(size.saturating_mul(window.widest()))?;
        let mut spans: Vec<Span> = reserve(size)?;
        for output in 0..axis.size {
            let at = exact.len();
            let samples = window.distances(output, &mut exact);
            spans.push(Span { samples, at });
        }
        window.weigh(&mut exact, cpu);
        if axis.grid == Grid::Doubled {
            exact = fold(&exact, &mut spans, axis.available)?;
        }
        let mut shift = 15;
        for span in &mut spans {
            let weights = &mut exact[span.at..][..span.samples.len()];
            // Zeros need no samples.
            let some = |weight: &f64| weight.abs() > 1e-9;
            let kept = weights.iter().rposition(some).map_or(1, |i| i + 1);
            let skipped = weights.iter().position(some).unwrap_or(0);
            span.samples = span.samples.start + skipped as u32..span.samples.start + kept as u32;
            span.at += skipped;
            let weights = &mut weights[skipped..kept];
            scale(weights);
            let size: f64 = weights.iter().map(|weight| weight.abs()).sum();
            let top = weights
                .iter()
                .fold(0.0, |top: f64, weight| top.max(weight.abs()));
            // A weight must fit i16, and a sum of products of i16 must fit i32.
            while shift > 0 && (top.max(size / 2.0) + 1e-3) * f64::from(1 << shift) > 32767.0 {
                shift -= 1;
            }
        }
        let (mut first, mut end) = (reserve(size)?, reserve(size)?);
        first.extend(spans.iter().map(|span| span.samples.start));
        end.extend(spans.iter().map(|span| span.samples.end));
        // An exact phase needs fewer samples than its neighbors; keep both ends in order.
        for i in 1..size {
            end[i] = end[i].max(end[i - 1]);
            let back = size - 1 - i;
            first[back] = first[back].min(first[back + 1]);
        }
        let source = first[0]..end[size - 1];
        for i in 0..size {
            first[i] = (first[i] - source.start) / 2 * 2;
            end[i] -= source.start;
        }
        let longest = first.iter().zip(&end).map(|(first, end)| end - first).max();
        let width = longest.unwrap_or(1).next_multiple_of(2) as usize;
        let mut weights = reserve(size.saturating_mul(width))?;
        for (output, span) in spans.iter().enumerate() {
            let offset = span.samples.start - source.start - first[output];
            weights.resize(output * width + offset as usize, 0);
            round(&exact[span.at..][..span.samples.len()], shift, &mut weights);
        }
        weights.resize(size * width, 0);
        Ok(Taps {
            source,
            first,
            end,
            weights,
            width,
            shift,
        })
    }

    /// The most bytes that the weights of this axis take.
    pub(crate) fn memory(axis: &Axis) -> u64 {
        u64::from(axis.size) * (10 * Taps::widest(axis) + 16)
    }

    /// The most weights of an output sample.
    pub(crate) fn widest(axis: &Axis) -> u64 {
        let ratio = (axis.extent / f64::from(axis.size)).max(1.0);
        ((6.0 * ratio).min(axis.extent) + 6.0) as u64
    }

    /// The weights of one output sample, in pairs.
    pub(crate) fn of(&self, output: usize) -> &[Weights] {
        self.weights[output * self.width..][..self.width]
            .as_chunks()
            .0
    }
}

/// The weights of the stored samples, from those of the doubled ones.
fn fold(doubled: &[f64], spans: &mut [Span], available: u32) -> Result<Vec<f64>, Error> {
    let mut folded = reserve(doubled.len() + 4 * spans.len())?;
    for span in spans {
        let weights = &doubled[span.at..][..span.samples.len()];
        let samples = (span.samples.start / 2).saturating_sub(1)
            ..(span.samples.end.div_ceil(2) + 1).min(available);
        span.at = folded.len();
        folded.resize(span.at + samples.len(), 0.0);
        let mut add = |sample: u32, weight: f64| {
            let sample = sample.min(available - 1);
            folded[span.at + (sample - samples.start) as usize] += weight;
        };
        for (sample, weight) in span.samples.clone().zip(weights) {
            let (own, odd) = (sample / 2, sample % 2);
            add(own, 0.75 * weight);
            add((own + odd).saturating_sub(1 - odd), 0.25 * weight);
        }
        span.samples = samples;
    }
    Ok(folded)
}

/// Makes the sum of the weights one, except for the last digits.
fn scale(weights: &mut [f64]) {
    // Added from both ends, so that the mirrored sum has the same last digits.
    let half = weights.len() / 2;
    let ahead: f64 = weights[..half].iter().sum();
    let behind: f64 = weights[weights.len() - half..].iter().rev().sum();
    let mut sum = ahead + behind;
    if weights.len() % 2 == 1 {
        sum += weights[half];
    }
    let scale = 1.0 / sum;
    weights.iter_mut().for_each(|weight| *weight *= scale);
}

/// Appends the weights as integers with a sum of exactly `1 << shift`.
///
/// Each side is rounded as a running sum, from the outside in, so that errors cancel instead of
/// adding up, and the highest weight takes the remainder. If there are two highest ones, they share it;
/// an odd remainder goes to the longer side. (With equal sides the weights are symmetric, so the remainder
/// is even.)
fn round(exact: &[f64], shift: u32, weights: &mut Vec<i16>) {
    let top = exact.iter().copied().fold(f64::MIN, f64::max);
    let left = exact.iter().position(|&w| w == top).unwrap_or(0);
    let right = exact.iter().rposition(|&w| w == top).unwrap_or(left);
    let base = weights.len();
    weights.resize(base + exact.len(), 0);
    let weights = &mut weights[base..];
    let one = f64::from(1 << shift);
    let mut rest = 1i32 << shift;
    let mut running = |indices: &mut dyn Iterator<Item = usize>| {
        let (mut sum, mut used) = (0.0, 0i32);
        for i in indices {
            sum += exact[i] * one;
            let weight = sum.round() as i32 - used;
            used += weight;
            weights[i] = weight as i16;
        }
        rest -= used;
    };
    running(&mut (0..left));
    running(&mut (right + 1..exact.len()).rev());
    running(&mut (left + 1..right));
    if left == right {
        weights[left] = rest as i16;
    } else {
        let (less, more) = (rest >> 1, rest - (rest >> 1));
        let to_left = left > exact.len() - 1 - right;
        weights[left] = if to_left { more } else { less } as i16;
        weights[right] = if to_left { less } else { more } as i16;
    }
}
