//! Photos made for the tests, with the planes that they were made from.

use headshot_jpeg::Plane;
use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, SamplingFactor};

/// How a photo is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Made {
    pub(crate) width: u16,
    pub(crate) height: u16,
    pub(crate) sampling: SamplingFactor,
    pub(crate) progressive: bool,
    pub(crate) restart: u16,
    pub(crate) gray: bool,
}

pub(crate) const MADE: Made = Made {
    width: 33,
    height: 22,
    sampling: SamplingFactor::F_1_1,
    progressive: false,
    restart: 0,
    gray: false,
};

/// A smooth picture whose components differ, and differ along x and y.
pub(crate) fn sample(component: usize, x: u32, y: u32) -> u8 {
    let (x, y) = (x % 40, y % 40);
    match component {
        0 => (30 + 3 * x + 2 * y) as u8,
        1 => (220 - 2 * x - 3 * y) as u8,
        _ => (60 + x + 3 * y) as u8,
    }
}

/// Writes the picture of `sample`.
pub(crate) fn photo(made: Made) -> Vec<u8> {
    let count = if made.gray { 1 } else { 3 };
    let mut pixels = Vec::new();
    for y in 0..u32::from(made.height) {
        for x in 0..u32::from(made.width) {
            pixels.extend((0..count).map(|component| sample(component, x, y)));
        }
    }
    let kind = if made.gray {
        ColorType::Luma
    } else {
        ColorType::Ycbcr
    };
    encode(made, &pixels, kind, 100)
}

/// Writes a picture full of detail.
pub(crate) fn noise(made: Made) -> Vec<u8> {
    let mut seed = 12345u32;
    let pixels: Vec<u8> = (0..usize::from(made.width) * usize::from(made.height) * 3)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as u8
        })
        .collect();
    encode(made, &pixels, ColorType::Rgb, 85)
}

/// Writes pixels of some kind.
pub(crate) fn encode(made: Made, pixels: &[u8], kind: ColorType, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality);
    encoder.set_sampling_factor(made.sampling);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    encoder.set_progressive(made.progressive);
    encoder.set_restart_interval(made.restart);
    encoder
        .encode(pixels, made.width, made.height, kind)
        .unwrap();
    bytes
}

/// The offset of the first marker `FF code`.
pub(crate) fn find(bytes: &[u8], code: u8) -> usize {
    bytes
        .windows(2)
        .position(|pair| pair == [0xFF, code])
        .unwrap_or_else(|| panic!("no marker {code:02X}"))
}

/// Compares the meaningful part: rows, not the bytes beyond them.
pub(crate) fn assert_same_samples(ours: &[Plane], theirs: &[Plane]) {
    assert_eq!(ours.len(), theirs.len());
    for (index, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
        assert_eq!((ours.width, ours.height), (theirs.width, theirs.height));
        for y in 0..ours.height {
            assert!(ours.row(y) == theirs.row(y), "component {index}, row {y}");
        }
    }
}
