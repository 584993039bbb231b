//! Shrinks and enlarges pictures of interleaved 8-bit channels, row by row.
//!
//! The source's rows go in as a decoder makes them, and each is discarded once the output rows that
//! need it are made. So the memory is a few rows of the source's width (as many as the filter reaches
//! over, and half as many again), plus the output. Vertical pass first, then horizontal.
//!
//! - **Filter:** Lanczos with three lobes, widened by the ratio, where an axis shrinks; Catmull-Rom
//!   where it grows. It never sees beyond the samples that the window touches: weights that would
//!   fall outside are left out and the others scaled up.
//! - **Precision:** every output sample has its own weights for its exact phase. Between the
//!   passes samples have 16 bits, with room for overshoot; rounding to nearest, once, at the end.
//! - **Determinism:** the weights are integers and so is all arithmetic on samples; sums are exact.
//!   The same source gives the same bytes on every CPU.
//! - An axis of the same size and phase is copied exactly. A constant picture stays constant. A
//!   mirrored picture gives the mirrored output.
//!
//! ```
//! use headshot_resample::{Axis, Layout, Resampler, Spec};
//!
//! let spec = Spec {
//!     layout: Layout::Rgb,
//!     horizontal: Axis::whole(40, 20),
//!     vertical: Axis::whole(30, 15),
//! };
//! let mut resampler = Resampler::new(&spec)?;
//! for _row in resampler.rows() {
//!     resampler.push_row(&[200; 40 * 3])?;
//! }
//! assert_eq!(resampler.finish()?, [200; 20 * 15 * 3]);
//! # Ok::<(), headshot_resample::Error>(())
//! ```

mod allocate;
mod error;
mod horizontal;
mod kernels;
mod spec;
mod taps;
mod vertical;
mod window;

use std::ops::Range;
use std::sync::Arc;

pub use error::Error;
pub use spec::{Axis, Grid, Layout, MAX_SIDE, Spec};

use allocate::reserve;
use horizontal::Horizontal;
use kernels::Cpu;
use taps::Taps;
use vertical::Vertical;

/// The most bytes that resampling takes, the output included: an upper bound, from the numbers
/// alone.
///
/// In addition to the output and the weights it is about nine rows of the window times the ratio of the
/// heights (eighteen with alpha), and 32 more. The numbers are not checked here: if [`Resampler::new`]
/// refuses them, the answer is meaningless.
pub fn memory(spec: &Spec) -> u64 {
    let channels = spec.layout.channels() as u64;
    // Nonsense must not overflow.
    let [horizontal, vertical] = [spec.horizontal, spec.vertical].map(|axis| Axis {
        extent: axis.extent.clamp(0.0, f64::from(MAX_SIDE)),
        size: axis.size.clamp(1, MAX_SIDE),
        ..axis
    });
    let width = (horizontal.extent.ceil() as u64 + 2) * channels;
    let output = u64::from(horizontal.size) * u64::from(vertical.size) * channels;
    Vertical::memory(&vertical, spec.layout, width)
        + Horizontal::memory(&horizontal, channels)
        + output
}

/// A picture being resampled.
#[derive(Debug)]
pub struct Resampler {
    spec: Spec,
    cpu: Cpu,
    vertical: Vertical,
    horizontal: Horizontal,
    /// Its rows so far.
    output: Vec<u8>,
}

impl Resampler {
    /// Computes the weights and allocates everything.
    ///
    /// # Errors
    ///
    /// `Side` and `Window`: the spec is wrong. `OutOfMemory`.
    pub fn new(spec: &Spec) -> Result<Resampler, Error> {
        Resampler::on(spec, Cpu::new()).map_err(|error| match error {
            Error::OutOfMemory { .. } => Error::OutOfMemory {
                bytes: memory(spec),
            },
            other => other,
        })
    }

    fn on(spec: &Spec, cpu: Cpu) -> Result<Resampler, Error> {
        let horizontal = Taps::new(&spec.horizontal, cpu)?;
        let vertical = Taps::new(&spec.vertical, cpu)?;
        Resampler::with(spec, cpu, [horizontal, vertical].map(Arc::new))
    }

