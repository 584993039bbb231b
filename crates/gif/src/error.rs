//! What can go wrong, sorted by who must act.

/// Why a GIF was not decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file ends before its first frame does. Its owner must replace it.
    #[error("the file ends inside {0}")]
    CutOff(&'static str),
    /// There is nothing to show. Its owner must replace it.
    #[error("there is no frame in it")]
    NoFrames,
    /// Something before the first frame is not a block (GIF89a, appendix A). The file is damaged.
    #[error("byte {at} is {found:#04x}, which starts no block")]
    UnknownBlock {
        /// Its offset in the file, from 0.
        at: usize,
        /// The byte there.
        found: u8,
    },
    /// A graphic control extension with this many bytes (GIF89a, section 23). The file is damaged.
    #[error("a graphic control extension has {0} bytes, not 4")]
    ControlLength(u8),
    /// A frame that no canvas can hold. The file is damaged.
    #[error("a frame reaches to column {right} and row {bottom}, at most 65535")]
    FrameOverflow {
        /// The column after its last one.
        right: u32,
        /// The row below its last one.
        bottom: u32,
    },
    /// A minimum code size that no decoder accepts (GIF89a, section 22). The file is damaged.
    #[error("the LZW code size is {0} bits, expected 1 to 11")]
    CodeSize(u8),
    /// An undefined code, and [`Damage::Refuse`](crate::Damage::Refuse) is set. The file is damaged.
    #[error("the LZW data has a code that was never defined")]
    UndefinedCode,
    /// The caller's callback asked to stop.
    #[error("stopped by the caller")]
    Stopped,
    /// The system refused an allocation. Try again with less going on.
    #[error("out of memory: {bytes} bytes were refused; decode fewer photos at once")]
    OutOfMemory {
        /// The size of the refused allocation.
        bytes: usize,
    },
}
