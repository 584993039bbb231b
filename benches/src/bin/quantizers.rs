//! Compares the palettes of the GIF encoder with those of other crates and writes `docs/quantizers.md`.
//!
//! `cargo run -p headshot-bench --release --bin quantizers`

use std::fmt::Write as _;
use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::time::Instant;

use color_quant::NeuQuant;
use headshot_bench::{machine, sources};
use image::AnimationDecoder;
use image::codecs::gif::GifDecoder;
use image::imageops::FilterType;
use quantette::deps::palette::Srgb;
use quantette::{Pipeline, QuantizeMethod};

// The encoder's own, which the library does not expose.
#[allow(dead_code, reason = "only the palette is compared")]
#[path = "../../../crates/gif/src/write/color.rs"]
mod color;
#[allow(dead_code, reason = "only the palette is compared")]
#[path = "../../../crates/gif/src/write/nearest.rs"]
mod nearest;
#[allow(dead_code, reason = "only the palette is compared")]
#[path = "../../../crates/gif/src/write/palette.rs"]
mod palette;

use color::{Color, to_color};
use nearest::{Grain, Nearest};
use palette::{Enough, Histogram, MOST};

const SIDE: u32 = 512;
const ROUNDS: usize = 5;
const ANIMATIONS: [&str; 9] = [
    "pan",
    "zoom",
    "cat",
    "crossfade",
    "slides",
    "plasma",
    "spinner",
    "screen",
    "confetti",
];

/// Pixels to at most [`MOST`] colors.
type Quantizer = fn(&[[u8; 4]]) -> Vec<[u8; 3]>;

const QUANTIZERS: [(&str, Quantizer); 5] = [
    ("ours", ours),
    ("quantette, Wu", |pixels| {
        quantette(pixels, QuantizeMethod::Wu)
    }),
    ("quantette, k-means", |pixels| {
        quantette(pixels, QuantizeMethod::kmeans())
    }),
    ("quantizr", quantizr),
    ("color_quant", color_quant),
];

fn main() {
    let mut rows = Vec::new();
    for source in sources::sources() {
        if ANIMATIONS.contains(&source.name) {
            let pixels = middle(&source.gif);
            rows.push((source.name, QUANTIZERS.map(|(_, of)| measure(&pixels, of))));
        }
    }
    assert_eq!(rows.len(), ANIMATIONS.len());
    let report = report(&rows);
    print!("{report}");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    fs::write(root.join("docs/quantizers.md"), report).expect("docs can be written");
}

/// The pixels of the frame in the middle of an animation, at the size of an avatar.
fn middle(gif: &[u8]) -> Vec<[u8; 4]> {
    let frames = GifDecoder::new(Cursor::new(gif)).expect("a GIF of ours");
    let frames = frames.into_frames().collect_frames().expect("whole frames");
    let frame = image::DynamicImage::from(frames[frames.len() / 2].buffer().clone());
    let filter = if frame.width().max(frame.height()) > SIDE {
        FilterType::Lanczos3
    } else {
        FilterType::CatmullRom
    };
    let resized = frame.resize(SIDE, SIDE, filter).into_rgba8();
    resized.pixels().map(|pixel| pixel.0).collect()
}

/// The cost of a palette and how far off it is.
#[derive(Clone, Copy)]
struct Measured {
    ms: f64,
    /// Mean squared distance of a pixel to the palette's nearest color, as the encoder measures it.
    weighted: f64,
    /// The same in plain sRGB.
    plain: f64,
}

fn measure(pixels: &[[u8; 4]], quantizer: Quantizer) -> Measured {
    let mut times = Vec::new();
    let mut colors = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        colors = quantizer(pixels);
        times.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    assert!(colors.len() <= MOST, "{} colors", colors.len());
    times.sort_by(f64::total_cmp);
    let scaled: Vec<Color> = colors.iter().map(|rgb| to_color(*rgb)).collect();
    let mut nearest = Nearest::new(&scaled, Grain::Pixels);
    let (mut weighted, mut plain) = (0.0, 0.0);
    for [r, g, b, _] in pixels {
        weighted += f64::from(nearest.find(to_color([*r, *g, *b])).1);
        let off = |[x, y, z]: &[u8; 3]| {
            let square = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
            square(*r, *x) + square(*g, *y) + square(*b, *z)
        };
        plain += f64::from(colors.iter().map(off).min().unwrap_or(0));
    }
    Measured {
        ms: times[ROUNDS / 2],
        weighted: weighted / pixels.len() as f64,
        plain: plain / pixels.len() as f64,
    }
}

