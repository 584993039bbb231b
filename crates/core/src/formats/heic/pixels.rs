//! HEIC pixels, resampled row by row as their tiles are decoded.

use std::ops::Range;
use std::sync::Arc;

use headshot_resample::{Grid, Layout as Channels, Resampler};

use super::bands::Bands;
use super::colors::{self, Matrix};
use super::held;
use super::hevc::Tile;
use super::picture::{Alpha, Photo};
use super::rgb::Pixels;
use crate::clock::Clock;
use crate::decoded::Decoded;
use crate::error::Error;
use crate::geometry::{Rect, Size};
use crate::held::{Make, Wanted};
use crate::info::Info;
use crate::options::Options;
use crate::plan::Plan;
use crate::planes::{self, Samples, reduced};
use crate::raster::Raster;
use crate::resize::{self, Rows};

/// Pixels around a part that share chroma with its outermost ones.
const FRAME: u32 = 2;

/// Decodes the tiles that touch the plan's crop, and resamples it. Damaged tiles are refused, whatever the options say: a tile
/// is decoded completely or not at all.
///
/// If the avatar is a JPEG of the same colors, each component goes from its own sampling straight to the plan's size. Otherwise
/// the pixels are made at full size and then resampled.
pub(super) fn resized(
    photo: &[u8],
    info: &Info,
    plan: &Plan,
    options: &Options,
    clock: &Clock,
) -> Result<Decoded, Error> {
    let photo = Photo::read(photo, &options.limits)?;
    of(&photo, &Tiles::default(), info, plan, clock)
}

/// Decodes all tiles with visible pixels, and holds them; or the pixels they become, which take twice as many bytes and less time.
pub(super) fn hold(
    file: &[u8],
    info: &Info,
    plan: &Plan,
    options: &Options,
    clock: &Clock,
    wanted: Wanted,
) -> Result<Option<Make<'static>>, Error> {
    if wanted == Wanted::Quickest && is_of_pixels(file, info, plan, options)? {
        let whole = held::whole(info, plan);
        let pixels = resized(file, info, &whole, options, clock)?;
        return Ok(held::pixels(pixels.raster, is_of_pixels));
    }
    let photo = Photo::read(file, &options.limits)?;
    let part = framed(photo.color.size, photo.seen)?;
    let color = Bands::new(&photo.items, &photo.color, &[], part).decode_all(clock)?;
    let alpha = match &photo.alpha {
        Some(alpha) => Bands::new(&photo.items, &alpha.picture, &[], part).decode_all(clock)?,
        None => Vec::new(),
    };
    let tiles = Tiles { color, alpha };
    Ok(Some(Box::new(move |file, info, plan, options, clock| {
        let photo = Photo::read(file, &options.limits)?;
        of(&photo, &tiles, info, plan, clock).map(Some)
    })))
}

/// Whether the plan's crop is opaque and becomes RGB.
fn is_of_pixels(photo: &[u8], info: &Info, plan: &Plan, options: &Options) -> Result<bool, Error> {
    let photo = Photo::read(photo, &options.limits)?;
    Ok(photo.alpha.is_none() && !stays_ycbcr(&photo, info, plan)?)
}

/// The tiles that are decoded.
#[derive(Default)]
struct Tiles {
    color: Vec<Option<Arc<Tile>>>,
    alpha: Vec<Option<Arc<Tile>>>,
}

/// A part with its frame, as far as the picture reaches.
fn framed(size: Size, part: Rect) -> Result<Rect, Error> {
    let (right, bottom) = (part.right() + FRAME, part.bottom() + FRAME);
    let [x, y] = [part.x(), part.y()].map(|from| from.saturating_sub(FRAME));
    let part = Size::new(right.min(size.width()) - x, bottom.min(size.height()) - y);
    let part = part.and_then(|part| size.rect(x, y, part));
    part.ok_or_else(|| Error::internal("a crop lies outside of its photo"))
}

