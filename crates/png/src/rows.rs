//! From the compressed stream to finished rows, a few at a time.

use std::ops::ControlFlow;

use crate::chunks::File;
use crate::error::{Error, Flaw};
use crate::expand::Expand;
use crate::inflate::{Inflate, REACH, SLACK, Tail};
use crate::unfilter::{GROUP, Unfilter};

/// Bytes inflated at once, unless rows are so long that more are needed for a group of them.
const BATCH: usize = 64 << 10;

/// So many zeros, or an error instead of an abort.
pub(crate) fn zeros(length: usize) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    bytes
        .try_reserve_exact(length)
        .map_err(|_| Error::OutOfMemory { bytes: length })?;
    bytes.resize(length, 0);
    Ok(bytes)
}

/// What to do about damage among the pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// It is an error.
    Refuse,
    /// Rows are handed over as far as they can be decoded, also where a CRC or the checksum is wrong, and [`End`] tells
    /// how many. It stays an error where there is none, and before the first chunk of pixels.
    Accept,
}

/// What is known once the rows were handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// The first rows that are known to be as they were written: all of them, unless damage was accepted.
    pub intact: u32,
    /// The rows that were handed over.
    pub found: u32,
    /// Whether the checksum of the pixels and the end chunk were there. All pixels may be there without them.
    pub is_marked: bool,
    /// Whether the chunks of pixels hold anything else: data behind the last row, bytes behind the compressed stream, bits
    /// that fill up a byte and are not zero.
    pub has_spare: bool,
}

pub(crate) fn decode(
    photo: &[u8],
    file: &File<'_>,
    damage: Damage,
    emit: &mut dyn FnMut(u32, &[u8]) -> ControlFlow<()>,
) -> Result<End, Error> {
    let stored = &file.stored;
    let is_marked = match (file.is_marked, damage) {
        (Err(error), Damage::Refuse) => return Err(error),
        (is_marked, _) => is_marked.unwrap_or(false),
    };
    // With the byte that names its filter.
    let length = stored.row_bytes() + 1;
    let mut expand = Expand::new(file)?;
    let mut unfilter = Unfilter::new(stored.pixel_bytes(), stored.row_bytes())?;
    let mut inflate = Inflate::new(photo, file.pixels, damage);
    let batch = BATCH.max(length);
    // What was inflated when damage shows is lost.
    let step = match damage {
        Damage::Refuse => usize::MAX,
        Damage::Accept => length,
    };
    // Less than a group of rows waits, and what can be referred to, and a batch.
    let mut window = zeros((REACH + GROUP * length + batch).next_multiple_of(64) + SLACK)?;
    let end = window.len() - SLACK;
    let (mut start, mut at, mut y) = (0_usize, 0_usize, 0);
    let mut intact = None;
    let mut has_spare = false;
    let mut flaw = None;
    while y < stored.height && flaw.is_none() {
        let left = (stored.height - y) as usize;
        let last = start.saturating_add(length.saturating_mul(left));
        let wanted = end.min(last).min(at.saturating_add(step));
        match inflate.fill(&mut window, at, wanted) {
            Ok(reached) => {
                at = reached;
                if at < wanted && !inflate.is_over() {
                    if emit(y, &[]).is_break() {
                        return Ok(stopped(intact, y, has_spare));
                    }
                    continue;
                }
                flaw = (at < wanted).then_some(Flaw::CUT);
            }
            Err(found) => flaw = Some(found),
        }
        if let (Some(flaw), Damage::Refuse) = (flaw, damage) {
            return Err(flaw.at(inflate.offset()));
        }
        if inflate.is_broken() {
            intact.get_or_insert(y);
        }
        loop {
            let mut count = ((at - start) / length).min((stored.height - y) as usize);
            if count == 0 || count < GROUP && y + (count as u32) < stored.height && flaw.is_none() {
                break;
            }
            count = count.min(GROUP);
            let known = |count: &usize| {
                let filters = window[start..].iter().step_by(length).take(*count);
                filters.copied().all(Unfilter::knows)
            };
            if damage == Damage::Accept && !known(&count) {
                // Those before it.
                count = (0..count).rev().find(known).unwrap_or(0);
                flaw = Some(Flaw("a row has an unknown filter"));
            }
            let rows = unfilter
                .group(&window[start..], count)
                .map_err(|flaw| flaw.at(inflate.offset()))?;
            for row in rows {
                has_spare |= stored.has_spare(row);
                if emit(y, expand.row(row)).is_break() {
                    return Ok(stopped(intact, y + 1, has_spare));
                }
                y += 1;
            }
            start += count * length;
            if flaw.is_some() && count < GROUP {
                break;
            }
        }
        if y < stored.height {
            let keep = start.min(at.saturating_sub(REACH));
            window.copy_within(keep..at, 0);
            (start, at) = (start - keep, at - keep);
        }
    }
    let mut is_checked = false;
    if flaw.is_none() {
        // More data than pixels is let pass, as other decoders do. Then there is no end to look at.
        let tail = loop {
            let tail = match at == start {
                true => inflate.finish(&mut window, at),
                false => inflate.rest().map(|_| Tail::Spare),
            };
            if tail != Ok(Tail::Later) {
                break tail;
            }
            if emit(y, &[]).is_break() {
                return Ok(stopped(intact, y, has_spare));
            }
        };
        match tail {
            Ok(tail) => {
                is_checked = tail != Tail::Missing;
                has_spare |= tail == Tail::Spare;
            }
            // Which rows are wrong is not known.
            Err(found) => (flaw, intact) = (Some(found), Some(0)),
        }
    }
    match flaw {
        Some(flaw) if damage == Damage::Refuse || y == 0 => Err(flaw.at(inflate.offset())),
        _ => Ok(End {
            intact: intact.unwrap_or(y),
            found: y,
            is_marked: is_marked && is_checked,
            has_spare,
        }),
    }
}

/// The caller wants no more than so many rows.
fn stopped(intact: Option<u32>, found: u32, has_spare: bool) -> End {
    End {
        intact: intact.unwrap_or(found),
        found,
        is_marked: false,
        has_spare,
    }
}
