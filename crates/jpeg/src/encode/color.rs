//! Converts pixels and planes to the samples of an MCU: four blocks of Y, one of Cb, one of Cr, centered on
//! zero.
//!
//! Numbers and rounding are the same as in libjpeg's `jccolor.c` and `jcsample.c`.

use super::block::{Block, Mcu};
use super::lanes::{Lanes, split_rgb};
use super::planes::Planes;

/// The factors of JFIF's color transform, times 2^16.
const F_0_081: i32 = 5329;
const F_0_114: i32 = 7471;
const F_0_168: i32 = 11059;
const F_0_299: i32 = 19595;
const F_0_331: i32 = 21709;
const F_0_418: i32 = 27439;
const F_0_500: i32 = 32768;
const F_0_587: i32 = 38470;

/// A color as the encoder sees it: JFIF's Y, Cb and Cr of red, green and blue, as libjpeg rounds them.
///
/// ```
/// assert_eq!(headshot_jpeg::ycbcr([255, 0, 0]), [76, 85, 255]);
/// ```
pub fn ycbcr(rgb: [u8; 3]) -> [u8; 3] {
    let [r, g, b] = rgb.map(|part| Lanes::splat(part.into()));
    [luma(r, g, b), blue(r, g, b), red(r, g, b)].map(|part| (part.array()[0] + 128) as u8)
}

/// Takes the MCU at column `across` and row `down` from RGB pixels. Beyond the picture's edges its
/// last pixels are repeated.
pub(super) fn from_rgb(size: [usize; 2], rgb: &[u8], [across, down]: [usize; 2], mcu: &mut Mcu) {
    let [width, height] = size;
    let (x, y) = (16 * across, 16 * down);
    let inside = (width - x).min(16);
    let row = |y: usize| {
        let row = &rgb[3 * (y * width + x)..][..3 * inside];
        match row.first_chunk() {
            Some(full) => *full,
            None => repeat_last(row),
        }
    };
    for pair in 0..8 {
        let upper = y + 2 * pair;
        if upper >= height {
            repeat_pair(mcu, pair);
            continue;
        }
        pair_from_rgb([row(upper), row((upper + 1).min(height - 1))], pair, mcu);
    }
}

/// A row of less than 16 pixels, padded with its last.
#[cold]
fn repeat_last(row: &[u8]) -> [u8; 48] {
    let mut full = [0; 48];
    for (at, pixel) in full.chunks_exact_mut(3).enumerate() {
        let from = (3 * at).min(row.len() - 3);
        pixel.copy_from_slice(&row[from..from + 3]);
    }
    full
}

/// Two rows below the picture: its last row of Y, and its last rows of Cb and Cr, which were made
/// from two rows each.
#[cold]
fn repeat_pair(mcu: &mut Mcu, pair: usize) {
    for half in 0..2 {
        let last = mcu[2 * ((2 * pair - 1) / 8) + half][(2 * pair - 1) % 8];
        mcu[2 * (pair / 4) + half][2 * pair % 8] = last;
        mcu[2 * (pair / 4) + half][2 * pair % 8 + 1] = last;
    }
    mcu[4][pair] = mcu[4][pair - 1];
    mcu[5][pair] = mcu[5][pair - 1];
}

/// Two rows of 16 pixels.
#[inline(always)]
fn pair_from_rgb(rows: [[u8; 48]; 2], pair: usize, mcu: &mut Mcu) {
    let mut cb = [Lanes::splat(0); 2];
    let mut cr = [Lanes::splat(0); 2];
    for (line, row) in rows.iter().enumerate() {
        let [r, g, b] = split_rgb(row);
        for half in 0..2 {
            let (r, g, b) = (r[half], g[half], b[half]);
            mcu[2 * (pair / 4) + half][2 * pair % 8 + line] = luma(r, g, b).array();
            cb[half] = cb[half].add(blue(r, g, b));
            cr[half] = cr[half].add(red(r, g, b));
        }
    }
    mcu[4][pair] = average(cb).array();
    mcu[5][pair] = average(cr).array();
}

/// Y, minus 128.
#[inline(always)]
fn luma(r: Lanes, g: Lanes, b: Lanes) -> Lanes {
    // 0.587 exceeds 16 bits: it is split into two parts.
    let part = F_0_587 - F_0_500 / 2;
    r.dot(g, F_0_299 as i16, part as i16)
        .add(b.dot(g, F_0_114 as i16, (F_0_500 / 2) as i16))
        .add_each((1 << 15) - (128 << 16))
        .shift::<16>()
}

