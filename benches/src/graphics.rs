//! The graphics that are raced: drawn here by formula, so that anyone gets the same ones, and drawings from a Debian package.

use std::fs;
use std::path::{Path, PathBuf};

use image::imageops::{self, FilterType};
use image::{Rgba, RgbaImage};

use crate::peer::Peer;
use crate::photos::{Photo, described};
use crate::sources::drawn::{confetti, pixel_art, screen};

/// How a picture is drawn.
type Draw = fn() -> RgbaImage;

/// A color with alpha, each from 0 to 1.
type Color = [f32; 4];

const CLEAR: Color = [0.0; 4];
const INK: Color = [0.13, 0.15, 0.22, 1.0];
const PAPER: Color = [0.98, 0.98, 0.99, 1.0];

/// Drawings from the package `ukui-wallpapers`.
const PACKAGED: [&str; 3] = ["city", "desert", "rollpaper"];

/// Draws the missing ones in `folder`; `share` is `usr/share` of the unpacked packages with the photos.
pub fn graphics(folder: &Path, share: &Path, workshop: &mut Peer) -> Vec<Photo> {
    fs::create_dir_all(folder).expect("target can be written");
    let mut files: Vec<(String, PathBuf)> = Vec::new();
    for (name, draw) in DRAWN {
        let path = folder.join(format!("{name}.png"));
        if !path.exists() {
            let part = folder.join("part.png");
            draw().save(&part).expect("target can be written");
            fs::rename(&part, &path).expect("target can be written");
        }
        files.push((name.to_owned(), path));
    }
    for name in PACKAGED {
        let path = share.join(format!("backgrounds/{name}.png"));
        files.push((name.to_owned(), path));
    }
    described(files, workshop)
}

/// Those that are a few columns too wide are cut to 512 pixels, not resampled; the larger ones are reduced.
const DRAWN: [(&str, Draw); 16] = [
    // Soft alpha.
    ("badge", badge),
    ("glow", || drawn(1100, 1000, glow)),
    ("card-shadow", || drawn(560, 512, card)),
    ("face", || drawn(1400, 1200, face)),
    ("gray-stamp", || drawn(900, 800, stamp)),
    ("cutout", cutout),
    // Few colors.
    ("initials", || drawn(1200, 1024, initials)),
    ("identicon", || drawn(530, 512, identicon)),
    ("pixel-art", || {
        let art = &pixel_art(64, 3)[2];
        imageops::resize(art, 832, 640, FilterType::Nearest)
    }),
    ("pie-chart", || drawn(1000, 900, pie)),
    ("confetti", || confetti(720, 512, 8).remove(7)),
    // Gray.
    ("gray-rings", || drawn(1024, 900, rings)),
    ("line-art", || {
        drawn(
            540,
            512,
            |x, y| if line_art(x, y) { INK_BLACK } else { WHITE },
        )
    }),
    // Screenshots.
    ("screen", || screen(1600, 1200, 6).remove(4)),
    ("terminal", || terminal(680, 512)),
    ("gradient", || drawn(1500, 1200, gradient)),
];

const INK_BLACK: Color = [0.0, 0.0, 0.0, 1.0];
const WHITE: Color = [1.0; 4];

/// A picture whose pixels are the mean of four places each; places go from -1 to 1 within its middle square.
fn drawn(width: u32, height: u32, color: impl Fn(f32, f32) -> Color) -> RgbaImage {
    let half = width.min(height) as f32 / 2.0;
    RgbaImage::from_fn(width, height, |x, y| {
        let mut sum = [0.0; 4];
        for (dx, dy) in [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)] {
            let u = (x as f32 + dx - width as f32 / 2.0) / half;
            let v = (y as f32 + dy - height as f32 / 2.0) / half;
            let [r, g, b, alpha] = color(u, v);
            for (sum, part) in sum.iter_mut().zip([r * alpha, g * alpha, b * alpha, alpha]) {
                *sum += part / 4.0;
            }
        }
        let [r, g, b, alpha] = sum;
        let level = |part: f32| (part.clamp(0.0, 1.0) * 255.0).round() as u8;
        let straight = |part: f32| level(if alpha > 0.0 { part / alpha } else { 0.0 });
        Rgba([straight(r), straight(g), straight(b), level(alpha)])
    })
}

