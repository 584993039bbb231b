//! JPEG: baseline, 4:2:0, Huffman codes made for the picture.

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
    Ok(match raster.layout() {
        Layout::Rgb => headshot_jpeg::encode_rgb(width, height, raster.samples(), quality.get())?,
        Layout::YCbCr => {
            let [y, cb, cr] = raster.planes();
            headshot_jpeg::encode_planes(width, height, Planes { y, cb, cr }, quality.get())?
        }
        Layout::Rgba | Layout::Cmyk => return Err("a JPEG needs an opaque picture".into()),
    })
}
