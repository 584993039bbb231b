//! How much memory a photo will take, from the first bytes of its header: an upper bound, before anything is read.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use headshot_core::{Fit, Options};

/// What every photo takes: stacks, tables, a profile.
const EACH: u64 = 6 << 20;

/// What a look for faces takes: a small picture, and the maps of a network.
const LOOK: u64 = 16 << 20;

/// What an animation takes besides its canvases: two windows of frames, and as many finished ones as there is room for.
const ANIMATION: u64 = 224 << 20;

/// The dimensions and the kind of a picture.
#[derive(Debug, PartialEq)]
struct Header {
    width: u64,
    height: u64,
    kind: Kind,
}

#[derive(Debug, PartialEq)]
enum Kind {
    /// It is resampled row by row.
    Rows,
    /// It is decoded whole, with at most this many bytes for each pixel.
    Whole {
        each: u64,
    },
    /// It may be animated: at most this many bytes for each pixel of its canvas, plus what an animation takes besides.
    Animation {
        each: u64,
    },
    Webp,
}

/// The most bytes that making an avatar with a side between these takes for this file, including the file's own.
///
/// The library predicts exactly what it will take ([`Plan::memory`](headshot_core::Plan::memory)) and refuses more than is
/// allowed, but only once it has seen the whole file, which must not be read before there is room for it. A file that is not a photo
/// takes its own size.
pub(crate) fn estimate(file: &mut File, options: &Options) -> io::Result<u64> {
    let limits = &options.limits;
    let bytes = file.metadata()?.len();
    let header = header(&mut BufReader::with_capacity(4096, file))?;
    // The square as it is resampled, turned, letterboxed and encoded.
    let sides = [options.side.min(), options.side.max()];
    let [least, most] = sides.map(u64::from);
    let square = most * most * 24;
    let photo = match header {
        None => 0,
        // It will be refused from its header.
        Some(Header { width, height, .. }) if width.saturating_mul(height) > limits.pixels => 0,
        Some(Header {
            width,
            height,
            kind,
        }) => match kind {
            // Rows of blocks with their coefficients, and the rows of four channels that the filter reaches over.
            Kind::Rows => width * (600 + 80 * (1 + width.max(height) / least)),
            Kind::Whole { each } => width * height * each,
            // The planes, the pixels and their alpha, the coded data, and as many code tables as libwebp makes.
            Kind::Webp => width * height * 13 + 5 * bytes + (64 << 20),
            Kind::Animation { each } => width * height * each + ANIMATION,
        },
    };
    let look = if let Fit::Face(_) = options.fit {
        LOOK
    } else {
        0
    };
    // A photo that complies becomes an avatar of the same size.
    Ok(2 * bytes + (EACH + square + photo + look).min(limits.memory))
}

/// `None` if this is not the header of a photo.
fn header(file: &mut (impl Read + Seek)) -> io::Result<Option<Header>> {
    let mut start = Vec::new();
    file.take(30).read_to_end(&mut start)?;
    if let [b'G', b'I', b'F', _, _, _, a, b, c, d, ..] = start[..] {
        return Ok(Some(Header {
            width: u16::from_le_bytes([a, b]).into(),
            height: u16::from_le_bytes([c, d]).into(),
            kind: Kind::Animation { each: 24 },
        }));
    }
    if let Some([width, height]) = webp(&start) {
        // The flag of an animation (RFC 9649, section 2.7.1).
        let is_animated = start[12..16] == *b"VP8X" && start[20] & 2 != 0;
        return Ok(Some(Header {
            width,
            height,
            kind: if is_animated {
                Kind::Animation { each: 40 }
            } else {
                Kind::Webp
            },
        }));
    }
    if let [0x89, b'P', b'N', b'G', ..] = start[..]
        && let Some(interlace) = start.get(28)
        && let ([width, height], _) = start[16..24].as_chunks()
    {
        let (width, height) = (u32::from_be_bytes(*width), u32::from_be_bytes(*height));
        // Up to four channels of 16 bits.
        let kind = match interlace {
            _ if is_animated_png(file)? => Kind::Animation { each: 40 },
            0 => Kind::Rows,
            _ => Kind::Whole { each: 10 },
        };
        return Ok(Some(Header {
            width: width.into(),
            height: height.into(),
            kind,
        }));
    }
    if !start.starts_with(&[0xFF, 0xD8]) {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(2))?;
    match jpeg(file) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        read => read,
    }
}

/// The sides of a WebP, from its first chunk (RFC 9649, sections 2.5 to 2.7).
fn webp(start: &[u8]) -> Option<[u64; 2]> {
    let (head, chunk) = start.split_first_chunk::<20>()?;
    if !head.starts_with(b"RIFF") || head[8..12] != *b"WEBP" {
        return None;
    }
    let number = |at: usize| {
        Some(u64::from(u32::from_le_bytes(
            *chunk.get(at..)?.first_chunk()?,
        )))
    };
    match &head[12..16] {
        b"VP8 " => Some([number(6)? & 0x3FFF, number(6)? >> 16 & 0x3FFF]),
        b"VP8L" => {
            let bits = number(1)?;
            Some([0, 14].map(|shift| (bits >> shift & 0x3FFF) + 1))
        }
        b"VP8X" => Some([number(4)? & 0xFF_FFFF, number(6)? >> 8].map(|side| side + 1)),
        _ => None,
    }
}

