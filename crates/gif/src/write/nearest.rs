//! The nearest color of a palette, exactly, through lists of candidates for small cubes of color.

use super::color::{Color, SCALE, distance};

/// Into how many cubes a side of the color space is cut for each question to a palette: many for the pixels of a
/// picture, few for the bins of a histogram, each of which asks once.
#[derive(Clone, Copy)]
pub(crate) enum Grain {
    Pixels = 32,
    Bins = 16,
}

/// Answers for one palette; a cube's list is made when it is first needed.
pub(crate) struct Nearest<'a> {
    palette: &'a [Color],
    /// Cubes along each side.
    side: usize,
    /// Where each cube's candidates begin and end.
    cells: Vec<(u32, u32)>,
    candidates: Vec<(Color, u32)>,
}

impl<'a> Nearest<'a> {
    pub(crate) fn new(palette: &'a [Color], grain: Grain) -> Nearest<'a> {
        let side = grain as usize;
        Nearest {
            palette,
            side,
            cells: vec![(0, 0); side * side * side],
            candidates: Vec::new(),
        }
    }

    /// The index of the nearest color and its squared distance.
    pub(crate) fn find(&mut self, color: Color) -> (usize, f32) {
        let cube = 256.0 / self.side as f32;
        let at: [usize; 3] =
            std::array::from_fn(|c| ((color[c] / (cube * SCALE[c])) as usize).min(self.side - 1));
        let cell = (at[0] * self.side + at[1]) * self.side + at[2];
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
        let cube = 256.0 / self.side as f32;
        let half = SCALE.map(|s| s * cube / 2.0);
        let middle: Color = std::array::from_fn(|c| (at[c] as f32 + 0.5) * cube * SCALE[c]);
        // From a color to the nearest and to the farthest point of the cube.
        let nearest = |color: &Color| {
            let off = |c: usize| ((color[c] - middle[c]).abs() - half[c]).max(0.0);
            distance([0.0; 3], std::array::from_fn(off))
        };
        let farthest = |color: &Color| {
            let off = |c: usize| (color[c] - middle[c]).abs() + half[c];
            distance([0.0; 3], std::array::from_fn(off))
        };
        // The nearest color to any point of the cube is at most this far from it.
        let most = self.palette.iter().map(farthest).fold(f32::MAX, f32::min) + 0.01;
        let start = self.candidates.len() as u32;
        for (color, index) in self.palette.iter().zip(0..) {
            if nearest(color) <= most {
                self.candidates.push((*color, index));
            }
        }
        self.cells[cell] = (start, self.candidates.len() as u32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::color::to_color;

    #[test]
    fn the_answer_is_that_of_a_full_search() {
        let scatter = |i: u32| {
            let [r, g, b, _] = i.wrapping_mul(0x9E37_79B1).to_be_bytes();
            to_color([r, g, b])
        };
        let palette: Vec<Color> = (1..200).map(scatter).collect();
        let mut fine = Nearest::new(&palette, Grain::Pixels);
        let mut coarse = Nearest::new(&palette, Grain::Bins);
        for (grain, color) in [Grain::Pixels, Grain::Bins]
            .into_iter()
            .flat_map(|grain| (1000..9000).map(move |i| (grain, scatter(i))))
        {
            let nearest = match grain {
                Grain::Pixels => &mut fine,
                Grain::Bins => &mut coarse,
            };
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
