//! LZW as GIF wants it: variable code sizes, least significant bit first, in sub-blocks of at most 255 bytes.

const MAX_CODES: u32 = 4096;
/// Slots of the dictionary's hash table: a power of two, four times as many as codes.
const SLOTS: usize = 16384;
const EMPTY: u32 = u32::MAX;

/// Packs `indices`, all below 2^`code_size`, into an image block's data: the code size, sub-blocks, the terminator.
pub(crate) fn pack(indices: &[u8], code_size: u8) -> Vec<u8> {
    let mut bits = Bits::new(code_size, indices.len() / 4);
    let (clear, end) = (1 << code_size, (1 << code_size) + 1);
    let mut dictionary = Dictionary {
        slots: vec![(EMPTY, 0); SLOTS],
    };
    let mut width = u32::from(code_size) + 1;
    let mut next = end + 1;
    bits.put(clear, width);
    let mut indices = indices.iter().map(|index| u32::from(*index));
    let Some(mut prefix) = indices.next() else {
        bits.put(end, width);
        return bits.finish();
    };
    for index in indices {
        match dictionary.find(prefix << 8 | index) {
            Ok(code) => prefix = code,
            Err(slot) => {
                bits.put(prefix, width);
                if next < MAX_CODES {
                    dictionary.slots[slot] = (prefix << 8 | index, next);
                    if next == 1 << width {
                        width += 1;
                    }
                    next += 1;
                } else {
                    bits.put(clear, width);
                    dictionary.slots.fill((EMPTY, 0));
                    width = u32::from(code_size) + 1;
                    next = end + 1;
                }
                prefix = index;
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
    slots: Vec<(u32, u32)>,
}

impl Dictionary {
    /// The code, or the free slot where it belongs.
    fn find(&self, key: u32) -> Result<u32, usize> {
        let mut slot = (key.wrapping_mul(0x9E37_79B1) >> 18) as usize;
        loop {
            match self.slots[slot] {
                (found, code) if found == key => return Ok(code),
                (EMPTY, _) => return Err(slot),
                _ => slot = (slot + 1) % SLOTS,
            }
        }
    }
}

struct Bits {
    bytes: Vec<u8>,
    /// Where the length byte of the current sub-block is.
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
