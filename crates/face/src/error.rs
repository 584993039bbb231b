//! What can go wrong, by who must act.

/// Why a picture cannot be looked at. A picture without a face is no error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The picture is larger than the network is made for. The caller's to reduce.
    #[error(
        "a picture of {width} x {height} pixels, at most {max} x {max}: reduce it first, a longer side of 320 is enough for a face"
    )]
    Side {
        /// Pixels of a row.
        width: u32,
        /// Rows.
        height: u32,
        /// What each may be: [`MAX_SIDE`](crate::MAX_SIDE).
        max: u32,
    },
    /// There are not three bytes for each pixel. The caller's to correct.
    #[error("{found} bytes of pixels, {expected} expected: three for each pixel, row after row")]
    Length {
        /// Bytes handed in.
        found: usize,
        /// Width times height times three.
        expected: usize,
    },
    /// The system refused the memory. Try again later.
    #[error("out of memory: {bytes} bytes needed")]
    OutOfMemory {
        /// What everything together would take.
        bytes: u64,
    },
}
