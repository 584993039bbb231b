//! What the caller wants done about damage.

/// What to do about damage among the pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Damage {
    /// It is an error.
    Refuse,
    /// Rows are handed over as far as they can be decoded, also where a CRC or the checksum is wrong, and [`End`](crate::End)
    /// tells how many. It stays an error where there is none, and before the first chunk of pixels.
    Accept,
}
