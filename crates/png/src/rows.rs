//! Turns the compressed stream into finished rows, a few at a time.

use std::ops::ControlFlow;

use crate::adam7::{Paint, Pass};
use crate::allocate::filled;
use crate::chunks::File;
use crate::damage::Damage;
use crate::error::{Error, Flaw};
use crate::expand::Expand;
use crate::header::Header;
use crate::inflate::{Inflate, REACH, SLACK, Tail};
use crate::unfilter::{GROUP, Unfilter};

/// Bytes inflated at once, unless rows are so long that a group of them needs more.
const BATCH: usize = 64 << 10;

/// What is known once the rows were passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// The first rows that are known to be correct: all of them, unless damage was accepted.
    pub intact: u32,
    /// The rows that were passed on.
    pub found: u32,
    /// Whether the checksum of the pixels and the end chunk were there. All pixels may be there without them.
    pub is_marked: bool,
    /// Whether the chunks of pixels hold anything else: data after the last row, bytes after the compressed stream, padding
    /// bits that are not zero.
    pub has_spare: bool,
}

/// Decodes all pixels, or those of the upper left corner of this width and height.
pub(crate) fn decode(
    photo: &[u8],
    file: &File<'_>,
    damage: Damage,
    corner: Option<[u32; 2]>,
    emit: &mut dyn FnMut(u32, &[u8]) -> ControlFlow<()>,
) -> Result<End, Error> {
    let stored = &file.stored;
    let [width, bottom] = corner.unwrap_or([stored.width, stored.height]);
    let header = Header {
        width,
        ..file.header
    };
    let mut expand = Expand::new(&File { header, ..*file })?;
    if !stored.is_interlaced {
        return inflated(photo, file, damage, corner, &mut |_, y, row| match row {
            [] => emit(y, row),
            row => emit(y, expand.row(row)),
        });
    }
    let stride = stored.row_bytes();
    // Within the limits, so it does not overflow.
    let mut image = filled(0, stride * stored.height as usize)?;
    let paint = match damage {
        Damage::Refuse => Paint::Pixels,
        Damage::Accept => Paint::Blocks,
    };
    let mut known = 0;
    let mut is_stopped = false;
    let end = inflated(photo, file, damage, None, &mut |pass, y, row| {
        if !row.is_empty() {
            pass.put(stored, &mut image, y, row, paint);
            known = pass.known(y + 1, stored.height).max(known);
        }
        let next = emit(0, &[]);
        is_stopped |= next.is_break();
        next
    })?;
    let is_whole = end.found == Pass::all(stored).iter().map(|pass| pass.height).sum();
    let end = End {
        // The last pass brings details of every other row.
        intact: if is_whole && end.intact == end.found {
            stored.height
        } else {
            0
        },
        found: known,
        ..end
    };
    if is_stopped {
        return Ok(End { found: 0, ..end });
    }
    for (y, row) in (0..known.min(bottom)).zip(image.chunks_exact(stride)) {
        let row = &row[..stored.row_bytes_of(width)];
        if emit(y, expand.row(row)).is_break() {
            return Ok(stopped(Some(end.intact.min(y + 1)), y + 1, end.has_spare));
        }
    }
    Ok(end)
}

/// Takes each pass with the number of the row in it, and the row as it is stored, or no bytes for a mere chance to stop.
type Take<'a> = dyn FnMut(&Pass, u32, &[u8]) -> ControlFlow<()> + 'a;

