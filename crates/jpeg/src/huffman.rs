//! Huffman tables (T.81, annex C and F.2.2.3), looked up eleven bits at a time.

use crate::bits::Bits;
use crate::error::Flaw;

/// Bits looked up at once. Longer codes are rare and take the slow path.
pub(crate) const LOOK: u32 = 11;

/// A table as in the file: how many codes of each length, and their symbols.
#[derive(Clone)]
pub(crate) struct Code {
    pub(crate) counts: [u8; 16],
    pub(crate) symbols: [u8; 256],
}

/// The meaning of an entry of `Table::look`.
///
/// - zero: the code is longer than `LOOK` bits, or invalid;
/// - high half zero: the code's length, and its symbol above it (`length | symbol << 8`);
/// - else the code and the bits of its number fit in `LOOK` bits: length of both, run + 1, and
///   the number itself (`length | (run + 1) << 8 | number << 16`).
pub(crate) type Entry = u32;

/// Whether an entry also holds the number.
#[inline(always)]
pub(crate) fn is_short(entry: Entry) -> bool {
    entry >> 16 != 0
}

/// Takes the bits of a short entry, and returns its run plus one.
#[inline(always)]
pub(crate) fn take_short(bits: &mut Bits, entry: Entry) -> usize {
    bits.consume(entry & 0xFF);
    (entry >> 8 & 0xFF) as usize
}

/// A table ready to decode.
pub(crate) struct Table {
    look: [Entry; 1 << LOOK],
    /// By code length: the largest code, or -1.
    largest: [i32; 17],
    /// By code length: index of a code's symbol, minus the code.
    offset: [i32; 17],
    symbols: [u8; 256],
}

impl Table {
    /// Refuses codes that do not fit their length. DC symbols are sizes of at most 15 bits.
    pub(crate) fn new(code: &Code, is_dc: IsDc) -> Result<Box<Self>, Flaw> {
        let mut table = Box::new(Table {
            look: [0; 1 << LOOK],
            largest: [-1; 17],
            offset: [0; 17],
            symbols: code.symbols,
        });
        let mut next = 0u32;
        let mut index = 0usize;
        for length in 1..=16u32 {
            let count = u32::from(code.counts[length as usize - 1]);
            table.offset[length as usize] = index as i32 - next as i32;
            for _ in 0..count {
                let Some(&symbol) = code.symbols.get(index) else {
                    return Err(Flaw("a huffman table holds too many codes"));
                };
                if is_dc == IsDc::Yes && symbol > 15 {
                    return Err(Flaw("a huffman table for dc holds a size above 15"));
                }
                if length <= LOOK {
                    table.fill(next, length, symbol);
                }
                index += 1;
                next += 1;
            }
            if count > 0 {
                table.largest[length as usize] = next as i32 - 1;
            }
            // No code may consist only of ones, so equality is excluded, too.
            if next >= 1 << length && count > 0 {
                return Err(Flaw("a huffman table holds more codes than fit"));
            }
            next <<= 1;
        }
        Ok(table)
    }

    fn fill(&mut self, code: u32, length: u32, symbol: u8) {
        let spare = LOOK - length;
        let first = (code << spare) as usize;
        let size = u32::from(symbol & 15);
        let run = u32::from(symbol >> 4);
        let range = first..first + (1 << spare);
        let Some(entries) = self.look.get_mut(range) else {
            return; // More codes than fit: refused by the caller a little later.
        };
        for (tail, entry) in entries.iter_mut().enumerate() {
            *entry = if size == 0 || length + size > LOOK {
                length | u32::from(symbol) << 8
            } else {
                let raw = tail as i32 >> (spare - size);
                let number = if raw >> (size - 1) == 0 {
                    raw - (1 << size) + 1
                } else {
                    raw
                };
                (length + size) | (run + 1) << 8 | (number as u32) << 16
            };
        }
    }

