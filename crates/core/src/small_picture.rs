//! Small pictures of a whole photo, upright and in sRGB: to look at, not to keep.

use crate::clock::Clock;
use crate::color;
use crate::error::Error;
use crate::format::Format;
use crate::held::Held;
use crate::info::Info;
use crate::letterbox;
use crate::options::{Background, Fit, FramePolicy, Options, SideRange, Small, StillFormat};
use crate::photo::Photo;
use crate::plan::Plan;
use crate::planes;
use crate::raster::{Layout, Raster};
use crate::resize::resize_canvas;

/// For a still, or for the first frame. It costs a decoding, unless the photo is held.
pub(crate) fn of_still<'a>(
    photo: &Photo<'a>,
    info: &Info,
    side: u32,
    options: &'a Options,
    clock: &Clock,
    held: &mut Held<'a>,
) -> Result<Raster, Error> {
    let plan = whole(info, side, options)?;
    // The few pixels of a JPEG are converted below: until then it may stay in its planes.
    let planar = (info.format == Format::Jpeg).then(|| Info {
        profile: None,
        ..info.clone()
    });
    let described = planar.as_ref().unwrap_or(info);
    let decoded = photo.glance(described, &plan, options, clock, held)?;
    clock.check()?;
    let raster = match decoded.raster.layout() {
        Layout::YCbCr => planes::pixels(&decoded.raster, plan.stored_place())
            .ok_or_else(|| Error::internal("planes differ in number or size"))?,
        _ => decoded.raster,
    };
    upright(raster, info, options)
}

/// For the canvas of an animation: straight RGBA, as stored.
pub(crate) fn of_canvas(
    pixels: &[[u8; 4]],
    info: &Info,
    side: u32,
    options: &Options,
) -> Result<Raster, Error> {
    let stored = info.orientation.size(info.size);
    let small = whole(info, side, options)?.scaled;
    let pixels = resize_canvas(pixels, stored, small)?.into_flattened();
    let raster = Raster::new(small, Layout::Rgba, pixels);
    let raster = raster.ok_or_else(|| Error::internal("a canvas lost pixels"))?;
    upright(raster, info, options)
}

/// The plan of a picture of the whole photo whose longer side has `side` pixels, or as many as the photo.
fn whole(info: &Info, side: u32, options: &Options) -> Result<Plan, Error> {
    // Planes have an even side.
    let side = (side.min(info.size.longer()) & !1).max(2);
    let whole = Options {
        fit: Fit::Contain,
        background: Background::Auto,
        side: SideRange::new(side, side).unwrap_or_default(),
        small: Small::Enlarge,
        format: if info.alpha {
            StillFormat::Png
        } else {
            StillFormat::Jpeg(None)
        },
        frames: FramePolicy::First,
        ..options.clone()
    };
    Plan::new(info, &whole)
}

/// A small stored picture in sRGB, turned upright before faces are looked for: one that lies on its side is hardly ever found.
fn upright(stored: Raster, info: &Info, options: &Options) -> Result<Raster, Error> {
    let srgb = color::to_srgb(stored, info.profile.as_ref())?.interleaved();
    let srgb = match options.background {
        Background::Color(color) => letterbox::flatten(srgb, color),
        _ => srgb,
    };
    Ok(info.orientation.apply(srgb))
}
