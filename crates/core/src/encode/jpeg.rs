//! JPEG: baseline, 4:2:0, with Huffman codes made for the picture.

use std::error::Error as StdError;

use headshot_jpeg::Planes;

use crate::options::Quality;
use crate::raster::{Layout, Raster};

/// Encodes an opaque raster. Chroma is averaged, not picked.
pub(crate) fn encode(
    raster: &Raster,
    quality: Quality,
) -> Result<Vec<u8>, Box<dyn StdError + Send + Sync>> {
    let (width, height) = (raster.size().width(), raster.size().height());
    let planes: Vec<&[u8]> = raster.planes().map(|(plane, _)| plane).collect();
    Ok(match (raster.layout(), &planes[..]) {
        (Layout::Rgb, &[rgb]) => headshot_jpeg::encode_rgb(width, height, rgb, quality.get())?,
        (Layout::YCbCr, &[y, cb, cr]) => {
            headshot_jpeg::encode_planes(width, height, Planes { y, cb, cr }, quality.get())?
        }
        _ => return Err("a JPEG needs opaque RGB or YCbCr".into()),
    })
}
