//! What a look at a photo has shown.

use headshot_face::{ACCEPT, Face as Found};

use crate::options::{Damaged, FramePolicy};
use crate::orientation::Orientation;

/// A later frame of an animation must be better by this much: scores that are closer are mostly of the same face.
const BETTER: f32 = 0.05;

/// What a look has shown.
#[derive(Clone)]
pub(crate) struct Seen {
    /// In pixels of the photo, best first.
    pub(crate) faces: Vec<Found>,
    /// The best score, if anything at all resembled a face.
    pub(crate) best: Option<f32>,
    /// Whether something shows through the photo.
    pub(crate) has_holes: bool,
    /// Which frame it was, from 0 on.
    pub(crate) frame: u32,
}

impl Seen {
    pub(crate) fn score(&self) -> f32 {
        self.best.unwrap_or_default()
    }

    /// Whether it is worth more than a look at an earlier frame.
    pub(crate) fn is_better_than(&self, earlier: &Seen) -> bool {
        let (score, before) = (self.score(), earlier.score());
        score > before + BETTER || (score >= ACCEPT && before < ACCEPT)
    }
}

/// Every request that a look depends on.
#[derive(Clone, PartialEq)]
pub(crate) struct Looked {
    pub(crate) orientation: Orientation,
    /// What lies under transparent pixels, if a color was asked for.
    pub(crate) color: Option<[u8; 3]>,
    pub(crate) damaged: Damaged,
    /// How many frames are kept, and how.
    pub(crate) frames: (u32, FramePolicy),
}
