//! The loops over the symbols of a block, which take most of the time.

use super::codes::{Codes, REACH};
use crate::bits::Bits;
use crate::error::Flaw;
use crate::huffman::{END, Entry, INVALID, LITERAL, LITERAL_COUNT, LITERALS, LONG, SPECIAL};

/// Bytes of output processed at once. It is a constant, so that few offsets need to be checked against it.
pub(super) const WINDOW: usize = STARTS + MARGIN;

/// Where writing may begin, and how far it may go from there: a copy and its last step.
const STARTS: usize = 64 << 10;
const MARGIN: usize = 512;

/// Where an iteration may begin: it may write four times three literals first.
const TURNS: usize = STARTS - 16;

type Window = [u8; WINDOW];

/// Inflates up to `end` or the end of the block, and returns how far it came and whether the block ended.
#[inline(always)]
pub(super) fn fill(
    bits: &mut Bits<'_>,
    codes: &Codes,
    out: &mut [u8],
    mut at: usize,
    end: usize,
) -> Result<(usize, bool), Flaw> {
    while at < end {
        let base = at.saturating_sub(REACH);
        let window = out[base..].first_chunk_mut();
        let window: &mut Window = window.ok_or(Flaw("there is no room"))?;
        let (reached, is_end) = fill_window(bits, codes, window, at - base, TURNS.min(end - base))?;
        at = base + reached;
        if is_end {
            return Ok((at, true));
        }
    }
    Ok((at, false))
}

#[inline(always)]
fn fill_window(
    bits: &mut Bits<'_>,
    codes: &Codes,
    out: &mut Window,
    mut at: usize,
    end: usize,
) -> Result<(usize, bool), Flaw> {
    while at < end {
        let is_end;
        (at, is_end) = fast(bits, codes, out, at, end)?;
        if is_end {
            return Ok((at, true));
        }
        // Close to the end of a chunk: one symbol at a time.
        if at < end {
            bits.refill()?;
            let length_bits = bits.buffer;
            let entry = codes.lengths.get(length_bits);
            bits.take(entry & 63)?;
            if entry & LITERALS != 0 {
                at = literals(out, at, entry);
                continue;
            }
            match entry & SPECIAL {
                0 => {}
                END => return Ok((at, true)),
                _ => return Err(Flaw::NO_CODE),
            }
            bits.refill()?;
            let distance_bits = bits.buffer;
            let distance = codes.distances.get(distance_bits);
            bits.take(distance & 63)?;
            if distance & INVALID != 0 {
                return Err(Flaw::NO_CODE);
            }
            let length = value(entry, length_bits);
            at = copy(out, at, length, value(distance, distance_bits))?;
        }
    }
    Ok((at, false))
}

/// The most bytes that an iteration reads ahead: a refill of seven, and eight that the second looks at.
const AHEAD: usize = 16;

/// The same as long as there is plenty of input.
#[inline(always)]
fn fast(
    bits: &mut Bits<'_>,
    codes: &Codes,
    out: &mut Window,
    mut at: usize,
    end: usize,
) -> Result<(usize, bool), Flaw> {
    let input = bits.input;
    let (mut buffer, mut count, mut pos) = (bits.buffer, bits.count, bits.pos);
    // Only the lowest 6 bits of an entry and of the count matter: not masking the others saves
    // time. Bits above the count are those of the stream, too, or zero: refilling them changes nothing.
    macro_rules! refill {
        ($ahead:expr, $from:expr) => {{
            let mut word = [0; 8];
            word.copy_from_slice(&$ahead[$from..$from + 8]);
            count &= 63;
            buffer |= u64::from_le_bytes(word) << count;
            let used = ((63 - count) >> 3) as usize;
            pos += used;
            count |= 56;
            used
        }};
    }
    macro_rules! consume {
        ($entry:expr) => {
            buffer = buffer.wrapping_shr($entry);
            count = count.wrapping_sub($entry);
        };
    }
    macro_rules! ahead {
        () => {
            input
                .get(pos..)
                .and_then(|rest| rest.first_chunk::<AHEAD>())
        };
    }
    let mut is_end = false;
    if let Some(ahead) = ahead!() {
        refill!(ahead, 0);
    } else {
        return Ok((at, false));
    }
    let mut entry = codes.lengths.first(buffer);
    while at < end {
        let Some(ahead) = ahead!() else {
            break;
        };
        // Then 64 bits are in the buffer, 56 of them counted: enough for four entries with literals of
        // 12 bits each, and to look up the next one.
        let used = refill!(ahead, 0);
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
            refill!(ahead, used);
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
                return Err(Flaw::NO_CODE);
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
                return Err(Flaw::NO_CODE);
            }
        }
        let distance = value(entry, buffer);
        consume!(entry);
        entry = codes.lengths.first(buffer);
        at = copy(out, at, length, distance)?;
    }
    count &= 63;
    bits.buffer = buffer & ((1 << count) - 1);
    (bits.count, bits.pos) = (count, pos);
    Ok((at, is_end))
}

/// The base value of an entry plus its extra bits.
#[inline(always)]
fn value(entry: Entry, bits: u64) -> usize {
    let taken = bits & ((1 << (entry & 63)) - 1);
    (entry >> 16) as usize + (taken >> (entry >> 8 & 15)) as usize
}

/// Writes the literals of an entry.
#[inline(always)]
fn literals(out: &mut Window, at: usize, entry: Entry) -> usize {
    let start = at % STARTS;
    out[start..start + 4].copy_from_slice(&(entry >> LITERAL).to_le_bytes());
    at + (entry >> LITERAL_COUNT) as usize
}

/// Bytes copied in one step.
const STEP: usize = 16;

/// Repeats the data `distance` bytes back. Up to one more step is written.
#[inline(always)]
fn copy(out: &mut Window, at: usize, length: usize, distance: usize) -> Result<usize, Flaw> {
    let from = at.checked_sub(distance).ok_or(Flaw::TOO_FAR)? % STARTS;
    let mut to = at % STARTS;
    let end = at + length;
    // The data between the source and the end repeats with any multiple of the distance.
    if distance < STEP {
        if distance == 1 {
            let step = [out[from]; STEP];
            while to < end {
                out[to..to + STEP].copy_from_slice(&step);
                to += STEP;
            }
            return Ok(end);
        }
        let mut apart = distance;
        while apart < STEP && to < end {
            out.copy_within(from..from + STEP, to);
            to += apart;
            apart += apart;
        }
        while to < end {
            out.copy_within(to - apart..to - apart + STEP, to);
            to += STEP;
        }
        return Ok(end);
    }
    step(out, from, to);
    if length > STEP {
        // A few steps too many cost less than mispredicting their number.
        step(out, from + STEP, to + STEP);
        step(out, from + 2 * STEP, to + 2 * STEP);
        let mut done = 3 * STEP;
        while done < length {
            step(out, from + done, to + done);
            step(out, from + done + STEP, to + done + STEP);
            done += 2 * STEP;
        }
    }
    Ok(end)
}

#[inline(always)]
fn step(out: &mut Window, from: usize, to: usize) {
    out.copy_within(from..from + STEP, to);
}
