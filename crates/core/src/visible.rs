//! Whether there is anything to see on an avatar.

use crate::clock::Clock;
use crate::decode;
use crate::options::{Background, Fit, Options, SideRange, Small, StillFormat};
use crate::plan::Plan;
use crate::probe::Info;
use crate::raster::{Layout, Raster};
use crate::report::Warning;

/// How far samples may lie apart that nobody can tell from each other.
const SAME: u8 = 2;

/// The side in pixels at which a photo is looked at.
const SIDE: u32 = 256;

/// Says so where nobody can see anything on a finished avatar: all of it transparent, or of one color after a photo that was not.
pub(crate) fn warning(
    square: &Raster,
    photo: &[u8],
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
    // Few photos come as far as this, so the second look costs nothing.
    let whole = Options {
        fit: Fit::Contain,
        side: SideRange::new(SIDE, SIDE)?,
        small: Small::Enlarge,
        format: StillFormat::Png,
        background: Background::Transparent,
        ..options.clone()
    };
    let plan = Plan::new(info, &whole).ok()?;
    let seen = decode::resized(photo, info, &plan, &whole, clock).ok()?;
    (!is_flat(&seen.raster)).then_some(Warning::OneColor)
}

/// Whether every pixel is transparent.
fn is_clear(raster: &Raster) -> bool {
    let (pixels, _) = raster.samples().as_chunks();
    raster.layout() == Layout::Rgba && pixels.iter().all(|&[_, _, _, alpha]| alpha == 0)
}

/// Whether all pixels have a color, nearly.
fn is_flat(raster: &Raster) -> bool {
    let channels = raster.layout().channels();
    raster.planes().all(|(plane, _)| {
        let first = &plane[..channels];
        let is_same = |pixel: &[u8]| pixel.iter().zip(first).all(|(a, b)| a.abs_diff(*b) <= SAME);
        plane.chunks_exact(channels).all(is_same)
    })
}
