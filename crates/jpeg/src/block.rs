//! Reads the coefficients of one sequentially coded block (T.81, F.2.2).

use crate::bits::Bits;
use crate::error::Flaw;
use crate::huffman::{Table, is_short, take_short};
use crate::stream::ZIGZAG;

/// The two tables of a component in a scan.
pub(crate) struct Tables {
    pub(crate) dc: Box<Table>,
    pub(crate) ac: Box<Table>,
}

/// Reads a block into `coefficients` (natural order, all zero before), and says behind which
/// zigzag place nothing but zeros follow. `dc` is the component's last DC value and becomes this
/// block's.
#[inline(never)]
pub(crate) fn read(
    bits: &mut Bits,
    tables: &Tables,
    dc: &mut i32,
    coefficients: &mut [i16; 64],
) -> Result<usize, Flaw> {
    walk(bits, tables, dc, |place, value| {
        coefficients[usize::from(ZIGZAG[place & 63]) & 63] = value;
    })
}

/// As `read`, but only follows the block.
#[inline(never)]
pub(crate) fn skip(bits: &mut Bits, tables: &Tables, dc: &mut i32) -> Result<(), Flaw> {
    walk(bits, tables, dc, |_, _| {})?;
    Ok(())
}

#[inline(always)]
fn walk(
    outer: &mut Bits,
    tables: &Tables,
    dc: &mut i32,
    mut put: impl FnMut(usize, i16),
) -> Result<usize, Flaw> {
    // A copy stays in registers.
    let mut bits = *outer;
    bits.refill();
    *dc = dc.wrapping_add(tables.dc.dc(&mut bits)?);
    put(0, *dc as i16);
    let mut next = 1;
    'block: while next < 64 {
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
        let value = if is_short(entry) {
            next += take_short(&mut bits, entry);
            (entry >> 16) as i16
        } else {
            let symbol = tables.ac.symbol(entry, &mut bits)?;
            let (run, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
            if size == 0 {
                if run < 15 {
                    break;
                }
                next += 16;
                continue;
            }
            next += run + 1;
            bits.take_signed(size) as i16
        };
        if next <= 64 {
            put(next - 1, value);
        }
    }
    if next > 64 {
        return Err(Flaw("a block holds more than 64 coefficients"));
    }
    *outer = bits;
    Ok(next)
}
