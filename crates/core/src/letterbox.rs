//! Place a raster on a square of background.

use crate::geometry::Size;
use crate::plan::Plan;
use crate::raster::{Layout, Raster};

/// The upright raster on the plan's square: over its color, which leaves no alpha, or with transparent bars.
pub(crate) fn place(raster: Raster, plan: &Plan) -> Raster {
    let raster = match plan.background {
        Some(color) => flatten(raster, color),
        None => raster,
    };
    let square = Size::new(plan.side, plan.side).expect("a plan's side is at least one pixel");
    if raster.size() == square {
        return raster;
    }
    match plan.background {
        Some(color) => embed::<3>(&raster, square, plan.offset, color),
        None if raster.layout() == Layout::Rgba => embed::<4>(&raster, square, plan.offset, [0; 4]),
        None => {
            let opaque = raster.map(Layout::Rgba, |[r, g, b]| [r, g, b, 255]);
            embed::<4>(&opaque, square, plan.offset, [0; 4])
        }
    }
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

/// The raster at `offset` on a square filled with `pixel`.
fn embed<const CHANNELS: usize>(
    raster: &Raster,
    square: Size,
    offset: (u32, u32),
    pixel: [u8; CHANNELS],
) -> Raster {
    let mut samples = pixel.repeat(square.area() as usize);
    let stride = square.width() as usize * CHANNELS;
    let left = offset.0 as usize * CHANNELS;
    for (target, row) in samples
        .chunks_exact_mut(stride)
        .skip(offset.1 as usize)
        .zip(raster.rows())
    {
        target[left..left + row.len()].copy_from_slice(row);
    }
    Raster::new(square, raster.layout(), samples)
        .expect("a square filled with pixels has their number")
}
