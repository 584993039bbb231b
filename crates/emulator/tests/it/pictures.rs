//! Pictures made here, so that the tests need no files.

use std::io::Cursor;

use image::codecs::gif::{GifEncoder, Repeat};
use image::{Delay, DynamicImage, Frame, ImageFormat, Rgba, RgbaImage};

pub(crate) const RED: Rgba<u8> = Rgba([220, 20, 30, 255]);
pub(crate) const BLUE: Rgba<u8> = Rgba([20, 40, 210, 255]);

pub(crate) fn encode(image: RgbaImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let image = DynamicImage::ImageRgba8(image);
    let image = if format == ImageFormat::Jpeg {
        DynamicImage::ImageRgb8(image.into_rgb8())
    } else {
        image
    };
    image.write_to(&mut bytes, format).expect("encodes");
    bytes.into_inner()
}

/// One color.
pub(crate) fn plain(width: u32, height: u32, color: Rgba<u8>, format: ImageFormat) -> Vec<u8> {
    encode(RgbaImage::from_pixel(width, height, color), format)
}

/// A GIF of so many frames, each of another gray.
pub(crate) fn animation(side: u32, frames: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new(&mut bytes);
    encoder.set_repeat(Repeat::Infinite).expect("repeats");
    for n in 0..frames {
        let image = RgbaImage::from_pixel(side, side, Rgba([n * 10, n * 10, n * 10, 255]));
        encoder
            .encode_frame(Frame::from_parts(
                image,
                0,
                0,
                Delay::from_numer_denom_ms(50, 1),
            ))
            .expect("encodes");
    }
    drop(encoder);
    bytes
}

pub(crate) fn decode(bytes: &[u8]) -> RgbaImage {
    image::load_from_memory(bytes)
        .expect("decodes")
        .into_rgba8()
}

/// Whether two colors are the same but for rounding and a lossy encoder.
pub(crate) fn near(a: Rgba<u8>, b: Rgba<u8>) -> bool {
    a.0.iter().zip(b.0).all(|(a, b)| a.abs_diff(b) <= 8)
}
