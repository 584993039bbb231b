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
    /// The colors, unless there are more than [`MOST`].
    colors: Option<Colors>,
    is_opaque: bool,
    is_gray: bool,
}

/// The colors of a picture.
struct Colors {
    /// Each once, ordered by first appearance.
    list: Vec<[u8; 4]>,
    /// For each pixel, which of them it has.
    indices: Vec<u8>,
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
            // Neighbors are often the same, and most of them opaque.
            let mut last = ([0; 4], [0; 4]);
            for pixels in samples.as_chunks_mut().0.chunks_mut(16) {
                if pixels.iter().fold(255, |all, pixel| all & pixel[3]) == 255 {
                    continue;
                }
                for pixel in pixels {
                    if *pixel != last.0 {
                        last = (*pixel, shown(*pixel, &inverses));
                    }
                    *pixel = last.1;
                }
            }
            Some(of(samples, width, |rgba: [u8; 4]| rgba))
        }
        Layout::Cmyk | Layout::Planar | Layout::YCbCr => None,
    }
}

/// Factors that replace dividing by an alpha: 24 bits of fraction, enough for what is divided here.
fn inverses() -> [u32; 256] {
    std::array::from_fn(|alpha| (1 << 24) / alpha.max(1) as u32 + 1)
}

/// Rounds a pixel's color under partial alpha to what compositing with 8 bits can tell apart. What is shown stays the same to
/// the level, and soft edges have far fewer colors.
fn shown(pixel: [u8; 4], inverses: &[u32; 256]) -> [u8; 4] {
    let [r, g, b, alpha] = pixel;
    match alpha {
        0 => [0; 4],
        255 => pixel,
        _ => {
            let of = |sample: u8| {
                let premultiplied = (u32::from(sample) * u32::from(alpha) + 127) / 255;
                let color = premultiplied * 255 + u32::from(alpha) / 2;
                ((color * inverses[usize::from(alpha)]) >> 24) as u8
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
    let plain = |kind, samples| Reduced {
        stored: Stored::Plain(kind),
        samples,
    };
    match (seen.colors, seen.is_gray, seen.is_opaque) {
        (Some(colors), true, true) => {
            let (step, bits) = gray_step(&colors.list);
            // As many levels as its bits have: nothing is smaller.
            if bits == 8 && colors.list.len() <= 16 {
                return indexed(colors, width);
            }
            let levels = table(colors.list.iter().map(|[level, ..]| level / step));
            plain(Kind::Gray(bits), pack(colors.indices, &levels, width, bits))
        }
        (Some(colors), ..) => indexed(colors, width),
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
    let (mut list, mut indices) = (Vec::new(), vec![0; pixels().len()]);
    // Positions in that list, from 1.
    let mut slots = vec![0_u16; SLOTS];
    let (mut last, mut index, mut is_counted) = (None, 0, true);
    let (mut is_gray, mut is_opaque) = (true, true);
    for (pixel @ [r, g, b, alpha], to) in pixels().zip(&mut indices) {
        // Neighbors are often the same.
        if last != Some(pixel) {
            last = Some(pixel);
            is_gray &= r == g && g == b;
            is_opaque &= alpha == 255;
            if is_counted {
                let slot = slot(&slots, &list, pixel);
                if slots[slot] == 0 {
                    list.push(pixel);
                    slots[slot] = list.len() as u16;
                    is_counted = list.len() <= MOST;
                }
                index = (slots[slot] - 1) as u8;
            } else if !is_gray {
                is_opaque = pixels().all(|[.., alpha]| alpha == 255);
                break;
            }
        }
        *to = index;
    }
    Seen {
        colors: is_counted.then_some(Colors { list, indices }),
        is_opaque,
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
fn gray_step(colors: &[[u8; 4]]) -> (u8, u8) {
    let steps = [(255, 1), (85, 2), (17, 4)];
    let fits = |step: u8| colors.iter().all(|[level, ..]| level % step == 0);
    let found = steps.into_iter().find(|(step, _)| fits(*step));
    found.unwrap_or((1, 8))
}

/// With a palette in an order that depends only on its colors: transparent ones first, as only their alpha is stored.
fn indexed(Colors { list, indices }: Colors, width: usize) -> Reduced {
    let bits = match list.len() {
        0..=2 => 1,
        3..=4 => 2,
        5..=16 => 4,
        _ => 8,
    };
    let mut sorted = list.clone();
    let key = |[r, g, b, alpha]: &[u8; 4]| (*alpha, *g, *r, *b);
    sorted.sort_unstable_by_key(key);
    let places = list.iter().map(|color| {
        let place = sorted.binary_search_by_key(&key(color), key);
        place.unwrap_or_default() as u8
    });
    let samples = pack(indices, &table(places), width, bits);
    let alphas = sorted.iter().map(|color| color[3]);
    let stored = Stored::Palette {
        bits,
        colors: sorted
            .iter()
            .flat_map(|[r, g, b, _]| [*r, *g, *b])
            .collect(),
        alphas: alphas.take_while(|alpha| *alpha < 255).collect(),
    };
    Reduced { stored, samples }
}

/// What each index becomes: up to 256.
fn table(samples: impl Iterator<Item = u8>) -> [u8; 256] {
    let mut table = [0; 256];
    for (entry, sample) in table.iter_mut().zip(samples) {
        *entry = sample;
    }
    table
}

/// The samples of all indices in so many bits, the first in the highest bits; each row starts on a new byte.
fn pack(mut indices: Vec<u8>, samples: &[u8; 256], width: usize, bits: u8) -> Vec<u8> {
    let sample = |index: &u8| samples[usize::from(*index)];
    if bits == 8 {
        for index in &mut indices {
            *index = sample(index);
        }
        return indices;
    }
    let each = usize::from(8 / bits);
    let byte = |indices: &[u8]| {
        let all = indices.iter().map(sample);
        let packed = all.fold(0, |byte, sample| byte << bits | sample);
        packed << (usize::from(bits) * (each - indices.len()))
    };
    let mut packed = Vec::with_capacity(width.div_ceil(each) * (indices.len() / width));
    for row in indices.chunks(width) {
        packed.extend(row.chunks(each).map(byte));
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
        let same = table(0..=255);
        let samples = vec![1, 0, 1, 1, 0, 1];
        assert_eq!(pack(samples, &same, 3, 1), [0b1010_0000, 0b1010_0000]);
        let samples = vec![3, 0, 1, 2, 1, 3, 2, 1, 0, 1];
        let packed = [0b1100_0110, 0b0100_0000, 0b1110_0100, 0b0100_0000];
        assert_eq!(pack(samples, &same, 5, 2), packed);
    }
}
