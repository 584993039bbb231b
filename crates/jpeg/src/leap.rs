//! A table that passes over several AC symbols with one look, for blocks that nobody wants.

use crate::huffman::{LOOK, Table, is_short};

/// By the next `LOOK` bits: what can be passed over.
pub(crate) struct Leaps([Leap; 1 << LOOK]);

/// Several symbols.
#[derive(Clone, Copy, Default)]
pub(crate) struct Leap {
    /// Bits of all; 0 if not even the first symbol fits.
    pub(crate) length: u8,
    /// Zigzag places to go on.
    pub(crate) step: u8,
    /// Whether the last symbol ends the block.
    pub(crate) ends: bool,
}

impl Leaps {
    pub(crate) fn new(table: &Table) -> Box<Self> {
        let mut leaps = Box::new(Leaps([Leap::default(); 1 << LOOK]));
        for (index, leap) in leaps.0.iter_mut().enumerate() {
            *leap = new(table, index);
        }
        leaps
    }

    #[inline(always)]
    pub(crate) fn look(&self, next: usize) -> Leap {
        self.0[next]
    }
}

fn new(table: &Table, index: usize) -> Leap {
    let mut leap = Leap::default();
    while !leap.ends {
        let entry = table.entry(index << leap.length & ((1 << LOOK) - 1));
        // An entry that is not short holds length and symbol; symbol 0 ends the block.
        let (length, step, ends) = match (is_short(entry), entry >> 8) {
            (true, _) => (entry as u8, (entry >> 8) as u8, false),
            (false, 0) if entry != 0 => (entry as u8, 0, true),
            _ => break,
        };
        // More than a block holds is left to those who look at each symbol.
        if u32::from(leap.length + length) > LOOK || leap.step + step > 63 {
            break;
        }
        leap = Leap {
            length: leap.length + length,
            step: leap.step + step,
            ends,
        };
    }
    leap
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::huffman::{Code, IsDc, standard};

    #[test]
    fn a_leap_is_the_symbols_one_by_one() {
        for chroma in [false, true] {
            let table = Table::new(&standard(IsDc::No, chroma), IsDc::No).unwrap();
            let leaps = Leaps::new(&table);
            let mut several = 0;
            for index in 0..1 << LOOK {
                let leap = leaps.look(index);
                let (mut length, mut step, mut ends, mut symbols) = (0, 0, false, 0);
                while !ends && length < leap.length {
                    let entry = table.entry(index << length & ((1 << LOOK) - 1));
                    length += entry as u8;
                    match is_short(entry) {
                        true => step += (entry >> 8) as u8,
                        false => ends = true,
                    }
                    symbols += 1;
                }
                assert_eq!((length, step, ends), (leap.length, leap.step, leap.ends));
                assert!(u32::from(length) <= LOOK);
                several += u32::from(symbols > 1);
            }
            assert!(several > 500, "{several}");
        }
    }

    #[test]
    fn no_leap_is_longer_than_a_block() {
        // One bit for fifteen zeros and a number of one bit: five of them leave a block.
        let mut counts = [0; 16];
        counts[0] = 1;
        let code = Code {
            counts,
            symbols: [0xF1; 256],
        };
        let leaps = Leaps::new(&Table::new(&code, IsDc::No).unwrap());
        assert_eq!(leaps.look(0).step, 48);
        assert_eq!(leaps.look(0).length, 6);
    }
}
