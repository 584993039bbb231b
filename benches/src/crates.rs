//! The crates that the project was asked to build on, combined as they are meant to be: `image` decodes and encodes,
//! `fast_image_resize` crops and resizes. What they leave out (orientation, color, metadata, damage, limits) costs them nothing.

use std::io::Cursor;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use headshot_core::Fit;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat, RgbImage, RgbaImage};

/// An avatar of `side` pixels, cover or contain on black: a JPEG of this quality, or a PNG.
///
/// # Errors
///
/// One of the crates refuses the photo, in its words.
pub fn avatar(photo: &[u8], fit: Fit, side: u32, quality: Option<u8>) -> Result<Vec<u8>, String> {
    let decoded = image::load_from_memory(photo).map_err(|error| error.to_string())?;
    let alpha = quality.is_none() && decoded.color().has_alpha();
    let (width, height) = (decoded.width(), decoded.height());
    let (pixels, layout) = if alpha {
        (decoded.into_rgba8().into_raw(), PixelType::U8x4)
    } else {
        (decoded.into_rgb8().into_raw(), PixelType::U8x3)
    };
    let whole = ImageRef::new(width, height, &pixels, layout).map_err(|error| error.to_string())?;
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
    let longer = f64::from(width.max(height));
    let scaled = |length: u32| {
        (f64::from(length) * f64::from(side) / longer)
            .round()
            .max(1.0) as u32
    };
    let (options, across, down) = if fit == Fit::Contain {
        (options, scaled(width), scaled(height))
    } else {
        let shorter = f64::from(width.min(height));
        let [left, top] = [width, height].map(|length| (f64::from(length) - shorter) / 2.0);
        (options.crop(left, top, shorter, shorter), side, side)
    };
    let mut resized = Image::new(across, down, layout);
    let done = Resizer::new().resize(&whole, &mut resized, &options);
    done.map_err(|error| error.to_string())?;
    let pixels = resized.into_vec();
    let small = if alpha {
        RgbaImage::from_raw(across, down, pixels).map(DynamicImage::from)
    } else {
        RgbImage::from_raw(across, down, pixels).map(DynamicImage::from)
    };
    let mut square = small.ok_or("too few pixels")?;
    if (across, down) != (side, side) {
        let small = square;
        square = if alpha {
            DynamicImage::new_rgba8(side, side)
        } else {
            DynamicImage::new_rgb8(side, side)
        };
        let (left, top) = ((side - across) / 2, (side - down) / 2);
        image::imageops::replace(&mut square, &small, left.into(), top.into());
    }
    let mut avatar = Cursor::new(Vec::new());
    match quality {
        Some(quality) => {
            square.write_with_encoder(JpegEncoder::new_with_quality(&mut avatar, quality))
        }
        None => square.write_to(&mut avatar, ImageFormat::Png),
    }
    .map_err(|error| error.to_string())?;
    Ok(avatar.into_inner())
}
