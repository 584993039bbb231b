//! The filters of PNG (third edition, 9.2).

use crate::error::Flaw;

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
    pub(super) fn read(byte: u8) -> Result<Filter, Flaw> {
        match byte {
            0 => Ok(Filter::None),
            1 => Ok(Filter::Left),
            2 => Ok(Filter::Up),
            3 => Ok(Filter::Average),
            4 => Ok(Filter::Paeth),
            _ => Err(Flaw("a row has an unknown filter")),
        }
    }
}
