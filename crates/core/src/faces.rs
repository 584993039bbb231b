//! The faces that were found in a photo, as values for reports.

use crate::geometry::Rect;
use crate::options::CropBox;

/// The faces in a photo that [`Fit::Face`](crate::Fit::Face) based its decision on. Everything is in upright pixels of the photo.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Faces {
    /// All faces that could be chosen, from the left: [`FaceFit::number`](crate::FaceFit::number) counts them from 1. At least one.
    pub found: Vec<Face>,
    /// The largest of those that are framed, or should be.
    pub face: Face,
    /// The frame of an animation in which they were found, counted from 0; 0 for a still.
    pub frame: u32,
    /// The square that frames them; `None` if no square holds all of them, so that the photo was letterboxed.
    pub crop: Option<CropBox>,
}

/// A face.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Face {
    /// How certain the detector is of it, from 0.8 to 1.
    pub score: f32,
    /// The box around it, from the hairline to the chin, clipped to the photo.
    pub place: Rect,
    /// Where the eyes are, as \[x, y\]: the person's right one first. An eye of a face at the edge may lie slightly outside.
    pub eyes: [[i32; 2]; 2],
}
