//! What differs between a picture and a screen, band by band in parallel.

use rayon::prelude::*;

use crate::decode::gif::Area;

/// Rows that are compared together: enough that handing them out costs nothing.
const BAND: usize = 32;

/// How a picture differs from a screen.
#[derive(Clone, Copy)]
pub(super) struct Difference {
    /// Pixels that must be drawn.
    pub(super) drawn: usize,
    /// Pixels that must become transparent.
    pub(super) vanishing: usize,
    /// Around those.
    pub(super) vanishing_area: Area,
}

/// Makes each pixel that is the same as in the picture `before` what is on `screen`; that picture becomes this one.
pub(super) fn stay(picture: &mut [[u8; 4]], before: &mut [[u8; 4]], screen: &[[u8; 4]]) {
    let pixels = picture.par_iter_mut().zip(before).zip(screen);
    pixels
        .with_min_len(BAND * 512)
        .for_each(|((new, before), shown)| {
            if new == before {
                *new = *shown;
            } else {
                *before = *new;
            }
        });
}

/// Makes each pixel that is off by no more than `tolerance` what is on `screen`.
pub(super) fn forgive(picture: &mut [[u8; 4]], screen: &[[u8; 4]], tolerance: u8) {
    let pixels = picture.par_iter_mut().zip(screen);
    pixels.with_min_len(BAND * 512).for_each(|(new, shown)| {
        if !differs(*new, *shown, tolerance) {
            *new = *shown;
        }
    });
}

/// Compares pixel by pixel with what would be on `screen` after what is `shown`.
pub(super) fn difference(
    width: usize,
    picture: &[[u8; 4]],
    shown: &[[u8; 4]],
    screen: &[[u8; 4]],
    tolerance: u8,
) -> Difference {
    let none = Difference {
        drawn: 0,
        vanishing: 0,
        vanishing_area: Area::EMPTY,
    };
    rows(width, picture, screen)
        .zip(shown.par_chunks_exact(width))
        .map(|((y, new, old), shown)| {
            let mut found = none;
            if new == old {
                return found;
            }
            let mut span = Span::EMPTY;
            for (x, ((new, old), shown)) in new.iter().zip(old).zip(shown).enumerate() {
                if must_change(*new, *shown, *old, tolerance) {
                    if new[3] == 0 {
                        found.vanishing += 1;
                        span.add(x);
                    } else {
                        found.drawn += 1;
                    }
                }
            }
            if found.vanishing > 0 {
                found.vanishing_area = span.at(y);
            }
            found
        })
        .reduce(
            || none,
            |a, b| Difference {
                drawn: a.drawn + b.drawn,
                vanishing: a.vanishing + b.vanishing,
                vanishing_area: a.vanishing_area.union(b.vanishing_area),
            },
        )
}

/// How many pixels must be drawn once `cleared` is transparent.
pub(super) fn drawn_over(
    width: usize,
    picture: &[[u8; 4]],
    screen: &[[u8; 4]],
    cleared: Area,
) -> usize {
    rows(width, picture, screen)
        .map(|(y, new, old)| {
            let inside = (cleared.top..cleared.bottom).contains(&y);
            let pixels = new.iter().zip(old).enumerate();
            pixels
                .filter(|(x, (new, old))| {
                    let clear = inside && (cleared.left..cleared.right).contains(x);
                    new[3] != 0 && (clear || new != old)
                })
                .count()
        })
        .sum()
}

/// Draws what must change onto `screen` and onto `drawn`, and says where. `shown` was on screen before, if not the same.
pub(super) fn redraw(
    width: usize,
    picture: &[[u8; 4]],
    screen: &mut [[u8; 4]],
    shown: Option<&[[u8; 4]]>,
    drawn: &mut [[u8; 4]],
    tolerance: u8,
) -> Area {
    picture
        .par_chunks_exact(width)
        .zip(screen.par_chunks_exact_mut(width))
        .zip(drawn.par_chunks_exact_mut(width))
        .enumerate()
        .with_min_len(BAND)
        .map(|(y, ((new, screen), drawn))| {
            let mut span = Span::EMPTY;
            for (x, ((new, screen), drawn)) in new.iter().zip(screen).zip(drawn).enumerate() {
                let change = match shown {
                    Some(shown) => must_change(*new, shown[y * width + x], *screen, tolerance),
                    None => new != screen,
                };
                if change {
                    *drawn = *new;
                    *screen = *new;
                    span.add(x);
                }
            }
            span.at(y)
        })
        .reduce(|| Area::EMPTY, Area::union)
}

/// The rows of two pictures with their numbers.
fn rows<'a>(
    width: usize,
    a: &'a [[u8; 4]],
    b: &'a [[u8; 4]],
) -> impl IndexedParallelIterator<Item = (usize, &'a [[u8; 4]], &'a [[u8; 4]])> {
    a.par_chunks_exact(width)
        .zip(b.par_chunks_exact(width))
        .enumerate()
        .with_min_len(BAND)
        .map(|(y, (a, b))| (y, a, b))
}

/// Columns of a row, from the first to the last that was added.
struct Span {
    left: usize,
    right: usize,
}

impl Span {
    const EMPTY: Span = Span {
        left: usize::MAX,
        right: 0,
    };

    fn add(&mut self, x: usize) {
        self.left = self.left.min(x);
        self.right = x + 1;
    }

    fn at(self, y: usize) -> Area {
        Area {
            left: self.left,
            top: y,
            right: self.right,
            bottom: y + 1,
        }
    }
}

/// Whether a pixel must be drawn over what is on screen: what stands still must stay exactly as it was `shown`.
fn must_change(new: [u8; 4], shown: [u8; 4], screen: [u8; 4], tolerance: u8) -> bool {
    new != screen && (new == shown || differs(new, screen, tolerance))
}

/// Whether any sample is off by more than `tolerance`, or alpha at all.
fn differs(new: [u8; 4], old: [u8; 4], tolerance: u8) -> bool {
    new != old && (0..4).any(|c| new[c].abs_diff(old[c]) > if c == 3 { 0 } else { tolerance })
}
