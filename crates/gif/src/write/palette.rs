//! Reduces many colors to few: a histogram, cut into boxes of little variance and refined by k-means.

use rayon::prelude::*;

use super::color::{Color, SCALE, to_color, to_rgb};
use super::nearest::{Grain, Nearest};

/// The colors of a picture with their frequencies.
pub(crate) struct Histogram {
    pub(crate) bins: Vec<Bin>,
    /// Whether every bin is one color exactly.
    pub(crate) exact: bool,
}

#[derive(Clone, Copy)]
pub(crate) struct Bin {
    /// The mean color of the bin.
    pub(crate) color: Color,
    /// How many pixels have it.
    pub(crate) weight: f32,
}

/// The most colors of a palette: one index of 256 is kept for transparency.
pub(crate) const MOST: usize = 255;

/// When a palette has enough colors.
#[derive(Clone, Copy)]
pub(crate) struct Enough {
    /// The sum of squared distances that does not justify another color.
    pub(crate) error: f32,
    /// The mean squared distance at which pixels that would share a color still get two; infinite for no such bound.
    pub(crate) wrong: f32,
    /// There must be more of those pixels than this.
    pub(crate) few: f32,
}

/// Bits of each of red, green and blue that distinguish bins.
const BITS: u32 = 5;

impl Histogram {
    /// Counts the opaque pixels of all parts, in parallel.
    pub(crate) fn of(parts: &[&[[u8; 4]]]) -> Histogram {
        if let Some(bins) = few(parts) {
            return Histogram { bins, exact: true };
        }
        let none = || vec![[0u32; 4]; 1 << (3 * BITS)];
        let count = |mut cells: Vec<[u32; 4]>, part: &&[[u8; 4]]| {
            for &[r, g, b, _] in part.iter().filter(|pixel| pixel[3] != 0) {
                let at = |value: u8| usize::from(value >> (8 - BITS));
                let cell = &mut cells[(at(r) << (2 * BITS)) | (at(g) << BITS) | at(b)];
                cell[0] += u32::from(r);
                cell[1] += u32::from(g);
                cell[2] += u32::from(b);
                cell[3] += 1;
            }
            cells
        };
        let add = |mut one: Vec<[u32; 4]>, other: Vec<[u32; 4]>| {
            for (one, other) in one.as_flattened_mut().iter_mut().zip(other.as_flattened()) {
                *one += other;
            }
            one
        };
        let cells = parts.par_iter().fold(none, count).reduce(none, add);
        let bins = cells.iter().filter(|cell| cell[3] > 0).map(|cell| Bin {
            color: std::array::from_fn(|c| cell[c] as f32 / cell[3] as f32 * SCALE[c]),
            weight: cell[3] as f32,
        });
        Histogram {
            bins: bins.collect(),
            exact: false,
        }
    }

    /// The distance of the colors from those of a palette: the sum of squared distances.
    pub(crate) fn error(&self, palette: &[Color]) -> f32 {
        let mut nearest = Nearest::new(palette, Grain::Bins);
        self.bins
            .iter()
            .map(|bin| bin.weight * nearest.find(bin.color).1)
            .sum()
    }

    pub(crate) fn pixels(&self) -> f32 {
        self.bins.iter().map(|bin| bin.weight).sum()
    }

    /// At most [`MOST`] colors that represent all of them; exactly these colors if possible.
    ///
    /// Fewer if that is `enough`: fewer colors make longer runs.
    pub(crate) fn palette(&self, enough: Enough) -> Vec<[u8; 3]> {
        if self.exact {
            return self.bins.iter().map(|bin| to_rgb(bin.color)).collect();
        }
        let mut colors = boxes(&self.bins, enough);
        for _ in 0..3 {
            let mut nearest = Nearest::new(&colors, Grain::Bins);
            let mut sums = vec![([0f32; 3], 0f32); colors.len()];
            for bin in &self.bins {
                let (sum, weight) = &mut sums[nearest.find(bin.color).0];
                *sum = std::array::from_fn(|c| sum[c] + bin.color[c] * bin.weight);
                *weight += bin.weight;
            }
            for (color, (sum, weight)) in colors.iter_mut().zip(sums) {
                if weight > 0.0 {
                    *color = sum.map(|s| s / weight);
                }
            }
        }
        colors.into_iter().map(to_rgb).collect()
    }
}

