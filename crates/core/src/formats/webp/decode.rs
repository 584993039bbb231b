//! Decodes pictures to samples. The only file that knows the WebP decoder.

use std::io::{Cursor, ErrorKind};

use image_webp::vp8::Vp8Decoder;
use image_webp::{DecodingError, WebPDecoder};

use super::riff::{Coded, Picture};
use crate::allocate;
use crate::error::Error;
use crate::format::Format;
use crate::geometry::Size;

/// The planes of a lossy picture: Y, and Cb and Cr with half its sides, rounded up. Samples are BT.601 in video range.
pub(super) struct Planes {
    /// Each plane, and the distance between its rows.
    pub(super) planes: [(Vec<u8>, usize); 3],
}

/// Decodes a VP8 frame whose header says this size.
pub(super) fn planes(vp8: &[u8], size: Size) -> Result<Planes, Error> {
    let frame = Vp8Decoder::decode_frame(vp8).map_err(refusal)?;
    if [frame.width, frame.height].map(u32::from) != [size.width(), size.height()] {
        return Err(Error::internal("the WebP decoder found another size"));
    }
    // Rows of whole blocks.
    let stride = 16 * size.width().div_ceil(16) as usize;
    Ok(Planes {
        planes: [
            (frame.ybuf, stride),
            (frame.ubuf, stride / 2),
            (frame.vbuf, stride / 2),
        ],
    })
}

/// Decodes a picture to RGB pixels, or to RGBA with straight alpha if it is lossless or has alpha. In a lossless picture
/// without alpha, the fourth sample is meaningless.
///
/// The decoder gets a new file with nothing but the picture, so that its handling of other chunks does not matter.
pub(super) fn pixels(picture: &Picture) -> Result<Pixels, Error> {
    let (file, channels) = match picture.coded {
        Coded::Lossless(vp8l) => {
            let mut file = container(&[(b"VP8L", vp8l)]);
            // The bit that declares alpha: then pixels are decoded in place, without a copy.
            if let Some(bits) = file.get_mut(24) {
                *bits |= 0x10;
            }
            (file, 4)
        }
        Coded::Lossy { vp8, alpha: None } => (container(&[(b"VP8 ", vp8)]), 3),
        Coded::Lossy {
            vp8,
            alpha: Some(alpha),
        } => {
            let [width, height] = [picture.size.width() - 1, picture.size.height() - 1];
            let mut header = vec![0x10, 0, 0, 0];
            header.extend_from_slice(&width.to_le_bytes()[..3]);
            header.extend_from_slice(&height.to_le_bytes()[..3]);
            let chunks: [(_, &[u8]); 3] = [(b"VP8X", &header), (b"ALPH", alpha), (b"VP8 ", vp8)];
            (container(&chunks), 4)
        }
    };
    let mut decoder = WebPDecoder::new(Cursor::new(file)).map_err(refusal)?;
    let mut samples = allocate::filled(0, picture.size.area() as usize * channels)?;
    decoder.read_image(&mut samples).map_err(refusal)?;
    Ok(Pixels { samples, channels })
}

/// Pixels of a whole picture, and how many samples each has.
pub(super) struct Pixels {
    pub(super) samples: Vec<u8>,
    pub(super) channels: usize,
}

/// A file of these chunks (RFC 9649, section 2.3 and 2.4).
fn container(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let length: usize = chunks
        .iter()
        .map(|(_, data)| 8 + data.len() + data.len() % 2)
        .sum();
    let mut file = Vec::with_capacity(12 + length);
    file.extend_from_slice(b"RIFF");
    file.extend((4 + length as u32).to_le_bytes());
    file.extend_from_slice(b"WEBP");
    for (kind, data) in chunks {
        file.extend_from_slice(*kind);
        file.extend((data.len() as u32).to_le_bytes());
        file.extend_from_slice(data);
        file.resize(file.len().next_multiple_of(2), 0);
    }
    file
}

fn refusal(error: DecodingError) -> Error {
    match error {
        DecodingError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            Error::damaged(Format::Webp, "its coded picture ends early")
        }
        error => Error::damaged(Format::Webp, error),
    }
}
