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
use crate::formats::whole;

pub(crate) const CODEC: Codec = Codec {
    format: Format::Gif,
    recognizes: |photo| photo.starts_with(b"GIF87a") || photo.starts_with(b"GIF89a"),
    pixels: |limits| limits.pixels.min(limits.non_jpeg_pixels),
    header: |photo, limits, _| header::header(photo, limits),
    resize: pixels::resized,
    glance: |photo, info, plan, options, clock, _| {
        pixels::resized(photo, info, plan, options, clock)
    },
    hold: Some(pixels::hold),
    whole: |photo, info, plan, options, clock, held| {
        whole::pixels(pixels::resized, photo, info, plan, options, clock, held)
    },
    strip: strip::stripped,
};
