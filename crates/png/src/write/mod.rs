//! Writes PNGs: rows are filtered and compressed one after the other.

mod bits;
mod codes;
mod filter;
mod runs;
mod strings;

use filter::{Filter, NONE};
use runs::Runs;
use strings::Strings;

/// A picture to write.
#[derive(Debug, Clone, Copy)]
pub struct Picture<'a> {
    /// Pixels per row: at least 1.
    pub width: u32,
    /// Rows: at least 1.
    pub height: u32,
    /// What its samples mean.
    pub kind: Kind<'a>,
    /// All rows from the top, each starting on a new byte. Samples of less than 8 bits start in a byte's highest bits.
    pub samples: &'a [u8],
}

/// What the samples of a picture mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind<'a> {
    /// Gray with this many bits: 1, 2, 4 or 8.
    Gray(u8),
    /// Gray and alpha, 8 bits each.
    GrayAlpha,
    /// Red, green, blue, 8 bits each.
    Rgb,
    /// Red, green, blue, alpha, 8 bits each. Alpha is straight.
    Rgba,
    /// Indices into a palette.
    Palette {
        /// Bits of an index: 1, 2, 4 or 8.
        bits: u8,
        /// Red, green, blue of each color: at least one, and at most as many as the bits can tell apart.
        colors: &'a [u8],
        /// The alpha of the first colors; that of the others is 255.
        alphas: &'a [u8],
    },
}

/// How a picture is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// Each row gets the filter that leaves the least, and only runs are searched: fast, and the best for photos. Holds up to 1.5 MB in addition to what
    /// is written, and four rows.
    Runs,
    /// No filters, but repeated strings are searched: the best for few colors. Holds 400 kB in addition to what is written.
    Strings,
    /// Filters as for runs, and then strings: the best for smooth gradients.
    Filtered,
    /// Like `Strings`, including strings as short as an RGB pixel: the best for screenshots.
    ShortStrings,
}

/// Writes a PNG with only the chunks that make the picture. The same picture gives the same bytes everywhere.
///
/// It is `None` if the picture is invalid: a side of 0, too many or too few samples or colors, or a bit depth that PNG does not have.
pub fn encode(picture: &Picture, effort: Effort) -> Option<Vec<u8>> {
    let row_bytes = check(picture)?;
    let mut file = b"\x89PNG\r\n\x1A\n".to_vec();
    let (color, bits) = match picture.kind {
        Kind::Gray(bits) => (0, bits),
        Kind::Rgb => (2, 8),
        Kind::Palette { bits, .. } => (3, bits),
        Kind::GrayAlpha => (4, 8),
        Kind::Rgba => (6, 8),
    };
    let (width, height) = (picture.width.to_be_bytes(), picture.height.to_be_bytes());
    chunk(&mut file, b"IHDR", |file| {
        [&file[..], &width, &height, &[bits, color, 0, 0, 0]].concat()
    })?;
    if let Kind::Palette { colors, alphas, .. } = picture.kind {
        chunk(&mut file, b"PLTE", |file| [&file, colors].concat())?;
        if !alphas.is_empty() {
            chunk(&mut file, b"tRNS", |file| [&file, alphas].concat())?;
        }
    }
    chunk(&mut file, b"IDAT", |file| {
        compress(file, picture, row_bytes, effort)
    })?;
    chunk(&mut file, b"IEND", |file| file)?;
    Some(file)
}

/// The bytes per row, if the picture is valid.
fn check(picture: &Picture) -> Option<usize> {
    let per_pixel = match picture.kind {
        Kind::Gray(bits @ (1 | 2 | 4 | 8)) => bits.into(),
        Kind::Palette {
            bits: bits @ (1 | 2 | 4 | 8),
            colors,
            alphas,
        } => {
            let count = colors.len() / 3;
            let fits = (1..=1 << bits).contains(&count) && alphas.len() <= count;
            (fits && colors.len() % 3 == 0).then_some(usize::from(bits))?
        }
        Kind::Gray(_) | Kind::Palette { .. } => return None,
        Kind::GrayAlpha => 16,
        Kind::Rgb => 24,
        Kind::Rgba => 32,
    };
    let most = i32::MAX as u32;
    let has_sides = (1..=most).contains(&picture.width) && (1..=most).contains(&picture.height);
    let row_bytes = (picture.width as usize).checked_mul(per_pixel)?.div_ceil(8);
    let all = row_bytes.checked_mul(picture.height as usize)?;
    (has_sides && picture.samples.len() == all).then_some(row_bytes)
}

/// Appends a chunk with data from a callback; `None` if it is too long.
fn chunk(file: &mut Vec<u8>, kind: &[u8; 4], data: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Option<()> {
    let start = file.len();
    file.extend([0; 4]);
    file.extend(kind);
    *file = data(std::mem::take(file));
    let length = i32::try_from(file.len() - start - 8).ok()?;
    file[start..start + 4].copy_from_slice(&length.to_be_bytes());
    let crc = crc32fast::hash(&file[start + 4..]);
    file.extend(crc.to_be_bytes());
    Some(())
}

/// Appends the rows as a zlib stream.
fn compress(to: Vec<u8>, picture: &Picture, row_bytes: usize, effort: Effort) -> Vec<u8> {
    let rows = picture.samples.chunks_exact(row_bytes);
    let pixel = match picture.kind {
        Kind::Gray(_) | Kind::Palette { .. } => 1,
        Kind::GrayAlpha => 2,
        Kind::Rgb => 3,
        Kind::Rgba => 4,
    };
    match effort {
        Effort::Runs => {
            let mut filter = Filter::new(pixel, row_bytes);
            let mut runs = Runs::new(to);
            for row in rows {
                runs.take(filter.smallest(row));
            }
            runs.finish()
        }
        Effort::Filtered => {
            let mut filter = Filter::new(pixel, row_bytes);
            let mut strings = Strings::filtered(to);
            for row in rows {
                strings.take(filter.smallest(row));
            }
            strings.finish()
        }
        Effort::Strings | Effort::ShortStrings => {
            let mut strings = match effort {
                Effort::Strings => Strings::long(to),
                _ => Strings::short(to),
            };
            for row in rows {
                strings.take(&[NONE]);
                strings.take(row);
            }
            strings.finish()
        }
    }
}
