//! The numbers of the network, in the order in which it uses them.

use std::sync::LazyLock;

use crate::map::{LANES, Lanes};

/// Written by `weights/convert.py`, which says what is in it: numbers of 16 bits, little-endian.
const FILE: &[u8; 2 * LANES * VECTORS] = include_bytes!("../weights/yunet-2023mar.f16");

const VECTORS: usize = 3319;

static NUMBERS: LazyLock<Vec<Lanes>> = LazyLock::new(|| {
    let number = |bytes: &[u8; 2]| single(u16::from_le_bytes(*bytes));
    let (vectors, _) = FILE.as_chunks::<2>().0.as_chunks::<LANES>();
    vectors
        .iter()
        .map(|vector| Lanes(vector.each_ref().map(number)))
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
    /// For each block of the output its weights of every input channel.
    pub(crate) point: &'a [Lanes],
    /// One for each block of the output.
    pub(crate) window_bias: &'a [Lanes],
    /// For each block of the output the 3x3 of its window, row after row.
    pub(crate) window: &'a [[Lanes; 9]],
}

/// What has not been used yet.
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

    /// From so many blocks of channels to so many.
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

/// What a number of 16 bits stands for (IEEE 754 binary16), exactly. The file has neither infinities nor NaN.
fn single(half: u16) -> f32 {
    let (exponent, fraction) = (u32::from(half >> 10 & 31), u32::from(half & 1023));
    let size = match exponent {
        0 => fraction as f32 * (1.0 / (1 << 24) as f32),
        _ => f32::from_bits((exponent + 112) << 23 | fraction << 13),
    };
    if half >> 15 == 1 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_16_bits_are_what_the_standard_says() {
        for (half, number) in [
            (0x0000, 0.0),
            (0x0001, 5.960_464_5e-8),
            (0x03FF, 6.097_555e-5),
            (0x0400, 6.103_515_6e-5),
            (0x3555, 0.333_251_95),
            (0x3C00, 1.0),
            (0xC000, -2.0),
            (0x7BFF, 65504.0),
        ] {
            assert_eq!(single(half), number, "{half:04x}");
        }
    }

    #[test]
    fn the_file_is_the_one_that_was_converted() {
        use sha2::{Digest, Sha256};
        let hash: String = Sha256::digest(FILE)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(
            hash,
            "c96e6287acf8e7f2656cd14065a88769b83a8c50e5cef74822a30dad75d80631"
        );
        assert!(
            NUMBERS
                .iter()
                .all(|lanes| lanes.0.iter().all(|n| n.is_finite()))
        );
    }
}
