//! Whether there is anything to see on an avatar.

use crate::clock::Clock;
use crate::held::Held;
use crate::info::Info;
use crate::options::{Background, Fit, Options, SideRange, Small, StillFormat};
use crate::photo::Photo;
use crate::plan::Plan;
use crate::raster::{Layout, Raster};
use crate::warning::Warning;

/// How far apart samples may be and still look alike.
const SAME: u8 = 2;

/// The side in pixels at which a photo is looked at.
const SIDE: u32 = 256;

/// Warns if there is nothing to see on a finished avatar: it is transparent all over, or of one color although the photo was not.
pub(crate) fn warning(
    square: &Raster,
    photo: &Photo,
    info: &Info,
    options: &Options,
    clock: &Clock,
) -> Option<Warning> {
    if !is_flat(square) {
        return None;
    }
    if is_clear(square) {
        return Some(Warning::Invisible);
    }
    one_color(photo, info, options, clock)
}

/// What the frames of an animated avatar have shown.
pub(crate) struct Shown {
    /// One of its pixels, which belongs to the bars if there are any.
    first: Option<[u8; 4]>,
    is_flat: bool,
    has_visible: bool,
}

impl Shown {
    pub(crate) fn new(bars: Option<[u8; 3]>) -> Shown {
        Shown {
            first: bars.map(|[r, g, b]| [r, g, b, 255]),
            is_flat: true,
            has_visible: bars.is_some(),
        }
    }

    /// Looks at a frame, as long as that can still change the answer.
    pub(crate) fn look(&mut self, pixels: &[[u8; 4]]) {
        self.has_visible = self.has_visible || pixels.iter().any(|pixel| pixel[3] > 0);
        if let (true, Some(first)) = (self.is_flat, self.first.or(pixels.first().copied())) {
            self.first = Some(first);
            self.is_flat = pixels.iter().all(|pixel| is_same(pixel, &first));
        }
    }

    /// Warns if all frames together show nothing.
    pub(crate) fn warning(
        &self,
        photo: &Photo,
        info: &Info,
        options: &Options,
        clock: &Clock,
    ) -> Option<Warning> {
        match (self.has_visible, self.is_flat) {
            (false, _) => Some(Warning::Invisible),
            (true, true) => one_color(photo, info, options, clock),
            (true, false) => None,
        }
    }
}

/// What to say about an avatar of one color, after a look at the photo: at its first frame if it has several.
fn one_color(photo: &Photo, info: &Info, options: &Options, clock: &Clock) -> Option<Warning> {
    // Few photos come this far, so the second look costs nothing.
    let whole = Options {
        fit: Fit::Contain,
        side: SideRange::new(SIDE, SIDE)?,
        small: Small::Enlarge,
        format: StillFormat::Png,
        background: Background::Transparent,
        ..options.clone()
    };
    let plan = Plan::new(info, &whole).ok()?;
    let held = &mut Held::new(false);
    let seen = photo.resized(info, &plan, &whole, clock, held).ok()?;
    if is_clear(&seen.raster) {
        return Some(Warning::TransparentPhoto);
    }
    (!is_flat(&seen.raster)).then_some(Warning::OneColor)
}

/// Whether every pixel is transparent.
fn is_clear(raster: &Raster) -> bool {
    let (pixels, _) = raster.samples().as_chunks();
    raster.layout() == Layout::Rgba && pixels.iter().all(|&[_, _, _, alpha]| alpha == 0)
}

/// Whether all pixels have nearly the same color.
fn is_flat(raster: &Raster) -> bool {
    let channels = raster.layout().channels();
    raster.planes().all(|(plane, _)| {
        let first = &plane[..channels];
        let mut pixels = plane.chunks_exact(channels);
        pixels.all(|pixel| is_same(pixel, first))
    })
}

fn is_same(pixel: &[u8], other: &[u8]) -> bool {
    let mut samples = pixel.iter().zip(other);
    samples.all(|(a, b)| a.abs_diff(*b) <= SAME)
}
