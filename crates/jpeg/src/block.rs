//! Reads the coefficients of one sequentially coded block (T.81, F.2.2).

use crate::bits::Bits;
use crate::error::Flaw;
use crate::huffman::{LOOK, Table};
use crate::pair_table::{ENDS, OTHER, Pair, PairTable};
use crate::skip_table::SkipTable;
use crate::stream::ZIGZAG;

/// The tables of a component in a scan.
pub(crate) struct Tables {
    dc: Box<Table>,
    ac: Box<Table>,
    pairs: Box<PairTable>,
    skips: Box<SkipTable>,
}

impl Tables {
    pub(crate) fn new(dc: Box<Table>, ac: Box<Table>) -> Self {
        let pairs = PairTable::new(&ac);
        let skips = SkipTable::new(&ac);
        Tables {
            dc,
            ac,
            pairs,
            skips,
        }
    }
}

const TOO_MANY: Flaw = Flaw("a block holds more than 64 coefficients");

/// Like `ZIGZAG`, but also for positions beyond a block, where nothing is kept.
static PLACES: [u8; 2 * 64] = {
    let mut places = [63; 2 * 64];
    let mut at = 0;
    while at < 64 {
        places[at] = ZIGZAG[at];
        at += 1;
    }
    places
};

#[inline(always)]
fn put(coefficients: &mut [i16; 64], position: usize, value: i16) {
    coefficients[usize::from(PLACES[position & 127]) & 63] = value;
}

/// Reads a block into `coefficients` (natural order, all zero before), and returns the zigzag position
/// after which all are zero. `dc` is the component's last DC value and becomes this
/// block's.
///
/// Only those before the zigzag position `wanted`, which is more than 1, are complete: the others are only followed, which is faster.
#[inline(always)]
pub(crate) fn read(
    bits: &mut Bits,
    tables: &Tables,
    dc: &mut i32,
    coefficients: &mut [i16; 64],
    wanted: usize,
) -> Result<usize, Flaw> {
    bits.refill();
    *dc = dc.wrapping_add(tables.dc.dc(bits)?);
    coefficients[0] = *dc as i16;
    let mut next = 1;
    'wanted: loop {
        // There are at least 45 bits: enough for four look-ups.
        for _ in 0..4 {
            let pair = tables.pairs.look(bits.peek::<LOOK>());
            let after = next + usize::from(pair.step);
            if after & OTHER != 0 {
                one(bits, tables, pair, coefficients, &mut next)?;
                if next >= wanted {
                    break 'wanted;
                }
                break;
            }
            put(coefficients, next + usize::from(pair.first), pair.values[0]);
            put(
                coefficients,
                next + usize::from(pair.second),
                pair.values[1],
            );
            bits.consume(pair.length.into());
            next = after;
            if next >= wanted {
                break 'wanted;
            }
        }
        bits.refill();
    }
    if next < 64 {
        follow(bits, tables, &mut next)?;
    }
    next &= !ENDS;
    if next > 64 {
        return Err(TOO_MANY);
    }
    Ok(next)
}

/// Like [`read`] for all coefficients, with the bits kept in memory.
#[inline(never)]
pub(crate) fn read_all(
    outer: &mut Bits,
    tables: &Tables,
    dc: &mut i32,
    coefficients: &mut [i16; 64],
) -> Result<usize, Flaw> {
    // A copy stays in registers.
    let mut bits = *outer;
    let used = read(&mut bits, tables, dc, coefficients, 64)?;
    *outer = bits;
    Ok(used)
}

/// Reads one symbol: one that does not fit a pair, or the first of a pair whose second would belong to the next block.
#[inline(always)]
fn one(
    bits: &mut Bits,
    tables: &Tables,
    pair: Pair,
    coefficients: &mut [i16; 64],
    next: &mut usize,
) -> Result<(), Flaw> {
    bits.refill();
    let value = if usize::from(pair.step) == OTHER && pair.length > 0 {
        bits.consume(pair.length.into());
        *next += usize::from(pair.first) + 1;
        bits.take_signed(pair.second.into()) as i16
    } else {
        match tables.ac.ac(tables.ac.look(bits), bits, next)? {
            Some(value) => value,
            None => {
                *next |= ENDS;
                return Ok(());
            }
        }
    };
    if *next <= 64 {
        put(coefficients, *next - 1, value);
    }
    Ok(())
}

/// Skips a block.
#[inline(always)]
pub(crate) fn skip(bits: &mut Bits, tables: &Tables, dc: &mut i32) -> Result<(), Flaw> {
    bits.refill();
    *dc = dc.wrapping_add(tables.dc.dc(bits)?);
    let mut next = 1;
    follow(bits, tables, &mut next)?;
    if next > 64 {
        return Err(TOO_MANY);
    }
    Ok(())
}

/// Follows the rest of a block from its zigzag position `next` on.
#[inline(always)]
fn follow(bits: &mut Bits, tables: &Tables, next: &mut usize) -> Result<(), Flaw> {
    'block: while *next < 64 {
        bits.refill();
        // Four skips take 44 bits at most.
        for _ in 0..4 {
            let skip = tables.skips.look(bits.peek::<LOOK>());
            let after = *next + usize::from(skip.step);
            if skip.length == 0 || after >= 64 {
                bits.refill();
                let entry = tables.ac.look(bits);
                if tables.ac.ac(entry, bits, next)?.is_none() {
                    break 'block;
                }
                continue 'block;
            }
            bits.consume(u32::from(skip.length));
            *next = after;
            if skip.ends {
                break 'block;
            }
        }
    }
    Ok(())
}
