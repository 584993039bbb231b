//! PNG: 8 bits or fewer, no chunk but those that make the picture.

use std::error::Error as StdError;

use png::{ColorType, DeflateCompression, Encoder, Filter};

use super::reduce::{Reduced, reduce};
use crate::geometry::Size;
use crate::raster::Raster;

/// What part of its pixels' bytes a file may be before it pays to look for more than runs in them.
const FLAT: usize = 4;

/// Encodes a raster; straight alpha is what PNG stores.
///
/// Photos gain next to nothing from the search for repeated strings that takes most of the time; flat pictures, which
/// are quick to search, gain a third, and pictures of few colors most without filters.
pub(crate) fn encode(raster: Raster) -> Result<Vec<u8>, Box<dyn StdError + Send + Sync>> {
    let (size, reduced) = (raster.size(), reduce(&raster).ok_or("a PNG holds RGB")?);
    drop(raster);
    let file = |how, filter| compressed(size, &reduced, how, filter);
    if reduced.color == ColorType::Indexed || reduced.samples.len() as u64 * 8 < 8 * size.area() {
        return file(DeflateCompression::Level(6), Filter::NoFilter);
    }
    let quick = file(DeflateCompression::FdeflateUltraFast, Filter::Adaptive)?;
    let mut smallest = quick;
    if smallest.len() <= reduced.samples.len() / FLAT {
        let searched = file(DeflateCompression::Level(4), Filter::Adaptive)?;
        smallest = shorter(smallest, searched);
    }
    if reduced.is_flat {
        let unfiltered = file(DeflateCompression::Level(6), Filter::NoFilter)?;
        smallest = shorter(smallest, unfiltered);
    }
    Ok(smallest)
}

fn shorter(one: Vec<u8>, other: Vec<u8>) -> Vec<u8> {
    if other.len() < one.len() { other } else { one }
}

fn compressed(
    size: Size,
    reduced: &Reduced,
    how: DeflateCompression,
    filter: Filter,
) -> Result<Vec<u8>, Box<dyn StdError + Send + Sync>> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, size.width(), size.height());
    encoder.set_color(reduced.color);
    encoder.set_depth(reduced.depth);
    if reduced.color == ColorType::Indexed {
        encoder.set_palette(&reduced.palette[..]);
        if !reduced.alphas.is_empty() {
            encoder.set_trns(&reduced.alphas[..]);
        }
    }
    encoder.set_deflate_compression(how);
    encoder.set_filter(filter);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&reduced.samples)?;
    writer.finish()?;
    Ok(file)
}
