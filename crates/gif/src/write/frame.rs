//! Turns one drawn frame into the blocks of a GIF: palette, dithering, LZW. Frames do not depend on each other here.

use std::cell::Cell;

use super::blocks::{bits, control, put_palette};
use super::color::{Color, distance, to_color};
use super::delta::Draft;
use super::dither::Ditherer;
use super::lzw;
use super::palette::{Enough, Histogram, MOST};
use crate::timing::Disposal;

/// The mean squared error of a pixel that never justifies another color, in the units of [`distance`].
const UNSEEN: f32 = 2.0;
/// The same in a flat animation: typical of narrow edges, which hide it.
const UNSEEN_FLAT: f32 = 3.5;

/// The mean squared error of pixels that would plainly show in a flat animation: a separate color merged into another.
const WRONG_FLAT: f32 = 150.0;
/// How many pixels that takes: the square's divided by this.
const FEW_FLAT: f32 = 4096.0;

/// How many times softness counts at most, which lets more errors pass.
const SOFT_MOST: f32 = 3.0;

/// The mean squared error of a pixel that anybody would notice.
const WRONG: f32 = 600.0;

/// How much better its own palette must be for a frame to carry one.
const GAIN: f32 = 1.1;

/// How far off a pixel may be so that a known string of pixels continues, in the units of [`Color`].
const OFF: f32 = 7.0;
/// How much that grows for each level of contrast around the pixel, which hides errors; and the maximum factor.
const HIDDEN: f32 = 0.04;
const HIDDEN_MOST: f32 = 4.0;
/// How much of a pixel's error the next one compensates, so that errors do not add up to a smear.
const CARRIED: f32 = 0.75;

/// The palette that frames share.
pub(crate) struct Shared {
    pub(crate) palette: Vec<[u8; 3]>,
    colors: Vec<Color>,
}

/// What all frames have in common.
#[derive(Clone, Copy)]
pub(crate) struct Measure {
    /// Pixels of the whole square.
    pub(crate) area: f32,
    /// How many times the source is enlarged, 1 or more: a soft picture needs fewer colors.
    pub(crate) enlarged: f32,
    /// Whether the animation consists of flat colors.
    pub(crate) flat: bool,
}

impl Measure {
    /// The error that does not justify another color, for a frame that draws this many pixels.
    ///
    /// If little is drawn, more of it is edges, and less of the picture suffers.
    fn enough(self, drawn: f32) -> f32 {
        let unseen = if self.flat { UNSEEN_FLAT } else { UNSEEN };
        unseen * self.soft() * drawn.max(self.area.min(20.0 * drawn))
    }

    /// The factor by which more error passes because the source is enlarged.
    fn soft(self) -> f32 {
        (self.enlarged / 2.0).clamp(1.0, SOFT_MOST)
    }

    /// When a palette that leaves this much error has enough colors.
    fn limit(self, error: f32) -> Enough {
        let wrong = if self.flat {
            WRONG_FLAT * self.soft().powi(2)
        } else {
            f32::INFINITY
        };
        Enough {
            error,
            wrong,
            few: self.area / FEW_FLAT,
        }
    }
}

impl Shared {
    /// A palette for these frames and for the other pixels `seen`.
    pub(crate) fn of(drafts: &[Draft], seen: &[[u8; 4]], measure: Measure) -> Shared {
        let enough = drafts.iter().map(|draft| {
            measure.enough(draft.pixels.iter().filter(|pixel| pixel[3] != 0).count() as f32)
        });
        let parts = drafts.iter().map(|draft| &draft.pixels[..]);
        let parts: Vec<&[[u8; 4]]> = parts.chain([seen]).collect();
        let palette = Histogram::of(&parts).palette(measure.limit(enough.sum()));
        Shared {
            colors: colors(&palette),
            palette,
        }
    }
}

fn colors(palette: &[[u8; 3]]) -> Vec<Color> {
    palette.iter().map(|rgb| to_color(*rgb)).collect()
}

