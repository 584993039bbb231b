//! The pixels of one image block: LZW unpacked, rows put in order, clipped to the canvas.

use std::ops::ControlFlow;

use super::blocks::ImageBlock;
use super::lzw::{Damage, Lzw, check};
use crate::allocate;
use crate::area::Area;
use crate::error::Error;
use crate::timing::Disposal;

/// How often the caller is asked, in pixels.
const PART: usize = 1 << 20;

/// The part of a frame that lies on the canvas, as palette indices.
pub struct Patch {
    /// Where it lies on the canvas.
    pub area: Area,
    /// One index for each pixel of the area, row by row.
    indices: Vec<u8>,
    /// How many pixels of each row of the area the file holds, from the left.
    filled: Vec<usize>,
    /// By index; alpha 0 leaves the canvas unchanged.
    pub colors: [[u8; 4]; 256],
    /// What happens to it when its time is over.
    pub disposal: Disposal,
    /// How long it is shown, in centiseconds as in the file.
    pub delay: u16,
    /// Whether the data had all the pixels that the frame announced.
    pub complete: bool,
}

impl Patch {
    /// The set of indices that the pixels have.
    pub fn seen(&self) -> [bool; 256] {
        let mut seen = [false; 256];
        self.rows()
            .flatten()
            .for_each(|index| seen[usize::from(*index)] = true);
        seen
    }

    /// How many rows come before the first incomplete one, and how many up to the last that has any pixel.
    pub fn intact_and_found(&self) -> (usize, usize) {
        let columns = self.area.right - self.area.left;
        let intact = self
            .filled
            .iter()
            .take_while(|filled| **filled == columns)
            .count();
        let found = self.filled.iter().rposition(|filled| *filled > 0);
        (intact, found.map_or(0, |last| last + 1))
    }

    /// The indices of each row as far as they are in the file.
    pub fn rows(&self) -> impl Iterator<Item = &[u8]> {
        let width = (self.area.right - self.area.left).max(1);
        self.indices
            .chunks_exact(width)
            .zip(&self.filled)
            .map(|(row, filled)| &row[..*filled])
    }
}

/// Unpacks a frame for a canvas of `width` x `height`. Memory is bounded by the canvas, whatever the frame announces.
///
/// Data that ends early leaves an incomplete patch; so do invalid codes, if damage is accepted.
/// `go_on` is asked now and then.
///
/// # Errors
///
/// [`Error::UndefinedCode`], if damage is refused: the file is damaged. [`Error::Stopped`]: `go_on` said so. [`Error::OutOfMemory`].
pub fn unpack(
    block: &ImageBlock,
    width: u16,
    height: u16,
    damage: Damage,
    mut go_on: impl FnMut() -> ControlFlow<()>,
) -> Result<Patch, Error> {
    let (left, top) = (block.left.min(width), block.top.min(height));
    let area = Area {
        left: usize::from(left),
        top: usize::from(top),
        right: usize::from(block.left.saturating_add(block.width).min(width).max(left)),
        bottom: usize::from(block.top.saturating_add(block.height).min(height).max(top)),
    };
    let (columns, rows) = (area.right - area.left, area.bottom - area.top);
    let mut patch = Patch {
        area,
        indices: Vec::new(),
        filled: allocate::filled(0, rows)?,
        colors: colors(block),
        disposal: block.disposal,
        delay: block.delay,
        complete: true,
    };
    if area.is_empty() {
        // Nothing of it is visible.
        patch.filled.clear();
        return Ok(patch);
    }
    patch.indices = allocate::filled(0, columns * rows)?;
    let mut lzw = Lzw::new(block, damage);
    let (frame_width, frame_height) = (usize::from(block.width), usize::from(block.height));
    if !block.interlaced && columns == frame_width {
        let mut found = 0;
        for part in patch.indices.chunks_mut(PART) {
            found += lzw.read(part, &mut go_on)?;
            check(&mut go_on)?;
        }
        for (row, filled) in patch.filled.iter_mut().enumerate() {
            *filled = found.saturating_sub(row * columns).min(columns);
        }
    } else {
        let mut row = allocate::filled(0, frame_width)?;
        for y in row_order(frame_height, block.interlaced) {
            let found = lzw.read(&mut row, &mut go_on)?;
            if y < rows {
                patch.filled[y] = found.min(columns);
                patch.indices[y * columns..][..columns].copy_from_slice(&row[..columns]);
            } else if !block.interlaced {
                break;
            }
            if found < frame_width {
                break;
            }
        }
    }
    check(&mut go_on)?;
    patch.complete = patch.filled.iter().all(|filled| *filled == columns);
    Ok(patch)
}

/// The order in which the rows of a frame are stored (GIF89a, appendix E).
fn row_order(height: usize, interlaced: bool) -> impl Iterator<Item = usize> {
    let passes: &[(usize, usize)] = if interlaced {
        &[(0, 8), (4, 8), (2, 4), (1, 2)]
    } else {
        &[(0, 1)]
    };
    passes
        .iter()
        .flat_map(move |&(first, step)| (first..height).step_by(step))
}

