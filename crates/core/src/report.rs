//! What was done to a photo, and what the user should know, as values that print in plain words.

use std::fmt;

use crate::geometry::{Rect, Size};
use crate::options::{Quality, SideRange};
use crate::orientation::Orientation;
use crate::probe::{Format, Info};

/// What a photo was, what was done to it, and what is worth knowing.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Report {
    /// The photo, from its header.
    pub source: Info,
    /// What was done, in order. Rectangles and sizes are in upright pixels.
    pub steps: Vec<Step>,
    /// What the user should know: of the header first, then of the plan, then of the pixels.
    pub warnings: Vec<Warning>,
}

impl Report {
    /// Whether pixels or frames of the photo were missing or damaged, so that the avatar does not show all of it.
    pub fn damaged(&self) -> bool {
        let is_damage = |warning: &Warning| {
            matches!(
                warning,
                Warning::MissingPixels { .. }
                    | Warning::CutAnimation
                    | Warning::IncompleteFrames(_)
            )
        };
        self.warnings.iter().any(is_damage)
    }
}

/// One thing done to the photo. `Display` says it in plain words.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Step {
    /// The stored pixels were turned upright.
    Orient(Orientation),
    /// The rest of the photo was cut off.
    Crop(Rect),
    /// The photo was reduced or enlarged.
    Resize {
        /// Size before.
        from: Size,
        /// Size after.
        to: Size,
    },
    /// The colors were converted to sRGB from those of the named profile, or of what stands for one.
    ConvertProfile(String),
    /// The colors were converted to sRGB from CMYK that had no usable profile.
    ConvertCmyk,
    /// The photo was centred on a square.
    Letterbox {
        /// The side of the square in pixels.
        side: u32,
        /// The color of the bars, or `None` for transparent ones.
        color: Option<[u8; 3]>,
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
    /// Nothing was to be done, so the photo's own coding of its pixels was kept, without its metadata.
    Keep(Format),
    /// The avatar was encoded, without any metadata of the photo.
    Encode {
        /// The format of the avatar.
        format: Format,
        /// The quality of a JPEG.
        quality: Option<Quality>,
    },
}

