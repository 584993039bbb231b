//! A JPEG that stays in its planes of Y, Cb and Cr from its blocks to those of the avatar.

use std::ops::Range;

use headshot_jpeg::{Color, Component, Header, Plane, Request, Scale};
use headshot_resample::{Axis, Grid, Layout as Channels, Resampler, Spec};

use crate::allocate;
use crate::color::Profile;
use crate::error::Error;
use crate::format::Format;
use crate::info::Info;
use crate::letterbox;
use crate::plan::Plan;
use crate::raster::{Layout, Raster};
use crate::resize;

/// Whether nothing between decoding and encoding needs RGB.
pub(super) fn stays_ycbcr(info: &Info, plan: &Plan, header: &Header) -> bool {
    plan.format == Format::Jpeg
        && !matches!(header.color, Color::Rgb | Color::Cmyk | Color::Ycck)
        && info.profile.as_ref().is_none_or(Profile::is_srgb)
        && plan.side.is_multiple_of(2)
}

/// Where so many samples of a component become one, half of them each way are enough, and where so many pixels do, too, a quarter.
/// docs/performance.md has what it costs.
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

/// Pixels around the crop of which its outermost samples take their share: those of a halved component of full scale do.
pub(super) fn frame(request: &Request, header: &Header) -> u32 {
    let mut components = header.components.iter().enumerate();
    let is_shared = components.any(|(index, component)| {
        let (across, down) = ratios(component, header);
        (across == 2 || down == 2) && request.scale(index) == Scale::Full
    });
    if is_shared { 2 } else { 0 }
}

/// Pixels of the avatar that a sample of a component's plane is, across and down.
fn reduced(index: usize) -> u32 {
    if index > 0 { 2 } else { 1 }
}

/// Pixels of the photo that a sample of a component is, across and down.
fn ratios(component: &Component, header: &Header) -> (u32, u32) {
    (header.h_max() / component.h, header.v_max() / component.v)
}

/// Passes one row of blocks on to the resamplers, which the first row brings into being.
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

/// The crop on a component's own grid: its samples are as wide and high as `h_max / h` and `v_max / v` pixels, times what the scale
/// makes of them, and lie in the middle of them (JFIF 1.02). Halved components of full scale are taken for what libjpeg makes of
/// them, as encoders expect it.
///
/// A sample of the output is `reduced` pixels of the square wide and high. Where the photo covers but half of one, at its edge, the
/// window reaches so far out of the crop.
fn spec(
    part: &Plane,
    component: &Component,
    header: &Header,
    scale: Scale,
    plan: &Plan,
    reduced: u32,
) -> Spec {
    let axis = |[start, extent]: [u32; 2],
                [from, size]: [u32; 2],
                touched: Range<usize>,
                ratio: u32,
                before: u32,
                available: u32| {
        let pixels = f64::from(extent) / f64::from(size);
        let covered = reduced * touched.len() as u32;
        let start = f64::from(start) - f64::from(from - reduced * touched.start as u32) * pixels;
        let extent = if covered == size {
            extent.into()
        } else {
            f64::from(covered) * pixels
        };
        // Doubled samples count as two.
        let (grid, ratio, before) = match (ratio, scale) {
            (2, Scale::Full) => (Grid::Doubled, 1, 2 * before),
            _ => (Grid::Plain, ratio * scale.divisor(), before),
        };
        // On a binary grid, so that no sum is rounded; thirds are the only ratio that is not exact.
        let on_grid = |pixels: f64| match ratio {
            1 => pixels,
            _ => (pixels / f64::from(ratio) * 4096.0).trunc() / 4096.0,
        };
        Axis {
            start: on_grid(start) - f64::from(before),
            extent: on_grid(extent),
            available,
            grid,
            size: touched.len() as u32,
        }
    };
    let (crop, place) = (plan.crop, plan.stored_place());
    let (across, down) = ratios(component, header);
    let [columns, rows] = letterbox::touched(place, reduced);
    Spec {
        layout: Channels::Gray,
        horizontal: axis(
            [crop.x(), crop.size().width()],
            [place.x(), place.size().width()],
            columns,
            across,
            part.x,
            part.width,
        ),
        vertical: axis(
            [crop.y(), crop.size().height()],
            [place.y(), place.size().height()],
            rows,
            down,
            0,
            scale.scaled(component.height),
        ),
    }
}

/// Planes on their square, in stored directions.
pub(super) fn on_square(mut planes: Vec<Vec<u8>>, plan: &Plan) -> Result<Raster, Error> {
    let (place, square) = (plan.stored_place(), plan.square());
    let samples = |reduced| {
        let [across, down] = letterbox::touched(place, reduced);
        across.len() * down.len()
    };
    if planes.len() == 1 {
        // No color.
        let chroma = vec![128; samples(2)];
        planes.extend([chroma.clone(), chroma]);
    }
    if place != square.whole() {
        let bars = headshot_jpeg::ycbcr(plan.background.unwrap_or_default());
        for (index, (plane, bar)) in planes.iter_mut().zip(bars).enumerate() {
            let reduced = reduced(index);
            if plane.len() != samples(reduced) {
                return Err(Error::internal("a JPEG's components differ in size"));
            }
            let mut square = allocate::filled(bar, (plan.side / reduced).pow(2) as usize)?;
            letterbox::lay_over(&mut square, plane, place, plan.side, reduced);
            *plane = square;
        }
    }
    Raster::of_planes(square, Layout::YCbCr, planes)
        .ok_or_else(|| Error::internal("a JPEG's components differ in number or size"))
}