/// Cb, minus 128.
#[inline(always)]
fn blue(r: Lanes, g: Lanes, b: Lanes) -> Lanes {
    let half = (F_0_500 / 2) as i16;
    r.dot(b, -F_0_168 as i16, half)
        .add(g.dot(b, -F_0_331 as i16, half))
        .add_each((1 << 15) - 1)
        .shift::<16>()
}

/// Cr, minus 128.
#[inline(always)]
fn red(r: Lanes, g: Lanes, b: Lanes) -> Lanes {
    let half = (F_0_500 / 2) as i16;
    g.dot(r, -F_0_418 as i16, half)
        .add(b.dot(r, -F_0_081 as i16, half))
        .add_each((1 << 15) - 1)
        .shift::<16>()
}

/// The averages of 2 x 2 samples, from sums of two rows. A half is rounded down and up in turn.
#[inline(always)]
fn average([left, right]: [Lanes; 2]) -> Lanes {
    left.pair_sums(right)
        .add(Lanes::new([1, 2, 1, 2, 1, 2, 1, 2]))
        .down::<2>()
}

/// Takes the MCU at column `across` and row `down` from planes. Beyond the planes' edges their
/// last samples are repeated.
pub(super) fn from_planes(
    [width, height]: [usize; 2],
    planes: &Planes,
    [across, down]: [usize; 2],
    mcu: &mut Mcu,
) {
    let (chroma_width, chroma_height) = (width.div_ceil(2), height.div_ceil(2));
    for (index, block) in mcu.iter_mut().enumerate() {
        let (plane, width, height, x, y) = match index {
            4 => (planes.cb, chroma_width, chroma_height, across, down),
            5 => (planes.cr, chroma_width, chroma_height, across, down),
            _ => {
                let (x, y) = (2 * across + index % 2, 2 * down + index / 2);
                (planes.y, width, height, x, y)
            }
        };
        // A block of Y beyond the edge is not written: any samples will do.
        let (x, y) = ((8 * x).min(width - 1), 8 * y);
        if x + 8 <= width && y + 8 <= height {
            *block = inside(&plane[y * width + x..], width);
            continue;
        }
        for (line, samples) in block.iter_mut().enumerate() {
            let row = &plane[(y + line).min(height - 1) * width..][..width];
            let row = &row[x..];
            *samples = match row.first_chunk::<8>() {
                Some(eight) => eight.map(|sample| i16::from(sample) - 128),
                None => std::array::from_fn(|i| i16::from(row[i.min(row.len() - 1)]) - 128),
            };
        }
    }
}

/// The block at the beginning of a plane.
#[inline(always)]
fn inside(plane: &[u8], stride: usize) -> Block {
    let mut block = [[0; 8]; 8];
    for (samples, row) in block.iter_mut().zip(plane.chunks(stride)) {
        let eight = row
            .first_chunk::<8>()
            .expect("the block lies inside the plane");
        *samples = Lanes::centered(*eight).array();
    }
    block
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_color_is_that_of_the_formula() {
        // `rgb_ycc_convert` of `jccolor.c`.
        let fix = |x: f64| (x * 65536.0 + 0.5) as i32;
        for r in 0..=255 {
            for g in (0..=255).step_by(3).chain([255]) {
                for b in (0..=248).step_by(8) {
                    let blues = std::array::from_fn(|i| b + i as i16);
                    let (rs, gs) = (Lanes::splat(r), Lanes::splat(g));
                    let y = luma(rs, gs, Lanes::new(blues)).array();
                    let cb = blue(rs, gs, Lanes::new(blues)).array();
                    let cr = red(rs, gs, Lanes::new(blues)).array();
                    for (i, b) in blues.into_iter().enumerate() {
                        let (r, g, b) = (i32::from(r), i32::from(g), i32::from(b));
                        let offset = (128 << 16) + 32767;
                        let expected = [
                            (fix(0.299) * r + fix(0.587) * g + fix(0.114) * b + 32768) >> 16,
                            (fix(0.5) * b - fix(0.16874) * r - fix(0.33126) * g + offset) >> 16,
                            (fix(0.5) * r - fix(0.41869) * g - fix(0.08131) * b + offset) >> 16,
                        ];
                        let found = [y[i], cb[i], cr[i]].map(|part| i32::from(part) + 128);
                        assert_eq!(found, expected, "{r} {g} {b}");
                    }
                }
            }
        }
    }

    #[test]
    fn halves_of_chroma_round_down_and_up_in_turn() {
        let left = Lanes::new([1, 1, 1, 1, 3, 3, -1, -1]);
        let right = Lanes::new([2, 1, 2, 1, -2, -1, -2, -1]);
        assert_eq!(average([left, right]).array(), [0, 1, 1, 0, 1, 1, -1, -1]);
    }
}
