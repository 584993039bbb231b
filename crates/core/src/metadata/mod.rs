//! What metadata says about a photo's orientation: where it counts, and where only some programs look.

pub(crate) mod elsewhere;
pub(crate) mod exif;
