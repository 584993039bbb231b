//! What is on screen at each moment, against the source resized in floating point.

use std::f32::consts::PI;
use std::io::Cursor;

use fast_ssim2::{PixelDescriptor, PixelSlice, Ssimulacra2Reference};
use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::{AnimationDecoder, Frame, Frames, RgbaImage};

/// How faithful an animation is.
pub struct Fidelity {
    /// Mean SSIMULACRA2 over the sampled moments; 100 is identical.
    pub score: f64,
    /// Pixels that stand still in the source from one frame to the next but change on screen.
    pub flickering: u64,
    /// Pixels that stand still in the source, with everything that the filter reaches: counted for each pair of frames.
    pub still: u64,
}

/// Pictures with the time at which each appears, in centiseconds: composited by the public `image` crate.
///
/// An animated PNG is accepted, too: whole frames can hold what other programs composited, alpha included.
fn screens(animation: &[u8]) -> impl Iterator<Item = (u64, u64, RgbaImage)> {
    let mut time = 0;
    let file = Cursor::new(animation);
    let frames: Frames = if animation.starts_with(b"GIF") {
        let decoder = GifDecoder::new(file).expect("a GIF of the race has a header");
        decoder.into_frames()
    } else {
        let decoder = PngDecoder::new(file).and_then(PngDecoder::apng);
        decoder
            .expect("a reference is an animated PNG")
            .into_frames()
    };
    frames.map(move |frame: image::ImageResult<Frame>| {
        let frame = frame.expect("a frame of the race decodes");
        let (ms, _) = frame.delay().numer_denom_ms();
        let start = time;
        time += if ms <= 10 { 10 } else { u64::from(ms / 10) };
        (start, time, frame.into_buffer())
    })
}

/// Compares `result`, a square GIF, with `source`, a GIF or an animated PNG, contained in that square, at up to `samples` moments.
pub fn fidelity(source: &[u8], result: &[u8], samples: usize) -> Fidelity {
    let moments = screens(source).count();
    let every = moments.div_ceil(samples);
    let mut results = screens(result);
    let mut shown = results.next().expect("a result has a frame");
    let side = shown.2.width() as usize;
    let resizer = Resizer::new(source, side);
    let (mut scores, mut flickering, mut still) = (Vec::new(), 0, 0);
    let mut before: Option<(RgbaImage, RgbaImage)> = None;
    for (number, (start, _, picture)) in screens(source).enumerate() {
        while shown.1 <= start {
            shown = results
                .next()
                .expect("a result lasts as long as its source");
        }
        if let Some((picture_before, shown_before)) = &before {
            for at in resizer.still(picture_before, &picture) {
                still += 1;
                let now = &shown.2.as_raw()[4 * at..4 * at + 4];
                let then = &shown_before.as_raw()[4 * at..4 * at + 4];
                flickering += u64::from(now != then && now[3] | then[3] != 0);
            }
        }
        if number % every == every / 2 {
            scores.push(score(&resizer.resize(&picture), &shown.2, side));
        }
        before = Some((picture, shown.2.clone()));
    }
    Fidelity {
        score: scores.iter().sum::<f64>() / scores.len() as f64,
        flickering,
        still,
    }
}

/// SSIMULACRA2 over white and over black, which are the same if nothing is transparent.
fn score(reference: &[[f32; 4]], shown: &RgbaImage, side: usize) -> f64 {
    let on = |paper: f32| {
        let wanted = reference.iter().flat_map(|[r, g, b, a]| {
            [r, g, b].map(|c| (c + paper * (255.0 - a) / 255.0).round().clamp(0.0, 255.0) as u8)
        });
        let got = shown
            .pixels()
            .flat_map(|p| [0, 1, 2].map(|c| if p[3] == 0 { paper as u8 } else { p[c] }));
        let (wanted, got): (Vec<u8>, Vec<u8>) = (wanted.collect(), got.collect());
        let slice = |pixels| {
            PixelSlice::new(
                pixels,
                side as u32,
                side as u32,
                side * 3,
                PixelDescriptor::RGB8_SRGB,
            )
            .expect("a square")
        };
        Ssimulacra2Reference::new(&slice(&wanted))
            .and_then(|reference| reference.compare(&slice(&got)))
            .expect("two squares can be compared")
    };
    let white = on(255.0);
    if reference.iter().all(|p| p[3] == 255.0) {
        white
    } else {
        (white + on(0.0)) / 2.0
    }
}

/// Weighs source pixels for each pixel of the result: first source index and weights.
type Taps = Vec<(usize, Vec<f32>)>;

/// The reference: a separable filter in floating point over premultiplied colors.
struct Resizer {
    across: Taps,
    down: Taps,
    side: usize,
    offset: (usize, usize),
}

