//! Removes the filters from a group of rows (PNG, third edition, 9).

mod filter;
mod wave;

use fearless_simd::{Level, dispatch};

use crate::allocate::filled;
use crate::error::Error;
use filter::Filter;
use wave::wave;

/// Rows passed on at once, except for the last ones.
pub(crate) const GROUP: usize = 8;

/// Bytes on both sides of a row, because rows lead and lag by up to seven pixels.
const MARGIN: usize = 32;

/// Rows being unfiltered.
#[derive(Debug)]
pub(crate) struct Unfilter {
    level: Level,
    pixel: usize,
    row_bytes: usize,
    stride: usize,
    /// The row above and a group, with margins.
    rows: [Vec<u8>; GROUP + 1],
    /// Which of them is the row above the next group.
    last: usize,
}

impl Unfilter {
    /// For so many bytes of each row, with this many from a sample to that of the pixel on the right. From one row to the next it is
    /// `stride` bytes, of which the first is the filter byte.
    pub(crate) fn new(pixel: usize, row_bytes: usize, stride: usize) -> Result<Unfilter, Error> {
        let mut rows = [const { Vec::new() }; GROUP + 1];
        for row in &mut rows {
            *row = filled(0, MARGIN + row_bytes + MARGIN)?;
        }
        Ok(Unfilter {
            level: Level::new(),
            pixel,
            row_bytes,
            stride,
            rows,
            last: 0,
        })
    }

    /// Whether a byte names a filter.
    pub(crate) fn knows(filter: u8) -> bool {
        Filter::of(filter).is_some()
    }

    /// Unfilters the next rows, at most [`GROUP`]. They lie at the beginning of `filtered`, each after
    /// its filter byte, which is a known one, and at least two margins follow.
    pub(crate) fn group(&mut self, filtered: &[u8], count: usize) -> impl Iterator<Item = &[u8]> {
        let stride = self.stride;
        let mut filters = [Filter::None; GROUP];
        for (i, filter) in filters.iter_mut().take(count).enumerate() {
            *filter = Filter::of(filtered[i * stride]).unwrap_or(Filter::None);
        }
        self.rows.swap(0, self.last);
        self.last = count;
        let plain = [Filter::None, Filter::Up];
        if filters.iter().all(|filter| plain.contains(filter)) {
            self.plain(filtered, &filters[..count]);
        } else {
            match self.pixel {
                1 => self.waves::<1, 4, 8>(filtered, &filters, count),
                2 => self.waves::<2, 4, 8>(filtered, &filters, count),
                3 => self.waves::<3, 4, 8>(filtered, &filters, count),
                4 => self.waves::<4, 4, 8>(filtered, &filters, count),
                6 => self.waves::<6, 8, 4>(filtered, &filters, count),
                _ => self.waves::<8, 8, 4>(filtered, &filters, count),
            }
        }
        let inner = MARGIN..MARGIN + self.row_bytes;
        self.rows[1..=count]
            .iter()
            .map(move |row| &row[inner.clone()])
    }

    /// Rows that need nothing from their left.
    fn plain(&mut self, filtered: &[u8], filters: &[Filter]) {
        for (i, filter) in filters.iter().enumerate() {
            let filtered = &filtered[i * self.stride + 1..][..self.row_bytes];
            let (above, rows) = self.rows.split_at_mut(i + 1);
            let row = &mut rows[0][MARGIN..MARGIN + filtered.len()];
            if *filter == Filter::None {
                row.copy_from_slice(filtered);
            } else {
                let above = &above[i][MARGIN..MARGIN + filtered.len()];
                for ((to, &from), &above) in row.iter_mut().zip(filtered).zip(above) {
                    *to = from.wrapping_add(above);
                }
            }
        }
    }

