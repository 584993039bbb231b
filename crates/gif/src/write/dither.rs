//! Maps colors to palette indices with an ordered pattern: a pixel's index depends only on its position and color.

use super::color::{Color, SCALE, distance, to_color};
use super::nearest::{Grain, Nearest};

/// The two palette colors between which a color lies, and how far it is on the way to the second.
#[derive(Clone, Copy)]
struct Blend {
    first: u8,
    second: u8,
    /// In 64ths; 0 means the first alone.
    share: u8,
}

const CACHE: usize = 1 << 15;

/// How much of the pattern that would be exact on average is used. A quarter breaks up bands; all of it costs a tenth
/// more bytes and scores no better in SSIMULACRA2.
const STRENGTH: f32 = 0.25;
/// None for flat colors: between them are only narrow edges, which show no bands, and a pattern in them costs a tenth
/// of the bytes.
const STRENGTH_FLAT: f32 = 0.0;

/// A palette color at this squared distance is used as it is: mixing would be invisible and costs time.
const CLOSE: f32 = 4.0;

/// Two colors further apart than this are mixed less, because their pattern would be visible.
const REACH: f32 = 40.0;

/// Maps colors of one palette.
pub(crate) struct Ditherer<'a> {
    palette: &'a [Color],
    nearest: Nearest<'a>,
    strength: f32,
    cache: Vec<(u32, Blend)>,
}

impl<'a> Ditherer<'a> {
    /// `flat`: whether the animation consists of flat colors.
    pub(crate) fn new(palette: &'a [Color], flat: bool) -> Ditherer<'a> {
        let blend = Blend {
            first: 0,
            second: 0,
            share: 0,
        };
        Ditherer {
            palette,
            nearest: Nearest::new(palette, Grain::Pixels),
            strength: if flat { STRENGTH_FLAT } else { STRENGTH },
            cache: vec![(0, blend); CACHE],
        }
    }

    /// The index for an opaque pixel at column `x` and row `y` of the square.
    pub(crate) fn index(&mut self, pixel: [u8; 4], x: usize, y: usize) -> u8 {
        let key = u32::from_le_bytes(pixel);
        let slot = (key.wrapping_mul(0x9E37_79B1) >> 17) as usize;
        if self.cache[slot].0 != key {
            self.cache[slot] = (key, self.blend([pixel[0], pixel[1], pixel[2]]));
        }
        let blend = self.cache[slot].1;
        if BAYER[y % 8][x % 8] < blend.share {
            blend.second
        } else {
            blend.first
        }
    }

    fn blend(&mut self, rgb: [u8; 3]) -> Blend {
        let color = to_color(rgb);
        let (first, off) = self.nearest.find(color);
        let near = self.palette[first];
        let mut blend = Blend {
            first: first as u8,
            second: first as u8,
            share: 0,
        };
        if off < CLOSE {
            return blend;
        }
        // The other color of a mix lies on the opposite side of the color from its nearest neighbor.
        let across: Color =
            std::array::from_fn(|c| (2.0 * color[c] - near[c]).clamp(0.0, 255.0 * SCALE[c]));
        let (second, _) = self.nearest.find(across);
        if second == first {
            return blend;
        }
        let far = self.palette[second];
        let apart = distance(near, far);
        let along: f32 = (0..3)
            .map(|c| (color[c] - near[c]) * (far[c] - near[c]))
            .sum();
        let damp = (REACH / apart.sqrt()).min(1.0);
        let share = (along / apart).clamp(0.0, 0.5) * self.strength * damp;
        blend.second = second as u8;
        blend.share = (share * 64.0).round() as u8;
        blend
    }
}

/// Thresholds 0..64 in Bayer's order.
const BAYER: [[u8; 8]; 8] = bayer();

const fn bayer() -> [[u8; 8]; 8] {
    let mut matrix = [[0; 8]; 8];
    let mut y = 0;
    while y < 8 {
        let mut x = 0;
        while x < 8 {
            let (mut value, mut bit) = (0, 0);
            while bit < 3 {
                let (bx, by) = (x >> bit & 1, y >> bit & 1);
                value = value << 2 | (bx ^ by) << 1 | by;
                bit += 1;
            }
            matrix[y][x] = value as u8;
            x += 1;
        }
        y += 1;
    }
    matrix
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thresholds_are_each_number_once() {
        let mut all: Vec<u8> = BAYER.concat();
        all.sort_unstable();
        assert_eq!(all, (0..64).collect::<Vec<u8>>());
    }

    #[test]
    fn palette_colors_stay_and_those_between_are_mixed_by_place() {
        let palette = [to_color([0, 0, 0]), to_color([20, 20, 20])];
        let mut ditherer = Ditherer::new(&palette, false);
        let mut light = |level: u8| {
            let at = |i: usize| (i % 8, i / 8);
            (0..64)
                .map(|i| ditherer.index([level, level, level, 255], at(i).0, at(i).1))
                .filter(|index| *index == 1)
                .count()
        };
        assert_eq!((light(0), light(20)), (0, 64));
        assert!((1..=16).contains(&light(9)), "{}", light(9));
        assert!((48..64).contains(&light(11)), "{}", light(11));
    }
}
