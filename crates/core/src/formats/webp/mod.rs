//! WebP (RFC 9649). It is read and never written: Slack does not take it.

mod codes;
mod decode;
mod frames;
mod header;
mod pixels;
mod riff;

pub(crate) use frames::{Frame, Frames, decode};
pub(crate) use pixels::check_whole;

use crate::codec::Codec;
use crate::format::Format;

pub(crate) const CODEC: Codec = Codec {
    format: Format::Webp,
    recognizes: |photo| {
        photo.starts_with(b"RIFF") && photo.get(8..).is_some_and(|rest| rest.starts_with(b"WEBP"))
    },
    // Its own limit is checked with the header.
    pixels: |limits| limits.pixels.min(limits.non_jpeg_pixels),
    header: header::header,
    resize: pixels::resized,
    glance: None,
    hold: pixels::hold,
    // Slack takes no WebP, so nothing is ever kept.
    strip: |_, _, _, _| Ok(None),
};
