//! What was done to a photo, as values that print in plain words.

use std::fmt;

use crate::background::Bars;
use crate::format::Format;
use crate::geometry::{Rect, Size};
use crate::options::Quality;
use crate::orientation::Orientation;
use crate::rotation::Rotation;

/// One thing done to the photo. `Display` says it in plain words.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Step {
    /// The stored pixels were turned upright, as the EXIF data says.
    Orient(Orientation),
    /// The stored pixels were turned upright, as the container of a HEIC says.
    Turn(Orientation),
    /// The upright photo was turned further, as [`Options::rotate`](crate::Options::rotate) says.
    Rotate(Rotation),
    /// Faces were found, and decided how the photo is cut.
    Frame {
        /// How certain the detector is of each framed face, 0.8 to 1, from the left.
        scores: Vec<f32>,
        /// How far down the square the eyes lie, in percent of the side.
        eyes_percent: u32,
    },
    /// The rest of the photo was cut off.
    Crop(Rect),
    /// The photo was reduced or enlarged.
    Resize {
        /// Size before.
        from: Size,
        /// Size after.
        to: Size,
    },
    /// The colors were converted to sRGB from those of the named profile, or its substitute.
    ConvertProfile(String),
    /// The colors were converted to sRGB from CMYK that had no usable profile.
    ConvertCmyk,
    /// The photo was centered on a square.
    Letterbox {
        /// The side of the square in pixels.
        side: u32,
        /// What the bars show.
        bars: Bars,
    },
    /// Transparent pixels were laid over a color.
    Flatten([u8; 3]),
    /// Only the first frames of the animation were kept.
    Truncate {
        /// Frames before.
        from: u32,
        /// Frames after.
        to: u32,
    },
    /// Frames were dropped evenly; the animation lasts as long as before.
    Decimate {
        /// Frames before.
        from: u32,
        /// Frames after.
        to: u32,
    },
    /// Nothing had to be done, so the photo's own coding of its pixels was kept, without its metadata.
    Keep(Format),
    /// The avatar was encoded, without any metadata of the photo.
    Encode {
        /// The format of the avatar.
        format: Format,
        /// The quality of a JPEG.
        quality: Option<Quality>,
    },
}

impl Step {
    /// Whether it turns the whole photo and does nothing else.
    pub(crate) fn is_turn(&self) -> bool {
        matches!(self, Step::Orient(_) | Step::Turn(_) | Step::Rotate(_))
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Orient(orientation) => write!(
                f,
                "{} to stand upright (EXIF orientation {})",
                how(*orientation),
                orientation.exif()
            ),
            Step::Turn(orientation) => write!(
                f,
                "{} to stand upright (as the HEIC says)",
                how(*orientation)
            ),
            Step::Rotate(rotation) => {
                write!(f, "turned by {rotation} degrees clockwise, as asked for")
            }
            Step::Frame {
                scores,
                eyes_percent,
            } => {
                let texts: Vec<String> = scores.iter().map(|score| format!("{score:.2}")).collect();
                match &texts[..] {
                    [score] => write!(f, "framed the face (score {score})")?,
                    _ => write!(
                        f,
                        "framed {} faces (scores {})",
                        texts.len(),
                        texts.join(", ")
                    )?,
                }
                write!(f, ", eyes at {eyes_percent} % of the height")
            }
            Step::Crop(rect) => write!(f, "cropped to {rect}"),
            Step::Resize { from, to } if to.area() < from.area() => {
                write!(f, "reduced from {from} to {to} (Lanczos3)")
            }
            Step::Resize { from, to } => write!(f, "enlarged from {from} to {to} (Catmull-Rom)"),
            Step::ConvertProfile(name) => write!(f, "converted colors to sRGB from \"{name}\""),
            Step::ConvertCmyk => f.write_str("converted colors to sRGB from CMYK"),
            Step::Letterbox { side, bars } => {
                write!(
                    f,
                    "letterboxed to {side} x {side} on {bars}, because it is not square"
                )
            }
            Step::Flatten(color) => {
                write!(f, "laid transparent pixels over {}", Bars::Color(*color))
            }
            Step::Truncate { from, to } => write!(f, "kept the first {to} of {from} frames"),
            Step::Decimate { from, to } => {
                write!(f, "kept {to} of {from} frames, evenly, and the duration")
            }
            Step::Keep(format) => write!(f, "kept the {format} as it is, without its metadata"),
            Step::Encode {
                format,
                quality: Some(quality),
            } => {
                write!(
                    f,
                    "encoded as {format}, quality {}, without metadata",
                    quality.get()
                )
            }
            Step::Encode {
                format,
                quality: None,
            } => write!(f, "encoded as {format}, without metadata"),
        }
    }
}

/// How a picture is turned, in words.
fn how(orientation: Orientation) -> &'static str {
    match orientation {
        Orientation::Upright => "kept as stored",
        Orientation::FlipHorizontal => "mirrored left to right",
        Orientation::Rotate180 => "turned by 180 degrees",
        Orientation::FlipVertical => "mirrored top to bottom",
        Orientation::Transpose => "mirrored and turned by 270 degrees",
        Orientation::Rotate90 => "turned by 90 degrees",
        Orientation::Transverse => "mirrored and turned by 90 degrees",
        Orientation::Rotate270 => "turned by 270 degrees",
    }
}
