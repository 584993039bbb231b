//! Everything that can go wrong, sorted by who must act.

use std::error::Error as StdError;
use std::fmt;

use crate::format::Format;
use crate::geometry::Size;
use crate::options::CropBox;
use crate::units::{self, Round};

/// Why a photo did not become an avatar. Messages never repeat their [`source`](StdError::source).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are not a JPEG, PNG, GIF or WebP. The person who chose the file must choose another, or convert it.
    #[error("this is {found}{}{advice}", pause(.advice))]
    UnknownFormat {
        /// What the bytes look like, with its article: "an AVIF image".
        found: &'static str,
        /// The rest of the sentence: what is wrong with that, and what to do.
        advice: &'static str,
    },
    /// This library does not decode this kind of photo. Saving it again from another program helps.
    #[error(
        "{what} in this {format} is not supported: save the photo again as an ordinary {format}"
    )]
    Unsupported {
        /// The format that the bytes claim.
        format: Format,
        /// The feature, as a noun: "arithmetic coding".
        what: &'static str,
    },
    /// The bytes break the rules of their format, often because the file is cut off. A fresh copy of the file helps.
    #[error("the {format} is damaged (try a fresh copy of the file)")]
    Damaged {
        /// The format that the bytes claim.
        format: Format,
        /// Whether the header is in order and only pixels are damaged, so that [`Damaged::Accept`](crate::Damaged::Accept) may make an
        /// avatar from the rest; always false if that was tried.
        in_pixels: bool,
        /// What the decoder said.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The photo exceeds one of the caller's [`Limits`](crate::Limits). The person who chose it must choose a smaller one,
    /// or the caller must raise the limit.
    #[error("{which}: {}, at most {}: {}", units::counted(*.which, *.found, Round::Up), units::counted(*.which, *.max, Round::Down), advice(*.which))]
    Limit {
        /// Which of the limits.
        which: Limit,
        /// What the photo takes; for [`Limit::Time`], what it took so far.
        found: u64,
        /// The limit in force.
        max: u64,
    },
    /// The system refused memory that the limits allow. The operator must leave it more: fewer photos at once, or a
    /// lower [`Limits::memory`](crate::Limits::memory).
    #[error("out of memory{}: make fewer avatars at once, or use a smaller photo", refused(*.bytes))]
    OutOfMemory {
        /// The bytes that were refused, if known; otherwise 0.
        bytes: u64,
    },
    /// The crop box does not lie inside the photo. The caller must choose another one.
    #[error(
        "crop: {} x {} at {},{} does not lie inside the photo, {image} upright pixels: choose a box within it",
        crop.side, crop.side, crop.x, crop.y
    )]
    CropOutside {
        /// The box that was asked for, in upright pixels.
        crop: CropBox,
        /// The size of the upright photo in pixels.
        image: Size,
    },
    /// The photo is smaller than the smallest side, and [`Small::Refuse`](crate::Small::Refuse) is set.
    #[error("side: {found} pixels, at least {min}: use a larger photo, or allow it to be enlarged")]
    TooSmall {
        /// The side that the avatar would have without enlarging, in pixels.
        found: u32,
        /// The smallest side that was asked for, in pixels.
        min: u32,
    },
    /// The animation has too many frames, and [`FramePolicy::Reject`](crate::FramePolicy::Reject) is set. The caller
    /// must choose.
    #[error(
        "frames: {found}, at most {max}: take the first frame, truncate or decimate the animation, or raise the limit"
    )]
    TooManyFrames {
        /// Frames in the file.
        found: u32,
        /// The limit in force.
        max: u32,
    },
    /// No face was found, and [`FaceFallback::Refuse`](crate::FaceFallback::Refuse) is set or a face was chosen by its number. The person who
    /// chose the photo must choose another, or the caller another fit.
    #[error("face: none was found{}: use a photo that shows one, choose a crop, or allow a fallback", scored(*.best))]
    NoFace {
        /// The best score of anything that resembled a face, if there was one: a face has at least 0.8.
        best: Option<f32>,
    },
    /// The faces do not fit in one square of the photo, and [`FaceFallback::Refuse`](crate::FaceFallback::Refuse) is set. The caller must
    /// choose one.
    #[error(
        "faces: {faces} do not fit in one square, which would take {needed} pixels, but the photo allows {available}: choose one by its number from the left, choose a crop, or allow a fallback"
    )]
    Crowd {
        /// How many faces count.
        faces: usize,
        /// The side of the square that would hold them, in pixels.
        needed: u32,
        /// The side of the largest square of the photo.
        available: u32,
    },
    /// There is no face with the number that was chosen. The caller must choose another.
    #[error(
        "face: number {number}, but {found} found: numbers go from 1 to {found}, from the left"
    )]
    NoSuchFace {
        /// The number.
        number: u32,
        /// How many faces there are.
        found: u32,
    },
    /// A transparent background was requested for a JPEG, which has no alpha. The caller must choose.
    #[error("background: a JPEG cannot be transparent: choose a color, or PNG as the format")]
    TransparentJpeg,
    /// The avatar could not be encoded. This is a bug of this library: please report it.
    #[error("the avatar could not be encoded as {format}: please report this as a bug")]
    Encode {
        /// The format of the avatar.
        format: Format,
        /// What the encoder said.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The number of samples does not match the sides. The caller's code must change.
    #[error(
        "samples: {found}, but {width} x {height} pixels of {channels} need {}: leave out padding, and give one byte a sample",
        u64::from(*.width) * u64::from(*.height) * *.channels as u64
    )]
    WrongSamples {
        /// The given width, in pixels.
        width: u32,
        /// The given height, in pixels.
        height: u32,
        /// Samples per pixel.
        channels: usize,
        /// Samples that were passed.
        found: usize,
    },
    /// Something happened that must not, a panic in a decoder for instance. This is a bug: please report it.
    #[error("internal error: {what}: please report this as a bug")]
    Internal {
        /// What happened.
        what: String,
    },
}

