//! Bits, the first ones lowest (RFC 1951, 3.1.1).

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

/// Two codes of this length, and the pending bits, fit into 8 bytes.
pub(super) const LONGEST: usize = 28;

/// Codes that are combined before they are appended.
const SOME: usize = 1024;

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

    /// Appends the code of each token.
    pub(super) fn put_all(&mut self, tokens: &[u16], codes: &[Code; 512]) {
        let mut space = [0; SOME * LONGEST / 8 + 16];
        let (mut held, mut count) = (self.held, self.count);
        for tokens in tokens.chunks(SOME) {
            let mut at = 0;
            let (pairs, last) = tokens.as_chunks::<2>();
            let code = |token: u16| codes[usize::from(token) % 512];
            let mut put = |bits: u64, more: u32| {
                held |= bits << count;
                count += more;
                if let Some(to) = space[at..].first_chunk_mut() {
                    *to = held.to_le_bytes();
                }
                at += count as usize / 8;
                held >>= count & !7;
                count %= 8;
            };
            for &[one, next] in pairs {
                let ((one, length), (next, more)) = (code(one), code(next));
                put(u64::from(one) | u64::from(next) << length, length + more);
            }
            for &token in last {
                let (bits, more) = code(token);
                put(bits.into(), more);
            }
            self.bytes.extend_from_slice(&space[..at]);
        }
        (self.held, self.count) = (held, count);
    }

    /// Fills the last byte with zeros.
    pub(super) fn align(&mut self) {
        if self.count > 0 {
            self.put(0, (8 - self.count) as u8);
        }
    }
}
