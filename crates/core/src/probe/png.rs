//! The header of a PNG: its chunks, of which the image data is passed over (PNG, third edition, section 5).

use super::{Header, Icc, exif};
use crate::color::ColorModel;
use crate::decode;
use crate::error::Error;
use crate::geometry::Size;
use crate::options::Limits;
use crate::orientation::Orientation;
use crate::probe::Format;

/// Walks the chunks of `photo`. Checksums are left to the decoder.
pub(crate) fn header(photo: &[u8], limits: &Limits) -> Result<Header, Error> {
    let damaged = |what: &'static str| Error::damaged(Format::Png, what);
    let mut chunks = Chunks(photo.get(8..).unwrap_or_default());
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
    let (color, mut alpha) = match color_type {
        0 => (ColorModel::Gray, false),
        2 | 3 => (ColorModel::Rgb, false),
        4 => (ColorModel::Gray, true),
        6 => (ColorModel::Rgb, true),
        _ => return Err(damaged("its color type is not 0, 2, 3, 4 or 6")),
    };

    let mut orientation: Result<Option<Orientation>, exif::Damaged> = Ok(None);
    let (mut has_pixels, mut profile, mut animated) = (false, None, false);
    for (kind, data) in chunks {
        match kind {
            b"CgBI" => {
                return Err(Error::Unsupported {
                    format: Format::Png,
                    what: "Apple's CgBI variant",
                });
            }
            b"tRNS" if !has_pixels => alpha = true,
            b"iCCP" if !has_pixels && profile.is_none() => profile = Some(data),
            b"acTL" if !has_pixels => animated = true,
            b"eXIf" => orientation = exif::orientation(data),
            b"IDAT" => has_pixels = true,
            b"IEND" => break,
            _ => {}
        }
    }
    if !has_pixels {
        return Err(damaged("it ends before its pixels"));
    }
    let icc = match profile.map(|chunk| decode::png::icc_profile(chunk, limits.profile)) {
        None => Icc::None,
        Some(None) => Icc::Broken,
        Some(Some(icc)) => Icc::Bytes(icc),
    };
    Ok(Header {
        size,
        color,
        alpha,
        frames: 1,
        animation: None,
        scans: 1,
        orientation,
        icc,
        animated_png: animated,
        decoder: decode::png::memory(size, color, alpha, depth, interlace != 0 || animated),
        plain: depth <= 8,
        end: None,
    })
}

/// The chunks of a PNG: kind and data, the last one perhaps cut off by the end of the file. Holds what is still ahead.
pub(crate) struct Chunks<'a>(pub(crate) &'a [u8]);

impl<'a> Iterator for Chunks<'a> {
    type Item = (&'a [u8; 4], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (length, rest) = self.0.split_first_chunk()?;
        let (kind, rest) = rest.split_first_chunk()?;
        let (data, rest) = rest
            .split_at_checked(u32::from_be_bytes(*length) as usize)
            .unwrap_or((rest, &[]));
        self.0 = rest.get(4..).unwrap_or_default();
        Some((kind, data))
    }
}
