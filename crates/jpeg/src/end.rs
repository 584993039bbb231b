//! How a file ended, and what it left out.

use crate::error::Error;
use crate::frame::Header;

/// How the file ended, once the pixels were there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// With its end marker.
    Marked,
    /// With its end marker, but without all coefficients of a progressive image: it is coarser than it could be, because
    /// its writer wanted that or because scans were lost.
    Early(NeverCoded),
    /// All pixels were there, but no end marker. The picture is whole; the file may deserve a
    /// warning.
    Unmarked,
    /// Not checked: the caller stopped, or asked for nothing below the region.
    NotReached,
    /// Pixels were missing, and are gray now, because the caller asked for
    /// [`Damage::Fill`](crate::Damage::Fill).
    Damaged {
        /// The first rows of pixels, counted over the whole image, that are intact.
        intact: u32,
        /// The first rows that show something; in a progressive photo those in between may lack detail.
        found: u32,
        /// The first error.
        error: Error,
    },
}

/// The parts of a progressive image that were in no scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NeverCoded {
    /// For each component, in the header's order: how many of the 64 coefficients of its blocks. They are zero.
    pub coefficients: [u8; 4],
    /// How many more lack their last bits.
    pub last_bits: [u8; 4],
}

impl NeverCoded {
    pub(crate) const NOTHING: NeverCoded = NeverCoded {
        coefficients: [0; 4],
        last_bits: [0; 4],
    };
}

impl End {
    /// Damage after this many rows of MCUs; an error if there are none.
    pub(crate) fn damaged(
        header: &Header,
        intact: usize,
        found: usize,
        error: Error,
    ) -> Result<End, Error> {
        let pixels = |rows: usize| (8 * header.v_max() * rows as u32).min(header.height);
        match found {
            0 => Err(error),
            _ => Ok(End::Damaged {
                intact: pixels(intact),
                found: pixels(found),
                error,
            }),
        }
    }
}
