//! The best Huffman codes for given counts: the same as libjpeg's in `jchuff.c`
//! (`jpeg_gen_optimal_table`, after T.81, K.2).

/// The longest code that a file may have (T.81, F.1.2.1.2).
const LONGEST: usize = 16;

/// A Huffman code as stored in a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Code {
    /// How many symbols have codes of 1 bit, of 2, and so on.
    pub(super) lengths: [u8; LONGEST],
    /// The symbols, those with short codes first.
    pub(super) symbols: Vec<u8>,
}

impl Code {
    pub(super) fn best(counts: &[u64]) -> Self {
        let bits = code_lengths(counts);
        let mut lengths = [0usize; 257];
        for &length in &bits[..=256] {
            lengths[usize::from(length)] += 1;
        }
        shorten(&mut lengths);
        // The single code of all ones must not be used: it belongs to the symbol beyond the last.
        if let Some(longest) = (1..=LONGEST).rev().find(|&length| lengths[length] > 0) {
            lengths[longest] -= 1;
        }
        // In order of the lengths before they were shortened: more frequent symbols come first.
        let mut symbols: Vec<u8> = (0..=255).filter(|&s| bits[usize::from(s)] > 0).collect();
        symbols.sort_by_key(|&symbol| bits[usize::from(symbol)]);
        Self {
            lengths: std::array::from_fn(|at| lengths[at + 1] as u8),
            symbols,
        }
    }

    /// Each symbol that has a code, with the code and its length in bits.
    pub(super) fn codes(&self) -> impl Iterator<Item = (u8, u32, u32)> {
        let lengths = (1..).zip(self.lengths);
        let mut lengths = lengths.flat_map(|(bits, count)| std::iter::repeat_n(bits, count.into()));
        let (mut code, mut last) = (0, 0);
        self.symbols.iter().map(move |&symbol| {
            let bits = lengths.next().expect("as many lengths as symbols");
            code <<= bits - last;
            last = bits;
            code += 1;
            (symbol, code - 1, bits)
        })
    }
}

/// The code lengths of all symbols, and of one more that occurs once. Symbols that do not
/// occur have none.
fn code_lengths(counts: &[u64]) -> [u8; 257] {
    let mut bits = [0; 257];
    // Trees of symbols, with their counts: at first one for each symbol.
    let mut trees: Vec<(u64, Vec<usize>)> = counts
        .iter()
        .chain([&1])
        .enumerate()
        .filter(|&(_, &count)| count > 0)
        .map(|(symbol, &count)| (count, vec![symbol]))
        .collect();
    while trees.len() > 1 {
        // Among equal counts libjpeg takes the last; the joined tree takes the place of the rarest.
        let rarest = |trees: &[(u64, Vec<usize>)]| {
            let indices = (0..trees.len()).rev();
            indices.min_by_key(|&at| trees[at].0).expect("two trees")
        };
        let first = rarest(&trees);
        let count = std::mem::replace(&mut trees[first].0, u64::MAX);
        let second = rarest(&trees);
        let (other, members) = std::mem::take(&mut trees[second]);
        trees[first].0 = count + other;
        trees[first].1.extend(members);
        for &symbol in &trees[first].1 {
            bits[symbol] += 1;
        }
        trees.remove(second);
    }
    bits
}

/// Makes codes of more than 16 bits fit, at the cost of some shorter ones (T.81, K.3).
fn shorten(lengths: &mut [usize; 257]) {
    for length in (LONGEST + 1..lengths.len()).rev() {
        while lengths[length] > 0 {
            let mut shorter = length - 2;
            while lengths[shorter] == 0 {
                shorter -= 1;
            }
            // Two leave: one takes their common prefix, the other shares that of a shorter one.
            lengths[length] -= 2;
            lengths[length - 1] += 1;
            lengths[shorter + 1] += 2;
            lengths[shorter] -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_symbols_get_the_codes_worked_out_by_hand() {
        let mut counts = [0; 256];
        counts[3] = 5;
        counts[7] = 2;
        counts[200] = 1;
        // 200 and the one beyond: 3 bits. With 7: 2. With 3: 1.
        let code = Code::best(&counts);
        assert_eq!(code.lengths[..4], [1, 1, 1, 0]);
        assert_eq!(code.symbols, [3, 7, 200]);
        let codes: Vec<_> = code.codes().collect();
        assert_eq!(codes, [(3, 0b0, 1), (7, 0b10, 2), (200, 0b110, 3)]);
    }

    #[test]
    fn no_code_is_too_long_or_all_ones() {
        // Fibonacci numbers make the longest codes possible.
        let mut counts = [0; 256];
        let (mut a, mut b) = (1, 1);
        for count in &mut counts[..80] {
            *count = a;
            (a, b) = (b, a + b);
        }
        let code = Code::best(&counts);
        assert_eq!(code.symbols.len(), 80);
        let mut space = 0.0;
        for (symbol, code, bits) in code.codes() {
            assert!(bits <= 16, "symbol {symbol}: {bits} bits");
            assert!(code + 1 < 1 << bits, "symbol {symbol}: all ones");
            space += 0.5f64.powi(bits as i32);
        }
        assert!(space < 1.0);
    }

    #[test]
    fn all_symbols_at_once_fit() {
        let code = Code::best(&[1; 256]);
        assert_eq!(code.codes().count(), 256);
        assert_eq!(
            code.lengths.iter().map(|&n| usize::from(n)).sum::<usize>(),
            256
        );
    }
}
