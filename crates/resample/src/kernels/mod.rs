//! The loops over samples, compiled for each kind of CPU. The only files that know the SIMD crate.
//!
//! Between the passes a sample is an `i16` with [`FRACTION`] bits of fraction, counted from the
//! middle of the range: (sample - 128) * 128. That leaves room for twice the range, and filters
//! overshoot it by a third at most. Colors of RGBA are multiplied by their alpha first.
//!
//! All sums are of integers and exact, so every kind of CPU gives the same bytes.
//!
//! The loops are plain: the compiler must inline everything that touches a vector into the function
//! made for the CPU, but it may not inline closures in the standard library's iterators.

mod chunk;
mod finish;
mod lanes;
mod reduce;

use fearless_simd::{Level, dispatch};

use crate::spec::Layout;

pub(crate) use lanes::{BATCH, BLOCK, BytePairs, FRACTION, LANES, Pairs, Sums, Weights};
pub(crate) use reduce::{Rows, Turned};

/// What the current CPU can do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cpu(Level);

impl Cpu {
    pub(crate) fn new() -> Cpu {
        Cpu(Level::new())
    }

    /// Every kind of CPU that this one can emulate.
    #[cfg(all(test, target_arch = "x86_64"))]
    pub(crate) fn all() -> Vec<Cpu> {
        use fearless_simd::Simd;
        let best = Level::new();
        let levels = [
            best.as_sse2().map(|simd| simd.level()),
            best.as_sse4_2().map(|simd| simd.level()),
            best.as_avx2().map(|simd| simd.level()),
            best.as_avx512().map(|simd| simd.level()),
        ];
        levels.into_iter().flatten().map(Cpu).collect()
    }

    /// Applies a function of plain arithmetic, which the compiler vectorizes.
    pub(crate) fn map(self, values: &mut [f64], function: impl Fn(f64) -> f64) {
        dispatch!(self.0, _simd => {
            for value in &mut *values {
                *value = function(*value);
            }
        });
    }

    /// Puts two rows side by side. The pairs go to the first `unit` positions of every `stride`.
    pub(crate) fn pair(
        self,
        rows: [&[u8]; 2],
        pairs: &mut [BytePairs],
        unit: usize,
        stride: usize,
    ) {
        dispatch!(self.0, simd => chunk::pair(simd, rows, pairs, unit, stride));
    }

    /// The same for RGBA pixels, with the colors multiplied by their alpha.
    pub(crate) fn pair_rgba(
        self,
        rows: [&[u8]; 2],
        pairs: &mut [Pairs],
        unit: usize,
        stride: usize,
    ) {
        dispatch!(self.0, simd => chunk::pair(simd, rows, pairs, unit, stride));
    }

    /// Makes rows of the vertical pass and transposes them, so that each becomes one lane.
    pub(crate) fn reduce(self, channels: usize, rows: &Rows<BytePairs>, turned: &mut Turned) {
        dispatch!(self.0, simd => match channels {
            1 => reduce::reduce::<1, 4, _, _>(simd, rows, turned),
            3 => reduce::reduce::<3, 3, _, _>(simd, rows, turned),
            _ => reduce::reduce::<4, 4, _, _>(simd, rows, turned),
        });
    }

    /// The same for RGBA pixels.
    pub(crate) fn reduce_rgba(self, rows: &Rows<Pairs>, turned: &mut Turned) {
        dispatch!(self.0, simd => reduce::reduce::<4, 4, _, _>(simd, rows, turned));
    }

    /// The sum of all pairs times their weights, for each of some columns.
    pub(crate) fn dots(self, columns: &[(&[Pairs], &[Weights])], sums: &mut [Sums; LANES]) {
        dispatch!(self.0, simd => finish::dots(simd, columns, sums));
    }

    /// Converts columns of sums, without their last `shift` bits, to rows of bytes.
    pub(crate) fn finish(
        self,
        layout: Layout,
        columns: &[Sums; LANES],
        shift: u32,
    ) -> [[u8; LANES]; LANES] {
        dispatch!(self.0, simd => finish::finish(simd, layout, columns, shift))
    }
}
