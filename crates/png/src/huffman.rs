//! Tables that turn bits into symbols, several literals at once.
//!
//! An entry's lowest 6 bits are the number of bits it takes from the stream. If it holds literals, its highest two bits
//! count them, and the literals are in between, the first one lowest. If not, there is a base value in the
//! upper 16 bits, the length of the code alone, without extra bits, in bits 8 to 11, and flags between.

/// An entry of a table.
pub(crate) type Entry = u32;

/// The entry holds literals, in tables of lengths; in tables of distances the base value may reach up here.
pub(crate) const LITERALS: Entry = 3 << LITERAL_COUNT;
/// The lowest bit of the number of literals, and of the literals.
pub(crate) const LITERAL_COUNT: u32 = 30;
pub(crate) const LITERAL: u32 = 6;
/// The code is longer than the table's bits; the base value is the start of its table for the rest.
pub(crate) const LONG: Entry = 1 << 12;
/// The end of the block.
pub(crate) const END: Entry = 1 << 13;
/// Not a code, or one without a meaning.
pub(crate) const INVALID: Entry = 1 << 14;
/// Neither literals nor a base value.
pub(crate) const SPECIAL: Entry = LONG | END | INVALID;

/// The longest code.
const LONGEST: usize = 15;
/// The most symbols of any code.
const SYMBOLS: usize = 288;

/// A table looked up by the next `BITS` bits; after these entries come those for longer codes. `SIZE` is a
/// power of two with room for the most entries that a complete code can have.
#[derive(Debug)]
pub(crate) struct Table<const BITS: usize, const SIZE: usize>(Box<[Entry; SIZE]>);

/// Literals and lengths. 286 codes need at most 143 tables of 8 for their ends.
pub(crate) type Lengths = Table<12, 8192>;
/// Distances. 30 codes need at most 15 tables of 64.
pub(crate) type Distances = Table<9, 2048>;
/// The code for the lengths of the other codes. None is longer than 7 bits.
pub(crate) type Meta = Table<7, 128>;

impl<const BITS: usize, const SIZE: usize> Table<BITS, SIZE> {
    /// A table without codes.
    pub(crate) fn new() -> Self {
        Table(Box::new([INVALID; SIZE]))
    }

    /// The entry for the next bits. For a long code it may be [`LONG`].
    #[inline(always)]
    pub(crate) fn first(&self, bits: u64) -> Entry {
        self.0[bits as usize & ((1 << BITS) - 1)]
    }

    /// The entry that a [`LONG`] one leads to.
    #[inline(always)]
    pub(crate) fn rest(&self, long: Entry, bits: u64) -> Entry {
        let end = (bits >> BITS) as usize & ((1 << (LONGEST - BITS)) - 1);
        self.0[((long >> 16) as usize + end) & (SIZE - 1)]
    }

    /// The entry for the next bits.
    pub(crate) fn get(&self, bits: u64) -> Entry {
        let entry = self.first(bits);
        if entry & (LITERALS | LONG) == LONG {
            self.rest(entry, bits)
        } else {
            entry
        }
    }

    /// Makes the table of the code with these lengths. `None`: they are not a complete code.
    ///
    /// `symbols` holds each symbol's entry without the length of its code, but with that of its extra bits.
    /// The first `literal_count` symbols are literals.
    pub(crate) fn fill(
        &mut self,
        lengths: &[u8],
        symbols: &[Entry],
        literal_count: usize,
    ) -> Option<()> {
        let sorted = Sorted::new(lengths, literal_count)?;
        let table = &mut self.0[..];
        let mut codes = [0u16; SYMBOLS];
        let mut code = 0;
        for length in 1..=BITS {
            let size = 1 << length;
            for i in sorted.range(length) {
                codes[i] = code as u16;
                table[code] = with_length(
                    symbols[sorted.symbols[i]],
                    length,
                    sorted.symbols[i] < literal_count,
                );
                code = next(code, size);
            }
            combine(table, &sorted, &codes, length);
            if length < BITS {
                table.copy_within(..size, size);
            }
        }
        let step = 1 << (LONGEST - BITS.min(LONGEST));
        let (mut prefix, mut base) = (usize::MAX, 1 << BITS);
        for length in BITS + 1..=LONGEST {
            for i in sorted.range(length) {
                if code & ((1 << BITS) - 1) != prefix {
                    base += if prefix == usize::MAX { 0 } else { step };
                    prefix = code & ((1 << BITS) - 1);
                    table[prefix] = LONG | (base as Entry) << 16 | BITS as Entry;
                }
                let entry = with_length(
                    symbols[sorted.symbols[i]],
                    length,
                    sorted.symbols[i] < literal_count,
                );
                let ends = (code >> BITS..step).step_by(1 << (length - BITS));
                ends.for_each(|end| table[base + end] = entry);
                code = next(code, 1 << length);
            }
        }
        Some(())
    }

    /// Makes the table of distances, which may have no code, or a single one of one bit (RFC 1951, 3.2.7).
    pub(crate) fn fill_or_few(&mut self, lengths: &[u8], symbols: &[Entry]) -> Option<()> {
        let mut used = (0..lengths.len()).filter(|&symbol| lengths[symbol] > 0);
        match (used.next(), used.next()) {
            (None, _) => self.0.fill(INVALID),
            (Some(only), None) if lengths[only] == 1 => {
                let pair = [with_length(symbols[only], 1, false), INVALID];
                let entries = self.0.as_chunks_mut::<2>().0;
                entries.fill(pair);
            }
            _ => self.fill(lengths, symbols, 0)?,
        }
        Some(())
    }
}

