//! Takes the filters off a group of rows (PNG, third edition, 9).

mod wave;

use fearless_simd::{Level, dispatch};

use crate::error::Flaw;
use wave::wave;

/// Rows handed over at once, except for the last ones.
pub(crate) const GROUP: usize = 4;

/// Room on both sides of a row, as rows lead and lag by up to three pixels.
const MARGIN: usize = 32;

/// How the samples of a row were predicted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Filter {
    None,
    Left,
    Up,
    Average,
    Paeth,
}

impl Filter {
    fn read(byte: u8) -> Result<Filter, Flaw> {
        match byte {
            0 => Ok(Filter::None),
            1 => Ok(Filter::Left),
            2 => Ok(Filter::Up),
            3 => Ok(Filter::Average),
            4 => Ok(Filter::Paeth),
            _ => Err(Flaw("a row has an unknown filter")),
        }
    }
}

/// Rows being unfiltered.
#[derive(Debug)]
pub(crate) struct Unfilter {
    level: Level,
    pixel: usize,
    row_bytes: usize,
    /// The row above and a group, with margins.
    rows: [Vec<u8>; GROUP + 1],
    /// Which of them is the row above the next group.
    last: usize,
}

impl Unfilter {
    /// For rows of so many bytes, with so many from a sample to that of the pixel on the right.
    pub(crate) fn new(pixel: usize, row_bytes: usize) -> Unfilter {
        Unfilter {
            level: Level::new(),
            pixel,
            row_bytes,
            rows: std::array::from_fn(|_| vec![0; MARGIN + row_bytes + MARGIN]),
            last: 0,
        }
    }

    /// Unfilters the next rows, [`GROUP`] at most. They lie at the beginning of `filtered`, each behind
    /// the byte that names its filter, and at least two margins follow.
    pub(crate) fn group(
        &mut self,
        filtered: &[u8],
        count: usize,
    ) -> Result<impl Iterator<Item = &[u8]>, Flaw> {
        let stride = self.row_bytes + 1;
        let mut filters = [Filter::None; GROUP];
        for (i, filter) in filters.iter_mut().take(count).enumerate() {
            *filter = Filter::read(filtered[i * stride])?;
        }
        self.rows.swap(0, self.last);
        self.last = count;
        let plain = [Filter::None, Filter::Up];
        if filters.iter().all(|filter| plain.contains(filter)) {
            self.plain(filtered, &filters[..count]);
        } else {
            match self.pixel {
                1 => self.waves::<1, 4, 4>(filtered, &filters, count),
                2 => self.waves::<2, 4, 4>(filtered, &filters, count),
                3 => self.waves::<3, 4, 4>(filtered, &filters, count),
                4 => self.waves::<4, 4, 4>(filtered, &filters, count),
                6 => self.waves::<6, 8, 2>(filtered, &filters, count),
                _ => self.waves::<8, 8, 2>(filtered, &filters, count),
            }
        }
        let place = MARGIN..MARGIN + self.row_bytes;
        Ok(self.rows[1..=count]
            .iter()
            .map(move |row| &row[place.clone()]))
    }

    /// Rows that need nothing from their left.
    fn plain(&mut self, filtered: &[u8], filters: &[Filter]) {
        let stride = self.row_bytes + 1;
        for (i, filter) in filters.iter().enumerate() {
            let filtered = &filtered[i * stride + 1..(i + 1) * stride];
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
        let stride = self.row_bytes + 1;
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
            // Rows that are not there are made of others and nobody looks at them.
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
