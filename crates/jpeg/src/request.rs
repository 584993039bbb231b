//! What the caller wants decoded, and what it may cost.

use crate::error::Error;
use crate::frame::{Header, Process};
use crate::plane::{Region, Window};

/// What to decode, and within which limits.
///
/// Fields may be added: name what differs, and end with `..Request::default()`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Request {
    /// The wanted part. Planes hold all MCUs that it touches. Default: the whole image.
    pub region: Option<Region>,
    /// What to do with the data below the region. Default: `Check`.
    pub below: Below,
    /// What to do about damage among the pixels. Default: `Refuse`.
    pub damage: Damage,
    /// The scale of the first component, which is luma. Default: `Full`.
    pub luma: Scale,
    /// The scale of the other components. Default: `Full`.
    pub chroma: Scale,
    /// What decoding may cost.
    pub limits: Limits,
}

/// The size of planes.
///
/// The lowest coefficients of an 8 x 8 block hold a smaller picture: an inverse transform of those alone makes it, which is cheaper
/// and leaves less to resample. It is sharper than an average, and wrong at the edges of blocks. If it is resampled to two thirds of
/// its size or less that hardly shows (docs/performance.md has the figures).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Scale {
    /// 8 x 8 samples per block.
    #[default]
    Full,
    /// 4 x 4.
    Half,
    /// 2 x 2.
    Quarter,
    /// 1: the mean of the block, which is all that is read of it. So the padding of blocks at the edges counts, so do samples next to
    /// a region, and damage in the rest is not found.
    Eighth,
}

impl Scale {
    /// Samples of a block, across and down.
    pub(crate) fn block(self) -> usize {
        8 / self.divisor() as usize
    }

    /// The zigzag position before which all coefficients lie that its samples are made from (T.81, figure A.6).
    pub(crate) fn coefficients(self) -> usize {
        match self {
            Scale::Full => 64,
            Scale::Half => 25,
            Scale::Quarter => 5,
            Scale::Eighth => 1,
        }
    }

    /// How many samples become one, across and down.
    pub fn divisor(self) -> u32 {
        match self {
            Scale::Full => 1,
            Scale::Half => 2,
            Scale::Quarter => 4,
            Scale::Eighth => 8,
        }
    }

    /// How many samples this many become: the last may represent fewer.
    pub fn scaled(self, samples: u32) -> u32 {
        samples.div_ceil(self.divisor())
    }
}

impl Request {
    /// The scale of a component, by its position in the header.
    pub fn scale(&self, component: usize) -> Scale {
        match component {
            0 => self.luma,
            _ => self.chroma,
        }
    }

    /// Whether only the mean of each block is wanted.
    pub(crate) fn wants_means_alone(&self) -> bool {
        (self.luma, self.chroma) == (Scale::Eighth, Scale::Eighth)
    }

    /// The same with all samples of every block.
    pub(crate) fn at_full_scale(&self) -> Request {
        Request {
            luma: Scale::Full,
            chroma: Scale::Full,
            ..*self
        }
    }
}

/// What to do about damage among the pixels, above all a file that ends early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Damage {
    /// It is an error.
    #[default]
    Refuse,
    /// The part decoded before is passed on, the rest is mid-gray, and [`End::Damaged`](crate::End::Damaged)
    /// reports it. A progressive photo shows the scans that exist. It remains an error if not even one
    /// row of MCUs could be decoded, and before the first scan.
    Fill,
}

/// What to do with the data below the region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Below {
    /// Follow it to the end, so that damage anywhere is found. It costs entropy decoding.
    #[default]
    Check,
    /// Leave it. The file may be cut off there, unnoticed.
    Skip,
}

/// What decoding may cost. Each limit is checked before the cost arises.
///
/// Fields may be added: name what differs, and end with `..Limits::default()`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Pixels of the whole image. Default: 300 million.
    pub pixels: u64,
    /// Pixels of the longer side. Default: 32,767.
    pub side: u32,
    /// Scans of a file that is not decoded in one. Default: 100.
    pub scans: u32,
    /// Blocks of all scans together: the work. Default: 300 million, four times what a
    /// progressive photo of as many pixels takes.
    pub visits: u64,
    /// Bytes held at once, as [`memory`] says. Default: 256 MiB.
    pub memory: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            pixels: 300_000_000,
            side: 32_767,
            scans: 100,
            visits: 300_000_000,
            memory: 256 << 20,
        }
    }
}

impl Limits {
    pub(crate) fn check_header(&self, header: &Header) -> Result<(), Error> {
        let side = header.width.max(header.height);
        at_most("pixels of the longer side", side.into(), self.side.into())?;
        let pixels = u64::from(header.width) * u64::from(header.height);
        at_most("pixels", pixels, self.pixels)
    }

    pub(crate) fn check_memory(&self, bytes: u64) -> Result<(), Error> {
        at_most("bytes of memory", bytes, self.memory)
    }

    pub(crate) fn check_scans(&self, scans: u32) -> Result<(), Error> {
        at_most("scans", scans.into(), self.scans.into())
    }

    pub(crate) fn check_visits(&self, visits: u64) -> Result<(), Error> {
        at_most("blocks in all scans", visits, self.visits)
    }
}

fn at_most(which: &'static str, found: u64, max: u64) -> Result<(), Error> {
    if found > max {
        return Err(Error::Limit { which, found, max });
    }
    Ok(())
}

/// The bytes that [`decode_rows`](crate::decode_rows) will hold for this header and request,
/// input and small tables aside.
///
/// [`decode`](crate::decode()) also holds the planes of the region. A region outside the image
/// counts as the whole image.
pub fn memory(header: &Header, request: &Request) -> u64 {
    let whole = Request {
        region: None,
        ..*request
    };
    let window = Window::new(header, request).or_else(|_| Window::new(header, &whole));
    let Ok(window) = window else {
        return u64::MAX;
    };
    let strip = window.samples(header, 1) as u64;
    if header.process == Process::Sequential {
        return strip;
    }
    // Coefficients of the blocks kept, and for each block a word that says which are set.
    let each = header
        .components
        .iter()
        .map(|c| u64::from(c.h * c.v))
        .sum::<u64>();
    let kept = 128 * window.across.len() as u64;
    strip + (kept + 8 * header.mcus().0 as u64) * each
}
