//! What can go wrong, sorted by who must act.

/// Why a photo was not decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes do not begin with a JPEG's start marker. The caller tries another format.
    #[error("not a jpeg: it does not begin with FF D8")]
    NotJpeg,
    /// An intact JPEG, as far as it was read, of a kind that this crate does not decode. Its owner saves
    /// it again, or the caller asks a general decoder.
    #[error("jpeg with {what}: save it again as an ordinary one")]
    Unsupported {
        /// The feature, in plain words.
        what: &'static str,
    },
    /// The photo breaks the JPEG standard (ITU-T T.81) or ends early. Its owner must replace it.
    #[error("jpeg damaged near byte {at}: {what}; export the photo again")]
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
    /// The region is empty or reaches outside the image. The caller must fix it.
    #[error(
        "region {width}x{height} at {x},{y} does not lie in the image of {image_width}x{image_height}"
    )]
    RegionOutside {
        /// Left edge asked for, in pixels.
        x: u32,
        /// Top edge asked for, in pixels.
        y: u32,
        /// Width asked for, in pixels.
        width: u32,
        /// Height asked for, in pixels.
        height: u32,
        /// Width of the image, in pixels.
        image_width: u32,
        /// Height of the image, in pixels.
        image_height: u32,
    },
    /// The system refused an allocation that the limits allow. Try again with less going on.
    #[error("out of memory: {bytes} bytes were refused; decode fewer photos at once")]
    OutOfMemory {
        /// The size of the refused allocation.
        bytes: usize,
    },
}

/// Damage found while entropy-coded data is read; the caller adds the reader's position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flaw(pub(crate) &'static str);

impl Flaw {
    pub(crate) fn at(self, at: usize) -> Error {
        Error::Damaged { at, what: self.0 }
    }
}
