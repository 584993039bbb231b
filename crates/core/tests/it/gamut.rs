//! A photo whose YCbCr lies outside RGB at every other pixel: it must be clipped where everybody clips it, before it is made smaller.

use std::f64::consts::PI;

use headshot_core::{Fit, Options, SideRange, StillFormat, normalize};
use headshot_jpeg::{Planes, encode_planes};

const WIDTH: usize = 301;
const HEIGHT: usize = 260;
/// What the middle square of the photo becomes.
const SIDE: usize = 64;

/// White and a strong color in checks of a few pixels. Chroma is halved, so around each edge no pair of Y and chroma is a valid color.
fn photo() -> Vec<u8> {
    let checks = |size: usize| move |x: usize, y: usize| (x / size + y / size).is_multiple_of(2);
    let plane = |width: usize, height: usize, sample: &dyn Fn(usize, usize) -> u8| -> Vec<u8> {
        (0..width * height)
            .map(|at| sample(at % width, at / width))
            .collect()
    };
    let (luma, blue, red) = (checks(3), checks(4), checks(5));
    let y = plane(WIDTH, HEIGHT, &|x, y| if luma(x, y) { 250 } else { 15 });
    let half = [WIDTH.div_ceil(2), HEIGHT.div_ceil(2)];
    let cb = plane(half[0], half[1], &|x, y| if blue(x, y) { 40 } else { 200 });
    let cr = plane(half[0], half[1], &|x, y| if red(x, y) { 240 } else { 90 });
    let planes = Planes {
        y: &y,
        cb: &cb,
        cr: &cr,
    };
    encode_planes(WIDTH as u32, HEIGHT as u32, planes, 95).unwrap()
}

/// The middle square, resized with Lanczos3 in floating point.
fn reference(pixels: &image::RgbImage) -> Vec<u8> {
    let (left, square) = ((WIDTH - HEIGHT) / 2, HEIGHT);
    let ratio = square as f64 / SIDE as f64;
    let sinc = |x: f64| {
        if x == 0.0 {
            1.0
        } else {
            (PI * x).sin() / (PI * x)
        }
    };
    let weights = |to: usize| -> Vec<f64> {
        let middle = (to as f64 + 0.5) * ratio;
        let all: Vec<f64> = (0..square)
            .map(|from| (from as f64 + 0.5 - middle) / ratio)
            .map(|x| {
                if x.abs() < 3.0 {
                    sinc(x) * sinc(x / 3.0)
                } else {
                    0.0
                }
            })
            .collect();
        let sum: f64 = all.iter().sum();
        all.iter().map(|weight| weight / sum).collect()
    };
    let weights: Vec<Vec<f64>> = (0..SIDE).map(weights).collect();
    let mut out = Vec::new();
    for row in &weights {
        let columns: Vec<[f64; 3]> = (0..square)
            .map(|x| {
                let mut sum = [0.0; 3];
                for (y, weight) in row.iter().enumerate().filter(|(_, weight)| **weight != 0.0) {
                    let pixel = pixels.get_pixel((left + x) as u32, y as u32);
                    (0..3).for_each(|c| sum[c] += weight * f64::from(pixel[c]));
                }
                sum
            })
            .collect();
        for column in &weights {
            for c in 0..3 {
                let sum: f64 = column
                    .iter()
                    .zip(&columns)
                    .map(|(weight, sums)| weight * sums[c])
                    .sum();
                out.push(sum.round().clamp(0.0, 255.0) as u8);
            }
        }
    }
    out
}

fn mean_difference(ours: &[u8], reference: &[u8]) -> f64 {
    assert_eq!(ours.len(), reference.len());
    let off = |(a, b): (&u8, &u8)| f64::from(a.abs_diff(*b));
    ours.iter().zip(reference).map(off).sum::<f64>() / ours.len() as f64
}

fn avatar(photo: &[u8], format: StillFormat) -> Vec<u8> {
    let options = Options {
        fit: Fit::Cover,
        side: SideRange::new(SIDE as u32, SIDE as u32).unwrap(),
        format,
        ..Options::default()
    };
    let avatar = normalize(photo, &options).unwrap();
    image::load_from_memory(&avatar.bytes())
        .unwrap()
        .to_rgb8()
        .into_raw()
}

#[test]
fn colors_that_are_none_are_cut_off_at_full_size() {
    let photo = photo();
    let pixels = image::load_from_memory(&photo).unwrap().to_rgb8();
    let cut = pixels
        .iter()
        .filter(|sample| [0, 255].contains(*sample))
        .count();
    assert!(cut > pixels.len() / 3, "{cut} of {}", pixels.len());
    let difference = mean_difference(&avatar(&photo, StillFormat::Png), &reference(&pixels));
    // If it is resampled first and then clipped, it is about 25.
    assert!(difference < 0.7, "{difference}");
}
