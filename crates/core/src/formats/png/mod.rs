//! PNG (third edition).

mod check;
mod chunks;
mod colors;
mod frames;
mod header;
mod inflate;
mod narrow;
mod pixels;
mod strip;

pub(crate) use frames::{Frame, Frames};

use crate::codec::Codec;
use crate::format::Format;

pub(crate) const CODEC: Codec = Codec {
    format: Format::Png,
    recognizes: |photo| photo.starts_with(b"\x89PNG\r\n\x1A\n"),
    pixels: |limits| limits.pixels.min(limits.non_jpeg_pixels),
    header: |photo, limits, _| header::header(photo, limits),
    resize: pixels::resized,
    glance: None,
    hold: pixels::hold,
    strip: strip::stripped,
};
