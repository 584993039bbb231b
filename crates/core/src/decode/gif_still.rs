//! The one frame of a GIF still, or the first of several, on its canvas.

use super::gif::{Blocks, Canvas, Fault, unpack};
use crate::error::Error;
use crate::probe::{Format, Info};
use crate::raster::{Layout, Raster};

/// Decodes the first frame; the canvas around it is transparent.
pub(crate) fn still(photo: &[u8], info: &Info) -> Result<Raster, Error> {
    let canvas = first(photo).map_err(|fault| Error::damaged(Format::Gif, fault))?;
    let (layout, samples) = if info.alpha {
        (Layout::Rgba, canvas.pixels().as_flattened().to_vec())
    } else {
        let opaque = canvas.pixels().iter().flat_map(|&[r, g, b, _]| [r, g, b]);
        (Layout::Rgb, opaque.collect())
    };
    Raster::new(info.size, layout, samples)
        .ok_or_else(|| Error::internal("a canvas of the wrong size"))
}

fn first(photo: &[u8]) -> Result<Canvas, Fault> {
    let mut blocks = Blocks::new(photo)?;
    let block = blocks.next()?.ok_or(Fault::NoFrames)?;
    let (width, height) = blocks.screen();
    let mut canvas = Canvas::new(width, height);
    canvas.show(&unpack(&block, width, height)?);
    Ok(canvas)
}
