//! Reads entropy-coded bytes as bits, 56 or more at a time.
//!
//! In entropy-coded data a byte FF is followed by a stuffed 00, and anything else after FF is a
//! marker (T.81, B.1.1.5). FF is rare, so the reader knows how far the bytes are free of it and
//! loads eight at once up to there.

use crate::error::Flaw;

/// The padding of the last byte of entropy-coded data: should be ones (T.81, F.1.2.3), but some writers use zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Left(u8);

impl Left {
    pub(crate) const NOTHING: Left = Left(0);
    pub(crate) const ZEROS: Left = Left(1);
    pub(crate) const ONES: Left = Left(2);
    /// Something else, which could mean anything.
    pub(crate) const SPARE: Left = Left(4);

    pub(crate) fn add(&mut self, other: Left) {
        self.0 |= other.0;
    }

    /// Whether it holds more than the single choice that a writer makes for a whole file.
    pub(crate) fn is_spare(self) -> bool {
        self.0 > Left::ONES.0
    }
}

/// A position in entropy-coded data.
#[derive(Clone, Copy)]
pub(crate) struct Bits<'a> {
    data: &'a [u8],
    /// The bytes up to the next FF, which need no check.
    clear: &'a [u8],
    /// Where `clear` ends in `data`.
    clear_end: usize,
    /// The next bit is the highest one. Below `count` bits there may be bits of the next byte.
    buffer: u64,
    /// At most 63.
    count: u32,
    /// Zero bits made up after the end of the data.
    made_up: u32,
}

impl<'a> Bits<'a> {
    pub(crate) fn new(data: &'a [u8], pos: usize) -> Self {
        let mut bits = Bits {
            data,
            clear: &[],
            clear_end: 0,
            buffer: 0,
            count: 0,
            made_up: 0,
        };
        bits.go_to(pos);
        bits
    }

    /// Whether it is a position in these bytes.
    pub(crate) fn is_of(&self, data: &[u8]) -> bool {
        std::ptr::eq(self.data, data)
    }

    /// How far the bytes were loaded; never beyond a marker.
    pub(crate) fn pos(&self) -> usize {
        self.clear_end - self.clear.len()
    }

    fn go_to(&mut self, pos: usize) {
        self.clear_end = find_ff(self.data, pos);
        self.clear = &self.data[pos..self.clear_end];
    }

    /// Afterward there are at least 56 bits.
    #[inline(always)]
    pub(crate) fn refill(&mut self) {
        if let Some(&bytes) = self.clear.first_chunk::<8>() {
            // Bits that do not fit are loaded again next time, over the same bits.
            let count = self.count & 63;
            self.buffer |= u64::from_be_bytes(bytes) >> count;
            self.clear = &self.clear[((63 - count) >> 3) as usize..];
            self.count = count | 56;
        } else {
            *self = self.refill_slowly();
        }
    }

    /// Near an FF or the end: takes the bytes before it, then checks what it is.
    #[cold]
    #[inline(never)]
    fn refill_slowly(mut self) -> Self {
        loop {
            let wanted = ((63 - self.count) >> 3) as usize;
            let bytes = wanted.min(self.clear.len());
            let ahead = self.data[self.pos()..].first_chunk().copied();
            let word = u64::from_be_bytes(ahead.unwrap_or_else(|| {
                let mut word = [0; 8];
                word[..bytes].copy_from_slice(&self.clear[..bytes]);
                word
            }));
            self.buffer |= (word & !(u64::MAX >> (8 * bytes))) >> self.count;
            self.count += 8 * bytes as u32;
            self.clear = &self.clear[bytes..];
            if bytes == wanted {
                return self;
            }
            // Once a marker was found there is nothing more to read.
            match self.made_up {
                0 => self.pass_ff(),
                _ => self.made_up = self.made_up.saturating_add(8),
            }
            self.count += 8;
        }
    }

    /// Takes a stuffed FF, or finds a marker or the end: then the position stays before it,
    /// and zeros follow.
    fn pass_ff(&mut self) {
        let mut next = self.clear_end + 1;
        while self.data.get(next) == Some(&0xFF) {
            next += 1;
        }
        if self.data.get(next) == Some(&0) {
            self.buffer |= 0xFF << (56 - self.count);
            self.go_to(next + 1);
        } else {
            self.made_up = 8;
        }
    }

    /// The next `N` bits, without taking them. Call `refill` first.
    #[inline(always)]
    pub(crate) fn peek<const N: u32>(&self) -> usize {
        (self.buffer >> (64 - N)) as usize
    }

    /// The available bits, the next one highest.
    #[inline(always)]
    pub(crate) fn buffer(&self) -> u64 {
        self.buffer
    }

    #[inline(always)]
    pub(crate) fn consume(&mut self, count: u32) {
        self.buffer <<= count & 63;
        self.count = self.count.wrapping_sub(count);
    }

    /// Takes `count` bits, 0 to 16. Call `refill` first.
    #[inline(always)]
    pub(crate) fn take(&mut self, count: u32) -> u32 {
        let value = (self.buffer >> 1 >> (63 - (count & 31))) as u32;
        self.consume(count);
        value
    }

    /// Takes one bit, and refills by itself.
    #[inline(always)]
    pub(crate) fn take_one(&mut self) -> u32 {
        if self.count == 0 {
            self.refill();
        }
        self.take(1)
    }

    /// Takes a number of `size` bits, 1 to 16, in JPEG's signed notation (T.81, F.2.2.1).
    #[inline(always)]
    pub(crate) fn take_signed(&mut self, size: u32) -> i32 {
        let value = self.take(size) as i32;
        if value >> (size - 1) == 0 {
            value - (1 << size) + 1
        } else {
            value
        }
    }

