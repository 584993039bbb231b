//! Reads one block's share of a progressive scan (T.81, annex G).
//!
//! Blocks outside the region hold no coefficients, but a refining scan must know which of them are
//! set. So each block has a mask, one bit for each zigzag place, and only wanted blocks have more.

use crate::bits::Bits;
use crate::error::Flaw;
use crate::huffman::{Table, is_short, take_short};
use crate::stream::ZIGZAG;

/// The part of each block's coefficients that a scan is about.
#[derive(Clone, Copy)]
pub(crate) struct Band {
    /// First and last zigzag place.
    pub(crate) first: usize,
    pub(crate) last: usize,
    /// The lowest bit that the scan gives.
    pub(crate) low: u32,
}

/// A block's coefficients in natural order, if anybody wants them.
pub(crate) type Kept<'a> = Option<&'a mut [i16; 64]>;

#[inline(always)]
fn place(k: usize) -> usize {
    usize::from(ZIGZAG[k & 63]) & 63
}

/// First bits of a DC coefficient (G.1.2.1). `dc` is the component's last value.
pub(crate) fn dc_first(
    bits: &mut Bits,
    table: &Table,
    low: u32,
    dc: &mut i32,
    kept: Kept,
) -> Result<(), Flaw> {
    bits.refill();
    *dc = dc.wrapping_add(table.dc(bits)?);
    if let Some(coefficients) = kept {
        coefficients[0] = (*dc << low) as i16;
    }
    Ok(())
}

/// One more bit of a DC coefficient (G.1.2.1).
pub(crate) fn dc_refine(bits: &mut Bits, low: u32, kept: Kept) {
    bits.refill();
    let bit = bits.take(1) as i16;
    if let Some(coefficients) = kept {
        coefficients[0] |= bit << low;
    }
}

/// First bits of the AC coefficients in a band (G.1.2.2), for a block that no end-of-band run
/// covers. Gives the number of blocks after this one that hold nothing.
#[inline(always)]
pub(crate) fn ac_first(
    outer: &mut Bits,
    table: &Table,
    band: Band,
    mask: &mut u64,
    mut kept: Kept,
) -> Result<u32, Flaw> {
    let mut bits = *outer;
    let mut next = band.first;
    let mut run_of_blocks = 0;
    while next <= band.last {
        bits.refill();
        let entry = table.look(&bits);
        let value = if is_short(entry) {
            next += take_short(&mut bits, entry);
            entry as i32 >> 16
        } else {
            let symbol = table.symbol(entry, &mut bits)?;
            let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
            if size == 0 && run < 15 {
                run_of_blocks = (1 << run) - 1 + bits.take(run);
                break;
            }
            next += run as usize + 1;
            if size == 0 {
                continue;
            }
            bits.take_signed(size)
        };
        if next > band.last + 1 {
            return Err(Flaw(
                "a block holds more coefficients than its scan is about",
            ));
        }
        *mask |= 1 << ((next - 1) & 63);
        if let Some(coefficients) = &mut kept {
            coefficients[place(next - 1)] = (value << band.low) as i16;
        }
    }
    *outer = bits;
    Ok(run_of_blocks)
}

/// One more bit of the AC coefficients in a band, and coefficients that only now show (G.1.2.3).
/// `run_of_blocks` counts the blocks, this one included, in which no new ones show.
#[inline(always)]
pub(crate) fn ac_refine(
    outer: &mut Bits,
    table: &Table,
    band: Band,
    run_of_blocks: &mut u32,
    mask: &mut u64,
    mut kept: Kept,
) -> Result<(), Flaw> {
    let mut bits = *outer;
    let all = (u64::MAX << band.first) & (u64::MAX >> (63 - band.last));
    let old = *mask & all;
    // The places still to come.
    let mut rest = all;
    if *run_of_blocks == 0 {
        while rest != 0 {
            bits.refill();
            let entry = table.look(&bits);
            let (run, value) = if is_short(entry) {
                let run = take_short(&mut bits, entry) as u32 - 1;
                if entry >> 16 != 1 && entry >> 16 != 0xFFFF {
                    return Err(Flaw("a refining scan brings more than one bit"));
                }
                (run, entry as i32 >> 16)
            } else {
                let symbol = table.symbol(entry, &mut bits)?;
                let run = u32::from(symbol >> 4);
                match symbol & 15 {
                    0 if run < 15 => {
                        *run_of_blocks = (1 << run) + bits.take(run);
                        break;
                    }
                    0 => (run, 0),
                    1 => (run, bits.take_signed(1)),
                    _ => return Err(Flaw("a refining scan brings more than one bit")),
                }
            };
            // The run counts places that are zero so far; set ones on the way get their bit.
            let mut zeros = rest & !old;
            for _ in 0..run {
                zeros &= zeros.wrapping_sub(1);
            }
            if zeros == 0 {
                return Err(Flaw(
                    "a block holds more coefficients than its scan is about",
                ));
            }
            let at = zeros.trailing_zeros();
            let passed = rest & ((1 << at) - 1);
            refine(&mut bits, old & passed, band.low, &mut kept);
            if value != 0 {
                *mask |= 1 << at;
                if let Some(coefficients) = &mut kept {
                    coefficients[place(at as usize)] = (value << band.low) as i16;
                }
            }
            rest &= !passed & !(1 << at);
        }
    }
    if *run_of_blocks > 0 {
        refine(&mut bits, old & rest, band.low, &mut kept);
        *run_of_blocks -= 1;
    }
    *outer = bits;
    Ok(())
}

/// Takes a bit for each of the `set` coefficients, and moves those away from zero whose bit is 1.
#[inline(always)]
fn refine(bits: &mut Bits, mut set: u64, low: u32, kept: &mut Kept) {
    match kept {
        Some(coefficients) => {
            let mut available = 0;
            while set != 0 {
                if available == 0 {
                    bits.refill();
                    available = 56;
                }
                available -= 1;
                let coefficient = &mut coefficients[place(set.trailing_zeros() as usize)];
                set &= set - 1;
                let step = (bits.take(1) as i16) << low;
                // The sign, without a branch: -1 or 0.
                let sign = *coefficient >> 15;
                *coefficient = coefficient.wrapping_add((step ^ sign).wrapping_sub(sign));
            }
        }
        None => {
            let mut count = set.count_ones();
            while count > 0 {
                let part = count.min(16);
                bits.refill();
                bits.take(part);
                count -= part;
            }
        }
    }
}
