//! A JPEG that stays in its planes of Y, Cb and Cr from its blocks to the avatar's.

use headshot_jpeg::{Color, Component, Header, Plane, Request, Scale};
use headshot_resample::{Grid, Resampler, Spec};

use crate::error::Error;
use crate::info::Info;
use crate::plan::Plan;
use crate::planes::{self, Samples, reduced};
use crate::resize;

/// Whether nothing between decoding and encoding needs RGB.
pub(super) fn stays_ycbcr(info: &Info, plan: &Plan, header: &Header) -> bool {
    !matches!(header.color, Color::Rgb | Color::Cmyk | Color::Ycck)
        && planes::are_enough(info, plan)
}

/// Where so many samples of a component become one, half of them each way are enough, and where so many pixels do, a quarter.
/// docs/performance.md has the cost.
const HALF: f64 = 2.95;
const QUARTER: f64 = 7.5;

/// Asks for planes that are no larger than the avatar needs.
pub(super) fn scale(request: &mut Request, header: &Header, plan: &Plan) {
    let (crop, scaled) = (plan.crop.size(), plan.scaled);
    let pixels = |from: u32, to: u32| f64::from(from) / f64::from(to);
    let across = pixels(crop.width(), scaled.width());
    let down = pixels(crop.height(), scaled.height());
    let scales = header.components.iter().enumerate();
    let mut scales = scales.map(|(index, component)| {
        let (h, v) = ratios(component, header);
        let samples =
            |pixels: f64, ratio: u32| pixels * f64::from(reduced(index)) / f64::from(ratio);
        let samples = samples(across, h).min(samples(down, v));
        match samples.min(across.min(down)) {
            QUARTER.. => Scale::Quarter,
            _ if samples >= HALF => Scale::Half,
            _ => Scale::Full,
        }
    });
    request.luma = scales.next().unwrap_or_default();
    // Cb and Cr nearly always have the same size.
    let largest = scales.min_by_key(|scale| scale.divisor());
    request.chroma = largest.unwrap_or_default();
}

/// Pixels around the crop that share its outermost samples: halved components at full scale have some.
pub(super) fn frame(request: &Request, header: &Header) -> u32 {
    let mut components = header.components.iter().enumerate();
    let is_shared = components.any(|(index, component)| {
        let (across, down) = ratios(component, header);
        (across == 2 || down == 2) && request.scale(index) == Scale::Full
    });
    if is_shared { 2 } else { 0 }
}

/// Pixels of the photo that a sample of a component covers, across and down.
fn ratios(component: &Component, header: &Header) -> (u32, u32) {
    (header.h_max() / component.h, header.v_max() / component.v)
}

/// Passes one row of blocks to the resamplers, which the first row creates.
pub(super) fn feed(
    components: &mut Vec<Resampler>,
    parts: &[Plane],
    header: &Header,
    request: &Request,
    plan: &Plan,
) -> Result<(), Error> {
    if components.is_empty() {
        let mut last = None;
        for (index, (part, component)) in parts.iter().zip(&header.components).enumerate() {
            let scale = request.scale(index);
            let spec = spec(part, component, header, scale, plan, reduced(index));
            // Cb and Cr share their weights.
            let resampler = match (components.last(), last.replace(spec)) {
                (Some(before), Some(like)) if like == spec => Resampler::another(before),
                _ => Resampler::new(&spec),
            };
            components.push(resampler.map_err(resize::refusal)?);
        }
    }
    for (component, part) in components.iter_mut().zip(parts) {
        let wanted = component.rows();
        for row in (0..part.height).filter(|row| wanted.contains(&(part.y + row))) {
            component.push_row(part.row(row)).map_err(Error::internal)?;
        }
    }
    Ok(())
}

/// The crop on a component's own grid: its samples are as wide and high as `h_max / h` and `v_max / v` pixels, times the
/// scale, and lie in the middle of them (JFIF 1.02). Halved components at full scale are interpolated as libjpeg does, as encoders
/// expect.
fn spec(
    part: &Plane,
    component: &Component,
    header: &Header,
    scale: Scale,
    plan: &Plan,
    reduced: u32,
) -> Spec {
    let [across, down] = whole(component, header, scale);
    let across = Samples {
        before: part.x,
        available: part.width,
        ..across
    };
    planes::spec(plan, reduced, across, down)
}

/// The samples of the whole component at this scale, across and down.
fn whole(component: &Component, header: &Header, scale: Scale) -> [Samples; 2] {
    let samples = |pixels: u32, available: u32| {
        let (grid, pixels) = match (pixels, scale) {
            (2, Scale::Full) => (Grid::Doubled, pixels),
            _ => (Grid::Plain, pixels * scale.divisor()),
        };
        Samples {
            grid,
            pixels,
            before: 0,
            available: scale.scaled(available),
        }
    };
    let (across, down) = ratios(component, header);
    [
        samples(across, component.width),
        samples(down, component.height),
    ]
}
