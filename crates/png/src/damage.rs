//! How the caller wants damage handled.

/// What to do about damage among the pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Damage {
    /// It is an error.
    Refuse,
    /// Rows are passed on as far as they can be decoded, even if a CRC or the checksum is wrong, and [`End`](crate::End)
    /// tells how many. It remains an error if there is none, and before the first chunk of pixels.
    Accept,
}
