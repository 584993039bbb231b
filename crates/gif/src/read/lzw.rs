//! LZW for GIF (GIF89a, appendix F): codes to palette indices. Clear codes cost nothing, however many follow each other.

use std::ops::{ControlFlow, Range};

use super::blocks::ImageBlock;
use crate::error::Error;

/// Codes have 12 bits at most.
const CODES: usize = 1 << 12;
/// How often the caller is asked: in codes, which need not produce any pixels.
const STEPS: u32 = 1 << 15;

/// Unpacks the data of one image block.
pub(super) struct Lzw<'a> {
    state: State<'a>,
    many: Many,
    table: Box<Table>,
    /// The part of the last code that did not fit, in the table's `string`.
    left: Range<usize>,
    ended: bool,
    damage: Damage,
    steps: u32,
}

/// What to do about invalid codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// They are an error.
    Refuse,
    /// The frame ends there.
    Accept,
}

/// Whether the caller wants more.
pub(super) fn check(go_on: &mut impl FnMut() -> ControlFlow<()>) -> Result<(), Error> {
    match go_on() {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(Error::Stopped),
    }
}

/// The state of reading. While codes are read, a copy of it can stay in registers.
#[derive(Clone, Copy)]
struct State<'a> {
    /// The sub-blocks not started yet.
    rest: &'a [u8],
    /// The rest of the current one.
    block: &'a [u8],
    /// The next bit is the lowest one.
    bits: u64,
    count: u32,
    clear: usize,
    /// The bits of a code.
    width: u32,
    /// The code to be defined next.
    next: usize,
    last: Option<usize>,
}

/// The possible pairs of codes right after a clear code, as many codes as are read at once.
struct Many {
    pairs: u32,
    /// All their bits, and their values if each code is a clear code.
    all: u64,
    clears: u64,
    /// The bits that all pairs of an index and a clear code share, and their values.
    fixed: u64,
    indices: u64,
}

impl Many {
    fn new(clear: usize) -> Many {
        let (clear, width) = (clear as u64, clear.ilog2() + 1);
        let pairs = 56 / (2 * width);
        let each = |pair: u64| (0..pairs).fold(0, |all, i| all | pair << (2 * width * i));
        Many {
            pairs,
            all: each((1 << (2 * width)) - 1),
            clears: each(clear << width | clear),
            fixed: each((2 * clear - 1) << width | clear),
            indices: each(clear << width),
        }
    }
}

/// The meaning of codes: another code's indices and one more. Codes that are no longer defined keep their values.
struct Table {
    prefixes: [u16; CODES],
    /// The last index of each code, and the first.
    ends: [(u8, u8); CODES],
    lengths: [u16; CODES],
    string: [u8; CODES],
}

impl<'a> Lzw<'a> {
    pub(super) fn new(block: &ImageBlock<'a>, damage: Damage) -> Lzw<'a> {
        let clear = 1 << block.code_size;
        let mut table = Box::new(Table {
            prefixes: [0; CODES],
            ends: [(0, 0); CODES],
            lengths: [1; CODES],
            string: [0; CODES],
        });
        for (index, ends) in table.ends[..clear].iter_mut().enumerate() {
            // There are at most 256 colors: of a larger index the low bits count, as in other decoders.
            *ends = (index as u8, index as u8);
        }
        Lzw {
            state: State {
                rest: block.sub_blocks,
                block: &[],
                bits: 0,
                count: 0,
                clear,
                width: u32::from(block.code_size) + 1,
                next: clear + 2,
                last: None,
            },
            many: Many::new(clear),
            table,
            left: 0..0,
            ended: false,
            damage,
            steps: 0,
        }
    }

    /// Fills `out` as far as the data goes and returns how far that is.
    pub(super) fn read(
        &mut self,
        out: &mut [u8],
        go_on: &mut impl FnMut() -> ControlFlow<()>,
    ) -> Result<usize, Error> {
        let mut found = self.left.len().min(out.len());
        let from = self.left.start;
        out[..found].copy_from_slice(&self.table.string[from..from + found]);
        self.left.start += found;
        let mut state = self.state;
        while found < out.len() && !self.ended {
            self.steps += 1;
            if self.steps >= STEPS {
                self.steps = 0;
                check(go_on)?;
            }
            let Some(code) = state.code() else {
                self.ended = true;
                break;
            };
            if code == state.clear {
                state.clear();
                let (after, steps, more) = state.uncompressed(&self.many, &mut out[found..]);
                state = after;
                self.steps += steps;
                found += more;
            } else if code == state.clear + 1 {
                self.ended = true;
            } else if !state.define(code, &mut self.table) {
                if self.damage == Damage::Refuse {
                    return Err(Error::UndefinedCode);
                }
                // The data after it is invalid.
                self.ended = true;
            } else if code < state.clear {
                out[found] = code as u8;
                found += 1;
            } else {
                found += self.put(code, &mut out[found..]);
            }
        }
        self.state = state;
        Ok(found)
    }

    /// Writes a code's indices as far as there is room, and keeps the rest.
    #[inline(always)]
    fn put(&mut self, code: usize, out: &mut [u8]) -> usize {
        let table = &mut *self.table;
        let length = usize::from(table.lengths[code]);
        let fits = length <= out.len();
        let into = if fits {
            &mut out[..length]
        } else {
            &mut table.string[..length]
        };
        let mut code = code;
        for index in into.iter_mut().rev() {
            *index = table.ends[code].0;
            code = usize::from(table.prefixes[code]);
        }
        if fits {
            return length;
        }
        let room = out.len();
        out.copy_from_slice(&table.string[..room]);
        self.left = room..length;
        room
    }
}

impl State<'_> {
    /// Afterward only the indices themselves are defined.
    #[inline(always)]
    fn clear(&mut self) {
        self.width = self.clear.ilog2() + 1;
        self.next = self.clear + 2;
        self.last = None;
    }

