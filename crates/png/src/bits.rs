//! The compressed data of all IDAT chunks, or all fdAT chunks of a frame, as one stream of bits.

use crate::chunks::Chunk;
use crate::damage::Damage;
use crate::error::Flaw;

/// Reads bits, the lowest of each byte first (RFC 1951, 3.1.1).
#[derive(Debug)]
pub(crate) struct Bits<'a> {
    photo: &'a [u8],
    /// Whether the chunks are of the kind fdAT, whose data begins with a sequence number (PNG, third edition, 11.3.6.3).
    is_later_frame: bool,
    /// Offset of the chunk after the current one.
    next: usize,
    /// The data of the current chunk, and how much of it has been read into the buffer or beyond.
    pub(crate) input: &'a [u8],
    pub(crate) pos: usize,
    /// Bits read but not used, the first one lowest, and their number: 63 at most.
    pub(crate) buffer: u64,
    pub(crate) count: u32,
    damage: Damage,
    /// Whether the CRC of a chunk was wrong, and that was accepted.
    pub(crate) is_broken: bool,
    /// Whether padding bits of a byte were not zero.
    pub(crate) has_spare: bool,
}

impl<'a> Bits<'a> {
    /// Starts before the chunk at an offset: the first IDAT, or the first fdAT of a frame.
    pub(crate) fn new(photo: &'a [u8], first: usize, damage: Damage) -> Bits<'a> {
        Bits {
            photo,
            is_later_frame: Chunk::at(photo, first).is_some_and(|chunk| chunk.kind == *b"fdAT"),
            next: first,
            input: &[],
            pos: 0,
            buffer: 0,
            count: 0,
            damage,
            is_broken: false,
            has_spare: false,
        }
    }

    /// The reading position in the photo.
    pub(crate) fn offset(&self) -> usize {
        self.next.saturating_sub(self.input.len() - self.pos)
    }

    /// Opens the next chunk of these pixels, if its CRC is right. `false`: there is none. The file may end within an IDAT.
    pub(crate) fn next_chunk(&mut self) -> Result<bool, Flaw> {
        let Some(chunk) = Chunk::at(self.photo, self.next) else {
            let cut_off = Chunk::cut_off(self.photo, self.next);
            let Some(data) = cut_off.filter(|_| !self.is_later_frame) else {
                return Ok(false);
            };
            (self.input, self.pos, self.next) = (data, 0, self.photo.len());
            return Ok(true);
        };
        let (kind, before) = if self.is_later_frame {
            (*b"fdAT", 4)
        } else {
            (*b"IDAT", 0)
        };
        if chunk.kind != kind {
            return Ok(false);
        }
        if !chunk.is_sound() {
            match self.damage {
                Damage::Refuse => return Err(Flaw("the CRC of a chunk of pixels is wrong")),
                Damage::Accept => self.is_broken = true,
            }
        }
        let data = chunk.data.get(before..).unwrap_or_default();
        (self.input, self.pos, self.next) = (data, 0, chunk.end);
        Ok(true)
    }

    /// Fills the buffer to at least 56 bits, or with all that remain.
    pub(crate) fn refill(&mut self) -> Result<(), Flaw> {
        while self.count < 56 {
            let Some(&byte) = self.input.get(self.pos) else {
                if self.next_chunk()? {
                    continue;
                }
                break;
            };
            self.buffer |= u64::from(byte) << self.count;
            self.count += 8;
            self.pos += 1;
        }
        Ok(())
    }

    /// Takes bits out of the buffer, 32 at most.
    pub(crate) fn take(&mut self, count: u32) -> Result<u32, Flaw> {
        if self.count < count {
            self.refill()?;
            if self.count < count {
                return Err(Flaw::CUT);
            }
        }
        let bits = self.buffer & ((1 << count) - 1);
        self.buffer >>= count;
        self.count -= count;
        Ok(bits as u32)
    }

    /// Drops the rest of the current byte.
    pub(crate) fn align(&mut self) {
        self.has_spare |= self.buffer & ((1 << (self.count % 8)) - 1) != 0;
        self.buffer >>= self.count % 8;
        self.count -= self.count % 8;
    }

    /// Reads the rest, and returns whether there was anything.
    pub(crate) fn drain(&mut self) -> Result<bool, Flaw> {
        let mut has_any = self.count >= 8 || self.pos < self.input.len();
        while self.next_chunk()? {
            has_any |= !self.input.is_empty();
        }
        Ok(has_any)
    }

    /// Copies whole bytes, as many as there are in the buffer or the current chunk, and returns how many.
    pub(crate) fn copy(&mut self, into: &mut [u8]) -> Result<usize, Flaw> {
        if self.count > 0 {
            let Some(first) = into.first_mut() else {
                return Ok(0);
            };
            *first = self.take(8)? as u8;
            return Ok(1);
        }
        while self.pos == self.input.len() {
            if !self.next_chunk()? {
                return Err(Flaw::CUT);
            }
        }
        let count = into.len().min(self.input.len() - self.pos);
        into[..count].copy_from_slice(&self.input[self.pos..self.pos + count]);
        self.pos += count;
        Ok(count)
    }
}
