//! The formats that are read: each has a row in one table, and a folder.

mod frames;
mod gif;
#[cfg(feature = "heic")]
mod heic;
mod jpeg;
mod layer;
mod layers;
mod png;
pub(crate) mod webp;

use crate::codec::Codec;
use crate::format::Format;

const CODECS: &[&Codec] = &[
    &jpeg::CODEC,
    &png::CODEC,
    &gif::CODEC,
    &webp::CODEC,
    #[cfg(feature = "heic")]
    &heic::CODEC,
];

/// The format of the bytes, whatever the file's name is.
pub(crate) fn recognize(photo: &[u8]) -> Option<&'static Codec> {
    let mut codecs = CODECS.iter().copied();
    codecs.find(|codec| (codec.recognizes)(photo))
}

pub(crate) use frames::{Frames, always_opaque, seen_pixels};

/// A format's row in the table.
pub(crate) fn codec(format: Format) -> &'static Codec {
    let mut codecs = CODECS.iter().copied();
    let found = codecs.find(|codec| codec.format == format);
    found.expect("every format that is recognized has a row")
}
