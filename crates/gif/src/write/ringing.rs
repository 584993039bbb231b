//! Takes a filter's ringing off flat colors.
//!
//! A good filter makes what is beside an edge a little lighter or darker when it resizes. Nobody sees that in a photo. Beside flat
//! colors it is a faint line that the source does not have, and in an animation it costs colors, and bytes in every frame.

use crate::area::Area;

/// So many equal pixels in a row or column are a flat color.
const FLAT: usize = 3;
/// How far an edge rings, in pixels.
const REACH: usize = 5;
/// A flat color goes on behind so many pixels of other colors, such as the stroke of a letter.
const GAP: usize = 8;
/// How much of a picture around what has changed is looked at, in pixels each way.
const AROUND: usize = 32;
/// The least contrast of an edge, in levels.
const EDGE: i16 = 24;
/// The shares of an edge's contrast by which ringing overshoots a flat color, and by which it swings back, as divisors.
const OVERSHOOT: i16 = 8;
const SWING: i16 = 32;
/// What rounding may add, in levels.
const ROUNDED: i16 = 1;

/// Gives pixels near an edge the flat color beside them if ringing explains how they differ from it, in `picture`: what is `raw` where
/// the source has changed, and on `screen` already where it has not. What is on screen stays.
pub(super) fn flatten(width: usize, picture: &mut [[u8; 4]], raw: &[[u8; 4]], screen: &[[u8; 4]]) {
    let changed = changed(width, picture, screen);
    if changed.is_empty() {
        return;
    }
    let area = Area {
        left: changed.left.saturating_sub(AROUND),
        top: changed.top.saturating_sub(AROUND),
        right: (changed.right + AROUND).min(width),
        bottom: (changed.bottom + AROUND).min(raw.len() / width),
    };
    let rows = raw.chunks_exact(width).take(area.bottom).skip(area.top);
    let part = rows.flat_map(|row| &row[area.left..area.right]).copied();
    let across = area.right - area.left;
    let flat = flattened(across, part.collect());
    let mut flat = flat.chunks_exact(across);
    for y in area.top..area.bottom {
        let row = y * width + area.left..y * width + area.right;
        let (row, shown) = (&mut picture[row.clone()], &screen[row]);
        let flat = flat.next().unwrap_or_default();
        for ((new, flat), shown) in row.iter_mut().zip(flat).zip(shown) {
            if new != shown {
                *new = *flat;
            }
        }
    }
}

/// The area around all pixels that differ.
fn changed(width: usize, picture: &[[u8; 4]], screen: &[[u8; 4]]) -> Area {
    let rows = picture.chunks_exact(width).zip(screen.chunks_exact(width));
    let rows = rows.enumerate().filter(|(_, (new, shown))| new != shown);
    rows.fold(Area::EMPTY, |area, (y, (new, shown))| {
        let differs = |x: &usize| new[*x] != shown[*x];
        area.union(Area {
            left: (0..width).find(differs).unwrap_or(0),
            top: y,
            right: (0..width).rev().find(differs).map_or(0, |x| x + 1),
            bottom: y + 1,
        })
    })
}

/// All of a picture, flattened: rows, then columns.
fn flattened(width: usize, mut flat: Vec<[u8; 4]>) -> Vec<[u8; 4]> {
    flat.chunks_exact_mut(width).for_each(|row| {
        flatten_line(row);
    });
    let mut column = Vec::with_capacity(flat.len() / width);
    for x in 0..width {
        column.clear();
        column.extend(flat[x..].iter().step_by(width));
        if flatten_line(&mut column) {
            let pixels = flat[x..].iter_mut().step_by(width);
            pixels.zip(&column).for_each(|(pixel, new)| *pixel = *new);
        }
    }
    flat
}

/// Flattens a row or column. Whether anything has changed.
fn flatten_line(line: &mut [[u8; 4]]) -> bool {
    let ahead = flatten_ahead(line);
    line.reverse();
    let behind = flatten_ahead(line);
    line.reverse();
    ahead || behind
}