    /// Returns the next bits without taking them. Call `refill` first.
    #[inline(always)]
    pub(crate) fn look(&self, bits: &Bits) -> Entry {
        self.look[bits.peek::<LOOK>()]
    }

    /// The entry for the given next bits.
    pub(crate) fn entry(&self, index: usize) -> Entry {
        self.look[index]
    }

    /// Takes the code of an entry that is not short, and returns its symbol.
    #[inline(always)]
    pub(crate) fn symbol(&self, entry: Entry, bits: &mut Bits) -> Result<u8, Flaw> {
        if entry != 0 {
            bits.consume(entry & 0xFF);
            return Ok((entry >> 8) as u8);
        }
        let (symbol, length) = self.long(bits.buffer())?;
        bits.consume(length);
        Ok(symbol)
    }

    #[cold]
    #[inline(never)]
    fn long(&self, buffer: u64) -> Result<(u8, u32), Flaw> {
        for length in LOOK + 1..=16 {
            let code = (buffer >> (64 - length)) as i32;
            if code <= self.largest[length as usize] {
                let index = code + self.offset[length as usize];
                return Ok((self.symbols[(index & 255) as usize], length));
            }
        }
        Err(Flaw("a huffman code that its table does not hold"))
    }

    /// Takes one AC symbol whose entry was looked up, moves `next` past its coefficient's zigzag
    /// position, and returns the coefficient; none ends the block. Call `refill` first.
    #[inline(always)]
    pub(crate) fn ac(
        &self,
        entry: Entry,
        bits: &mut Bits,
        next: &mut usize,
    ) -> Result<Option<i16>, Flaw> {
        if is_short(entry) {
            *next += take_short(bits, entry);
            return Ok(Some((entry >> 16) as i16));
        }
        let symbol = self.symbol(entry, bits)?;
        let (run, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
        if size == 0 {
            // Sixteen zeros, or the end.
            *next += if run == 15 { 16 } else { 0 };
            return Ok((run == 15).then_some(0));
        }
        *next += run + 1;
        Ok(Some(bits.take_signed(size) as i16))
    }

    /// Takes a DC difference. Call `refill` first; afterward there are at least 45 bits.
    #[inline(always)]
    pub(crate) fn dc(&self, bits: &mut Bits) -> Result<i32, Flaw> {
        let entry = self.look(bits);
        // A difference of zero has size zero: only a code, like a short entry.
        let is_zero = entry.wrapping_sub(1) < 0xFF;
        if is_short(entry) | is_zero {
            bits.consume(entry & 0xFF);
            return Ok(entry as i32 >> 16);
        }
        let size = self.symbol(entry, bits)?;
        let difference = match size {
            0 => 0,
            _ => bits.take_signed(u32::from(size & 15)),
        };
        bits.refill();
        Ok(difference)
    }
}

/// Whether a table is for DC differences or for AC coefficients.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum IsDc {
    Yes,
    No,
}

/// The tables of T.81, K.3: motion JPEG frames omit them and imply these.
pub(crate) fn standard(is_dc: IsDc, chroma: bool) -> Code {
    let (counts, listed): ([u8; 16], &[u8]) = match (is_dc, chroma) {
        (IsDc::Yes, false) => ([0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0], &DC),
        (IsDc::Yes, true) => ([0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0], &DC),
        (IsDc::No, false) => ([0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125], &AC_LUMA),
        (IsDc::No, true) => (
            [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 119],
            &AC_CHROMA,
        ),
    };
    let mut symbols = [0; 256];
    symbols[..listed.len()].copy_from_slice(listed);
    Code { counts, symbols }
}

