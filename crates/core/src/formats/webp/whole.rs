//! A WebP that is held: its planes, or its pixels.

use super::{decode, pixels, riff};
use crate::clock::Clock;
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
    let file = riff::read(photo).ok()?;
    let picture = &file.first.picture;
    let vp8 = match picture.coded {
        riff::Coded::Lossy { vp8, alpha: None } if pixels::stays_ycbcr(info, plan) => vp8,
        _ => return whole::pixels(pixels::resized, photo, info, plan, options, clock, held),
    };
    if picture.missing > 0 {
        return None;
    }
    if let Some(Whole::Planes(_)) = held {
        return held;
    }
    drop(held);
    clock.check().ok()?;
    let decoded = decode::planes(vp8, picture.size).ok()?;
    let planes = decoded.planes.into_iter().enumerate();
    let planes = planes.map(|(index, (samples, stride))| {
        let [across, down] = pixels::samples(index, picture.size);
        Plane {
            samples,
            stride,
            across,
            down,
        }
    });
    Some(Whole::Planes(Planes {
        planes: planes.collect(),
        cut: [0, 0],
        levels: Some(pixels::full_range),
    }))
}
