//! A WebP that is held: its planes, or its pixels.

use super::{decode, pixels, riff};
use crate::clock::Clock;
use crate::formats::hold;
use crate::held::{Held, Plane, Planes};
use crate::info::Info;
use crate::options::Options;
use crate::plan::Plan;

/// As the table of formats has it.
pub(super) fn held(
    photo: &[u8],
    info: &Info,
    plan: &Plan,
    options: &Options,
    clock: &Clock,
    held: Option<Held>,
) -> Option<Held> {
    let file = riff::read(photo).ok()?;
    let picture = &file.first.picture;
    let vp8 = match picture.coded {
        riff::Coded::Lossy { vp8, alpha: None } if pixels::stays_ycbcr(info, plan) => vp8,
        _ => return hold::pixels(pixels::resized, photo, info, plan, options, clock, held),
    };
    if picture.missing > 0 {
        return None;
    }
    if let Some(Held::Planes(_)) = held {
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
    Some(Held::Planes(Planes {
        planes: planes.collect(),
        cut: [0, 0],
        levels: Some(pixels::full_range),
    }))
}
