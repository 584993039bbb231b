//! A table that gives up to two AC coefficients, and the end of the block after them, with one look-up.

use crate::huffman::{Entry, LOOK, Table, is_short};

/// By the next `LOOK` bits: the coefficients in them.
pub(crate) struct PairTable([Pair; 1 << LOOK]);

/// Up to two symbols with their numbers, and an end of the block after them.
///
/// If there is only one, it is both. An end alone is a zero at the next zigzag position, sixteen zeros are one after fifteen.
#[derive(Clone, Copy, Default)]
#[repr(C, align(8))]
pub(crate) struct Pair {
    /// Bits of all.
    pub(crate) length: u8,
    /// Zigzag positions from the next one to the first coefficient.
    pub(crate) first: u8,
    /// And to the second.
    pub(crate) second: u8,
    /// How far to advance, or [`ENDS`] or [`OTHER`].
    pub(crate) step: u8,
    pub(crate) values: [i16; 2],
}

/// Beyond any position: the block ends.
pub(crate) const ENDS: usize = 128;
/// Added to any position in a block it leaves the block. The number does not fit into the bits: `length` is that of the code alone,
/// `first` the run, and `second` the size. Or the code does not fit either, and `length` is 0.
pub(crate) const OTHER: usize = 64;

impl PairTable {
    pub(crate) fn new(table: &Table) -> Box<Self> {
        let mut pairs = Box::new(PairTable([Pair::default(); 1 << LOOK]));
        for (index, pair) in pairs.0.iter_mut().enumerate() {
            *pair = new(table, index);
        }
        pairs
    }

    #[inline(always)]
    pub(crate) fn look(&self, next: usize) -> Pair {
        self.0[next]
    }
}

/// A single entry.
enum Symbol {
    /// Positions to advance; the last one has the value.
    Number(u8, i16),
    End,
    Other(Pair),
}

fn symbol(entry: Entry) -> Symbol {
    let other = |length, run, size| {
        Symbol::Other(Pair {
            length,
            first: run,
            second: size,
            step: OTHER as u8,
            values: [0; 2],
        })
    };
    if is_short(entry) {
        return Symbol::Number((entry >> 8) as u8, (entry >> 16) as i16);
    }
    match (entry, (entry >> 8) as u8) {
        (0, _) => other(0, 0, 0),
        (_, 0xF0) => Symbol::Number(16, 0),
        (_, 0) => Symbol::End,
        // An end that only progressive scans may have: left to the code that reads each symbol.
        (_, symbol) if symbol & 15 == 0 => other(0, 0, 0),
        (_, symbol) => other(entry as u8, symbol >> 4, symbol & 15),
    }
}

fn new(table: &Table, index: usize) -> Pair {
    let mut pair = Pair::default();
    let mut count = 0;
    loop {
        let entry = table.entry(index << pair.length & ((1 << LOOK) - 1));
        let length = pair.length + entry as u8;
        let fits = u32::from(length) <= LOOK;
        match symbol(entry) {
            Symbol::Other(other) if count == 0 => return other,
            Symbol::Number(step, value) if fits && count < 2 => {
                let at = pair.step + step - 1;
                if count == 0 {
                    (pair.first, pair.values[0]) = (at, value);
                }
                (pair.second, pair.values[1]) = (at, value);
                pair.step += step;
            }
            Symbol::End if fits => {
                pair.step |= ENDS as u8;
                pair.length = length;
                return pair;
            }
            _ => return pair,
        }
        pair.length = length;
        count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::huffman::{IsDc, standard};

    #[test]
    fn a_pair_is_the_symbols_one_by_one() {
        for chroma in [false, true] {
            let table = Table::new(&standard(IsDc::No, chroma), IsDc::No).unwrap();
            let pairs = PairTable::new(&table);
            let (mut several, mut ends) = (0, 0);
            for index in 0..1 << LOOK {
                let pair = pairs.look(index);
                let entry = |length: u32| table.entry(index << length & ((1 << LOOK) - 1));
                if usize::from(pair.step) == OTHER {
                    let first = entry(0);
                    assert!(!is_short(first));
                    assert_eq!(first as u8, pair.length);
                    assert_eq!((first >> 8) as u8, pair.first << 4 | pair.second);
                    continue;
                }
                let (mut length, mut next, mut seen) = (0, 0, Vec::new());
                let mut has_ended = false;
                while length < u32::from(pair.length) {
                    assert!(!has_ended);
                    let one = entry(length);
                    length += one & 0xFF;
                    match (is_short(one), one >> 8 & 0xFF) {
                        (true, step) => {
                            next += step as u8;
                            seen.push((next - 1, (one >> 16) as i16));
                        }
                        (false, 0xF0) => {
                            next += 16;
                            seen.push((next - 1, 0));
                        }
                        (false, symbol) => {
                            assert_eq!(symbol, 0);
                            has_ended = true;
                        }
                    }
                }
                assert_eq!(length, u32::from(pair.length));
                assert!(length <= LOOK);
                let expected = next | if has_ended { ENDS as u8 } else { 0 };
                assert_eq!(pair.step, expected);
                assert!(seen.len() <= 2);
                let zero = (0, 0);
                assert_eq!(
                    [(pair.first, pair.values[0]), (pair.second, pair.values[1])],
                    [
                        *seen.first().unwrap_or(&zero),
                        *seen.last().unwrap_or(&zero)
                    ]
                );
                several += u32::from(seen.len() > 1);
                ends += u32::from(has_ended);
            }
            assert!(several > 500 && ends > 200, "{several} {ends}");
        }
    }
}
