//! PNG: 8 bits, RGB or RGBA, no chunk but those that make the picture.

use std::error::Error as StdError;

use png::{BitDepth, ColorType, DeflateCompression, Encoder, Filter};

use crate::raster::{Layout, Raster};

/// What part of its pixels' bytes a file may be before it pays to look for more than runs in them.
const FLAT: usize = 4;

/// Encodes a raster; straight alpha is what PNG stores.
///
/// Photos gain next to nothing from the search for repeated strings that takes most of the time; flat pictures, which
/// are quick to search, gain a third.
pub(crate) fn encode(raster: &Raster) -> Result<Vec<u8>, Box<dyn StdError + Send + Sync>> {
    let quick = compressed(raster, DeflateCompression::FdeflateUltraFast)?;
    if quick.len() > raster.samples().len() / FLAT {
        return Ok(quick);
    }
    let searched = compressed(raster, DeflateCompression::Level(4))?;
    Ok(if searched.len() < quick.len() {
        searched
    } else {
        quick
    })
}

fn compressed(
    raster: &Raster,
    how: DeflateCompression,
) -> Result<Vec<u8>, Box<dyn StdError + Send + Sync>> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, raster.size().width(), raster.size().height());
    encoder.set_color(match raster.layout() {
        Layout::Rgb => ColorType::Rgb,
        Layout::Rgba => ColorType::Rgba,
        Layout::Cmyk | Layout::Planar | Layout::YCbCr => return Err("a PNG holds RGB".into()),
    });
    encoder.set_depth(BitDepth::Eight);
    encoder.set_deflate_compression(how);
    encoder.set_filter(Filter::Adaptive);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(raster.samples())?;
    writer.finish()?;
    Ok(file)
}
