//! The pixels of a photo, as stored: not yet turned upright, not yet sRGB.

pub(crate) mod gif;
mod gif_still;
mod jpeg;
pub(crate) mod png;

use crate::error::Error;
use crate::probe::{Format, Info};
use crate::raster::Raster;

/// Decodes the still, or the first frame, that `info` describes.
pub(crate) fn still(photo: &[u8], info: &Info) -> Result<Raster, Error> {
    match info.format {
        Format::Jpeg => jpeg::still(photo, info),
        Format::Png => png::still(photo, info),
        Format::Gif => gif_still::still(photo, info),
    }
}
