//! Crop and resize in one pass. The only file that knows the resize crate.

use fast_image_resize::images::{CroppedImage, Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use crate::error::Error;
use crate::geometry::{Rect, Size};
use crate::raster::{Layout, Raster};

/// The pixels inside `crop`, resampled to `to`. Nothing is resampled where the sizes are equal.
///
/// What lies outside the crop has no influence, as if it had been cut off first. Alpha is premultiplied for the
/// resampling and straight afterwards, so that the colors of transparent pixels do not bleed into their neighbors.
pub(crate) fn crop_and_resize(raster: Raster, crop: Rect, to: Size) -> Result<Raster, Error> {
    if crop.size() == to {
        return Ok(if crop == raster.size().whole() {
            raster
        } else {
            raster.cropped(crop)
        });
    }
    let pixel = match raster.layout() {
        Layout::Rgb => PixelType::U8x3,
        Layout::Rgba | Layout::Cmyk => PixelType::U8x4,
    };
    let (image, part) = (raster.size(), crop.size());
    let source = ImageRef::new(image.width(), image.height(), raster.samples(), pixel)
        .map_err(Error::internal)?;
    // The resizer's own crop option lets the filter reach beyond the box.
    let source = CroppedImage::new(&source, crop.x(), crop.y(), part.width(), part.height())
        .map_err(Error::internal)?;
    let mut resized = Image::new(to.width(), to.height(), pixel);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(filter(part, to)))
        .use_alpha(raster.layout() == Layout::Rgba);
    Resizer::new()
        .resize(&source, &mut resized, &options)
        .map_err(Error::internal)?;
    Raster::new(to, raster.layout(), resized.into_vec())
        .ok_or_else(|| Error::internal("the resizer returned another size than it was asked for"))
}

/// The same for all of a picture in RGBA that is premultiplied already, as a GIF's canvas is: so is what comes out.
pub(crate) fn resize_premultiplied(pixels: Vec<[u8; 4]>, from: Size, to: Size) -> Vec<u8> {
    if from == to {
        return pixels.into_flattened();
    }
    let source = ImageRef::new(
        from.width(),
        from.height(),
        pixels.as_flattened(),
        PixelType::U8x4,
    )
    .expect("a canvas has four bytes a pixel");
    let mut resized = Image::new(to.width(), to.height(), PixelType::U8x4);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(filter(from, to)))
        .use_alpha(false);
    Resizer::new()
        .resize(&source, &mut resized, &options)
        .expect("both have the same kind of pixels");
    resized.into_vec()
}

/// Lanczos3 keeps the most detail when reducing. Enlarging it rings at edges, which Catmull-Rom hardly does.
fn filter(from: Size, to: Size) -> FilterType {
    if to.area() < from.area() {
        FilterType::Lanczos3
    } else {
        FilterType::CatmullRom
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raster(
        width: u32,
        height: u32,
        layout: Layout,
        pixel: impl Fn(u32, u32) -> Vec<u8>,
    ) -> Raster {
        let samples = (0..height)
            .flat_map(|y| (0..width).map(move |x| (x, y)))
            .flat_map(|(x, y)| pixel(x, y));
        Raster::new(Size::new(width, height).unwrap(), layout, samples.collect()).unwrap()
    }

    #[test]
    fn the_same_size_is_not_resampled() {
        let source = raster(9, 7, Layout::Rgb, |x, y| {
            vec![(x * 28) as u8, (y * 36) as u8, 77]
        });
        let crop = source.size().rect(2, 1, Size::new(5, 5).unwrap()).unwrap();
        let cropped = crop_and_resize(source.clone(), crop, crop.size()).unwrap();
        assert_eq!(cropped, source.cropped(crop));
    }

    #[test]
    fn transparent_colors_do_not_bleed() {
        // Opaque red beside transparent green: no green may show at the edge.
        let source = raster(64, 64, Layout::Rgba, |x, _| {
            if x < 29 {
                vec![200, 10, 0, 255]
            } else {
                vec![0, 255, 0, 0]
            }
        });
        for side in [20, 96] {
            let size = Size::new(side, side).unwrap();
            let resized = crop_and_resize(source.clone(), source.size().whole(), size).unwrap();
            for pixel in resized.samples().chunks(4).filter(|p| p[3] > 8) {
                assert!(
                    pixel[0].abs_diff(200) <= 12 && pixel[1].abs_diff(10) <= 12,
                    "{side}: {pixel:?}"
                );
            }
        }
    }

    #[test]
    fn a_crop_does_not_see_its_surroundings() {
        for layout in [Layout::Rgb, Layout::Rgba, Layout::Cmyk] {
            let source = raster(60, 60, layout, |x, y| {
                let inside = (20..40).contains(&x) && (10..30).contains(&y);
                [if inside {
                    [50, 60, 70, 255]
                } else {
                    [255, 0, 255, 9]
                }]
                .concat()[..layout.channels()]
                    .to_vec()
            });
            let crop = source
                .size()
                .rect(20, 10, Size::new(20, 20).unwrap())
                .unwrap();
            let resized = crop_and_resize(source, crop, Size::new(13, 13).unwrap()).unwrap();
            assert!(
                resized
                    .samples()
                    .chunks(layout.channels())
                    .all(|p| p[..3] == [50, 60, 70]),
                "{layout:?}"
            );
        }
    }
}
