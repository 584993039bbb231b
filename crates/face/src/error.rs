//! What can go wrong, sorted by who must act.

/// Why a picture cannot be searched. A picture without a face is not an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The picture is larger than the network is made for. The caller must reduce it.
    #[error(
        "a picture of {width} x {height} pixels, at most {max} x {max}: reduce it first, a longer side of 320 is enough for a face"
    )]
    Side {
        /// Pixels per row.
        width: u32,
        /// Rows.
        height: u32,
        /// The maximum for each: [`MAX_SIDE`](crate::MAX_SIDE).
        max: u32,
    },
    /// There are not three bytes for each pixel. The caller must correct that.
    #[error("{found} bytes of pixels, {expected} expected: three for each pixel, row after row")]
    Length {
        /// Bytes passed.
        found: usize,
        /// Width times height times three.
        expected: usize,
    },
    /// The system refused the memory. Try again later.
    #[error("out of memory: {bytes} bytes needed")]
    OutOfMemory {
        /// Everything together would take this much.
        bytes: u64,
    },
}
