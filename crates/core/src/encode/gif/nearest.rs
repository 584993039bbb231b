//! The nearest color of a palette, exactly, through lists of candidates for small cubes of color.

use super::palette::{Color, SCALE, distance};

const CELLS: usize = 32;
const CELL: f32 = 256.0 / CELLS as f32;

/// Answers for one palette; lists are made when a cube is first asked for.
pub(crate) struct Nearest<'a> {
    palette: &'a [Color],
    /// Where each cube's candidates begin and end.
    cells: Vec<(u32, u32)>,
    candidates: Vec<(Color, u32)>,
}

impl<'a> Nearest<'a> {
    pub(crate) fn new(palette: &'a [Color]) -> Nearest<'a> {
        Nearest {
            palette,
            cells: vec![(0, 0); CELLS * CELLS * CELLS],
            candidates: Vec::new(),
        }
    }

    /// The index of the nearest color and its squared distance.
    pub(crate) fn find(&mut self, color: Color) -> (usize, f32) {
        let at: [usize; 3] =
            std::array::from_fn(|c| ((color[c] / (CELL * SCALE[c])) as usize).min(CELLS - 1));
        let cell = (at[0] * CELLS + at[1]) * CELLS + at[2];
        if self.cells[cell].1 == 0 {
            self.list(at, cell);
        }
        let (start, end) = self.cells[cell];
        let mut best = (0, f32::MAX);
        for (candidate, index) in &self.candidates[start as usize..end as usize] {
            let distance = distance(*candidate, color);
            if distance < best.1 {
                best = (*index as usize, distance);
            }
        }
        best
    }

    #[cold]
    fn list(&mut self, at: [usize; 3], cell: usize) {
        let middle: Color = std::array::from_fn(|c| (at[c] as f32 + 0.5) * CELL * SCALE[c]);
        let reach = distance([0.0; 3], SCALE.map(|s| s * CELL / 2.0)).sqrt();
        let least = self
            .palette
            .iter()
            .map(|color| distance(*color, middle))
            .fold(f32::MAX, f32::min);
        // Whatever is nearest to some color of the cube is at most this far from its middle.
        let most = (least.sqrt() + 2.0 * reach + 0.01).powi(2);
        let start = self.candidates.len() as u32;
        for (color, index) in self.palette.iter().zip(0..) {
            if distance(*color, middle) <= most {
                self.candidates.push((*color, index));
            }
        }
        self.cells[cell] = (start, self.candidates.len() as u32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode::gif::palette::to_color;

    #[test]
    fn the_answer_is_that_of_a_full_search() {
        let scatter = |i: u32| {
            let [r, g, b, _] = i.wrapping_mul(0x9E37_79B1).to_be_bytes();
            to_color([r, g, b])
        };
        let palette: Vec<Color> = (1..200).map(scatter).collect();
        let mut nearest = Nearest::new(&palette);
        for color in (1000..9000).map(scatter) {
            let best = palette
                .iter()
                .map(|p| distance(*p, color))
                .fold(f32::MAX, f32::min);
            let (index, found) = nearest.find(color);
            assert_eq!(found, best);
            assert_eq!(distance(palette[index], color), best);
        }
    }
}
