//! Pictures by formula, with the same amount of detail at any size, for measurements that need a size and not a subject.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, RgbaImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use crate::pack::{Colors, Motion, pack};

/// How a picture is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Baseline JPEG, 4:2:0.
    Baseline420,
    /// Baseline JPEG, 4:4:4.
    Baseline444,
    /// Progressive JPEG, 4:2:0.
    Progressive420,
    /// Progressive JPEG, 4:4:4.
    Progressive444,
    /// PNG without alpha.
    PngRgb,
    /// PNG with alpha: holes with soft edges.
    PngRgba,
    /// GIF of one frame.
    Gif,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 7] = [
        Kind::Baseline420,
        Kind::Baseline444,
        Kind::Progressive420,
        Kind::Progressive444,
        Kind::PngRgb,
        Kind::PngRgba,
        Kind::Gif,
    ];

    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Baseline420 => "jpeg-baseline-420",
            Kind::Baseline444 => "jpeg-baseline-444",
            Kind::Progressive420 => "jpeg-progressive-420",
            Kind::Progressive444 => "jpeg-progressive-444",
            Kind::PngRgb => "png-rgb",
            Kind::PngRgba => "png-rgba",
            Kind::Gif => "gif",
        }
    }
}

/// The file of a picture of this size, made in `folder` unless it exists: large ones take seconds.
pub fn kept(folder: &Path, kind: Kind, width: u32, height: u32) -> PathBuf {
    let path = folder.join(format!("{}-{width}x{height}", kind.name()));
    if !path.exists() {
        fs::create_dir_all(folder).expect("target can be written");
        fs::write(&path, file(kind, width, height)).expect("target can be written");
    }
    path
}

/// A picture of this size as a file.
pub fn file(kind: Kind, width: u32, height: u32) -> Vec<u8> {
    match kind {
        Kind::Baseline420 => jpeg(width, height, SamplingFactor::F_2_2, false),
        Kind::Baseline444 => jpeg(width, height, SamplingFactor::F_1_1, false),
        Kind::Progressive420 => jpeg(width, height, SamplingFactor::F_2_2, true),
        Kind::Progressive444 => jpeg(width, height, SamplingFactor::F_1_1, true),
        Kind::PngRgb => png(
            &pixels::<3>(width, height),
            width,
            height,
            ExtendedColorType::Rgb8,
        ),
        Kind::PngRgba => png(
            &pixels::<4>(width, height),
            width,
            height,
            ExtendedColorType::Rgba8,
        ),
        Kind::Gif => {
            let frame =
                RgbaImage::from_raw(width, height, opaque(width, height)).expect("as many pixels");
            pack(&[frame], 10, Colors::Global, Motion::Whole)
        }
    }
}

/// Red, green and blue, and alpha if there are four channels: waves of several lengths, sharp edges and noise.
pub fn pixels<const CHANNELS: usize>(width: u32, height: u32) -> Vec<u8> {
    let waves = |length: u32| -> Vec<[f32; CHANNELS]> {
        let at = |i: u32, c: usize| {
            let (i, c) = (i as f32, c as f32);
            (i / (37.0 + 11.0 * c)).sin() + 0.5 * (i / (9.0 - c) + c).cos()
        };
        (0..length)
            .map(|i| std::array::from_fn(|c| at(i, c)))
            .collect()
    };
    let (across, down) = (waves(width), waves(height));
    let mut out = Vec::with_capacity(width as usize * height as usize * CHANNELS);
    let mut noise = 0x9E37_79B9u32;
    for (y, down) in (0u32..).zip(&down) {
        for (x, across) in (0u32..).zip(&across) {
            noise ^= noise << 13;
            noise ^= noise >> 17;
            noise ^= noise << 5;
            // The brightness changes every 64 pixels: edges as sharp as those of text.
            let tile = ((x / 64 * 31 + y / 64 * 17) % 5) as f32 * 12.0;
            let grain = (noise % 13) as f32;
            for c in 0..CHANNELS {
                let wave = 90.0 + 35.0 * across[c] * down[c] + tile + grain;
                out.push(match c {
                    3 => (wave * 4.0 - 160.0).clamp(0.0, 255.0) as u8,
                    _ => wave.clamp(0.0, 255.0) as u8,
                });
            }
        }
    }
    out
}

fn opaque(width: u32, height: u32) -> Vec<u8> {
    let pixels = pixels::<3>(width, height);
    let (pixels, _) = pixels.as_chunks::<3>();
    pixels
        .iter()
        .flat_map(|[r, g, b]| [*r, *g, *b, 255])
        .collect()
}

fn jpeg(width: u32, height: u32, sampling: SamplingFactor, progressive: bool) -> Vec<u8> {
    let side =
        |length: u32| u16::try_from(length).expect("a JPEG has at most 65 535 rows and columns");
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, 90);
    encoder.set_sampling_factor(sampling);
    encoder.set_progressive(progressive);
    encoder
        .encode(
            &pixels::<3>(width, height),
            side(width),
            side(height),
            ColorType::Rgb,
        )
        .expect("writing to memory");
    out
}

fn png(pixels: &[u8], width: u32, height: u32, color: ExtendedColorType) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    PngEncoder::new_with_quality(&mut out, CompressionType::Default, FilterType::Adaptive)
        .write_image(pixels, width, height, color)
        .expect("writing to memory");
    out.into_inner()
}
