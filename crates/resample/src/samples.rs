//! From bytes to the numbers between the passes, and back.
//!
//! Between the passes a sample is an `i16` with [`FRACTION`] bits of fraction, counted from the
//! middle of the range: (sample - 128) * 128. That leaves room for twice the range, and filters
//! overshoot it by a third at most. Colors of RGBA are multiplied with their alpha first.

use crate::{FRACTION, Layout};

/// What is subtracted from a sample, so that both signs are used.
const MIDDLE: i32 = 128;

/// Replaces `out` with the samples of a row.
#[inline(always)]
pub(crate) fn widen(layout: Layout, row: &[u8], out: &mut Vec<i16>) {
    out.clear();
    if layout != Layout::Rgba {
        out.extend(
            row.iter()
                .map(|&sample| centered(u32::from(sample) << FRACTION)),
        );
        return;
    }
    let pixels = row.as_chunks::<4>().0;
    out.extend(pixels.iter().flat_map(|&[red, green, blue, alpha]| {
        // To the nearest; exact where alpha is 0 or 255.
        let times =
            |color: u8| centered((((u32::from(color) * u32::from(alpha)) << FRACTION) + 127) / 255);
        let alpha = centered(u32::from(alpha) << FRACTION);
        [times(red), times(green), times(blue), alpha]
    }));
}

#[inline(always)]
fn centered(sample: u32) -> i16 {
    (sample as i32 - (MIDDLE << FRACTION)) as i16
}

/// Appends a row of the output, made of sums that lie channel by channel and have `shift` bits of
/// fraction.
#[inline(always)]
pub(crate) fn finish(layout: Layout, sums: &[i32], shift: u32, out: &mut Vec<u8>) {
    let byte = |sum: i32| byte(sum, shift);
    let width = sums.len() / layout.channels();
    let (first, rest) = sums.split_at(width);
    match layout {
        Layout::Gray => out.extend(first.iter().map(|&sum| byte(sum))),
        Layout::Rgb => {
            let (second, third) = rest.split_at(width);
            let pixels = first.iter().zip(second).zip(third);
            out.extend(pixels.flat_map(|((&a, &b), &c)| [byte(a), byte(b), byte(c)]));
        }
        Layout::Four | Layout::Rgba => {
            let (second, rest) = rest.split_at(width);
            let (third, fourth) = rest.split_at(width);
            let pixels = first.iter().zip(second).zip(third).zip(fourth);
            let pixels = pixels.map(|(((&a, &b), &c), &d)| [a, b, c, d]);
            if layout == Layout::Four {
                out.extend(pixels.flat_map(|pixel| pixel.map(byte)));
            } else {
                out.extend(pixels.flat_map(|pixel| straight(pixel, shift)));
            }
        }
    }
}

/// Rounds to nearest and clamps.
#[inline(always)]
fn byte(sum: i32, shift: u32) -> u8 {
    let half = 1 << (shift - 1);
    ((sum.wrapping_add(half) >> shift) + MIDDLE).clamp(0, 255) as u8
}

/// Divides the colors by their alpha, both at full precision.
#[inline(always)]
fn straight(pixel: [i32; 4], shift: u32) -> [u8; 4] {
    let alpha = byte(pixel[3], shift);
    if alpha == 0 {
        return [0; 4];
    }
    // Exact: 32 bits fit a double. Where alpha is 255 throughout, this is a power of two, and the
    // colors are those of a picture without alpha.
    let middle = f64::from(MIDDLE) * f64::from(1 << shift);
    let scale = 255.0 / (f64::from(pixel[3]) + middle);
    let color = |sum: i32| ((f64::from(sum) + middle) * scale + 0.5).clamp(0.0, 255.0) as u8;
    [color(pixel[0]), color(pixel[1]), color(pixel[2]), alpha]
}