fn mix(from: Color, to: Color, share: f32) -> Color {
    let share = share.clamp(0.0, 1.0);
    std::array::from_fn(|c| from[c] + (to[c] - from[c]) * share)
}

/// The distance to the edge of a rectangle with round corners: below 0 inside.
fn rounded(x: f32, y: f32, half: [f32; 2], radius: f32) -> f32 {
    let (dx, dy) = (x.abs() - half[0] + radius, y.abs() - half[1] + radius);
    dx.max(0.0).hypot(dy.max(0.0)) + dx.max(dy).min(0.0) - radius
}

/// A flat star on a disc with a ring.
fn badge() -> RgbaImage {
    drawn(1300, 1024, |x, y| {
        let (far, angle) = (x.hypot(y), y.atan2(x));
        let star = 0.42 + 0.16 * (5.0 * angle).cos();
        match far {
            _ if far < star => [1.0, 0.82, 0.25, 1.0],
            ..0.8 => [0.2, 0.35, 0.75, 1.0],
            ..0.85 => CLEAR,
            ..0.92 => [0.2, 0.35, 0.75, 1.0],
            _ => CLEAR,
        }
    })
}

fn glow(x: f32, y: f32) -> Color {
    let far = x.hypot(y);
    let color = mix([1.0, 0.9, 0.5, 1.0], [0.9, 0.2, 0.5, 1.0], far);
    let alpha = (-3.0 * far * far).exp();
    [color[0], color[1], color[2], alpha]
}

/// A card and its shadow.
fn card(x: f32, y: f32) -> Color {
    let shadow = rounded(x, y - 0.08, [0.6, 0.45], 0.12);
    if rounded(x, y, [0.6, 0.45], 0.12) < 0.0 {
        let is_line = x > -0.5 && x < 0.4 && (y * 9.0).rem_euclid(1.0) < 0.4 && y.abs() < 0.3;
        if is_line {
            [0.6, 0.65, 0.7, 1.0]
        } else {
            PAPER
        }
    } else {
        [
            0.0,
            0.0,
            0.0,
            0.45 * (-40.0 * shadow.max(0.0).powi(2)).exp(),
        ]
    }
}

/// A shaded ball with eyes and a mouth.
fn face(x: f32, y: f32) -> Color {
    let far = x.hypot(y);
    if far > 0.93 {
        return CLEAR;
    }
    let is_eye = (x.abs() - 0.33).hypot((y + 0.2) * 0.7) < 0.11;
    let is_mouth = (far - 0.55).abs() < 0.05 && y > 0.25;
    if is_eye || is_mouth {
        return [0.35, 0.2, 0.05, 1.0];
    }
    let light = (x + 0.3).hypot(y + 0.4);
    mix([1.0, 0.93, 0.45, 1.0], [0.95, 0.6, 0.1, 1.0], light * 0.7)
}

/// A gray watermark whose alpha grows from one side to the other.
fn stamp(x: f32, y: f32) -> Color {
    let ring = ((x.hypot(y) - 0.6) * 14.0).sin() * 0.5 + 0.5;
    let level = 0.3 + 0.4 * ring;
    [level, level, level, ((x + 1.0) / 2.0).clamp(0.0, 1.0)]
}

/// A portrait whose edges fade.
fn cutout() -> RgbaImage {
    let bytes = include_bytes!("../../testdata/still/astronaut.jpg");
    let mut photo = image::load_from_memory(bytes)
        .expect("a photo of the project decodes")
        .to_rgba8();
    photo = imageops::resize(&photo, 700, 640, FilterType::CatmullRom);
    let half = [photo.width() as f32 / 2.0, photo.height() as f32 / 2.0];
    for (x, y, pixel) in photo.enumerate_pixels_mut() {
        let (u, v) = (x as f32 / half[0] - 1.0, y as f32 / half[1] - 1.0);
        pixel[3] = ((1.0 - u.hypot(v)) * 3.0 * 255.0).clamp(0.0, 255.0) as u8;
    }
    photo
}

