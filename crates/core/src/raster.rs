//! Pixels together with their size and layout: never empty, never of the wrong length.

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
    /// A plane of JFIF's Y, and planes of Cb and Cr of half the width and height (4:2:0); both sides are even.
    YCbCr,
}

impl Layout {
    /// Samples of a pixel that lie together.
    pub(crate) fn channels(self) -> usize {
        match self {
            Layout::YCbCr => 1,
            Layout::Rgb => 3,
            Layout::Rgba | Layout::Cmyk => 4,
        }
    }
}

/// An image in memory, rows from top to bottom without padding.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Raster {
    size: Size,
    layout: Layout,
    samples: Vec<u8>,
}

impl Raster {
    /// The one way to make a raster: `None` when `samples` is not exactly `size` pixels of `layout`.
    pub(crate) fn new(size: Size, layout: Layout, samples: Vec<u8>) -> Option<Raster> {
        let expected = match layout {
            Layout::YCbCr if !(size.width() | size.height()).is_multiple_of(2) => return None,
            Layout::YCbCr => size.area() + size.area() / 2,
            _ => size.area().checked_mul(layout.channels() as u64)?,
        };
        (samples.len() as u64 == expected).then_some(Raster {
            size,
            layout,
            samples,
        })
    }

    pub(crate) fn size(&self) -> Size {
        self.size
    }

    pub(crate) fn layout(&self) -> Layout {
        self.layout
    }

    pub(crate) fn samples(&self) -> &[u8] {
        &self.samples
    }

    /// The planes of [`Layout::YCbCr`].
    pub(crate) fn planes(&self) -> [&[u8]; 3] {
        assert_eq!(self.layout, Layout::YCbCr);
        let area = self.size.area() as usize;
        let (y, chroma) = self.samples.split_at(area);
        let (cb, cr) = chroma.split_at(area / 4);
        [y, cb, cr]
    }

    /// Bytes from one row to the next.
    pub(crate) fn stride(&self) -> usize {
        self.size.width() as usize * self.layout.channels()
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.samples.chunks_exact(self.stride())
    }

    /// The same picture with `pixel` applied to every pixel: `FROM` samples in, `TO` samples of `layout` out.
    pub(crate) fn map<const FROM: usize, const TO: usize>(
        &self,
        layout: Layout,
        pixel: impl Fn([u8; FROM]) -> [u8; TO],
    ) -> Raster {
        assert!(FROM == self.layout.channels() && TO == layout.channels());
        let (pixels, _) = self.samples.as_chunks::<FROM>();
        let mut samples = Vec::with_capacity(pixels.len() * TO);
        samples.extend(pixels.iter().flat_map(|p| pixel(*p)));
        Raster {
            size: self.size,
            layout,
            samples,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_must_fit() {
        let size = Size::new(2, 3).unwrap();
        assert!(Raster::new(size, Layout::Rgb, vec![0; 18]).is_some());
        assert!(Raster::new(size, Layout::Rgba, vec![0; 18]).is_none());
        assert!(Raster::new(size, Layout::Rgb, vec![0; 17]).is_none());
        assert!(Raster::new(size, Layout::YCbCr, vec![0; 9]).is_none());
    }
}
