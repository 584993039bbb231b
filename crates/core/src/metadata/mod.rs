//! What metadata tell of how a photo stands: an orientation where it counts, and where only some programs look.

pub(crate) mod elsewhere;
pub(crate) mod exif;
