//! The differences between a picture and a screen, band by band in parallel.

use rayon::prelude::*;

use super::tolerance::Tolerance;
use crate::area::Area;

/// Rows that are compared together: enough that the overhead of a task is negligible.
const BAND: usize = 32;

/// How a picture differs from a screen.
#[derive(Clone, Copy)]
pub(super) struct Difference {
    /// Pixels that must be drawn.
    pub(super) drawn: usize,
    /// Pixels that must become transparent.
    pub(super) vanishing: usize,
    /// The area around those.
    pub(super) vanishing_area: Area,
}

impl Difference {
    const NONE: Difference = Difference {
        drawn: 0,
        vanishing: 0,
        vanishing_area: Area::EMPTY,
    };

    /// The union of differences in different rows.
    fn and(self, other: Difference) -> Difference {
        Difference {
            drawn: self.drawn + other.drawn,
            vanishing: self.vanishing + other.vanishing,
            vanishing_area: self.vanishing_area.union(other.vanishing_area),
        }
    }
}

/// What differs in one row.
struct Row {
    drawn: usize,
    vanishing: usize,
    span: Span,
}

impl Row {
    const SAME: Row = Row {
        drawn: 0,
        vanishing: 0,
        span: Span::EMPTY,
    };

    /// The pixel at `x` must become `new`.
    fn add(&mut self, x: usize, new: [u8; 4]) {
        if new[3] == 0 {
            self.vanishing += 1;
            self.span.add(x);
        } else {
            self.drawn += 1;
        }
    }

    fn at(self, y: usize) -> Difference {
        Difference {
            drawn: self.drawn,
            vanishing: self.vanishing,
            vanishing_area: match self.vanishing {
                0 => Area::EMPTY,
                _ => self.span.at(y),
            },
        }
    }
}

/// Resets each pixel that equals the picture `before` to what is on `screen`; that picture then becomes this one.
///
/// Returns how the picture still differs from the screen.
pub(super) fn stay(
    width: usize,
    picture: &mut [[u8; 4]],
    before: &mut [[u8; 4]],
    screen: &[[u8; 4]],
) -> Difference {
    rows(
        picture.par_chunks_exact_mut(width),
        screen.par_chunks_exact(width),
    )
    .zip(before.par_chunks_exact_mut(width))
    .map(|((y, new, shown), before)| {
        if new == before {
            new.copy_from_slice(shown);
            return Difference::NONE;
        }
        let mut row = Row::SAME;
        for (x, ((new, before), shown)) in new.iter_mut().zip(before).zip(shown).enumerate() {
            if new == before {
                *new = *shown;
            } else {
                *before = *new;
                if new != shown {
                    row.add(x, *new);
                }
            }
        }
        row.at(y)
    })
    .reduce(|| Difference::NONE, Difference::and)
}

/// Resets each pixel within the tolerance to what is on `screen`. Returns how the picture still differs.
pub(super) fn forgive(
    width: usize,
    picture: &mut [[u8; 4]],
    screen: &[[u8; 4]],
    tolerance: Tolerance,
) -> Difference {
    rows(
        picture.par_chunks_exact_mut(width),
        screen.par_chunks_exact(width),
    )
    .map(|(y, new, shown)| {
        if new == shown {
            return Difference::NONE;
        }
        let mut row = Row::SAME;
        for (x, (new, shown)) in new.iter_mut().zip(shown).enumerate() {
            if tolerance.differs(y * width + x, *new, *shown) {
                row.add(x, *new);
            } else {
                *new = *shown;
            }
        }
        row.at(y)
    })
    .reduce(|| Difference::NONE, Difference::and)
}

/// Compares pixel by pixel with what would be on `screen` after what is `shown`.
pub(super) fn difference(
    width: usize,
    picture: &[[u8; 4]],
    shown: &[[u8; 4]],
    screen: &[[u8; 4]],
    tolerance: Tolerance,
) -> Difference {
    rows(
        picture.par_chunks_exact(width),
        screen.par_chunks_exact(width),
    )
    .zip(shown.par_chunks_exact(width))
    .map(|((y, new, old), shown)| {
        if new == old {
            return Difference::NONE;
        }
        let mut row = Row::SAME;
        for (x, ((new, old), shown)) in new.iter().zip(old).zip(shown).enumerate() {
            if must_change(y * width + x, *new, *shown, *old, tolerance) {
                row.add(x, *new);
            }
        }
        row.at(y)
    })
    .reduce(|| Difference::NONE, Difference::and)
}

/// How many pixels must be drawn once `cleared` is transparent.
pub(super) fn drawn_over(
    width: usize,
    picture: &[[u8; 4]],
    screen: &[[u8; 4]],
    cleared: Area,
) -> usize {
    rows(
        picture.par_chunks_exact(width),
        screen.par_chunks_exact(width),
    )
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

/// Draws what must change onto `screen` and onto `drawn`, and returns where. `shown` was on screen before, if not the same.
pub(super) fn redraw(
    width: usize,
    picture: &[[u8; 4]],
    screen: &mut [[u8; 4]],
    shown: Option<&[[u8; 4]]>,
    drawn: &mut [[u8; 4]],
    tolerance: Tolerance,
) -> Area {
    rows(
        picture.par_chunks_exact(width),
        screen.par_chunks_exact_mut(width),
    )
    .zip(drawn.par_chunks_exact_mut(width))
    .map(|((y, new, screen), drawn)| {
        let mut span = Span::EMPTY;
        for (x, ((new, screen), drawn)) in new.iter().zip(screen).zip(drawn).enumerate() {
            let change = match shown {
                Some(shown) => {
                    let at = y * width + x;
                    must_change(at, *new, shown[at], *screen, tolerance)
                }
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
fn rows<A: IndexedParallelIterator, B: IndexedParallelIterator>(
    a: A,
    b: B,
) -> impl IndexedParallelIterator<Item = (usize, A::Item, B::Item)> {
    a.zip(b)
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

/// Whether the pixel at an index must be drawn over what is on screen: unchanged pixels must stay exactly as they were `shown`.
fn must_change(
    at: usize,
    new: [u8; 4],
    shown: [u8; 4],
    screen: [u8; 4],
    tolerance: Tolerance,
) -> bool {
    new != screen && (new == shown || tolerance.differs(at, new, screen))
}
