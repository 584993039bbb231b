//! Turns a raster upright and places it on a square of background.

use std::ops::Range;

use headshot_resample::Layout as Channels;

use crate::background::Bars;
use crate::bars;
use crate::error::Error;
use crate::geometry::{Rect, Size};
use crate::orientation;
use crate::plan::Plan;
use crate::raster::{Layout, Raster};
use crate::step::Step;

/// The plan once the pixels have settled what no header can: whether something shows through a photo that may have alpha. If so,
/// bars that would show the photo become those of a photo with alpha.
pub(crate) fn looked_at(plan: &Plan, stored: &Raster) -> Plan {
    let mut plan = plan.clone();
    if !plan.bars.are_painted() {
        return plan;
    }
    let (pixels, _) = stored.samples().as_chunks();
    let has_holes =
        stored.layout() == Layout::Rgba && pixels.iter().any(|&[_, _, _, alpha]| alpha < 255);
    if !has_holes {
        // It would not be visible.
        plan.background.get_or_insert([0; 3]);
        return plan;
    }
    plan.bars = Bars::plain(plan.background);
    for step in &mut plan.steps {
        if let Step::Letterbox { bars, .. } = step {
            *bars = plan.bars;
        }
    }
    plan
}

/// The stored raster, upright, on the plan's square: over its color, which leaves no alpha, or with transparent bars.
pub(crate) fn place(stored: Raster, plan: &Plan) -> Result<Raster, Error> {
    let raster = match plan.background {
        Some(color) => flatten(stored, color),
        None => stored,
    };
    let fits = raster.size() == plan.square();
    let clear = || vec![0; 4 * plan.square().area() as usize];
    Ok(match (raster.layout(), plan.background) {
        (Layout::Planar, _) if fits => {
            let square = vec![0; 3 * plan.square().area() as usize];
            embed::<3>(&raster, plan, square)
        }
        _ if fits => plan.orientation.apply(raster),
        (Layout::Rgba, _) => embed::<4>(&raster, plan, clear()),
        (_, Some(_)) => embed::<3>(&raster, plan, bars_of_pixels(&raster, plan)?),
        (_, None) => {
            let opaque = |[r, g, b]: [u8; 3]| [r, g, b, 255];
            let raster = raster.interleaved().map(Layout::Rgba, opaque);
            embed::<4>(&raster, plan, clear())
        }
    })
}

/// A square of what the bars show, in RGB and upright, without the photo.
fn bars_of_pixels(stored: &Raster, plan: &Plan) -> Result<Vec<u8>, Error> {
    let grid = bars::grid(plan.bars, stored.size(), plan.side);
    let color = plan.bars.color();
    let width = stored.size().width() as usize;
    let planes = stored
        .planes()
        .zip(color.chunks_exact(stored.layout().channels()));
    let cells = planes.map(|((plane, _), plain)| bars::cells(plan.bars, grid, plane, width, plain));
    // Turned while they are few.
    let [across, down] = grid;
    let cells = Size::new(across, down)
        .and_then(|size| Raster::of_planes(size, stored.layout(), cells.collect()));
    let cells = cells.ok_or_else(|| Error::internal("bars without cells"))?;
    let upright = plan.orientation.apply(cells.interleaved());
    let grid = [upright.size().width(), upright.size().height()];
    bars::square(upright.samples(), grid, Channels::Rgb, plan.side)
}

/// Lays a plane of a photo over a plane of the bars, whatever these show: a color or a picture.
///
/// `bars` is a square of `side` pixels, with one sample for `ratio` (1 or 2) pixels each way, and the photo lies on the pixels of
/// `place`. It has every sample that it touches. Samples that it covers by half are mixed, as an encoder that averages
/// pixels would.
pub(crate) fn lay_over(bars: &mut [u8], photo: &[u8], place: Rect, side: u32, ratio: u32) {
    let [across, down] = touched(place, ratio);
    let half = |edge: u32| !edge.is_multiple_of(ratio);
    let mix =
        |over: &mut u8, photo: u8| *over = (u16::from(*over) + u16::from(photo)).div_ceil(2) as u8;
    let rows = bars.chunks_exact_mut((side / ratio) as usize);
    let rows = rows.enumerate().skip(down.start);
    for ((y, bars), photo) in rows.zip(photo.chunks_exact(across.len())) {
        let bars = &mut bars[across.clone()];
        if (y == down.start && half(place.y())) || (y + 1 == down.end && half(place.bottom())) {
            bars.iter_mut()
                .zip(photo)
                .for_each(|(over, photo)| mix(over, *photo));
            continue;
        }
        let (first, last) = (bars[0], bars[bars.len() - 1]);
        bars.copy_from_slice(photo);
        if half(place.x()) {
            mix(&mut bars[0], first);
        }
        if half(place.right()) {
            mix(&mut bars[photo.len() - 1], last);
        }
    }
}

/// The columns and rows of samples, of `ratio` pixels each way, that a part of a square touches.
pub(crate) fn touched(place: Rect, ratio: u32) -> [Range<usize>; 2] {
    let samples = |from: u32, to: u32| (from / ratio) as usize..to.div_ceil(ratio) as usize;
    [
        samples(place.x(), place.right()),
        samples(place.y(), place.bottom()),
    ]
}

/// The raster laid over a color.
pub(crate) fn flatten(raster: Raster, color: [u8; 3]) -> Raster {
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

/// The raster, turned upright, laid over the pixels of a square; planes are joined.
fn embed<const CHANNELS: usize>(raster: &Raster, plan: &Plan, square: Vec<u8>) -> Raster {
    let (size, mut samples) = (plan.square(), square);
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
    Raster::new(size, layout, samples).expect("a square keeps the number of its pixels")
}
