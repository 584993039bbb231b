//! Decodes an image of several scans, all of them in step: each contributes its share of one row of
//! MCUs, then that row is transformed and passed on.
//!
//! A scan depends on earlier ones only for the same blocks, and its start is found without
//! decoding those before it. So one row of coefficients is enough for any progressive photo, and
//! it stays in the cache.

use std::ops::ControlFlow;

use crate::end::End;
use crate::error::Error;
use crate::frame::Header;
use crate::passes::{Found, Pass, find_passes, left_at_end};
use crate::plane::{Plane, Window};
use crate::request::{Below, Damage, Request};
use crate::row::Row;
use crate::stream::{Scan, Stream};

/// Passes on each row of MCUs that the window touches, and nothing for the others. `first` is the first scan.
pub(crate) fn decode(
    stream: &mut Stream,
    header: &Header,
    first: Scan,
    window: &Window,
    request: &Request,
    emit: &mut dyn FnMut(&[Plane]) -> ControlFlow<()>,
) -> Result<End, Error> {
    let Found {
        mut passes,
        quants,
        end,
        mut flaw,
    } = find_passes(stream, header, first, request)?;
    if request.wants_means_alone() {
        passes.retain(Pass::has_means);
    }
    // Rows of MCUs: those that all scans reached, and those that show something.
    let (mut intact, mut found) = match flaw {
        None => (header.mcus().1, header.mcus().1),
        Some(_) if passes.iter().any(|pass| pass.begins(0)) => (0, header.mcus().1),
        Some(_) => (0, 0),
    };
    let mut rows = Vec::with_capacity(header.components.len());
    for component in &header.components {
        rows.push(Row::new(
            header.mcus().0 * component.h as usize,
            component.v as usize,
            window.across.start * component.h as usize..window.across.end * component.h as usize,
        )?);
    }
    let mut planes = window.planes(header, 0..1)?;
    for number in 0..header.mcus().1 {
        if number == window.down.end && request.below == Below::Skip {
            return Ok(End::NotReached);
        }
        let wanted = window.down.contains(&number);
        let uncut: Vec<_> = (0..)
            .zip(&rows)
            .map(|(index, row)| window.uncut_blocks(index, number * row.down, row.down))
            .collect();
        for (index, row) in rows.iter_mut().enumerate() {
            let h = header.components[index].h as usize;
            let (first, end) = (h * window.across.start, h * window.across.end);
            let is_uncut = uncut[index].start <= first && end <= uncut[index].end;
            row.clear(match (wanted, is_uncut) {
                (false, _) => 0,
                // Where a block is cut, it is transformed whole.
                (true, false) => 64,
                (true, true) => window.scale(index).coefficients(),
            });
        }
        for index in 0..passes.len() {
            let pass = &mut passes[index];
            if pass.is_over {
                continue;
            }
            let Err(error) = pass.read(header, number, &mut rows) else {
                continue;
            };
            if request.damage == Damage::Refuse {
                return Err(error);
            }
            if pass.begins(0) {
                found = number;
            }
            flaw.get_or_insert(error);
            intact = intact.min(number);
            give_up(&mut passes, index);
        }
        if !wanted {
            if emit(&[]).is_break() {
                return Ok(End::NotReached);
            }
            continue;
        }
        window.move_to(number..number + 1, header, &mut planes);
        for (index, (row, plane)) in rows.iter().zip(&mut planes).enumerate() {
            let uncut = window.uncut_blocks(index, number * row.down, row.down);
            let cut = |block: [usize; 2]| {
                if uncut.contains(&block[0]) {
                    None
                } else {
                    window.cut(index, block)
                }
            };
            row.transform(&quants[index], window.scale(index), number, cut, plane);
        }
        if emit(&planes).is_break() {
            return Ok(End::NotReached);
        }
    }
    stream.left.add(left_at_end(&passes));
    match flaw {
        None => Ok(end),
        Some(error) => End::damaged(header, intact, found, error),
    }
}

/// Ends a damaged scan, and the later ones that refine its coefficients.
fn give_up(passes: &mut [Pass], index: usize) {
    passes[index].is_over = true;
    for later in index + 1..passes.len() {
        let (before, rest) = passes.split_at_mut(later);
        let builds_on = |earlier: &Pass| earlier.is_over && rest[0].overlaps(earlier);
        let is_over = before[index..].iter().any(builds_on);
        rest[0].is_over |= is_over;
    }
}
