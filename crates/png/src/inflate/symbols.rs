//! The loops over the symbols of a block: where the time goes.

use super::{Codes, SLACK};
use crate::bits::Bits;
use crate::error::Flaw;
use crate::huffman::{END, Entry, INVALID, LITERALS, LONG, SPECIAL};

const NO_CODE: Flaw = Flaw("bits that are not a code");
const TOO_FAR: Flaw = Flaw("a copy from before the first pixel");

/// Inflates up to `end` or the end of the block, and tells how far it came and whether the block ended.
#[inline(always)]
pub(super) fn fill(
    bits: &mut Bits<'_>,
    codes: &Codes,
    out: &mut [u8],
    mut at: usize,
    end: usize,
) -> Result<(usize, bool), Flaw> {
    let out = &mut out[..end + SLACK];
    while at < end {
        let is_end;
        (at, is_end) = fast(bits, codes, out, at, end)?;
        if is_end {
            return Ok((at, true));
        }
        // Close to the end of a chunk: one symbol at a time.
        if at < end {
            bits.refill()?;
            let entry = codes.lengths.get(bits.buffer);
            let length_bits = bits.buffer;
            bits.take(entry & 63)?;
            if entry & LITERALS != 0 {
                at = literals(out, at, entry);
                continue;
            }
            match entry & SPECIAL {
                0 => {}
                END => return Ok((at, true)),
                _ => return Err(NO_CODE),
            }
            let length = value(entry, length_bits);
            bits.refill()?;
            let entry = codes.distances.get(bits.buffer);
            let distance_bits = bits.buffer;
            bits.take(entry & 63)?;
            if entry & INVALID != 0 {
                return Err(NO_CODE);
            }
            at = copy(out, at, length, value(entry, distance_bits))?;
        }
    }
    Ok((at, false))
}

/// The most bytes that a turn of the loop reads ahead: two refills, and the eight that the second looks at.
const AHEAD: usize = 24;

/// The same as long as there is plenty of input.
#[inline(always)]
fn fast(
    bits: &mut Bits<'_>,
    codes: &Codes,
    out: &mut [u8],
    mut at: usize,
    end: usize,
) -> Result<(usize, bool), Flaw> {
    let input = bits.input;
    let (mut buffer, mut count, mut pos) = (bits.buffer, bits.count, bits.pos);
    if input.len() < pos + AHEAD {
        return Ok((at, false));
    }
    // Bits above the count are those of the stream too, or zero: refilling them changes nothing.
    macro_rules! refill {
        () => {
            let (word, _) = input[pos..].split_first_chunk().ok_or(Flaw::CUT)?;
            buffer |= u64::from_le_bytes(*word) << count;
            pos += ((63 - count) >> 3) as usize;
            count |= 56;
        };
    }
    macro_rules! consume {
        ($entry:expr) => {
            buffer >>= $entry & 63;
            count -= $entry & 63;
        };
    }
    let mut is_end = false;
    refill!();
    let mut entry = codes.lengths.first(buffer);
    while at < end && pos + AHEAD <= input.len() {
        // 64 bits are in the buffer, or 56 of them counted: enough for four entries with literals of 12
        // bits each, and to look up the one behind them.
        refill!();
        if entry & LITERALS != 0 {
            consume!(entry);
            at = literals(out, at, entry);
            entry = codes.lengths.first(buffer);
            if entry & LITERALS != 0 {
                consume!(entry);
                at = literals(out, at, entry);
                entry = codes.lengths.first(buffer);
                if entry & LITERALS != 0 {
                    consume!(entry);
                    at = literals(out, at, entry);
                    entry = codes.lengths.first(buffer);
                    if entry & LITERALS != 0 {
                        consume!(entry);
                        at = literals(out, at, entry);
                        entry = codes.lengths.first(buffer);
                        continue;
                    }
                }
            }
            refill!();
        }
        if entry & SPECIAL != 0 {
            if entry & LONG != 0 {
                entry = codes.lengths.rest(entry, buffer);
                if entry & LITERALS != 0 {
                    consume!(entry);
                    at = literals(out, at, entry);
                    entry = codes.lengths.first(buffer);
                    continue;
                }
            }
            if entry & END != 0 {
                consume!(entry);
                is_end = true;
                break;
            }
            if entry & INVALID != 0 {
                return Err(NO_CODE);
            }
        }
        let length = value(entry, buffer);
        consume!(entry);
        entry = codes.distances.first(buffer);
        if entry & SPECIAL != 0 {
            if entry & LONG != 0 {
                entry = codes.distances.rest(entry, buffer);
            }
            if entry & INVALID != 0 {
                return Err(NO_CODE);
            }
        }
        let distance = value(entry, buffer);
        consume!(entry);
        entry = codes.lengths.first(buffer);
        at = copy(out, at, length, distance)?;
    }
    bits.buffer = buffer & ((1 << count) - 1);
    (bits.count, bits.pos) = (count, pos);
    Ok((at, is_end))
}

/// The base value of an entry and its extra bits.
#[inline(always)]
fn value(entry: Entry, bits: u64) -> usize {
    let taken = bits & ((1 << (entry & 63)) - 1);
    (entry >> 16) as usize + (taken >> (entry >> 8 & 15)) as usize
}

/// Writes the literals of an entry.
#[inline(always)]
fn literals(out: &mut [u8], at: usize, entry: Entry) -> usize {
    if let Some(place) = out[at..].first_chunk_mut() {
        *place = (entry >> 8).to_le_bytes();
    }
    at + (entry >> 6 & 3) as usize
}

/// Bytes copied in one step.
const STEP: usize = 16;

/// Repeats what lies `distance` bytes back. Up to a step more is written.
#[inline(always)]
fn copy(out: &mut [u8], at: usize, length: usize, distance: usize) -> Result<usize, Flaw> {
    let from = at.checked_sub(distance).ok_or(TOO_FAR)?;
    let mut done = 0;
    if distance == 1 {
        let step = [out[from]; STEP];
        while done < length {
            out[at + done..at + done + STEP].copy_from_slice(&step);
            done += STEP;
        }
        return Ok(at + length);
    }
    // What lies between the source and the end repeats with any multiple of the distance.
    let mut apart = distance;
    while apart < STEP && done < length {
        out.copy_within(from..from + STEP, at + done);
        done += apart;
        apart += apart;
    }
    while done < length {
        let from = at + done - apart;
        out.copy_within(from..from + STEP, at + done);
        done += STEP;
    }
    Ok(at + length)
}
