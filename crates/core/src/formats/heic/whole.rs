//! A HEIC that is held: its planes, or its pixels.

use super::bands::Bands;
use super::picture::Photo;
use super::pixels;
use crate::clock::Clock;
use crate::error::Error;
use crate::formats::whole;
use crate::info::Info;
use crate::options::Options;
use crate::plan::Plan;
use crate::whole::{Plane, Planes, Whole};

/// Its entry in the table of formats.
pub(super) fn whole(
    photo: &[u8],
    info: &Info,
    plan: &Plan,
    options: &Options,
    clock: &Clock,
    held: Option<Whole>,
) -> Option<Whole> {
    let read = Photo::read(photo, &options.limits).ok()?;
    let stays = read.alpha.is_none() && pixels::stays_ycbcr(&read, info, plan).ok()?;
    if !stays {
        return whole::pixels(pixels::resized, photo, info, plan, options, clock, held);
    }
    if let Some(Whole::Planes(_)) = held {
        return held;
    }
    drop(held);
    decode(&read, clock).ok().map(Whole::Planes)
}

fn decode(photo: &Photo, clock: &Clock) -> Result<Planes, Error> {
    let whole = photo.color.size.whole();
    let bands = Bands::new(&photo.items, &photo.color, &[], whole);
    let planes = (0..pixels::components(photo)).map(|index| {
        let [across, down] = pixels::samples(photo, &bands, index);
        Plane {
            samples: Vec::new(),
            stride: across.available as usize,
            across,
            down,
        }
    });
    let mut planes: Vec<Plane> = planes.collect();
    let wanted: Vec<_> = planes.iter().map(|plane| 0..plane.down.available).collect();
    pixels::each_row(photo, bands, &wanted, clock, |index, row| {
        planes[index].samples.extend_from_slice(row);
        Ok(())
    })?;
    Ok(Planes {
        planes,
        cut: [photo.seen.x(), photo.seen.y()],
        levels: None,
    })
}