fn ours(pixels: &[[u8; 4]]) -> Vec<[u8; 3]> {
    // As many as allowed.
    Histogram::of(&[pixels]).palette(Enough {
        error: 0.0,
        wrong: f32::INFINITY,
        few: 0.0,
    })
}

fn quantette(pixels: &[[u8; 4]], method: QuantizeMethod) -> Vec<[u8; 3]> {
    let pixels: Vec<Srgb<u8>> = pixels
        .iter()
        .map(|[r, g, b, _]| Srgb::new(*r, *g, *b))
        .collect();
    let colors = Pipeline::new()
        .palette_size(MOST.try_into().expect("255 colors are allowed"))
        .quantize_method(method)
        .input_slice(&pixels)
        .expect("there are pixels")
        .output_srgb8_palette();
    colors
        .iter()
        .map(|color| [color.red, color.green, color.blue])
        .collect()
}

fn quantizr(pixels: &[[u8; 4]]) -> Vec<[u8; 3]> {
    let image = quantizr::Image::new(pixels.as_flattened(), pixels.len(), 1).expect("RGBA");
    let mut options = quantizr::Options::default();
    options
        .set_max_colors(MOST as i32)
        .expect("255 colors are allowed");
    let result = quantizr::QuantizeResult::quantize(&image, &options);
    let palette = result.get_palette();
    palette.entries[..palette.count as usize]
        .iter()
        .map(|color| [color.r, color.g, color.b])
        .collect()
}

fn color_quant(pixels: &[[u8; 4]]) -> Vec<[u8; 3]> {
    // The crate recommends every tenth pixel.
    let palette = NeuQuant::new(10, MOST, pixels.as_flattened()).color_map_rgb();
    palette.as_chunks().0.to_vec()
}

fn geometric(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let count = values.clone().count();
    (values.map(f64::ln).sum::<f64>() / count as f64).exp()
}

fn report(rows: &[(&str, [Measured; QUANTIZERS.len()])]) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "# Quantizers\n\n\
         Written by `cargo run -p headshot-bench --release --bin quantizers`; do not edit.\n\n\
         Machine: {}. headshot {}, quantette 0.6.0, quantizr 1.4.3, color_quant 1.1.0; one thread, medians of {ROUNDS}.\n\
         {MOST} colors for the frame in the middle of animations of the race, enlarged or reduced to {SIDE} pixels. Each cell:\n\
         mean squared distance of a pixel to its nearest color in the encoder's measure (sRGB; red 1, green 1.25, blue 0.75),\n\
         the same in plain sRGB, and the time to make the palette in milliseconds. The last row has geometric means against ours.\n",
        machine::name(),
        env!("CARGO_PKG_VERSION"),
    );
    let names = QUANTIZERS.map(|(name, _)| name).join(" | ");
    let _ = writeln!(
        out,
        "| animation | {names} |\n|---|{}",
        "--:|".repeat(QUANTIZERS.len())
    );
    for (name, measured) in rows {
        let cells =
            measured.map(|m| format!("{:.1} / {:.1} / {:.0} ms", m.weighted, m.plain, m.ms));
        let _ = writeln!(out, "| {name} | {} |", cells.join(" | "));
    }
    let against: [String; QUANTIZERS.len()] = std::array::from_fn(|i| {
        let mean = |of: fn(&Measured) -> f64| {
            geometric(rows.iter().map(|(_, row)| of(&row[i]) / of(&row[0])))
        };
        format!(
            "{:.2} / {:.2} / {:.1}x",
            mean(|m| m.weighted.max(0.01)),
            mean(|m| m.plain.max(0.01)),
            mean(|m| m.ms)
        )
    });
    let _ = writeln!(out, "| against ours | {} |", against.join(" | "));
    out
}
