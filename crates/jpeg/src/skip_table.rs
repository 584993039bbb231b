//! A table that skips several AC symbols with one look-up, for blocks that are not wanted.

use crate::huffman::{LOOK, Table, is_short};

/// By the next `LOOK` bits: what can be skipped.
pub(crate) struct SkipTable([Skip; 1 << LOOK]);

/// Several symbols that are skipped at once.
#[derive(Clone, Copy, Default)]
pub(crate) struct Skip {
    /// Bits of all; 0 if not even the first symbol fits.
    pub(crate) length: u8,
    /// Zigzag positions to advance.
    pub(crate) step: u8,
    /// Whether the last symbol ends the block.
    pub(crate) ends: bool,
}

impl SkipTable {
    pub(crate) fn new(table: &Table) -> Box<Self> {
        let mut skips = Box::new(SkipTable([Skip::default(); 1 << LOOK]));
        for (index, skip) in skips.0.iter_mut().enumerate() {
            *skip = new(table, index);
        }
        skips
    }

    #[inline(always)]
    pub(crate) fn look(&self, next: usize) -> Skip {
        self.0[next]
    }
}

fn new(table: &Table, index: usize) -> Skip {
    let mut skip = Skip::default();
    while !skip.ends {
        let entry = table.entry(index << skip.length & ((1 << LOOK) - 1));
        // An entry that is not short holds length and symbol; symbol 0 ends the block.
        let (length, step, ends) = match (is_short(entry), entry >> 8) {
            (true, _) => (entry as u8, (entry >> 8) as u8, false),
            (false, 0) if entry != 0 => (entry as u8, 0, true),
            _ => break,
        };
        // More than a block holds is left to the code that reads each symbol.
        if u32::from(skip.length + length) > LOOK || skip.step + step > 63 {
            break;
        }
        skip = Skip {
            length: skip.length + length,
            step: skip.step + step,
            ends,
        };
    }
    skip
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::huffman::{Code, IsDc, standard};

    #[test]
    fn a_skip_is_the_symbols_one_by_one() {
        for chroma in [false, true] {
            let table = Table::new(&standard(IsDc::No, chroma), IsDc::No).unwrap();
            let skips = SkipTable::new(&table);
            let mut several = 0;
            for index in 0..1 << LOOK {
                let skip = skips.look(index);
                let (mut length, mut step, mut ends, mut symbols) = (0, 0, false, 0);
                while !ends && length < skip.length {
                    let entry = table.entry(index << length & ((1 << LOOK) - 1));
                    length += entry as u8;
                    if is_short(entry) {
                        step += (entry >> 8) as u8;
                    } else {
                        ends = true;
                    }
                    symbols += 1;
                }
                assert_eq!((length, step, ends), (skip.length, skip.step, skip.ends));
                assert!(u32::from(length) <= LOOK);
                several += u32::from(symbols > 1);
            }
            assert!(several > 500, "{several}");
        }
    }

    #[test]
    fn no_skip_is_longer_than_a_block() {
        // One bit for fifteen zeros and a number of one bit: five of them leave a block.
        let mut counts = [0; 16];
        counts[0] = 1;
        let code = Code {
            counts,
            symbols: [0xF1; 256],
        };
        let skips = SkipTable::new(&Table::new(&code, IsDc::No).unwrap());
        assert_eq!(skips.look(0).step, 48);
        assert_eq!(skips.look(0).length, 6);
    }
}
