//! The pixels of one image block: LZW unpacked, rows put in order, clipped to the canvas.

use weezl::decode::Configuration;
use weezl::{BitOrder, LzwStatus};

use super::blocks::{Disposal, Fault, ImageBlock};
use super::canvas::Area;
use crate::animation::Delay;

/// The part of a frame that lies on the canvas, as palette indices.
pub(crate) struct Patch {
    pub(crate) area: Area,
    /// One for each pixel of the area, row by row.
    indices: Vec<u8>,
    /// How many pixels of each row of the area the file holds, from the left.
    filled: Vec<usize>,
    /// By index; alpha 0 leaves the canvas as it is.
    pub(crate) colors: [[u8; 4]; 256],
    pub(crate) disposal: Disposal,
    pub(crate) delay: Delay,
    /// Whether the data held all the pixels that the frame announced.
    pub(crate) complete: bool,
}

impl Patch {
    /// The indices of each row as far as they are in the file.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[u8]> {
        let width = (self.area.right - self.area.left).max(1);
        self.indices
            .chunks_exact(width)
            .zip(&self.filled)
            .map(|(row, filled)| &row[..*filled])
    }
}

/// Unpacks a frame for a canvas of `width` x `height`. Memory is bounded by the canvas, whatever the frame announces.
pub(crate) fn unpack(block: &ImageBlock, width: u16, height: u16) -> Result<Patch, Fault> {
    let (left, top) = (block.left.min(width), block.top.min(height));
    let area = Area {
        left: usize::from(left),
        top: usize::from(top),
        right: usize::from((block.left + block.width).min(width).max(left)),
        bottom: usize::from((block.top + block.height).min(height).max(top)),
    };
    let (columns, rows) = (area.right - area.left, area.bottom - area.top);
    let mut patch = Patch {
        area,
        indices: Vec::new(),
        filled: vec![0; rows],
        colors: colors(block),
        disposal: block.disposal,
        delay: block.delay,
        complete: true,
    };
    if area.is_empty() {
        // Nothing of it can be seen.
        patch.filled.clear();
        return Ok(patch);
    }
    patch.indices = vec![0; columns * rows];
    let mut lzw = Lzw::new(block);
    let (frame_width, frame_height) = (usize::from(block.width), usize::from(block.height));
    if !block.interlaced && columns == frame_width {
        let found = lzw.read(&mut patch.indices)?;
        for (row, filled) in patch.filled.iter_mut().enumerate() {
            *filled = found.saturating_sub(row * columns).min(columns);
        }
    } else {
        let mut row = vec![0; frame_width];
        for y in row_order(frame_height, block.interlaced) {
            let found = lzw.read(&mut row)?;
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

struct Lzw<'a> {
    decoder: weezl::decode::Decoder,
    /// The sub-blocks not yet begun.
    rest: &'a [u8],
    /// What is left of the current one.
    block: &'a [u8],
    ended: bool,
}

impl<'a> Lzw<'a> {
    fn new(block: &ImageBlock<'a>) -> Lzw<'a> {
        Lzw {
            decoder: Configuration::new(BitOrder::Lsb, block.code_size)
                .with_yield_on_full_buffer(true)
                .build(),
            rest: block.sub_blocks,
            block: &[],
            ended: false,
        }
    }

    /// Fills `out` as far as the data go and says how far that is.
    fn read(&mut self, out: &mut [u8]) -> Result<usize, Fault> {
        let mut found = 0;
        while found < out.len() && !self.ended {
            if self.block.is_empty() {
                match self.rest.split_first() {
                    Some((&length, tail)) if length > 0 => {
                        (self.block, self.rest) =
                            tail.split_at(usize::from(length).min(tail.len()));
                    }
                    _ => self.ended = true,
                }
            }
            let step = self.decoder.decode_bytes(self.block, &mut out[found..]);
            self.block = &self.block[step.consumed_in..];
            found += step.consumed_out;
            match step.status.map_err(|_| Fault::UndefinedCode)? {
                LzwStatus::Done => self.ended = true,
                LzwStatus::Ok | LzwStatus::NoProgress => {}
            }
        }
        Ok(found)
    }
}
