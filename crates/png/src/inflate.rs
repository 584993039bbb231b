//! Inflates the zlib stream of the chunks of pixels (RFC 1950 and 1951) into a window.

mod codes;
mod symbols;

use fearless_simd::{Level, dispatch};
use simd_adler32::Adler32;

use crate::bits::Bits;
use crate::damage::Damage;
use crate::error::Flaw;
use crate::huffman::{DISTANCE_SYMBOLS, LENGTH_SYMBOLS, META_SYMBOLS};

use codes::Codes;

pub(crate) use codes::REACH;

/// Blocks inflated at once: almost empty ones take long all the same.
const BLOCKS: u32 = 1000;

/// How far writing may go beyond the requested end.
pub(crate) const SLACK: usize = symbols::WINDOW;

/// A zlib stream being inflated.
pub(crate) struct Inflate<'a> {
    bits: Bits<'a>,
    state: State,
    is_last_block: bool,
    codes: Codes,
    has_fixed_codes: bool,
    adler: Adler32,
    level: Level,
}

/// What follows the last pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tail {
    /// The checksum, which is right, and nothing else.
    Sound,
    /// More than that, or something else.
    Spare,
    /// Not even a checksum.
    Missing,
    /// So many blocks without data that it is not known yet.
    Later,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Block,
    /// Remaining bytes of a stored block.
    Stored(usize),
    Coded,
    Checksum,
    Done,
}