const DC: [u8; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

#[rustfmt::skip]
const AC_LUMA: [u8; 162] = [
    0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07,
    0x22, 0x71, 0x14, 0x32, 0x81, 0x91, 0xA1, 0x08, 0x23, 0x42, 0xB1, 0xC1, 0x15, 0x52, 0xD1, 0xF0,
    0x24, 0x33, 0x62, 0x72, 0x82, 0x09, 0x0A, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x25, 0x26, 0x27, 0x28,
    0x29, 0x2A, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3A, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49,
    0x4A, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5A, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69,
    0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89,
    0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7,
    0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xC2, 0xC3, 0xC4, 0xC5,
    0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA, 0xE1, 0xE2,
    0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8,
    0xF9, 0xFA,
];

#[rustfmt::skip]
const AC_CHROMA: [u8; 162] = [
    0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61, 0x71,
    0x13, 0x22, 0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xA1, 0xB1, 0xC1, 0x09, 0x23, 0x33, 0x52, 0xF0,
    0x15, 0x62, 0x72, 0xD1, 0x0A, 0x16, 0x24, 0x34, 0xE1, 0x25, 0xF1, 0x17, 0x18, 0x19, 0x1A, 0x26,
    0x27, 0x28, 0x29, 0x2A, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3A, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48,
    0x49, 0x4A, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5A, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68,
    0x69, 0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87,
    0x88, 0x89, 0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0xA2, 0xA3, 0xA4, 0xA5,
    0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xC2, 0xC3,
    0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA,
    0xE2, 0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8,
    0xF9, 0xFA,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_standard_code_decodes_to_its_symbol() {
        for (is_dc, chroma) in [
            (IsDc::Yes, false),
            (IsDc::Yes, true),
            (IsDc::No, false),
            (IsDc::No, true),
        ] {
            let code = standard(is_dc, chroma);
            let table = Table::new(&code, is_dc).unwrap();
            let (mut next, mut index) = (0u32, 0);
            for length in 1..=16 {
                for _ in 0..code.counts[length - 1] {
                    // Ones after the code make every number the largest of its size.
                    let word = next << (32 - length) | (u32::MAX >> length);
                    let mut data = Vec::new();
                    for byte in word.to_be_bytes() {
                        data.push(byte);
                        if byte == 0xFF {
                            data.push(0);
                        }
                    }
                    let mut bits = Bits::new(&data, 0);
                    bits.refill();
                    let symbol = code.symbols[index];
                    let size = u32::from(symbol & 15);
                    let entry = table.look(&bits);
                    if entry >> 16 != 0 {
                        assert_eq!(entry & 0xFF, length as u32 + size);
                        assert_eq!(entry >> 8 & 0xFF, u32::from(symbol >> 4) + 1);
                        assert_eq!(entry >> 16, (1 << size) - 1);
                    } else {
                        assert_eq!(table.symbol(entry, &mut bits), Ok(symbol));
                    }
                    next += 1;
                    index += 1;
                }
                next <<= 1;
            }
        }
    }

    #[test]
    fn codes_that_do_not_fit_are_refused() {
        let mut counts = [0; 16];
        counts[0] = 2;
        let full = Code {
            counts,
            symbols: [1; 256],
        };
        assert!(Table::new(&full, IsDc::No).is_err());
        counts[0] = 1;
        let mut one = Code {
            counts,
            symbols: [1; 256],
        };
        assert!(Table::new(&one, IsDc::No).is_ok());
        one.symbols[0] = 16;
        assert!(Table::new(&one, IsDc::No).is_ok());
        assert!(Table::new(&one, IsDc::Yes).is_err());
    }

    #[test]
    fn a_code_outside_the_table_is_refused() {
        let mut counts = [0; 16];
        counts[2] = 1;
        let code = Code {
            counts,
            symbols: [5; 256],
        };
        let table = Table::new(&code, IsDc::Yes).unwrap();
        let mut bits = Bits::new(&[0b0100_0000, 0, 0, 0], 0);
        bits.refill();
        assert!(table.dc(&mut bits).is_err());
        let mut bits = Bits::new(&[0b0001_0010, 0b1000_0000, 0, 0], 0);
        bits.refill();
        // Size 5, bits 10010: 18 is in the upper half, so it stands for itself.
        assert_eq!(table.dc(&mut bits), Ok(18));
    }
}