/// Every single color, or `None` if there are more than a palette holds.
fn few(parts: &[&[[u8; 4]]]) -> Option<Vec<Bin>> {
    let counted = parts.par_iter().map(|part| counts(part));
    let mut colors = counted.collect::<Option<Vec<_>>>()?.concat();
    colors.sort_unstable();
    colors.dedup_by(|later, first| {
        let same = later.0 == first.0;
        first.1 += if same { later.1 } else { 0 };
        same
    });
    let bin = |(color, count): (u32, u32)| {
        let [r, g, b, _] = color.to_le_bytes();
        Bin {
            color: to_color([r, g, b]),
            weight: count as f32,
        }
    };
    (colors.len() <= MOST).then(|| colors.into_iter().map(bin).collect())
}

/// How often each color occurs, or `None` if there are more than a palette holds.
fn counts(pixels: &[[u8; 4]]) -> Option<Vec<(u32, u32)>> {
    const SLOTS: usize = 1024;
    let mut slots = [(0u32, 0u32); SLOTS];
    let mut used = Vec::new();
    let (mut last, mut last_slot) = (0, 0);
    for pixel in pixels.iter().filter(|pixel| pixel[3] != 0) {
        let color = u32::from_le_bytes(*pixel);
        if color != last {
            let mut slot = (color.wrapping_mul(0x9E37_79B1) >> 22) as usize;
            while slots[slot].1 > 0 && slots[slot].0 != color {
                slot = (slot + 1) % SLOTS;
            }
            if slots[slot].1 == 0 {
                if used.len() == MOST {
                    return None;
                }
                used.push(slot);
                slots[slot].0 = color;
            }
            (last, last_slot) = (color, slot);
        }
        slots[last_slot].1 += 1;
    }
    Some(used.into_iter().map(|slot| slots[slot]).collect())
}

/// A range of bins with its mean and the possible gain of a cut.
struct Cluster {
    bins: std::ops::Range<usize>,
    mean: Color,
    axis: usize,
    weight: f32,
    spread: f32,
}

/// Cuts the bins, the widest spread first, until there are as many boxes as a palette has colors or that is `enough`.
fn boxes(bins: &[Bin], enough: Enough) -> Vec<Color> {
    let mut bins = bins.to_vec();
    let mut clusters = vec![cluster(&bins, 0..bins.len())];
    while clusters.len() < MOST {
        let met = clusters.iter().map(|c| c.spread).sum::<f32>() <= enough.error;
        let Some((widest, _)) = clusters
            .iter()
            .enumerate()
            .filter(|(_, c)| c.bins.len() > 1 && c.spread > 0.0)
            .filter(|(_, c)| !met || (c.weight > enough.few && c.spread > enough.wrong * c.weight))
            .max_by(|(_, a), (_, b)| a.spread.total_cmp(&b.spread))
        else {
            break;
        };
        let Cluster {
            bins: range, axis, ..
        } = clusters.swap_remove(widest);
        let (start, end) = (range.start, range.end);
        let part = &mut bins[range];
        let cut = start + cut(part, axis);
        clusters.push(cluster(&bins, start..cut));
        clusters.push(cluster(&bins, cut..end));
    }
    clusters.into_iter().map(|cluster| cluster.mean).collect()
}

fn cluster(all: &[Bin], range: std::ops::Range<usize>) -> Cluster {
    let bins = &all[range.clone()];
    let weight: f32 = bins.iter().map(|bin| bin.weight).sum();
    let mean: Color = std::array::from_fn(|c| {
        bins.iter()
            .map(|bin| bin.color[c] * bin.weight)
            .sum::<f32>()
            / weight.max(1.0)
    });
    let variance: Color = std::array::from_fn(|c| {
        bins.iter()
            .map(|bin| (bin.color[c] - mean[c]).powi(2) * bin.weight)
            .sum()
    });
    let axis = (0..3)
        .max_by(|a, b| variance[*a].total_cmp(&variance[*b]))
        .unwrap_or(0);
    Cluster {
        bins: range,
        mean,
        axis,
        weight,
        spread: variance.iter().sum(),
    }
}

