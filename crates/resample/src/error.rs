//! What can go wrong, sorted by who must act.

/// Why a picture cannot be resampled.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A side is zero or exceeds the range of indices. The caller must correct it.
    #[error("sides of {available} to {size} samples, each must be from 1 to {max}", max = crate::spec::MAX_SIDE)]
    Side {
        /// Samples of the source along this axis.
        available: u32,
        /// Samples of the output along this axis.
        size: u32,
    },
    /// The window is empty or reaches out of the source by more than half an output sample. The caller must correct it.
    #[error(
        "a window of {extent} samples from {start} in a source of {available}, it must lie inside but for half an output sample"
    )]
    Window {
        /// Where the window begins, in source samples.
        start: f64,
        /// How long it is, in source samples.
        extent: f64,
        /// Samples of the source along this axis.
        available: u32,
    },
    /// A row is not as long as the source is wide. The caller must correct it.
    #[error("a row of {found} bytes, {expected} expected: push whole rows of the source")]
    RowLength {
        /// Bytes passed.
        found: usize,
        /// Columns of the source times channels.
        expected: usize,
    },
    /// More rows, or fewer, than [`Resampler::rows`](crate::Resampler::rows) asks for. The
    /// caller must correct it.
    #[error("{found} rows pushed, {expected} expected: push exactly the rows asked for")]
    RowCount {
        /// Rows passed, the refused one included.
        found: u32,
        /// Rows needed.
        expected: u32,
    },
    /// The system refused the memory. Try a smaller picture, or later.
    #[error("out of memory: {bytes} bytes needed")]
    OutOfMemory {
        /// The size of all buffers together.
        bytes: u64,
    },
}
