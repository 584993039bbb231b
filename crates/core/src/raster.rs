//! Pixels together with their size and layout: never empty, never of the wrong length.

use std::borrow::Cow;

use crate::geometry::Size;

/// How the samples of a pixel lie in memory, 8 bits each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue, straight (not premultiplied) alpha.
    Rgba,
    /// Cyan, magenta, yellow, black; 255 is full ink.
    Cmyk,
    /// A plane each of red, green and blue.
    Planar,
    /// A plane of JFIF's Y, and planes of Cb and Cr of half the width and height (4:2:0); both sides are even.
    YCbCr,
}

impl Layout {
    /// Samples per pixel that are stored together.
    pub(crate) fn channels(self) -> usize {
        match self {
            Layout::Planar | Layout::YCbCr => 1,
            Layout::Rgb => 3,
            Layout::Rgba | Layout::Cmyk => 4,
        }
    }

    /// For each plane, the divisor of its sides.
    fn planes(self) -> &'static [u32] {
        match self {
            Layout::Rgb | Layout::Rgba | Layout::Cmyk => &[1],
            Layout::Planar => &[1, 1, 1],
            Layout::YCbCr => &[1, 2, 2],
        }
    }
}

/// An image in memory, rows from top to bottom without padding.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Raster {
    size: Size,
    layout: Layout,
    /// One, if all samples of a pixel are stored together.
    planes: Vec<Vec<u8>>,
}

impl Raster {
    /// A raster of one plane: `None` when `samples` is not exactly `size` pixels of `layout`.
    pub(crate) fn new(size: Size, layout: Layout, samples: Vec<u8>) -> Option<Raster> {
        Raster::of_planes(size, layout, vec![samples])
    }

    /// The one way to make a raster: `None` when `planes` are not exactly `size` pixels of `layout`.
    pub(crate) fn of_planes(size: Size, layout: Layout, planes: Vec<Vec<u8>>) -> Option<Raster> {
        let raster = Raster {
            size,
            layout,
            planes,
        };
        let ratios = layout.planes();
        let is_whole = |ratio: &u32| (size.width() | size.height()).is_multiple_of(*ratio);
        if raster.planes.len() != ratios.len() || !ratios.iter().all(is_whole) {
            return None;
        }
        let expected = |ratio: u32| {
            let pixels = u64::from(size.width() / ratio) * u64::from(size.height() / ratio);
            pixels.checked_mul(layout.channels() as u64)
        };
        let fits = raster
            .planes()
            .all(|(plane, ratio)| Some(plane.len() as u64) == expected(ratio));
        fits.then_some(raster)
    }

    pub(crate) fn size(&self) -> Size {
        self.size
    }

    pub(crate) fn layout(&self) -> Layout {
        self.layout
    }

    /// The samples of all pixels, or of the first plane.
    pub(crate) fn samples(&self) -> &[u8] {
        &self.planes[0]
    }

    /// The samples of all pixels, or of the first plane, by value.
    pub(crate) fn into_samples(self) -> Vec<u8> {
        self.planes.into_iter().next().unwrap_or_default()
    }

    /// The planes, each with the divisor of its sides.
    pub(crate) fn planes(&self) -> impl Iterator<Item = (&[u8], u32)> {
        let planes = self.planes.iter().map(Vec::as_slice);
        planes.zip(self.layout.planes().iter().copied())
    }

    /// The pixels, so many rows at a time, with those of [`Layout::Planar`] joined.
    pub(crate) fn bands(&self, rows: usize) -> impl Iterator<Item = Cow<'_, [u8]>> {
        let length = rows * self.size.width() as usize;
        let count = self.size.height().div_ceil(rows as u32) as usize;
        (0..count).map(move |band| {
            let part = |plane: &'_ [u8], length: usize| {
                let from = band * length;
                from..(from + length).min(plane.len())
            };
            match (self.layout, &self.planes[..]) {
                (Layout::Planar, [r, g, b]) => {
                    let part = part(r, length);
                    let rgb = r[part.clone()].iter().zip(&g[part.clone()]).zip(&b[part]);
                    let pixels = rgb.map(|((r, g), b)| [*r, *g, *b]);
                    Cow::Owned(pixels.collect::<Vec<_>>().into_flattened())
                }
                (layout, planes) => {
                    let part = part(&planes[0], length * layout.channels());
                    Cow::Borrowed(&planes[0][part])
                }
            }
        })
    }

    /// The same picture, with the samples of [`Layout::Planar`] joined.
    pub(crate) fn interleaved(self) -> Raster {
        if self.layout != Layout::Planar {
            return self;
        }
        let pixels = self
            .bands(self.size.height() as usize)
            .collect::<Vec<_>>()
            .concat();
        Raster {
            size: self.size,
            layout: Layout::Rgb,
            planes: vec![pixels],
        }
    }

    /// The same picture with `pixel` applied to every pixel: `FROM` samples in, `TO` samples of `layout` out.
    pub(crate) fn map<const FROM: usize, const TO: usize>(
        &self,
        layout: Layout,
        pixel: impl Fn([u8; FROM]) -> [u8; TO],
    ) -> Raster {
        assert!(FROM == self.layout.channels() && TO == layout.channels());
        let (pixels, _) = self.samples().as_chunks::<FROM>();
        let mut samples = Vec::with_capacity(pixels.len() * TO);
        samples.extend(pixels.iter().flat_map(|p| pixel(*p)));
        Raster {
            size: self.size,
            layout,
            planes: vec![samples],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_and_planes_are_joined_in_order() {
        let size = Size::new(2, 3).unwrap();
        let planes = [10, 20, 30].map(|from| (from..from + 6).collect()).to_vec();
        let planar = Raster::of_planes(size, Layout::Planar, planes).unwrap();
        let joined: Vec<u8> = (10..16).flat_map(|r| [r, r + 10, r + 20]).collect();
        let bands: Vec<_> = planar.bands(2).map(Cow::into_owned).collect();
        assert_eq!(bands, [&joined[..12], &joined[12..]]);
        let interleaved = planar.interleaved();
        assert_eq!(interleaved.bands(2).collect::<Vec<_>>(), bands);
        assert_eq!(interleaved, Raster::new(size, Layout::Rgb, joined).unwrap());
    }

    #[test]
    fn the_length_must_fit() {
        let size = Size::new(2, 3).unwrap();
        assert!(Raster::new(size, Layout::Rgb, vec![0; 18]).is_some());
        assert!(Raster::new(size, Layout::Rgba, vec![0; 18]).is_none());
        assert!(Raster::new(size, Layout::Rgb, vec![0; 17]).is_none());
        assert!(Raster::new(size, Layout::Planar, vec![0; 18]).is_none());
        let planes = |lengths: [usize; 3]| lengths.map(|length| vec![0; length]).to_vec();
        assert!(Raster::of_planes(size, Layout::Planar, planes([6, 6, 6])).is_some());
        assert!(Raster::of_planes(size, Layout::Planar, planes([6, 6, 5])).is_none());
        assert!(Raster::of_planes(size, Layout::YCbCr, planes([6, 1, 1])).is_none());
        let size = Size::new(2, 4).unwrap();
        assert!(Raster::of_planes(size, Layout::YCbCr, planes([8, 2, 2])).is_some());
    }
}
