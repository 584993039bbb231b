//! PNG pixels, resampled row by row as they are decoded.

use headshot_png::{Damage, End};
use headshot_resample::Layout;

use super::frames::{Frame, Frames, limits};
use super::narrow::Narrow;
use crate::allocate;
use crate::clock::{Clock, go_on};
use crate::color::{ColorModel, Profile};
use crate::decoded::Decoded;
use crate::error::Error;
use crate::format::Format;
use crate::geometry::Size;
use crate::held::{self, Make, Wanted};
use crate::info::Info;
use crate::options::{Damaged, Options};
use crate::plan::Plan;
use crate::resize::Rows;
use crate::warning::Warning;

/// The most bytes that decoding takes, for pixels of so many bits: row by row, or held as a whole.
pub(crate) fn memory(size: Size, bits: u64, whole: bool) -> u64 {
    let rows = headshot_png::ROW_BYTES * u64::from(size.width());
    let row = (bits * u64::from(size.width())).div_ceil(8);
    if whole {
        // A header may say anything.
        rows.saturating_add(row.saturating_mul(size.height().into()))
    } else {
        rows
    }
}

/// Bytes of all pixels at the depth at which they are resampled.
pub(super) fn held(size: Size, color: ColorModel, alpha: bool) -> u64 {
    let channels = match color {
        _ if alpha => 4,
        ColorModel::Gray => 1,
        _ => 3,
    };
    size.area().saturating_mul(channels)
}

/// Decodes the picture, of any color type and depth, and resamples the plan's crop row by row. For an animation it is the first frame,
/// which browsers show first; the default image may be another.
pub(crate) fn resized(
    photo: &[u8],
    info: &Info,
    plan: &Plan,
    options: &Options,
    clock: &Clock,
) -> Result<Decoded, Error> {
    let stored = info.orientation.size(info.size);
    let limits = limits(stored);
    if let Some(mut frames) = Frames::read(photo, info)?
        && let Some(first) = frames.next().filter(Frame::is_apart)
    {
        return first_frame(&frames, &first, info, plan, options, clock);
    }
    let header = headshot_png::read_header(photo, &limits).map_err(refusal)?;
    let mut narrow = narrow(&header, info);
    // Nothing on the right of the crop or below it is made.
    let corner = [plan.crop.right(), plan.crop.bottom()];
    let made = Size::new(corner[0], stored.height()).unwrap_or(stored);
    let mut rows = Rows::new(narrow.layout(), made, plan.crop, plan.scaled)?;
    let mut fed = Ok(());
    let damage = match options.damaged {
        Damaged::Refuse => Damage::Refuse,
        Damaged::Accept => Damage::Accept,
    };
    let decoded = headshot_png::decode_corner(photo, &limits, damage, corner, |y, row| {
        fed = if row.is_empty() {
            // Only a chance to stop.
            clock.check()
        } else {
            clock
                .check_row(y)
                .and_then(|()| rows.push(y, narrow.row(row)))
        };
        go_on(&fed)
    });
    fed?;
    let end = decoded.map_err(refusal)?;
    fill(&mut rows, &end, made, plan)?;
    Ok(Decoded {
        raster: rows.finish()?,
        warnings: Vec::from_iter(warning(&end, stored)),
    })
}

/// Decodes all rows and holds them. Not for damaged files, whose missing rows depend on the plan, nor for a separate first frame.
pub(crate) fn hold(
    photo: &[u8],
    info: &Info,
    _: &Plan,
    options: &Options,
    clock: &Clock,
    _: Wanted,
) -> Result<Option<Make<'static>>, Error> {
    let stored = info.orientation.size(info.size);
    let is_apart = match Frames::read(photo, info)? {
        Some(mut frames) => frames.next().is_some_and(|first| first.is_apart()),
        None => false,
    };
    if is_apart || options.damaged == Damaged::Accept {
        return Ok(None);
    }
    let limits = limits(stored);
    let header = headshot_png::read_header(photo, &limits).map_err(refusal)?;
    let mut narrow = narrow(&header, info);
    let layout = narrow.layout();
    let row = stored.width() as usize * layout.channels();
    let mut samples = allocate::reserve(row * stored.height() as usize)?;
    let mut in_time = Ok(());
    let decoded = headshot_png::decode_rows(photo, &limits, Damage::Refuse, |y, row| {
        in_time = if row.is_empty() {
            clock.check()
        } else {
            samples.extend_from_slice(narrow.row(row));
            clock.check_row(y)
        };
        go_on(&in_time)
    });
    in_time?;
    let end = decoded.map_err(refusal)?;
    if samples.len() != row * stored.height() as usize {
        return Err(Error::internal("a PNG's decoder returned other rows"));
    }
    let warnings = Vec::from_iter(warning(&end, stored));
    Ok(Some(held::rows(layout, stored, samples, warnings)))
}

