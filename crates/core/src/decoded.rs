//! The pixels of a photo, as stored: not yet turned upright, not yet sRGB.

use crate::raster::Raster;
use crate::warning::Warning;

/// The part of a photo that the plan uses, at the size it asks for, and what was noticed on the way.
pub(crate) struct Decoded {
    pub(crate) raster: Raster,
    pub(crate) warnings: Vec<Warning>,
}
