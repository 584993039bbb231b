//! PNG: 8 bits or fewer, no chunk but those that make the picture.

use std::error::Error as StdError;

use png::{BitDepth, ColorType, DeflateCompression, Encoder, Filter};

use super::reduce::{Reduced, reduce};
use crate::geometry::Size;
use crate::raster::Raster;

/// For runs, near the best for photos.
const QUICK: DeflateCompression = DeflateCompression::FdeflateUltraFast;
/// For repeated strings.
const SEARCHED: DeflateCompression = DeflateCompression::Level(6);

/// What part of its pixels' bytes a file may be before it pays to look for more than runs in them.
const FLAT: usize = 4;

/// One part of the rows in so many tells whether filters help.
const SAMPLE: usize = 8;

/// Encodes a raster; straight alpha is what PNG stores.
///
/// Photos gain next to nothing from the search for repeated strings that takes most of the time; flat pictures, which
/// are quick to search, gain a third, and pictures of few colors most without filters, where a sample of their rows says so.
pub(crate) fn encode(raster: Raster) -> Result<Vec<u8>, Box<dyn StdError + Send + Sync>> {
    let (size, reduced) = (raster.size(), reduce(&raster).ok_or("a PNG holds RGB")?);
    drop(raster);
    let file = |how, filter| compressed(size, &reduced, &reduced.samples, how, filter);
    if reduced.color == ColorType::Indexed || reduced.depth != BitDepth::Eight {
        return file(SEARCHED, Filter::NoFilter);
    }
    let first = if reduced.is_flat && disturbs(size, &reduced)? {
        file(SEARCHED, Filter::NoFilter)?
    } else {
        file(QUICK, Filter::Adaptive)?
    };
    if first.len() > reduced.samples.len() / FLAT {
        return Ok(first);
    }
    let searched = file(DeflateCompression::Level(4), Filter::Adaptive)?;
    Ok(if searched.len() < first.len() {
        searched
    } else {
        first
    })
}

/// Whether the rows in the middle are smaller without filters.
fn disturbs(size: Size, reduced: &Reduced) -> Result<bool, Box<dyn StdError + Send + Sync>> {
    let rows = size.height() as usize;
    let (stride, some) = (reduced.samples.len() / rows, rows.div_ceil(SAMPLE));
    let sample = &reduced.samples[(rows - some) / 2 * stride..][..some * stride];
    let size = Size::new(size.width(), some as u32).ok_or("no rows")?;
    let length =
        |how, filter| compressed(size, reduced, sample, how, filter).map(|file| file.len());
    Ok(length(SEARCHED, Filter::NoFilter)? < length(QUICK, Filter::Adaptive)?)
}

fn compressed(
    size: Size,
    reduced: &Reduced,
    samples: &[u8],
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
    writer.write_image_data(samples)?;
    writer.finish()?;
    Ok(file)
}
