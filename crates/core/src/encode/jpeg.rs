//! JPEG: baseline, 4:2:0. The only file that knows the JPEG encoder.

use std::error::Error as StdError;

use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, SamplingFactor};

use crate::options::Quality;
use crate::raster::{Layout, Raster};

/// Encodes an opaque raster. Chroma is averaged, not picked, and the Huffman tables are made for the picture.
pub(crate) fn encode(
    raster: &Raster,
    quality: Quality,
) -> Result<Vec<u8>, Box<dyn StdError + Send + Sync>> {
    if raster.layout() != Layout::Rgb {
        return Err("a JPEG needs an opaque RGB picture".into());
    }
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, quality.get());
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    encoder.set_optimized_huffman_tables(true);
    let (width, height) = (
        u16::try_from(raster.size().width())?,
        u16::try_from(raster.size().height())?,
    );
    encoder.encode(raster.samples(), width, height, ColorType::Rgb)?;
    Ok(file)
}
