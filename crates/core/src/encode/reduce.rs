//! The smallest kind of PNG that holds a picture unchanged: without alpha if all is opaque, a palette for few colors, gray
//! (third edition, 4.4 to 4.6 and 11.2.2).

use headshot_png::Kind;

use crate::raster::{Layout, Raster};

/// The most colors that a palette has.
const MOST: usize = 256;
/// Slots of the counting table: a power of two, large enough that most colors get a slot of their own.
const SLOTS: usize = 1 << 12;

/// A picture as a PNG stores it: rows of packed samples without filters.
pub(super) struct Reduced {
    stored: Stored,
    pub(super) samples: Vec<u8>,
}

enum Stored {
    Plain(Kind<'static>),
    Palette {
        bits: u8,
        colors: Vec<u8>,
        alphas: Vec<u8>,
    },
}

impl Reduced {
    /// What its samples mean.
    pub(super) fn kind(&self) -> Kind<'_> {
        match &self.stored {
            Stored::Plain(kind) => *kind,
            Stored::Palette {
                bits,
                colors,
                alphas,
            } => Kind::Palette {
                bits: *bits,
                colors,
                alphas,
            },
        }
    }
}

/// What is known about all pixels together.
struct Seen {
    /// Each color once, ordered by first appearance; `None` beyond [`MOST`].
    colors: Option<Vec<[u8; 4]>>,
    is_opaque: bool,
    is_gray: bool,
}

/// Reduces RGB or RGBA pixels; `None` for another layout.
pub(super) fn reduce(raster: Raster) -> Option<Reduced> {
    let (layout, width) = (raster.layout(), raster.size().width() as usize);
    match layout {
        Layout::Rgb => {
            let rgba = |[r, g, b]: [u8; 3]| [r, g, b, 255];
            Some(of(raster.into_samples(), width, rgba))
        }
        Layout::Rgba => {
            let mut samples = raster.into_samples();
            let inverses = inverses();
            for pixel in samples.as_chunks_mut().0 {
                *pixel = shown(*pixel, &inverses);
            }
            Some(of(samples, width, |rgba: [u8; 4]| rgba))
        }
        Layout::Cmyk | Layout::Planar | Layout::YCbCr => None,
    }
}

/// Factors that replace dividing by an alpha: 32 bits of fraction.
fn inverses() -> [u64; 256] {
    std::array::from_fn(|alpha| (1 << 32) / alpha.max(1) as u64 + 1)
}

/// Rounds a pixel's color under partial alpha to what compositing with 8 bits can tell apart. What is shown stays the same to
/// the level, and soft edges have far fewer colors.
fn shown(pixel: [u8; 4], inverses: &[u64; 256]) -> [u8; 4] {
    let [r, g, b, alpha] = pixel;
    match alpha {
        0 => [0; 4],
        255 => pixel,
        _ => {
            let of = |sample: u8| {
                let premultiplied = (u32::from(sample) * u32::from(alpha) + 127) / 255;
                let color = u64::from(premultiplied * 255 + u32::from(alpha) / 2);
                ((color * inverses[usize::from(alpha)]) >> 32).min(255) as u8
            };
            [of(r), of(g), of(b), alpha]
        }
    }
}

fn of<const N: usize>(
    samples: Vec<u8>,
    width: usize,
    rgba: impl Fn([u8; N]) -> [u8; 4] + Copy,
) -> Reduced {
    let (pixels, _) = samples.as_chunks::<N>();
    let pixels = || pixels.iter().map(|pixel| rgba(*pixel));
    let seen = look(pixels);
    let reduced = |stored, samples| Reduced { stored, samples };
    let plain = |kind, samples| reduced(Stored::Plain(kind), samples);
    match (&seen.colors, seen.is_gray, seen.is_opaque) {
        (Some(colors), is_gray, is_opaque) => {
            let step = if is_gray && is_opaque {
                gray_step(colors)
            } else {
                None
            };
            match step {
                // As many levels as its bits have: nothing is smaller.
                Some((step, bits)) if bits != 8 || colors.len() > 16 => plain(
                    Kind::Gray(bits),
                    pack(pixels().map(|[level, ..]| level / step), width, bits),
                ),
                _ => {
                    let (palette, samples) = indexed(colors.clone(), pixels(), width);
                    reduced(palette, samples)
                }
            }
        }
        (_, true, true) => plain(Kind::Gray(8), pixels().map(|[level, ..]| level).collect()),
        (_, true, false) => {
            let both = pixels().flat_map(|[level, _, _, alpha]| [level, alpha]);
            plain(Kind::GrayAlpha, both.collect())
        }
        (_, false, false) => plain(Kind::Rgba, samples),
        (_, false, true) if N == 3 => plain(Kind::Rgb, samples),
        (_, false, true) => {
            let samples = pixels().flat_map(|[r, g, b, _]| [r, g, b]);
            plain(Kind::Rgb, samples.collect())
        }
    }
}

