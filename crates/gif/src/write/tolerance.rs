//! How far a pixel may be off without being drawn again, and which animations are flat.

/// How far a sample may move from when it was drawn without being drawn again: what a filter's ringing does
/// around something that moves. If most of the picture changes, holes would cost more than they save.
const SLIGHT: u8 = 2;

/// How many levels of contrast nearby hide one more level in a flat animation, and how many levels they hide at most.
/// Something that moved on leaves no trace: its old position has no contrast any more.
const HIDING: i16 = 10;
const HIDDEN_MOST: u8 = 3;
/// How far away contrast hides, in pixels: the reach of a filter's ringing.
const REACH: usize = 2;

/// The share of pixels equal to the one before them from which a picture counts as flat. Photos and smooth gradients have at
/// most 0.3, drawings and screens at least 0.5.
const FLAT: f32 = 0.4;

/// Whether a picture consists of flat colors. The start and end of each row do not count: they may be bars.
pub(super) fn is_flat(width: usize, pixels: &[[u8; 4]]) -> bool {
    let (mut all, mut same) = (0, 0);
    for row in pixels.chunks_exact(width) {
        let begin = row.iter().take_while(|pixel| **pixel == row[0]).count();
        let end = row.iter().rev();
        let end = width - end.take_while(|pixel| **pixel == row[width - 1]).count();
        if begin < end {
            all += end - begin;
            same += row[begin..end]
                .windows(2)
                .filter(|pair| pair[0] == pair[1])
                .count();
        }
    }
    same as f32 >= all as f32 * FLAT
}

/// Which differences between a picture and a screen are left alone.
#[derive(Clone, Copy)]
pub(super) struct Tolerance<'a> {
    /// The picture as it was made.
    picture: &'a [[u8; 4]],
    width: usize,
    /// For each sample.
    slight: u8,
    /// Whether contrast nearby hides more.
    flat: bool,
}

impl<'a> Tolerance<'a> {
    /// None if little stands still: if `calm` is false.
    pub(super) fn new(picture: &'a [[u8; 4]], width: usize, calm: bool, flat: bool) -> Self {
        Tolerance {
            picture,
            width,
            slight: if calm { SLIGHT } else { 0 },
            flat: flat && calm,
        }
    }

    /// Whether the pixel at an index is off by too much in any sample, or at all in alpha.
    pub(super) fn differs(self, at: usize, new: [u8; 4], old: [u8; 4]) -> bool {
        if new == old {
            return false;
        }
        if new[3] != old[3] {
            return true;
        }
        let off = (0..3).map(|c| new[c].abs_diff(old[c])).max().unwrap_or(0);
        let Some(more @ 1..) = off.checked_sub(self.slight) else {
            return false;
        };
        !self.flat || more > HIDDEN_MOST || !self.contrasts(at, HIDING * i16::from(more))
    }

    /// Whether a pixel nearby is lighter or darker by at least this much.
    fn contrasts(self, at: usize, least: i16) -> bool {
        let light =
            |[r, g, b, _]: [u8; 4]| (2 * i16::from(r) + 5 * i16::from(g) + i16::from(b)) / 8;
        let here = light(self.picture[at]);
        let (x, y) = (at % self.width, at / self.width);
        let columns = x.saturating_sub(REACH)..(x + REACH + 1).min(self.width);
        let rows = self.picture.chunks_exact(self.width);
        rows.skip(y.saturating_sub(REACH))
            .take(y.min(REACH) + REACH + 1)
            .any(|row| {
                row[columns.clone()]
                    .iter()
                    .any(|pixel| pixel[3] != 0 && (light(*pixel) - here).abs() >= least)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gray(v: u8) -> [u8; 4] {
        [v, v, v, 255]
    }

    #[test]
    fn drawings_are_flat_and_neither_gradients_nor_their_bars_are() {
        let row = |pixel: &dyn Fn(usize) -> u8| -> Vec<[u8; 4]> {
            (0..300).map(|i| gray(pixel(i % 100))).collect()
        };
        assert!(is_flat(100, &row(&|x| (x / 20 * 50) as u8)));
        assert!(!is_flat(100, &row(&|x| (2 * x) as u8)));
        // Bars beside a gradient, as wide as the gradient itself.
        assert!(!is_flat(100, &row(&|x| x.clamp(25, 75) as u8)));
    }

    #[test]
    fn contrast_hides_within_two_pixels_and_only_in_flat_animations() {
        let mut picture = vec![gray(250); 11 * 11];
        picture[5 * 11 + 5] = gray(10);
        let off = |x: usize, by: u8, calm, flat| {
            let tolerance = Tolerance::new(&picture, 11, calm, flat);
            tolerance.differs(5 * 11 + x, gray(250), gray(250 - by))
        };
        assert_eq!([2, 3].map(|by| off(2, by, true, true)), [false, true]);
        assert_eq!([5, 6].map(|by| off(3, by, true, true)), [false, true]);
        assert_eq!([2, 3].map(|by| off(3, by, true, false)), [false, true]);
        assert_eq!([0, 1].map(|by| off(3, by, false, true)), [false, true]);
    }

    #[test]
    fn alpha_and_the_corners_count() {
        let picture = vec![gray(9); 9];
        let tolerance = Tolerance::new(&picture, 3, true, true);
        assert!(
            [0, 2, 6, 8]
                .iter()
                .all(|at| tolerance.differs(*at, gray(9), gray(20)))
        );
        assert!(tolerance.differs(4, gray(9), [0; 4]));
    }
}
