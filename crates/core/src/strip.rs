//! Removes everything but the picture from a photo that complies already, without touching its pixels.
//!
//! Data hidden within the coded picture goes, too: it is left out if that is easy, or else the photo is encoded again.

use crate::warning::Warning;

/// A photo without its metadata.
pub(crate) struct Stripped {
    pub(crate) bytes: Vec<u8>,
    /// What was noticed on the way.
    pub(crate) warnings: Vec<Warning>,
}