impl Resizer {
    fn new(source: &[u8], side: usize) -> Resizer {
        let (_, _, first) = screens(source).next().expect("a source has a frame");
        let [width, height] = [first.width(), first.height()].map(|side| side as usize);
        let longer = width.max(height);
        let scale = |length: usize| ((2 * length * side + longer) / (2 * longer)).max(1);
        let (to_width, to_height) = (scale(width), scale(height));
        Resizer {
            across: taps(width, to_width),
            down: taps(height, to_height),
            side,
            offset: ((side - to_width) / 2, (side - to_height) / 2),
        }
    }

    /// The pixels of the square for which nothing in the filter's reach changes, bars included.
    fn still(&self, before: &RgbaImage, now: &RgbaImage) -> Vec<usize> {
        let width = now.width() as usize;
        let (before, _) = before.as_raw().as_chunks::<4>();
        let (now, _) = now.as_raw().as_chunks::<4>();
        let reach = |(first, weights): &(usize, Vec<f32>)| *first..first + weights.len();
        let narrow: Vec<Vec<bool>> = before
            .chunks_exact(width)
            .zip(now.chunks_exact(width))
            .map(|(before, now)| {
                let across = self.across.iter().map(reach);
                across
                    .map(|reach| before[reach.clone()] == now[reach])
                    .collect()
            })
            .collect();
        let mut still = vec![true; self.side * self.side];
        for (y, taps) in self.down.iter().enumerate() {
            for x in 0..self.across.len() {
                let at = (y + self.offset.1) * self.side + x + self.offset.0;
                still[at] = narrow[reach(taps)].iter().all(|row| row[x]);
            }
        }
        (0..still.len()).filter(|at| still[*at]).collect()
    }

    fn resize(&self, picture: &RgbaImage) -> Vec<[f32; 4]> {
        let width = picture.width() as usize;
        let pixels: Vec<[f32; 4]> = picture
            .pixels()
            .map(|p| {
                let [r, g, b, alpha] = p.0.map(f32::from);
                let [r, g, b] = [r, g, b].map(|c| c * alpha / 255.0);
                [r, g, b, alpha]
            })
            .collect();
        let sum = |parts: &mut dyn Iterator<Item = (f32, [f32; 4])>| {
            parts.fold([0f32; 4], |sum, (weight, pixel)| {
                std::array::from_fn(|c| sum[c] + weight * pixel[c])
            })
        };
        let narrow: Vec<Vec<[f32; 4]>> = pixels
            .chunks_exact(width)
            .map(|row| {
                self.across
                    .iter()
                    .map(|(first, weights)| {
                        sum(&mut weights.iter().copied().zip(row[*first..].iter().copied()))
                    })
                    .collect()
            })
            .collect();
        // Bars are black if the animation is opaque and transparent if it is not.
        let bars = if pixels.iter().all(|p| p[3] == 255.0) {
            [0.0, 0.0, 0.0, 255.0]
        } else {
            [0.0; 4]
        };
        let mut square = vec![bars; self.side * self.side];
        for (y, (first, weights)) in self.down.iter().enumerate() {
            for x in 0..self.across.len() {
                let pixel = sum(&mut weights
                    .iter()
                    .copied()
                    .zip(narrow[*first..].iter().map(|row| row[x])));
                let at = (y + self.offset.1) * self.side + x + self.offset.0;
                square[at] = pixel.map(|c| c.clamp(0.0, pixel[3].clamp(0.0, 255.0)));
            }
        }
        square
    }
}

/// Lanczos3 to reduce, Catmull-Rom to enlarge, nothing for the same length.
fn taps(from: usize, to: usize) -> Taps {
    let ratio = from as f32 / to as f32;
    let (reach, stretch) = if ratio > 1.0 {
        (3.0 * ratio, ratio)
    } else {
        (2.0, 1.0)
    };
    let kernel = |x: f32| {
        let x = (x / stretch).abs();
        if ratio > 1.0 {
            let sinc = |x: f32| {
                if x < 1e-6 {
                    1.0
                } else {
                    (PI * x).sin() / (PI * x)
                }
            };
            if x < 3.0 {
                sinc(x) * sinc(x / 3.0)
            } else {
                0.0
            }
        } else if x < 1.0 {
            (1.5 * x - 2.5) * x * x + 1.0
        } else if x < 2.0 {
            ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
        } else {
            0.0
        }
    };
    (0..to)
        .map(|at| {
            let middle = (at as f32 + 0.5) * ratio;
            let first = (middle - reach).floor().max(0.0) as usize;
            let last = ((middle + reach).ceil() as usize).min(from);
            let weights: Vec<f32> = (first..last)
                .map(|i| kernel(i as f32 + 0.5 - middle))
                .collect();
            let total: f32 = weights.iter().sum();
            (first, weights.iter().map(|w| w / total).collect())
        })
        .collect()
}
