//! Tells whether the padding of blocks beyond the edges of an image could hide a picture of its own.
//!
//! Blocks and MCUs are coded whole, so there are samples beyond the right and lower edge that no decoder shows (T.81, A.2.4). Encoders
//! repeat the edge there, and libjpeg gives blocks that lie entirely beyond it the lightness of the block coded before. Text or a
//! strip of a picture can be there as well: cropping a JPEG without encoding it again leaves the part that was cut off.
//!
//! Quantization changes repeated samples like all others. So the test is whether the coefficients could be those of
//! a block that repeats its edge, none off by more than a step: repeating and quantizing alternate until both agree.

use std::f32::consts::PI;

use crate::frame::{Header, Process};
use crate::plane::Plane;

/// How often that is tried. Photos by libjpeg need at most some 30 rounds.
const TURNS: usize = 40;

/// The effect of rounding to whole samples on a coefficient, and on a block's mean.
const ROUNDING: f32 = 2.0;

/// Row after row.
type Block = [[f32; 8]; 8];

/// Everything needed to judge the padding of an image.
pub(crate) struct Padding {
    /// Steps of quantization by component, in natural order.
    steps: Vec<Block>,
    /// Cosines by frequency and position.
    basis: Block,
}

impl Padding {
    /// With each component's quantization table. If one is not known before the scans, no difference is tolerated.
    pub(crate) fn new(tables: impl Iterator<Item = Option<[u16; 64]>>) -> Padding {
        let steps = |table: Option<[u16; 64]>| {
            let table = table.unwrap_or([1; 64]);
            std::array::from_fn(|v| std::array::from_fn(|u| f32::from(table[8 * v + u])))
        };
        Padding {
            steps: tables.map(steps).collect(),
            basis: std::array::from_fn(|frequency| {
                std::array::from_fn(|position| {
                    let scale = if frequency == 0 {
                        0.125_f32.sqrt()
                    } else {
                        0.5
                    };
                    scale * ((2 * position + 1) as f32 * frequency as f32 * PI / 16.0).cos()
                })
            }),
        }
    }

    /// Whether the padding of one row of MCUs, or of its right end, repeats the samples next to it.
    pub(crate) fn repeats_edges(&self, header: &Header, planes: &[Plane]) -> bool {
        let parts = planes.iter().zip(&header.components).zip(&self.steps);
        parts.into_iter().all(|((plane, component), steps)| {
            let (across, down) = (plane.stride / 8, component.v as usize);
            let is_own = |length: u32, ratio: u32| ratio == 1 || length % ratio == 1;
            let edges_are_own = [
                is_own(header.width, header.h_max() / component.h),
                is_own(header.height, header.v_max() / component.v),
            ];
            let blocks = (0..down).flat_map(|y| (0..across).map(move |x| (x, y)));
            blocks.into_iter().all(|(x, y)| {
                let view = View {
                    plane,
                    x,
                    y,
                    edges_are_own,
                    may_lack_scans: header.process != Process::Sequential,
                };
                view.is_whole()
                    || view.is_filler(component.h as usize, steps[0][0])
                    || self.is_repeated(&view, steps)
            })
        })
    }

    fn is_repeated(&self, view: &View, steps: &Block) -> bool {
        let coded = self.transform(&view.samples());
        let mut coefficients = coded;
        for _ in 0..TURNS {
            let repeated = view.repeat(self.inverse(&coefficients));
            let wanted = self.transform(&repeated);
            let mut is_near = true;
            for v in 0..8 {
                for u in 0..8 {
                    let (step, off) = (steps[v][u], wanted[v][u] - coded[v][u]);
                    is_near &= off.abs() <= step + ROUNDING;
                    coefficients[v][u] = coded[v][u] + off.clamp(-step / 2.0, step / 2.0);
                }
            }
            if is_near {
                let largest = steps.as_flattened().iter().copied().fold(0.0, f32::max);
                return view.is_tied() || view.is_beside_edge(&repeated, largest + ROUNDING);
            }
        }
        false
    }

    /// The forward cosine transform (T.81, A.3.3).
    fn transform(&self, block: &Block) -> Block {
        let rows: Block = std::array::from_fn(|y| {
            std::array::from_fn(|u| (0..8).map(|x| block[y][x] * self.basis[u][x]).sum())
        });
        std::array::from_fn(|v| {
            std::array::from_fn(|u| (0..8).map(|y| rows[y][u] * self.basis[v][y]).sum())
        })
    }

    fn inverse(&self, coefficients: &Block) -> Block {
        let rows: Block = std::array::from_fn(|v| {
            std::array::from_fn(|x| (0..8).map(|u| coefficients[v][u] * self.basis[u][x]).sum())
        });
        std::array::from_fn(|y| {
            std::array::from_fn(|x| (0..8).map(|v| rows[v][x] * self.basis[v][y]).sum())
        })
    }
}

