//! The flow of the network, from pixels to three maps of possible faces.

use crate::error::Error;
use crate::kernels::Cpu;
use crate::map::{Lanes, Map, filled};
use crate::weights::{First, Unit, Weights};

/// Sides are padded to a multiple of this with black, to the right and below, so that every map has whole pixels.
const GRAIN: usize = 32;

/// Rows of red, green and blue; three bytes for each pixel.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Picture<'a> {
    pub(crate) rgb: &'a [u8],
    pub(crate) width: usize,
    pub(crate) height: usize,
}

/// What follows a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    Nothing,
    /// Negative values become 0.
    Relu,
    /// The same, and the largest of each 2x2 pixels is kept.
    Pool,
}

/// Maps with strides of 8, 16 and 32 pixels. Their channels are class, object, the four of the box, and five landmarks.
pub(crate) fn run(cpu: Cpu, picture: Picture) -> Result<[Map; 3], Error> {
    let mut weights = Weights::new();
    // Maps are freed as soon as they are used up.
    let mut map = first(cpu, weights.first(), picture)?;
    map = run_unit(cpu, weights.unit(1, 1), &map, Then::Pool)?;
    map = run_unit(cpu, weights.unit(1, 1), &map, Then::Relu)?;
    map = run_unit(cpu, weights.unit(1, 2), &map, Then::Relu)?;
    map = run_unit(cpu, weights.unit(2, 2), &map, Then::Relu)?;
    map = run_unit(cpu, weights.unit(2, 4), &map, Then::Pool)?;
    map = run_unit(cpu, weights.unit(4, 4), &map, Then::Relu)?;
    let eighth = run_unit(cpu, weights.unit(4, 4), &map, Then::Relu)?;
    map = run_unit(cpu, weights.unit(4, 4), &pool(cpu, &eighth)?, Then::Relu)?;
    let sixteenth = run_unit(cpu, weights.unit(4, 4), &map, Then::Relu)?;
    map = run_unit(cpu, weights.unit(4, 4), &pool(cpu, &sixteenth)?, Then::Relu)?;
    map = run_unit(cpu, weights.unit(4, 4), &map, Then::Relu)?;
    // What the coarse maps know is passed down to the fine ones.
    let coarse = run_unit(cpu, weights.unit(4, 4), &map, Then::Relu)?;
    let sum = add_doubled(sixteenth, &coarse);
    let middle = run_unit(cpu, weights.unit(4, 4), &sum, Then::Relu)?;
    let sum = add_doubled(eighth, &middle);
    let fine = run_unit(cpu, weights.unit(4, 4), &sum, Then::Relu)?;
    let maps = [
        run_unit(cpu, weights.unit(4, 1), &fine, Then::Nothing)?,
        run_unit(cpu, weights.unit(4, 1), &middle, Then::Nothing)?,
        run_unit(cpu, weights.unit(4, 1), &coarse, Then::Nothing)?,
    ];
    debug_assert!(weights.is_used_up());
    Ok(maps)
}

/// The most bytes that [`run`] holds.
pub(crate) fn memory(width: usize, height: usize) -> u64 {
    let [width, height] = [width, height].map(|side| side.next_multiple_of(GRAIN) as u64);
    // A pixel's share of the largest map and of the one made from it; rows; the weights.
    20 * width * height + 400 * width + (1 << 18)
}

/// 3x3 pixels to 16 channels, for every second pixel of every second row.
fn first(cpu: Cpu, weights: First, picture: Picture) -> Result<Map, Error> {
    let [width, height] = [picture.width, picture.height].map(|side| side.next_multiple_of(GRAIN));
    let mut map = Map::new(width / 2, height / 2, 1)?;
    // A pixel of zeros comes first.
    let mut rows = [(); 3].map(|()| vec![0.0_f32; 3 * (width + 1)]);
    for y in 0..map.height {
        rows.swap(0, 2);
        for (below, row) in rows[1..].iter_mut().enumerate() {
            let line = picture
                .rgb
                .chunks_exact(3 * picture.width)
                .nth(2 * y + below);
            let row = &mut row[3..][..3 * picture.width];
            match line {
                Some(line) => {
                    for (value, &byte) in row.iter_mut().zip(line) {
                        *value = f32::from(byte);
                    }
                }
                None => row.fill(0.0),
            }
        }
        cpu.first(weights, rows.each_ref().map(Vec::as_slice), map.row_mut(y));
    }
    Ok(map)
}

/// Both convolutions, row by row, so that the data between them stays in the cache.
fn run_unit(cpu: Cpu, unit: Unit, input: &Map, then: Then) -> Result<Map, Error> {
    let (width, height) = (input.width, input.height);
    let mut map = match then {
        Then::Pool => Map::new(width / 2, height / 2, unit.outputs)?,
        Then::Nothing | Then::Relu => Map::new(width, height, unit.outputs)?,
    };
    let floor = match then {
        Then::Nothing => f32::NEG_INFINITY,
        Then::Relu | Then::Pool => 0.0,
    };
    // The row above the current one, that one, and the one below.
    let length = (width + 2) * unit.outputs;
    let mut rows = [filled(length)?, filled(length)?, filled(length)?];
    let mut pair = match then {
        Then::Pool => [filled(width * unit.outputs)?, filled(width * unit.outputs)?],
        Then::Nothing | Then::Relu => [Vec::new(), Vec::new()],
    };
    for y in 0..=height {
        rows.rotate_left(1);
        if y < height {
            cpu.point(unit, input.row(y), &mut rows[2]);
        } else {
            rows[2].fill(Lanes::ZERO);
        }
        let Some(y) = y.checked_sub(1) else {
            continue;
        };
        let around = rows.each_ref().map(Vec::as_slice);
        match then {
            Then::Nothing | Then::Relu => cpu.window(unit, around, floor, map.row_mut(y)),
            Then::Pool => {
                cpu.window(unit, around, floor, &mut pair[y % 2]);
                if y % 2 == 1 {
                    cpu.pool(pair.each_ref().map(Vec::as_slice), map.row_mut(y / 2));
                }
            }
        }
    }
    Ok(map)
}

/// The largest of each 2x2 pixels.
fn pool(cpu: Cpu, input: &Map) -> Result<Map, Error> {
    let mut map = Map::new(input.width / 2, input.height / 2, input.blocks)?;
    for y in 0..map.height {
        cpu.pool([input.row(2 * y), input.row(2 * y + 1)], map.row_mut(y));
    }
    Ok(map)
}

/// The sum of a map and one of half the size, each of whose pixels counts for 2x2.
fn add_doubled(mut map: Map, half: &Map) -> Map {
    let (width, blocks) = (map.width, map.blocks);
    for y in 0..map.height {
        let halves = half.row(y / 2);
        for (at, lanes) in map.row_mut(y).iter_mut().enumerate() {
            let (block, x) = (at / width, at % width);
            let other = &halves[block * half.width + x / 2];
            for (value, other) in lanes.0.iter_mut().zip(other.0) {
                *value += other;
            }
        }
    }
    debug_assert_eq!(blocks, half.blocks);
    map
}