/// The same, for pixels that follow a flat color.
fn flatten_ahead(line: &mut [[u8; 4]]) -> bool {
    let mut changed = false;
    // The last flat color, and where it was last.
    let mut flat = None;
    let mut at = 0;
    while at < line.len() {
        let color = line[at];
        let same = line[at..].iter().take_while(|other| **other == color);
        let end = at + same.count();
        let is_flat = end - at >= FLAT;
        let last = flat.filter(|(_, last)| at - last <= GAP);
        match last {
            _ if is_flat => (flat, at) = (Some((color, end - 1)), end),
            None => (flat, at) = (None, at + 1),
            Some((known, _)) if known == color => (flat, at) = (Some((known, end - 1)), end),
            Some((known, _)) => {
                let near = &line[at.saturating_sub(REACH)..(at + 1 + REACH).min(line.len())];
                if is_ringing(known, color, near) {
                    line[at] = known;
                    flat = Some((known, at));
                    changed = true;
                }
                at += 1;
            }
        }
    }
    changed
}

/// Whether a pixel differs from a flat color by what an edge nearby explains.
fn is_ringing(flat: [u8; 4], pixel: [u8; 4], near: &[[u8; 4]]) -> bool {
    let off = |other: [u8; 4]| -> [i16; 3] {
        std::array::from_fn(|c| i16::from(other[c]) - i16::from(flat[c]))
    };
    let contrast = |other: [u8; 4]| off(other).map(i16::abs).into_iter().max();
    let Some(&edge) = near.iter().max_by_key(|color| contrast(**color)) else {
        return false;
    };
    let opaque = [flat, pixel, edge].iter().all(|color| color[3] == u8::MAX);
    opaque
        && contrast(edge) >= Some(EDGE)
        && off(pixel).iter().zip(off(edge)).all(|(&off, edge)| {
            // Towards the edge's color.
            let towards = off * if edge < 0 { -1 } else { 1 };
            let edge = edge.abs();
            (-edge / OVERSHOOT - ROUNDED..=edge / SWING + ROUNDED).contains(&towards)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(grays: &[u8]) -> Vec<[u8; 4]> {
        grays.iter().map(|v| [*v, *v, *v, 255]).collect()
    }

    /// The same from both ends, in a row and in a column.
    #[track_caller]
    fn becomes(before: &[u8], after: &[u8]) {
        let (mut before, mut after) = (line(before), line(after));
        for _ in 0..2 {
            assert_eq!(flattened(before.len(), before.clone()), after);
            assert_eq!(flattened(1, before.clone()), after);
            before.reverse();
            after.reverse();
        }
    }

    #[test]
    fn ringing_becomes_flat_and_the_edge_stays() {
        let flat = [246; 4];
        let edge = [211, 98, 40, 40, 40];
        // Two swings before the edge, as of Lanczos.
        let before = [&flat[..], &[247, 243, 255], &edge].concat();
        becomes(&before, &[&flat[..], &[246; 3], &edge].concat());
        // A gap in a letter, too narrow to be flat.
        let before = [&flat[..], &edge[..3], &[98, 250, 98], &edge].concat();
        becomes(
            &before,
            &[&flat[..], &edge[..3], &[98, 246, 98], &edge].concat(),
        );
    }

    #[test]
    fn what_no_edge_explains_stays() {
        for grays in [
            // A faint line, and a slope.
            &[250, 250, 250, 240, 250, 250, 250][..],
            &[100, 100, 100, 101, 102, 103, 104, 105, 106],
            // More than an edge of this contrast makes; a flat color of its own; an edge too far away.
            &[200, 200, 200, 215, 100, 100, 100],
            &[246, 246, 246, 250, 250, 250, 40, 40, 40],
            &[246, 246, 246, 250, 246, 246, 246, 246, 246, 40, 40, 40],
        ] {
            becomes(grays, grays);
        }
        // What is seen through.
        let mut hole = line(&[246, 246, 246, 255, 98, 40, 40, 40]);
        hole[4..].fill([0; 4]);
        assert_eq!(flattened(8, hole.clone()), hole);
    }

    #[test]
    fn only_what_has_changed_is_flattened_and_as_in_the_whole_picture() {
        // Two lines of 300 pixels that ring every 15; the screen shows another color around the middle one.
        let ringing = [
            246, 246, 246, 246, 255, 98, 40, 40, 40, 98, 255, 246, 246, 246, 246,
        ];
        let raw = line(&ringing.repeat(40));
        let flat = flattened(300, raw.clone());
        let mut screen = raw.clone();
        screen[144..156].fill([1, 2, 3, 255]);
        let mut picture = raw.clone();
        flatten(300, &mut picture, &raw, &screen);
        assert_ne!(flat[144..156], raw[144..156]);
        let expected = [&raw[..144], &flat[144..156], &raw[156..]].concat();
        assert_eq!(picture, expected);
    }
}
