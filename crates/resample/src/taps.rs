//! The weights of one axis: which source samples make each output sample, and how much of each.
//!
//! Every output sample has weights of its own, worked out for its exact phase. They are integers
//! whose sum is exactly a power of two, so a constant picture stays constant, and they are the
//! same read from either end, so a mirrored picture gives the mirrored output.

use std::f64::consts::PI;
use std::ops::Range;

use crate::{Axis, Error, MAX_SIDE};

/// Weights for every output sample of an axis.
#[derive(Debug)]
pub(crate) struct Taps {
    /// The source samples that matter at all. Everything below counts from its start.
    pub(crate) source: Range<u32>,
    /// For each output sample the source sample that its first weight belongs to; even, and never
    /// falling.
    pub(crate) first: Vec<u32>,
    /// For each output sample the source sample after its last; never falling.
    pub(crate) end: Vec<u32>,
    /// Weights of one output sample, an even number.
    pub(crate) width: usize,
    /// `width` weights for each output sample, zeros at the end.
    weights: Vec<i16>,
    /// The sum of the weights of an output sample is `1 << shift`.
    pub(crate) shift: u32,
}

impl Taps {
    pub(crate) fn new(axis: &Axis) -> Result<Taps, Error> {
        let window = Window::new(axis)?;
        let size = axis.size as usize;
        let mut spans = reserve(size)?;
        spans.extend((0..axis.size).map(|output| window.span(output)));
        // An exact phase needs fewer samples than its neighbors; keep both ends in order.
        for i in 1..size {
            spans[i].end = spans[i].end.max(spans[i - 1].end);
        }
        for i in (1..size).rev() {
            spans[i - 1].start = spans[i - 1].start.min(spans[i].start);
        }
        let source = spans[0].start..spans[size - 1].end;
        let (mut first, mut end) = (reserve(size)?, reserve(size)?);
        first.extend(spans.iter().map(|s| (s.start - source.start) / 2 * 2));
        end.extend(spans.iter().map(|s| s.end - source.start));
        let longest = first.iter().zip(&end).map(|(f, e)| e - f).max();
        let width = longest.unwrap_or(1).next_multiple_of(2) as usize;

        // All weights before rounding, one output sample after the other.
        let count = spans.iter().map(Range::len).sum();
        let mut exact: Vec<f64> = reserve(count)?;
        let mut shift = 15;
        for (output, span) in spans.iter().enumerate() {
            let start = exact.len();
            window.exact(output as u32, span, &mut exact);
            let size: f64 = exact[start..].iter().map(|w| w.abs()).sum();
            let top = exact[start..].iter().fold(0.0, |a: f64, w| a.max(w.abs()));
            // A weight must fit i16, and a sum of products of i16 must fit i32.
            while shift > 0 && (top.max(size / 2.0) + 1e-3) * f64::from(1 << shift) > 32767.0 {
                shift -= 1;
            }
        }
        let mut weights = reserve(size.saturating_mul(width))?;
        let mut exact = &exact[..];
        for (output, span) in spans.iter().enumerate() {
            let (these, rest) = exact.split_at(span.len());
            exact = rest;
            let offset = span.start - source.start - first[output];
            weights.resize(output * width + offset as usize, 0);
            round(these, shift, &mut weights);
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

    /// Bytes that the weights of this axis take, at most.
    pub(crate) fn memory(axis: &Axis) -> u64 {
        u64::from(axis.size) * (10 * Taps::widest(axis) + 16)
    }

    /// Weights that an output sample has, at most.
    pub(crate) fn widest(axis: &Axis) -> u64 {
        let ratio = (axis.extent / f64::from(axis.size)).max(1.0);
        ((6.0 * ratio).min(axis.extent) + 6.0) as u64
    }

    /// The weights of one output sample, in pairs.
    pub(crate) fn of(&self, output: usize) -> &[[i16; 2]] {
        self.weights[output * self.width..][..self.width]
            .as_chunks()
            .0
    }
}

/// An empty vector with room for this many.
pub(crate) fn reserve<T>(count: usize) -> Result<Vec<T>, Error> {
    let mut vec = Vec::new();
    let bytes = (count as u64).saturating_mul(size_of::<T>() as u64);
    vec.try_reserve_exact(count)
        .map_err(|_| Error::OutOfMemory { bytes })?;
    Ok(vec)
}

/// A vector of this many.
pub(crate) fn filled<T: Clone>(value: T, count: usize) -> Result<Vec<T>, Error> {
    let mut vec = reserve(count)?;
    vec.resize(count, value);
    Ok(vec)
}

/// A checked axis, with what its weights are made from.
struct Window {
    start: f64,
    end: f64,
    /// Samples from one output sample to the next.
    ratio: f64,
    /// Samples that the filter may look at: those that the window touches.
    seen: Range<u32>,
    size: u32,
}

impl Window {
    fn new(axis: &Axis) -> Result<Window, Error> {
        let Axis {
            start,
            extent,
            available,
            size,
        } = *axis;
        if !(1..=MAX_SIDE).contains(&available) || !(1..=MAX_SIDE).contains(&size) {
            return Err(Error::Side { available, size });
        }
        let end = start + extent;
        // NaN fails too.
        if !(start >= 0.0 && extent >= SHORTEST && end <= f64::from(available)) {
            return Err(Error::Window {
                start,
                extent,
                available,
            });
        }
        Ok(Window {
            start,
            end,
            ratio: extent / f64::from(size),
            seen: start.floor() as u32..end.ceil() as u32,
            size,
        })
    }

    /// How far sample `index` is from the middle of an output sample, in source samples.
    ///
    /// Output samples in the first half are measured from the start of the window and the others
    /// from its end, so that both ends get exactly the same weights.
    fn distance(&self, output: u32, index: u32) -> f64 {
        let middle = f64::from(index) + 0.5;
        let extent = self.end - self.start;
        let along =
            |steps: u32| extent * (2.0 * f64::from(steps) + 1.0) / (2.0 * f64::from(self.size));
        let mirrored = self.size - 1 - output;
        if output <= mirrored {
            (middle - self.start) - along(output)
        } else {
            along(mirrored) - (self.end - middle)
        }
    }

    /// The weight of a sample at this distance, before all are scaled to a sum of one.
    fn weight(&self, distance: f64) -> f64 {
        if self.ratio > 1.0 {
            lanczos3(distance / self.ratio)
        } else {
            catmull_rom(distance)
        }
    }

    /// The samples with a weight. There is always one: the middle of an output sample lies in the
    /// window, so the sample it falls on has been seen.
    fn span(&self, output: u32) -> Range<u32> {
        let reach = if self.ratio > 1.0 {
            3.0 * self.ratio
        } else {
            2.0
        };
        let middle = self.start + self.ratio * (f64::from(output) + 0.5);
        let mut from = ((middle - reach - 1.0).max(0.0) as u32).max(self.seen.start);
        let mut to = ((middle + reach + 2.0) as u32).min(self.seen.end);
        let none = |index| self.weight(self.distance(output, index)).abs() < 1e-9;
        while to - from > 1 && none(from) {
            from += 1;
        }
        while to - from > 1 && none(to - 1) {
            to -= 1;
        }
        from..to
    }

    /// Appends the weights of one output sample, with a sum of one but for the last digits.
    fn exact(&self, output: u32, span: &Range<u32>, out: &mut Vec<f64>) {
        let start = out.len();
        out.extend(span.clone().map(|i| self.weight(self.distance(output, i))));
        let weights = &mut out[start..];
        // Added from both ends, so that the mirrored sum has the same last digits.
        let half = weights.len() / 2;
        let ahead: f64 = weights[..half].iter().sum();
        let behind: f64 = weights[weights.len() - half..].iter().rev().sum();
        let mut sum = ahead + behind;
        if weights.len() % 2 == 1 {
            sum += weights[half];
        }
        weights.iter_mut().for_each(|weight| *weight /= sum);
    }
}

/// Below this a window is nothing but a mistake of the caller.
const SHORTEST: f64 = 1e-3;

fn lanczos3(x: f64) -> f64 {
    let x = x.abs();
    if x >= 3.0 {
        return 0.0;
    }
    if x < 1e-8 {
        return 1.0;
    }
    // sinc(x) sinc(x / 3), with the sine of the triple angle.
    let sine = sin_pi(x / 3.0);
    3.0 * sine * sine * (3.0 - 4.0 * sine * sine) / (PI * PI * x * x)
}

/// The sine of `PI * x`, for x from 0 to 1. The standard library's depends on the system, sometimes on
/// the CPU, in its last digit; the output must not.
fn sin_pi(x: f64) -> f64 {
    let angle = PI * x.min(1.0 - x);
    let square = angle * angle;
    // Taylor's series, from its smallest term. The angle is at most a quarter of a turn.
    angle
        * TAYLOR
            .iter()
            .rev()
            .fold(0.0, |sum, term| sum * square + term)
}

/// 1, -1/3!, 1/5! and so on.
const TAYLOR: [f64; 12] = {
    let mut terms = [1.0; 12];
    let mut i = 1;
    while i < terms.len() {
        let n = 2.0 * i as f64;
        terms[i] = -terms[i - 1] / (n * (n + 1.0));
        i += 1;
    }
    terms
};

/// Keys' cubic with a = -0.5.
fn catmull_rom(x: f64) -> f64 {
    let x = x.abs();
    if x >= 2.0 {
        0.0
    } else if x >= 1.0 {
        ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    } else {
        (1.5 * x - 2.5) * x * x + 1.0
    }
}

/// Appends the weights as integers with a sum of exactly `1 << shift`.
///
/// Each side is rounded as a running sum, from the outside in, so that errors cancel instead of
/// adding up, and the highest weight takes what is missing. Where two are highest, they share it;
/// an odd rest goes to the longer side. (With equal sides the weights are symmetric, so the rest
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
