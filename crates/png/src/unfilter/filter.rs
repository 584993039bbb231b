//! The filters of PNG (third edition, 9.2).

/// How the samples of a row were predicted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filter {
    None,
    Left,
    Up,
    Average,
    Paeth,
}

impl Filter {
    /// The one with this byte, if there is one.
    pub(super) fn of(byte: u8) -> Option<Filter> {
        match byte {
            0 => Some(Filter::None),
            1 => Some(Filter::Left),
            2 => Some(Filter::Up),
            3 => Some(Filter::Average),
            4 => Some(Filter::Paeth),
            _ => None,
        }
    }
}