/// A block of a plane, by its position there.
#[derive(Clone, Copy)]
struct View<'a> {
    plane: &'a Plane,
    x: usize,
    y: usize,
    /// Whether the last samples across and down were made only from the last pixels, and not from some before them, too. Then they
    /// are the repeated ones.
    edges_are_own: [bool; 2],
    /// Whether components may come one by one, and then without the blocks that only pad MCUs.
    may_lack_scans: bool,
}

impl View<'_> {
    fn sample(&self, x: usize, y: usize) -> f32 {
        f32::from(self.plane.data[y * self.plane.stride + x])
    }

    fn samples(&self) -> Block {
        let at = |x, y| self.sample(8 * self.x + x, 8 * self.y + y);
        std::array::from_fn(|y| std::array::from_fn(|x| at(x, y)))
    }

    /// Columns and rows that lie within the image.
    fn inside(&self) -> (usize, usize) {
        let inside = |length: u32, block: usize| (length as usize).saturating_sub(8 * block).min(8);
        (
            inside(self.plane.width, self.x),
            inside(self.plane.height, self.y),
        )
    }

    fn is_whole(&self) -> bool {
        self.inside() == (8, 8)
    }

    /// Whether it lies beyond the edge and has only one value: the mean of the block coded before it in its MCU, which is `h` blocks
    /// wide, as libjpeg pads MCUs, or within a step that of the edge, if no progressive scan brings its details there. A
    /// block without any scan is mid-gray.
    fn is_filler(&self, h: usize, step: f32) -> bool {
        let (x, y) = match self.inside() {
            (_, 0) if self.y > 0 => (self.x / h * h + h - 1, self.y - 1),
            (0, _) if self.x > 0 => (self.x - 1, self.y),
            _ => return false,
        };
        let (samples, before) = (self.samples(), View { x, y, ..*self }.samples());
        let level = samples[0][0];
        let is_near = |block: &Block, most: f32| {
            let mean = block.as_flattened().iter().sum::<f32>() / 64.0;
            (level - mean).abs() <= most
        };
        let is_level = |sample: &f32| *sample == level;
        samples.as_flattened().iter().all(is_level)
            && (is_near(&before, ROUNDING)
                || is_near(&self.edge(), ROUNDING + step)
                || (self.may_lack_scans && level == 128.0))
    }

    /// The nearest sample of the edge for each of its own.
    fn edge(&self) -> Block {
        let inside = |at: usize, length: u32| at.min(length as usize - 1);
        std::array::from_fn(|y| {
            let y = inside(8 * self.y + y, self.plane.height);
            std::array::from_fn(|x| self.sample(inside(8 * self.x + x, self.plane.width), y))
        })
    }

    /// Whether the repeated samples lie in the block.
    fn is_tied(&self) -> bool {
        let (columns, rows) = self.inside();
        let is_tied = |inside: usize, is_own: bool| inside == 8 || (inside > 0 && is_own);
        is_tied(columns, self.edges_are_own[0]) && is_tied(rows, self.edges_are_own[1])
    }

    /// The block with one value to the right of the edge in each row, and below it in each column.
    fn repeat(&self, mut block: Block) -> Block {
        let ((columns, rows), [right, lower]) = (self.inside(), self.edges_are_own);
        if columns < 8 {
            block
                .iter_mut()
                .for_each(|row| *row = repeated(*row, columns, right));
        }
        if rows < 8 {
            for x in 0..8 {
                let column = repeated(block.map(|row| row[x]), rows, lower);
                (0..8).for_each(|y| block[y][x] = column[y]);
            }
        }
        block
    }

    /// Whether nothing beyond the edge differs by more than that from the nearest sample of the edge. If that one was made from more
    /// pixels than the last, it may be as far from the one before it, too.
    fn is_beside_edge(&self, block: &Block, most: f32) -> bool {
        let (width, height) = (self.plane.width as usize, self.plane.height as usize);
        (0..64).all(|position| {
            let (x, y) = (8 * self.x + position % 8, 8 * self.y + position / 8);
            let is_inside = x < width && y < height;
            let (right, lower) = (x.min(width - 1), y.min(height - 1));
            let (x, y) = (
                x.saturating_sub(right).min(1),
                y.saturating_sub(lower).min(1),
            );
            let edge = self.sample(right, lower);
            let before = self.sample(right.saturating_sub(x), lower.saturating_sub(y));
            is_inside
                || (block[position / 8][position % 8] - edge).abs() <= most + (edge - before).abs()
        })
    }
}

/// The line with one value after the first `inside` samples: the last of those, if that one is repeated, or else the mean.
fn repeated(mut line: [f32; 8], inside: usize, is_own: bool) -> [f32; 8] {
    let value = match inside {
        1.. if is_own => line[inside - 1],
        _ => line[inside..].iter().sum::<f32>() / (8 - inside) as f32,
    };
    line[inside..].fill(value);
    line
}
