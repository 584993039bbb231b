//! Encodes a finished raster as a file that carries nothing but the picture.

pub(crate) mod gif;
mod jpeg;
mod png;
mod reduce;

use crate::error::Error;
use crate::format::Format;
use crate::plan::Plan;
use crate::raster::Raster;

/// Encodes a picture that is not an avatar.
pub(crate) fn picture(raster: Raster) -> Result<Vec<u8>, Error> {
    png::encode(raster).map_err(|source| Error::Encode {
        format: Format::Png,
        source,
    })
}

/// Encodes a still in the format that the plan names.
pub(crate) fn still(raster: Raster, plan: &Plan) -> Result<Vec<u8>, Error> {
    match plan.quality {
        Some(quality) => jpeg::encode(&raster, quality),
        None => png::encode(raster),
    }
    .map_err(|source| Error::Encode {
        format: plan.format,
        source,
    })
}
