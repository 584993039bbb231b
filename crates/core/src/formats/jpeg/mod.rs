//! JPEG (ITU-T T.81).

mod glance;
mod header;
mod held;
mod pixels;
mod planes;
mod strip;

use crate::codec::Codec;
use crate::format::Format;

pub(crate) const CODEC: Codec = Codec {
    format: Format::Jpeg,
    recognizes: |photo| photo.starts_with(&[0xFF, 0xD8, 0xFF]),
    pixels: |limits| limits.pixels,
    header: |photo, limits, _| header::header(photo, limits),
    resize: pixels::resized,
    glance: Some(glance::resized),
    hold: held::hold,
    strip: strip::stripped,
};