fn narrow<'a>(header: &headshot_png::Header, info: &'a Info) -> Narrow<'a> {
    Narrow::new(header, info.profile.as_ref().and_then(Profile::narrowed))
}

/// What to say about the end of a file.
fn warning(end: &End, stored: Size) -> Option<Warning> {
    let unmarked = (!end.is_marked).then_some(Warning::MissingEnd(Format::Png));
    missing(end, stored.height()).or(unmarked)
}

/// What to say if some of so many rows are missing or wrong.
fn missing(end: &End, expected: u32) -> Option<Warning> {
    (end.intact < expected).then_some(Warning::MissingPixels {
        intact: end.intact,
        found: end.found,
        expected,
    })
}

pub(super) fn refusal(error: headshot_png::Error) -> Error {
    match error {
        headshot_png::Error::OutOfMemory { bytes } => Error::out_of_memory(bytes),
        headshot_png::Error::Damaged { at, what } => Error::damaged_at(Format::Png, at, what),
        error => Error::damaged(Format::Png, error),
    }
}

/// Rows for missing parts of a still: transparent, or in the background color.
fn fill(rows: &mut Rows, end: &End, stored: Size, plan: &Plan) -> Result<(), Error> {
    if end.found <= plan.crop.y() {
        return Err(Error::damaged(
            Format::Png,
            "none of the rows that are wanted can be decoded",
        ));
    }
    if end.found == stored.height() {
        return Ok(());
    }
    let [r, g, b] = plan.background.unwrap_or_default();
    let pixel = match rows.channels() {
        // Nearly as bright as the color.
        Layout::Gray => vec![((u16::from(r) + 2 * u16::from(g) + u16::from(b)) / 4) as u8],
        Layout::Rgb => vec![r, g, b],
        Layout::Rgba | Layout::Four => vec![0; 4],
    };
    let row = pixel.repeat(stored.width() as usize);
    for y in end.found..stored.height() {
        rows.push(y, &row)?;
    }
    Ok(())
}

/// The first frame of an animation that does not use the default image, on a canvas that is transparent around it.
fn first_frame(
    frames: &Frames,
    first: &Frame,
    info: &Info,
    plan: &Plan,
    options: &Options,
    clock: &Clock,
) -> Result<Decoded, Error> {
    let stored = info.orientation.size(info.size);
    let mut rows = Rows::new(Layout::Rgba, stored, plan.crop, plan.scaled)?;
    let area = first.layer.area;
    let empty = allocate::filled(0, 4 * stored.width() as usize)?;
    for y in 0..area.top {
        rows.push(y as u32, &empty)?;
    }
    let mut canvas_row = empty.clone();
    let (mut narrow, mut pixels) = (frames.narrow(), Vec::new());
    let end = frames.rows(first, options.damaged, clock, |y, row| {
        pixels.clear();
        narrow.add_pixels(row, &mut pixels);
        canvas_row[4 * area.left..4 * area.right].copy_from_slice(pixels.as_flattened());
        rows.push(area.top as u32 + y, &canvas_row)
    })?;
    for y in area.top as u32 + end.found..stored.height() {
        rows.push(y, &empty)?;
    }
    let height = (area.bottom - area.top) as u32;
    Ok(Decoded {
        raster: rows.finish()?,
        warnings: Vec::from_iter(missing(&end, height)),
    })
}
