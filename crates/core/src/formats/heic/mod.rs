//! HEIC (ISO/IEC 23008-12): stills coded as HEVC, single or in a grid of tiles.

mod bands;
mod boxes;
mod colors;
mod header;
mod held;
mod hevc;
mod items;
mod picture;
mod pixels;
mod properties;
mod rgb;
mod turns;

use crate::codec::Codec;
use crate::format::Format;
use crate::unknown;

pub(crate) const CODEC: Codec = Codec {
    format: Format::Heic,
    recognizes: unknown::is_heic,
    pixels: |limits| limits.pixels.min(limits.non_jpeg_pixels),
    header: |photo, limits, _| header::header(photo, limits),
    resize: pixels::resized,
    glance: None,
    hold: pixels::hold,
    // It is never the format of an avatar, so it is never kept.
    strip: |_, _, _, _| Ok(None),
};
