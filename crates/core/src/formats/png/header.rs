//! The header of a PNG: its chunks, skipping the image data (PNG, third edition, section 5).

use super::chunks::Chunks;
use super::colors::ColorChunks;
use super::frames::structure;
use super::inflate::inflate_start;
use super::pixels;
use crate::color::ColorModel;
use crate::error::Error;
use crate::format::Format;
use crate::geometry::Size;
use crate::header::Header;
use crate::metadata::elsewhere::{self, Seen};
use crate::metadata::exif;
use crate::options::Limits;
use crate::orientation::Orientation;
use crate::warning::Warning;

/// Walks the chunks of `photo`. Checksums are left to the decoder.
pub(crate) fn header(photo: &[u8], limits: &Limits) -> Result<Header, Error> {
    let damaged = |what: &'static str| Error::damaged(Format::Png, what);
    let mut chunks = Chunks(photo.get(8..).unwrap_or_default());
    if chunks
        .clone()
        .next()
        .is_some_and(|(kind, _)| kind == b"CgBI")
    {
        return Err(Error::Unsupported {
            format: Format::Png,
            what: "the variant that Xcode makes for iOS (CgBI)",
        });
    }
    let Some((
        b"IHDR",
        &[
            w0,
            w1,
            w2,
            w3,
            h0,
            h1,
            h2,
            h3,
            depth,
            color_type,
            _,
            _,
            interlace,
            ..,
        ],
    )) = chunks.next()
    else {
        return Err(damaged("it does not begin with an image header"));
    };
    let (width, height) = (
        u32::from_be_bytes([w0, w1, w2, w3]),
        u32::from_be_bytes([h0, h1, h2, h3]),
    );
    let size = Size::new(width, height).ok_or_else(|| damaged("a side is zero pixels"))?;
    if !matches!(depth, 1 | 2 | 4 | 8 | 16) {
        return Err(damaged("its bit depth is not 1, 2, 4, 8 or 16"));
    }
    let (color, mut alpha, samples) = match color_type {
        0 => (ColorModel::Gray, false, 1),
        2 => (ColorModel::Rgb, false, 3),
        3 => (ColorModel::Rgb, false, 1),
        4 => (ColorModel::Gray, true, 2),
        6 => (ColorModel::Rgb, true, 4),
        _ => return Err(damaged("its color type is not 0, 2, 3, 4 or 6")),
    };

    let mut orientation: Result<Option<Orientation>, exif::Damaged> = Ok(None);
    let (mut has_pixels, mut seen) = (false, Seen::default());
    let mut color_chunks = ColorChunks::default();
    for (kind, data) in chunks {
        match kind {
            b"tRNS" if !has_pixels => alpha = true,
            b"eXIf" => match elsewhere::behind_prefix(data) {
                Some(found) => seen.note("EXIF data with a prefix of JPEG", Some(found)),
                None => orientation = exif::orientation(data),
            },
            b"tEXt" | b"zTXt" | b"iTXt" if seen.goes_on() => {
                look_at_text(kind, data, &mut seen);
            }
            b"IDAT" => has_pixels = true,
            b"IEND" => break,
            _ if !has_pixels => color_chunks.take(kind, data),
            _ => {}
        }
    }
    if !has_pixels {
        return Err(damaged("it ends before its pixels"));
    }
    let mut warnings = Vec::from_iter(seen.warning(&orientation));
    let colors = color_chunks.colors(depth, limits.profile, &mut warnings);
    let structure = structure(photo, size);
    if structure.as_ref().is_some_and(|found| found.is_cut) {
        warnings.push(Warning::CutAnimation);
    }
    let first_is_apart = structure.as_ref().is_some_and(|found| found.first_is_apart);
    alpha |= structure.as_ref().is_some_and(|found| found.has_holes);
    Ok(Header {
        size,
        color,
        alpha,
        // Whatever is wrong with an animation that has not begun, the default image is there.
        frames: structure.as_ref().map_or(1, |found| found.frames.max(1)),
        animation: structure.map(|found| found.animation),
        scans: 1,
        orientation,
        colors,
        decoder: pixels::memory(size, samples * u64::from(depth), interlace != 0),
        held: pixels::held(size, color, alpha),
        plain: depth <= 8 && !first_is_apart,
        warnings,
    })
}

/// Looks for an orientation in a text chunk (11.3.3): in uncompressed XMP, or in EXIF data as text.
fn look_at_text(kind: &[u8; 4], data: &[u8], seen: &mut Seen) {
    // The part of a text that is examined.
    const MOST: usize = 64 << 10;
    let Some((keyword, is_compressed, text)) = parts(kind, data) else {
        return;
    };
    let start = &text[..text.len().min(MOST)];
    match keyword {
        b"XML:com.adobe.xmp" if !is_compressed => {
            seen.note("XMP data", elsewhere::in_xmp(start));
        }
        b"Raw profile type exif" => {
            let found = if is_compressed {
                elsewhere::in_raw_profile(&inflate_start(text, MOST))
            } else {
                elsewhere::in_raw_profile(start)
            };
            seen.note("EXIF data in a text", found);
        }
        _ => {}
    }
}

/// The keyword of a text chunk, whether its text is compressed, and the text.
fn parts<'a>(kind: &[u8; 4], data: &'a [u8]) -> Option<(&'a [u8], bool, &'a [u8])> {
    let end = data.iter().take(80).position(|byte| *byte == 0)?;
    let (keyword, rest) = (&data[..end], &data[end + 1..]);
    Some(match kind {
        b"tEXt" => (keyword, false, rest),
        b"zTXt" => (keyword, true, rest.strip_prefix(&[0])?),
        _ => {
            let [flag, _method, rest @ ..] = rest else {
                return None;
            };
            // After the language, and the keyword in that language.
            let text = rest.splitn(3, |byte| *byte == 0).nth(2)?;
            (keyword, *flag != 0, text)
        }
    })
}
