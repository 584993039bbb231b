//! The smallest kind of PNG that holds a picture without a difference: without alpha where all is opaque, a palette for few colors, gray
//! (third edition, 4.4 to 4.6 and 11.2.2).

use png::{BitDepth, ColorType};

use crate::raster::{Layout, Raster};

/// The most colors that are counted. With fewer, repeated strings are worth more than differences between pixels.
const MOST: usize = 1 << 14;
/// Slots of the table they are counted in: a power of two, twice as many.
const SLOTS: usize = 1 << 15;

/// A picture as a PNG stores it: rows of packed samples without filters.
pub(super) struct Reduced {
    pub(super) color: ColorType,
    pub(super) depth: BitDepth,
    pub(super) samples: Vec<u8>,
    /// RGB, and alpha as far as it is not 255: of [`ColorType::Indexed`] alone.
    pub(super) palette: Vec<u8>,
    pub(super) alphas: Vec<u8>,
    /// Whether there are few colors, or many soft edges: then filters only disturb.
    pub(super) is_flat: bool,
}

/// What is known of all pixels together.
struct Seen {
    /// Each color once, in the order of the first of its pixels; `None` beyond [`MOST`].
    colors: Option<Vec<[u8; 4]>>,
    is_opaque: bool,
    is_gray: bool,
    /// Pixels that are neither opaque nor transparent.
    partial: usize,
}

/// Reduces RGB or RGBA pixels; `None` for another layout.
pub(super) fn reduce(raster: &Raster) -> Option<Reduced> {
    match raster.layout() {
        Layout::Rgb => Some(of(raster, |[r, g, b]: [u8; 3]| [r, g, b, 255])),
        Layout::Rgba => Some(of(raster, shown)),
        Layout::Cmyk | Layout::Planar | Layout::YCbCr => None,
    }
}

/// A pixel whose color under partial alpha is rounded to what compositing with 8 bits can tell apart. What is shown stays the same to
/// the level, and soft edges have far fewer colors.
fn shown([r, g, b, alpha]: [u8; 4]) -> [u8; 4] {
    let of = |sample: u8| match u32::from(alpha) {
        0 => 0,
        255 => sample,
        alpha => {
            let premultiplied = (u32::from(sample) * alpha + 127) / 255;
            ((premultiplied * 255 + alpha / 2) / alpha).min(255) as u8
        }
    };
    [of(r), of(g), of(b), alpha]
}

fn of<const FROM: usize>(raster: &Raster, rgba: impl Fn([u8; FROM]) -> [u8; 4]) -> Reduced {
    let (pixels, _) = raster.samples().as_chunks::<FROM>();
    let pixels = || pixels.iter().map(|pixel| rgba(*pixel));
    let seen = look(pixels());
    let many = pixels().len() / 50;
    let is_flat = seen.colors.is_some() || seen.partial > many;
    let plain = |color, samples| Reduced {
        color,
        depth: BitDepth::Eight,
        samples,
        palette: Vec::new(),
        alphas: Vec::new(),
        is_flat,
    };
    let width = raster.size().width() as usize;
    match (&seen.colors, seen.is_gray, seen.is_opaque) {
        (Some(colors), is_gray, is_opaque) if colors.len() <= 256 => {
            let step = if is_gray && is_opaque {
                gray_step(colors)
            } else {
                None
            };
            match step {
                // As many levels as its bits have: nothing is smaller.
                Some((step, depth)) if depth != BitDepth::Eight || colors.len() > 16 => Reduced {
                    depth,
                    ..plain(
                        ColorType::Grayscale,
                        pack(pixels().map(|[level, ..]| level / step), width, depth),
                    )
                },
                _ => indexed(colors.clone(), pixels(), width),
            }
        }
        (_, true, true) => plain(
            ColorType::Grayscale,
            pixels().map(|[level, ..]| level).collect(),
        ),
        (_, true, false) => {
            let both = pixels().flat_map(|[level, _, _, alpha]| [level, alpha]);
            plain(ColorType::GrayscaleAlpha, both.collect())
        }
        (_, false, true) => {
            let samples = pixels().flat_map(|[r, g, b, _]| [r, g, b]);
            plain(ColorType::Rgb, samples.collect())
        }
        (_, false, false) => plain(ColorType::Rgba, pixels().flatten().collect()),
    }
}

