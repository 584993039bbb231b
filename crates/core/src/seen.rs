//! What a look at a photo has shown.

use headshot_face::Face as Found;

use crate::options::Damaged;
use crate::orientation::Orientation;

/// What a look has shown.
#[derive(Clone)]
pub(crate) struct Seen {
    /// In pixels of the photo, best first.
    pub(crate) faces: Vec<Found>,
    /// The best score, if anything at all resembled a face.
    pub(crate) best: Option<f32>,
    /// Whether something shows through the photo.
    pub(crate) has_holes: bool,
}

impl Seen {
    pub(crate) fn score(&self) -> f32 {
        self.best.unwrap_or_default()
    }
}

/// All of what was asked for that a look depends on.
#[derive(Clone, PartialEq)]
pub(crate) struct Looked {
    pub(crate) orientation: Orientation,
    /// What lies under transparent pixels, where a color was asked for.
    pub(crate) color: Option<[u8; 3]>,
    pub(crate) damaged: Damaged,
    /// How many frames are gone through.
    pub(crate) frames: u32,
}
