//! The most memory that making an avatar takes: from the header and the plan, before anything is allocated.

use headshot_resample::{Axis, Layout, Spec};

use super::Plan;
use crate::bars;
use crate::color::ColorModel;
use crate::format::Format;
use crate::info::Info;
use crate::options::{Fit, Limits, Options};

/// What every photo takes: stacks, tables, a window of compressed data.
const EACH: u64 = 6 << 20;

/// What a profile takes when it is read and made into tables, per byte.
const PROFILE: u64 = 8;

/// What palettes take, and the colors that they are made from.
const PALETTES: u64 = 24 << 20;

/// The finished frames of an animation may have at least this share of the allowed memory.
const FINISHED: u64 = 8;

/// A photo's pixels are held for its avatar up to this many bytes: decoding twice costs time, but working by rows saves memory.
const HELD: u64 = 32 << 20;

/// Bytes that the frames of one window may take.
const WINDOW_BYTES: u64 = 48 << 20;
/// The most frames of a window: enough to keep many processors busy.
const WINDOW_FRAMES: u64 = 16;

/// The most bytes held while making the avatar; see [`Plan::memory`].
pub(crate) fn estimate(info: &Info, plan: &Plan, limits: &Limits) -> u64 {
    let work = match plan.frames {
        1 => still(info, plan),
        _ => animation(info, plan, limits),
    };
    // A photo that is kept is copied, an animated one twice.
    let copies = if plan.kept { 2 * info.bytes } else { 0 };
    work.saturating_add(EACH + PROFILE * info.profile_bytes + copies)
}

/// The same for a cover that faces may turn into a crop or a letterbox, after a look for them; and whether the look may hold the
/// pixels of a still, which then count, too.
pub(crate) fn with_look(info: &Info, cover: &Plan, options: &Options) -> (u64, bool) {
    let contain = Options {
        fit: Fit::Contain,
        ..options.clone()
    };
    let contain = Plan::new(info, &contain).map_or(0, |plan| plan.memory);
    let [_, side] = headshot_face::LOOKS;
    let stored = info.orientation.size(info.size);
    let small = Spec {
        layout: Layout::Rgba,
        horizontal: Axis::whole(stored.width(), side),
        vertical: Axis::whole(stored.height(), side),
    };
    let frames = match cover.frames {
        1 => info.decoder,
        // And a canvas that is reduced.
        _ => unfinished(info, cover).saturating_add(4 * info.size.area()),
    };
    let look = headshot_resample::memory(&small)
        + headshot_face::memory(side, side)
        + EACH
        + PROFILE * info.profile_bytes;
    let memory = look.saturating_add(frames).max(contain).max(cover.memory);
    let held = memory.saturating_add(info.held);
    // Holding pixels never causes a refusal.
    let holds =
        cover.frames == 1 && (1..=HELD).contains(&info.held) && held <= options.limits.memory;
    (if holds { held } else { memory }, holds)
}

/// While rows are decoded and resampled, or when they are turned, converted, letterboxed and encoded.
fn still(info: &Info, plan: &Plan) -> u64 {
    let square = square(plan);
    let after = match plan.format {
        // Pixels, their coded coefficients, and a growing file.
        Format::Jpeg => 16 * square,
        // Pixels, their copy in the PNG's own kind, a sample of them, and a growing file.
        _ => 24 * square,
    };
    let before = info.decoder.saturating_add(resampled(info, plan));
    before.max(after + painted(plan))
}

/// The finished frames, and the other memory of an animation.
fn animation(info: &Info, plan: &Plan, limits: &Limits) -> u64 {
    // A pixel is coded in 12 bits at most.
    let coded = u64::from(plan.frames) * (2 * square(plan) + (1 << 12));
    unfinished(info, plan) + 2 * coded.min(finished(info, plan, limits))
}

/// Bytes that an animation's finished frames may have: twice as much is reserved, because they are put together at the end.
/// It is what the rest leaves, and at least one part in [`FINISHED`] of everything.
pub(crate) fn finished(info: &Info, plan: &Plan, limits: &Limits) -> u64 {
    let copies = if plan.kept { 2 * info.bytes } else { 0 };
    let rest = unfinished(info, plan) + EACH + PROFILE * info.profile_bytes + copies;
    (limits.memory.saturating_sub(rest) / 2).max(limits.memory / FINISHED)
}

/// A canvas, its earlier state, two windows of frames, and a screen to compare with.
fn unfinished(info: &Info, plan: &Plan) -> u64 {
    let canvas = info.size.area();
    let window = (window(info, plan) as u64).min(info.frames.into());
    let part = plan.crop.size().area();
    let frame = patch(info) + 4 * part + 8 * square(plan) + resampled(info, plan);
    // In formats other than GIF each frame is decoded like a still, and any frame may be reverted.
    let decoders = match info.format {
        Format::Gif => info.decoder,
        _ => window * info.decoder + 4 * canvas,
    };
    // Painted bars are copied once.
    let bars = painted(plan).saturating_mul(2);
    decoders + 4 * canvas + window * frame + 28 * square(plan) + bars + PALETTES
}

/// Bytes of a frame's pixels: the indices of a GIF, or all colors and alpha.
fn patch(info: &Info) -> u64 {
    let bytes = match info.format {
        Format::Gif => 1,
        _ => 4,
    };
    bytes * info.size.area()
}

/// How many frames are made at once.
pub(crate) fn window(info: &Info, plan: &Plan) -> usize {
    let bytes = patch(info) + 4 * plan.crop.size().area() + 8 * square(plan);
    (WINDOW_BYTES / bytes).clamp(1, WINDOW_FRAMES) as usize
}

/// The square of bars that show the photo, if there are any.
fn painted(plan: &Plan) -> u64 {
    if plan.bars.are_painted() && plan.scaled.shorter() < plan.side {
        bars::memory(plan.side)
    } else {
        0
    }
}

fn square(plan: &Plan) -> u64 {
    u64::from(plan.side).pow(2)
}

/// A picture on its way through the resampler, or its planes.
fn resampled(info: &Info, plan: &Plan) -> u64 {
    let (planes, layout) = match (info.format, info.color) {
        _ if info.alpha || plan.frames > 1 => (1, Layout::Rgba),
        (Format::Jpeg | Format::Heic, ColorModel::Gray) => (1, Layout::Gray),
        (Format::Jpeg | Format::Heic, ColorModel::Rgb) => (3, Layout::Gray),
        (Format::Jpeg, ColorModel::Cmyk) => (4, Layout::Gray),
        (_, ColorModel::Gray) => (1, Layout::Gray),
        _ => (1, Layout::Rgb),
    };
    let (crop, scaled) = (plan.crop.size(), plan.scaled);
    let spec = Spec {
        layout,
        horizontal: Axis::whole(crop.width(), scaled.width()),
        vertical: Axis::whole(crop.height(), scaled.height()),
    };
    planes * headshot_resample::memory(&spec)
}
