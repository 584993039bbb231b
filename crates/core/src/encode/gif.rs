//! Pictures to an animated GIF that is small and does not flicker.

pub(crate) mod delta;
pub(crate) mod dither;
pub(crate) mod lzw;
pub(crate) mod nearest;
pub(crate) mod palette;

use self::delta::{Delta, Draft};
use self::dither::Ditherer;
use self::palette::{Color, Histogram, MOST, to_color};
use crate::animation::{Delay, LoopCount};
use crate::decode::gif::Disposal;

/// Knobs of the experiment.
#[derive(Clone, Copy, Debug)]
pub struct Tuning {
    pub strength: f32,
    pub reach: f32,
    pub tolerance: u8,
    pub own: f32,
}

/// Takes squares and writes a GIF.
pub(crate) struct Writer {
    side: u16,
    delta: Delta,
    drafts: Vec<Draft>,
    shared: Option<Vec<[u8; 3]>>,
    blocks: Vec<u8>,
    frames: u32,
    loop_count: LoopCount,
    tuning: Tuning,
}

pub(crate) const WINDOW: usize = 16;

impl Writer {
    pub(crate) fn new(side: u16, loop_count: LoopCount, tuning: Tuning) -> Writer {
        Writer {
            side,
            delta: Delta::new(usize::from(side), usize::from(side), tuning.tolerance),
            drafts: Vec::new(),
            shared: None,
            blocks: Vec::new(),
            frames: 0,
            loop_count,
            tuning,
        }
    }

    pub(crate) fn push(&mut self, picture: &[[u8; 4]], delay: Delay) {
        self.drafts.extend(self.delta.push(picture, delay));
        if self.drafts.len() >= WINDOW {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let drafts = std::mem::take(&mut self.drafts);
        let shared = self.shared.get_or_insert_with(|| {
            Histogram::of(drafts.iter().map(|draft| &draft.pixels[..])).palette()
        });
        for draft in &drafts {
            self.blocks.extend(frame(draft, shared, self.tuning));
            self.frames += 1;
        }
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        let delta = std::mem::replace(&mut self.delta, Delta::new(0, 0, 0));
        self.drafts.extend(delta.finish());
        self.flush();
        let palette = self.shared.unwrap_or_default();
        let bits = bits(palette.len() + 1);
        let mut gif = Vec::with_capacity(self.blocks.len() + 1024);
        gif.extend_from_slice(b"GIF89a");
        gif.extend_from_slice(&self.side.to_le_bytes());
        gif.extend_from_slice(&self.side.to_le_bytes());
        gif.extend_from_slice(&[0xf0 | (bits - 1), 0, 0]);
        put_palette(&mut gif, &palette, bits);
        if let Some(times) = self.loop_count.netscape() {
            gif.extend_from_slice(b"!\xff\x0bNETSCAPE2.0\x03\x01");
            gif.extend_from_slice(&times.to_le_bytes());
            gif.push(0);
        }
        gif.append(&mut self.blocks);
        gif.push(b';');
        gif
    }
}

fn frame(draft: &Draft, shared: &[[u8; 3]], tuning: Tuning) -> Vec<u8> {
    let histogram = Histogram::of(std::iter::once(&draft.pixels[..]));
    let error = histogram.error(shared);
    let pixels = histogram.pixels();
    let mut own = None;
    // A palette of its own costs 768 bytes: worth it where the shared one is visibly worse.
    if error > 1.0 * pixels && pixels > 2000.0 {
        let palette = histogram.palette();
        if histogram.error(&palette) * tuning.own < error {
            own = Some(palette);
        }
    }
    let palette = own.as_deref().unwrap_or(shared);
    let colors: Vec<Color> = palette.iter().map(|rgb| to_color(*rgb)).collect();
    let mut ditherer = Ditherer::new(&colors, tuning.strength, tuning.reach);
    let transparent = palette.len().min(MOST) as u8;
    let width = draft.area.right - draft.area.left;
    let mut any = false;
    let mut indices = Vec::with_capacity(draft.pixels.len());
    for (row, y) in draft.pixels.chunks_exact(width).zip(draft.area.top..) {
        for (pixel, x) in row.iter().zip(draft.area.left..) {
            indices.push(if pixel[3] == 0 {
                any = true;
                transparent
            } else {
                ditherer.index(*pixel, x, y)
            });
        }
    }
    let bits = bits(palette.len() + 1);
    let mut block = vec![b'!', 0xf9, 4];
    let disposal = match draft.disposal {
        Disposal::Keep => 1,
        Disposal::Background => 2,
        Disposal::Previous => 3,
    };
    block.push(disposal << 2 | u8::from(any));
    block.extend_from_slice(&draft.delay.stored().to_le_bytes());
    block.extend_from_slice(&[if any { transparent } else { 0 }, 0, b',']);
    for value in [
        draft.area.left,
        draft.area.top,
        width,
        draft.area.bottom - draft.area.top,
    ] {
        block.extend_from_slice(&(value as u16).to_le_bytes());
    }
    match &own {
        Some(palette) => {
            block.push(0x80 | (bits - 1));
            put_palette(&mut block, palette, bits);
        }
        None => block.push(0),
    }
    block.extend(lzw::pack(&indices, bits.max(2)));
    block
}

/// The bits that `count` indices need, at least 1.
fn bits(count: usize) -> u8 {
    (count.max(2) - 1).ilog2() as u8 + 1
}

fn put_palette(out: &mut Vec<u8>, palette: &[[u8; 3]], bits: u8) {
    out.extend_from_slice(palette.as_flattened());
    out.resize(out.len() + 3 * ((1 << bits) - palette.len()), 0);
}
