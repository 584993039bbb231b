//! Reads one block's share of a progressive scan (T.81, annex G).
//!
//! Blocks outside the region hold no coefficients, but a refining scan must know which of them are
//! set. So each block has a mask, one bit for each zigzag position, and only wanted blocks have more.

use crate::bits::Bits;
use crate::error::Flaw;
use crate::huffman::{LOOK, Table, is_short, take_short};
use crate::pair_table::{ENDS, PairTable};
use crate::stream::ZIGZAG;

/// The part of each block's coefficients that a scan carries.
#[derive(Clone, Copy)]
pub(crate) struct Band {
    /// First and last zigzag position.
    pub(crate) first: usize,
    pub(crate) last: usize,
    /// The lowest bit that the scan gives.
    pub(crate) low: u32,
}

impl Band {
    /// The band as a mask.
    #[inline(always)]
    pub(crate) fn mask(self) -> u64 {
        (u64::MAX << self.first) & (u64::MAX >> (63 - self.last))
    }
}

/// A block's coefficients in natural order, if they are wanted.
pub(crate) type Kept<'a> = Option<&'a mut [i16; 64]>;

/// Where the coefficient at a zigzag position lies in natural order.
#[inline(always)]
fn natural_position(k: usize) -> usize {
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

/// First bits of the AC coefficients in a band (G.1.2.2), all zero before, for a block that no end-of-band run
/// covers. Returns the number of blocks after this one that hold nothing.
#[inline(never)]
pub(crate) fn ac_first(
    outer: &mut Bits,
    table: &Table,
    pairs: &PairTable,
    band: Band,
    mask: &mut u64,
    mut kept: Kept,
) -> Result<u32, Flaw> {
    let mut bits = *outer;
    let mut next = band.first;
    let mut run_of_blocks = 0;
    while next <= band.last {
        bits.refill();
        // There are at least 56 bits: enough for five look-ups.
        for _ in 0..5 {
            let pair = pairs.look(bits.peek::<LOOK>());
            let after = next + usize::from(pair.step);
            // An end of the band is read by itself: what follows it belongs to the next block.
            if after & !ENDS > band.last {
                break;
            }
            let places = [pair.first, pair.second].map(|place| next + usize::from(place));
            for (place, value) in places.into_iter().zip(pair.values) {
                // Zeros mean the end of a block, or of many.
                *mask |= u64::from(value != 0) << (place & 63);
                if let Some(coefficients) = &mut kept {
                    coefficients[natural_position(place)] = value << band.low;
                }
            }
            bits.consume(pair.length.into());
            next = after;
            if next >= ENDS {
                *outer = bits;
                return Ok(0);
            }
        }
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
            coefficients[natural_position(next - 1)] = (value << band.low) as i16;
        }
    }
    *outer = bits;
    Ok(run_of_blocks)
}

/// One more bit of the AC coefficients in a band, and newly nonzero coefficients (G.1.2.3).
/// `run_of_blocks` counts the blocks, including this one, without new ones. After the last new one, coefficients that are
/// not `wanted` are skipped.
#[inline(never)]
pub(crate) fn ac_refine(
    outer: &mut Bits,
    table: &Table,
    band: Band,
    wanted: u64,
    run_of_blocks: &mut u32,
    mask: &mut u64,
    mut kept: Kept,
) -> Result<(), Flaw> {
    let mut bits = *outer;
    // The set coefficients that still need their bit, and the position reached; none is before it.
    let mut set = *mask & band.mask();
    let mut next = band.first;
    if *run_of_blocks == 0 {
        while next <= band.last {
            bits.refill();
            let entry = table.look(&bits);
            let (mut run, value) = if is_short(entry) {
                if entry >> 16 != 1 && entry >> 16 != 0xFFFF {
                    return Err(Flaw("a refining scan brings more than one bit"));
                }
                (take_short(&mut bits, entry) - 1, entry as i32 >> 16)
            } else {
                let symbol = table.symbol(entry, &mut bits)?;
                let run = usize::from(symbol >> 4);
                match symbol & 15 {
                    0 if run < 15 => {
                        *run_of_blocks = (1 << run) + bits.take(run as u32);
                        break;
                    }
                    0 => (run, 0),
                    1 => (run, bits.take_signed(1)),
                    _ => return Err(Flaw("a refining scan brings more than one bit")),
                }
            };
            // The run counts positions that are still zero; set ones on the way get their bit.
            loop {
                let gap = set.trailing_zeros() as usize - next;
                if run < gap || set == 0 {
                    next += run;
                    break;
                }
                run -= gap;
                next += gap + 1;
                refine(&mut bits, &mut set, band.low, &mut kept);
            }
            if next > band.last {
                return Err(Flaw(
                    "a block holds more coefficients than its scan is about",
                ));
            }
            if value != 0 {
                *mask |= 1 << next;
                if let Some(coefficients) = &mut kept {
                    coefficients[natural_position(next)] = (value << band.low) as i16;
                }
            }
            next += 1;
        }
    }
    // After the last new one, and in blocks without any.
    if *run_of_blocks > 0 {
        *run_of_blocks -= 1;
        let unwanted = set & !wanted;
        set &= wanted;
        while set != 0 {
            refine(&mut bits, &mut set, band.low, &mut kept);
        }
        pass_over(&mut bits, unwanted.count_ones());
    }
    *outer = bits;
    Ok(())
}

/// Skips up to 64 bits.
#[inline(always)]
fn pass_over(bits: &mut Bits, count: u32) {
    for part in [count.min(32), count.saturating_sub(32)] {
        if part > 0 {
            bits.refill();
            bits.consume(part);
        }
    }
}

/// Takes a bit for the first of the `set` coefficients: 1 moves it away from zero.
#[inline(always)]
fn refine(bits: &mut Bits, set: &mut u64, low: u32, kept: &mut Kept) {
    let step = (bits.take_one() as i16) << low;
    if let Some(coefficients) = kept {
        let coefficient = &mut coefficients[natural_position(set.trailing_zeros() as usize)];
        // The sign, without a branch: -1 or 0.
        let sign = *coefficient >> 15;
        *coefficient = coefficient.wrapping_add((step ^ sign).wrapping_sub(sign));
    }
    *set &= *set - 1;
}
