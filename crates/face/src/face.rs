//! A face, as it is found, and how far it is believed.

/// From this score on a face is believed and framed.
pub const ACCEPT: f32 = 0.8;

/// From this score on it may be a face: worth a word, and no crop.
pub const PERHAPS: f32 = 0.6;

/// The longer side, in pixels, of the picture of a photo that is looked at first, and of the one where that shows nobody. A photo that is smaller
/// is not enlarged.
pub const LOOKS: [u32; 2] = [320, 640];

/// Where the best score in the first of [`LOOKS`] is less, the second hardly shows a face either.
pub const SECOND_LOOK: f32 = 0.3;

/// A face that was found in a picture. Lengths are in pixels of that picture; (0, 0) is the corner of its first pixel. What
/// the network guesses may lie a little outside the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Face {
    /// How certain it is, from 0 to 1. From [`ACCEPT`](crate::ACCEPT) on it is a face.
    pub score: f32,
    /// The left edge of the box around the face, which goes from the hairline to the chin.
    pub x: f32,
    /// Its upper edge.
    pub y: f32,
    /// Its width.
    pub width: f32,
    /// Its height.
    pub height: f32,
    /// As \[x, y\]: the eye, the person's right one first, the left eye, the tip of the nose, the right and the left corner of the mouth.
    pub landmarks: [[f32; 2]; 5],
}

impl Face {
    /// The same face in a picture that is so many times as wide and as high.
    ///
    /// A face that was found in a picture of 320 x 240 of a photo of 4000 x 3000 is at `scaled(12.5, 12.5)` of the photo.
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