/// Looks at every pixel, as far as it must.
fn look<I: ExactSizeIterator<Item = [u8; 4]>>(pixels: impl Fn() -> I) -> Seen {
    let mut colors = Vec::new();
    // Positions in that list, from 1.
    let mut slots = vec![0_u16; SLOTS];
    let (mut last, mut is_counted, mut is_gray) = (None, true, true);
    for pixel @ [r, g, b, _] in pixels() {
        if last == Some(pixel) {
            continue;
        }
        last = Some(pixel);
        is_gray &= r == g && g == b;
        if is_counted {
            let slot = slot(&slots, &colors, pixel);
            if slots[slot] == 0 {
                colors.push(pixel);
                slots[slot] = colors.len() as u16;
                is_counted = colors.len() <= MOST;
            }
        } else if !is_gray {
            break;
        }
    }
    Seen {
        colors: is_counted.then_some(colors),
        is_opaque: pixels().all(|[.., alpha]| alpha == 255),
        is_gray,
    }
}

/// Where a color is in a table of list positions, or where it belongs.
fn slot(slots: &[u16], colors: &[[u8; 4]], pixel: [u8; 4]) -> usize {
    let mut slot = (u32::from_le_bytes(pixel).wrapping_mul(0x9E37_79B1) >> 20) as usize;
    while slots[slot] > 0 && colors[usize::from(slots[slot]) - 1] != pixel {
        slot = (slot + 1) % SLOTS;
    }
    slot
}

/// The spacing of levels that few bits can tell apart, and how many bits.
fn gray_step(colors: &[[u8; 4]]) -> Option<(u8, u8)> {
    let steps = [(255, 1), (85, 2), (17, 4), (1, 8)];
    let fits = |step: u8| colors.iter().all(|[level, ..]| level % step == 0);
    steps.into_iter().find(|(step, _)| fits(*step))
}

/// A palette in an order that depends only on its colors: transparent ones first, as only their alpha is stored.
fn indexed(
    mut colors: Vec<[u8; 4]>,
    pixels: impl Iterator<Item = [u8; 4]>,
    width: usize,
) -> (Stored, Vec<u8>) {
    colors.sort_unstable_by_key(|[r, g, b, alpha]| (*alpha, *g, *r, *b));
    let mut slots = vec![0_u16; SLOTS];
    for (color, place) in colors.iter().zip(1..) {
        let slot = slot(&slots, &colors, *color);
        slots[slot] = place;
    }
    let bits = match colors.len() {
        0..=2 => 1,
        3..=4 => 2,
        5..=16 => 4,
        _ => 8,
    };
    let index = |pixel| (slots[slot(&slots, &colors, pixel)] - 1) as u8;
    let samples = pack(pixels.map(index), width, bits);
    let alphas = colors.iter().map(|color| color[3]);
    let palette = Stored::Palette {
        bits,
        colors: colors
            .iter()
            .flat_map(|[r, g, b, _]| [*r, *g, *b])
            .collect(),
        alphas: alphas.take_while(|alpha| *alpha < 255).collect(),
    };
    (palette, samples)
}

/// Samples of so many bits, the first in the highest bits; each row starts on a new byte.
fn pack(samples: impl Iterator<Item = u8>, width: usize, bits: u8) -> Vec<u8> {
    let bits = usize::from(bits);
    if bits == 8 {
        return samples.collect();
    }
    let each = 8 / bits;
    let mut packed = Vec::new();
    for (sample, i) in samples.zip(0..) {
        let within = i % width % each;
        if within == 0 {
            packed.push(0);
        }
        if let Some(last) = packed.last_mut() {
            *last |= sample << (8 - bits * (within + 1));
        }
    }
    packed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_over_anything_stays_the_same() {
        let shown = |pixel| shown(pixel, &inverses());
        for alpha in 0..=255 {
            for sample in 0..=255 {
                let [rounded, ..] = shown([sample, 0, 0, alpha]);
                let premultiplied = |sample: u8| (u32::from(sample) * u32::from(alpha) + 127) / 255;
                assert_eq!(premultiplied(rounded), premultiplied(sample));
                assert_eq!(shown([rounded, 0, 0, alpha])[0], rounded);
            }
        }
    }

    #[test]
    fn rows_begin_with_a_byte_of_their_own() {
        let samples = [1, 0, 1, 1, 0, 1].into_iter();
        assert_eq!(pack(samples, 3, 1), [0b1010_0000, 0b1010_0000]);
        let samples = [3, 0, 1, 2, 1, 3, 2, 1, 0, 1].into_iter();
        let packed = [0b1100_0110, 0b0100_0000, 0b1110_0100, 0b0100_0000];
        assert_eq!(pack(samples, 5, 2), packed);
    }
}