    /// Any rows, `ROWS` at once, of pixels of `PIXEL` bytes in lanes of `LANE`.
    fn waves<const PIXEL: usize, const LANE: usize, const ROWS: usize>(
        &mut self,
        filtered: &[u8],
        filters: &[Filter; GROUP],
        count: usize,
    ) {
        let stride = self.stride;
        // The steps of a wave, and the lane of the last.
        let length = self.row_bytes + PIXEL * ROWS - 2 * PIXEL + LANE;
        for first in (0..count).step_by(ROWS) {
            let (above, rows) = self.rows.split_at_mut(first + 1);
            let above = &above[first][MARGIN + LANE - 16..][..length + 16];
            let Some((rows, _)) = rows.split_first_chunk_mut::<ROWS>() else {
                return;
            };
            let mut lag = 0;
            let rows = rows.each_mut().map(|row| {
                lag += PIXEL;
                &mut row[MARGIN + PIXEL - lag..][..length]
            });
            // Missing rows are made from others and never read.
            let filtered: [&[u8]; ROWS] = std::array::from_fn(|i| {
                let row = if first + i < count { first + i } else { first };
                let lag = if first + i < count { i * PIXEL } else { 0 };
                &filtered[row * stride + 1 - lag..][..length]
            });
            let filters: [Filter; ROWS] = std::array::from_fn(|i| filters[first + i]);
            if filters.contains(&Filter::Average) {
                dispatch!(self.level, simd => wave::<_, PIXEL, LANE, ROWS, true>(simd, filters, filtered, above, rows));
            } else {
                dispatch!(self.level, simd => wave::<_, PIXEL, LANE, ROWS, false>(simd, filters, filtered, above, rows));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::levels::levels;

    /// The prediction as in the standard (9.2).
    fn predict(filter: u8, left: u8, up: u8, corner: u8) -> u8 {
        let [a, b, c] = [left, up, corner].map(i32::from);
        let p = a + b - c;
        match filter {
            0 => 0,
            1 => left,
            2 => up,
            3 => ((a + b) / 2) as u8,
            _ if (p - a).abs() <= (p - b).abs() && (p - a).abs() <= (p - c).abs() => left,
            _ if (p - b).abs() <= (p - c).abs() => up,
            _ => corner,
        }
    }

    /// Filters a picture, and asserts that unfiltering restores it on every kind of CPU.
    fn assert_back(picture: &[Vec<u8>], pixel: usize, filters: &[u8]) {
        let row_bytes = picture[0].len();
        let mut filtered = Vec::new();
        for (y, row) in picture.iter().enumerate() {
            let filter = filters[y % filters.len()];
            filtered.push(filter);
            for (x, &sample) in row.iter().enumerate() {
                let at = |y: Option<usize>, x: Option<usize>| match (y, x) {
                    (Some(y), Some(x)) => picture[y][x],
                    _ => 0,
                };
                let (above, left) = (y.checked_sub(1), x.checked_sub(pixel));
                let (a, b, c) = (at(Some(y), left), at(above, Some(x)), at(above, left));
                filtered.push(sample.wrapping_sub(predict(filter, a, b, c)));
            }
        }
        filtered.resize(filtered.len() + 2 * MARGIN, 99);
        for level in levels() {
            let mut unfilter = Unfilter::new(pixel, row_bytes, row_bytes + 1).unwrap();
            unfilter.level = level;
            let mut y = 0;
            while y < picture.len() {
                let count = GROUP.min(picture.len() - y);
                let rows = unfilter.group(&filtered[y * (row_bytes + 1)..], count);
                for row in rows {
                    assert!(row == picture[y], "{level:?} {pixel} {filters:?} row {y}");
                    y += 1;
                }
            }
        }
    }

    #[test]
    fn every_filter_and_width_on_every_cpu() {
        let mut random = fastrand::Rng::with_seed(11);
        let mut count = 0;
        for pixel in [1, 2, 3, 4, 6, 8] {
            for width in 1..=20 {
                for height in [1, 2, 7, 8, 9, 27] {
                    for filters in [&[4][..], &[3], &[4, 1], &[0, 2, 4, 3, 1], &[2, 0]] {
                        let mut row = || (0..width * pixel).map(|_| random.u8(..)).collect();
                        let picture: Vec<Vec<u8>> = (0..height).map(|_| row()).collect();
                        assert_back(&picture, pixel, filters);
                        count += 1;
                    }
                }
            }
        }
        assert_eq!(count, 6 * 20 * 6 * 5);
    }

    #[test]
    fn predictors_of_all_neighbors() {
        let values: Vec<u8> = (0..=255).filter(|i| i % 15 < 2 || i % 64 == 63).collect();
        let mut count = 0;
        for filter in [3, 4] {
            for &corner in &values {
                let mut picture = vec![Vec::new(), Vec::new()];
                for &left in &values {
                    for &up in &values {
                        picture[0].extend([corner, up]);
                        picture[1].extend([left, up ^ 77]);
                        count += 1;
                    }
                }
                assert_back(&picture, 1, &[0, filter]);
            }
        }
        assert_eq!(count, 2 * values.len().pow(3));
        assert!(values.len() > 35, "{}", values.len());
    }
}
