//! Animations that are drawn: flat colors, smooth edges, gradients.

use std::f32::consts::TAU;

use image::RgbaImage;

use super::dice::Dice;

pub(super) fn disc(frame: &mut RgbaImage, x: f32, y: f32, radius: f32, color: [u8; 3]) {
    for (px, py, pixel) in frame.enumerate_pixels_mut() {
        let d = (px as f32 + 0.5 - x).hypot(py as f32 + 0.5 - y);
        let cover = (radius + 0.5 - d).clamp(0.0, 1.0);
        for c in 0..3 {
            let under = if pixel[3] == 0 {
                f32::from(color[c])
            } else {
                f32::from(pixel[c])
            };
            pixel[c] = (under + (f32::from(color[c]) - under) * cover).round() as u8;
        }
        pixel[3] = pixel[3].max((cover * 255.0) as u8);
    }
}

pub(super) fn rect(frame: &mut RgbaImage, x: u32, y: u32, w: u32, h: u32, color: [u8; 3]) {
    for py in y..(y + h).min(frame.height()) {
        for px in x..(x + w).min(frame.width()) {
            frame.put_pixel(px, py, image::Rgba([color[0], color[1], color[2], 255]));
        }
    }
}

pub(super) fn spinner(side: u32, count: u32) -> Vec<RgbaImage> {
    (0..count)
        .map(|i| {
            let mut frame = RgbaImage::from_pixel(side, side, image::Rgba([250, 250, 252, 255]));
            let middle = side as f32 / 2.0;
            for dot in 0..12u32 {
                let angle = dot as f32 / 12.0 * TAU;
                let age =
                    ((dot as f32 / 12.0 - i as f32 / count as f32).rem_euclid(1.0) * 200.0) as u8;
                let (x, y) = (middle + 80.0 * angle.cos(), middle + 80.0 * angle.sin());
                disc(&mut frame, x, y, 14.0, [40 + age, 90 + age / 2, 220]);
            }
            frame
        })
        .collect()
}

/// A window with lines of text-like blocks that grow, and a progress bar.
pub(crate) fn screen(width: u32, height: u32, count: u32) -> Vec<RgbaImage> {
    let mut dice = Dice(7);
    let glyphs: Vec<u32> = (0..width * height / 60).map(|_| dice.next()).collect();
    (0..count)
        .map(|i| {
            let mut frame = RgbaImage::from_pixel(width, height, image::Rgba([246, 246, 246, 255]));
            rect(&mut frame, 0, 0, width, 36, [52, 58, 74]);
            rect(&mut frame, 0, 36, width / 5, height, [228, 231, 238]);
            for (dot, color) in [[255, 95, 86], [255, 189, 46], [39, 201, 63]]
                .into_iter()
                .enumerate()
            {
                disc(&mut frame, 20.0 + 22.0 * dot as f32, 18.0, 7.0, color);
            }
            let typed = glyphs.len() as u32 * (i + 1) / (count + 1);
            let columns = (width - width / 5 - 40) / 8;
            for (n, glyph) in glyphs.iter().take(typed as usize).enumerate() {
                let (x, y) = (
                    width / 5 + 20 + n as u32 % columns * 8,
                    52 + n as u32 / columns * 16,
                );
                if y + 40 > height || glyph % 6 == 0 {
                    continue;
                }
                for bit in 0..24 {
                    if glyph >> bit & 1 == 1 {
                        rect(&mut frame, x + bit % 4, y + bit / 4 * 2, 2, 1, [40, 44, 60]);
                    }
                }
            }
            rect(&mut frame, 40, height - 24, width - 80, 8, [210, 214, 222]);
            rect(
                &mut frame,
                40,
                height - 24,
                (width - 80) * (i + 1) / count,
                8,
                [30, 144, 255],
            );
            frame
        })
        .collect()
}

