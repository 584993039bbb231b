//! JPEG: baseline, 4:2:0, Huffman codes made for the picture.

use std::error::Error as StdError;

use crate::options::Quality;
use crate::raster::{Layout, Raster};

/// Encodes an opaque raster. Chroma is averaged, not picked.
pub(crate) fn encode(
    raster: &Raster,
    quality: Quality,
) -> Result<Vec<u8>, Box<dyn StdError + Send + Sync>> {
    if raster.layout() != Layout::Rgb {
        return Err("a JPEG needs an opaque RGB picture".into());
    }
    let (width, height) = (raster.size().width(), raster.size().height());
    Ok(headshot_jpeg::encode_rgb(
        width,
        height,
        raster.samples(),
        quality.get(),
    )?)
}
