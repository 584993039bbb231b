//! The coefficients of one row of MCUs, to which all scans contribute.

use std::ops::Range;

use crate::allocate::filled;
use crate::error::Error;
use crate::idct;
use crate::plane::Plane;
use crate::progressive::Kept;
use crate::request::Scale;

/// One component's share of one row of MCUs.
pub(crate) struct Row {
    /// Blocks across and down, including the padding of MCUs.
    across: usize,
    pub(crate) down: usize,
    /// For each block: which zigzag positions are set. DC does not count.
    masks: Vec<u64>,
    /// The columns of blocks whose coefficients are kept, if this row's are.
    kept: Range<usize>,
    /// A bit for each zigzag position whose coefficient the samples need: none if this row's are not kept.
    pub(crate) wanted: u64,
    coefficients: Vec<[i16; 64]>,
}

impl Row {
    pub(crate) fn new(across: usize, down: usize, kept: Range<usize>) -> Result<Self, Error> {
        Ok(Row {
            across,
            down,
            masks: filled(0, across * down)?,
            coefficients: filled([0; 64], kept.len() * down)?,
            kept,
            wanted: 0,
        })
    }

    /// Begins a row that needs the coefficients before this zigzag position, from 0 to 64.
    pub(crate) fn clear(&mut self, wanted: usize) {
        self.wanted = u64::MAX.checked_shr(64 - wanted as u32).unwrap_or(0);
        self.masks.fill(0);
        if wanted > 0 {
            self.coefficients.fill([0; 64]);
        }
    }

    #[inline(always)]
    pub(crate) fn block(&mut self, x: usize, y: usize) -> (&mut u64, Kept<'_>) {
        let mask = &mut self.masks[y * self.across + x];
        let kept = if self.wanted > 0 && self.kept.contains(&x) {
            Some(&mut self.coefficients[y * self.kept.len() + x - self.kept.start])
        } else {
            None
        };
        (mask, kept)
    }

    /// Makes the samples of row `number` of MCUs. `cut` says which part of a block is visible, if not all.
    // In one piece with its callers, it would be too large for the transform to be part of its loop.
    #[inline(never)]
    pub(crate) fn transform(
        &self,
        quant: &[i16; 64],
        scale: Scale,
        number: usize,
        cut: impl Fn([usize; 2]) -> Option<[Range<usize>; 2]>,
        plane: &mut Plane,
    ) {
        let side = scale.block();
        for y in 0..self.down {
            for (x, column) in self.kept.clone().enumerate() {
                let mask = self.masks[y * self.across + column];
                let used = 64 - (mask | 1).leading_zeros() as usize;
                let block = &self.coefficients[y * self.kept.len() + x];
                let at = (y * plane.stride + x) * side;
                let out = &mut plane.data[at..];
                match cut([column, number * self.down + y]) {
                    None => idct::transform(block, quant, used, scale, out, plane.stride),
                    Some(inside) => {
                        idct::transform_cut(block, quant, used, scale, inside, out, plane.stride)
                    }
                }
            }
        }
    }
}
