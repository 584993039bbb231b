//! A baseline JPEG encoder: 4:2:0, one interleaved scan, Huffman codes made for the picture.
//!
//! Byte for byte it writes what libjpeg-turbo writes from the same quantization tables ("islow",
//! optimized coding, JFIF): if two files differ, one of them is wrong. The tables are libjpeg's except
//! for a finer DC.

mod block;
mod codes;
mod color;
mod lanes;
mod planes;
mod symbols;
mod transform;
mod write;

use block::{Block, Mcu};
use codes::Code;
use symbols::Tokens;
use transform::{Quantizer, transform};

pub use color::ycbcr;
pub use planes::Planes;

/// Why a picture was not encoded. The caller must fix what it passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// A side is zero, or more than a JPEG's header can hold.
    #[error("picture of {width}x{height} pixels: a jpeg's sides are 1 to 65535; resize it")]
    Size {
        /// The given width, in pixels.
        width: u32,
        /// The given height, in pixels.
        height: u32,
    },
    /// The number of samples does not match the size.
    #[error("{what}: {found} bytes, not {needed}; pass rows without padding")]
    Length {
        /// Which samples.
        what: &'static str,
        /// How many bytes there are.
        found: usize,
        /// How many the size needs.
        needed: u64,
    },
    /// The quality is out of range.
    #[error("jpeg quality {found}: it is 1 to 100")]
    Quality {
        /// The given quality.
        found: u8,
    },
}

/// Encodes RGB pixels, 3 bytes each, row after row without padding, as a baseline JPEG.
///
/// `quality` is 1 to 100, as libjpeg scales it, with DC steps of three quarters. Four pixels share
/// their average chroma. The file holds no metadata but the JFIF header. Memory: the file, and 4 bytes for each coefficient that
/// is not zero; on a photo, less than the pixels take.
///
/// # Errors
///
/// `Size`, `Length` or `Quality`: the caller must fix that argument.
///
/// ```
/// let pixels = [200, 80, 30].repeat(33 * 22);
/// let file = headshot_jpeg::encode_rgb(33, 22, &pixels, 80)?;
/// assert!(file.starts_with(&[0xFF, 0xD8]) && file.ends_with(&[0xFF, 0xD9]));
/// # Ok::<(), headshot_jpeg::EncodeError>(())
/// ```
pub fn encode_rgb(
    width: u32,
    height: u32,
    rgb: &[u8],
    quality: u8,
) -> Result<Vec<u8>, EncodeError> {
    let size = Size::new(width, height)?;
    check_length("rgb pixels", rgb, 3 * area(width, height))?;
    encode(size, quality, |mcu_at, mcu| {
        color::from_rgb(size.sides(), rgb, mcu_at, mcu);
    })
}

/// Encodes planes as a baseline JPEG: like [`encode_rgb`], without its conversion.
///
/// # Errors
///
/// `Size`, `Length` or `Quality`: the caller must fix that argument.
pub fn encode_planes(
    width: u32,
    height: u32,
    planes: Planes<'_>,
    quality: u8,
) -> Result<Vec<u8>, EncodeError> {
    let size = Size::new(width, height)?;
    let chroma = area(width.div_ceil(2), height.div_ceil(2));
    check_length("y plane", planes.y, area(width, height))?;
    check_length("cb plane", planes.cb, chroma)?;
    check_length("cr plane", planes.cr, chroma)?;
    encode(size, quality, |mcu_at, mcu| {
        color::from_planes(size.sides(), &planes, mcu_at, mcu);
    })
}

#[derive(Clone, Copy)]
struct Size {
    width: u16,
    height: u16,
}

impl Size {
    fn new(width: u32, height: u32) -> Result<Self, EncodeError> {
        match (width.try_into(), height.try_into()) {
            (Ok(width), Ok(height)) if width > 0 && height > 0 => Ok(Self { width, height }),
            _ => Err(EncodeError::Size { width, height }),
        }
    }

    fn sides(self) -> [usize; 2] {
        [self.width, self.height].map(usize::from)
    }
}

fn area(width: u32, height: u32) -> u64 {
    u64::from(width) * u64::from(height)
}

fn check_length(what: &'static str, samples: &[u8], needed: u64) -> Result<(), EncodeError> {
    let found = samples.len();
    if found as u64 == needed {
        Ok(())
    } else {
        Err(EncodeError::Length {
            what,
            found,
            needed,
        })
    }
}

/// The value that all samples of a block have, as in bars.
#[inline(always)]
fn flat(samples: &Block) -> Option<i16> {
    let first = [samples[0][0]; 8];
    samples.iter().all(|row| *row == first).then_some(first[0])
}

/// Encodes the MCUs that `load` fills, each at its column and row.
fn encode(
    size: Size,
    quality: u8,
    mut load: impl FnMut([usize; 2], &mut Mcu),
) -> Result<Vec<u8>, EncodeError> {
    if !(1..=100).contains(&quality) {
        return Err(EncodeError::Quality { found: quality });
    }
    let quantizers = Quantizer::pair(quality);
    let [width, height] = size.sides();
    let blocks = [width.div_ceil(8), height.div_ceil(8)];
    let mut tokens = Tokens::new();
    let mut mcu = Mcu::default();
    let mut last_dc = [0; 3];
    for down in 0..height.div_ceil(16) {
        for across in 0..width.div_ceil(16) {
            load([across, down], &mut mcu);
            for (index, samples) in mcu.iter().enumerate() {
                let component = index.saturating_sub(3);
                let chroma = component > 0;
                let (x, y) = (2 * across + index % 2, 2 * down + index / 2);
                if !chroma && (x >= blocks[0] || y >= blocks[1]) {
                    tokens.push_flat(chroma);
                    continue;
                }
                let quantizer = &quantizers[usize::from(chroma)];
                let (block, nonzero) = match flat(samples) {
                    Some(sample) => (quantizer.flat(sample), 0),
                    None => transform(samples, quantizer),
                };
                let difference = block[0][0] - last_dc[component];
                last_dc[component] = block[0][0];
                tokens.push(chroma, difference, &block, nonzero);
            }
        }
    }
    let (tables, _) = tokens.counts.as_chunks::<256>();
    let codes = std::array::from_fn(|table| Code::best(&tables[table]));
    Ok(write::file(
        size.width,
        size.height,
        &quantizers,
        &codes,
        &tokens.list,
        &tokens.counts,
    ))
}