/// Inflates the rows of all passes, unfilters them, or the corner of the only pass, and counts them in [`End`].
fn inflated(
    photo: &[u8],
    file: &File<'_>,
    damage: Damage,
    corner: Option<[u32; 2]>,
    take: &mut Take<'_>,
) -> Result<End, Error> {
    let stored = &file.stored;
    let is_marked = match (&file.is_marked, damage) {
        (Err(error), Damage::Refuse) => return Err(*error),
        (is_marked, _) => *is_marked.as_ref().unwrap_or(&false),
    };
    let passes = Pass::all(stored);
    let mut inflate = Inflate::new(photo, file.pixels, damage);
    // With the filter byte; of the widest pass.
    let most = stored.row_bytes() + 1;
    // Less than a group of rows waits, plus the data that copies can refer to, plus a batch.
    let batch = BATCH.max(most);
    let mut window = filled(
        0,
        (REACH + GROUP * most + batch).next_multiple_of(64) + SLACK,
    )?;
    let end = window.len() - SLACK;
    let (mut start, mut at) = (0_usize, 0_usize);
    // The rows of the earlier passes, and the first of all that may be wrong.
    let (mut before, mut intact) = (0, None);
    let mut has_spare = false;
    let mut flaw = None;
    for pass in &passes {
        if flaw.is_some() {
            break;
        }
        let length = stored.row_bytes_of(pass.width) + 1;
        // A pixel needs none on its right and none below it.
        let [width, bottom] = corner.unwrap_or([pass.width, pass.height]);
        let mut unfilter = Unfilter::new(stored.pixel_bytes(), stored.row_bytes_of(width), length)?;
        // Data inflated when damage shows is lost.
        let step = match damage {
            Damage::Refuse => usize::MAX,
            Damage::Accept => length,
        };
        let mut y = 0;
        while y < pass.height && flaw.is_none() {
            let left = (pass.height - y) as usize;
            let last = start.saturating_add(length.saturating_mul(left));
            let wanted = end.min(last).min(at.saturating_add(step));
            match inflate.fill(&mut window, at, wanted) {
                Ok(reached) => {
                    at = reached;
                    if at < wanted && !inflate.is_over() {
                        if take(pass, y, &[]).is_break() {
                            return Ok(stopped(intact, before + y, has_spare));
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
                intact.get_or_insert(before + y);
            }
            loop {
                let left = pass.height - y;
                let mut count = ((at - start) / length).min(left as usize);
                if count == 0 || count < GROUP && (count as u32) < left && flaw.is_none() {
                    break;
                }
                count = count.min(GROUP);
                let filters = window[start..].iter().step_by(length).take(count);
                let known = filters.copied().take_while(|byte| Unfilter::knows(*byte));
                let known = known.count();
                if known < count {
                    let unknown = Flaw("a row has an unknown filter");
                    if damage == Damage::Refuse {
                        return Err(unknown.at(inflate.offset()));
                    }
                    // Those before it.
                    (count, flaw) = (known, Some(unknown));
                }
                if y < bottom {
                    for row in unfilter.group(&window[start..], count) {
                        has_spare |= width == pass.width && stored.has_spare(row, width);
                        y += 1;
                        let row = if y <= bottom { row } else { &[] };
                        if take(pass, y - 1, row).is_break() {
                            return Ok(stopped(intact, before + y, has_spare));
                        }
                    }
                } else {
                    y += count as u32;
                    if take(pass, y, &[]).is_break() {
                        return Ok(stopped(intact, before + y, has_spare));
                    }
                }
                start += count * length;
                if flaw.is_some() && count < GROUP {
                    break;
                }
            }
            let keep = start.min(at.saturating_sub(REACH));
            window.copy_within(keep..at, 0);
            (start, at) = (start - keep, at - keep);
        }
        before += y;
    }
    let mut is_checked = false;
    if flaw.is_none() {
        // More data than pixels is tolerated, as in other decoders. Then there is no end to check.
        let tail = loop {
            let tail = if at == start {
                inflate.finish(&mut window, at)
            } else {
                inflate.rest().map(|_| Tail::Spare)
            };
            if tail != Ok(Tail::Later) {
                break tail;
            }
            if take(&passes[passes.len() - 1], 0, &[]).is_break() {
                return Ok(stopped(intact, before, has_spare));
            }
        };
        match tail {
            Ok(tail) => {
                is_checked = tail != Tail::Missing;
                has_spare |= tail == Tail::Spare;
            }
            // Which rows are wrong is unknown.
            Err(found) => (flaw, intact) = (Some(found), Some(0)),
        }
    }
    match flaw {
        Some(flaw) if damage == Damage::Refuse || before == 0 => Err(flaw.at(inflate.offset())),
        _ => Ok(End {
            intact: intact.unwrap_or(before),
            found: before,
            is_marked: is_marked && is_checked,
            has_spare,
        }),
    }
}

/// Refuses rows beyond the number that the caller wants.
fn stopped(intact: Option<u32>, found: u32, has_spare: bool) -> End {
    End {
        intact: intact.unwrap_or(found),
        found,
        is_marked: false,
        has_spare,
    }
}