/// Something the user should know about the photo or the avatar. `Display` says it in plain words.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Warning {
    /// The EXIF data cannot be read; the photo is taken to be upright.
    DamagedExif,
    /// The color profile cannot be read; the colors are taken to be sRGB.
    BrokenProfile,
    /// The color profile is for another kind of colors; the colors are taken to be sRGB.
    MismatchedProfile,
    /// The PNG's chunk of this name, which is about colors, is damaged or of a kind that is not supported; it is ignored.
    UnusableColors(&'static str),
    /// The photo is brighter than sRGB can be (PQ or HLG); it was mapped to what sRGB has.
    HighDynamicRange,
    /// An orientation stands where only some programs look, and EXIF data have none; the photo was not turned.
    OrientationElsewhere {
        /// Where, as a noun: "XMP data".
        place: &'static str,
        /// What stands there.
        orientation: Orientation,
    },
    /// The PNG is animated; only its default image is used.
    AnimatedPng,
    /// The photo is an animation of so many frames; only its first is used.
    FirstFrameOnly(u32),
    /// The first frame of the GIF does not lie within its canvas, which was enlarged to hold it.
    GrownCanvas {
        /// Size of the canvas in the file.
        from: Size,
        /// Size that it was taken to have.
        to: Size,
    },
    /// The file ends inside a frame or in junk; the frames before that are kept.
    CutAnimation,
    /// The data of so many frames end before their last pixel.
    IncompleteFrames(u32),
    /// The photo was enlarged so much that it will look soft: 1.25 times or more.
    Enlarged {
        /// Side before, in pixels.
        from: u32,
        /// Side after, in pixels.
        to: u32,
    },
    /// The avatar is transparent all over.
    Invisible,
    /// The avatar is of one color, and the photo is not.
    OneColor,
    /// The sides asked for go beyond what Slack advises.
    SideOutsideAdvice(SideRange),
    /// The end marker is missing behind the last pixel.
    MissingEnd(Format),
    /// A progressive JPEG has its end marker but not all scans: every row is there, and coarser than it could be.
    NeverCoded {
        /// For each color component, in the order of the file: how many of the 64 coefficients of its blocks no scan has.
        coefficients: [u8; 4],
        /// How many more of them lack their last bits.
        last_bits: [u8; 4],
    },
    /// Pixels are missing or wrong, and were accepted with [`Damaged::Accept`](crate::Damaged::Accept). All are rows of the
    /// photo as it is stored, not yet turned upright, from the top.
    MissingPixels {
        /// Rows that are as they should be.
        intact: u32,
        /// Rows that show something of the photo, at least 1; those behind the intact ones may lack detail or be garbled.
        found: u32,
        /// Rows that there should be.
        expected: u32,
    },
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Orient(orientation) => {
                let how = match orientation {
                    Orientation::Upright => "kept as stored",
                    Orientation::FlipHorizontal => "mirrored left to right",
                    Orientation::Rotate180 => "turned by 180 degrees",
                    Orientation::FlipVertical => "mirrored top to bottom",
                    Orientation::Transpose => "mirrored and turned by 270 degrees",
                    Orientation::Rotate90 => "turned by 90 degrees",
                    Orientation::Transverse => "mirrored and turned by 90 degrees",
                    Orientation::Rotate270 => "turned by 270 degrees",
                };
                write!(
                    f,
                    "{how} to stand upright (EXIF orientation {})",
                    orientation.exif()
                )
            }
            Step::Crop(rect) => write!(f, "cropped to {rect}"),
            Step::Resize { from, to } if to.area() < from.area() => {
                write!(f, "reduced from {from} to {to} (Lanczos3)")
            }
            Step::Resize { from, to } => write!(f, "enlarged from {from} to {to} (Catmull-Rom)"),
            Step::ConvertProfile(name) => write!(f, "converted colors to sRGB from \"{name}\""),
            Step::ConvertCmyk => f.write_str("converted colors to sRGB from CMYK"),
            Step::Letterbox { side, color } => {
                write!(
                    f,
                    "letterboxed to {side} x {side} on {}, because it is not square",
                    Color(*color)
                )
            }
            Step::Flatten(color) => {
                write!(f, "laid transparent pixels over {}", Color(Some(*color)))
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

/// A background color, or the lack of one, in words.
struct Color(Option<[u8; 3]>);

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => f.write_str("a transparent background"),
            Some([0, 0, 0]) => f.write_str("black"),
            Some([255, 255, 255]) => f.write_str("white"),
            Some([r, g, b]) => write!(f, "#{r:02x}{g:02x}{b:02x}"),
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::DamagedExif => f.write_str("its EXIF data is damaged: taken to be upright"),
            Warning::BrokenProfile => {
                f.write_str("its color profile is damaged: colors taken to be sRGB")
            }
            Warning::MismatchedProfile => f.write_str(
                "its color profile is for another kind of colors: colors taken to be sRGB",
            ),
            Warning::UnusableColors(chunk) => write!(
                f,
                "its {chunk} chunk is damaged or of a kind that is not supported: ignored"
            ),
            Warning::HighDynamicRange => f.write_str(
                "it is an HDR picture: its light was reduced to that of sRGB, and highlights may look flat",
            ),
            Warning::OrientationElsewhere { place, orientation } => write!(
                f,
                "an orientation of {} stands in {place}, where only some programs look: not turned",
                orientation.exif()
            ),
            Warning::AnimatedPng => {
                f.write_str("it is an animated PNG: only its default image is used")
            }
            Warning::FirstFrameOnly(frames) => {
                write!(
                    f,
                    "it is an animation of {frames} frames: only its first is used"
                )
            }
            Warning::GrownCanvas { from, to } => write!(
                f,
                "its first frame does not fit on its canvas of {from} pixels: the canvas was enlarged to {to}"
            ),
            Warning::CutAnimation => {
                f.write_str("the animation is cut off: the frames before that are kept")
            }
            Warning::IncompleteFrames(frames) => {
                write!(f, "pixels are missing in {frames} of its frames")
            }
            Warning::Enlarged { from, to } => write!(
                f,
                "it was enlarged {:.2} times, from {from} to {to} pixels, and will look soft: use a larger photo",
                f64::from(*to) / f64::from(*from)
            ),
            Warning::Invisible => {
                f.write_str("the avatar is transparent all over: nobody will see anything of it")
            }
            Warning::OneColor => f.write_str(
                "the avatar is a single color, and the photo is not: choose another crop or background",
            ),
            Warning::SideOutsideAdvice(range) => write!(
                f,
                "sides of {} to {} pixels were asked for: Slack advises {} to {}",
                range.min(),
                range.max(),
                SideRange::SLACK.min(),
                SideRange::SLACK.max()
            ),
            Warning::MissingPixels {
                intact,
                found,
                expected,
            } => write!(
                f,
                "it is damaged: of {expected} rows of pixels {found} were found, {intact} of them intact"
            ),
            Warning::NeverCoded {
                coefficients,
                last_bits,
            } => {
                f.write_str(
                    "the JPEG ends before its last scans, so it is coarser than it could be: ",
                )?;
                f.write_str("never coded were ")?;
                let missing = [(coefficients, ""), (last_bits, "the last bits of ")];
                let mut parts = missing
                    .iter()
                    .flat_map(|(counts, what)| counts.iter().zip(1..).map(move |part| (what, part)))
                    .filter(|(_, (count, _))| **count > 0);
                if let Some((what, (count, component))) = parts.next() {
                    write!(
                        f,
                        "{what}{count} of 64 coefficients of color component {component}"
                    )?;
                }
                parts.try_for_each(|(what, (count, component))| {
                    write!(f, ", {what}{count} of component {component}")
                })
            }
            Warning::MissingEnd(format) => {
                write!(
                    f,
                    "the end marker of the {format} is missing: all pixels are there"
                )
            }
        }
    }
}