/// Which of the [`Limits`](crate::Limits) was exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Limit {
    /// [`Limits::bytes`](crate::Limits::bytes)
    Bytes,
    /// [`Limits::pixels`](crate::Limits::pixels) or [`Limits::non_jpeg_pixels`](crate::Limits::non_jpeg_pixels)
    Pixels,
    /// [`Limits::webp_pixels`](crate::Limits::webp_pixels)
    WebpPixels,
    /// [`Limits::side`](crate::Limits::side)
    Side,
    /// [`Limits::scans`](crate::Limits::scans)
    Scans,
    /// [`Limits::blocks`](crate::Limits::blocks)
    Blocks,
    /// [`Limits::memory`](crate::Limits::memory)
    Memory,
    /// [`Limits::canvases`](crate::Limits::canvases)
    Canvases,
    /// [`Limits::drawn`](crate::Limits::drawn)
    Drawn,
    /// [`Limits::time`](crate::Limits::time), in milliseconds
    Time,
}

/// What comes before the advice: a colon if it begins with what to do.
fn pause(advice: &str) -> &'static str {
    if advice.starts_with("rebuild") {
        ": "
    } else {
        ", "
    }
}

/// What helps against exceeding a limit.
fn advice(which: Limit) -> &'static str {
    match which {
        Limit::Canvases => "keep fewer frames, use a smaller animation or raise the limit",
        Limit::Drawn => "keep fewer frames, ask for a smaller side or raise the limit",
        Limit::Time => {
            "use a smaller photo, keep fewer frames of an animation, ask for a smaller side or allow more time"
        }
        _ => "use a smaller photo or raise the limit",
    }
}

/// The best score of something that is not a face, in words.
fn scored(best: Option<f32>) -> String {
    best.map_or_else(String::new, |best| {
        format!(
            " (best score {best:.2}, at least {:.2})",
            headshot_face::ACCEPT
        )
    })
}

/// How much was refused, in words.
fn refused(bytes: u64) -> String {
    match bytes {
        0 => String::new(),
        bytes => format!(
            ": {} were refused",
            units::counted(Limit::Memory, bytes, Round::Up)
        ),
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Limit::Bytes => "size of the file",
            Limit::Pixels => "pixels",
            Limit::WebpPixels => "pixels of a WebP",
            Limit::Side => "longer side in pixels",
            Limit::Scans => "progressive scans",
            Limit::Blocks => "blocks in all scans",
            Limit::Memory => "memory to make the avatar",
            Limit::Canvases => "pixels of all frames together",
            Limit::Drawn => "pixels of all frames of the avatar together",
            Limit::Time => "processor time",
        })
    }
}

impl Error {
    /// A short name for the case, in snake case, for programs; it stays the same when messages change.
    pub fn kind(&self) -> &'static str {
        match self {
            Error::UnknownFormat { .. } => "unknown_format",
            Error::Unsupported { .. } => "unsupported",
            Error::Damaged { .. } => "damaged",
            Error::Limit { .. } => "limit",
            Error::OutOfMemory { .. } => "out_of_memory",
            Error::CropOutside { .. } => "crop_outside",
            Error::TooSmall { .. } => "too_small",
            Error::TooManyFrames { .. } => "too_many_frames",
            Error::NoFace { .. } => "no_face",
            Error::Crowd { .. } => "crowd",
            Error::NoSuchFace { .. } => "no_such_face",
            Error::TransparentJpeg => "transparent_jpeg",
            Error::Encode { .. } => "encode",
            Error::WrongSamples { .. } => "wrong_samples",
            Error::Internal { .. } => "internal",
        }
    }

    pub(crate) fn damaged(
        format: Format,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Error {
        Error::Damaged {
            format,
            in_pixels: false,
            source: source.into(),
        }
    }

    /// The same for a photo whose header is in order. Nothing can be shown of a damaged WebP or HEIC.
    pub(crate) fn behind_header(mut self) -> Error {
        if let Error::Damaged {
            in_pixels, format, ..
        } = &mut self
        {
            *in_pixels = !matches!(*format, Format::Webp | Format::Heic);
        }
        self
    }

    /// For an error that one of our decoders found near a byte of the file.
    pub(crate) fn damaged_at(format: Format, at: usize, what: &'static str) -> Error {
        Error::damaged(format, format!("{what}, near byte {at}"))
    }

    /// For an allocation that failed.
    pub(crate) fn out_of_memory(bytes: usize) -> Error {
        Error::OutOfMemory {
            bytes: bytes as u64,
        }
    }

    pub(crate) fn internal(what: impl fmt::Display) -> Error {
        Error::Internal {
            what: what.to_string(),
        }
    }
}

/// `Err(Error::Limit)` when `found` is more than `max`.
pub(crate) fn check_limit(which: Limit, found: u64, max: u64) -> Result<(), Error> {
    if found > max {
        Err(Error::Limit { which, found, max })
    } else {
        Ok(())
    }
}
