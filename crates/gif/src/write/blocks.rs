//! The blocks around the data of a picture (GIF89a, sections 20 to 26).

use crate::timing::Disposal;

/// A graphic control extension.
pub(crate) fn control(disposal: Disposal, delay: u16, transparent: Option<u8>) -> Vec<u8> {
    let disposal = match disposal {
        Disposal::Keep => 1,
        Disposal::Background => 2,
        Disposal::Previous => 3,
    };
    let [low, high] = delay.to_le_bytes();
    let flags = disposal << 2 | u8::from(transparent.is_some());
    vec![b'!', 0xf9, 4, flags, low, high, transparent.unwrap_or(0), 0]
}

/// The bits that `count` indices need, at least 1.
pub(crate) fn bits(count: usize) -> u8 {
    (count.max(2) - 1).ilog2() as u8 + 1
}

/// The palette, filled up to 2^`bits` colors.
pub(crate) fn put_palette(out: &mut Vec<u8>, palette: &[[u8; 3]], bits: u8) {
    out.extend_from_slice(palette.as_flattened());
    out.resize(out.len() + 3 * ((1 << bits) - palette.len()), 0);
}

/// The application extension that says how often an animation plays; nothing for once.
pub(crate) fn netscape(repeats: Option<u16>) -> Vec<u8> {
    let Some(times) = repeats else {
        return Vec::new();
    };
    let mut extension = b"!\xff\x0bNETSCAPE2.0\x03\x01".to_vec();
    extension.extend_from_slice(&times.to_le_bytes());
    extension.push(0);
    extension
}
