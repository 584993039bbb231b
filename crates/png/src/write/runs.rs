//! Deflate with Huffman codes and runs of one byte, without a search for strings (RFC 1951, 3.2).

use simd_adler32::Adler32;

use super::bits::{Bits, Code};
use super::codes::{LONGEST, Told, codes, lengths};

/// Bytes that are examined before it is decided whether they get their own codes.
const PART: usize = 1 << 14;
/// Bytes of the longest block.
const BLOCK: usize = 1 << 18;
/// Bytes of the shortest and the longest run that has a code. Runs shorter than 9 equal bytes cost more than they save.
const LEAST: usize = 3;
const MOST: usize = 258;
/// The symbol that ends a block.
const END: usize = 256;
/// Literals, the end, and lengths.
const SYMBOLS: usize = 286;
/// The fraction of a bit in which costs are counted.
const BIT: u64 = 1 << 16;

/// How often each symbol occurs.
type Frequencies = [u32; SYMBOLS];

/// Compresses bytes as they come. Holds at most one block of bytes, and a token for each.
pub(super) struct Runs {
    to: Bits,
    sum: Adler32,
    /// Bytes not written yet.
    bytes: Vec<u8>,
    /// The examined bytes as literals, and as runs by their length.
    tokens: Vec<u16>,
    frequencies: Frequencies,
    /// The cost of these.
    cost: u64,
    /// How many of the bytes were examined.
    seen: usize,
}

impl Runs {
    /// Appends to these bytes.
    pub(super) fn new(mut to: Vec<u8>) -> Runs {
        // Deflate with a window of 32 kB, in a hurry (RFC 1950, 2.2).
        to.extend([0x78, 0x01]);
        Runs {
            to: Bits::new(to),
            sum: Adler32::new(),
            bytes: Vec::new(),
            tokens: Vec::new(),
            frequencies: [0; SYMBOLS],
            cost: 0,
            seen: 0,
        }
    }

    /// Takes more bytes.
    pub(super) fn take(&mut self, bytes: &[u8]) {
        self.sum.write(bytes);
        self.bytes.extend_from_slice(bytes);
        while self.bytes.len() - self.seen >= PART {
            self.look(PART);
        }
    }

    /// Writes the rest, and returns everything.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.look(self.bytes.len() - self.seen);
        self.block(true);
        self.to.align();
        self.to.bytes.extend(self.sum.finish().to_be_bytes());
        self.to.bytes
    }

    /// Examines the next bytes: they join the block, unless two blocks are smaller than one.
    fn look(&mut self, count: usize) {
        let kept = self.tokens.len();
        let end = self.seen + count;
        tokens(&self.bytes[self.seen..end], &mut self.tokens);
        let own = frequencies(&self.tokens[kept..]);
        let mut both = self.frequencies;
        for (both, own) in both.iter_mut().zip(&own) {
            *both += own;
        }
        let (own_cost, cost) = (cost(&own), cost(&both));
        let is_long = end > BLOCK;
        if kept > 0 && (is_long || self.cost + own_cost < cost) {
            let next = self.tokens.split_off(kept);
            let rest = self.bytes.split_off(self.seen);
            self.block(false);
            (self.tokens, self.bytes) = (next, rest);
            (self.frequencies, self.cost) = (own, own_cost);
            self.seen = count;
        } else {
            (self.frequencies, self.cost) = (both, cost);
            self.seen = end;
        }
    }

    /// Writes everything examined as one block.
    fn block(&mut self, is_last: bool) {
        self.frequencies[END] = 1;
        let lengths = lengths(&self.frequencies, LONGEST);
        let told = Told::new(&lengths, &[1]);
        let codes = codes(&lengths);
        let mut table: [Code; 512] = [(0, 0); 512];
        for (token, entry) in table.iter_mut().enumerate() {
            let (symbol, extra, bits) = symbol(token);
            let length = u32::from(lengths[symbol]);
            *entry = (u32::from(codes[symbol]) | extra << length, length + bits);
            if token > 255 {
                // The code of the only distance is a zero.
                entry.1 += 1;
            }
        }
        let each = self.frequencies.iter().zip(&lengths).enumerate();
        let coded: u64 = each
            .map(|(symbol, (count, length))| {
                u64::from(*count) * (u64::from(*length) + behind(symbol))
            })
            .sum();
        let coded = coded + told.bits() as u64 + 3;
        let blocks = self.bytes.len().div_ceil(0xFFFF) as u64;
        if coded > 8 * self.bytes.len() as u64 + 40 * blocks {
            self.store(is_last);
        } else {
            self.to.put(u32::from(is_last) | 2 << 1, 3);
            told.write(&mut self.to);
            self.to.put_all(&self.tokens, &table);
            self.to.put(codes[END].into(), lengths[END]);
        }
        self.tokens.clear();
        self.bytes.clear();
    }

    /// Writes the bytes as they are.
    fn store(&mut self, is_last: bool) {
        let mut parts = self.bytes.chunks(0xFFFF).peekable();
        while let Some(part) = parts.next() {
            self.to.put(u32::from(is_last && parts.peek().is_none()), 3);
            self.to.align();
            let length = part.len() as u16;
            self.to.bytes.extend(length.to_le_bytes());
            self.to.bytes.extend((!length).to_le_bytes());
            self.to.bytes.extend(part);
        }
    }
}

