//! The faces by which a photo was framed.

use headshot_core::Faces;
use serde::{Deserialize, Serialize};

/// The face by which a photo was framed. All in upright pixels of the photo.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FramedFace {
    /// How many faces were found.
    pub found: u32,
    /// How certain the detector is of the largest framed face, from 0.8 to 1.
    pub score: f64,
    /// The box around it, from the hairline to the chin.
    #[serde(rename = "box")]
    pub place: FaceBox,
    /// Its eyes, as \[x, y\]: the person's right one first.
    pub eyes: [[i32; 2]; 2],
    /// The square that was cut out; `null` if no square holds all faces.
    pub crop: Option<Square>,
    /// All faces, from the left: `--face 1` is the first.
    pub faces: Vec<Face>,
}

/// One face.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Face {
    /// How certain the detector is of it, from 0.8 to 1.
    pub score: f64,
    /// The box around it.
    #[serde(rename = "box")]
    pub place: FaceBox,
    /// Its eyes.
    pub eyes: [[i32; 2]; 2],
}

/// A part of a photo, in upright pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaceBox {
    /// From the left edge.
    pub x: u32,
    /// From the top.
    pub y: u32,
    /// Its width.
    pub width: u32,
    /// Its height.
    pub height: u32,
}

/// A square of a photo, in upright pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Square {
    /// From the left edge.
    pub x: u32,
    /// From the top.
    pub y: u32,
    /// Its width and height.
    pub side: u32,
}

impl From<&headshot_core::Face> for Face {
    fn from(face: &headshot_core::Face) -> Face {
        let place = face.place;
        Face {
            // No more digits than mean something.
            score: (f64::from(face.score) * 1e4).round() / 1e4,
            place: FaceBox {
                x: place.x(),
                y: place.y(),
                width: place.size().width(),
                height: place.size().height(),
            },
            eyes: face.eyes,
        }
    }
}

impl From<&Faces> for FramedFace {
    fn from(faces: &Faces) -> FramedFace {
        let Face { score, place, eyes } = (&faces.face).into();
        FramedFace {
            found: faces.found.len() as u32,
            score,
            place,
            eyes,
            crop: faces.crop.map(|crop| Square {
                x: crop.x,
                y: crop.y,
                side: crop.side,
            }),
            faces: faces.found.iter().map(Face::from).collect(),
        }
    }
}
