//! From bytes to the numbers between the passes, and back.
//!
//! Between the passes a sample is an `i16` with [`FRACTION`] bits of fraction, counted from the
//! middle of the range: (sample - 128) * 128. That leaves room for twice the range, and filters
//! overshoot it by a third at most. Colors of RGBA are multiplied with their alpha first.

use crate::FRACTION;
use crate::kernels::{LANES, Sums};

/// What is subtracted from a sample, so that both signs are used.
const MIDDLE: i32 = 128;

/// Pixels of RGBA as numbers, with the colors multiplied with their alpha.
#[inline(always)]
pub(crate) fn premultiplied(pixels: &[u8; LANES]) -> [i16; LANES] {
    let mut out = [0; LANES];
    for i in 0..LANES {
        let alpha = if i % 4 == 3 { 255 } else { pixels[i | 3] };
        let product = u32::from(pixels[i]) * u32::from(alpha);
        out[i] = (scaled(product) as i32 - (MIDDLE << FRACTION)) as i16;
    }
    out
}

/// `product * 128 / 255` to the nearest, for all products of two bytes. Exact for 0 and 255.
#[inline(always)]
fn scaled(product: u32) -> u32 {
    (product * 65793 + 65536) >> 17
}

/// Divides the colors of pixels by their alpha, both at full precision: sums with `shift` bits of
/// fraction. A pixel is four columns, which are bytes in `out` already.
#[inline(always)]
pub(crate) fn straighten(columns: &[Sums; LANES], shift: u32, out: &mut [[u8; LANES]; LANES]) {
    let middle = f64::from(MIDDLE) * f64::from(1 << shift);
    for pixel in (0..LANES).step_by(4) {
        let alpha = &columns[pixel + 3];
        // Nothing to divide where all is opaque, which is most of most pictures.
        if *alpha == [(255 - MIDDLE) << shift; LANES] {
            continue;
        }
        let visible = out[pixel + 3];
        // Doubles hold these numbers exactly. Where alpha is 255 throughout, the scale is a power of
        // two, so the colors are those of a picture without alpha.
        let mut scale = [0.0; LANES];
        for lane in 0..LANES {
            scale[lane] = 255.0 / (f64::from(alpha[lane]) + middle);
        }
        for column in pixel..pixel + 3 {
            for lane in 0..LANES {
                let color = (f64::from(columns[column][lane]) + middle) * scale[lane] + 0.5;
                let color = color.clamp(0.0, 255.0) as i32 as u8;
                out[column][lane] = if visible[lane] == 0 { 0 } else { color };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_scaled_to_the_nearest() {
        for product in 0..=255 * 255 {
            let exact = f64::from(product) * 128.0 / 255.0;
            assert_eq!(scaled(product), exact.round() as u32);
        }
    }
}
