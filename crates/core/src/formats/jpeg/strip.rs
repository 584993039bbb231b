//! Reduces a JPEG to what it needs to show its picture.

use super::header::next_segment;
use super::pixels;
use crate::allocate;
use crate::clock::Clock;
use crate::error::Error;
use crate::info::Info;
use crate::options::Options;
use crate::strip::Stripped;

/// The file without its metadata, or `None` if its coded picture holds anything that it does not need.
pub(crate) fn stripped(
    photo: &[u8],
    _: &Info,
    options: &Options,
    clock: &Clock,
) -> Result<Option<Stripped>, Error> {
    let Some(warnings) = pixels::check(photo, &options.limits, clock)? else {
        return Ok(None);
    };
    let bytes = picture(photo)?;
    Ok(Some(Stripped { bytes, warnings }))
}

/// Tables, frame header and scans (ITU-T T.81, annex B), after our own JFIF header.
fn picture(photo: &[u8]) -> Result<Vec<u8>, Error> {
    let mut file = allocate::reserve(photo.len() + 64)?;
    file.extend_from_slice(&[0xFF, 0xD8]);
    // JFIF 1.01 with square pixels and no thumbnail: it says that the colors are YCbCr.
    file.extend_from_slice(b"\xFF\xE0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    let mut rest = photo;
    while let Some((marker, segment)) = next_segment(&mut rest)? {
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

/// The length of the entropy-coded data at the start of `rest`: up to a marker that is not a restart.
fn entropy_coded(rest: &[u8]) -> usize {
    let marker = |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0 | 0xD0..=0xD7 | 0xFF);
    rest.windows(2).position(marker).unwrap_or(rest.len())
}
