//! The pixels of a photo, as stored: not yet turned upright, not yet sRGB.

pub(crate) mod gif;
mod gif_still;
pub(crate) mod jpeg;
pub(crate) mod png;

use crate::clock::Clock;
use crate::error::Error;
use crate::options::Options;
use crate::plan::Plan;
use crate::probe::{Format, Info};
use crate::raster::Raster;
use crate::report::Warning;

/// The part of a photo that the plan uses, at the size that it asks for, and what was noticed on the way.
pub(crate) struct Decoded {
    pub(crate) raster: Raster,
    pub(crate) warnings: Vec<Warning>,
}

/// Decodes the plan's crop of a still, or of the first frame, and resamples it on the way where that saves memory.
pub(crate) fn resized(
    photo: &[u8],
    info: &Info,
    plan: &Plan,
    options: &Options,
    clock: &Clock,
) -> Result<Decoded, Error> {
    match info.format {
        Format::Jpeg => jpeg::resized(photo, info, plan, options, clock),
        Format::Png => png::resized(photo, info, plan, options, clock),
        Format::Gif => gif_still::resized(photo, info, plan, options, clock),
    }
}
