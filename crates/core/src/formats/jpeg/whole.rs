//! A JPEG that is held: its planes at full scale, or its pixels. At a smaller scale, blocks at the edge of a crop depend on what lies
//! inside it, so each crop is decoded by itself.

use headshot_jpeg::{End, Header, Request, Scale};

use super::{pixels, planes};
use crate::clock::{Clock, go_on};
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
    let mut request = pixels::request(&options.limits);
    let header = headshot_jpeg::read_header(photo, &request.limits).ok()?;
    if !planes::stays_ycbcr(info, plan, &header) {
        if pixels::is_inks(&header) {
            return None;
        }
        return whole::pixels(pixels::resized, photo, info, plan, options, clock, held);
    }
    planes::scale(&mut request, &header, plan);
    if (request.luma, request.chroma) != (Scale::Full, Scale::Full) {
        return None;
    }
    if let Some(Whole::Planes(_)) = held {
        return held;
    }
    drop(held);
    let empty = empty(&header, &request);
    let samples =
        |plane: &Plane| u64::from(plane.across.available) * u64::from(plane.down.available);
    if empty.planes.iter().map(samples).sum::<u64>() > options.limits.memory {
        return None;
    }
    decode(photo, &request, empty, clock)
}

/// The planes, without their samples.
fn empty(header: &Header, request: &Request) -> Planes {
    let planes = header.components.iter().enumerate();
    let planes = planes.map(|(index, component)| {
        let [across, down] = planes::whole(component, header, request.scale(index));
        Plane {
            samples: Vec::new(),
            stride: across.available as usize,
            across,
            down,
        }
    });
    Planes {
        planes: planes.collect(),
        cut: [0, 0],
        levels: None,
    }
}

fn decode(photo: &[u8], request: &Request, mut held: Planes, clock: &Clock) -> Option<Whole> {
    let mut in_time = Ok(());
    let end = headshot_jpeg::decode_rows(photo, request, |parts| {
        in_time = clock.check();
        for (plane, part) in held.planes.iter_mut().zip(parts) {
            for row in 0..part.height {
                plane.samples.extend_from_slice(part.row(row));
            }
        }
        go_on(&in_time)
    });
    let is_whole = held
        .planes
        .iter()
        .all(|plane| plane.samples.len() == plane.stride * plane.down.available as usize);
    (is_whole && matches!(end, Ok(End::Marked))).then_some(Whole::Planes(held))
}