fn of(
    photo: &Photo,
    tiles: &Tiles,
    info: &Info,
    plan: &Plan,
    clock: &Clock,
) -> Result<Decoded, Error> {
    let outside = || Error::internal("a crop lies outside of its photo");
    let (crop, seen) = (plan.crop, photo.seen);
    let crop = photo
        .color
        .size
        .rect(seen.x() + crop.x(), seen.y() + crop.y(), crop.size());
    let crop = crop.ok_or_else(outside)?;
    let part = framed(photo.color.size, crop)?;
    let bands = Bands::new(&photo.items, &photo.color, &tiles.color, part);
    let raster = match &photo.alpha {
        Some(alpha) => {
            let alphas = Bands::new(&photo.items, &alpha.picture, &tiles.alpha, part);
            with_alpha(photo, alpha, bands, alphas, crop, plan, clock)?
        }
        None if stays_ycbcr(photo, info, plan)? => {
            // On the photo's own grid, whatever is cut off.
            let plan = Plan {
                crop,
                ..plan.clone()
            };
            ycbcr(photo, bands, &plan, clock)?
        }
        None => opaque(photo, bands, crop, plan, clock)?,
    };
    Ok(Decoded {
        raster,
        warnings: Vec::new(),
    })
}

/// Whether nothing between decoding and encoding needs RGB. Where bars begin at an odd pixel, a chroma sample reaches beyond the
/// photo, so nothing of it may be hidden there.
fn stays_ycbcr(photo: &Photo, info: &Info, plan: &Plan) -> Result<bool, Error> {
    let is_like_jpeg =
        photo.color.shape.ratios.is_none() || Matrix::of(&photo.code_points)? == Matrix::BT601;
    let is_all = photo.seen == photo.color.size.whole() || plan.scaled == plan.square();
    Ok(is_like_jpeg && is_all && planes::are_enough(info, plan))
}

/// Each component by itself.
fn ycbcr(photo: &Photo, bands: Bands, plan: &Plan, clock: &Clock) -> Result<Raster, Error> {
    let count = components(photo);
    let mut resamplers: Vec<Resampler> = Vec::with_capacity(count);
    for index in 0..count {
        let [across, down] = samples(photo, &bands, index);
        let spec = planes::spec(plan, reduced(index), across, down);
        // Cb and Cr share their weights.
        let resampler = match resamplers.last() {
            Some(before) if index == 2 => before.another(),
            _ => Resampler::new(&spec),
        };
        resamplers.push(resampler.map_err(resize::refusal)?);
    }
    let wanted: Vec<_> = resamplers.iter().map(Resampler::rows).collect();
    each_row(photo, bands, &wanted, clock, |index, row| {
        resamplers[index].push_row(row).map_err(Error::internal)
    })?;
    planes::on_square(resize::finish(resamplers)?, plan)
}

/// How many components there are: Y, Cb and Cr, or Y alone.
fn components(photo: &Photo) -> usize {
    if photo.color.shape.ratios.is_some() {
        3
    } else {
        1
    }
}

/// How the samples of a component lie across and down.
fn samples(photo: &Photo, bands: &Bands, index: usize) -> [Samples; 2] {
    let samples = |pixels, before, available| Samples {
        grid: if pixels == 2 {
            Grid::Doubled
        } else {
            Grid::Plain
        },
        pixels,
        before,
        available,
    };
    let [across, down] = photo.color.ratios(index);
    let columns = bands.decoded_columns(index);
    let [_, rows] = bands.sides(index);
    [
        samples(across, columns.start, columns.len() as u32),
        samples(down, 0, rows),
    ]
}

