//! Counts a lossless picture's groups of prefix codes (RFC 9649, section 3) before tables are made for them.
//!
//! A picture of a few pixels may have 65,536 groups. Each takes a few bytes in the file and a few kilobytes in a decoder. Only small
//! pictures come before them in the stream, with at most one pixel for every 16 of the whole. They are decoded here just far enough to
//! find the group numbers, which one of them holds.

use crate::clock::Clock;
use crate::error::Error;
use crate::format::Format;
use crate::geometry::Size;

/// The most bytes for the tables of one group: five codes of up to 2,328 symbols, and of 1,024 entries and their second levels.
pub(super) const GROUP: u64 = 24 << 10;

/// The symbols of a code: literals and lengths, plus the entries of a cache; red, blue, alpha; distances (3.7.2.1).
const SYMBOLS: [usize; 5] = [256 + 24, 256, 256, 256, 40];
/// The order in which the lengths of code lengths are stored (3.7.2.1.2).
const ORDER: [usize; 19] = [
    17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
];
/// The longest code, in bits.
const LONGEST: usize = 15;
/// How many symbols are read between two looks at the clock.
const SYMBOLS_TIMED: u32 = 1 << 16;

fn damaged(what: &'static str) -> Error {
    Error::damaged(Format::Webp, what)
}

/// How many groups there are in a stream that begins after the picture's size.
pub(super) fn groups(stream: &[u8], size: Size, clock: &Clock) -> Result<u32, Error> {
    let mut bits = Bits {
        rest: stream,
        held: 0,
        count: 0,
    };
    let (mut width, height) = (size.width(), size.height());
    let parts = |side: u32, shift: u32| side.div_ceil(1 << shift) as usize;
    let mut seen = [false; 4];
    while bits.read(1)? == 1 {
        let transform = bits.read(2)?;
        if std::mem::replace(&mut seen[transform as usize], true) {
            return Err(damaged("a transform comes twice"));
        }
        match transform {
            // The predictor and the color transform: a pixel for each block.
            0 | 1 => {
                let shift = bits.read(3)? + 2;
                picture(
                    &mut bits,
                    clock,
                    parts(width, shift),
                    parts(height, shift),
                    |_| {},
                )?;
            }
            2 => {}
            // A palette; with few colors several share a pixel.
            _ => {
                let colors = bits.read(8)? + 1;
                picture(&mut bits, clock, colors as usize, 1, |_| {})?;
                let shift = match colors {
                    ..=2 => 3,
                    3..=4 => 2,
                    5..=16 => 1,
                    _ => 0,
                };
                width = width.div_ceil(1 << shift);
            }
        }
    }
    cache(&mut bits)?;
    if bits.read(1)? == 0 {
        return Ok(1);
    }
    let shift = bits.read(3)? + 2;
    let mut last = 0;
    picture(
        &mut bits,
        clock,
        parts(width, shift),
        parts(height, shift),
        |[red, green]| {
            last = last.max(u32::from(u16::from_be_bytes([red, green])));
        },
    )?;
    Ok(last + 1)
}

/// The bits of a cache's index; 0 if there is none (3.6.2.3).
fn cache(bits: &mut Bits) -> Result<u32, Error> {
    if bits.read(1)? == 0 {
        return Ok(0);
    }
    match bits.read(4)? {
        found @ 1..=11 => Ok(found),
        _ => Err(damaged("its color cache has an impossible size")),
    }
}

/// Reads a picture with one group of codes (3.7.3), and reports red and green of each literal pixel. Other pixels repeat
/// reported ones.
///
/// The work is bounded by the bits of the stream and not by the pixels: where codes of one symbol take no bits, any number of
/// pixels fits into a few bytes.
fn picture(
    bits: &mut Bits,
    clock: &Clock,
    width: usize,
    height: usize,
    mut tell: impl FnMut([u8; 2]),
) -> Result<(), Error> {
    let cache = cache(bits)?;
    let mut codes = Vec::with_capacity(SYMBOLS.len());
    for (index, mut symbols) in SYMBOLS.into_iter().enumerate() {
        if index == 0 && cache > 0 {
            symbols += 1 << cache;
        }
        codes.push(Code::read(bits, symbols)?);
    }
    let [green, red, blue, alpha, distance] = &codes[..] else {
        return Err(Error::internal("a group of other than five codes"));
    };
    let pixels = width * height;
    let (mut done, mut read) = (0, 0_u32);
    while done < pixels {
        read += 1;
        if read.is_multiple_of(SYMBOLS_TIMED) {
            clock.check()?;
        }
        let before = bits.left();
        let more = match green.next(bits)? {
            literal @ 0..256 => {
                let red = red.next(bits)?;
                blue.next(bits)?;
                alpha.next(bits)?;
                tell([red as u8, literal as u8]);
                1
            }
            length @ 256..280 => {
                let length = number(bits, length - 256)?;
                let distance = distance.next(bits)?;
                number(bits, distance)?;
                length
            }
            // From the cache, which only has reported pixels; the decoder notices unwritten entries.
            _ => 1,
        };
        // Codes that take no bits repeat until the picture is full.
        let times = if bits.left() == before {
            (pixels - done).div_ceil(more)
        } else {
            1
        };
        done += times * more;
    }
    if done > pixels {
        return Err(damaged("a string goes beyond its picture"));
    }
    Ok(())
}