    /// Refuses data that ended before the bits taken from it.
    #[inline(always)]
    pub(crate) fn check(&self) -> Result<(), Flaw> {
        if self.made_up > self.count {
            return Err(Flaw("the pixel data ends early"));
        }
        Ok(())
    }

    /// The rest after the last bit taken, up to the next marker, which must follow at once.
    pub(crate) fn left(&self) -> Left {
        let count = self.count.saturating_sub(self.made_up);
        let is_marker = match self.data[self.pos()..] {
            [] => true,
            [0xFF, 0 | 0xFF, ..] => false,
            [0xFF, _, ..] => true,
            _ => false,
        };
        if count >= 8 || !is_marker {
            return Left::SPARE;
        }
        match (self.buffer >> 1 >> (63 - count), count) {
            (_, 0) => Left::NOTHING,
            (0, _) => Left::ZEROS,
            (bits, _) if bits == (1 << count) - 1 => Left::ONES,
            _ => Left::SPARE,
        }
    }

    /// The same at the end of a scan, where no restart marker may follow.
    pub(crate) fn left_at_end(&self) -> Left {
        match self.data[self.pos()..] {
            [0xFF, 0x01 | 0xD0..=0xD7, ..] => Left::SPARE,
            _ => self.left(),
        }
    }

    /// Continues after the restart marker with this number (0 to 7).
    ///
    /// Bytes left over before the marker are skipped, as in libjpeg.
    pub(crate) fn restart(&mut self, number: u8) -> Result<Left, Flaw> {
        self.check()?;
        let left = self.left();
        let marker = next_marker(self.data, self.pos());
        match marker {
            Some((code, after)) if code == 0xD0 | number => {
                *self = Bits::new(self.data, after);
                Ok(left)
            }
            Some((0xD0..=0xD7, _)) => Err(Flaw("a restart marker is out of order")),
            _ => Err(Flaw("a restart marker is missing")),
        }
    }
}

/// The offset of the first FF at or after `from`, or the length.
pub(crate) fn find_ff(data: &[u8], from: usize) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let mut at = from.min(data.len());
    while let Some(&bytes) = data[at..].first_chunk::<8>() {
        // The classic test for a zero byte, on the complement.
        let flipped = !u64::from_le_bytes(bytes);
        let found = flipped.wrapping_sub(ONES) & !flipped & (ONES << 7);
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    data[at..]
        .iter()
        .position(|&byte| byte == 0xFF)
        .map_or(data.len(), |offset| at + offset)
}

/// The code of the next marker at or after `from`, and the offset after it.
///
/// Stuffed bytes, fill bytes and meaningless bytes are skipped.
#[inline]
pub(crate) fn next_marker(data: &[u8], from: usize) -> Option<(u8, usize)> {
    // In an intact file it comes at once.
    if let Some([0xFF, code @ 1..=0xFE, ..]) = data.get(from..) {
        return Some((*code, from + 2));
    }
    let mut at = from;
    loop {
        at = find_ff(data, at) + 1;
        while data.get(at) == Some(&0xFF) {
            at += 1;
        }
        match data.get(at) {
            None => return None,
            Some(0) => at += 1,
            Some(&code) => return Some((code, at + 1)),
        }
    }
}

/// Where data ends that a decoder does not need: comments and application data, except JFIF and Adobe. There may be millions.
pub(crate) fn behind_remarks(data: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(&[0xFF, 0xE1..=0xED | 0xEF | 0xFE, high, low]) =
        data.get(at..).and_then(|rest| rest.first_chunk())
    {
        let behind = at + 2 + usize::from(u16::from_be_bytes([high, low])).max(2);
        if behind > data.len() {
            break;
        }
        at = behind;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_come_in_order_across_stuffed_and_fill_bytes() {
        let data = [0xA5, 0xFF, 0x00, 0x3C, 0xFF, 0xFF, 0x00, 0x81, 0xFF, 0xD9];
        let mut bits = Bits::new(&data, 0);
        let mut seen = Vec::new();
        for _ in 0..5 {
            bits.refill();
            seen.push(bits.take(8) as u8);
        }
        assert_eq!(seen, [0xA5, 0xFF, 0x3C, 0xFF, 0x81]);
        assert_eq!(bits.check(), Ok(()));
        assert_eq!(bits.pos(), 8);
        bits.refill();
        bits.take(1);
        assert!(bits.check().is_err());
    }

    #[test]
    fn long_data_reads_the_same_in_every_step_size() {
        let data: Vec<u8> = (0..2000u32).map(|i| (i * i % 251) as u8).collect();
        for step in 1..=16u32 {
            let mut bits = Bits::new(&data, 0);
            let mut expected = data
                .iter()
                .flat_map(|byte| (0..8).rev().map(move |shift| byte >> shift & 1));
            for _ in 0..(data.len() as u32 * 8 / step) {
                bits.refill();
                let want =
                    (0..step).fold(0, |sum, _| sum << 1 | u32::from(expected.next().unwrap()));
                assert_eq!(bits.take(step), want);
            }
            assert_eq!(bits.check(), Ok(()));
        }
    }

    #[test]
    fn ff_is_found_at_every_offset() {
        for length in 0..40 {
            for at in 0..length {
                let mut data = vec![0xFE; length];
                data[at] = 0xFF;
                assert_eq!(find_ff(&data, 0), at);
                assert_eq!(find_ff(&data, at + 1), length);
            }
        }
    }

    #[test]
    fn restart_wants_its_own_number() {
        let data = [0x12, 0x34, 0xFF, 0xD3, 0x77];
        let mut bits = Bits::new(&data, 0);
        bits.refill();
        assert!(bits.clone().restart(2).is_err());
        bits.restart(3).unwrap();
        bits.refill();
        assert_eq!(bits.take(8), 0x77);
    }
}
