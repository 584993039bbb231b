//! What the caller wants decoded, and what it may cost.

use crate::error::Error;
use crate::frame::{Header, Process};
use crate::plane::{Region, Window};

/// What to decode, and within which limits.
///
/// Fields may be added: name what differs, and end with `..Request::default()`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Request {
    /// The part wanted. Planes hold all MCUs that it touches. Default: the whole image.
    pub region: Option<Region>,
    /// What to do with the data below the region. Default: `Check`.
    pub below: Below,
    /// What to do about damage among the pixels. Default: `Refuse`.
    pub damage: Damage,
    /// What decoding may cost.
    pub limits: Limits,
}

/// What to do about damage among the pixels, a file that ends early above all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Damage {
    /// It is an error.
    #[default]
    Refuse,
    /// What was decoded before is handed over, the rest is mid-gray, and [`End::Damaged`](crate::End::Damaged)
    /// tells. Of a progressive photo those scans are shown that there are. It stays an error where not even one
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
    /// Leave it. The file may be cut off there, and nobody will know.
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
/// [`decode`](crate::decode()) holds the planes of the region besides. A region outside the image
/// counts as the whole image.
pub fn memory(header: &Header, request: &Request) -> u64 {
    let window = Window::new(header, request.region).or_else(|_| Window::new(header, None));
    let Ok(window) = window else {
        return u64::MAX;
    };
    let strip = window.samples(header, 1) as u64;
    if header.process == Process::Sequential {
        return strip;
    }
    // Coefficients of the blocks kept, and for each block a word that says which are set.
    let each: u32 = header.components.iter().map(|c| c.h * c.v).sum();
    3 * strip + 8 * header.mcus().0 as u64 * u64::from(each)
}
