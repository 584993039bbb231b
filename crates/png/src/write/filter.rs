//! Filters rows (PNG, third edition, 9.2), so that little is left beyond what their neighbors predict.

use fearless_simd::{Level, dispatch};

/// The filters by their bytes.
pub(super) const NONE: u8 = 0;
const SUB: u8 = 1;
const UP: u8 = 2;
const AVERAGE: u8 = 3;
const PAETH: u8 = 4;

/// Filters one row after the other.
#[derive(Debug)]
pub(super) struct Filter {
    level: Level,
    /// Bytes from a sample to that of the pixel on the right.
    pixel: usize,
    /// Zeros, and the row above.
    above: Vec<u8>,
    /// As many zeros as a pixel has bytes, and the row.
    row: Vec<u8>,
    /// A filtered row after its filter byte: the one being tried, and the best.
    tried: Vec<u8>,
    best: Vec<u8>,
}

impl Filter {
    pub(super) fn new(pixel: usize, row_bytes: usize) -> Filter {
        Filter {
            level: Level::new(),
            pixel,
            above: vec![0; pixel + row_bytes],
            row: vec![0; pixel + row_bytes],
            tried: vec![0; 1 + row_bytes],
            best: vec![0; 1 + row_bytes],
        }
    }

    /// The row after its filter byte, with the filter that leaves the smallest sum of differences from zero.
    pub(super) fn smallest(&mut self, row: &[u8]) -> &[u8] {
        self.row[self.pixel..].copy_from_slice(row);
        let mut least = u64::MAX;
        for filter in [PAETH, SUB, UP, AVERAGE, NONE] {
            self.tried[0] = filter;
            let (pixel, row, above) = (self.pixel, &self.row[..], &self.above[..]);
            let to = &mut self.tried[1..];
            let sum = dispatch!(self.level, _simd => apply(filter, pixel, row, above, to));
            if sum < least {
                least = sum;
                std::mem::swap(&mut self.tried, &mut self.best);
            }
        }
        std::mem::swap(&mut self.row, &mut self.above);
        &self.best
    }
}

/// Filters a row, and sums up what is left. Both rows start with a pixel of zeros.
#[inline(always)]
fn apply(filter: u8, pixel: usize, row: &[u8], above: &[u8], to: &mut [u8]) -> u64 {
    let count = to.len();
    let (here, left) = (&row[pixel..][..count], &row[..count]);
    let (up, corner) = (&above[pixel..][..count], &above[..count]);
    match filter {
        NONE => to.copy_from_slice(here),
        SUB => {
            for ((to, here), left) in to.iter_mut().zip(here).zip(left) {
                *to = here.wrapping_sub(*left);
            }
        }
        UP => {
            for ((to, here), up) in to.iter_mut().zip(here).zip(up) {
                *to = here.wrapping_sub(*up);
            }
        }
        AVERAGE => {
            for (((to, here), left), up) in to.iter_mut().zip(here).zip(left).zip(up) {
                *to = here.wrapping_sub((left & up) + ((left ^ up) >> 1));
            }
        }
        _ => {
            for ((((to, here), left), up), corner) in
                to.iter_mut().zip(here).zip(left).zip(up).zip(corner)
            {
                *to = here.wrapping_sub(paeth(*left, *up, *corner));
            }
        }
    }
    sum(to)
}

/// The neighbor nearest to left + up - corner, in bytes, so that many fit side by side.
#[inline(always)]
fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    // `abs_diff` would be calculated in 32 bits.
    let apart = |one: u8, other: u8| one.max(other) - one.min(other);
    let (from_left, from_up) = (apart(up, corner), apart(left, corner));
    // The sum of both differences, if they have the same sign; 255 is the maximum.
    let from_corner = if (up > corner) == (left > corner) {
        from_left.saturating_add(from_up)
    } else {
        apart(from_left, from_up)
    };
    if from_left <= from_up && from_left <= from_corner {
        left
    } else if from_up <= from_corner {
        up
    } else {
        corner
    }
}

/// The sum of the bytes' absolute values, as signed numbers.
#[inline(always)]
fn sum(bytes: &[u8]) -> u64 {
    let (parts, rest) = bytes.as_chunks::<32>();
    let size = |byte: u8| u16::from((byte as i8).unsigned_abs());
    let mut sum: u64 = rest.iter().map(|byte| u64::from(size(*byte))).sum();
    // Few enough that 16 bits hold their sum.
    for parts in parts.chunks(256) {
        let mut sums = [0_u16; 32];
        for part in parts {
            for (sum, byte) in sums.iter_mut().zip(part) {
                *sum += size(*byte);
            }
        }
        sum += sums.iter().map(|sum| u64::from(*sum)).sum::<u64>();
    }
    sum
}
