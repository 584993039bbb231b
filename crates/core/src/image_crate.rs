//! To and from the pictures of the crate `image`. The only file that knows it.

use std::borrow::Cow;

use image::{DynamicImage, ImageBuffer, RgbImage, RgbaImage};

use crate::avatar::Avatar;
use crate::error::Error;
use crate::orientation::Orientation;
use crate::pixels::{PixelLayout, Pixels};
use crate::raster::Layout;

/// 8-bit samples are borrowed; others are rounded to the nearest 8-bit value, like those of a PNG.
///
/// A `DynamicImage` has neither profile nor orientation: if its decoder found some, set them afterward.
impl<'a> From<&'a DynamicImage> for Pixels<'a> {
    fn from(image: &'a DynamicImage) -> Pixels<'a> {
        let (layout, samples) = match image {
            DynamicImage::ImageLuma8(gray) => (PixelLayout::Gray, borrowed(gray)),
            DynamicImage::ImageLumaA8(gray) => (PixelLayout::GrayAlpha, borrowed(gray)),
            DynamicImage::ImageRgb8(rgb) => (PixelLayout::Rgb, borrowed(rgb)),
            DynamicImage::ImageRgba8(rgba) => (PixelLayout::Rgba, borrowed(rgba)),
            DynamicImage::ImageLuma16(gray) => (PixelLayout::Gray, rounded(gray)),
            DynamicImage::ImageLumaA16(gray) => (PixelLayout::GrayAlpha, rounded(gray)),
            DynamicImage::ImageRgb16(rgb) => (PixelLayout::Rgb, rounded(rgb)),
            DynamicImage::ImageRgba16(rgba) => (PixelLayout::Rgba, rounded(rgba)),
            // Floating-point numbers, and variants added later.
            other if other.color().has_alpha() => {
                (PixelLayout::Rgba, Cow::Owned(other.to_rgba8().into_raw()))
            }
            other => (PixelLayout::Rgb, Cow::Owned(other.to_rgb8().into_raw())),
        };
        Pixels {
            width: image.width(),
            height: image.height(),
            layout,
            samples,
            profile: None,
            orientation: Orientation::Upright,
        }
    }
}

fn borrowed<P: image::Pixel<Subpixel = u8>>(buffer: &ImageBuffer<P, Vec<u8>>) -> Cow<'_, [u8]> {
    Cow::Borrowed(buffer.as_raw())
}

fn rounded<P: image::Pixel<Subpixel = u16>>(buffer: &ImageBuffer<P, Vec<u16>>) -> Cow<'_, [u8]> {
    let narrow = |wide: &u16| ((u32::from(*wide) * 255 + 32_767) / 65_535) as u8;
    Cow::Owned(buffer.as_raw().iter().map(narrow).collect())
}

/// The pixels of an avatar; of an animated one, its first frame.
///
/// # Errors
///
/// [`Error::OutOfMemory`], and [`Error::Internal`], which is a bug.
impl TryFrom<&Avatar> for DynamicImage {
    type Error = Error;

    fn try_from(avatar: &Avatar) -> Result<DynamicImage, Error> {
        let raster = crate::decode(avatar)?;
        let (width, height, layout) = (
            raster.size().width(),
            raster.size().height(),
            raster.layout(),
        );
        let samples = raster.into_samples();
        let image = match layout {
            Layout::Rgba => RgbaImage::from_raw(width, height, samples).map(DynamicImage::from),
            _ => RgbImage::from_raw(width, height, samples).map(DynamicImage::from),
        };
        image.ok_or_else(|| Error::internal("an avatar of other than RGB"))
    }
}
