//! What the header of a WebP says.

use super::codes;
use super::frames::structure;
use super::riff::{self, Coded, Picture};
use crate::clock::Clock;
use crate::color::ColorModel;
use crate::error::{Error, Limit, check_limit};
use crate::format::Format;
use crate::header::{Colors, Header};
use crate::metadata::elsewhere::{self, Seen};
use crate::metadata::exif;
use crate::options::Limits;
use crate::warning::Warning;

/// How much XMP data is examined.
const XMP: usize = 64 << 10;

/// Walks the chunks of `photo`. A lossless picture is decoded just far enough to count its codes.
pub(crate) fn header(photo: &[u8], limits: &Limits, clock: &Clock) -> Result<Header, Error> {
    let file = riff::read(photo)?;
    check_limit(Limit::WebpPixels, file.canvas.area(), limits.webp_pixels)?;
    let picture = &file.first.picture;

    let mut seen = Seen::default();
    if let Some(xmp) = file.xmp {
        seen.note("XMP data", elsewhere::in_xmp(&xmp[..xmp.len().min(XMP)]));
    }
    let orientation = file.exif.map_or(Ok(None), |exif| {
        // Some programs write the prefix used in JPEGs, and every reader skips it.
        exif::orientation(exif.strip_prefix(b"Exif\0\0").unwrap_or(exif))
    });
    let mut warnings = Vec::from_iter(seen.warning(&orientation));
    let structure = file
        .animation
        .map(|frames| structure(frames, file.canvas, clock))
        .transpose()?;
    let animation = structure.as_ref();
    if animation.is_some_and(|found| found.is_cut) {
        warnings.push(Warning::CutAnimation);
    } else if file.is_cut && picture.missing == 0 {
        warnings.push(Warning::MissingEnd(Format::Webp));
    }
    let colors = match file.icc {
        None => Colors::Unsaid,
        Some(icc) if icc.len() as u64 > limits.profile => Colors::Broken,
        Some(icc) => Colors::Icc {
            icc: icc.to_vec(),
            otherwise: None,
        },
    };
    Ok(Header {
        size: file.canvas,
        color: ColorModel::Rgb,
        alpha: picture.has_alpha()
            || !file.first.covers(file.canvas)
            || animation.is_some_and(|found| found.has_holes),
        frames: animation.map_or(1, |found| found.frames.max(1)),
        scans: 1,
        orientation,
        colors,
        decoder: memory(picture, clock)?.max(animation.map_or(0, |found| found.memory)),
        // Whole blocks of planes, or pixels.
        held: 4 * picture.size.area() + 384 * u64::from(picture.size.longer().div_ceil(16)),
        animation: structure.map(|found| found.animation),
        plain: false,
        warnings,
    })
}

/// The most bytes that decoding a picture takes, its pixels included. All of it is held as a whole.
pub(super) fn memory(picture: &Picture, clock: &Clock) -> Result<u64, Error> {
    let (width, height) = (picture.size.width(), picture.size.height());
    let area = picture.size.area();
    // A copy of the coded data, and of a vector that grows to it.
    let coded = |bytes: &[u8]| 4 * bytes.len() as u64;
    // Four bytes a pixel, and for each block of 4 x 4 pixels its prediction, its color transform and the number of its codes.
    let lossless = |stream: &[u8]| -> Result<u64, Error> {
        let groups = match picture.missing {
            0 => codes::groups(stream, picture.size, clock)?,
            // It will not be decoded.
            _ => 1,
        };
        Ok(5 * area + coded(stream) + codes::GROUP * u64::from(groups))
    };
    Ok(match picture.coded {
        Coded::Lossless(vp8l) => lossless(vp8l.get(5..).unwrap_or_default())?,
        Coded::Lossy { vp8, alpha } => {
            // Planes of whole blocks, and notes of each block.
            let blocks = u64::from(width.div_ceil(16)) * u64::from(height.div_ceil(16));
            let planes = 480 * blocks + coded(vp8);
            match alpha {
                None => planes + 3 * area,
                // The first byte tells how alpha is compressed (RFC 9649, 2.7.1.2).
                Some([info, stream @ ..]) if info & 3 == 1 => planes + 5 * area + lossless(stream)?,
                Some(plain) => planes + 5 * area + coded(plain),
            }
        }
    })
}