/// The value of a length or distance symbol (3.6.2.2).
fn number(bits: &mut Bits, symbol: u16) -> Result<usize, Error> {
    let symbol = u32::from(symbol);
    if symbol < 4 {
        return Ok(symbol as usize + 1);
    }
    let extra = (symbol - 2) >> 1;
    let offset = (2 + (symbol & 1)) << extra;
    Ok((offset + bits.read(extra)?) as usize + 1)
}

/// A prefix code.
enum Code {
    /// A single symbol, which takes no bits.
    One(u16),
    /// One bit selects the first or the second.
    Two([u16; 2]),
    /// How many codes have each length, and the symbols in the order of their codes.
    Many {
        counts: [u16; LONGEST + 1],
        symbols: Vec<u16>,
    },
}

impl Code {
    /// Reads a code of so many symbols (3.7.2.1).
    fn read(bits: &mut Bits, symbols: usize) -> Result<Code, Error> {
        if bits.read(1)? == 1 {
            let two = bits.read(1)? == 1;
            let length = if bits.read(1)? == 1 { 8 } else { 1 };
            let first = bits.read(length)? as u16;
            let second = if two { bits.read(8)? as u16 } else { first };
            if usize::from(first.max(second)) >= symbols {
                return Err(damaged("a code has a symbol that there is not"));
            }
            return Ok(if two {
                Code::Two([first, second])
            } else {
                Code::One(first)
            });
        }
        let mut lengths = [0; ORDER.len()];
        let stored = bits.read(4)? as usize + 4;
        for place in ORDER.into_iter().take(stored) {
            lengths[place] = bits.read(3)? as u8;
        }
        let lengths = Code::new(&lengths)?;
        let mut most = symbols;
        if bits.read(1)? == 1 {
            let length = 2 + 2 * bits.read(3)?;
            most = 2 + bits.read(length)? as usize;
        }
        let mut found = Vec::with_capacity(symbols);
        let mut previous = 8;
        while found.len() < symbols && most > 0 {
            most -= 1;
            let (length, times) = match lengths.next(bits)? {
                length @ 0..16 => {
                    if length > 0 {
                        previous = length;
                    }
                    (length, 1)
                }
                16 => (previous, 3 + bits.read(2)?),
                17 => (0, 3 + bits.read(3)?),
                _ => (0, 11 + bits.read(7)?),
            };
            found.extend((0..times).map(|_| length as u8));
        }
        if found.len() > symbols {
            return Err(damaged("a code has more symbols than there are"));
        }
        Code::new(&found)
    }

    /// The canonical code of these lengths, which must be complete.
    fn new(lengths: &[u8]) -> Result<Code, Error> {
        let mut counts = [0; LONGEST + 1];
        for length in lengths {
            counts[usize::from(*length)] += 1;
        }
        counts[0] = 0;
        let mut symbols: Vec<u16> = (0..lengths.len() as u16)
            .filter(|symbol| lengths[usize::from(*symbol)] > 0)
            .collect();
        if let [only] = symbols[..] {
            return Ok(Code::One(only));
        }
        symbols.sort_by_key(|symbol| lengths[usize::from(*symbol)]);
        let mut left = 1_i32;
        for count in &counts[1..] {
            left = 2 * left - i32::from(*count);
            if left < 0 {
                break;
            }
        }
        if left != 0 {
            return Err(damaged("a code is not complete"));
        }
        Ok(Code::Many { counts, symbols })
    }

    /// The next symbol.
    fn next(&self, bits: &mut Bits) -> Result<u16, Error> {
        let (counts, symbols) = match self {
            Code::One(symbol) => return Ok(*symbol),
            Code::Two(symbols) => return Ok(symbols[bits.read(1)? as usize]),
            Code::Many { counts, symbols } => (counts, symbols),
        };
        // The first code of a length, and the position of its symbol.
        let (mut code, mut first, mut place) = (0, 0, 0);
        for count in &counts[1..] {
            code |= bits.read(1)?;
            let count = u32::from(*count);
            if code < first + count {
                return symbols
                    .get((place + code - first) as usize)
                    .copied()
                    .ok_or_else(|| damaged("a code has no symbol"));
            }
            place += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        Err(damaged("a code has no symbol"))
    }
}

/// Bits, from the lowest of each byte up.
struct Bits<'a> {
    rest: &'a [u8],
    held: u64,
    count: u32,
}

impl Bits<'_> {
    /// The rest of the input: unread bytes, and the remaining bits of those already read.
    fn left(&self) -> (usize, u32) {
        (self.rest.len(), self.count)
    }

    /// Up to 32 bits more.
    fn read(&mut self, count: u32) -> Result<u32, Error> {
        while self.count < count {
            let (byte, rest) = self
                .rest
                .split_first()
                .ok_or_else(|| damaged("its coded picture ends early"))?;
            self.held |= u64::from(*byte) << self.count;
            self.count += 8;
            self.rest = rest;
        }
        let bits = self.held & ((1 << count) - 1);
        self.held >>= count;
        self.count -= count;
        Ok(bits as u32)
    }
}
