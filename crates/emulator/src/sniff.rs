//! What an image says it is, read from its header by a few lines of our own.
//!
//! Nothing here is shared with any decoder, so that a client and this server cannot be wrong in the same way.

/// The formats that users.setPhoto takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Jpeg,
    Png,
    Gif,
}

impl Format {
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Format::Jpeg => "image/jpeg",
            Format::Png => "image/png",
            Format::Gif => "image/gif",
        }
    }

    pub(crate) fn extension(self) -> &'static str {
        match self {
            Format::Jpeg => "jpg",
            Format::Png => "png",
            Format::Gif => "gif",
        }
    }
}

/// An image's header: stored pixels, before any rotation that EXIF may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) format: Format,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Frames of a GIF; 1 for the others.
    pub(crate) frames: u32,
}

/// Reads the header; the error says what is wrong with it.
pub(crate) fn sniff(bytes: &[u8]) -> Result<Seen, &'static str> {
    let seen = if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        jpeg(bytes).ok_or("the JPEG has no frame header, no scan or no end")?
    } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        png(bytes).ok_or("the PNG does not begin with IHDR")?
    } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        gif(bytes).ok_or("the GIF ends before its trailer or has a block of no known kind")?
    } else {
        return Err("the bytes are neither JPEG, PNG nor GIF");
    };
    match seen {
        Seen { width: 0, .. } | Seen { height: 0, .. } | Seen { frames: 0, .. } => {
            Err("the image has no pixels")
        }
        seen => Ok(seen),
    }
}

/// Walks the marker segments to the first SOF and on to the first scan, after which there must be an end of image
/// (ITU T.81, B.1.1.3 and B.2.2). Decoders forgive a missing one by painting the rest gray.
fn jpeg(bytes: &[u8]) -> Option<Seen> {
    let mut at = 2;
    let mut seen = None;
    loop {
        if *bytes.get(at)? != 0xFF {
            return None;
        }
        match *bytes.get(at + 1)? {
            0xFF => {
                at += 1; // fill byte
                continue;
            }
            0x01 | 0xD0..=0xD7 => {
                at += 2;
                continue;
            }
            0xD8 | 0xD9 => return None,
            0xDA => {
                let has_end = bytes[at..].windows(2).any(|pair| pair == [0xFF, 0xD9]);
                return seen.filter(|_| has_end);
            }
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF if seen.is_none() => {
                let height = u32::from(be16(bytes, at + 5)?);
                let width = u32::from(be16(bytes, at + 7)?);
                seen = Some(Seen {
                    format: Format::Jpeg,
                    width,
                    height,
                    frames: 1,
                });
            }
            _ => {}
        }
        at += 2 + usize::from(be16(bytes, at + 2)?).max(2);
    }
}

/// The IHDR chunk, which comes first (PNG, 11.2.2).
fn png(bytes: &[u8]) -> Option<Seen> {
    if bytes.get(8..16)? != b"\0\0\0\x0dIHDR" {
        return None;
    }
    let side = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    Some(Seen {
        format: Format::Png,
        width: side(16)?,
        height: side(20)?,
        frames: 1,
    })
}

/// Walks every block to the trailer and counts the image descriptors (GIF89a, 18 to 27).
fn gif(bytes: &[u8]) -> Option<Seen> {
    let table = |flags: u8| {
        if flags & 0x80 == 0 {
            0
        } else {
            3 << ((flags & 7) + 1)
        }
    };
    let skip_sub_blocks = |mut at: usize| loop {
        match usize::from(*bytes.get(at)?) {
            0 => return Some(at + 1),
            length => at += 1 + length,
        }
    };
    let mut at = 13 + table(*bytes.get(10)?);
    let mut frames = 0;
    loop {
        at = match *bytes.get(at)? {
            0x21 => skip_sub_blocks(at + 2)?,
            0x2C => {
                frames += 1;
                skip_sub_blocks(at + 11 + table(*bytes.get(at + 9)?))?
            }
            0x3B => break,
            _ => return None,
        };
    }
    let side = |at: usize| {
        Some(u32::from(u16::from_le_bytes(
            bytes.get(at..at + 2)?.try_into().ok()?,
        )))
    };
    Some(Seen {
        format: Format::Gif,
        width: side(6)?,
        height: side(8)?,
        frames,
    })
}

fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_jpeg_past_other_segments_and_fill_bytes_to_its_end() {
        let head = b"\xff\xd8\xff\xe1\x00\x06\xff\xd9ab\xff\xff\xc2\x00\x08\x08\x00\x16\x00\x21\x01\xff\xda\x00\x02scan";
        let expected = Seen {
            format: Format::Jpeg,
            width: 33,
            height: 22,
            frames: 1,
        };
        assert!(sniff(head).is_err(), "the only end is inside a segment");
        assert_eq!(sniff(&[&head[..], b"\xff\xd9\0\0"].concat()), Ok(expected));
    }

    #[test]
    fn reads_a_png_and_refuses_one_without_pixels() {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x01\x02\0\0\x03\x04".to_vec();
        assert_eq!(
            sniff(&png),
            Ok(Seen {
                format: Format::Png,
                width: 0x102,
                height: 0x304,
                frames: 1
            })
        );
        png[16..20].fill(0);
        assert_eq!(sniff(&png), Err("the image has no pixels"));
    }

    #[test]
    fn counts_gif_frames_past_tables_and_extensions() {
        let mut gif = b"GIF89a\x07\0\x05\0\x80\0\0".to_vec();
        gif.extend([0; 6]); // global table of two colors
        gif.extend(b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0");
        for _ in 0..3 {
            gif.extend(b"\x2c\0\0\0\0\x07\0\x05\0\x81"); // local table of four colors
            gif.extend([0; 12]);
            gif.extend(b"\x02\x03abc\x01d\0");
        }
        assert!(sniff(&gif).is_err(), "no trailer");
        gif.push(0x3b);
        assert_eq!(
            sniff(&gif),
            Ok(Seen {
                format: Format::Gif,
                width: 7,
                height: 5,
                frames: 3
            })
        );
    }

    #[test]
    fn every_truncation_is_an_error_and_never_a_panic() {
        let whole = b"GIF89a\x07\0\x05\0\0\0\0\x2c\0\0\0\0\x07\0\x05\0\0\x02\x01a\0\x3b";
        assert!(sniff(whole).is_ok());
        for length in 0..whole.len() {
            assert!(sniff(&whole[..length]).is_err(), "{length}");
        }
        assert!(sniff(b"RIFF\x24\0\0\0WEBPVP8 ").is_err());
    }
}
