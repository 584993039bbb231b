//! Crops and resizes in one pass, row by row as a decoder delivers them.

use std::ops::Range;

use headshot_resample::{Axis, Grid, Layout as Channels, Resampler, Spec};

use crate::allocate;
use crate::error::Error;
use crate::geometry::{Rect, Size};
use crate::raster::{Layout, Raster};

/// Takes a picture's rows from the top, and makes a raster of the part inside a crop.
///
/// What lies outside has no influence, as if it had been cut off first. Nothing is resampled if the sizes are equal.
/// Alpha is premultiplied for the resampling and straight afterward, so that the colors of transparent pixels do not
/// bleed into their neighbors.
pub(crate) struct Rows {
    channels: Channels,
    crop: Rect,
    to: Size,
    /// Bytes of a whole row.
    stride: usize,
    made: Made,
}

enum Made {
    Copied(Vec<u8>),
    Resampled(Box<Resampler>),
}

impl Rows {
    /// For a picture of `size` whose pixels inside `crop` become `to`.
    pub(crate) fn new(channels: Channels, size: Size, crop: Rect, to: Size) -> Result<Rows, Error> {
        let axis = |start: u32, extent: u32, available, size| Axis {
            start: start.into(),
            extent: extent.into(),
            available,
            grid: Grid::Plain,
            size,
        };
        let part = crop.size();
        let made = if part == to {
            Made::Copied(allocate::reserve(
                part.area() as usize * channels.channels(),
            )?)
        } else {
            Made::Resampled(Box::new(
                Resampler::new(&Spec {
                    layout: channels,
                    horizontal: axis(crop.x(), part.width(), size.width(), to.width()),
                    vertical: axis(crop.y(), part.height(), size.height(), to.height()),
                })
                .map_err(refusal)?,
            ))
        };
        Ok(Rows {
            channels,
            crop,
            to,
            stride: size.width() as usize * channels.channels(),
            made,
        })
    }

    /// The samples of a row's pixels.
    pub(crate) fn channels(&self) -> Channels {
        self.channels
    }

    /// Takes row `y`, in order from 0. Rows above and below the crop may be left out.
    pub(crate) fn push(&mut self, y: u32, row: &[u8]) -> Result<(), Error> {
        if row.len() != self.stride {
            return Err(Error::internal(
                "a decoder returned a row of another length",
            ));
        }
        if !(self.crop.y()..self.crop.bottom()).contains(&y) {
            return Ok(());
        }
        let (left, right) = (self.crop.x() as usize, self.crop.right() as usize);
        let channels = self.channels.channels();
        match &mut self.made {
            Made::Copied(pixels) => {
                pixels.extend_from_slice(&row[left * channels..right * channels])
            }
            Made::Resampled(resampler) => resampler.push_row(row).map_err(refusal)?,
        }
        Ok(())
    }

    /// The raster, once all rows of the crop have been pushed. Gray has become RGB.
    pub(crate) fn finish(self) -> Result<Raster, Error> {
        let samples = match self.made {
            Made::Copied(mut pixels) => {
                if self.channels == Channels::Rgba {
                    hide(&mut pixels);
                }
                pixels
            }
            Made::Resampled(resampler) => resampler.finish().map_err(refusal)?,
        };
        let (layout, samples) = match self.channels {
            Channels::Gray => (
                Layout::Rgb,
                samples.into_iter().flat_map(|gray| [gray; 3]).collect(),
            ),
            Channels::Rgb => (Layout::Rgb, samples),
            Channels::Rgba => (Layout::Rgba, samples),
            Channels::Four => return Err(Error::internal("rows of four other channels")),
        };
        Raster::new(self.to, layout, samples)
            .ok_or_else(|| Error::internal("rows of the picture are missing"))
    }
}

/// A part of a plane, cut off before it is resampled.
pub(crate) fn plane(part: Size, to: Size) -> Spec {
    Spec {
        layout: Channels::Gray,
        horizontal: Axis::whole(part.width(), to.width()),
        vertical: Axis::whole(part.height(), to.height()),
    }
}

/// Passes a row of samples to the resamplers, one per plane, which the first row creates.
pub(crate) fn feed(planes: &mut Vec<Resampler>, row: &[&[u8]], spec: &Spec) -> Result<(), Error> {
    while planes.len() < row.len() {
        let next = match planes.first() {
            Some(first) => first.another(),
            None => Resampler::new(spec),
        };
        planes.push(next.map_err(refusal)?);
    }
    for (plane, samples) in planes.iter_mut().zip(row) {
        plane.push_row(samples).map_err(Error::internal)?;
    }
    Ok(())
}

/// The resampled planes.
pub(crate) fn finish(planes: Vec<Resampler>) -> Result<Vec<Vec<u8>>, Error> {
    let planes = planes.into_iter().map(Resampler::finish);
    planes.collect::<Result<_, _>>().map_err(Error::internal)
}

/// Planes of red, green and blue, or one of gray, as a raster.
pub(crate) fn joined(size: Size, planes: Vec<Vec<u8>>) -> Result<Raster, Error> {
    let raster = match &planes[..] {
        [gray] => {
            let pixels: Vec<[u8; 3]> = gray.iter().map(|gray| [*gray; 3]).collect();
            Raster::new(size, Layout::Rgb, pixels.into_flattened())
        }
        _ => Raster::of_planes(size, Layout::Planar, planes),
    };
    raster.ok_or_else(|| Error::internal("planes differ in number or size"))
}

