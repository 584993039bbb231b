//! Reads the coefficients of one sequentially coded block (T.81, F.2.2).

use crate::bits::Bits;
use crate::error::Flaw;
use crate::huffman::{LOOK, Table, is_short, take_short};
use crate::skip_table::SkipTable;
use crate::stream::ZIGZAG;

/// The tables of a component in a scan.
pub(crate) struct Tables {
    dc: Box<Table>,
    ac: Box<Table>,
    skips: Box<SkipTable>,
}

impl Tables {
    pub(crate) fn new(dc: Box<Table>, ac: Box<Table>) -> Self {
        let skips = SkipTable::new(&ac);
        Tables { dc, ac, skips }
    }
}

const TOO_MANY: Flaw = Flaw("a block holds more than 64 coefficients");

/// Reads a block into `coefficients` (natural order, all zero before), and says behind which
/// zigzag position nothing but zeros follow. `dc` is the component's last DC value and becomes this
/// block's.
///
/// Only those before the zigzag position `wanted` are all there: the others are followed, which is quicker.
#[inline(never)]
pub(crate) fn read(
    outer: &mut Bits,
    tables: &Tables,
    dc: &mut i32,
    coefficients: &mut [i16; 64],
    wanted: usize,
) -> Result<usize, Flaw> {
    // A copy stays in registers.
    let mut bits = *outer;
    bits.refill();
    *dc = dc.wrapping_add(tables.dc.dc(&mut bits)?);
    coefficients[0] = *dc as i16;
    let mut put = |position: usize, value: i16| {
        coefficients[usize::from(ZIGZAG[position & 63]) & 63] = value;
    };
    let mut next = 1;
    'block: {
        while next < wanted {
            bits.refill();
            // At least 56 bits are there. Two short symbols take 22 at most, which leaves enough for
            // any third.
            let mut entry = tables.ac.look(&bits);
            for _ in 0..2 {
                if !is_short(entry) {
                    break;
                }
                next += take_short(&mut bits, entry);
                if next >= 64 {
                    if next == 64 {
                        put(63, (entry >> 16) as i16);
                    }
                    break 'block;
                }
                put(next - 1, (entry >> 16) as i16);
                entry = tables.ac.look(&bits);
            }
            match tables.ac.ac(entry, &mut bits, &mut next)? {
                Some(value) if next <= 64 => put(next - 1, value),
                Some(_) => {}
                None => break 'block,
            }
        }
        follow(&mut bits, tables, &mut next)?;
    }
    if next > 64 {
        return Err(TOO_MANY);
    }
    *outer = bits;
    Ok(next)
}

/// As `read`, but only follows the block.
#[inline(never)]
pub(crate) fn skip(outer: &mut Bits, tables: &Tables, dc: &mut i32) -> Result<(), Flaw> {
    let mut bits = *outer;
    bits.refill();
    *dc = dc.wrapping_add(tables.dc.dc(&mut bits)?);
    let mut next = 1;
    follow(&mut bits, tables, &mut next)?;
    if next > 64 {
        return Err(TOO_MANY);
    }
    *outer = bits;
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
