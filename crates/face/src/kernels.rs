//! The sums of the network, compiled for each kind of CPU. The only file that knows the SIMD crate.
//!
//! A vector has 16 channels of one pixel. Each channel is summed on its own: the bias first, then the products in
//! the order of the input's channels, or of the window's pixels. No multiplication is fused with an addition. So every
//! kind of CPU gives the same bits.
//!
//! The loops are plain: the compiler must inline everything that touches a vector into the function
//! made for the CPU, but it may not inline closures in the standard library's iterators.

use fearless_simd::{Level, Simd, dispatch, f32x16, prelude::*};

use crate::map::{LANES, Lanes};
use crate::weights::{First, Unit};

/// Pixels computed together: enough to keep a multiplier busy while sums wait, and few enough for the registers.
const TILE: usize = 4;

/// What the current CPU can do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cpu(Level);

impl Cpu {
    pub(crate) fn new() -> Cpu {
        Cpu(Level::new())
    }

    /// Every kind of CPU that this one can emulate.
    #[cfg(all(test, target_arch = "x86_64"))]
    pub(crate) fn all() -> Vec<Cpu> {
        let best = Level::new();
        let levels = [
            best.as_sse2().map(|simd| simd.level()),
            best.as_sse4_2().map(|simd| simd.level()),
            best.as_avx2().map(|simd| simd.level()),
            best.as_avx512().map(|simd| simd.level()),
        ];
        levels.into_iter().flatten().map(Cpu).collect()
    }

    /// A row of the first convolution, with negative values set to 0. The three rows of the picture start with a pixel of zeros.
    pub(crate) fn first(self, weights: First, rows: [&[f32]; 3], out: &mut [Lanes]) {
        dispatch!(self.0, simd => first(simd, weights, rows, out));
    }

    /// A row of a unit's 1x1 convolution. The output has a pixel of zeros before and after each block, which stay.
    pub(crate) fn point(self, unit: Unit, input: &[Lanes], out: &mut [Lanes]) {
        dispatch!(self.0, simd => point(simd, unit, input, out));
    }

    /// A row of a unit's 3x3 convolution, from three rows that [`point`](Cpu::point) made. Values below `floor` become `floor`.
    pub(crate) fn window(self, unit: Unit, rows: [&[Lanes]; 3], floor: f32, out: &mut [Lanes]) {
        dispatch!(self.0, simd => window(simd, unit, rows, floor, out));
    }

    /// The largest of each 2x2 pixels of two rows. If blocks of an even width are contiguous, so are they in the output.
    pub(crate) fn pool(self, rows: [&[Lanes]; 2], out: &mut [Lanes]) {
        dispatch!(self.0, simd => pool(simd, rows, out));
    }
}

#[inline(always)]
fn load<S: Simd>(simd: S, lanes: &Lanes) -> f32x16<S> {
    f32x16::load_array_ref(simd, &lanes.0)
}

#[inline(always)]
fn first<S: Simd>(simd: S, weights: First, rows: [&[f32]; 3], out: &mut [Lanes]) {
    let bias = load(simd, weights.bias);
    let (taps, _) = weights.taps.as_chunks::<9>();
    // Padded pictures have a multiple of 32 columns, so no pixel is left over.
    for (tile, out) in out.as_chunks_mut::<TILE>().0.iter_mut().enumerate() {
        let mut sums = [bias; TILE];
        for (row, taps) in rows.iter().zip(taps) {
            // Each pixel is two to the right of the previous one and needs three.
            let Some(row) = row.get(6 * TILE * tile..).and_then(<[f32]>::first_chunk) else {
                return;
            };
            let row: &[f32; 6 * TILE + 3] = row;
            for i in 0..9 {
                let weight = load(simd, &taps[i]);
                for p in 0..TILE {
                    sums[p] += f32x16::splat(simd, row[6 * p + i]) * weight;
                }
            }
        }
        for p in 0..TILE {
            sums[p]
                .max(f32x16::splat(simd, 0.0))
                .store_array(&mut out[p].0);
        }
    }
}

#[inline(always)]
fn point<S: Simd>(simd: S, unit: Unit, input: &[Lanes], out: &mut [Lanes]) {
    let width = input.len() / unit.inputs;
    let blocks = unit
        .point
        .chunks_exact(unit.inputs * LANES)
        .zip(unit.point_bias)
        .zip(out.chunks_exact_mut(width + 2));
    for ((weights, bias), out) in blocks {
        let (weights, bias) = (weights.as_chunks().0, load(simd, bias));
        let (tiles, rest) = out[1..=width].as_chunks_mut();
        let first_of_rest = tiles.len() * TILE;
        for (tile, out) in tiles.iter_mut().enumerate() {
            dots::<TILE, S>(simd, weights, bias, input, width, tile * TILE, out);
        }
        for (x, out) in rest.as_chunks_mut().0.iter_mut().enumerate() {
            dots::<1, S>(simd, weights, bias, input, width, first_of_rest + x, out);
        }
    }
}

/// The 1x1 convolution at `P` pixels from column `x`, one block of the output.
#[inline(always)]
fn dots<const P: usize, S: Simd>(
    simd: S,
    weights: &[[Lanes; LANES]],
    bias: f32x16<S>,
    input: &[Lanes],
    width: usize,
    x: usize,
    out: &mut [Lanes; P],
) {
    let mut sums = [bias; P];
    for (weights, block) in weights.iter().zip(input.chunks_exact(width)) {
        let pixels = &block[x..x + P];
        for (i, weight) in weights.iter().enumerate() {
            let weight = load(simd, weight);
            for p in 0..P {
                sums[p] += f32x16::splat(simd, pixels[p].0[i]) * weight;
            }
        }
    }
    for p in 0..P {
        sums[p].store_array(&mut out[p].0);
    }
}