/// Looks at every pixel.
fn look(pixels: impl Iterator<Item = [u8; 4]>) -> Seen {
    let mut colors = Vec::new();
    // Places in that list, from 1.
    let mut slots = vec![0_u16; SLOTS];
    let mut seen = Seen {
        colors: None,
        is_opaque: true,
        is_gray: true,
        partial: 0,
    };
    let (mut last, mut is_counted) = (None, true);
    for pixel @ [r, g, b, alpha] in pixels {
        seen.partial += usize::from(!matches!(alpha, 0 | 255));
        if last == Some(pixel) {
            continue;
        }
        last = Some(pixel);
        seen.is_opaque &= alpha == 255;
        seen.is_gray &= r == g && g == b;
        if is_counted {
            let slot = slot(&slots, &colors, pixel);
            if slots[slot] == 0 {
                colors.push(pixel);
                slots[slot] = colors.len() as u16;
                is_counted = colors.len() < MOST;
            }
        }
    }
    seen.colors = is_counted.then_some(colors);
    seen
}

/// Where a color stands in a table of places in a list, or where it belongs.
fn slot(slots: &[u16], colors: &[[u8; 4]], pixel: [u8; 4]) -> usize {
    let mut slot = (u32::from_le_bytes(pixel).wrapping_mul(0x9E37_79B1) >> 17) as usize;
    while slots[slot] > 0 && colors[usize::from(slots[slot]) - 1] != pixel {
        slot = (slot + 1) % SLOTS;
    }
    slot
}

/// The distance of levels that few bits can tell apart, and how many bits.
fn gray_step(colors: &[[u8; 4]]) -> Option<(u8, BitDepth)> {
    let steps = [
        (255, BitDepth::One),
        (85, BitDepth::Two),
        (17, BitDepth::Four),
        (1, BitDepth::Eight),
    ];
    let fits = |step: u8| colors.iter().all(|[level, ..]| level % step == 0);
    steps.into_iter().find(|(step, _)| fits(*step))
}

/// A palette, in an order that depends on nothing but its colors: what is transparent first, as only its alpha is stored.
fn indexed(
    mut colors: Vec<[u8; 4]>,
    pixels: impl Iterator<Item = [u8; 4]>,
    width: usize,
) -> Reduced {
    colors.sort_unstable_by_key(|[r, g, b, alpha]| (*alpha, *g, *r, *b));
    let mut slots = vec![0_u16; SLOTS];
    for (color, place) in colors.iter().zip(1..) {
        let slot = slot(&slots, &colors, *color);
        slots[slot] = place;
    }
    let depth = match colors.len() {
        0..=2 => BitDepth::One,
        3..=4 => BitDepth::Two,
        5..=16 => BitDepth::Four,
        _ => BitDepth::Eight,
    };
    let index = |pixel| (slots[slot(&slots, &colors, pixel)] - 1) as u8;
    let samples = pack(pixels.map(index), width, depth);
    let alphas = colors.iter().map(|color| color[3]);
    Reduced {
        color: ColorType::Indexed,
        depth,
        samples,
        palette: colors
            .iter()
            .flat_map(|[r, g, b, _]| [*r, *g, *b])
            .collect(),
        alphas: alphas.take_while(|alpha| *alpha < 255).collect(),
        is_flat: true,
    }
}

/// Samples of so many bits, the first in the highest bits; each row begins with a byte of its own.
fn pack(samples: impl Iterator<Item = u8>, width: usize, depth: BitDepth) -> Vec<u8> {
    let bits = depth as usize;
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
        assert_eq!(pack(samples, 3, BitDepth::One), [0b1010_0000, 0b1010_0000]);
        let samples = [3, 0, 1, 2, 1, 3, 2, 1, 0, 1].into_iter();
        let packed = [0b1100_0110, 0b0100_0000, 0b1110_0100, 0b0100_0000];
        assert_eq!(pack(samples, 5, BitDepth::Two), packed);
    }
}
