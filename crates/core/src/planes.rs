//! Planes of Y, Cb and Cr that stay separate from the decoder to the avatar's encoder, whatever format they come from.

use std::ops::Range;

use headshot_resample::{Axis, Grid, Layout as Channels, Spec};

use crate::bars;
use crate::color::Profile;
use crate::error::Error;
use crate::format::Format;
use crate::geometry::Rect;
use crate::info::Info;
use crate::letterbox;
use crate::plan::Plan;
use crate::raster::{Layout, Raster};

/// Whether nothing after decoding needs RGB, for a photo that is stored as opaque YCbCr of BT.601.
pub(crate) fn are_enough(info: &Info, plan: &Plan) -> bool {
    plan.format == Format::Jpeg
        && info.profile.as_ref().is_none_or(Profile::is_srgb)
        && plan.side.is_multiple_of(2)
}

/// How many pixels of the avatar a sample of this plane covers, across and down: the avatar is 4:2:0.
pub(crate) fn reduced(index: usize) -> u32 {
    if index > 0 { 2 } else { 1 }
}

/// The samples of a plane along one axis, as its decoder hands them on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Samples {
    /// [`Grid::Doubled`] if a sample is two pixels wide and its neighbors take their share of them, as in libjpeg and libwebp.
    pub(crate) grid: Grid,
    /// Pixels of the photo that a sample is wide.
    pub(crate) pixels: u32,
    /// How many of the photo's samples were left out before the first.
    pub(crate) before: u32,
    /// How many there are.
    pub(crate) available: u32,
}

/// The plan's crop on a plane's own grid, whose samples lie in the middle of the pixels that they cover.
///
/// A sample of the output is `reduced` pixels of the square wide and high. If the photo covers only half of one at its edge, the
/// window reaches that far out of the crop.
pub(crate) fn spec(plan: &Plan, reduced: u32, across: Samples, down: Samples) -> Spec {
    let axis = |[start, extent]: [u32; 2],
                [from, size]: [u32; 2],
                touched: Range<usize>,
                samples: Samples| {
        let pixels = f64::from(extent) / f64::from(size);
        let covered = reduced * touched.len() as u32;
        let start = f64::from(start) - f64::from(from - reduced * touched.start as u32) * pixels;
        let extent = if covered == size {
            extent.into()
        } else {
            f64::from(covered) * pixels
        };
        // Doubled samples count as two.
        let (ratio, before) = match samples.grid {
            Grid::Doubled => (1, 2 * samples.before),
            _ => (samples.pixels, samples.before),
        };
        // On a binary grid, so that no sum is rounded; thirds are the only ratio that is not exact.
        let on_grid = |pixels: f64| match ratio {
            1 => pixels,
            _ => (pixels / f64::from(ratio) * 4096.0).trunc() / 4096.0,
        };
        Axis {
            start: on_grid(start) - f64::from(before),
            extent: on_grid(extent),
            available: samples.available,
            grid: samples.grid,
            size: touched.len() as u32,
        }
    };
    let (crop, place) = (plan.crop, plan.stored_place());
    let [columns, rows] = letterbox::touched(place, reduced);
    Spec {
        layout: Channels::Gray,
        horizontal: axis(
            [crop.x(), crop.size().width()],
            [place.x(), place.size().width()],
            columns,
            across,
        ),
        vertical: axis(
            [crop.y(), crop.size().height()],
            [place.y(), place.size().height()],
            rows,
            down,
        ),
    }
}

/// Places planes on their square, in stored directions.
pub(crate) fn on_square(mut planes: Vec<Vec<u8>>, plan: &Plan) -> Result<Raster, Error> {
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
        let grid = bars::grid(plan.bars, place.size(), plan.side);
        let color = headshot_jpeg::ycbcr(plan.bars.color());
        for (index, (plane, plain)) in planes.iter_mut().zip(color).enumerate() {
            let reduced = reduced(index);
            if plane.len() != samples(reduced) {
                return Err(Error::internal("planes differ in size"));
            }
            let [across, _] = letterbox::touched(place, reduced);
            let cells = bars::cells(plan.bars, grid, plane, across.len(), &[plain]);
            let mut square = bars::square(&cells, grid, Channels::Gray, plan.side / reduced)?;
            letterbox::lay_over(&mut square, plane, place, plan.side, reduced);
            *plane = square;
        }
    }
    Raster::of_planes(square, Layout::YCbCr, planes)
        .ok_or_else(|| Error::internal("planes differ in number or size"))
}

/// Part of a picture as RGB pixels, each with the chroma of the sample it lies in: to look at. JFIF 1.02, with 16 bits of fraction.
pub(crate) fn pixels(raster: &Raster, place: Rect) -> Option<Raster> {
    let planes: Vec<&[u8]> = raster.planes().map(|(plane, _)| plane).collect();
    let &[luma, cb, cr] = &planes[..] else {
        return None;
    };
    let width = raster.size().width() as usize;
    let mut rgb = Vec::with_capacity(3 * place.size().area() as usize);
    for y in place.y()..place.bottom() {
        for x in place.x()..place.right() {
            let (x, y) = (x as usize, y as usize);
            let half = y / 2 * (width / 2) + x / 2;
            let gray = i32::from(*luma.get(y * width + x)?);
            let [cb, cr] = [cb, cr].map(|plane| plane.get(half).map(|c| i32::from(*c) - 128));
            let (cb, cr) = (cb?, cr?);
            let colors = [91_881 * cr, -22_554 * cb - 46_802 * cr, 116_130 * cb];
            rgb.extend(colors.map(|part| (gray + ((part + 32_768) >> 16)).clamp(0, 255) as u8));
        }
    }
    Raster::new(place.size(), Layout::Rgb, rgb)
}
