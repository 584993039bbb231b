//! What several targets share: options drawn from bytes, the smallest JPEG, and a server that says what it is told to.

pub mod slack;

use std::num::NonZeroU32;

use arbitrary::{Arbitrary, Unstructured};
use headshot_core::{
    Background, CropBox, Damaged, FaceFallback, FaceFit, Fit, FramePolicy, Gravity, Limits,
    Options, Quality, Rotation, SideRange, Small, StillFormat,
};

/// Lets the fuzzer's own thread do all the work: an input takes less time than waking another.
pub fn one_thread() {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .use_current_thread();
    pool.build_global().expect("nothing has worked yet");
}

/// Options as the bytes choose them, with limits at which nothing takes long.
pub fn options(bytes: &[u8]) -> Options {
    draw(&mut Unstructured::new(bytes)).expect("bytes that are missing count as zeros")
}

fn draw(from: &mut Unstructured) -> arbitrary::Result<Options> {
    let (x, y, side) = <(u8, u8, u8)>::arbitrary(from)?;
    let (x, y, side) = (x.into(), y.into(), side.into());
    let quality = Quality::new(u8::arbitrary(from)?);
    let (min, max) = (from.int_in_range(1..=64)?, from.int_in_range(1..=64)?);
    Ok(Options {
        fit: *from.choose(&[
            Fit::Contain,
            Fit::Cover,
            Fit::Crop(CropBox { x, y, side }),
            Fit::Face(FaceFit {
                fallback: FaceFallback::Auto,
                number: NonZeroU32::new(x),
            }),
        ])?,
        gravity: *from.choose(&[
            Gravity::Center,
            Gravity::Bottom,
            Gravity::Right,
            Gravity::Point { x: 1100, y: 9000 },
        ])?,
        background: *from.choose(&[
            Background::Auto,
            Background::Transparent,
            Background::Color([11, 22, 33]),
            Background::Blur,
            Background::Edge,
        ])?,
        side: SideRange::new(min.min(max), max).expect("a range"),
        small: *from.choose(&[Small::Enlarge, Small::Refuse])?,
        format: *from.choose(&[
            StillFormat::Auto(quality),
            StillFormat::Jpeg(quality),
            StillFormat::Png,
        ])?,
        frames: *from.choose(&[
            FramePolicy::Reject,
            FramePolicy::First,
            FramePolicy::Truncate,
            FramePolicy::Decimate,
        ])?,
        damaged: *from.choose(&[Damaged::Refuse, Damaged::Accept])?,
        limits: Limits {
            pixels: 1 << 18,
            frames: from.int_in_range(1..=20)?,
            ..Limits::default()
        },
        // Last, so that the other options are those that the same bytes have always chosen.
        rotate: *from.choose(&Rotation::ALL)?,
    })
}

/// A JPEG up to its first scan, with a block of EXIF data.
pub fn jpeg(width: u16, height: u16, tiff: &[u8]) -> Vec<u8> {
    let mut file = vec![0xFF, 0xD8, 0xFF, 0xE1];
    file.extend((tiff.len() as u16 + 8).to_be_bytes());
    file.extend(b"Exif\0\0");
    file.extend(tiff);
    file.extend([0xFF, 0xC0, 0, 11, 8]);
    file.extend(height.to_be_bytes());
    file.extend(width.to_be_bytes());
    file.extend([1, 1, 0x11, 0, 0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0]);
    file
}

/// A block of EXIF data with nothing but an orientation.
pub fn tiff(orientation: u8) -> Vec<u8> {
    let mut block = b"MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    block.extend([orientation, 0, 0, 0, 0, 0, 0]);
    block
}

/// The bytes that may stand in the value of an HTTP header.
pub fn header(bytes: &[u8]) -> Vec<u8> {
    let may = |byte: &u8| matches!(byte, b'\t' | 0x20..=0x7E | 0x80..);
    bytes.iter().copied().filter(may).collect()
}
