//! JPEG pixels, resampled row by row as they are decoded. The only file that knows the JPEG decoder.

use headshot_jpeg::{Below, Checked, Color, Damage, End, Header, Marks, Plane, Region, Request};

use super::planes;
use crate::clock::{Clock, go_on};
use crate::decoded::Decoded;
use crate::error::{Error, Limit};
use crate::format::Format;
use crate::geometry::{Rect, Size};
use crate::info::Info;
use crate::options::{Damaged, Limits, Options};
use crate::plan::Plan;
use crate::raster::{Layout, Raster};
use crate::resize;
use crate::warning::Warning;

/// Decodes the plan's crop and resamples it. If anything but the end marker is missing, that is damage.
///
/// If the avatar is a JPEG of the same colors, each component goes from its own sampling straight to the plan's size, and
/// chroma to half of it: no pixel becomes RGB. Otherwise the pixels are made the usual way, at full size, and then resampled.
pub(crate) fn resized(
    photo: &[u8],
    info: &Info,
    plan: &Plan,
    options: &Options,
    clock: &Clock,
) -> Result<Decoded, Error> {
    let source = Source::File(&mut Marks::default(), Below::Check);
    resized_from(source, photo, info, plan, options, clock)
}

/// What samples are made from.
pub(super) enum Source<'m, 'a> {
    /// The file, with what following it has shown, or will show. [`Below::Skip`] says that it was followed and is sound: then nothing is
    /// said about its end.
    File(&'m mut Marks<'a>, Below),
    /// The samples that are held, and the file where some are missing.
    Held(&'m mut headshot_jpeg::Held),
}

/// The same from any source.
pub(super) fn resized_from<'a>(
    source: Source<'_, 'a>,
    photo: &'a [u8],
    info: &Info,
    plan: &Plan,
    options: &Options,
    clock: &Clock,
) -> Result<Decoded, Error> {
    let below = match source {
        Source::File(_, below) => below,
        Source::Held(_) => Below::Check,
    };
    let mut request = Request {
        damage: damage(options.damaged),
        below,
        ..request(&options.limits)
    };
    let header = headshot_jpeg::read_header(photo, &request.limits).map_err(refusal)?;
    let layout = match planes::stays_ycbcr(info, plan, &header) {
        true => Layout::YCbCr,
        false if is_inks(&header) => Layout::Cmyk,
        false => Layout::Rgb,
    };
    let stored = info.orientation.size(info.size);
    let mut frame = 0;
    if layout == Layout::YCbCr {
        planes::scale(&mut request, &header, plan);
        frame = planes::frame(&request, &header);
    }
    request.region = Some(region(plan.crop, stored, frame));
    let mut components = Vec::new();
    let spec = resize::plane(plan.crop.size(), plan.scaled);
    let (mut fed, mut rows) = (Ok(()), 0u32);
    let end = if layout == Layout::YCbCr {
        let take = |parts: &[Plane]| {
            let feed = |()| planes::feed(&mut components, parts, &header, &request, plan);
            fed = clock.check().and_then(feed);
            go_on(&fed)
        };
        match source {
            Source::File(marks, _) => marks.decode_rows(photo, &request, take),
            Source::Held(held) => held.decode_rows(photo, &request, take),
        }
    } else {
        let take = |row: &[&[u8]]| {
            let feed = |()| resize::feed(&mut components, row, &spec);
            fed = if row.is_empty() {
                // Only a chance to stop.
                clock.check()
            } else {
                clock.check_row(rows).and_then(feed)
            };
            rows += 1;
            go_on(&fed)
        };
        match source {
            Source::File(marks, _) => marks.decode_pixels(photo, &request, take),
            Source::Held(held) => held.decode_pixels(photo, &request, take),
        }
    };
    fed?;
    let warnings = match end {
        Ok(End::Marked) => Vec::new(),
        Ok(End::Early(never)) => vec![Warning::NeverCoded {
            coefficients: never.coefficients,
            last_bits: never.last_bits,
        }],
        Ok(End::Unmarked) => vec![Warning::MissingEnd(Format::Jpeg)],
        Ok(End::Damaged {
            intact,
            found,
            error,
        }) => {
            if found <= plan.crop.y() {
                // None of the wanted pixels were found.
                return Err(refusal(error));
            }
            vec![Warning::MissingPixels {
                intact,
                found,
                expected: header.height,
            }]
        }
        // On purpose.
        Ok(End::NotReached) if below == Below::Skip => Vec::new(),
        Ok(End::NotReached) => return Err(Error::internal("the JPEG decoder stopped by itself")),
        Err(error) => return Err(refusal(error)),
    };
    let raster = join(resize::finish(components)?, plan, layout)?;
    Ok(Decoded { raster, warnings })
}