fn colors(block: &ImageBlock) -> [[u8; 4]; 256] {
    let mut colors = [[0; 4]; 256];
    match block.palette {
        Some(palette) => {
            let (palette, _) = palette.as_chunks();
            for (color, &[r, g, b]) in colors.iter_mut().zip(palette) {
                *color = [r, g, b, 255];
            }
        }
        // The specification leaves this to the decoder and recommends black and white first.
        None => {
            for (level, color) in (0..=255).zip(&mut colors) {
                let level = if level == 1 { 255 } else { level };
                *color = [level, level, level, 255];
            }
        }
    }
    if let Some(index) = block.transparent {
        colors[usize::from(index)] = [0; 4];
    }
    colors
}

#[cfg(test)]
mod tests {
    use weezl::BitOrder;

    use super::*;
    use crate::read::{Blocks, Canvas};

    /// A GIF of `width` x `height` with one frame whose pixels come from `pixel`, packed by another crate.
    fn gif(
        width: u16,
        height: u16,
        interlaced: bool,
        pixel: impl Fn(usize, usize) -> u8,
    ) -> Vec<u8> {
        let (w, h) = (usize::from(width), usize::from(height));
        let pixels: Vec<u8> = row_order(h, interlaced)
            .flat_map(|y| (0..w).map(move |x| (x, y)))
            .map(|(x, y)| pixel(x, y))
            .collect();
        let data = weezl::encode::Encoder::new(BitOrder::Lsb, 2)
            .encode(&pixels)
            .unwrap();
        let mut gif = b"GIF89a".to_vec();
        gif.extend([width.to_le_bytes(), height.to_le_bytes()].concat());
        gif.extend([
            0x81, 0, 0, 0, 0, 0, 10, 10, 10, 20, 20, 20, 30, 30, 30, b',', 0, 0, 0, 0,
        ]);
        gif.extend([width.to_le_bytes(), height.to_le_bytes()].concat());
        gif.extend([if interlaced { 0x40 } else { 0 }, 2]);
        for part in data.chunks(255) {
            gif.push(part.len() as u8);
            gif.extend(part);
        }
        gif.extend([0, b';']);
        gif
    }

    fn shown(gif: &[u8]) -> (Vec<u8>, bool) {
        let mut blocks = Blocks::new(gif).unwrap();
        let mut block = blocks.next_image().unwrap().unwrap();
        let (width, height) = blocks.screen();
        while let Some(next) = blocks.next_image().unwrap() {
            block = next;
        }
        let go_on = || ControlFlow::Continue(());
        let patch = unpack(&block, width, height, Damage::Refuse, go_on).unwrap();
        let mut canvas = Canvas::new(width, height).unwrap();
        canvas.show(&patch).unwrap();
        (
            canvas
                .pixels()
                .iter()
                .map(|p| if p[3] == 0 { 99 } else { p[0] / 10 })
                .collect(),
            patch.complete,
        )
    }

    #[test]
    fn every_size_and_order_of_rows_comes_out_whole() {
        let pixel = |x: usize, y: usize| ((x * 7 + y * 13) % 17 % 4) as u8;
        for (width, height) in [(1, 1), (1, 9), (5, 8), (13, 17), (300, 40)] {
            let wanted: Vec<u8> = (0..height)
                .flat_map(|y| (0..width).map(move |x| (x, y)))
                .map(|(x, y)| pixel(x, y))
                .collect();
            for interlaced in [false, true] {
                let gif = gif(width as u16, height as u16, interlaced, pixel);
                assert_eq!(
                    shown(&gif),
                    (wanted.clone(), true),
                    "{width} {height} {interlaced}"
                );
            }
        }
    }

    #[test]
    fn a_frame_beyond_the_canvas_is_clipped_and_a_short_one_stays_open() {
        // A second frame: the first makes the canvas as large as itself.
        let wide = gif(30, 20, false, |x, y| ((x + y) % 4) as u8);
        let small = gif(7, 5, false, |_, _| 3);
        let both = [&small[..small.len() - 1], &wide[25..]].concat();
        let wanted: Vec<u8> = (0..5)
            .flat_map(|y| (0..7).map(move |x| ((x + y) % 4) as u8))
            .collect();
        assert_eq!(shown(&small), (vec![3; 35], true));
        assert_eq!(shown(&both), (wanted, true));
        let mut wide = wide;
        (wide[6], wide[8]) = (7, 5);
        let wanted: Vec<u8> = (0..20)
            .flat_map(|y| (0..30).map(move |x| ((x + y) % 4) as u8))
            .collect();
        assert_eq!(shown(&wide), (wanted, true));
        let mut tall = gif(3, 4, false, |_, _| 1);
        // Ten rows are announced, but only four exist.
        (tall[8], tall[32]) = (10, 10);
        assert_eq!(shown(&tall), ([vec![1; 12], vec![99; 18]].concat(), false));
    }
}