    /// A resampler for another picture of the same spec, starting at the first row. It shares the weights.
    ///
    /// # Errors
    ///
    /// `OutOfMemory`.
    pub fn another(&self) -> Result<Resampler, Error> {
        let taps = [&self.horizontal.taps, &self.vertical.taps].map(Arc::clone);
        Resampler::with(&self.spec, self.cpu, taps)
    }

    fn with(
        spec: &Spec,
        cpu: Cpu,
        [horizontal, vertical]: [Arc<Taps>; 2],
    ) -> Result<Resampler, Error> {
        let layout = spec.layout;
        let bytes = horizontal.source.len() * layout.channels();
        let output = (spec.horizontal.size as usize)
            .saturating_mul(spec.vertical.size as usize)
            .saturating_mul(layout.channels());
        Ok(Resampler {
            spec: *spec,
            cpu,
            vertical: Vertical::new(vertical, layout, bytes)?,
            horizontal: Horizontal::new(horizontal, layout)?,
            output: reserve(output)?,
        })
    }

    /// The rows of the source that are needed, all of them and no others.
    pub fn rows(&self) -> Range<u32> {
        self.vertical.source()
    }

    /// Takes the next row, starting with the first of [`rows`](Resampler::rows).
    ///
    /// The row has all columns of the source, including those left and right of the window.
    ///
    /// # Errors
    ///
    /// `RowLength` and `RowCount`: the caller is wrong, and the row is not taken.
    pub fn push_row(&mut self, row: &[u8]) -> Result<(), Error> {
        let layout = self.spec.layout;
        let expected = self.spec.horizontal.available as usize * layout.channels();
        if row.len() != expected {
            return Err(Error::RowLength {
                found: row.len(),
                expected,
            });
        }
        let rows = self.rows().len() as u32;
        if self.vertical.pushed() == rows {
            return Err(Error::RowCount {
                found: rows + 1,
                expected: rows,
            });
        }
        let columns = self.horizontal.source();
        let row =
            &row[columns.start as usize * layout.channels()..][..columns.len() * layout.channels()];
        self.vertical.push(self.cpu, row);
        while let Some(batch) = self.vertical.ready() {
            let last = batch.end == self.spec.vertical.size;
            self.vertical
                .make(self.cpu, batch.clone(), &mut self.horizontal.next_rows());
            self.horizontal.add(batch.len());
            if last || self.horizontal.is_full() {
                self.horizontal.flush(self.cpu, &mut self.output);
            }
        }
        Ok(())
    }

    /// The output, row after row, once all rows have been pushed.
    ///
    /// # Errors
    ///
    /// `RowCount`: rows are missing.
    pub fn finish(self) -> Result<Vec<u8>, Error> {
        let (found, expected) = (self.vertical.pushed(), self.rows().len() as u32);
        if found != expected {
            return Err(Error::RowCount { found, expected });
        }
        Ok(self.output)
    }
}

/// The example of the README, so that it stays true.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_cpu_gives_the_same_bytes() {
        let mut seed = 5u32;
        let mut noise = || {
            seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
            (seed >> 24) as u8
        };
        let cpus = Cpu::all();
        assert!(!cpus.is_empty());
        for layout in [Layout::Gray, Layout::Rgb, Layout::Four, Layout::Rgba] {
            for (from, to) in [(331, 97), (40, 131), (64, 64), (7, 5)] {
                let spec = Spec {
                    layout,
                    horizontal: Axis {
                        start: 0.5,
                        extent: f64::from(from) - 1.25,
                        available: from,
                        grid: Grid::Plain,
                        size: to,
                    },
                    vertical: Axis::whole(from + 3, to + 2),
                };
                let row = from as usize * layout.channels();
                let source: Vec<u8> = (0..row * (from as usize + 3)).map(|_| noise()).collect();
                let mut outputs = cpus.iter().map(|&cpu| {
                    let mut resampler = Resampler::on(&spec, cpu).unwrap();
                    for row in source.chunks(row) {
                        resampler.push_row(row).unwrap();
                    }
                    resampler.finish().unwrap()
                });
                let first = outputs.next().unwrap();
                assert!(outputs.all(|output| output == first), "{spec:?}");
            }
        }
    }
}
