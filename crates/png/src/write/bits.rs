//! Bits, the first ones lowest (RFC 1951, 3.1.1).

use fearless_simd::{Level, dispatch};

/// Bytes that bits are appended to.
#[derive(Debug)]
pub(super) struct Bits {
    pub(super) bytes: Vec<u8>,
    /// Bits that do not fill a byte yet, fewer than 8, and their number.
    held: u64,
    count: u32,
}

/// A code with its extra bits, and its number of bits: [`LONGEST`] at most.
pub(super) type Code = (u32, u32);

/// Bits of the longest code with its extra bits.
const LONGEST: usize = 28;

/// Literals that are appended before checking for room.
const SOME: usize = 1024;
/// Bytes that are gathered before they are appended.
const MANY: usize = 4096;

impl Bits {
    /// Appends to these.
    pub(super) fn new(bytes: Vec<u8>) -> Bits {
        Bits {
            bytes,
            held: 0,
            count: 0,
        }
    }

    /// Appends up to [`LONGEST`] bits.
    pub(super) fn put(&mut self, bits: u32, count: u8) {
        self.held |= u64::from(bits) << self.count;
        self.count += u32::from(count);
        while self.count >= 8 {
            self.bytes.push(self.held as u8);
            self.held >>= 8;
            self.count -= 8;
        }
    }

    /// Appends the codes of stretches of literals, each with those of lengths behind it.
    pub(super) fn put_all<'a, L: IntoIterator<Item = u8>>(
        &mut self,
        level: Level,
        parts: impl Iterator<Item = (&'a [u8], L)>,
        literals: &[Code; 256],
        lengths: &[Code; 256],
    ) {
        // Together with the pending bits, as many as fit into 8 bytes are appended at once.
        match literals.iter().map(|(_, length)| *length).max() {
            Some(..=14) => {
                dispatch!(level, _simd => self.put_each::<4, _>(parts, literals, lengths));
            }
            _ => dispatch!(level, _simd => self.put_each::<3, _>(parts, literals, lengths)),
        }
    }

    #[inline(always)]
    fn put_each<'a, const N: usize, L: IntoIterator<Item = u8>>(
        &mut self,
        parts: impl Iterator<Item = (&'a [u8], L)>,
        literals: &[Code; 256],
        lengths: &[Code; 256],
    ) {
        let mut space = [0; MANY + SOME * LONGEST / 8 + 8];
        let (mut held, mut count, mut at) = (self.held, self.count, 0);
        macro_rules! put {
            ($bits:expr, $more:expr) => {
                held |= $bits << count;
                count += $more;
                if let Some(to) = space[at..].first_chunk_mut() {
                    *to = held.to_le_bytes();
                }
                at += count as usize / 8;
                held >>= count & !7;
                count %= 8;
            };
        }
        macro_rules! append {
            () => {
                if at >= MANY {
                    self.bytes.extend_from_slice(&space[..at]);
                    at = 0;
                }
            };
        }
        for (bytes, more) in parts {
            for some in bytes.chunks(SOME) {
                let (groups, rest) = some.as_chunks::<N>();
                for group in groups {
                    let (mut bits, mut length) = (0, 0);
                    for byte in group {
                        let (code, more) = literals[usize::from(*byte)];
                        bits |= u64::from(code) << length;
                        length += more;
                    }
                    put!(bits, length);
                }
                for byte in rest {
                    let (code, more) = literals[usize::from(*byte)];
                    put!(u64::from(code), more);
                }
                append!();
            }
            for length in more {
                let (code, more) = lengths[usize::from(length)];
                put!(u64::from(code), more);
                append!();
            }
        }
        self.bytes.extend_from_slice(&space[..at]);
        (self.held, self.count) = (held, count);
    }

    /// Fills the last byte with zeros.
    pub(super) fn align(&mut self) {
        if self.count > 0 {
            self.put(0, (8 - self.count) as u8);
        }
    }
}
