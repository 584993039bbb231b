//! The numbers of the network, in the order in which it uses them.

use std::sync::LazyLock;

use crate::map::{LANES, Lanes};

/// Written by `weights/convert.py`, which describes the contents: 32-bit numbers, little-endian.
const FILE: &[u8; 4 * LANES * VECTORS] = include_bytes!("../weights/yunet-2023mar.f32");

const VECTORS: usize = 3319;

static NUMBERS: LazyLock<Vec<Lanes>> = LazyLock::new(|| {
    let (vectors, _) = FILE.as_chunks::<4>().0.as_chunks::<LANES>();
    vectors
        .iter()
        .map(|vector| Lanes(vector.map(f32::from_le_bytes)))
        .collect()
});

/// The first convolution: 3x3 pixels of red, green and blue to 16 channels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct First<'a> {
    pub(crate) bias: &'a Lanes,
    /// Rows of the window, then columns, then colors.
    pub(crate) taps: &'a [Lanes],
}

/// A 1x1 convolution and then one of 3x3 within each channel. Channels are in blocks of 16.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unit<'a> {
    /// Blocks of the input.
    pub(crate) inputs: usize,
    /// Blocks of the output.
    pub(crate) outputs: usize,
    /// One for each block of the output.
    pub(crate) point_bias: &'a [Lanes],
    /// For each block of the output its weights for every input channel.
    pub(crate) point: &'a [Lanes],
    /// One for each block of the output.
    pub(crate) window_bias: &'a [Lanes],
    /// For each block of the output the 3x3 of its window, row after row.
    pub(crate) window: &'a [[Lanes; 9]],
}

/// The numbers not used yet.
#[derive(Debug)]
pub(crate) struct Weights {
    rest: &'static [Lanes],
}

impl Weights {
    pub(crate) fn new() -> Weights {
        Weights { rest: &NUMBERS }
    }

    fn next(&mut self, count: usize) -> &'static [Lanes] {
        let (next, rest) = self.rest.split_at(count);
        self.rest = rest;
        next
    }

    pub(crate) fn first(&mut self) -> First<'static> {
        First {
            bias: &self.next(1)[0],
            taps: self.next(27),
        }
    }

    /// From this many blocks of channels to that many.
    pub(crate) fn unit(&mut self, inputs: usize, outputs: usize) -> Unit<'static> {
        Unit {
            inputs,
            outputs,
            point_bias: self.next(outputs),
            point: self.next(outputs * inputs * LANES),
            window_bias: self.next(outputs),
            window: self.next(9 * outputs).as_chunks().0,
        }
    }

    pub(crate) fn is_used_up(&self) -> bool {
        self.rest.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_the_one_that_was_converted() {
        use sha2::{Digest, Sha256};
        let hash: String = Sha256::digest(FILE)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(
            hash,
            "50b04484761842af87648fdcb23d3de00dfe185969c9816b86488626f8cc2fc7"
        );
        assert!(
            NUMBERS
                .iter()
                .all(|lanes| lanes.0.iter().all(|n| n.is_finite()))
        );
    }
}
