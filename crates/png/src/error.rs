//! What can go wrong, sorted by who must act.

/// Why a photo was not decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes do not begin with PNG's signature. The caller tries another format.
    #[error("not a png: it does not begin with its signature")]
    NotPng,
    /// The photo breaks the PNG standard or ends early. Its owner must replace it.
    #[error("png damaged near byte {at}: {what}; export the photo again")]
    Damaged {
        /// Offset in the input where the damage was noticed.
        at: usize,
        /// What is wrong, in plain words.
        what: &'static str,
    },
    /// Decoding would cost more than the caller allows. The caller may raise the limit.
    #[error("{which}: {found}, at most {max}; raise the limit or use a smaller photo")]
    Limit {
        /// What is limited, with its unit.
        which: &'static str,
        /// What the photo asks for.
        found: u64,
        /// What the limits allow.
        max: u64,
    },
    /// The system refused an allocation that the limits allow. Try again with less going on.
    #[error("out of memory: {bytes} bytes were refused; decode fewer photos at once")]
    OutOfMemory {
        /// The size of the refused allocation.
        bytes: usize,
    },
}

/// Damage found while pixels are read; the caller adds the reader's position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flaw(pub(crate) &'static str);

impl Flaw {
    /// The data ends early.
    pub(crate) const CUT: Flaw = Flaw("the pixel data ends early");

    /// No symbol of the block has such a code.
    pub(crate) const NO_CODE: Flaw = Flaw("bits that are not a code");
    /// A distance is too long.
    pub(crate) const TOO_FAR: Flaw = Flaw("a copy from before the first pixel");

    pub(crate) fn at(self, at: usize) -> Error {
        Error::Damaged { at, what: self.0 }
    }
}
