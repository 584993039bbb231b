//! A JPEG made small as quickly as can be.

use headshot_jpeg::End;
use headshot_resample::{Axis, Grid, Layout as Channels, Spec};

use super::pixels;
use crate::clock::{Clock, go_on};
use crate::decoded::Decoded;
use crate::error::Error;
use crate::info::Info;
use crate::options::Options;
use crate::plan::Plan;
use crate::raster::Layout;

/// The side of the blocks whose means are a picture, in pixels.
const BLOCK: u32 = 8;

/// The whole photo at the plan's size: from the means of its blocks, where these are as many as the plan has pixels.
pub(crate) fn resized(
    photo: &[u8],
    info: &Info,
    plan: &Plan,
    options: &Options,
    clock: &Clock,
) -> Result<Decoded, Error> {
    let stored = info.orientation.size(info.size);
    if plan.crop != stored.whole() || plan.scaled.longer() > stored.longer() / BLOCK {
        return pixels::resized(photo, info, plan, options, clock);
    }
    let limits = pixels::request(&options.limits).limits;
    let header = headshot_jpeg::read_header(photo, &limits).map_err(pixels::refusal)?;
    let axis = |pixels: u32, size| Axis {
        start: 0.0,
        // The last block may lie beyond the edge in part.
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
    let end =
        headshot_jpeg::decode_eighth(photo, pixels::damage(options.damaged), &limits, |row| {
            // A row of nothing is only a chance to stop.
            let feed = |()| pixels::feed(&mut channels, row, &spec);
            fed = clock.check().and_then(feed);
            go_on(&fed)
        });
    fed?;
    if let End::NotReached = end.map_err(pixels::refusal)? {
        return Err(Error::internal("the JPEG decoder stopped by itself"));
    }
    let layout = if pixels::is_inks(&header) {
        Layout::Cmyk
    } else {
        Layout::Rgb
    };
    Ok(Decoded {
        raster: pixels::join(pixels::finish(channels)?, plan, layout)?,
        // Whoever decodes it wholly says them.
        warnings: Vec::new(),
    })
}
