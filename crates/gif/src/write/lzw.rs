//! LZW for GIF: variable code sizes, least significant bit first, in sub-blocks of at most 255 bytes.

const MAX_CODES: u32 = 4096;
/// Slots of the dictionary's hash table: a power of two, four times as many as codes.
const SLOTS: usize = 16384;
/// No entry: nothing ever follows the last code.
const EMPTY: u32 = u32::MAX;

/// Packs `indices`, all below 2^`code_size`, into an image block's data: the code size, sub-blocks, the terminator.
///
/// If the next index would end a known string, `near` tells how bad another index would be at that position, or infinity
/// if it is not allowed; the least bad one that extends the string is used. `chosen` is called with every index written.
pub(crate) fn pack(
    indices: &[u8],
    code_size: u8,
    near: impl Fn(usize, u8) -> f32,
    mut chosen: impl FnMut(usize, u8),
) -> Vec<u8> {
    let mut bits = Bits::new(code_size, indices.len() / 4);
    let (clear, end) = (1 << code_size, (1 << code_size) + 1);
    let mut dictionary = Dictionary::new();
    let mut width = u32::from(code_size) + 1;
    let mut next = end + 1;
    bits.put(clear, width);
    let Some((first, rest)) = indices.split_first() else {
        bits.put(end, width);
        return bits.finish();
    };
    chosen(0, *first);
    let mut prefix = u32::from(*first);
    for (index, at) in rest.iter().zip(1..) {
        match dictionary.find(prefix << 8 | u32::from(*index)) {
            Ok(code) => {
                prefix = code;
                chosen(at, *index);
            }
            Err(slot) => {
                if let Some((code, other)) = dictionary.similar(prefix, |other| near(at, other)) {
                    prefix = code;
                    chosen(at, other);
                    continue;
                }
                bits.put(prefix, width);
                if next < MAX_CODES {
                    dictionary.add(slot, prefix, *index, next);
                    if next == 1 << width {
                        width += 1;
                    }
                    next += 1;
                } else {
                    bits.put(clear, width);
                    dictionary.clear();
                    width = u32::from(code_size) + 1;
                    next = end + 1;
                }
                prefix = u32::from(*index);
                chosen(at, *index);
            }
        }
    }
    bits.put(prefix, width);
    // The decoder adds a code for this one as well, and may widen its codes.
    if next < MAX_CODES && next == 1 << width {
        width += 1;
    }
    bits.put(end, width);
    bits.finish()
}

/// Maps a prefix code and the index after it to the code for both.
struct Dictionary {
    /// 20 bits of key, 12 of code.
    slots: Vec<u32>,
    /// For each code: its last extension, the previous extension of the same prefix, and its own last index.
    extensions: Vec<(u16, u16, u8)>,
}

impl Dictionary {
    fn new() -> Dictionary {
        Dictionary {
            slots: vec![EMPTY; SLOTS],
            extensions: vec![(0, 0, 0); MAX_CODES as usize],
        }
    }

    fn clear(&mut self) {
        self.slots.fill(EMPTY);
        self.extensions.fill((0, 0, 0));
    }

    fn add(&mut self, slot: usize, prefix: u32, index: u8, code: u32) {
        self.slots[slot] = (prefix << 8 | u32::from(index)) << 12 | code;
        let before = std::mem::replace(&mut self.extensions[prefix as usize].0, code as u16);
        self.extensions[code as usize] = (0, before, index);
    }

    /// The extension of `prefix` whose index is the least bad, if any is acceptable.
    fn similar(&self, prefix: u32, badness: impl Fn(u8) -> f32) -> Option<(u32, u8)> {
        let mut best = (f32::INFINITY, 0, 0);
        let mut code = self.extensions[prefix as usize].0;
        while code != 0 {
            let (_, before, index) = self.extensions[usize::from(code)];
            let bad = badness(index);
            if bad < best.0 {
                best = (bad, code, index);
            }
            code = before;
        }
        (best.0 < f32::INFINITY).then_some((best.1.into(), best.2))
    }

