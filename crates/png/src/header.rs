//! The header, as it is stored and as rows come out.

use crate::error::{Error, Flaw};

/// The layout of a PNG's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Pixels per row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// The samples of a pixel. Palettes are looked up and transparent colors have become alpha.
    pub channels: Channels,
    /// The bits of a sample.
    pub depth: Depth,
}

/// The samples of a pixel, in this order. Alpha is straight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channels {
    /// Gray.
    Gray,
    /// Gray, alpha.
    GrayAlpha,
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue, alpha.
    Rgba,
}

impl Channels {
    /// Their number.
    pub fn count(self) -> usize {
        match self {
            Channels::Gray => 1,
            Channels::GrayAlpha => 2,
            Channels::Rgb => 3,
            Channels::Rgba => 4,
        }
    }
}

/// The bits of a sample. Fewer than 8 are scaled to 8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// A byte.
    Eight,
    /// Two bytes, the higher one first.
    Sixteen,
}

impl Header {
    /// Bytes per row.
    pub fn row_bytes(&self) -> usize {
        let sample = match self.depth {
            Depth::Eight => 1,
            Depth::Sixteen => 2,
        };
        self.width as usize * self.channels.count() * sample
    }
}

/// The most bytes that decoding holds for each pixel of a row, in addition to some 150 kB, and to all pixels of an interlaced image
/// as they are stored.
pub const ROW_BYTES: u64 = 160;

/// What decoding may cost. Each limit is checked before anything is allocated.
///
/// Fields may be added: name what differs, and end with `..Limits::default()`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Pixels of the image. Default: 64 million.
    pub pixels: u64,
    /// Pixels of the longer side. Memory grows with the width, and with the area if the image is interlaced: [`ROW_BYTES`].
    /// Default: 32,767.
    pub side: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            pixels: 64_000_000,
            side: 32_767,
        }
    }
}

impl Limits {
    pub(crate) fn check(&self, stored: &Stored) -> Result<(), Error> {
        let side = stored.width.max(stored.height);
        at_most("pixels of the longer side", side.into(), self.side.into())?;
        let pixels = u64::from(stored.width) * u64::from(stored.height);
        at_most("pixels", pixels, self.pixels)
    }
}

fn at_most(which: &'static str, found: u64, max: u64) -> Result<(), Error> {
    if found > max {
        return Err(Error::Limit { which, found, max });
    }
    Ok(())
}

/// The IHDR chunk.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stored {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Bits of a sample.
    pub(crate) depth: u8,
    pub(crate) color: Color,
    pub(crate) is_interlaced: bool,
}

/// The meaning of a stored pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Color {
    /// Samples.
    Channels(Channels),
    /// An index into the palette.
    Indexed,
}

impl Stored {
    pub(crate) fn read(data: &[u8]) -> Result<Stored, Flaw> {
        let &[
            w0,
            w1,
            w2,
            w3,
            h0,
            h1,
            h2,
            h3,
            depth,
            color,
            compression,
            filter,
            interlace,
        ] = data
        else {
            return Err(Flaw("the header is not of 13 bytes"));
        };
        let (color, depths): (Color, &[u8]) = match color {
            0 => (Color::Channels(Channels::Gray), &[1, 2, 4, 8, 16]),
            2 => (Color::Channels(Channels::Rgb), &[8, 16]),
            3 => (Color::Indexed, &[1, 2, 4, 8]),
            4 => (Color::Channels(Channels::GrayAlpha), &[8, 16]),
            6 => (Color::Channels(Channels::Rgba), &[8, 16]),
            _ => return Err(Flaw("an unknown type of color")),
        };
        if !depths.contains(&depth) {
            return Err(Flaw("a type of color with bits that it cannot have"));
        }
        if compression != 0 || filter != 0 || interlace > 1 {
            return Err(Flaw(
                "an unknown way of compression, filtering or interlacing",
            ));
        }
        let width = u32::from_be_bytes([w0, w1, w2, w3]);
        let height = u32::from_be_bytes([h0, h1, h2, h3]);
        if width == 0 || height == 0 {
            return Err(Flaw("an empty image"));
        }
        Ok(Stored {
            width,
            height,
            depth,
            color,
            is_interlaced: interlace == 1,
        })
    }

    pub(crate) fn is_indexed(&self) -> bool {
        self.color == Color::Indexed
    }

    /// Bits of a pixel.
    pub(crate) fn pixel_bits(&self) -> usize {
        let samples = match self.color {
            Color::Channels(channels) => channels.count(),
            Color::Indexed => 1,
        };
        samples * usize::from(self.depth)
    }

    /// Bytes from a sample to the same sample of the pixel on the right, at least one.
    pub(crate) fn pixel_bytes(&self) -> usize {
        self.pixel_bits().div_ceil(8)
    }

    /// Bytes per row, without the filter byte.
    pub(crate) fn row_bytes(&self) -> usize {
        self.row_bytes_of(self.width)
    }

    /// Bytes of a row of this many pixels, without the filter byte.
    pub(crate) fn row_bytes_of(&self, width: u32) -> usize {
        (width as usize * self.pixel_bits()).div_ceil(8)
    }

    /// Whether the padding bits in the last byte of a row of this many pixels are not all zero.
    pub(crate) fn has_spare(&self, row: &[u8], width: u32) -> bool {
        let used = width as usize * self.pixel_bits() % 8;
        let is_used = |last: &u8| last & (0xFF >> used) != 0;
        used > 0 && row.last().is_some_and(is_used)
    }

    /// The content of a tRNS chunk: the alpha of the palette, or the transparent color. `None`: the
    /// chunk must be ignored.
    pub(crate) fn transparent<'a>(&self, data: &'a [u8], has_palette: bool) -> Option<&'a [u8]> {
        let is_fit = match self.color {
            Color::Channels(Channels::Gray) => data.len() >= 2,
            Color::Channels(Channels::Rgb) => data.len() >= 6,
            Color::Channels(_) => false,
            Color::Indexed => has_palette && !data.is_empty(),
        };
        (is_fit && data.len() <= 256).then_some(data)
    }

    /// The layout of the rows that come out.
    pub(crate) fn header(&self, has_transparent: bool) -> Header {
        let channels = match self.color {
            Color::Channels(Channels::Gray) if has_transparent => Channels::GrayAlpha,
            Color::Channels(Channels::Rgb) if has_transparent => Channels::Rgba,
            Color::Channels(channels) => channels,
            Color::Indexed if has_transparent => Channels::Rgba,
            Color::Indexed => Channels::Rgb,
        };
        let depth = match self.depth {
            16 => Depth::Sixteen,
            _ => Depth::Eight,
        };
        Header {
            width: self.width,
            height: self.height,
            channels,
            depth,
        }
    }
}