/// Follows the chunks after the header of a PNG to its pixels: whether one declares an animation (PNG, third edition,
/// 11.3.6.1).
fn is_animated_png(file: &mut (impl Read + Seek)) -> io::Result<bool> {
    file.seek(SeekFrom::Start(33))?;
    loop {
        let mut head = [0; 8];
        match file.read_exact(&mut head) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
            read => read?,
        }
        let [l0, l1, l2, l3, kind @ ..] = head;
        match &kind {
            b"acTL" => return Ok(true),
            b"IDAT" | b"IEND" => return Ok(false),
            _ => file.seek_relative(i64::from(u32::from_be_bytes([l0, l1, l2, l3])) + 4)?,
        }
    }
}

/// Follows the markers to the frame header (ITU-T T.81, B.2.2).
fn jpeg(file: &mut (impl Read + Seek)) -> io::Result<Option<Header>> {
    loop {
        // Anything between segments is skipped, as in decoders.
        while byte(file)? != 0xFF {}
        let mut marker = byte(file)?;
        while marker == 0xFF {
            marker = byte(file)?;
        }
        match marker {
            0x00 | 0x01 | 0xD0..=0xD8 => continue,
            0xD9 | 0xDA => return Ok(None),
            _ => {}
        }
        let length = u16::from_be_bytes([byte(file)?, byte(file)?]);
        if matches!(marker, 0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF) {
            break;
        }
        file.seek_relative(i64::from(length.max(2)) - 2)?;
    }
    let mut frame = [0; 5];
    file.read_exact(&mut frame)?;
    let [_, a, b, c, d] = frame;
    Ok(Some(Header {
        height: u16::from_be_bytes([a, b]).into(),
        width: u16::from_be_bytes([c, d]).into(),
        kind: Kind::Rows,
    }))
}

fn byte(file: &mut impl Read) -> io::Result<u8> {
    let mut byte = [0];
    file.read_exact(&mut byte)?;
    Ok(byte[0])
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn read(bytes: &[u8]) -> Option<Header> {
        header(&mut Cursor::new(bytes)).unwrap()
    }

    #[test]
    fn headers_tell_dimensions_and_kind() {
        let gif = read(b"GIF89a\x11\x01\x16\x00\x00\x00\x00;").unwrap();
        assert_eq!(
            (gif.width, gif.height, gif.kind),
            (273, 22, Kind::Animation { each: 24 })
        );
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x01\x11\0\0\0\x16\x10\x06\0\0\x01";
        let still = read(png).unwrap();
        assert_eq!(
            (still.width, still.height, still.kind),
            (273, 22, Kind::Whole { each: 10 })
        );
        let profile = b"CRC.\0\0\0\x03iCCP...CRC.";
        for (chunk, is_animated) in [(b"acTL", true), (b"IDAT", false)] {
            let more = [&profile[..], b"\0\0\0\x08", chunk].concat();
            let found = read(&[&png[..], &more].concat()).unwrap();
            assert_eq!(found.kind == Kind::Animation { each: 40 }, is_animated);
        }
        let mut jpeg = b"\xff\xd8\xff\xe1\x00\x06\xff\xc0\x00\x00\xff\xff".to_vec();
        jpeg.extend([
            0xC2, 0, 17, 8, 0, 22, 1, 17, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1,
        ]);
        let jpeg = read(&jpeg).unwrap();
        assert_eq!((jpeg.width, jpeg.height, jpeg.kind), (273, 22, Kind::Rows));
    }

    #[test]
    fn a_webp_has_its_sides_in_three_ways() {
        let lossy = b"RIFF....WEBPVP8 ....\x10\0\0\x9d\x01\x2a\x11\x41\x16\0";
        // 272 and 21 in 14 bits each.
        let lossless = b"RIFF....WEBPVP8L....\x2f\x10\x41\x05\x10    ";
        let extended = b"RIFF....WEBPVP8X....\0\0\0\0\x10\x01\0\x15\0\0";
        for start in [&lossy[..], lossless, extended] {
            let webp = read(start).unwrap();
            let found = (webp.width, webp.height, webp.kind);
            assert_eq!(found, (273, 22, Kind::Webp), "{start:?}");
        }
        let animated = b"RIFF....WEBPVP8X....\x02\0\0\0\x10\x01\0\x15\0\0";
        let animated = read(animated).unwrap();
        assert_eq!(animated.kind, Kind::Animation { each: 40 });
    }

    #[test]
    fn what_is_no_header_is_none() {
        for bytes in [
            &b""[..],
            b"GIF89a",
            b"\x89PNG",
            b"\xff\xd8",
            b"\xff\xd8\xff\xd9",
            b"plain text, long enough to be read",
            b"RIFF....WEBPVP8X....\0\0\0\0\x10",
            b"RIFF....WAVEfmt ....................",
        ] {
            assert_eq!(read(bytes), None, "{bytes:?}");
        }
    }
}