impl<'a> Inflate<'a> {
    /// Starts with the chunk of pixels at an offset.
    pub(crate) fn new(photo: &'a [u8], first: usize, damage: Damage) -> Inflate<'a> {
        Inflate {
            bits: Bits::new(photo, first, damage),
            state: State::Start,
            is_last_block: false,
            codes: Codes::new(),
            has_fixed_codes: false,
            adler: Adler32::new(),
            level: Level::new(),
        }
    }

    /// The reading position in the photo.
    pub(crate) fn offset(&self) -> usize {
        self.bits.offset()
    }

    /// Whether the stream has ended.
    pub(crate) fn is_over(&self) -> bool {
        self.state == State::Done
    }

    /// Inflates after `out[..at]`, which holds as much as copies can refer to, until `end` is reached,
    /// the stream ends or many blocks have begun, and returns how far it came. That may be beyond `end`, by
    /// less than [`SLACK`].
    pub(crate) fn fill(
        &mut self,
        out: &mut [u8],
        mut at: usize,
        end: usize,
    ) -> Result<usize, Flaw> {
        let start = at;
        let mut blocks = 0;
        while at < end && self.state != State::Done && blocks < BLOCKS {
            match self.state {
                State::Start => self.start()?,
                State::Block => {
                    self.block()?;
                    blocks += 1;
                }
                State::Stored(0) => self.end_block(),
                State::Stored(left) => {
                    let wanted = left.min(end - at);
                    let count = self.bits.copy(&mut out[at..at + wanted])?;
                    at += count;
                    self.state = State::Stored(left - count);
                }
                State::Coded => {
                    let (bits, codes) = (&mut self.bits, &self.codes);
                    let is_end;
                    (at, is_end) =
                        dispatch!(self.level, _simd => symbols::fill(bits, codes, out, at, end))?;
                    if is_end {
                        self.end_block();
                    }
                }
                State::Checksum => {
                    self.adler.write(&out[start..at]);
                    self.bits.align();
                    if self.bits.take(32)?.swap_bytes() != self.adler.finish() {
                        return Err(Flaw("the checksum of the pixels is wrong"));
                    }
                    self.state = State::Done;
                    return Ok(at);
                }
                State::Done => {}
            }
        }
        self.adler.write(&out[start..at]);
        Ok(at)
    }

    /// Whether a chunk's CRC was wrong up to here, and that was accepted.
    pub(crate) fn is_broken(&self) -> bool {
        self.bits.is_broken
    }

    /// Checks what follows the last byte wanted, after [`Inflate::fill`] made `out[..at]`.
    ///
    /// More data, valid or not, and a missing checksum are tolerated, as in other decoders.
    pub(crate) fn finish(&mut self, out: &mut [u8], at: usize) -> Result<Tail, Flaw> {
        let tail = match self.fill(out, at, at + 1) {
            Ok(reached) if reached == at && self.is_over() => Tail::Sound,
            Ok(reached) if reached == at => return Ok(Tail::Later),
            Ok(_) | Err(Flaw::NO_CODE | Flaw::TOO_FAR) => Tail::Spare,
            Err(Flaw::CUT) => Tail::Missing,
            Err(flaw) => return Err(flaw),
        };
        let has_more = self.rest()?;
        Ok(if has_more && tail == Tail::Sound {
            Tail::Spare
        } else {
            tail
        })
    }

    /// Checks the CRC of all remaining chunks, and returns whether there is anything else than pixels up to their end.
    pub(crate) fn rest(&mut self) -> Result<bool, Flaw> {
        Ok(self.bits.drain()? | self.bits.has_spare)
    }

    fn start(&mut self) -> Result<(), Flaw> {
        let method = self.bits.take(8)?;
        let flags = self.bits.take(8)?;
        if method & 0x8F != 8 || flags & 0x20 != 0 || (method << 8 | flags) % 31 != 0 {
            return Err(Flaw("the pixels do not begin with a zlib header"));
        }
        self.state = State::Block;
        Ok(())
    }

    fn end_block(&mut self) {
        self.state = if self.is_last_block {
            State::Checksum
        } else {
            State::Block
        };
    }

    fn block(&mut self) -> Result<(), Flaw> {
        self.is_last_block = self.bits.take(1)? == 1;
        match self.bits.take(2)? {
            0 => {
                self.bits.align();
                let length = self.bits.take(16)?;
                if self.bits.take(16)? != length ^ 0xFFFF {
                    return Err(Flaw("the length of a stored block is wrong"));
                }
                self.state = State::Stored(length as usize);
            }
            1 => {
                self.fixed_codes()?;
                self.state = State::Coded;
            }
            2 => {
                self.has_fixed_codes = false;
                self.dynamic_codes()?;
                self.state = State::Coded;
            }
            _ => return Err(Flaw("a block is of an unknown type")),
        }
        Ok(())
    }

    fn fixed_codes(&mut self) -> Result<(), Flaw> {
        if self.has_fixed_codes {
            return Ok(());
        }
        let mut lengths = [8; 288];
        lengths[144..256].fill(9);
        lengths[256..280].fill(7);
        self.fill_tables(&lengths, &[5; 32])?;
        self.has_fixed_codes = true;
        Ok(())
    }

    fn dynamic_codes(&mut self) -> Result<(), Flaw> {
        const ORDER: [usize; 19] = [
            16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
        ];
        let bits = &mut self.bits;
        let literals = bits.take(5)? as usize + 257;
        let distances = bits.take(5)? as usize + 1;
        if literals > 286 || distances > 30 {
            return Err(Flaw("a block has too many codes"));
        }
        let written = bits.take(4)? as usize + 4;
        let mut meta = [0; 19];
        for &symbol in &ORDER[..written] {
            meta[symbol] = bits.take(3)? as u8;
        }
        let bad = Flaw("the code of a block is not a complete one");
        self.codes.meta.fill(&meta, &META_SYMBOLS, 0).ok_or(bad)?;
        let mut lengths = [0; 286 + 30];
        let lengths = &mut lengths[..literals + distances];
        let mut at = 0;
        while at < lengths.len() {
            bits.refill()?;
            let entry = self.codes.meta.first(bits.buffer);
            bits.take(entry & 63)?;
            let (value, count) = match (entry >> 16) as u8 {
                16 => {
                    let last = *lengths[..at]
                        .last()
                        .ok_or(Flaw("a block's first length repeats the one before"))?;
                    (last, 3 + bits.take(2)?)
                }
                17 => (0, 3 + bits.take(3)?),
                18 => (0, 11 + bits.take(7)?),
                length => (length, 1),
            };
            lengths
                .get_mut(at..at + count as usize)
                .ok_or(Flaw("a block has more lengths than codes"))?
                .fill(value);
            at += count as usize;
        }
        let (literals, distances) = lengths.split_at(literals);
        if literals[256] == 0 {
            return Err(Flaw("a block has no code for its end"));
        }
        self.fill_tables(literals, distances)
    }

    fn fill_tables(&mut self, literals: &[u8], distances: &[u8]) -> Result<(), Flaw> {
        let bad = Flaw("the code of a block is not a complete one");
        let Codes {
            lengths: length_table,
            distances: distance_table,
            ..
        } = &mut self.codes;
        length_table
            .fill(literals, &LENGTH_SYMBOLS, 256)
            .ok_or(bad)?;
        let made = distance_table.fill_or_few(distances, &DISTANCE_SYMBOLS);
        made.ok_or(bad)
    }
}
