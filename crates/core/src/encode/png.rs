//! PNG: 8 bits, RGB or RGBA, no chunk but those that make the picture.

use std::error::Error as StdError;

use png::{BitDepth, ColorType, Compression, Encoder};

use crate::raster::{Layout, Raster};

/// Encodes a raster; straight alpha is what PNG stores.
pub(crate) fn encode(raster: &Raster) -> Result<Vec<u8>, Box<dyn StdError + Send + Sync>> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, raster.size().width(), raster.size().height());
    encoder.set_color(match raster.layout() {
        Layout::Rgb => ColorType::Rgb,
        Layout::Rgba => ColorType::Rgba,
        Layout::Cmyk => return Err("a PNG cannot hold CMYK".into()),
    });
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Balanced);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(raster.samples())?;
    writer.finish()?;
    Ok(file)
}
