//! Turns quantized blocks into Huffman symbols, counted as they come (T.81, F.1.2).

use super::block::Block;
use crate::stream::ZIGZAG;

/// The tables' offsets in the counts and codes: one of DC and one of AC for luminance, then the
/// same for chrominance, 256 symbols each.
pub(super) const TABLES: usize = 4;

/// A symbol and the bits that follow its code: the table's number from bit 24, the symbol in bits
/// 16 to 23, the bits below.
pub(super) type Token = u32;

/// The most tokens of a block: DC, and for AC 63 or fewer with an end of block.
const BLOCK_TOKENS: usize = 64;

/// Symbols of AC coefficients: end of block, and 16 zeros.
const END_OF_BLOCK: u32 = 0x00;
const SIXTEEN_ZEROS: u32 = 0xF0;

/// The tokens of a picture, in order, and the frequency of each symbol.
pub(super) struct Tokens {
    pub(super) list: Vec<Token>,
    pub(super) counts: [u64; 256 * TABLES],
}

impl Tokens {
    pub(super) fn new() -> Self {
        Self {
            list: Vec::new(),
            counts: [0; 256 * TABLES],
        }
    }

    /// Adds a block's tokens. `difference` is that of its DC coefficient from the last;
    /// `nonzero` has a bit for each of its coefficients, in natural order, that is not zero.
    #[inline]
    pub(super) fn push(&mut self, chroma: bool, difference: i16, block: &Block, nonzero: u64) {
        let table = 2 * u32::from(chroma);
        let mut tokens = [0; BLOCK_TOKENS];
        let mut count = 0;
        let mut put = |token: u32| {
            self.counts[(token >> 16) as usize % (256 * TABLES)] += 1;
            tokens[count % BLOCK_TOKENS] = token;
            count += 1;
        };
        put(table << 24 | coded(difference, 0));

        let coefficients = block.as_flattened();
        let table = (table + 1) << 24;
        let mut left = zigzag(nonzero) & !1;
        let mut last = 0;
        while left != 0 {
            let at = left.trailing_zeros();
            left &= left - 1;
            let mut zeros = at - last - 1;
            last = at;
            while zeros >= 16 {
                put(table | SIXTEEN_ZEROS << 16);
                zeros -= 16;
            }
            let position = usize::from(ZIGZAG[at as usize % 64]) % 64;
            put(table | coded(coefficients[position], zeros));
        }
        if last != 63 {
            put(table | END_OF_BLOCK << 16);
        }
        self.list
            .extend_from_slice(&tokens[..count.min(BLOCK_TOKENS)]);
    }

    /// Adds a block that repeats the last one's DC coefficient and has no other.
    pub(super) fn push_flat(&mut self, chroma: bool) {
        self.push(chroma, 0, &[[0; 8]; 8], 0);
    }
}

/// A value after some zeros: the symbol holds the number of zeros and the value's size; the value's bits
/// follow.
#[inline(always)]
fn coded(value: i16, zeros: u32) -> Token {
    let size = 16 - value.unsigned_abs().leading_zeros();
    // Negative values are stored minus one (T.81, F.1.2.1).
    let bits = (i32::from(value) + i32::from(value >> 15)) as u32 & ((1 << size) - 1);
    zeros << 20 | size << 16 | bits
}

/// Bits in natural order to bits in zigzag order.
#[inline(always)]
fn zigzag(natural: u64) -> u64 {
    let mut bits = 0;
    for (row, table) in ROW_TO_ZIGZAG.iter().enumerate() {
        bits |= table[(natural >> (8 * row)) as usize & 255];
    }
    bits
}

/// For each row and each pattern of its bits: their positions in zigzag order.
static ROW_TO_ZIGZAG: [[u64; 256]; 8] = {
    let mut tables = [[0; 256]; 8];
    let mut at = 0;
    while at < 64 {
        let position = ZIGZAG[at] as usize;
        let mut pattern = 0;
        while pattern < 256 {
            if pattern >> (position % 8) & 1 == 1 {
                tables[position / 8][pattern] |= 1 << at;
            }
            pattern += 1;
        }
        at += 1;
    }
    tables
};

#[cfg(test)]
mod tests {
    use super::*;

    /// A block with these coefficients at these positions of the zigzag order, and its bits.
    fn block(positions: &[(usize, i16)]) -> (Block, u64) {
        let (mut block, mut bits) = ([[0; 8]; 8], 0);
        for &(at, value) in positions {
            let position = usize::from(ZIGZAG[at]);
            block[position / 8][position % 8] = value;
            bits |= 1 << position;
        }
        (block, bits)
    }

    #[test]
    fn symbols_and_bits_are_those_of_the_standard() {
        let mut tokens = Tokens::new();
        let (some, bits) = block(&[(0, 9), (1, -1), (3, 5), (50, -1023), (63, 2)]);
        tokens.push(true, -3, &some, bits);
        let (few, bits) = block(&[(17, 1)]);
        tokens.push(false, 2047, &few, bits);
        tokens.push_flat(false);
        let expected: [Token; 13] = [
            0x0202_0000,
            0x0301_0000,
            0x0313_0005,
            0x03F0_0000,
            0x03F0_0000,
            0x03EA_0000,
            0x03C2_0002,
            0x000B_07FF,
            0x01F0_0000,
            0x0101_0001,
            0x0100_0000,
            0x0000_0000,
            0x0100_0000,
        ];
        assert_eq!(tokens.list, expected);
        assert_eq!(tokens.counts[0x03F0], 2);
        assert_eq!(tokens.counts[0x0100], 2);
        assert_eq!(tokens.counts.iter().sum::<u64>(), 13);
    }

    #[test]
    fn a_full_block_has_as_many_tokens_as_fit() {
        let mut tokens = Tokens::new();
        tokens.push(false, 1, &[[1; 8]; 8], u64::MAX);
        assert_eq!(tokens.list.len(), BLOCK_TOKENS);
        assert_eq!(tokens.counts[0x0101], 63);
        assert_eq!(tokens.counts[0x0100], 0);
    }

    #[test]
    fn every_bit_goes_to_its_position_in_zigzag_order() {
        for (at, &position) in ZIGZAG.iter().enumerate() {
            assert_eq!(zigzag(1 << position), 1 << at);
        }
    }
}
