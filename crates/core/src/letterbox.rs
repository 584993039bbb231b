//! Turn a raster upright and place it on a square of background.

use crate::geometry::Size;
use crate::orientation;
use crate::plan::Plan;
use crate::raster::{Layout, Raster};

/// The stored raster, upright, on the plan's square: over its color, which leaves no alpha, or with transparent bars.
pub(crate) fn place(stored: Raster, plan: &Plan) -> Raster {
    let raster = match plan.background {
        Some(color) => flatten(stored, color),
        None => stored,
    };
    let fits = plan.scaled == square(plan);
    match (raster.layout(), plan.background) {
        (Layout::Planar, _) if fits => embed::<3>(&raster, plan, [0; 3]),
        _ if fits => plan.orientation.apply(raster),
        (Layout::Rgba, _) => embed::<4>(&raster, plan, [0; 4]),
        (_, Some(color)) => embed::<3>(&raster, plan, color),
        (_, None) => {
            let opaque = |[r, g, b]: [u8; 3]| [r, g, b, 255];
            let raster = raster.interleaved().map(Layout::Rgba, opaque);
            embed::<4>(&raster, plan, [0; 4])
        }
    }
}

fn square(plan: &Plan) -> Size {
    Size::new(plan.side, plan.side).expect("a plan's side is at least one pixel")
}

/// The raster laid over a color.
fn flatten(raster: Raster, color: [u8; 3]) -> Raster {
    if raster.layout() != Layout::Rgba {
        return raster;
    }
    raster.map(Layout::Rgb, |[r, g, b, alpha]: [u8; 4]| {
        let mix = |over: u8, under: u8| {
            let sum =
                u32::from(over) * u32::from(alpha) + u32::from(under) * u32::from(255 - alpha);
            ((sum + 127) / 255) as u8
        };
        [mix(r, color[0]), mix(g, color[1]), mix(b, color[2])]
    })
}

/// The raster, turned upright, on a square filled with `pixel`; planes are joined.
fn embed<const CHANNELS: usize>(raster: &Raster, plan: &Plan, pixel: [u8; CHANNELS]) -> Raster {
    let size = square(plan);
    let mut samples = pixel.repeat(size.area() as usize);
    let side = plan.side as usize;
    let stored = [raster.size().width(), raster.size().height()].map(|side| side as usize);
    let from = (plan.offset.1 as usize * side + plan.offset.0 as usize) * CHANNELS;
    let bands = raster.bands(orientation::BAND);
    for (band, y) in bands.zip((0..).step_by(orientation::BAND)) {
        let inside = &mut samples[from..];
        plan.orientation
            .lay::<CHANNELS>(&band, stored, y, inside, side);
    }
    let layout = match CHANNELS {
        3 => Layout::Rgb,
        _ => Layout::Rgba,
    };
    Raster::new(size, layout, samples).expect("a square filled with pixels has their number")
}
