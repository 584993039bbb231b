//! Interlaced pictures: seven passes, each of them rows of fewer pixels (PNG, third edition, 8.1).

use crate::header::Stored;

/// Rows that follow each other in the compressed stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pass {
    /// Pixels per row; none if there are no rows.
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Its first pixel in the picture.
    x: usize,
    y: usize,
    /// The step from one of its pixels to the next.
    right: usize,
    down: usize,
    /// The pixels that one of its pixels covers until later passes fill them in.
    block: [usize; 2],
}

impl Pass {
    /// All passes of a picture that have pixels: a single one if it is not interlaced.
    pub(crate) fn all(stored: &Stored) -> Vec<Pass> {
        if !stored.is_interlaced {
            return vec![Pass::new(stored, [0, 0, 1, 1], [1, 1])];
        }
        let passes = [
            ([0, 0, 8, 8], [8, 8]),
            ([4, 0, 8, 8], [4, 8]),
            ([0, 4, 4, 8], [4, 4]),
            ([2, 0, 4, 4], [2, 4]),
            ([0, 2, 2, 4], [2, 2]),
            ([1, 0, 2, 2], [1, 2]),
            ([0, 1, 1, 2], [1, 1]),
        ];
        let passes = passes.map(|(steps, block)| Pass::new(stored, steps, block));
        let has_pixels = |pass: &Pass| pass.width > 0 && pass.height > 0;
        passes.into_iter().filter(has_pixels).collect()
    }

    fn new(stored: &Stored, [x, y, right, down]: [usize; 4], block: [usize; 2]) -> Pass {
        let count = |side: u32, first: usize, step: usize| {
            side.saturating_sub(first as u32).div_ceil(step as u32)
        };
        Pass {
            width: count(stored.width, x, right),
            height: count(stored.height, y, down),
            x,
            y,
            right,
            down,
            block,
        }
    }

    /// How many rows from the top of a picture of this height are at least partly known once `count` rows of this pass are there.
    pub(crate) fn known(&self, count: u32, height: u32) -> u32 {
        // The first pass has one row in eight; after it, something is known about all of them.
        match (self.x, self.y) {
            (0, 0) => count.saturating_mul(self.down as u32).min(height),
            _ => height,
        }
    }

    /// Puts a row of the pass into a picture with rows packed in the same way.
    pub(crate) fn put(&self, stored: &Stored, image: &mut [u8], y: u32, row: &[u8], paint: Paint) {
        let stride = stored.row_bytes();
        let top = self.y + y as usize * self.down;
        let height = match paint {
            Paint::Pixels => 1,
            Paint::Blocks => self.block[1].min(stored.height as usize - top),
        };
        let width = match paint {
            Paint::Pixels => 1,
            Paint::Blocks => self.block[0],
        };
        let bits = stored.pixel_bits();
        let line = &mut image[top * stride..][..stride];
        match bits / 8 {
            _ if self.right == 1 => line.copy_from_slice(row),
            0 => self.put_bits(stored, bits, line, row, width),
            1 => self.put_bytes::<1>(line, row, width),
            2 => self.put_bytes::<2>(line, row, width),
            3 => self.put_bytes::<3>(line, row, width),
            4 => self.put_bytes::<4>(line, row, width),
            6 => self.put_bytes::<6>(line, row, width),
            _ => self.put_bytes::<8>(line, row, width),
        }
        for below in 1..height {
            image.copy_within(top * stride..(top + 1) * stride, (top + below) * stride);
        }
    }

    fn put_bytes<const PIXEL: usize>(&self, line: &mut [u8], row: &[u8], width: usize) {
        let line = line.as_chunks_mut::<PIXEL>().0;
        let runs = line[self.x..].chunks_mut(self.right);
        for (run, pixel) in runs.zip(row.as_chunks().0) {
            let width = width.min(run.len());
            run[..width].fill(*pixel);
        }
    }

    fn put_bits(&self, stored: &Stored, bits: usize, line: &mut [u8], row: &[u8], width: usize) {
        let mask = (1 << bits) - 1;
        let all = stored.width as usize;
        for (i, x) in (self.x..all).step_by(self.right).enumerate() {
            let shift = |at: usize| 8 - bits - at * bits % 8;
            let pixel = row[i * bits / 8] >> shift(i) & mask;
            for x in x..all.min(x + width) {
                let byte = &mut line[x * bits / 8];
                *byte = *byte & !(mask << shift(x)) | pixel << shift(x);
            }
        }
    }
}

/// How a pass is painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paint {
    /// Its pixels alone: all passes will be there.
    Pixels,
    /// Its pixels, large enough to leave no gap: later passes may be missing.
    Blocks,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pixel_has_its_place_in_one_pass() {
        for (width, height) in
            (1..=20).flat_map(|width| (1..=20).map(move |height| (width, height)))
        {
            for depth in [1, 8] {
                let mut header = [width, height].map(u32::to_be_bytes).concat();
                header.extend([depth, 0, 0, 0, 1]);
                let stored = Stored::read(&header).unwrap();
                let passes = Pass::all(&stored);
                let pixels: u32 = passes.iter().map(|pass| pass.width * pass.height).sum();
                assert_eq!(pixels, width * height);
                let mut image = vec![0; stored.row_bytes() * height as usize];
                for pass in &passes {
                    let row = vec![0xFF; stored.row_bytes()];
                    for y in 0..pass.height {
                        let row = &row[..stored.row_bytes_of(pass.width)];
                        pass.put(&stored, &mut image, y, row, Paint::Pixels);
                    }
                }
                let last = image.len() - 1;
                assert!(image[..last].iter().filter(|byte| **byte == 0).count() == 0);
            }
        }
    }
}