pub(crate) fn pixel_art(side: u32, count: u32) -> Vec<RgbaImage> {
    const COLORS: [[u8; 3]; 8] = [
        [24, 20, 37],
        [90, 181, 82],
        [184, 111, 80],
        [254, 174, 52],
        [38, 92, 66],
        [228, 59, 68],
        [139, 155, 180],
        [234, 212, 170],
    ];
    (0..count)
        .map(|i| {
            let mut frame = RgbaImage::from_pixel(side, side, image::Rgba([99, 199, 250, 255]));
            rect(&mut frame, 0, side * 3 / 4, side, side, COLORS[4]);
            for x in 0..side {
                let tuft = (x + i) * 2654435 % 7;
                rect(&mut frame, x, side * 3 / 4 - tuft / 2, 1, tuft, COLORS[1]);
            }
            let (hop, step) = ((i % 10).min(10 - i % 10) * 2, i / 3 % 2);
            let (x, y) = (side / 2 - 8, side * 3 / 4 - 22 - hop);
            rect(&mut frame, x, y, 16, 10, COLORS[7]);
            rect(&mut frame, x - 1, y - 3, 18, 5, COLORS[2]);
            rect(&mut frame, x + 9, y + 4, 2, 3, COLORS[0]);
            rect(&mut frame, x + 1, y + 10, 14, 8, COLORS[5]);
            rect(&mut frame, x + 2 + step * 2, y + 18, 4, 4, COLORS[0]);
            rect(&mut frame, x + 10 - step * 2, y + 18, 4, 4, COLORS[0]);
            rect(
                &mut frame,
                (side + 40 - i * 3 % (side + 40)).saturating_sub(20),
                10,
                14,
                5,
                COLORS[6],
            );
            frame
        })
        .collect()
}

pub(super) fn sprite(side: u32, count: u32, radius: f32) -> Vec<RgbaImage> {
    (0..count)
        .map(|i| {
            let mut frame = RgbaImage::new(side, side);
            for arm in 0..5 {
                let angle = (arm as f32 / 5.0 + i as f32 / count as f32) * TAU;
                let reach = side as f32 * (0.25 + 0.08 * (i as f32 / count as f32 * TAU).sin());
                let middle = side as f32 / 2.0;
                let color = [
                    [240, 80, 80],
                    [80, 200, 120],
                    [80, 120, 240],
                    [250, 200, 60],
                    [180, 90, 210],
                ][arm];
                disc(
                    &mut frame,
                    middle + reach * angle.cos(),
                    middle + reach * angle.sin(),
                    radius,
                    color,
                );
            }
            frame
        })
        .collect()
}

pub(super) fn plasma(side: u32, count: u32) -> Vec<RgbaImage> {
    (0..count)
        .map(|i| {
            let t = i as f32 / count as f32 * TAU;
            RgbaImage::from_fn(side, side, |x, y| {
                let (u, v) = (x as f32 / side as f32 * 6.0, y as f32 / side as f32 * 6.0);
                let wave = (u + t).sin() + (v - t).cos() + ((u + v) * 0.7 + t).sin();
                let [r, g, b] =
                    [0.0, 2.1, 4.2].map(|phase| (127.5 + 110.0 * (wave + phase).sin()) as u8);
                image::Rgba([r, g, b, 255])
            })
        })
        .collect()
}

pub(super) fn blink(side: u32) -> Vec<RgbaImage> {
    [[255, 214, 10], [20, 20, 30]]
        .into_iter()
        .map(|color| {
            let mut frame = RgbaImage::from_pixel(side, side, image::Rgba([255, 255, 255, 255]));
            disc(
                &mut frame,
                side as f32 / 2.0,
                side as f32 / 2.0,
                side as f32 * 0.4,
                color,
            );
            frame
        })
        .collect()
}

pub(crate) fn confetti(width: u32, height: u32, count: u32) -> Vec<RgbaImage> {
    let mut dice = Dice(99);
    let parts: Vec<[u32; 5]> = (0..90).map(|_| [(); 5].map(|()| dice.next())).collect();
    (0..count)
        .map(|i| {
            let mut frame = RgbaImage::from_pixel(width, height, image::Rgba([18, 22, 48, 255]));
            for [x, y, speed, size, color] in &parts {
                let y = (y % height + i * (2 + speed % 5)) % height;
                let rgb = [color & 255, color >> 8 & 255, color >> 16 & 255]
                    .map(|c| 64 + (c as u8) / 4 * 3);
                rect(
                    &mut frame,
                    x % width,
                    y,
                    3 + size % 6,
                    2 + size / 7 % 6,
                    rgb,
                );
            }
            frame
        })
        .collect()
}