/// The resampler refuses only for memory; anything else is our mistake.
pub(crate) fn refusal(error: headshot_resample::Error) -> Error {
    match error {
        headshot_resample::Error::OutOfMemory { bytes } => Error::OutOfMemory { bytes },
        error => Error::internal(error),
    }
}

/// The pixels of a raster inside `crop`, resampled to `to`.
#[cfg(test)]
pub(crate) fn crop_and_resize(raster: &Raster, crop: Rect, to: Size) -> Result<Raster, Error> {
    let channels = match raster.layout() {
        Layout::Rgb => Channels::Rgb,
        Layout::Rgba => Channels::Rgba,
        Layout::Cmyk | Layout::Planar | Layout::YCbCr => {
            return Err(Error::internal(
                "planes are resampled where they are decoded",
            ));
        }
    };
    let mut rows = Rows::new(channels, raster.size(), crop, to)?;
    let stride = raster.size().width() as usize * channels.channels();
    for (y, row) in (0..).zip(raster.samples().chunks_exact(stride)) {
        rows.push(y, row)?;
    }
    rows.finish()
}

/// Removes the color of transparent pixels: invisible data must not leave.
fn hide(pixels: &mut [u8]) {
    for pixel in pixels.as_chunks_mut::<4>().0 {
        if pixel[3] == 0 {
            *pixel = [0; 4];
        }
    }
}

/// All of a GIF's canvas, where alpha is 0 or 255. The result is straight RGBA.
pub(crate) fn resize_canvas(
    pixels: &[[u8; 4]],
    from: Size,
    to: Size,
) -> Result<Vec<[u8; 4]>, Error> {
    if from == to {
        let mut same = allocate::reserve(pixels.len())?;
        same.extend_from_slice(pixels);
        return Ok(same);
    }
    // Without holes, the usual case, alpha needs no weighting.
    let opaque = pixels.iter().all(|pixel| pixel[3] == 255);
    let spec = Spec {
        layout: if opaque {
            Channels::Four
        } else {
            Channels::Rgba
        },
        horizontal: Axis::whole(from.width(), to.width()),
        vertical: Axis::whole(from.height(), to.height()),
    };
    let mut resampler = Resampler::new(&spec).map_err(refusal)?;
    for row in pixels.chunks_exact(from.width() as usize) {
        resampler.push_row(row.as_flattened()).map_err(refusal)?;
    }
    let resized = resampler.finish().map_err(refusal)?;
    Ok(resized.as_chunks().0.to_vec())
}

/// The same for a frame of an animation: where the source is flat, so is the result.
pub(crate) fn resize_frame(
    pixels: Vec<[u8; 4]>,
    from: Size,
    to: Size,
) -> Result<Vec<[u8; 4]>, Error> {
    if from == to {
        return Ok(pixels);
    }
    let mut resized = resize_canvas(&pixels, from, to)?;
    keep_flat(&pixels, from, &mut resized, to);
    Ok(resized)
}

/// Gives each pixel for whose whole area the source has one color that color.
///
/// There the filter's ringing leaves faint lines beside edges, which nobody drew and which an animation pays for in every frame.
fn keep_flat(pixels: &[[u8; 4]], from: Size, resized: &mut [[u8; 4]], to: Size) {
    // What a pixel of the result covers, and at least one of the source, around its middle.
    let spans = |from: u32, to: u32| -> Vec<Range<usize>> {
        let [from, to] = [from, to].map(|size| size as usize);
        let spans = (0..to).map(|i| {
            let (middle, half) = ((2 * i + 1) * from, from.max(to));
            middle.saturating_sub(half) / (2 * to)..(middle + half).div_ceil(2 * to).min(from)
        });
        spans.collect()
    };
    let columns = spans(from.width(), to.width());
    let rows = spans(from.height(), to.height());
    let width = from.width() as usize;
    for (rows, resized) in rows.iter().zip(resized.chunks_exact_mut(columns.len())) {
        for (columns, pixel) in columns.iter().zip(resized) {
            let color = pixels[rows.start * width + columns.start];
            let is_flat = |y: usize| {
                let row = &pixels[y * width..][columns.clone()];
                row.iter().all(|pixel| *pixel == color)
            };
            if *pixel != color && rows.clone().all(is_flat) {
                *pixel = color;
            }
        }
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
        let pixel = |x: u32, y: u32| vec![(x * 28) as u8, (y * 36) as u8, 77, (x * 9 + y) as u8];
        let source = raster(9, 7, Layout::Rgba, pixel);
        let part = Size::new(5, 4).unwrap();
        let crop = source.size().rect(2, 1, part).unwrap();
        let wanted = raster(5, 4, Layout::Rgba, |x, y| pixel(x + 2, y + 1));
        assert_eq!(crop_and_resize(&source, crop, part).unwrap(), wanted);
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
            let resized = crop_and_resize(&source, source.size().whole(), size).unwrap();
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
        for layout in [Layout::Rgb, Layout::Rgba] {
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
            let resized = crop_and_resize(&source, crop, Size::new(13, 13).unwrap()).unwrap();
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