/// Whether any program can read the photo without its maker's markers, as YCbCr or gray, and its header hides nothing; and the
/// bytes that decoding its rows takes.
///
/// A header that the decoder refuses is refused here. Exceeded limits are left to the checks of limits.
pub(crate) fn coding(photo: &[u8], limits: &Limits) -> Result<(bool, u64), Error> {
    let request = request(limits);
    match headshot_jpeg::read_header(photo, &request.limits) {
        Ok(header) => Ok((
            matches!(header.color, Color::Gray | Color::YCbCr) && header.has_usual_ids(),
            // Full-size pixels take three times as much.
            headshot_jpeg::memory(&header, &request).saturating_mul(3),
        )),
        Err(headshot_jpeg::Error::Limit { .. }) => Ok((false, 0)),
        Err(error) => Err(refusal(error)),
    }
}

pub(super) fn is_inks(header: &Header) -> bool {
    matches!(header.color, Color::Cmyk | Color::Ycck)
}

/// Looks for damage, without making pixels. `None` if the coded picture holds anything that it does not need.
pub(crate) fn check(
    photo: &[u8],
    limits: &Limits,
    clock: &Clock,
) -> Result<Option<Vec<Warning>>, Error> {
    let mut request = request(limits);
    let header = headshot_jpeg::read_header(photo, &request.limits).map_err(refusal)?;
    let fills = |length: u32, factor: u32| length.is_multiple_of(8 * factor);
    if fills(header.width, header.h_max()) && fills(header.height, header.v_max()) {
        // All entropy-coded data is followed; if nothing lies beyond the edges, one pixel of the rest is enough.
        request.region = Some(Region {
            x: 0,
            y: 0,
            width: 1,
            height: 1,
        });
    }
    let mut in_time = Ok(());
    let checked = headshot_jpeg::check_rows(photo, &request, |_| {
        in_time = clock.check();
        go_on(&in_time)
    });
    in_time?;
    match checked {
        Ok(checked) if checked.has_spare => Ok(None),
        // It is coarse now, and would stay so for anybody who waits for the rest.
        Ok(Checked {
            end: End::Early(_), ..
        }) => Ok(None),
        Ok(Checked {
            end: End::Unmarked, ..
        }) => Ok(Some(vec![Warning::MissingEnd(Format::Jpeg)])),
        Ok(_) => Ok(Some(Vec::new())),
        Err(error) => Err(refusal(error)),
    }
}

/// How the decoder treats damage.
pub(super) fn damage(damaged: Damaged) -> Damage {
    match damaged {
        Damaged::Refuse => Damage::Refuse,
        Damaged::Accept => Damage::Fill,
    }
}

/// Decodes all of a photo, within the caller's limits.
pub(super) fn request(limits: &Limits) -> Request {
    Request {
        limits: headshot_jpeg::Limits {
            pixels: limits.pixels,
            side: limits.side,
            scans: limits.scans,
            visits: limits.blocks,
            memory: limits.memory,
        },
        ..Request::default()
    }
}

/// The crop with a frame: the pixels that share a halved component's samples with the crop's edge.
fn region(crop: Rect, stored: Size, frame: u32) -> Region {
    let [x, y] = [crop.x(), crop.y()].map(|start| start.saturating_sub(frame));
    Region {
        x,
        y,
        width: (crop.right() + frame).min(stored.width()) - x,
        height: (crop.bottom() + frame).min(stored.height()) - y,
    }
}

pub(super) fn join(planes: Vec<Vec<u8>>, plan: &Plan, layout: Layout) -> Result<Raster, Error> {
    let raster = match &planes[..] {
        _ if layout == Layout::YCbCr => return crate::planes::on_square(planes, plan),
        // 255 means no ink in the file, and full ink in a raster.
        [c, m, y, k] => {
            let inks = c.iter().zip(m).zip(y).zip(k);
            let pixels: Vec<[u8; 4]> = inks
                .map(|(((c, m), y), k)| [c, m, y, k].map(|ink| 255 - ink))
                .collect();
            Raster::new(plan.scaled, layout, pixels.into_flattened())
        }
        _ => return resize::joined(plan.scaled, planes),
    };
    raster.ok_or_else(|| Error::internal("a JPEG's components differ in size"))
}

pub(super) fn refusal(error: headshot_jpeg::Error) -> Error {
    use headshot_jpeg::Error::*;
    match error {
        Limit {
            which: "scans",
            found,
            max,
        } => Error::Limit {
            which: self::Limit::Scans,
            found,
            max,
        },
        Limit {
            which: "pixels",
            found,
            max,
        } => Error::Limit {
            which: self::Limit::Pixels,
            found,
            max,
        },
        Limit {
            which: "blocks in all scans",
            found,
            max,
        } => Error::Limit {
            which: self::Limit::Blocks,
            found,
            max,
        },
        Limit { found, max, .. } => Error::Limit {
            which: self::Limit::Memory,
            found,
            max,
        },
        OutOfMemory { bytes } => Error::out_of_memory(bytes),
        RegionOutside { .. } => Error::internal(error),
        Unsupported { what } => Error::Unsupported {
            format: Format::Jpeg,
            what,
        },
        Damaged { at, what } => Error::damaged_at(Format::Jpeg, at, what),
        _ => Error::damaged(Format::Jpeg, error),
    }
}
