//! The one frame of a GIF still, on its canvas.

use std::io::Cursor;

use gif::{ColorOutput, DecodeOptions};

use crate::error::Error;
use crate::probe::{Format, Info};
use crate::raster::{Layout, Raster};

/// Decodes the first frame; the canvas around it is transparent.
pub(crate) fn still(photo: &[u8], info: &Info) -> Result<Raster, Error> {
    let damaged = |source: gif::DecodingError| Error::damaged(Format::Gif, source);
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::RGBA);
    options.set_memory_limit(gif::MemoryLimit::Unlimited);
    let mut decoder = options.read_info(Cursor::new(photo)).map_err(damaged)?;
    let frame = decoder
        .read_next_frame()
        .map_err(damaged)?
        .ok_or_else(|| Error::damaged(Format::Gif, "it has no frame"))?;
    let (width, height) = (info.size.width() as usize, info.size.height() as usize);
    let mut canvas = vec![0; width * height * 4];
    let stride = usize::from(frame.width) * 4;
    let left = usize::from(frame.left).min(width) * 4;
    for (row, pixels) in frame.buffer.chunks_exact(stride.max(1)).enumerate() {
        let Some(target) = canvas
            .chunks_exact_mut(width * 4)
            .nth(row + usize::from(frame.top))
        else {
            break;
        };
        let length = stride.min(target.len() - left);
        target[left..left + length].copy_from_slice(&pixels[..length]);
    }
    let (layout, samples) = if info.alpha {
        (Layout::Rgba, canvas)
    } else {
        let (pixels, _) = canvas.as_chunks();
        (
            Layout::Rgb,
            pixels.iter().flat_map(|&[r, g, b, _]| [r, g, b]).collect(),
        )
    };
    Raster::new(info.size, layout, samples)
        .ok_or_else(|| Error::internal("a canvas of the wrong size"))
}
