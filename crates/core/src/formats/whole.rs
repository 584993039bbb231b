//! Decodes a whole photo to hold it, in the same way as its crops.

use crate::clock::Clock;
use crate::codec::Resize;
use crate::format::Format;
use crate::info::Info;
use crate::options::Options;
use crate::plan::Plan;
use crate::raster::Layout;
use crate::whole::Whole;

/// The pixels of the whole photo at their own size, as `resize` decodes them.
pub(super) fn pixels(
    resize: Resize,
    photo: &[u8],
    info: &Info,
    plan: &Plan,
    options: &Options,
    clock: &Clock,
    held: Option<Whole>,
) -> Option<Whole> {
    if let Some(Whole::Pixels(_)) = held {
        return held;
    }
    // Not in addition to its replacement.
    drop(held);
    let size = info.orientation.size(info.size);
    if 4 * size.area() > options.limits.memory {
        return None;
    }
    let whole = Plan {
        crop: size.whole(),
        scaled: size,
        // Planes are for JPEGs.
        format: Format::Png,
        ..plan.clone()
    };
    // Decoding it again for its crop gives the same error.
    let decoded = resize(photo, info, &whole, options, clock).ok()?;
    let is_sound = decoded.warnings.is_empty();
    let is_rgb = matches!(
        decoded.raster.layout(),
        Layout::Rgb | Layout::Rgba | Layout::Planar
    );
    (is_sound && is_rgb).then_some(Whole::Pixels(decoded.raster))
}
