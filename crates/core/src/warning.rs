//! What the user should know, as values that print in plain words.

use std::fmt;

use headshot_face::{ACCEPT, PERHAPS};

use crate::background::Bars;
use crate::format::Format;
use crate::geometry::{Rect, Size};
use crate::options::SideRange;
use crate::orientation::Orientation;

/// How many faces are named one by one.
const NAMED: usize = 8;

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
    /// The PNG's chunk of this name, which is about colors, is damaged or of an unsupported kind; it is ignored.
    UnusableColors(&'static str),
    /// The photo is brighter than sRGB can be (PQ or HLG); it was mapped to the range of sRGB.
    HighDynamicRange,
    /// An orientation is stored where only some programs look, and the EXIF data has none; the photo was not turned.
    OrientationElsewhere {
        /// Where, as a noun: "XMP data".
        place: &'static str,
        /// The orientation stored there.
        orientation: Orientation,
    },
    /// The photo is an animation of so many frames; only the first is used.
    FirstFrameOnly(u32),
    /// The first frame of the GIF does not lie within its canvas, which was enlarged to hold it.
    GrownCanvas {
        /// Size of the canvas in the file.
        from: Size,
        /// Size that was used instead.
        to: Size,
    },
    /// The file ends inside a frame or in junk; the frames before that are kept.
    CutAnimation,
    /// The data of so many frames ends before their last pixel, or contains wrong pixels.
    IncompleteFrames(u32),
    /// The photo was enlarged so much that it will look soft: 1.25 times or more.
    Enlarged {
        /// Side before, in pixels.
        from: u32,
        /// Side after, in pixels.
        to: u32,
    },
    /// No face was found, so the photo was cut as for [`Fit::Cover`](crate::Fit::Cover), or kept whole.
    NoFace {
        /// The best score of anything that resembled a face, if there was one: a face has at least 0.8.
        best: Option<f32>,
        /// Whether the photo was kept whole, as for [`Fit::Contain`](crate::Fit::Contain).
        is_whole: bool,
    },
    /// The faces that count do not fit in one square of the photo, so it was kept whole.
    Crowd {
        /// From the left, the number of each as [`FaceFit::number`](crate::FaceFit::number) counts, and its box in upright pixels.
        faces: Vec<(u32, Rect)>,
        /// The side of the square that would hold them, in pixels.
        needed: u32,
        /// The side of the largest square of the photo.
        available: u32,
    },
    /// Faces that were found, but are smaller than those that are framed, are not whole in the square.
    LeftOut {
        /// From the left, the number of each as [`FaceFit::number`](crate::FaceFit::number) counts, and its box in upright pixels.
        faces: Vec<(u32, Rect)>,
        /// How many were found.
        found: usize,
    },
    /// The face that was framed is larger than the largest square of the photo.
    CutFace {
        /// Its box, in upright pixels.
        place: Rect,
        /// The side of the square.
        side: u32,
    },
    /// Something shows through the photo, so the bars are not the requested ones.
    SeenThrough(Bars),
    /// The face is small on the avatar, which would have to be enlarged to show it larger.
    SmallFace {
        /// The height of its box, in pixels of the photo.
        height: u32,
        /// The side of the square, which is the smallest that was asked for.
        side: u32,
    },
    /// The avatar is transparent all over.
    Invisible,
    /// The photo is transparent all over, so the avatar has nothing but its background.
    TransparentPhoto,
    /// The avatar is of one color, and the photo is not.
    OneColor,
    /// The sides asked for go beyond what Slack advises.
    SideOutsideAdvice(SideRange),
    /// The end marker after the last pixel is missing, or other data that belongs there.
    MissingEnd(Format),
    /// A progressive JPEG has its end marker but not all scans: every row is there, but coarser than it could be.
    NeverCoded {
        /// For each color component, in the order of the file: how many of the 64 coefficients of its blocks are in no scan.
        coefficients: [u8; 4],
        /// How many more of them lack their last bits.
        last_bits: [u8; 4],
    },
    /// Pixels are missing or wrong, and were accepted with [`Damaged::Accept`](crate::Damaged::Accept). All are rows of the
    /// photo as it is stored, not yet turned upright, from the top.
    MissingPixels {
        /// Rows that are intact.
        intact: u32,
        /// Rows that show something of the photo, at least 1; those after the intact ones may lack detail or be garbled.
        found: u32,
        /// Rows that the photo should have.
        expected: u32,
    },
}

/// Faces with their numbers and boxes.
fn numbered(faces: &[(u32, Rect)]) -> String {
    let named = faces.iter().take(NAMED);
    let named: Vec<String> = named
        .map(|(number, place)| format!("{number}: {place}"))
        .collect();
    match faces.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
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
                "an orientation of {} is in {place}, where only some programs look: not turned",
                orientation.exif()
            ),
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
            Warning::NoFace { best, is_whole } => {
                match best {
                    Some(best) if *best >= PERHAPS => write!(
                        f,
                        "there may be a face, but it is not certain enough (score {best:.2}, at least {ACCEPT:.2})"
                    )?,
                    Some(best) => write!(f, "no face was found (best score {best:.2})")?,
                    None => f.write_str("no face was found")?,
                }
                f.write_str(if *is_whole {
                    ": the whole photo was kept"
                } else {
                    ": the largest square was kept"
                })
            }
            Warning::Crowd {
                faces,
                needed,
                available,
            } => {
                write!(
                    f,
                    "its {} faces do not fit in one square, which would take {needed} pixels, but the photo allows {available}: the whole photo was kept \
                     ({}); choose one by its number, as in --face {}",
                    faces.len(),
                    numbered(faces),
                    faces.first().map_or(1, |(number, _)| *number)
                )
            }
            Warning::LeftOut { faces, found } => {
                let are = if faces.len() == 1 { "is" } else { "are" };
                write!(
                    f,
                    "of the {found} faces found, {} {are} not whole in the square ({}), because the largest is so much larger: choose one \
                     by its number, as in --face {}, or choose a crop",
                    faces.len(),
                    numbered(faces),
                    faces.first().map_or(1, |(number, _)| *number)
                )
            }
            Warning::CutFace { place, side } => write!(
                f,
                "the face is cut: its box is {} pixels, but the largest square of the photo has only {side}: use a photo with more around it",
                place.size()
            ),
            Warning::SeenThrough(bars) => write!(
                f,
                "it has transparent pixels, so the bars do not show {bars}: choose a color"
            ),
            Warning::SmallFace { height, side } => write!(
                f,
                "the face is small, {height} pixels high in a square of {side}, the smallest side: use a photo taken from closer"
            ),
            Warning::Invisible => {
                f.write_str("the avatar is transparent all over: there is nothing to see")
            }
            Warning::TransparentPhoto => f.write_str(
                "the photo is transparent all over: the avatar has nothing but its background",
            ),
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
                f.write_str("missing are ")?;
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
            Warning::MissingEnd(Format::Webp) => {
                f.write_str("the WebP is shorter than it says: all pixels are there")
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