#[inline(always)]
fn window<S: Simd>(simd: S, unit: Unit, rows: [&[Lanes]; 3], floor: f32, out: &mut [Lanes]) {
    let width = out.len() / unit.outputs;
    let floor = f32x16::splat(simd, floor);
    let blocks = unit
        .window
        .iter()
        .zip(unit.window_bias)
        .zip(out.chunks_exact_mut(width));
    for (block, ((taps, bias), out)) in blocks.enumerate() {
        let bias = load(simd, bias);
        let [a, b, c] = rows;
        let rows = [
            &a[block * (width + 2)..][..width + 2],
            &b[block * (width + 2)..][..width + 2],
            &c[block * (width + 2)..][..width + 2],
        ];
        let (tiles, rest) = out.as_chunks_mut();
        let first_of_rest = tiles.len() * TILE;
        for (tile, out) in tiles.iter_mut().enumerate() {
            taps3x3::<TILE, S>(simd, taps, bias, rows, tile * TILE, floor, out);
        }
        for (x, out) in rest.as_chunks_mut().0.iter_mut().enumerate() {
            taps3x3::<1, S>(simd, taps, bias, rows, first_of_rest + x, floor, out);
        }
    }
}

/// The 3x3 convolution at `P` pixels from column `x`, one block.
#[inline(always)]
fn taps3x3<const P: usize, S: Simd>(
    simd: S,
    taps: &[Lanes; 9],
    bias: f32x16<S>,
    rows: [&[Lanes]; 3],
    x: usize,
    floor: f32x16<S>,
    out: &mut [Lanes; P],
) {
    let mut sums = [bias; P];
    for y in 0..3 {
        let pixels = &rows[y][x..x + P + 2];
        for i in 0..3 {
            let weight = load(simd, &taps[3 * y + i]);
            for p in 0..P {
                sums[p] += load(simd, &pixels[p + i]) * weight;
            }
        }
    }
    for p in 0..P {
        sums[p].max(floor).store_array(&mut out[p].0);
    }
}

#[inline(always)]
fn pool<S: Simd>(simd: S, [above, below]: [&[Lanes]; 2], out: &mut [Lanes]) {
    let (above, below) = (above.as_chunks().0, below.as_chunks().0);
    for ((above, below), out) in above.iter().zip(below).zip(out) {
        let [a, b]: &[Lanes; 2] = above;
        let [c, d]: &[Lanes; 2] = below;
        let above = load(simd, a).max(load(simd, b));
        let below = load(simd, c).max(load(simd, d));
        above.max(below).store_array(&mut out.0);
    }
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::*;
    use crate::map::filled;

    /// Numbers of many sizes and both signs.
    fn noise(count: usize, seed: u32) -> Vec<Lanes> {
        let mut state = seed;
        let mut lanes = filled(count).unwrap();
        for value in lanes.iter_mut().flat_map(|lanes| &mut lanes.0) {
            state = state.wrapping_mul(1664525).wrapping_add(1013904223);
            *value = (state as i32 >> 8) as f32 * 0.37_f32.powi((state & 15) as i32 + 8);
        }
        lanes
    }

    #[test]
    fn vectors_add_up_as_plain_loops_do() {
        // A tile and a remainder.
        let (width, inputs, outputs) = (7, 2, 3);
        let (point, window) = (noise(outputs * inputs * LANES, 11), noise(9 * outputs, 22));
        let (point_bias, window_bias) = (noise(outputs, 33), noise(outputs, 44));
        let unit = Unit {
            inputs,
            outputs,
            point_bias: &point_bias,
            point: &point,
            window_bias: &window_bias,
            window: window.as_chunks().0,
        };
        let input = noise(inputs * width, 55);
        let rows = [66, 77, 88].map(|seed| noise(outputs * (width + 2), seed));
        let mut pointed = filled(outputs * (width + 2)).unwrap();
        let mut windowed = filled(outputs * width).unwrap();
        for x in 0..width {
            for channel in 0..outputs * LANES {
                let (block, lane) = (channel / LANES, channel % LANES);
                let mut sum = point_bias[block].0[lane];
                for i in 0..inputs * LANES {
                    let weight = point[block * inputs * LANES + i].0[lane];
                    sum += input[i / LANES * width + x].0[i % LANES] * weight;
                }
                pointed[block * (width + 2) + 1 + x].0[lane] = sum;
                let mut sum = window_bias[block].0[lane];
                for i in 0..9 {
                    let pixel = rows[i / 3][block * (width + 2) + x + i % 3];
                    sum += pixel.0[lane] * window[9 * block + i].0[lane];
                }
                windowed[block * width + x].0[lane] = if sum > 0.0 { sum } else { 0.0 };
            }
        }
        let bits = |lanes: &[Lanes]| -> Vec<u32> {
            let numbers = lanes.iter().flat_map(|lanes| lanes.0);
            numbers.map(f32::to_bits).collect()
        };
        for cpu in Cpu::all() {
            let mut out = filled(outputs * (width + 2)).unwrap();
            cpu.point(unit, &input, &mut out);
            assert!(bits(&out) == bits(&pointed), "{cpu:?}");
            let mut out = filled(outputs * width).unwrap();
            let around = rows.each_ref().map(Vec::as_slice);
            cpu.window(unit, around, 0.0, &mut out);
            assert!(bits(&out) == bits(&windowed), "{cpu:?}");
        }
        let zeros = windowed
            .iter()
            .flat_map(|lanes| lanes.0)
            .filter(|&n| n == 0.0)
            .count();
        assert!((99..200).contains(&zeros), "{zeros}");
    }
}