    /// After a clear code: indices with a clear code after each, as in uncompressed data, and more clear codes, many at
    /// once. Returns what comes next, and how many steps and indices that were.
    fn uncompressed(mut self, many: &Many, out: &mut [u8]) -> (Self, u32, usize) {
        let width = 2 * self.width;
        let (mut steps, mut found) = (0, 0);
        while steps < STEPS && self.refill(many.pairs * width).is_some() {
            if self.bits & many.fixed == many.indices {
                let Some(out) = out[found..].get_mut(..many.pairs as usize) else {
                    break;
                };
                for index in out {
                    *index = (self.bits as usize & (self.clear - 1)) as u8;
                    self.bits >>= width;
                }
                found += many.pairs as usize;
            } else if self.bits & many.all == many.clears {
                self.bits >>= many.pairs * width;
            } else {
                break;
            }
            self.count -= many.pairs * width;
            steps += 1;
        }
        (self, steps, found)
    }

    /// The next code, or `None` if the data ends before it does.
    #[inline(always)]
    fn code(&mut self) -> Option<usize> {
        self.refill(self.width)?;
        let code = self.bits as usize & ((1 << self.width) - 1);
        self.bits >>= self.width;
        self.count -= self.width;
        Some(code)
    }

    /// Reads on until there are this many bits, at most 56, or reports that the data ends before.
    #[inline(always)]
    fn refill(&mut self, wanted: u32) -> Option<()> {
        while self.count < wanted {
            if let Some(&eight) = self.block.first_chunk::<8>() {
                // As many bytes as fit. Those above them are read again later, and set the same bits.
                let taken = (63 - self.count) / 8;
                self.bits |= u64::from_le_bytes(eight) << self.count;
                self.count += 8 * taken;
                self.block = &self.block[taken as usize..];
            } else if let Some((&byte, block)) = self.block.split_first() {
                self.bits |= u64::from(byte) << self.count;
                self.count += 8;
                self.block = block;
            } else {
                let (&length, rest) = self.rest.split_first().filter(|(length, _)| **length > 0)?;
                (self.block, self.rest) = rest.split_at(usize::from(length).min(rest.len()));
            }
        }
        Some(())
    }

    /// Defines the code that follows from this one and the last; `false` if this one is still undefined then.
    #[inline(always)]
    fn define(&mut self, code: usize, table: &mut Table) -> bool {
        let Some(last) = self.last.replace(code) else {
            return code < self.clear;
        };
        if self.next == CODES {
            return true;
        }
        if code > self.next {
            return false;
        }
        // A code may be the one that it defines itself: then it ends as it begins.
        let begun = if code == self.next { last } else { code };
        table.prefixes[self.next] = last as u16;
        table.ends[self.next] = (table.ends[begun].1, table.ends[last].1);
        table.lengths[self.next] = table.lengths[last] + 1;
        self.next += 1;
        if self.next >= 1 << self.width && self.width < 12 {
            self.width += 1;
        }
        true
    }
}

#[cfg(test)]
mod tests;
