//! From the compressed stream to finished rows, a few at a time.

use std::ops::ControlFlow;

use crate::chunks::File;
use crate::error::{Error, Flaw};
use crate::expand::Expand;
use crate::inflate::{Inflate, REACH, SLACK};
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

pub(crate) fn decode(
    photo: &[u8],
    file: &File<'_>,
    emit: &mut dyn FnMut(u32, &[u8]) -> ControlFlow<()>,
) -> Result<(), Error> {
    let stored = &file.stored;
    // With the byte that names its filter.
    let length = stored.row_bytes() + 1;
    let mut expand = Expand::new(file)?;
    let mut unfilter = Unfilter::new(stored.pixel_bytes(), stored.row_bytes())?;
    let mut inflate = Inflate::new(photo, file.pixels);
    let batch = BATCH.max(length);
    // Less than a group of rows waits, and what can be referred to, and a batch.
    let mut window = zeros((REACH + GROUP * length + batch).next_multiple_of(64) + SLACK)?;
    let end = window.len() - SLACK;
    let (mut start, mut at, mut y) = (0_usize, 0, 0);
    while y < stored.height {
        let left = (stored.height - y) as usize;
        let wanted = end.min(start.saturating_add(length.saturating_mul(left)));
        at = inflate
            .fill(&mut window, at, wanted)
            .map_err(|flaw| flaw.at(inflate.offset()))?;
        if at < wanted {
            if inflate.is_over() {
                return Err(Flaw::CUT.at(inflate.offset()));
            }
            if emit(y, &[]).is_break() {
                return Ok(());
            }
            continue;
        }
        loop {
            let count = ((at - start) / length).min((stored.height - y) as usize);
            if count < GROUP && (count == 0 || y + (count as u32) < stored.height) {
                break;
            }
            let count = count.min(GROUP);
            let rows = unfilter
                .group(&window[start..], count)
                .map_err(|flaw| flaw.at(inflate.offset()))?;
            for row in rows {
                if emit(y, expand.row(row)).is_break() {
                    return Ok(());
                }
                y += 1;
            }
            start += count * length;
        }
        if y < stored.height {
            let keep = start.min(at.saturating_sub(REACH));
            window.copy_within(keep..at, 0);
            (start, at) = (start - keep, at - keep);
        }
    }
    // More data than pixels is let pass, as other decoders do. Then there is no end to look at.
    if at == start {
        while !inflate
            .check_end(&mut window, at)
            .map_err(|flaw| flaw.at(inflate.offset()))?
        {
            if emit(y, &[]).is_break() {
                return Ok(());
            }
        }
    }
    inflate
        .check_chunks()
        .map_err(|flaw| flaw.at(inflate.offset()))
}