/// The control extension and the image block of a frame.
pub(crate) fn blocks(draft: &Draft, shared: &Shared, measure: Measure) -> Vec<u8> {
    let histogram = Histogram::of(&[&draft.pixels]);
    let own = own_palette(&histogram, shared, measure, draft.repeats);
    let own_colors = own.as_deref().map(colors);
    let colors = own_colors.as_deref().unwrap_or(&shared.colors);
    let transparent = colors.len().min(MOST) as u8;
    let indices = indices(draft, colors, transparent, measure.flat);
    let bits = bits(colors.len() + 1);
    let marked = match draft.pixels.iter().any(|pixel| pixel[3] == 0) {
        true => Some(transparent),
        // Cleared areas become transparent everywhere only if some color is: the first that no pixel has.
        false if draft.is_marked || draft.disposal == Disposal::Background => {
            (0..=transparent).find(|index| !indices.contains(index))
        }
        false => None,
    };

    let area = draft.area;
    // The part that does not fit into 16 bits follows in frames that draw nothing.
    let delay = u16::try_from(draft.delay).unwrap_or(u16::MAX);
    let mut out = control(draft.disposal, delay, marked);
    out.push(b',');
    for value in [
        area.left,
        area.top,
        area.right - area.left,
        area.bottom - area.top,
    ] {
        out.extend_from_slice(&(value as u16).to_le_bytes());
    }
    match &own {
        Some(palette) => {
            out.push(0x80 | (bits - 1));
            put_palette(&mut out, palette, bits);
        }
        None => out.push(0),
    }
    let exact = histogram.exact && histogram.error(colors) == 0.0;
    out.extend(if exact || draft.repeats {
        lzw::pack(&indices, bits.max(2), |_, _| f32::INFINITY, |_, _| {})
    } else {
        pack_similar(draft, &indices, colors, bits.max(2))
    });
    out
}

/// A palette for this frame alone, if the shared one is visibly worse.
fn own_palette(
    histogram: &Histogram,
    shared: &Shared,
    measure: Measure,
    repeats: bool,
) -> Option<Vec<[u8; 3]>> {
    // Pixels that other frames also draw must keep their colors; the shared palette allows for those.
    if repeats && !shared.colors.is_empty() {
        return None;
    }
    let drawn = histogram.pixels();
    let (enough, error) = (measure.enough(drawn), histogram.error(&shared.colors));
    // It costs up to 768 bytes, too much for a few pixels unless they are plainly wrong.
    if error <= 1.5 * enough || (drawn < 2000.0 && error <= WRONG * drawn) {
        return None;
    }
    let palette = histogram.palette(measure.limit(enough));
    (histogram.error(&colors(&palette)) * GAIN < error).then_some(palette)
}

fn indices(draft: &Draft, colors: &[Color], transparent: u8, flat: bool) -> Vec<u8> {
    let mut ditherer = Ditherer::new(colors, flat);
    let mut indices = Vec::with_capacity(draft.pixels.len());
    let width = draft.area.right - draft.area.left;
    for (row, y) in draft.pixels.chunks_exact(width).zip(draft.area.top..) {
        indices.extend(row.iter().zip(draft.area.left..).map(|(pixel, x)| {
            if pixel[3] == 0 {
                transparent
            } else {
                ditherer.index(*pixel, x, y)
            }
        }));
    }
    indices
}

/// LZW that may give a pixel a similar color if that makes a longer string.
fn pack_similar(draft: &Draft, indices: &[u8], colors: &[Color], code_size: u8) -> Vec<u8> {
    let width = draft.area.right - draft.area.left;
    let bounds = bounds(&draft.pixels, width);
    let carried = Cell::new([0.0; 3]);
    let wanted = |at: usize| -> Color {
        let [r, g, b, _] = draft.pixels[at];
        let (color, carried) = (to_color([r, g, b]), carried.get());
        std::array::from_fn(|c| color[c] + carried[c])
    };
    let near = |at: usize, other: u8| match colors.get(usize::from(other)) {
        Some(color) if draft.pixels[at][3] != 0 => {
            let off = distance(wanted(at), *color);
            if off <= bounds[at] {
                off
            } else {
                f32::INFINITY
            }
        }
        _ => f32::INFINITY,
    };
    let chosen = |at: usize, index: u8| {
        carried.set(
            if draft.pixels[at][3] == 0 || (at + 1).is_multiple_of(width) {
                [0.0; 3]
            } else {
                let (wanted, color) = (wanted(at), colors[usize::from(index)]);
                std::array::from_fn(|c| (wanted[c] - color[c]) * CARRIED)
            },
        );
    };
    lzw::pack(indices, code_size, near, chosen)
}

/// For each pixel the squared distance within which another color will do.
fn bounds(pixels: &[[u8; 4]], width: usize) -> Vec<f32> {
    let light: Vec<i16> = pixels
        .iter()
        .map(|[r, g, b, _]| (2 * i16::from(*r) + 5 * i16::from(*g) + i16::from(*b)) / 8)
        .collect();
    (0..pixels.len())
        .map(|at| {
            let step = |other: usize| {
                if pixels[other][3] == 0 {
                    0
                } else {
                    light[at].abs_diff(light[other])
                }
            };
            // Only within a slope: the flat side of an edge must stay clean.
            let within = |apart: usize, inside: bool| match (at.checked_sub(apart), at + apart) {
                (Some(before), after) if inside && after < pixels.len() => {
                    step(before).min(step(after))
                }
                _ => 0,
            };
            let contrast = within(1, (1..width.saturating_sub(1)).contains(&(at % width)))
                .max(within(width, true));
            (OFF * (1.0 + HIDDEN * f32::from(contrast)).min(HIDDEN_MOST)).powi(2)
        })
        .collect()
}
