//! GIF (87a and 89a).

mod ahead;
mod frames;
mod header;
mod pixels;
mod strip;
mod unpack;

pub(crate) use ahead::{always_opaque, opaque_pixels};
pub(crate) use frames::{Frame, Frames};

use crate::codec::Codec;
use crate::format::Format;

pub(crate) const CODEC: Codec = Codec {
    format: Format::Gif,
    recognizes: |photo| photo.starts_with(b"GIF87a") || photo.starts_with(b"GIF89a"),
    pixels: |limits| limits.pixels.min(limits.non_jpeg_pixels),
    header: |photo, limits, _| header::header(photo, limits),
    resize: pixels::resized,
    glance: None,
    hold: pixels::hold,
    strip: strip::stripped,
};
