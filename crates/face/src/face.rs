//! A face that was found, and how certain it is.

/// From this score on, it counts as a face and is framed.
pub const ACCEPT: f32 = 0.8;

/// From this score on, it may be a face: worth a message, but not a crop.
pub const PERHAPS: f32 = 0.6;

/// The longer side, in pixels, of the picture that is searched first, and of the one that is searched if the first shows no face. A smaller
/// photo is not enlarged.
pub const LOOKS: [u32; 2] = [320, 640];

/// If the best score in the first of [`LOOKS`] is lower, the second is unlikely to show a face either.
pub const SECOND_LOOK: f32 = 0.3;

/// A face in a picture. Lengths are in pixels of that picture; (0, 0) is the corner of its first pixel. Guesses of the network may lie
/// slightly outside the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Face {
    /// How certain the network is, from 0 to 1. From [`ACCEPT`](crate::ACCEPT) on it is a face.
    pub score: f32,
    /// The left edge of the box around the face, which goes from the hairline to the chin.
    pub x: f32,
    /// Its top edge.
    pub y: f32,
    /// Its width.
    pub width: f32,
    /// Its height.
    pub height: f32,
    /// As \[x, y\]: the eyes, the person's right one first, the tip of the nose, the right and the left corner of the mouth.
    pub landmarks: [[f32; 2]; 5],
}

impl Face {
    /// The same face in a picture that is this many times as wide and as high.
    ///
    /// A face found in a 320 x 240 picture of a 4000 x 3000 photo is at `scaled(12.5, 12.5)` in the photo.
    #[must_use]
    pub fn scaled(self, across: f32, down: f32) -> Face {
        Face {
            score: self.score,
            x: self.x * across,
            y: self.y * down,
            width: self.width * across,
            height: self.height * down,
            landmarks: self.landmarks.map(|[x, y]| [x * across, y * down]),
        }
    }
}
