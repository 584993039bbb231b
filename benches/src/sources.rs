//! The animations that are raced: made here from free photos and by formula, so that anyone gets the same ones.

use std::f32::consts::TAU;

use image::RgbaImage;
use image::imageops::{self, FilterType};

use crate::pack::{Colors, Motion, pack};

/// An animation to race on.
pub struct Source {
    /// What it is called in the table.
    pub name: &'static str,
    /// What it shows and how it is stored.
    pub kind: &'static str,
    /// The file.
    pub gif: Vec<u8>,
}

type Photo = RgbaImage;

fn photo(bytes: &[u8]) -> Photo {
    image::load_from_memory(bytes)
        .expect("a photo of the project decodes")
        .to_rgba8()
}

/// All animations of the race, from two frames to two hundred.
pub fn sources() -> Vec<Source> {
    let astronaut = &photo(include_bytes!("../../testdata/still/astronaut.jpg"));
    let chelsea = &photo(include_bytes!("../photos/chelsea.jpg"));
    let coffee = &photo(include_bytes!("../photos/coffee.jpg"));
    let source = |name, kind, frames: Vec<RgbaImage>, delay, colors, motion| Source {
        name,
        kind,
        gif: pack(&frames, delay, colors, motion),
    };
    vec![
        source(
            "pan",
            "photo, 360x360, palette per frame, dithered",
            pan(astronaut, 360, 40),
            5,
            Colors::LocalDithered,
            Motion::Whole,
        ),
        source(
            "zoom",
            "photo, 320x240, one palette, dithered",
            zoom(coffee, 320, 240, 24),
            8,
            Colors::GlobalDithered,
            Motion::Whole,
        ),
        source(
            "cat",
            "object over a still photo, 451x300, changed boxes",
            disc_over(chelsea, 30),
            6,
            Colors::GlobalDithered,
            Motion::Changes,
        ),
        source(
            "crossfade",
            "two photos, 300x300, palette per frame",
            crossfade(astronaut, coffee, 300, 20),
            10,
            Colors::Local,
            Motion::Whole,
        ),
        source(
            "slides",
            "three photos in turn, 400x400, palette per frame",
            slides(&[astronaut, chelsea, coffee], 400, 9),
            50,
            Colors::LocalDithered,
            Motion::Whole,
        ),
        source(
            "spinner",
            "flat, 240x240, antialiased",
            spinner(240, 30),
            4,
            Colors::Global,
            Motion::Whole,
        ),
        source(
            "screen",
            "flat screen, 640x400, changed boxes",
            screen(640, 400, 60),
            5,
            Colors::Global,
            Motion::Changes,
        ),
        source(
            "pixels",
            "pixel art, 80x80, changed boxes",
            pixel_art(80, 30),
            10,
            Colors::Global,
            Motion::Changes,
        ),
        source(
            "sprite",
            "transparent sprite, 128x128, restore to background",
            sprite(128, 24, 14.0),
            7,
            Colors::Global,
            Motion::ToBackground,
        ),
        source(
            "previous",
            "sprites over a photo, 256x256, restore to previous",
            over(chelsea, 256, 20),
            9,
            Colors::GlobalDithered,
            Motion::ToPrevious,
        ),
        source(
            "cutout",
            "transparent photo, 300x300, restore to background",
            cutout(astronaut, 300, 24),
            6,
            Colors::LocalDithered,
            Motion::ToBackground,
        ),
        source(
            "plasma",
            "smooth gradients, 256x256",
            plasma(256, 50),
            4,
            Colors::Global,
            Motion::Whole,
        ),
        source(
            "blink",
            "two flat frames, 600x600",
            blink(600),
            50,
            Colors::Global,
            Motion::Whole,
        ),
        source(
            "flip",
            "two photos in turn, 512x512: nothing to resize",
            slides(&[astronaut, coffee], 512, 2),
            80,
            Colors::LocalDithered,
            Motion::Whole,
        ),
        source(
            "confetti",
            "many small parts, 400x300, changed boxes",
            confetti(400, 300, 100),
            3,
            Colors::Global,
            Motion::Changes,
        ),
        source(
            "film",
            "noisy photo, 160x120, 200 frames",
            film(coffee, 160, 120, 200),
            4,
            Colors::GlobalDithered,
            Motion::Whole,
        ),
    ]
}

