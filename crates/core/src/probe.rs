//! What a photo is, from its header alone: no pixel is decoded.

use crate::clock::Clock;
use crate::color::{ColorModel, Profile, ProfileFault};
use crate::error::{Error, Limit, check_limit};
use crate::formats;
use crate::header::Colors;
use crate::info::Info;
use crate::metadata::exif;
use crate::options::Limits;
use crate::rotation::Rotation;
use crate::unknown;
use crate::warning::Warning;

/// See [`probe`](crate::probe()).
pub(crate) fn probe(photo: &[u8], limits: &Limits, clock: &Clock) -> Result<Info, Error> {
    check_limit(Limit::Bytes, photo.len() as u64, limits.bytes)?;
    let codec = formats::recognize(photo).ok_or_else(|| unknown::error(photo))?;
    let header = (codec.header)(photo, limits, clock)?;
    clock.check()?;
    check_limit(Limit::Side, header.size.longer().into(), limits.side.into())?;
    check_limit(Limit::Pixels, header.size.area(), (codec.pixels)(limits))?;
    check_limit(Limit::Scans, header.scans.into(), limits.scans.into())?;

    let mut warnings = Vec::new();
    let orientation = header.orientation.unwrap_or_else(|exif::Damaged| {
        warnings.push(Warning::DamagedExif);
        None
    });
    let orientation = orientation.unwrap_or_default();
    let profile_bytes = match &header.colors {
        Colors::Icc { icc, .. } => icc.len() as u64,
        Colors::Unsaid | Colors::Broken | Colors::Described(_) => 0,
    };
    let profile = profile(header.colors, header.color, &mut warnings);
    clock.check()?;
    warnings.extend(header.warnings);
    Ok(Info {
        format: codec.format,
        size: orientation.size(header.size),
        orientation,
        rotation: Rotation::None,
        frames: header.frames,
        animation: header.animation.filter(|_| header.frames > 1),
        bytes: photo.len() as u64,
        color: header.color,
        alpha: header.alpha,
        profile,
        profile_bytes,
        decoder: header.decoder,
        held: header.held,
        plain: header.plain,
        warnings,
    })
}

/// The profile that says which colors a picture has, and the warning about one that does not.
pub(crate) fn profile(
    colors: Colors,
    color: ColorModel,
    warnings: &mut Vec<Warning>,
) -> Option<Profile> {
    match colors {
        Colors::Unsaid => None,
        Colors::Broken => {
            warnings.push(Warning::BrokenProfile);
            None
        }
        Colors::Described(profile) => Some(profile),
        Colors::Icc { icc, otherwise } => match (Profile::read(&icc, color), otherwise) {
            (Ok(profile), _) => Some(profile),
            (Err(_), Some(otherwise)) => {
                warnings.push(Warning::UnusableColors("iCCP"));
                Some(otherwise)
            }
            (Err(fault), None) => {
                warnings.push(match fault {
                    ProfileFault::Broken => Warning::BrokenProfile,
                    ProfileFault::Mismatched => Warning::MismatchedProfile,
                });
                None
            }
        },
    }
}
