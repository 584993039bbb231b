//! Animations of photos: moved, faded into each other, cut out, or with something drawn over them.

use std::f32::consts::TAU;

use image::RgbaImage;

use super::dice::Dice;
use super::drawn::{disc, sprite};

fn part(photo: &RgbaImage, x: f32, y: f32, w: f32, h: f32, width: u32, height: u32) -> RgbaImage {
    // Bilinear at four samples a pixel: smooth sub-pixel motion without ringing.
    RgbaImage::from_fn(width, height, |px, py| {
        let mut sum = [0f32; 3];
        for (dx, dy) in [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)] {
            let u = (x + (px as f32 + dx) * w / width as f32 - 0.5)
                .clamp(0.0, photo.width() as f32 - 1.001);
            let v = (y + (py as f32 + dy) * h / height as f32 - 0.5)
                .clamp(0.0, photo.height() as f32 - 1.001);
            let (u0, v0, fu, fv) = (u as u32, v as u32, u.fract(), v.fract());
            for (c, sum) in sum.iter_mut().enumerate() {
                let at = |x, y| f32::from(photo.get_pixel(x, y)[c]);
                *sum += (at(u0, v0) * (1.0 - fu) + at(u0 + 1, v0) * fu) * (1.0 - fv)
                    + (at(u0, v0 + 1) * (1.0 - fu) + at(u0 + 1, v0 + 1) * fu) * fv;
            }
        }
        let [r, g, b] = sum.map(|s| (s / 4.0).round() as u8);
        image::Rgba([r, g, b, 255])
    })
}

pub(super) fn pan(photo: &RgbaImage, side: u32, count: u32) -> Vec<RgbaImage> {
    let space = [photo.width(), photo.height()].map(|length| length as f32 - side as f32);
    (0..count)
        .map(|i| {
            let t = i as f32 / count as f32 * TAU;
            let (x, y) = (
                space[0] * (0.5 + 0.5 * t.cos()),
                space[1] * (0.5 + 0.5 * t.sin()),
            );
            part(photo, x, y, side as f32, side as f32, side, side)
        })
        .collect()
}

pub(super) fn zoom(photo: &RgbaImage, width: u32, height: u32, count: u32) -> Vec<RgbaImage> {
    let (pw, ph) = (photo.width() as f32, photo.height() as f32);
    let fit = (pw / width as f32).min(ph / height as f32);
    (0..count)
        .map(|i| {
            let scale = fit * (1.0 - 0.5 * i as f32 / count as f32);
            let (w, h) = (width as f32 * scale, height as f32 * scale);
            part(photo, (pw - w) / 2.0, (ph - h) / 2.0, w, h, width, height)
        })
        .collect()
}

pub(super) fn square(photo: &RgbaImage, side: u32) -> RgbaImage {
    zoom(photo, side, side, 1).remove(0)
}

pub(super) fn disc_over(photo: &RgbaImage, count: u32) -> Vec<RgbaImage> {
    (0..count)
        .map(|i| {
            let t = i as f32 / count as f32;
            let mut frame = photo.clone();
            disc(
                &mut frame,
                40.0 + 370.0 * t,
                250.0 - 180.0 * (t * TAU).sin().abs(),
                32.0,
                [230, 60, 40],
            );
            frame
        })
        .collect()
}

pub(super) fn crossfade(one: &RgbaImage, two: &RgbaImage, side: u32, count: u32) -> Vec<RgbaImage> {
    let (one, two) = (square(one, side), square(two, side));
    (0..count)
        .map(|i| {
            let t = 0.5 - 0.5 * (i as f32 / count as f32 * TAU).cos();
            let mut frame = one.clone();
            for (a, b) in frame.iter_mut().zip(two.iter()) {
                *a = (f32::from(*a) + (f32::from(*b) - f32::from(*a)) * t).round() as u8;
            }
            frame
        })
        .collect()
}

pub(super) fn slides(photos: &[&RgbaImage], side: u32, count: usize) -> Vec<RgbaImage> {
    (0..count)
        .map(|i| square(photos[i % photos.len()], side))
        .collect()
}

pub(super) fn over(photo: &RgbaImage, side: u32, count: u32) -> Vec<RgbaImage> {
    let below = square(photo, side);
    let mut frames = vec![below.clone()];
    frames.extend(sprite(side, count - 1, 16.0).into_iter().map(|mut sprite| {
        for (pixel, under) in sprite.pixels_mut().zip(below.pixels()) {
            if pixel[3] < 128 {
                *pixel = *under;
            }
            pixel[3] = 255;
        }
        sprite
    }));
    frames
}

pub(super) fn cutout(photo: &RgbaImage, side: u32, count: u32) -> Vec<RgbaImage> {
    let below = square(photo, side);
    (0..count)
        .map(|i| {
            let t = i as f32 / count as f32 * TAU;
            let (middle, radius) = (side as f32 / 2.0, side as f32 * (0.34 + 0.1 * t.sin()));
            let (x, y) = (middle + 20.0 * t.cos(), middle);
            let mut frame = below.clone();
            for (px, py, pixel) in frame.enumerate_pixels_mut() {
                let wave = 8.0 * ((py as f32 - y).atan2(px as f32 - x) * 7.0).sin();
                if (px as f32 - x).hypot(py as f32 - y) > radius + wave {
                    pixel[3] = 0;
                }
            }
            frame
        })
        .collect()
}

pub(super) fn film(photo: &RgbaImage, width: u32, height: u32, count: u32) -> Vec<RgbaImage> {
    let mut dice = Dice(3);
    let space = (photo.width() as f32 / 3.0, photo.height() as f32 / 3.0);
    (0..count)
        .map(|i| {
            let t = i as f32 / count as f32 * TAU;
            let (x, y) = (
                space.0 * (0.5 + 0.5 * t.sin()),
                space.1 * (0.5 + 0.5 * (2.0 * t).cos()),
            );
            let mut frame = part(photo, x, y, space.0 * 2.0, space.1 * 2.0, width, height);
            for pixel in frame.pixels_mut() {
                let noise = (dice.next() % 17) as i16 - 8;
                for c in 0..3 {
                    pixel[c] = (i16::from(pixel[c]) + noise).clamp(0, 255) as u8;
                }
            }
            frame
        })
        .collect()
}
