//! Takes everything but the picture off a photo that complies already, without touching its pixels.
//!
//! What is hidden within the coded picture goes, too: it is left out where that is easy, and else the photo is encoded anew.

mod gif;
mod png;

use crate::avatar::Made;
use crate::clock::Clock;
use crate::decode;
use crate::error::Error;
use crate::options::{Damaged, Options};
use crate::plan::Plan;
use crate::probe::{self, Format, Info};
use crate::report::Warning;
use crate::room;

/// The photo without its metadata, or `None` where the plan wants it encoded anew or only that will do: where bytes may be
/// hidden among those of its pixels, above all.
///
/// All of it is decoded on the way: what is damaged must not pass because nothing was to be done.
pub(crate) fn kept(
    photo: &[u8],
    info: &Info,
    plan: &Plan,
    options: &Options,
    clock: &Clock,
) -> Result<Option<Made>, Error> {
    if !plan.kept {
        return Ok(None);
    }
    match picture(photo, info, plan, options, clock) {
        // What is damaged is never kept as it is.
        Err(Error::Damaged { .. }) if options.damaged == Damaged::Accept => Ok(None),
        made => made,
    }
}

fn picture(
    photo: &[u8],
    info: &Info,
    plan: &Plan,
    options: &Options,
    clock: &Clock,
) -> Result<Option<Made>, Error> {
    let mut warnings = Vec::new();
    let bytes = match info.format {
        Format::Jpeg => match decode::jpeg::check(photo, &options.limits, clock)? {
            Some(found) => {
                warnings = found;
                jpeg_picture(photo)?
            }
            None => return Ok(None),
        },
        Format::Png => match decode::png::check(photo, info, clock)? {
            Some(found) => match png::picture(photo, &found) {
                Some(png) => {
                    warnings.extend((!found.has_visible).then_some(Warning::Invisible));
                    png
                }
                None => return Ok(None),
            },
            None => return Ok(None),
        },
        Format::Gif => match gif::picture(photo, clock)? {
            Some((gif, has_visible)) => {
                warnings.extend((!has_visible).then_some(Warning::Invisible));
                gif
            }
            None => return Ok(None),
        },
    };
    Ok(Some(Made {
        bytes,
        frames: info.frames,
        steps: plan.steps.clone(),
        warnings,
    }))
}

/// Tables, frame header and scans (ITU-T T.81, annex B), behind a JFIF header of our own.
fn jpeg_picture(photo: &[u8]) -> Result<Vec<u8>, Error> {
    let mut file = room::reserve(photo.len() + 64)?;
    file.extend_from_slice(&[0xFF, 0xD8]);
    // JFIF 1.01 with square pixels and no thumbnail: it says that the colors are YCbCr.
    file.extend_from_slice(b"\xFF\xE0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    let mut rest = photo;
    while let Some((marker, segment)) = probe::jpeg::next_segment(&mut rest)? {
        let is_picture = match marker {
            0xC0..=0xC2 | 0xC4 | 0xDA | 0xDB | 0xDD => true,
            0xD9 => break,
            _ => false,
        };
        if is_picture {
            file.extend_from_slice(&[0xFF, marker]);
            file.extend_from_slice(&(segment.len() as u16 + 2).to_be_bytes());
            file.extend_from_slice(segment);
        }
        if marker == 0xDA {
            let length = entropy_coded(rest);
            file.extend_from_slice(&rest[..length]);
            rest = &rest[length..];
        }
    }
    file.extend_from_slice(&[0xFF, 0xD9]);
    Ok(file)
}

/// The length of the entropy-coded data that `rest` begins with: up to a marker that is no restart.
fn entropy_coded(rest: &[u8]) -> usize {
    let marker = |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0 | 0xD0..=0xD7 | 0xFF);
    rest.windows(2).position(marker).unwrap_or(rest.len())
}
