//! Huffman codes of bounded length, and how a block encodes them (RFC 1951, 3.2.2 and 3.2.7).

use super::bits::Bits;

/// Bits of the longest code of a literal, a length or a distance.
pub(super) const LONGEST: usize = 15;
/// Bits of the longest code of a code's length.
const LONGEST_OF_LENGTHS: usize = 7;

/// The order of the lengths of code lengths.
const ORDER: [usize; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

/// The code length of each symbol: nearly optimal with at most `longest` bits, and 0 for symbols that do not occur.
pub(super) fn lengths<const N: usize>(frequencies: &[u32; N], longest: usize) -> [u8; N] {
    let mut lengths = [0; N];
    let mut leaves: Vec<(u32, usize)> = (0..N)
        .filter(|&symbol| frequencies[symbol] > 0)
        .map(|symbol| (frequencies[symbol], symbol))
        .collect();
    leaves.sort_unstable();
    if let [(_, only)] = leaves[..] {
        lengths[only] = 1;
    }
    if leaves.len() < 2 {
        return lengths;
    }
    // Codes of each length; the most frequent symbols get the shortest.
    let mut counts = counts(&leaves);
    bound(&mut counts, longest);
    let mut symbols = leaves.iter().map(|(_, symbol)| *symbol);
    for length in (1..=longest).rev() {
        for symbol in symbols.by_ref().take(counts[length]) {
            lengths[symbol] = length as u8;
        }
    }
    lengths
}

/// How many codes of each length the tree has that repeatedly joins the two rarest.
fn counts(leaves: &[(u32, usize)]) -> Vec<usize> {
    let count = leaves.len();
    let mut nodes: Vec<(u64, usize)> = Vec::with_capacity(count - 1);
    let mut parents = vec![0; 2 * count - 1];
    let (mut leaf, mut node) = (0, 0);
    while nodes.len() < count - 1 {
        let mut sum = 0;
        for _ in 0..2 {
            let from_leaves = leaf < count
                && nodes
                    .get(node)
                    .is_none_or(|(sum, _)| u64::from(leaves[leaf].0) <= *sum);
            if from_leaves {
                sum += u64::from(leaves[leaf].0);
                parents[leaf] = count + nodes.len();
                leaf += 1;
            } else {
                sum += nodes[node].0;
                parents[count + node] = count + nodes.len();
                node += 1;
            }
        }
        nodes.push((sum, 0));
    }
    let mut counts = vec![0; count.max(LONGEST + 1)];
    for node in (0..nodes.len() - 1).rev() {
        nodes[node].1 = nodes[parents[count + node] - count].1 + 1;
    }
    for parent in &parents[..count] {
        counts[nodes[parent - count].1 + 1] += 1;
    }
    counts
}

/// Shortens the longest codes and lengthens others in exchange, until all fit.
fn bound(counts: &mut [usize], longest: usize) {
    counts[longest] += counts[longest + 1..].iter().sum::<usize>();
    counts[longest + 1..].fill(0);
    let taken = |counts: &[usize]| -> usize {
        (1..=longest)
            .map(|length| counts[length] << (longest - length))
            .sum()
    };
    for _ in 1 << longest..taken(counts) {
        counts[longest] -= 1;
        if let Some(length) = (1..longest).rev().find(|&length| counts[length] > 0) {
            counts[length] -= 1;
            counts[length + 1] += 2;
        }
    }
}

/// The code of each symbol, its first bit lowest.
pub(super) fn codes<const N: usize>(lengths: &[u8; N]) -> [u16; N] {
    let mut next = [0_u16; LONGEST + 2];
    for length in 1..=LONGEST {
        let count = lengths.iter().filter(|own| usize::from(**own) == length);
        next[length + 1] = (next[length] + count.count() as u16) << 1;
    }
    lengths.map(|length| {
        let length = usize::from(length);
        if length == 0 {
            return 0;
        }
        let code = next[length];
        next[length] += 1;
        code.reverse_bits() >> (16 - length)
    })
}

/// The lengths of a block's codes, as they are encoded.
pub(super) struct Told {
    /// Symbols, with a repeat count after those that repeat: the bits and their number.
    symbols: Vec<(u8, u8, u8)>,
    lengths: [u8; 19],
    /// How many of the code lengths' lengths are stored.
    count: usize,
    counts: [usize; 2],
}

impl Told {
    /// For literals and lengths, and for distances.
    pub(super) fn new(literals: &[u8], distances: &[u8]) -> Told {
        let trimmed = |lengths: &[u8], least: usize| {
            let last = lengths.iter().rposition(|length| *length > 0);
            last.map_or(least, |last| (last + 1).max(least))
        };
        let counts = [trimmed(literals, 257), trimmed(distances, 1)];
        let all = [&literals[..counts[0]], &distances[..counts[1]]].concat();
        let mut symbols = Vec::new();
        for run in all.chunk_by(|one, next| one == next) {
            let (length, mut left) = (run[0], run.len());
            if length > 0 {
                symbols.push((length, 0, 0));
                left -= 1;
            }
            while left > 0 {
                let (symbol, bits, least, most) = match (length, left) {
                    (_, ..3) => (length, 0, 1, 1),
                    (0, 11..) => (18, 7, 11, 138),
                    (0, _) => (17, 3, 3, 10),
                    _ => (16, 2, 3, 6),
                };
                let some = left.min(most);
                symbols.push((symbol, (some - least) as u8, bits));
                left -= some;
            }
        }
        let mut frequencies = [0; 19];
        for (symbol, ..) in &symbols {
            frequencies[usize::from(*symbol)] += 1;
        }
        let lengths = lengths(&frequencies, LONGEST_OF_LENGTHS);
        let last = ORDER.iter().rposition(|&symbol| lengths[symbol] > 0);
        Told {
            symbols,
            lengths,
            count: last.map_or(4, |last| (last + 1).max(4)),
            counts,
        }
    }

    /// How many bits it takes.
    pub(super) fn bits(&self) -> usize {
        let each = |(symbol, _, bits): &(u8, u8, u8)| {
            usize::from(self.lengths[usize::from(*symbol)] + bits)
        };
        14 + 3 * self.count + self.symbols.iter().map(each).sum::<usize>()
    }

    pub(super) fn write(&self, to: &mut Bits) {
        to.put((self.counts[0] - 257) as u32, 5);
        to.put((self.counts[1] - 1) as u32, 5);
        to.put((self.count - 4) as u32, 4);
        for &symbol in &ORDER[..self.count] {
            to.put(self.lengths[symbol].into(), 3);
        }
        let codes = codes(&self.lengths);
        for &(symbol, extra, bits) in &self.symbols {
            let symbol = usize::from(symbol);
            to.put(codes[symbol].into(), self.lengths[symbol]);
            to.put(extra.into(), bits);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The share of all bit strings that the codes take, in units of 2^-15.
    fn taken(lengths: &[u8]) -> u32 {
        let used = lengths.iter().filter(|length| **length > 0);
        used.map(|length| 1 << (15 - length)).sum()
    }

    fn bits(frequencies: &[u32], lengths: &[u8]) -> u64 {
        let each = frequencies.iter().zip(lengths);
        each.map(|(count, length)| u64::from(*count) * u64::from(*length))
            .sum()
    }

    #[test]
    fn the_best_codes_where_they_are_short_enough() {
        // Worked out by hand: the two rarest joined, repeatedly.
        assert_eq!(lengths(&[11, 0, 5, 2, 1, 4], 15), [1, 0, 2, 4, 4, 3]);
        assert_eq!(lengths(&[7, 7, 7, 7], 15), [2; 4]);
        assert_eq!(lengths(&[0, 0, 9], 15), [0, 0, 1]);
        assert_eq!(lengths(&[0; 5], 15), [0; 5]);
    }

    #[test]
    fn codes_are_bounded_and_complete() {
        let mut random = fastrand::Rng::with_seed(11);
        let mut count = 0;
        for longest in [7, 15] {
            // As uneven as possible: each as frequent as the previous two together.
            let mut worst = [1_u32; 40];
            for i in 2..40 {
                worst[i] = worst[i - 1] + worst[i - 2];
            }
            let mut all = vec![worst];
            for _ in 0..500 {
                let shift = random.u32(1..31);
                all.push([(); 40].map(|()| random.u32(..) >> shift >> random.u32(..31 - shift)));
            }
            for frequencies in all {
                let some = frequencies.iter().filter(|count| **count > 0).count();
                let found = lengths(&frequencies, longest);
                assert!(found.iter().all(|length| usize::from(*length) <= longest));
                if some > 1 {
                    assert_eq!(taken(&found), 1 << 15, "{frequencies:?}");
                    // No worse than codes of one length.
                    let plain = some.next_power_of_two().ilog2() as u8;
                    assert!(bits(&frequencies, &found) <= bits(&frequencies, &[plain; 40]));
                    count += 1;
                }
            }
        }
        assert!(count > 900, "{count}");
    }

    #[test]
    fn codes_begin_like_no_other() {
        let lengths = [3, 0, 1, 3, 2];
        // 110, 0, 111 and 10, reversed.
        assert_eq!(codes(&lengths), [0b011, 0, 0, 0b111, 0b01]);
    }
}
