//! The codes that the blocks of a stream are read with.

use crate::huffman::{Distances, Lengths, Meta};

/// How far back a copy can reach.
pub(crate) const REACH: usize = 32 << 10;

/// The codes of a block.
#[derive(Debug)]
pub(super) struct Codes {
    pub(super) lengths: Lengths,
    pub(super) distances: Distances,
    pub(super) meta: Meta,
}

impl Codes {
    pub(super) fn new() -> Codes {
        Codes {
            lengths: Lengths::new(),
            distances: Distances::new(),
            meta: Meta::new(),
        }
    }
}