/// Decodes the bands, and passes on the wanted rows of each component, as 8 bits of the full range.
fn each_row(
    photo: &Photo,
    mut bands: Bands,
    wanted: &[Range<u32>],
    clock: &Clock,
    mut take: impl FnMut(usize, &[u8]) -> Result<(), Error>,
) -> Result<(), Error> {
    let [luma_bits, chroma_bits] = photo.color.shape.bits;
    let full_range = photo.code_points.full_range;
    let levels = [
        colors::levels(luma_bits, full_range, false),
        colors::levels(chroma_bits, full_range, true),
    ];
    let (mut samples, mut row) = (Vec::new(), Vec::new());
    while bands.decode_next(clock)? {
        for (index, wanted) in wanted.iter().enumerate() {
            let rows = bands.last_rows(index);
            let levels = &levels[index.min(1)];
            for y in rows.start.max(wanted.start)..rows.end.min(wanted.end) {
                clock.check_row(y)?;
                bands.row(index, y, bands.decoded_columns(index), &mut samples)?;
                row.clear();
                if levels.len() == 256 && full_range {
                    // 8 bits of the full range stay as they are.
                    row.extend(samples.iter().map(|sample| *sample as u8));
                } else {
                    let level = |sample: &u16| levels.get(usize::from(*sample)).copied();
                    row.extend(samples.iter().map(|sample| level(sample).unwrap_or(255)));
                }
                take(index, &row)?;
            }
        }
    }
    Ok(())
}

/// Red, green and blue, or gray, each by itself.
fn opaque(
    photo: &Photo,
    mut bands: Bands,
    crop: Rect,
    plan: &Plan,
    clock: &Clock,
) -> Result<Raster, Error> {
    let mut pixels = Pixels::new(photo, &photo.color, crop)?;
    let spec = resize::plane(crop.size(), plan.scaled);
    let mut channels = Vec::new();
    for y in crop.y()..crop.bottom() {
        clock.check_row(y)?;
        let (from, to) = pixels.needs(y);
        bands.reach(from, to, clock)?;
        pixels.make(&bands, y)?;
        let row = pixels.row.each_ref().map(Vec::as_slice);
        resize::feed(&mut channels, &row[..pixels.channels()], &spec)?;
    }
    resize::joined(plan.scaled, resize::finish(channels)?)
}

/// Colors and alpha together, because they are resampled together.
fn with_alpha(
    photo: &Photo,
    alpha: &Alpha,
    mut bands: Bands,
    mut alphas: Bands,
    crop: Rect,
    plan: &Plan,
    clock: &Clock,
) -> Result<Raster, Error> {
    let mut pixels = Pixels::new(photo, &photo.color, crop)?;
    // The full range, whatever the file says (ISO/IEC 23000-22, 7.3.5.2).
    let levels = colors::levels(alpha.picture.shape.bits[0], true, false);
    let mut rows = Rows::new(
        Channels::Rgba,
        crop.size(),
        crop.size().whole(),
        plan.scaled,
    )?;
    let is_premultiplied = alpha.is_premultiplied;
    let (mut samples, mut row) = (Vec::new(), Vec::new());
    for (line, y) in (crop.y()..crop.bottom()).enumerate() {
        clock.check_row(y)?;
        let (from, to) = pixels.needs(y);
        bands.reach(from, to, clock)?;
        alphas.reach(y, y, clock)?;
        pixels.make(&bands, y)?;
        alphas.row(0, y, crop.x()..crop.right(), &mut samples)?;
        row.clear();
        let [r, g, b] = &pixels.row;
        let [g, b] = if pixels.channels() == 1 {
            [r, r]
        } else {
            [g, b]
        };
        for (((r, g), b), alpha) in r.iter().zip(g).zip(b).zip(&samples) {
            let alpha = levels.get(usize::from(*alpha)).copied().unwrap_or(255);
            let color = [*r, *g, *b];
            let color = if is_premultiplied {
                color.map(|sample| straight(sample, alpha))
            } else {
                color
            };
            let [r, g, b] = color;
            row.extend([r, g, b, alpha]);
        }
        rows.push(line as u32, &row)?;
    }
    rows.finish()
}

/// Undoes a sample's multiplication by alpha.
fn straight(sample: u8, alpha: u8) -> u8 {
    let (sample, alpha) = (u32::from(sample), u32::from(alpha));
    match alpha {
        0 => 0,
        alpha => ((sample * 255 + alpha / 2) / alpha).min(255) as u8,
    }
}
