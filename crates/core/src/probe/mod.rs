//! What a photo is, from its header alone: no pixel is decoded.

mod elsewhere;
mod exif;
pub(crate) mod jpeg;
pub(crate) mod png;
mod sniff;

use std::fmt;

use crate::animation::Animation;
use crate::clock::Clock;
use crate::color::{ColorModel, Profile, ProfileFault};
use crate::decode;
use crate::decode::gif::Structure;
use crate::error::{Error, Limit, check_limit};
use crate::geometry::Size;
use crate::options::Limits;
use crate::orientation::Orientation;
use crate::report::Warning;

/// The formats that Slack takes and this library reads and writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// JPEG, ITU-T T.81.
    Jpeg,
    /// PNG, third edition.
    Png,
    /// GIF, 87a and 89a.
    Gif,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Format::Jpeg => "JPEG",
            Format::Png => "PNG",
            Format::Gif => "GIF",
        })
    }
}

/// What a photo is, read from its header by [`probe`](crate::probe()).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Info {
    /// The format of the bytes; the file's name does not matter.
    pub format: Format,
    /// Width and height in upright pixels: as the picture is meant to be seen.
    pub size: Size,
    /// How the stored pixels are turned to stand upright.
    pub orientation: Orientation,
    /// Pictures in the file: 1 for a still, more for an animated GIF. An animated PNG counts as 1.
    pub frames: u32,
    /// Duration and loop count, where there is more than one frame.
    pub animation: Option<Animation>,
    /// Bytes of the file.
    pub bytes: u64,
    /// The kind of colors stored.
    pub color: ColorModel,
    /// Whether pixels may be transparent.
    pub alpha: bool,
    /// The embedded color profile, or what stands for one: PNG's cICP, or gAMA and cHRM, and EXIF data that say Adobe RGB. Where
    /// it is usable, and not plainly sRGB.
    pub profile: Option<Profile>,
    /// Bytes of its color profile, usable or not.
    pub(crate) profile_bytes: u64,
    /// Bytes that its decoder holds, at most.
    pub(crate) decoder: u64,
    /// Whether its coding may stay as it is in an avatar.
    pub(crate) plain: bool,
    /// What was noticed in the header that the user should know.
    pub warnings: Vec<Warning>,
}

/// What one format's header says, before it is judged.
pub(crate) struct Header {
    /// In stored pixels.
    size: Size,
    color: ColorModel,
    alpha: bool,
    frames: u32,
    animation: Option<Animation>,
    scans: u32,
    orientation: Result<Option<Orientation>, exif::Damaged>,
    colors: Colors,
    /// Bytes that its decoder holds, at most.
    decoder: u64,
    /// Whether its coding is one that an avatar may have.
    plain: bool,
    /// What else the user should know.
    warnings: Vec<Warning>,
}

/// Which colors the container says are stored.
pub(crate) enum Colors {
    Unsaid,
    /// An embedded profile, but its container is damaged, or it is larger than the limit.
    Broken,
    /// An embedded profile.
    Icc(Vec<u8>),
    /// No profile, but what stands for one.
    Described(Profile),
}

/// See [`probe`](crate::probe()).
pub(crate) fn probe(photo: &[u8], limits: &Limits, clock: &Clock) -> Result<Info, Error> {
    check_limit(Limit::Bytes, photo.len() as u64, limits.bytes)?;
    let format = sniff::format(photo)?;
    let header = match format {
        Format::Jpeg => jpeg::header(photo, limits)?,
        Format::Png => png::header(photo, limits)?,
        Format::Gif => gif_header(photo)?,
    };
    clock.check()?;
    check_limit(Limit::Side, header.size.longer().into(), limits.side.into())?;
    let pixels = match format {
        Format::Jpeg => limits.pixels,
        Format::Png | Format::Gif => limits.pixels.min(limits.non_jpeg_pixels),
    };
    check_limit(Limit::Pixels, header.size.area(), pixels)?;
    check_limit(Limit::Scans, header.scans.into(), limits.scans.into())?;

    let mut warnings = Vec::new();
    let orientation = header.orientation.unwrap_or_else(|exif::Damaged| {
        warnings.push(Warning::DamagedExif);
        None
    });
    let orientation = orientation.unwrap_or_default();
    let profile_bytes = match &header.colors {
        Colors::Icc(icc) => icc.len() as u64,
        Colors::Unsaid | Colors::Broken | Colors::Described(_) => 0,
    };
    let profile = match header.colors {
        Colors::Unsaid => None,
        Colors::Broken => Some(Err(ProfileFault::Broken)),
        Colors::Icc(icc) => Some(Profile::read(&icc, header.color)),
        Colors::Described(profile) => Some(Ok(profile)),
    };
    let profile = profile.and_then(|read| {
        read.map_err(|fault| {
            warnings.push(match fault {
                ProfileFault::Broken => Warning::BrokenProfile,
                ProfileFault::Mismatched => Warning::MismatchedProfile,
            });
        })
        .ok()
    });
    clock.check()?;
    warnings.extend(header.warnings);
    Ok(Info {
        format,
        size: orientation.size(header.size),
        orientation,
        frames: header.frames,
        animation: header.animation.filter(|_| header.frames > 1),
        bytes: photo.len() as u64,
        color: header.color,
        alpha: header.alpha,
        profile,
        profile_bytes,
        decoder: header.decoder,
        plain: header.plain,
        warnings,
    })
}

fn gif_header(photo: &[u8]) -> Result<Header, Error> {
    let structure = decode::gif::scan(photo)?;
    let size = Size::new(structure.width.into(), structure.height.into())
        .ok_or_else(|| Error::damaged(Format::Gif, "its canvas has a side of zero pixels"))?;
    let mut warnings = Vec::new();
    // Where the file has no canvas, nothing contradicts the first frame.
    let grown_from = |(width, height): (u16, u16)| Size::new(width.into(), height.into());
    if let Some(from) = structure.grown_from.and_then(grown_from) {
        warnings.push(Warning::GrownCanvas { from, to: size });
    }
    match structure {
        Structure {
            truncated: true, ..
        } => warnings.push(Warning::CutAnimation),
        Structure { unmarked: true, .. } => warnings.push(Warning::MissingEnd(Format::Gif)),
        _ => {}
    }
    Ok(Header {
        size,
        color: ColorModel::Rgb,
        alpha: structure.has_transparency || !structure.first_frame_covers_canvas,
        frames: structure.frames,
        animation: Some(Animation {
            duration_cs: structure.duration_cs,
            loop_count: structure.loop_count,
        }),
        scans: 1,
        orientation: Ok(None),
        colors: Colors::Unsaid,
        // The indices of a frame and what is known of each row; what was there before one.
        decoder: u64::from(structure.width) * u64::from(structure.height)
            + 16 * u64::from(u16::MAX)
            + 4 * structure.saved,
        plain: !structure.truncated && structure.grown_from.is_none() && structure.bare_is_marked,
        warnings,
    })
}
