//! Takes everything but the picture off a photo that complies already, without touching its pixels.
//!
//! What is hidden within the coded picture goes, too: it is left out where that is easy, and else the photo is encoded anew.

use crate::warning::Warning;

/// A photo without its metadata.
pub(crate) struct Stripped {
    pub(crate) bytes: Vec<u8>,
    /// What was noticed on the way.
    pub(crate) warnings: Vec<Warning>,
}