/// A 1920x1080 recording of 125 frames, for the memory figure.
pub fn large() -> Vec<u8> {
    let coffee = photo(include_bytes!("../photos/coffee.jpg"));
    let mut base = screen(1920, 1080, 1).remove(0);
    imageops::overlay(
        &mut base,
        &imageops::resize(&coffee, 600, 400, FilterType::CatmullRom),
        1200,
        600,
    );
    let frames: Vec<_> = (0..125)
        .map(|i| {
            let mut frame = base.clone();
            let part = imageops::resize(
                &coffee,
                480 + i as u32 * 2,
                320 + i as u32,
                FilterType::Triangle,
            );
            imageops::overlay(&mut frame, &part, 40 + 3 * i, 500 - 2 * i);
            frame
        })
        .collect();
    pack(&frames, 4, Colors::Global, Motion::Whole)
}

fn part(photo: &Photo, x: f32, y: f32, w: f32, h: f32, width: u32, height: u32) -> RgbaImage {
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

fn pan(photo: &Photo, side: u32, count: u32) -> Vec<RgbaImage> {
    let room = [photo.width(), photo.height()].map(|length| length as f32 - side as f32);
    (0..count)
        .map(|i| {
            let t = i as f32 / count as f32 * TAU;
            let (x, y) = (
                room[0] * (0.5 + 0.5 * t.cos()),
                room[1] * (0.5 + 0.5 * t.sin()),
            );
            part(photo, x, y, side as f32, side as f32, side, side)
        })
        .collect()
}

fn zoom(photo: &Photo, width: u32, height: u32, count: u32) -> Vec<RgbaImage> {
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

fn disc(frame: &mut RgbaImage, x: f32, y: f32, radius: f32, color: [u8; 3]) {
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

fn disc_over(photo: &Photo, count: u32) -> Vec<RgbaImage> {
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

fn square(photo: &Photo, side: u32) -> RgbaImage {
    zoom(photo, side, side, 1).remove(0)
}

fn crossfade(one: &Photo, two: &Photo, side: u32, count: u32) -> Vec<RgbaImage> {
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

fn slides(photos: &[&Photo], side: u32, count: usize) -> Vec<RgbaImage> {
    (0..count)
        .map(|i| square(photos[i % photos.len()], side))
        .collect()
}

fn spinner(side: u32, count: u32) -> Vec<RgbaImage> {
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

fn rect(frame: &mut RgbaImage, x: u32, y: u32, w: u32, h: u32, color: [u8; 3]) {
    for py in y..(y + h).min(frame.height()) {
        for px in x..(x + w).min(frame.width()) {
            frame.put_pixel(px, py, image::Rgba([color[0], color[1], color[2], 255]));
        }
    }
}

/// A window with lines of text-like blocks that grow, and a progress bar.
fn screen(width: u32, height: u32, count: u32) -> Vec<RgbaImage> {
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

fn pixel_art(side: u32, count: u32) -> Vec<RgbaImage> {
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

fn sprite(side: u32, count: u32, radius: f32) -> Vec<RgbaImage> {
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

fn over(photo: &Photo, side: u32, count: u32) -> Vec<RgbaImage> {
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

fn cutout(photo: &Photo, side: u32, count: u32) -> Vec<RgbaImage> {
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

fn plasma(side: u32, count: u32) -> Vec<RgbaImage> {
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

fn blink(side: u32) -> Vec<RgbaImage> {
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

fn confetti(width: u32, height: u32, count: u32) -> Vec<RgbaImage> {
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

fn film(photo: &Photo, width: u32, height: u32, count: u32) -> Vec<RgbaImage> {
    let mut dice = Dice(3);
    let room = (photo.width() as f32 / 3.0, photo.height() as f32 / 3.0);
    (0..count)
        .map(|i| {
            let t = i as f32 / count as f32 * TAU;
            let (x, y) = (
                room.0 * (0.5 + 0.5 * t.sin()),
                room.1 * (0.5 + 0.5 * (2.0 * t).cos()),
            );
            let mut frame = part(photo, x, y, room.0 * 2.0, room.1 * 2.0, width, height);
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

/// A small generator of numbers that are the same everywhere (xorshift).
struct Dice(u32);

impl Dice {
    fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }
}