    /// The code, or the free slot where it belongs.
    fn find(&self, key: u32) -> Result<u32, usize> {
        let mut slot = (key.wrapping_mul(0x9E37_79B1) >> 18) as usize;
        loop {
            match self.slots[slot] {
                EMPTY => return Err(slot),
                entry if entry >> 12 == key => return Ok(entry % MAX_CODES),
                _ => slot = (slot + 1) % SLOTS,
            }
        }
    }
}

struct Bits {
    bytes: Vec<u8>,
    /// The position of the current sub-block's length byte.
    length_at: usize,
    buffer: u64,
    used: u32,
}

impl Bits {
    fn new(code_size: u8, capacity: usize) -> Bits {
        let mut bytes = Vec::with_capacity(capacity);
        bytes.extend_from_slice(&[code_size, 0]);
        Bits {
            bytes,
            length_at: 1,
            buffer: 0,
            used: 0,
        }
    }

    fn put(&mut self, code: u32, width: u32) {
        self.buffer |= u64::from(code) << self.used;
        self.used += width;
        while self.used >= 8 {
            self.byte();
        }
    }

    fn byte(&mut self) {
        if self.bytes.len() - self.length_at == 256 {
            self.bytes[self.length_at] = 255;
            self.length_at = self.bytes.len();
            self.bytes.push(0);
        }
        self.bytes.push(self.buffer as u8);
        self.buffer >>= 8;
        self.used = self.used.saturating_sub(8);
    }

    fn finish(mut self) -> Vec<u8> {
        if self.used > 0 {
            self.byte();
        }
        let length = self.bytes.len() - self.length_at - 1;
        self.bytes[self.length_at] = length as u8;
        self.bytes.push(0);
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use weezl::{BitOrder, decode::Decoder};

    fn unpacked(block: &[u8]) -> Vec<u8> {
        let (size, mut rest) = (block[0], &block[1..]);
        let mut data = Vec::new();
        while rest[0] > 0 {
            let (part, tail) = rest[1..].split_at(usize::from(rest[0]));
            data.extend_from_slice(part);
            rest = tail;
        }
        assert_eq!(rest, [0]);
        Decoder::new(BitOrder::Lsb, size).decode(&data).unwrap()
    }

    #[test]
    fn another_decoder_gets_the_indices_back() {
        let noise = |i: u32| (i.wrapping_mul(0x9E37_79B1) >> 13) as u8;
        for size in 2..=8u8 {
            let mask = ((1u32 << size) - 1) as u8;
            for length in [1, 2, 5, 254, 255, 256, 4000, 70_000] {
                for indices in [
                    (0..length).map(|i| noise(i) & mask).collect::<Vec<u8>>(),
                    (0..length).map(|i| (i / 100) as u8 & mask).collect(),
                    vec![mask; length as usize],
                ] {
                    let block = pack(&indices, size, |_, _| f32::INFINITY, |_, _| {});
                    assert_eq!(unpacked(&block), indices, "{size} {length}");
                }
            }
        }
    }

    #[test]
    fn other_indices_are_taken_only_where_they_are_near() {
        let indices: Vec<u8> = (0..20_000u32)
            .map(|i| (i.wrapping_mul(0x9E37_79B1) >> 26) as u8)
            .collect();
        let near = |at: usize, other: u8| {
            let apart = indices[at].abs_diff(other);
            if apart <= 2 {
                f32::from(apart)
            } else {
                f32::INFINITY
            }
        };
        let mut chosen = Vec::new();
        let block = pack(&indices, 6, near, |_, index| chosen.push(index));
        assert_eq!(unpacked(&block), chosen);
        assert!(
            indices
                .iter()
                .zip(&chosen)
                .all(|(a, b)| a.abs_diff(*b) <= 2)
        );
        let exact = pack(&indices, 6, |_, _| f32::INFINITY, |_, _| {});
        assert!(
            block.len() < exact.len() * 9 / 10,
            "{} {}",
            block.len(),
            exact.len()
        );
    }
}
