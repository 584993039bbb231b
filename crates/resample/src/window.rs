//! The wanted part of an axis, and the filters' exact weights in it.

use std::f64::consts::PI;
use std::ops::Range;

use crate::error::Error;
use crate::kernels::Cpu;
use crate::spec::{Axis, Grid, MAX_SIDE};

/// A checked axis.
pub(crate) struct Window {
    start: f64,
    end: f64,
    /// Samples from one output sample to the next.
    ratio: f64,
    /// Samples that the filter may look at: those that the window touches.
    seen: Range<u32>,
    size: u32,
}

impl Grid {
    /// How many samples the filter reaches.
    fn doubled(self, samples: u32) -> u32 {
        match self {
            Grid::Plain => samples,
            Grid::Doubled => 2 * samples,
        }
    }
}

/// A smaller window can only be a mistake of the caller.
const SHORTEST: f64 = 1e-3;

impl Window {
    pub(crate) fn new(axis: &Axis) -> Result<Window, Error> {
        let Axis {
            start,
            extent,
            available,
            grid,
            size,
        } = *axis;
        if !(1..=MAX_SIDE).contains(&available) || !(1..=MAX_SIDE).contains(&size) {
            return Err(Error::Side { available, size });
        }
        let available = grid.doubled(available);
        let end = start + extent;
        let ratio = extent / f64::from(size);
        // The outermost output samples may lie half outside, with a margin for rounded sums.
        let outside = 0.5 * ratio + 1e-3;
        // NaN fails too.
        if !((SHORTEST..f64::INFINITY).contains(&extent)
            && start >= -outside
            && end <= f64::from(available) + outside
            && start < f64::from(available)
            && end > 0.0)
        {
            return Err(Error::Window {
                start,
                extent,
                available,
            });
        }
        Ok(Window {
            start,
            end,
            ratio,
            // Negative numbers become 0.
            seen: start.floor() as u32..(end.ceil() as u32).min(available),
            size,
        })
    }

    /// Samples from the middle of an output sample to the end of its filter.
    fn reach(&self) -> f64 {
        if self.ratio > 1.0 {
            3.0 * self.ratio
        } else {
            2.0
        }
    }

    /// The most samples that an output sample may need.
    pub(crate) fn widest(&self) -> usize {
        self.seen.len().min((2.0 * self.reach()) as usize + 4)
    }

    /// Appends the distances of samples from the middle of an output sample: all that may have a weight.
    /// Returns which.
    ///
    /// There is always one: the middle of an output sample lies in the window and in the source, or on its edge, so the
    /// sample at or next to it is included.
    pub(crate) fn distances(&self, output: u32, out: &mut Vec<f64>) -> Range<u32> {
        let middle = self.start + self.ratio * (f64::from(output) + 0.5);
        let from = ((middle - self.reach() - 1.0).max(0.0) as u32).max(self.seen.start);
        let to = ((middle + self.reach() + 1.0) as u32).min(self.seen.end);
        // Output samples in the first half are measured from the start of the window and the others
        // from its end, so that both ends get exactly the same weights.
        let mirrored = self.size - 1 - output;
        let along = (self.end - self.start) * (2.0 * f64::from(output.min(mirrored)) + 1.0)
            / (2.0 * f64::from(self.size));
        let (base, along) = if output <= mirrored {
            (self.start, -along)
        } else {
            (self.end, along)
        };
        out.extend((from..to).map(|sample| ((f64::from(sample) + 0.5) - base) + along));
        from..to
    }

    /// Replaces distances with weights.
    pub(crate) fn weigh(&self, distances: &mut [f64], cpu: Cpu) {
        if self.ratio > 1.0 {
            let scale = 1.0 / (3.0 * self.ratio);
            cpu.map(distances, |x| lanczos3(x * scale));
        } else {
            cpu.map(distances, catmull_rom);
        }
    }
}

/// Lanczos's filter with three lobes, reaching from -1 to 1.
///
/// The standard library's sine depends on the system, sometimes on the CPU, in its last digit; the
/// output must not.
#[inline(always)]
fn lanczos3(x: f64) -> f64 {
    let x = x.abs();
    let angle = PI * if x > 0.5 { 1.0 - x } else { x };
    let square = angle * angle;
    // The sine of PI * x, by Taylor's series. The angle is at most a quarter of a turn.
    let mut sum = 0.0;
    for i in (0..TAYLOR.len()).rev() {
        sum = sum * square + TAYLOR[i];
    }
    let square = square * sum * sum;
    // sinc(3 x) sinc(x), with the sine of the triple angle.
    let weight = square * (3.0 - 4.0 * square) / (3.0 * PI * PI * x * x);
    if x >= 1.0 {
        0.0
    } else if x < 1e-8 {
        1.0
    } else {
        weight
    }
}

/// 1, -1/3!, 1/5! and so on.
const TAYLOR: [f64; 10] = {
    let mut terms = [1.0; 10];
    let mut i = 1;
    while i < terms.len() {
        let n = 2.0 * i as f64;
        terms[i] = -terms[i - 1] / (n * (n + 1.0));
        i += 1;
    }
    terms
};

/// Keys' cubic with a = -0.5.
#[inline(always)]
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
