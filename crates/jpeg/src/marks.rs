//! Where the rows of MCUs of a file begin, so that another decoding need not start at the top.

use crate::bits::Bits;
use crate::restarts::Restarts;

/// The state of a sequential scan before each of its rows of MCUs, noted while a file was followed.
///
/// The first decoding notes it. A later one of the same file that asks for [`Below::Skip`](crate::Below::Skip) starts at the first row of
/// MCUs that its region touches, and gives the same samples. The rows above are not followed again, so nothing is passed on for
/// them, and damage there and below is not found: only the first decoding looked for it. It holds about a hundred bytes for each row of
/// MCUs. Nothing is noted for a progressive file, and each decoding follows it from the start.
#[derive(Default)]
pub struct Marks<'a> {
    rows: Vec<Mark<'a>>,
}

/// The state before a row of MCUs.
#[derive(Clone, Copy)]
pub(crate) struct Mark<'a> {
    pub(crate) bits: Bits<'a>,
    pub(crate) restarts: Restarts,
    pub(crate) dc: [i32; 4],
}

impl<'a> Marks<'a> {
    pub(crate) fn note(&mut self, mark: Mark<'a>) {
        self.rows.push(mark);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The state before a row, if it was noted for this file.
    pub(crate) fn before(&self, row: usize, data: &[u8]) -> Option<Mark<'a>> {
        let mark = self.rows.get(row).copied();
        mark.filter(|mark| mark.bits.is_of(data))
    }
}
