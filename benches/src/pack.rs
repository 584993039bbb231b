//! Frames to GIF files of the kinds found in the wild, with the public `gif` crate.

use std::collections::HashMap;

use color_quant::NeuQuant;
use gif::{DisposalMethod, Encoder, Frame, Repeat};
use image::RgbaImage;

/// Where the palette comes from and whether error diffusion is used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colors {
    /// One palette for all frames.
    Global,
    /// One palette, Floyd-Steinberg.
    GlobalDithered,
    /// A palette for each frame.
    Local,
    /// A palette for each frame, Floyd-Steinberg.
    LocalDithered,
}

/// How one frame follows another.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Motion {
    /// Every frame covers the canvas.
    Whole,
    /// The box that changed, unchanged pixels transparent.
    Changes,
    /// The box that is not transparent, then cleared.
    ToBackground,
    /// The box that differs from the first frame, then restored.
    ToPrevious,
}

const TRANSPARENT: u8 = 255;

struct Palette {
    rgb: Vec<[u8; 3]>,
    nearest: HashMap<[u8; 3], u8>,
}

impl Palette {
    /// At most 255 colors, so that one index is left for transparency.
    fn of<'a>(frames: impl Iterator<Item = &'a RgbaImage>) -> Palette {
        let mut counts: HashMap<[u8; 3], u32> = HashMap::new();
        let mut samples = Vec::new();
        for frame in frames {
            for pixel in frame.pixels().filter(|p| p[3] >= 128) {
                *counts.entry([pixel[0], pixel[1], pixel[2]]).or_default() += 1;
                samples.extend_from_slice(&[pixel[0], pixel[1], pixel[2], 255]);
            }
        }
        let rgb = if counts.len() <= 255 {
            let mut rgb: Vec<_> = counts.into_keys().collect();
            rgb.sort_unstable();
            rgb
        } else {
            let samples: Vec<u8> = samples
                .chunks_exact(4)
                .step_by((samples.len() / 4_000_000).max(1))
                .flatten()
                .copied()
                .collect();
            NeuQuant::new(10, 255, &samples)
                .color_map_rgb()
                .as_chunks::<3>()
                .0
                .to_vec()
        };
        Palette {
            rgb,
            nearest: HashMap::new(),
        }
    }

    fn nearest(&mut self, color: [u8; 3]) -> u8 {
        let rgb = &self.rgb;
        *self.nearest.entry(color).or_insert_with(|| {
            let distance = |p: &[u8; 3]| {
                (0..3)
                    .map(|c| (i32::from(p[c]) - i32::from(color[c])).pow(2))
                    .sum::<i32>()
            };
            (0..rgb.len())
                .min_by_key(|i| distance(&rgb[*i]))
                .unwrap_or(0) as u8
        })
    }

    fn indices(&mut self, frame: &RgbaImage, dithered: bool) -> Vec<u8> {
        let (width, mut rows) = (
            frame.width() as usize,
            [
                vec![[0f32; 3]; frame.width() as usize + 2],
                vec![[0f32; 3]; frame.width() as usize + 2],
            ],
        );
        let mut indices = Vec::with_capacity(width * frame.height() as usize);
        for row in frame.rows() {
            let [now, next] = &mut rows;
            for (x, pixel) in row.enumerate() {
                if pixel[3] < 128 {
                    indices.push(TRANSPARENT);
                    continue;
                }
                let wanted: [f32; 3] = std::array::from_fn(|c| {
                    (f32::from(pixel[c]) + now[x + 1][c]).clamp(0.0, 255.0)
                });
                let index = self.nearest(wanted.map(|v| v.round() as u8));
                indices.push(index);
                if dithered {
                    for c in 0..3 {
                        let error = wanted[c] - f32::from(self.rgb[usize::from(index)][c]);
                        now[x + 2][c] += error * 7.0 / 16.0;
                        next[x][c] += error * 3.0 / 16.0;
                        next[x + 1][c] += error * 5.0 / 16.0;
                        next[x + 2][c] += error / 16.0;
                    }
                }
            }
            rows.swap(0, 1);
            rows[1].fill([0.0; 3]);
        }
        indices
    }

    fn bytes(&self) -> Vec<u8> {
        self.rgb.concat()
    }
}