/// Sorts the bins along `axis` and returns where to cut so that the least variance remains: never at an end.
fn cut(bins: &mut [Bin], axis: usize) -> usize {
    bins.sort_unstable_by(|a, b| a.color[axis].total_cmp(&b.color[axis]));
    let total: f32 = bins.iter().map(|bin| bin.weight).sum();
    let sum: f32 = bins.iter().map(|bin| bin.weight * bin.color[axis]).sum();
    let (mut left, mut left_sum) = (0f32, 0f32);
    let (mut best, mut best_gain) = (1, f32::MIN);
    for (at, bin) in bins[..bins.len() - 1].iter().enumerate() {
        left += bin.weight;
        left_sum += bin.weight * bin.color[axis];
        let (right, right_sum) = ((total - left).max(1e-3), sum - left_sum);
        let gain = left_sum * left_sum / left + right_sum * right_sum / right;
        if gain > best_gain {
            (best, best_gain) = (at + 1, gain);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::color::distance;

    fn pixels(count: usize, color: impl Fn(usize) -> [u8; 3]) -> Vec<[u8; 4]> {
        let opaque = |[r, g, b]: [u8; 3]| [r, g, b, 255];
        (0..count).map(|i| opaque(color(i))).collect()
    }

    fn enough(error: f32) -> Enough {
        Enough {
            error,
            wrong: f32::INFINITY,
            few: 0.0,
        }
    }

    #[test]
    fn few_colors_are_kept_exactly_and_transparent_ones_do_not_count() {
        let mut some = pixels(1000, |i| [(i % 255) as u8, 7, 200]);
        some.push([0; 4]);
        let histogram = Histogram::of(&[&some]);
        assert!(histogram.exact);
        assert_eq!(histogram.pixels(), 1000.0);
        let mut palette = histogram.palette(enough(1e9));
        palette.sort_unstable();
        assert_eq!(palette, (0..255).map(|r| [r, 7, 200]).collect::<Vec<_>>());
    }

    #[test]
    fn many_colors_are_met_closely_and_fewer_where_that_is_enough() {
        let many = pixels(65536, |i| [i as u8, (i >> 8) as u8, 128]);
        let histogram = Histogram::of(&[&many]);
        let error = |palette: &[[u8; 3]]| {
            let colors: Vec<Color> = palette.iter().map(|rgb| to_color(*rgb)).collect();
            histogram.error(&colors) / histogram.pixels()
        };
        let (all, some) = (
            histogram.palette(enough(0.0)),
            histogram.palette(enough(500.0 * 65536.0)),
        );
        assert_eq!(all.len(), MOST);
        // A grid of 16 x 16 cells over a plane of 256 x 320 would leave 48.
        assert!(error(&all) < 60.0, "{}", error(&all));
        assert!(
            some.len() < 60 && error(&some) < 600.0,
            "{} {}",
            some.len(),
            error(&some)
        );
    }

    #[test]
    fn a_color_of_its_own_is_kept_where_the_rest_is_good_enough() {
        // Many grays, and few pixels of red.
        let many = pixels(65536, |i| match i {
            0..300 => [230, 20, 20],
            _ => [(i % 256) as u8, (i / 128 % 256) as u8, (i % 256) as u8],
        });
        let histogram = Histogram::of(&[&many]);
        let off = |wrong: f32| {
            let enough = Enough {
                wrong,
                few: 200.0,
                ..enough(1e9)
            };
            let palette = histogram.palette(enough);
            let apart = |rgb: &[u8; 3]| distance(to_color(*rgb), to_color([230, 20, 20]));
            palette.iter().map(apart).fold(f32::MAX, f32::min)
        };
        assert!(off(f32::INFINITY) > 1000.0);
        assert!(off(150.0) < 150.0, "{}", off(150.0));
    }
}
