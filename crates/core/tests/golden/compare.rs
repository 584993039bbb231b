//! Compares two pictures as they look, and shows where they differ.

use image::{DynamicImage, Rgba, RgbaImage, imageops};

/// How far a picture may differ from its golden, in steps of 0..=255.
pub(crate) struct Tolerance {
    /// For the worst sample.
    pub(crate) max: u8,
    /// For all samples on average.
    pub(crate) mean: f64,
}

/// Describes how the pictures differ, if by more than the tolerance.
pub(crate) fn pictures(
    expected: &DynamicImage,
    actual: &DynamicImage,
    tolerance: &Tolerance,
) -> Result<(), String> {
    // Not the kind of colors: gray may be stored as gray, and opaque alpha left out.
    let size = |picture: &DynamicImage| (picture.width(), picture.height());
    if size(expected) != size(actual) {
        return Err(format!(
            "expected {:?}, got {:?}",
            size(expected),
            size(actual)
        ));
    }
    let differences = differences(&expected.to_rgba8(), &actual.to_rgba8());
    let (worst_at, worst) = differences
        .iter()
        .enumerate()
        .max_by_key(|(_, difference)| **difference)
        .ok_or("an empty picture")?;
    let mean = differences.iter().map(|d| f64::from(*d)).sum::<f64>() / differences.len() as f64;
    if *worst > tolerance.max || mean > tolerance.mean {
        let at = worst_at as u32 / 4;
        return Err(format!(
            "differs by {worst} at most (at {}, {}), {mean:.3} on average; allowed {} and {}",
            at % expected.width(),
            at / expected.width(),
            tolerance.max,
            tolerance.mean,
        ));
    }
    Ok(())
}

/// The difference of each sample. Colors count as much as they are visible, that is, multiplied by their alpha.
fn differences(expected: &RgbaImage, actual: &RgbaImage) -> Vec<u8> {
    let seen = |pixel: &Rgba<u8>| {
        let [r, g, b, a] = pixel.0;
        let color = |c: u8| ((u32::from(c) * u32::from(a) + 127) / 255) as u8;
        [color(r), color(g), color(b), a]
    };
    expected
        .pixels()
        .zip(actual.pixels())
        .flat_map(|(e, a)| {
            let (e, a) = (seen(e), seen(a));
            [0, 1, 2, 3].map(|i| e[i].abs_diff(a[i]))
        })
        .collect()
}

/// `[expected | difference, 16 times | actual]`, enlarged so that single pixels can be seen.
pub(crate) fn side_by_side(expected: &DynamicImage, actual: &DynamicImage) -> Option<RgbaImage> {
    const GAP: u32 = 4;
    let (expected, actual) = (expected.to_rgba8(), actual.to_rgba8());
    let (width, height) = expected.dimensions();
    let mut sheet = RgbaImage::from_pixel(
        2 * (width + GAP) + actual.width(),
        height.max(actual.height()),
        Rgba([90, 90, 110, 255]),
    );
    imageops::overlay(&mut sheet, &expected, 0, 0);
    imageops::overlay(&mut sheet, &actual, i64::from(2 * (width + GAP)), 0);
    if actual.dimensions() == expected.dimensions() {
        let amplified: Vec<u8> = differences(&expected, &actual)
            .chunks_exact(4)
            .flat_map(|d| {
                let bright = |d: u8| d.saturating_mul(16);
                // A difference of alpha alone shows as white.
                let alpha = bright(d[3]);
                [
                    bright(d[0]).max(alpha),
                    bright(d[1]).max(alpha),
                    bright(d[2]).max(alpha),
                    255,
                ]
            })
            .collect();
        let difference = RgbaImage::from_raw(width, height, amplified)?;
        imageops::overlay(&mut sheet, &difference, i64::from(width + GAP), 0);
    }
    let factor = (300 / width.max(1)).clamp(1, 8);
    let (w, h) = (sheet.width() * factor, sheet.height() * factor);
    Some(imageops::resize(
        &sheet,
        w,
        h,
        imageops::FilterType::Nearest,
    ))
}
