//! Makes a JPEG small as fast as possible, and keeps what that yields for the avatar.

use std::cell::RefCell;

use headshot_jpeg::{Below, End, Header, Marks, Process};
use headshot_resample::{Axis, Grid, Layout as Channels, Spec};

use super::pixels::{self, Source};
use crate::clock::{Clock, go_on};
use crate::decoded::Decoded;
use crate::error::Error;
use crate::format::Format;
use crate::held::Held;
use crate::info::Info;
use crate::options::{Damaged, Options};
use crate::plan::Plan;
use crate::raster::Layout;
use crate::resize;
use crate::warning::Warning;

/// The side of the blocks whose means make a picture, in pixels.
const BLOCK: u32 = 8;

/// The whole photo at the plan's size: from the means of its blocks, if there are as many as the plan has pixels.
///
/// If all of the file was followed on the way, the positions of its rows of blocks are held: a crop then follows only its own rows.
pub(crate) fn resized<'a>(
    photo: &'a [u8],
    info: &Info,
    plan: &Plan,
    options: &'a Options,
    clock: &Clock,
    held: &mut Held<'a>,
) -> Result<Decoded, Error> {
    let limits = pixels::request(&options.limits).limits;
    let header = headshot_jpeg::read_header(photo, &limits).map_err(pixels::refusal)?;
    let stored = info.orientation.size(info.size);
    let mut marks = Marks::default();
    let has_means = plan.crop == stored.whole() && plan.scaled.longer() <= stored.longer() / BLOCK;
    let (decoded, is_followed) = if has_means {
        let means = means(photo, &header, plan, options, clock, &mut marks)?;
        // Only some scans of a progressive one were followed.
        (means, header.process == Process::Sequential)
    } else {
        // A second look finds the file followed already.
        if let Some(decoded) = held.resized(photo, info, plan, options, clock)? {
            return Ok(decoded);
        }
        let source = Source::File(&mut marks, Below::Check);
        (
            pixels::resized_from(source, photo, info, plan, options, clock)?,
            true,
        )
    };
    if is_followed && options.damaged == Damaged::Refuse {
        let marks = RefCell::new(marks);
        let warnings = decoded.warnings.clone();
        held.keep(Some(Box::new(move |_, info, plan, options, clock| {
            let mut marks = marks.borrow_mut();
            let source = Source::File(&mut marks, Below::Skip);
            let decoded = pixels::resized_from(source, photo, info, plan, options, clock)?;
            Ok(Some(Decoded {
                warnings: warnings.clone(),
                ..decoded
            }))
        })));
    }
    Ok(decoded)
}

/// A picture made of the blocks' means.
fn means<'a>(
    photo: &'a [u8],
    header: &Header,
    plan: &Plan,
    options: &Options,
    clock: &Clock,
    marks: &mut Marks<'a>,
) -> Result<Decoded, Error> {
    let limits = pixels::request(&options.limits).limits;
    let axis = |pixels: u32, size| Axis {
        start: 0.0,
        // The last block may lie partly beyond the edge.
        extent: f64::from(pixels) / f64::from(BLOCK),
        available: pixels.div_ceil(BLOCK),
        grid: Grid::Plain,
        size,
    };
    let spec = Spec {
        layout: Channels::Gray,
        horizontal: axis(header.width, plan.scaled.width()),
        vertical: axis(header.height, plan.scaled.height()),
    };
    let mut channels = Vec::new();
    let mut fed = Ok(());
    let end = marks.decode_eighth(photo, pixels::damage(options.damaged), &limits, |row| {
        // An empty row is only a chance to stop.
        let feed = |()| resize::feed(&mut channels, row, &spec);
        fed = clock.check().and_then(feed);
        go_on(&fed)
    });
    fed?;
    let warnings = match end.map_err(pixels::refusal)? {
        End::NotReached => return Err(Error::internal("the JPEG decoder stopped by itself")),
        End::Unmarked => vec![Warning::MissingEnd(Format::Jpeg)],
        // The full decoding reports it.
        _ => Vec::new(),
    };
    let layout = if pixels::is_inks(header) {
        Layout::Cmyk
    } else {
        Layout::Rgb
    };
    Ok(Decoded {
        raster: pixels::join(resize::finish(channels)?, plan, layout)?,
        warnings,
    })
}