/// Puts two or three literals into every entry whose bits hold the codes of all, with the sum `length`.
fn combine(table: &mut [Entry], sorted: &Sorted, codes: &[u16; SYMBOLS], length: usize) {
    for first_length in 1..length {
        for first in sorted.literals(first_length) {
            let entry = (sorted.symbols[first] as Entry) << LITERAL | length as Entry;
            let code = codes[first] as usize;
            for second_length in 1..length - first_length {
                let thirds = sorted.literals(length - first_length - second_length);
                if thirds.is_empty() {
                    continue;
                }
                for second in sorted.literals(second_length) {
                    let entry = entry | (sorted.symbols[second] as Entry) << (LITERAL + 8);
                    let code = code | (codes[second] as usize) << first_length;
                    for third in thirds.clone() {
                        let shift = first_length + second_length;
                        table[code | (codes[third] as usize) << shift] = entry
                            | (sorted.symbols[third] as Entry) << (LITERAL + 16)
                            | 3 << LITERAL_COUNT;
                    }
                }
            }
            for second in sorted.literals(length - first_length) {
                let code = code | (codes[second] as usize) << first_length;
                table[code] =
                    entry | (sorted.symbols[second] as Entry) << (LITERAL + 8) | 2 << LITERAL_COUNT;
            }
        }
    }
}

/// Symbols sorted by the length of their code, then by their number: the order of their codes.
struct Sorted {
    symbols: [usize; SYMBOLS],
    /// Where the symbols of each length begin, and where the literals among them end.
    starts: [usize; LONGEST + 2],
    literals: [usize; LONGEST + 1],
}

impl Sorted {
    /// `None`: the lengths do not form a complete code.
    fn new(lengths: &[u8], literal_count: usize) -> Option<Sorted> {
        let mut counts = [0; LONGEST + 1];
        for &length in lengths {
            counts[usize::from(length)] += 1;
        }
        counts[0] = 0;
        let mut starts = [0; LONGEST + 2];
        let mut space = 0;
        for length in 1..=LONGEST {
            starts[length + 1] = starts[length] + counts[length];
            space += counts[length] << (LONGEST - length);
        }
        if space != 1 << LONGEST {
            return None;
        }
        let mut symbols = [0; SYMBOLS];
        let mut ends = starts;
        let mut literals = [0; LONGEST + 1];
        for (symbol, &length) in lengths.iter().enumerate() {
            let length = usize::from(length);
            if length > 0 {
                symbols[ends[length]] = symbol;
                ends[length] += 1;
                if symbol < literal_count {
                    literals[length] = ends[length];
                }
            }
        }
        Some(Sorted {
            symbols,
            starts,
            literals,
        })
    }

    fn range(&self, length: usize) -> std::ops::Range<usize> {
        self.starts[length]..self.starts[length + 1]
    }

    fn literals(&self, length: usize) -> std::ops::Range<usize> {
        self.starts[length]..self.literals[length].max(self.starts[length])
    }
}

/// The next code, its bits in the order of the stream. The last one has none.
fn next(code: usize, size: usize) -> usize {
    let zeros = code ^ (size - 1);
    if zeros == 0 {
        return code;
    }
    let bit = 1 << zeros.ilog2();
    code & (bit - 1) | bit
}

fn with_length(symbol: Entry, length: usize, is_literal: bool) -> Entry {
    let length = length as Entry;
    symbol + length + if is_literal { 0 } else { length << 8 }
}

/// The entries of the symbols of [`Lengths`] (RFC 1951, 3.2.5).
pub(crate) const LENGTH_SYMBOLS: [Entry; 288] = {
    let mut symbols = [INVALID; 288];
    let mut literal = 0;
    while literal < 256 {
        symbols[literal] = (literal as Entry) << LITERAL | 1 << LITERAL_COUNT;
        literal += 1;
    }
    symbols[256] = END;
    let (mut base, mut i) = (3, 0);
    while i < 28 {
        let extra = if i < 8 { 0 } else { i / 4 - 1 };
        symbols[257 + i as usize] = base << 16 | extra;
        base += 1 << extra;
        i += 1;
    }
    symbols[285] = 258 << 16;
    symbols
};

/// The entries of the symbols of [`Distances`] (RFC 1951, 3.2.5).
pub(crate) const DISTANCE_SYMBOLS: [Entry; 32] = {
    let mut symbols = [INVALID; 32];
    let (mut base, mut i) = (1, 0);
    while i < 30 {
        let extra = if i < 4 { 0 } else { i / 2 - 1 };
        symbols[i as usize] = base << 16 | extra;
        base += 1 << extra;
        i += 1;
    }
    symbols
};

/// The entries of the symbols of [`Meta`]: their number.
pub(crate) const META_SYMBOLS: [Entry; 19] = {
    let mut symbols = [0; 19];
    let mut i = 0;
    while i < 19 {
        symbols[i] = (i as Entry) << 16;
        i += 1;
    }
    symbols
};