/// Finds runs. They begin after the first byte, so that nothing in front of them is needed.
fn tokens(bytes: &[u8], tokens: &mut Vec<u16>) {
    let (mut at, mut literals) = (1, 0);
    // Which of eight bytes differ from the one before.
    let differences = |at: usize| {
        let word = |at: usize| {
            let word = bytes.get(at..).and_then(|rest| rest.first_chunk());
            word.map(|word| u64::from_le_bytes(*word))
        };
        Some(word(at)? ^ word(at - 1)?)
    };
    while let Some(different) = differences(at) {
        if different != 0 {
            // A run may begin after the last of them.
            at += (63 - different.leading_zeros()) as usize / 8 + 1;
            continue;
        }
        let mut end = at + 8;
        while differences(end) == Some(0) {
            end += 8;
        }
        while end < bytes.len() && bytes[end] == bytes[at] {
            end += 1;
        }
        literal(&bytes[literals..at], tokens);
        while at < end {
            let left = end - at;
            // Not so many that less than a run is left.
            let some = if left > MOST {
                MOST.min(left - LEAST)
            } else {
                left
            };
            tokens.push(256 + (some - LEAST) as u16);
            at += some;
        }
        literals = end;
    }
    literal(&bytes[literals..], tokens);
}

fn literal(bytes: &[u8], tokens: &mut Vec<u16>) {
    tokens.extend(bytes.iter().map(|byte| u16::from(*byte)));
}

/// The symbol of a token, and its extra bits: bits and their number (RFC 1951, 3.2.5).
const fn symbol(token: usize) -> (usize, u32, u32) {
    if token < 256 {
        return (token, 0, 0);
    }
    let more = token as u32 - 256;
    match more {
        0..8 => (257 + more as usize, 0, 0),
        255 => (285, 0, 0),
        _ => {
            let bits = more.ilog2() - 2;
            let symbol = 257 + 4 * bits + (more >> bits);
            (symbol as usize, more & ((1 << bits) - 1), bits)
        }
    }
}

/// The extra bits of a symbol: those of a length, and of the only distance.
fn behind(symbol: usize) -> u64 {
    match symbol {
        ..=END => 0,
        257..265 | 285.. => 1,
        _ => (symbol as u64 - 257) / 4,
    }
}

fn frequencies(tokens: &[u16]) -> Frequencies {
    // Alternating tables, so that none waits for itself.
    let mut counts = [[0_u32; 512]; 4];
    let (fours, rest) = tokens.as_chunks::<4>();
    for four in fours {
        for (counts, token) in counts.iter_mut().zip(four) {
            counts[usize::from(*token) % 512] += 1;
        }
    }
    for token in rest {
        counts[0][usize::from(*token) % 512] += 1;
    }
    let mut frequencies = [0; SYMBOLS];
    for token in 0..512 {
        frequencies[symbol(token).0] += counts.iter().map(|counts| counts[token]).sum::<u32>();
    }
    frequencies
}

/// The least that symbols with these frequencies take, without extra bits, plus roughly their codes: in fractions of a bit.
fn cost(frequencies: &Frequencies) -> u64 {
    let total: u32 = frequencies.iter().sum();
    let occur = frequencies.iter().filter(|count| **count > 0);
    let each = |count: &u32| 4 * BIT + u64::from(*count) * (log2(total) - log2(*count));
    occur.map(each).sum()
}

/// The logarithm in fractions of a bit, in integers, so that it is the same everywhere.
fn log2(count: u32) -> u64 {
    let whole = count.max(1).ilog2();
    // 1 to 2, with 16 bits of fraction.
    let rest = (u64::from(count.max(1)) << 31 >> whole >> 15) - BIT;
    // A parabola through both ends and the middle: off by less than 0.01 bits.
    u64::from(whole) * BIT + rest + ((rest * (BIT - rest)) >> 16) * 22_272 / BIT
}