/// The smallest box around the pixels for which `inside` holds; one pixel when there are none.
fn bounds(width: u32, height: u32, inside: impl Fn(u32, u32) -> bool) -> (u32, u32, u32, u32) {
    let (mut left, mut top, mut right, mut bottom) = (width, height, 0, 0);
    for y in 0..height {
        for x in (0..width).filter(|x| inside(*x, y)) {
            (left, top, right, bottom) =
                (left.min(x), top.min(y), right.max(x + 1), bottom.max(y + 1));
        }
    }
    if right == 0 {
        (0, 0, 1, 1)
    } else {
        (left, top, right - left, bottom - top)
    }
}

/// The file that shows `frames`, each for `delay` centiseconds, forever.
pub(crate) fn pack(frames: &[RgbaImage], delay: u16, colors: Colors, motion: Motion) -> Vec<u8> {
    let (width, height) = frames[0].dimensions();
    let (local, dithered) = match colors {
        Colors::Global => (false, false),
        Colors::GlobalDithered => (false, true),
        Colors::Local => (true, false),
        Colors::LocalDithered => (true, true),
    };
    let mut palette = Palette::of(frames.iter().step_by(if local {
        frames.len()
    } else {
        (frames.len() / 12).max(1)
    }));
    let global = if local { Vec::new() } else { palette.bytes() };
    let mut gif = Vec::new();
    let mut encoder =
        Encoder::new(&mut gif, width as u16, height as u16, &global).expect("writing to memory");
    if frames.len() > 1 {
        encoder
            .set_repeat(Repeat::Infinite)
            .expect("writing to memory");
    }
    for (number, frame) in frames.iter().enumerate() {
        if local {
            palette = Palette::of(std::iter::once(frame));
        }
        let mut indices = palette.indices(frame, dithered);
        let before = match motion {
            Motion::ToPrevious => Some(&frames[0]),
            _ => number.checked_sub(1).map(|n| &frames[n]),
        };
        let (left, top, w, h) = match (motion, before) {
            (Motion::ToBackground, _) => {
                bounds(width, height, |x, y| frame.get_pixel(x, y)[3] >= 128)
            }
            (Motion::Changes | Motion::ToPrevious, Some(before)) if number > 0 => {
                for (index, (now, before)) in
                    indices.iter_mut().zip(frame.pixels().zip(before.pixels()))
                {
                    if now == before {
                        *index = TRANSPARENT;
                    }
                }
                bounds(width, height, |x, y| {
                    frame.get_pixel(x, y) != before.get_pixel(x, y)
                })
            }
            _ => (0, 0, width, height),
        };
        let cut: Vec<u8> = (top..top + h)
            .flat_map(|y| &indices[(y * width + left) as usize..(y * width + left + w) as usize])
            .copied()
            .collect();
        encoder
            .write_frame(&Frame {
                delay,
                dispose: match motion {
                    Motion::Whole | Motion::Changes => DisposalMethod::Keep,
                    Motion::ToBackground => DisposalMethod::Background,
                    Motion::ToPrevious if number == 0 => DisposalMethod::Keep,
                    Motion::ToPrevious => DisposalMethod::Previous,
                },
                transparent: cut.contains(&TRANSPARENT).then_some(TRANSPARENT),
                left: left as u16,
                top: top as u16,
                width: w as u16,
                height: h as u16,
                palette: local.then(|| palette.bytes()),
                buffer: cut.into(),
                ..Frame::default()
            })
            .expect("writing to memory");
    }
    drop(encoder);
    gif
}
