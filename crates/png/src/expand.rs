//! Expands unfiltered rows to whole samples: palettes, transparent colors, fewer than 8 bits.

use crate::allocate::filled;
use crate::chunks::File;
use crate::error::Error;
use crate::header::{Channels, Color, Depth};

/// Expands the rows of a file.
#[derive(Debug)]
pub(crate) struct Expand {
    kind: Kind,
    row: Vec<u8>,
}

#[derive(Debug)]
enum Kind {
    /// Rows need no change.
    Whole,
    /// Looked up in a palette, with or without its alpha.
    Palette {
        bits: usize,
        colors: Box<[[u8; 4]; 256]>,
        has_alpha: bool,
    },
    /// Gray with fewer than 8 bits, possibly with a transparent level.
    Narrow {
        bits: usize,
        transparent: Option<u8>,
    },
    /// Whole pixels of several bytes with one transparent color, and the number of bytes of their alpha.
    Alpha {
        pixel: usize,
        transparent: Vec<u8>,
        alpha: usize,
    },
}

impl Expand {
    pub(crate) fn new(file: &File<'_>) -> Result<Expand, Error> {
        let bits = usize::from(file.stored.depth);
        let kind = match (file.stored.color, file.transparent) {
            (Color::Indexed, transparent) => Kind::Palette {
                bits,
                colors: colors(file),
                has_alpha: transparent.is_some(),
            },
            (Color::Channels(Channels::Gray), transparent) if bits < 8 => Kind::Narrow {
                bits,
                transparent: transparent.map(|sample| sample[1]),
            },
            (_, None) => Kind::Whole,
            (_, Some(transparent)) if file.header.depth == Depth::Sixteen => Kind::Alpha {
                pixel: file.stored.pixel_bytes(),
                transparent: transparent.to_vec(),
                alpha: 2,
            },
            (_, Some(transparent)) => {
                let pixel = file.stored.pixel_bytes();
                let low = transparent.iter().skip(1).step_by(2).take(pixel);
                Kind::Alpha {
                    pixel,
                    transparent: low.copied().collect(),
                    alpha: 1,
                }
            }
        };
        let length = match kind {
            Kind::Whole => 0,
            _ => file.header.row_bytes(),
        };
        Ok(Expand {
            kind,
            row: filled(0, length)?,
        })
    }

    pub(crate) fn row<'a>(&'a mut self, stored: &'a [u8]) -> &'a [u8] {
        let row = &mut self.row[..];
        match &self.kind {
            Kind::Whole => return stored,
            Kind::Palette {
                bits,
                colors,
                has_alpha: true,
            } => {
                let (pixels, _) = row.as_chunks_mut();
                unpack(stored, *bits, pixels, |index| colors[usize::from(index)]);
            }
            Kind::Palette { bits, colors, .. } => {
                let (mut pixels, _) = row.as_chunks_mut();
                let mut stored = stored;
                if *bits == 8 {
                    // Eight at once, three words that are written whole.
                    let (groups, rest) = pixels.as_chunks_mut();
                    let (indices, rest_of_indices) = stored.as_chunks();
                    for (pixels, indices) in groups.iter_mut().zip(indices) {
                        eight(indices, colors, pixels);
                    }
                    (pixels, stored) = (rest, rest_of_indices);
                }
                unpack(stored, *bits, pixels, |index| {
                    let [red, green, blue, _] = colors[usize::from(index)];
                    [red, green, blue]
                });
            }
            Kind::Narrow { bits, transparent } => {
                let scale = (255 / ((1u16 << bits) - 1)) as u8;
                match *transparent {
                    None => {
                        let (pixels, _) = row.as_chunks_mut();
                        unpack(stored, *bits, pixels, |gray| [gray * scale]);
                    }
                    Some(transparent) => {
                        let (pixels, _) = row.as_chunks_mut();
                        let alpha = |gray| if gray == transparent { 0 } else { 255 };
                        unpack(stored, *bits, pixels, |gray| [gray * scale, alpha(gray)]);
                    }
                }
            }
            Kind::Alpha {
                pixel,
                transparent,
                alpha,
            } => {
                let pixels = row.chunks_exact_mut(pixel + alpha);
                for (to, from) in pixels.zip(stored.chunks_exact(*pixel)) {
                    let (samples, alpha) = to.split_at_mut(*pixel);
                    samples.copy_from_slice(from);
                    alpha.fill(if from == transparent { 0 } else { 255 });
                }
            }
        }
        row
    }
}

/// The palette with its alpha. Entries beyond it are black.
fn colors(file: &File<'_>) -> Box<[[u8; 4]; 256]> {
    let mut colors = Box::new([[0, 0, 0, 255]; 256]);
    let (palette, _) = file.palette.unwrap_or_default().as_chunks::<3>();
    for (color, &[red, green, blue]) in colors.iter_mut().zip(palette) {
        *color = [red, green, blue, 255];
    }
    // More alpha than colors is an error, and then all alpha is ignored.
    let alphas = file.transparent.unwrap_or_default();
    if alphas.len() <= palette.len() {
        for (color, &alpha) in colors.iter_mut().zip(alphas) {
            color[3] = alpha;
        }
    }
    colors
}

/// Looks up the colors of eight pixels.
#[inline(always)]
fn eight(indices: &[u8; 8], colors: &[[u8; 4]; 256], pixels: &mut [[u8; 3]; 8]) {
    let c =
        indices.map(|index| u64::from(u32::from_le_bytes(colors[usize::from(index)]) & 0xFF_FFFF));
    let words = [
        c[0] | c[1] << 24 | c[2] << 48,
        c[2] >> 16 | c[3] << 8 | c[4] << 32 | c[5] << 56,
        c[5] >> 8 | c[6] << 16 | c[7] << 40,
    ];
    let (bytes, _) = pixels.as_flattened_mut().as_chunks_mut();
    for (bytes, word) in bytes.iter_mut().zip(words) {
        *bytes = word.to_le_bytes();
    }
}

/// Makes one pixel from every few bits, the highest first.
#[inline(always)]
fn unpack<const N: usize>(
    stored: &[u8],
    bits: usize,
    pixels: &mut [[u8; N]],
    make: impl Fn(u8) -> [u8; N],
) {
    if bits == 8 {
        for (pixel, &value) in pixels.iter_mut().zip(stored) {
            *pixel = make(value);
        }
        return;
    }
    let mask = (1 << bits) - 1;
    for (pixels, &byte) in pixels.chunks_mut(8 / bits).zip(stored) {
        let mut shift = 8;
        for pixel in pixels {
            shift -= bits;
            *pixel = make(byte >> shift & mask);
        }
    }
}
