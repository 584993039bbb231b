//! The chunks of a file: all are checked before the first pixel (PNG, third edition, 5).

use crate::error::{Error, Flaw};
use crate::header::{Header, Limits, Stored};

pub(crate) const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1A\n";

/// A chunk in place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chunk<'a> {
    pub(crate) kind: [u8; 4],
    pub(crate) data: &'a [u8],
    /// Kind and data, which the CRC covers.
    covered: &'a [u8],
    crc: [u8; 4],
    /// Offset of the next chunk.
    pub(crate) end: usize,
}

impl<'a> Chunk<'a> {
    /// The chunk at an offset, or `None` if it does not end within the photo.
    pub(crate) fn at(photo: &'a [u8], offset: usize) -> Option<Chunk<'a>> {
        let (length, rest) = photo.get(offset..)?.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (covered, rest) = rest.split_at_checked(length.checked_add(4)?)?;
        let (kind, data) = covered.split_first_chunk::<4>()?;
        Some(Chunk {
            kind: *kind,
            data,
            covered,
            crc: *rest.first_chunk()?,
            end: offset + length + 12,
        })
    }

    /// The data of an IDAT chunk at an offset that does not end within the photo, as far as it goes.
    pub(crate) fn cut_off(photo: &'a [u8], offset: usize) -> Option<&'a [u8]> {
        match photo.get(offset..)? {
            [_, _, _, _, b'I', b'D', b'A', b'T', rest @ ..] => {
                let length = u32::from_be_bytes(*photo[offset..].first_chunk()?);
                let length = usize::try_from(length).unwrap_or(usize::MAX);
                Some(&rest[..rest.len().min(length)])
            }
            _ => None,
        }
    }

    pub(crate) fn is_sound(&self) -> bool {
        crc32fast::hash(self.covered) == u32::from_be_bytes(self.crc)
    }

    fn is_critical(&self) -> bool {
        self.kind[0] & 0x20 == 0
    }
}

/// What the chunks say, except the pixels.
#[derive(Debug, Clone)]
pub(crate) struct File<'a> {
    pub(crate) header: Header,
    pub(crate) stored: Stored,
    pub(crate) palette: Option<&'a [u8]>,
    pub(crate) transparent: Option<&'a [u8]>,
    /// Offset of the first chunk of pixels: IDAT, or fdAT of a later frame.
    pub(crate) pixels: usize,
    /// Whether the end chunk is there, or what is wrong with the chunks from the first IDAT on.
    pub(crate) is_marked: Result<bool, Error>,
}

impl<'a> File<'a> {
    /// Follows the chunks to the last. CRCs are checked, except those of IDAT.
    pub(crate) fn read(photo: &'a [u8], limits: &Limits) -> Result<File<'a>, Error> {
        if !photo.starts_with(&SIGNATURE) {
            return Err(Error::NotPng);
        }
        let mut at = SIGNATURE.len();
        let damaged = |at, what| Err(Flaw(what).at(at));
        let cut = |at| Flaw("a chunk is cut off").at(at);
        let first = Chunk::at(photo, at).ok_or_else(|| cut(at))?;
        let stored = match &first.kind {
            b"IHDR" if first.is_sound() => Stored::read(first.data).map_err(|flaw| flaw.at(at))?,
            b"IHDR" => return damaged(at, "the CRC of the header is wrong"),
            _ => return damaged(at, "it does not begin with a header"),
        };
        limits.check(&stored)?;
        at = first.end;
        let (mut palette, mut transparent, mut pixels) = (None, None, None);
        let mut are_pixels_over = false;
        let is_marked = loop {
            let Some(chunk) = Chunk::at(photo, at) else {
                if Chunk::cut_off(photo, at).is_some() {
                    pixels.get_or_insert(at);
                }
                match pixels {
                    Some(_) => break Ok(false),
                    None => return Err(cut(at)),
                }
            };
            // What comes after pixels is judged once they are there.
            let damaged = |what| match pixels {
                Some(_) => Ok(Err(Flaw(what).at(at))),
                None => Err(Flaw(what).at(at)),
            };
            are_pixels_over |= pixels.is_some() && chunk.kind != *b"IDAT";
            // The CRC of IDAT is checked when it is read. An error in an optional chunk
            // spoils only that chunk.
            if chunk.is_critical() && chunk.kind != *b"IDAT" && !chunk.is_sound() {
                break damaged("the CRC of a chunk is wrong")?;
            }
            match &chunk.kind {
                b"IDAT" if are_pixels_over => {
                    break damaged("the chunks of pixels do not follow each other")?;
                }
                b"IDAT" => {
                    pixels.get_or_insert(at);
                }
                b"IEND" if !chunk.data.is_empty() => {
                    break damaged("the last chunk is not empty")?;
                }
                b"IEND" => break Ok(true),
                b"PLTE" if palette.is_some() => break damaged("a second palette")?,
                b"PLTE" if !(3..=768).contains(&chunk.data.len()) => {
                    break damaged("the palette does not have 1 to 256 colors")?;
                }
                b"PLTE" => palette = Some((chunk.data, pixels.is_some())),
                b"tRNS" if transparent.is_none() && pixels.is_none() && chunk.is_sound() => {
                    transparent = stored.transparent(chunk.data, palette.is_some());
                }
                _ if chunk.is_critical() => {
                    break damaged("a chunk that must be understood is unknown")?;
                }
                _ => {}
            }
            at = chunk.end;
        };
        let Some(pixels) = pixels else {
            return damaged(at, "it has no pixels");
        };
        let palette = palette
            .filter(|&(_, is_late)| !is_late)
            .map(|(data, _)| data);
        if stored.is_indexed() && palette.is_none() {
            return damaged(pixels, "its palette is missing");
        }
        Ok(File {
            header: stored.header(transparent.is_some()),
            stored,
            palette,
            transparent,
            pixels,
            is_marked,
        })
    }
}
