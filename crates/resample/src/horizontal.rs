//! The horizontal pass: one row, reduced vertically already, to one row of the output.

use crate::kernels::Level;
use crate::taps::{Taps, reserve};
use crate::{Axis, Error};

/// Weights are read this many at a time.
const STEP: u32 = 16;

#[derive(Debug)]
pub(crate) struct Horizontal {
    taps: Taps,
    channels: usize,
    /// The row, channel by channel, each followed by zeros for the last weights to meet.
    planes: Vec<i16>,
    /// Samples of a plane, with the zeros.
    stride: usize,
    /// The sums of the output row, channel by channel.
    sums: Vec<i32>,
}

impl Horizontal {
    pub(crate) fn new(axis: &Axis, channels: usize) -> Result<Horizontal, Error> {
        let taps = Taps::new(axis, 1, STEP)?;
        let stride = taps.source.len() + taps.width;
        let mut planes = reserve(stride * channels)?;
        planes.resize(stride * channels, 0);
        let mut sums = reserve(axis.size as usize * channels)?;
        sums.resize(axis.size as usize * channels, 0);
        Ok(Horizontal {
            taps,
            channels,
            planes,
            stride,
            sums,
        })
    }

    /// Bytes that this takes, at most.
    pub(crate) fn memory(axis: &Axis, channels: u64) -> u64 {
        let taps = Taps::memory(axis);
        let width = taps / u64::from(axis.size);
        let stride = axis.extent.ceil() as u64 + 2 + width;
        taps + channels * (2 * stride + 4 * u64::from(axis.size))
    }

    /// The columns of the source that matter.
    pub(crate) fn source(&self) -> std::ops::Range<u32> {
        self.taps.source.clone()
    }

    /// Resamples a row of sums of the vertical pass. Returns the new sums, channel by channel, and
    /// how many of their bits are fraction.
    pub(crate) fn resample(&mut self, level: Level, row: &[i32], shift: u32) -> (&[i32], u32) {
        level.split(row, shift, &mut self.planes, self.stride, self.channels);
        let size = self.taps.first.len();
        let planes = self.planes.chunks_exact(self.stride);
        for (plane, sums) in planes.zip(self.sums.chunks_exact_mut(size)) {
            level.dots(plane, &self.taps, sums);
        }
        (&self.sums, self.taps.shift + crate::FRACTION)
    }
}
