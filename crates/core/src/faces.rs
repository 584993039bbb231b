//! The faces that were found in a photo, as values for reports.

use crate::geometry::Rect;
use crate::options::CropBox;

/// The faces of a photo by which [`Fit::Face`](crate::Fit::Face) decided. Everything is in upright pixels of the photo.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Faces {
    /// All faces that could be chosen, from the left: the numbers of [`FaceFit::number`](crate::FaceFit::number) are places in it, from 1
    /// on. At least one.
    pub found: Vec<Face>,
    /// The largest of those that are framed, or that ought to be.
    pub face: Face,
    /// The frame of an animation in which they are, from 0 on; 0 for a still.
    pub frame: u32,
    /// The square that frames them; `None` where no square holds all of them, so that the photo was letterboxed.
    pub crop: Option<CropBox>,
}

/// A face.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Face {
    /// How certain it is, from 0.8 to 1.
    pub score: f32,
    /// The box around it, from the hairline to the chin, as far as it lies in the photo.
    pub place: Rect,
    /// Where the eyes are, as \[x, y\]: the person's right one first. One of a face at the edge may lie a little outside.
    pub eyes: [[i32; 2]; 2],
}