fn initials(x: f32, y: f32) -> Color {
    let bar =
        |left: f32, top: f32, w: f32, h: f32| x > left && x < left + w && y > top && y < top + h;
    let is_h =
        bar(-0.6, -0.5, 0.14, 1.0) || bar(-0.16, -0.5, 0.14, 1.0) || bar(-0.5, -0.07, 0.4, 0.14);
    let far = (x - 0.36).hypot(y);
    let is_o = far < 0.34 && (x - 0.36).hypot(y * 0.9) > 0.2;
    if is_h || is_o {
        WHITE
    } else {
        [0.32, 0.25, 0.6, 1.0]
    }
}

fn identicon(x: f32, y: f32) -> Color {
    let (column, row) = ((x.abs() * 2.5) as u32, ((y + 1.0) * 2.5) as u32);
    let is_set = (0b1011_0110_1101_0011_u32 >> ((3 * row + column) % 16)) & 1 == 1;
    if is_set && x.abs() < 1.0 {
        [0.45, 0.75, 0.45, 1.0]
    } else {
        [0.94, 0.94, 0.94, 1.0]
    }
}

fn pie(x: f32, y: f32) -> Color {
    const SLICES: [(f32, Color); 5] = [
        (0.3, [0.27, 0.51, 0.71, 1.0]),
        (0.55, [1.0, 0.55, 0.2, 1.0]),
        (0.7, [0.25, 0.65, 0.35, 1.0]),
        (0.9, [0.8, 0.25, 0.3, 1.0]),
        (2.0, [0.58, 0.4, 0.74, 1.0]),
    ];
    let far = x.hypot(y);
    if !(0.35..0.8).contains(&far) {
        let is_axis = y > 0.9 && y < 0.905;
        return if is_axis { INK } else { WHITE };
    }
    let turn = y.atan2(x) / std::f32::consts::TAU + 0.5;
    let slice = SLICES.iter().find(|(end, _)| turn < *end);
    slice.map_or(WHITE, |(_, color)| *color)
}

fn rings(x: f32, y: f32) -> Color {
    let level = 0.5 + 0.45 * (x.hypot(y) * 9.0).cos() * (1.0 - 0.3 * x);
    [level, level, level, 1.0]
}

/// Whether there is ink.
fn line_art(x: f32, y: f32) -> bool {
    let (x, y) = ((x * 256.0).floor() / 256.0, (y * 256.0).floor() / 256.0);
    let wave = (9.0 * x + 3.0 * (4.0 * y).sin()).sin() + (7.0 * y).cos();
    wave.rem_euclid(0.5) < 0.07
}

/// Lines of colored letters on dark ground.
fn terminal(width: u32, height: u32) -> RgbaImage {
    const COLORS: [[u8; 3]; 5] = [
        [212, 212, 212],
        [86, 156, 214],
        [206, 145, 120],
        [106, 153, 85],
        [197, 134, 192],
    ];
    let lines = screen(width, height, 2).remove(1);
    RgbaImage::from_fn(width, height, |x, y| {
        let is_ink = lines.get_pixel(x, y)[1] < 60;
        let [r, g, b] = if is_ink {
            COLORS[(x / 56 * 7 + y / 16 * 3) as usize % COLORS.len()]
        } else {
            [30, 30, 30]
        };
        Rgba([r, g, b, 255])
    })
}

/// Large shapes with gradients, as wallpapers have them.
fn gradient(x: f32, y: f32) -> Color {
    let sky = mix([0.1, 0.2, 0.5, 1.0], [0.95, 0.6, 0.5, 1.0], (y + 1.0) / 1.6);
    let hills = [(0.1, 3.0, 0.2), (0.35, 4.3, 0.12), (0.6, 2.1, 0.1)];
    let mut color = sky;
    for (i, (base, waves, high)) in hills.into_iter().enumerate() {
        if y > base + high * (waves * x + i as f32).sin() {
            let top = [0.35 - 0.1 * i as f32, 0.3, 0.45, 1.0];
            color = mix(top, [0.1, 0.1, 0.2, 1.0], y - base);
        }
    }
    color
}
