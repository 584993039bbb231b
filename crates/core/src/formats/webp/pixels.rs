//! The picture of a WebP, resampled once it is decoded as a whole: its decoder does not pass on rows.

use headshot_resample::{Grid, Layout, Resampler};

use super::decode::{self, Pixels, Planes};
use super::riff::{self, Coded, File};
use crate::allocate;
use crate::clock::Clock;
use crate::decoded::Decoded;
use crate::error::Error;
use crate::format::Format;
use crate::geometry::Size;
use crate::held::{Make, Wanted};
use crate::info::Info;
use crate::options::Options;
use crate::plan::Plan;
use crate::planes::{self, Samples};
use crate::raster::Raster;
use crate::resize::{self, Rows};

/// Decodes the picture, or the first frame of an animation, and resamples the plan's crop.
///
/// A file that is cut off is refused, whatever the options say: the decoder makes nothing of the rest. A lossy picture that
/// becomes a JPEG stays in its planes, as a JPEG does.
pub(crate) fn resized(
    photo: &[u8],
    info: &Info,
    plan: &Plan,
    _: &Options,
    clock: &Clock,
) -> Result<Decoded, Error> {
    let file = riff::read(photo)?;
    let samples = decoding(&file, stays_in_planes(&file, info, plan), clock)?;
    Ok(Decoded {
        raster: samples.resized(&file, info, plan, clock)?,
        warnings: Vec::new(),
    })
}

/// Decodes the picture and holds it: its planes, if the plan's picture is made from these.
pub(crate) fn hold(
    photo: &[u8],
    info: &Info,
    plan: &Plan,
    _: &Options,
    clock: &Clock,
    _: Wanted,
) -> Result<Option<Make<'static>>, Error> {
    let file = riff::read(photo)?;
    let samples = decoding(&file, stays_in_planes(&file, info, plan), clock)?;
    Ok(Some(Box::new(move |photo, info, plan, _, clock| {
        let file = riff::read(photo)?;
        if stays_in_planes(&file, info, plan) != matches!(samples, Decoding::Planes(_)) {
            return Ok(None);
        }
        Ok(Some(Decoded {
            raster: samples.resized(&file, info, plan, clock)?,
            warnings: Vec::new(),
        }))
    })))
}

/// Whether the picture is opaque YCbCr, and nothing after decoding needs RGB.
fn stays_in_planes(file: &File, info: &Info, plan: &Plan) -> bool {
    let is_ycbcr = matches!(file.first.picture.coded, Coded::Lossy { alpha: None, .. });
    is_ycbcr && !info.alpha && planes::are_enough(info, plan)
}

/// A decoded picture.
enum Decoding {
    Planes(Planes),
    Pixels(Pixels),
}

fn decoding(file: &File, are_planes: bool, clock: &Clock) -> Result<Decoding, Error> {
    check(file)?;
    let picture = &file.first.picture;
    // The decoder cannot be stopped, so it is not started too late, and the limit on pixels bounds its time.
    clock.check()?;
    let samples = match picture.coded {
        Coded::Lossy { vp8, .. } if are_planes => {
            Decoding::Planes(decode::planes(vp8, picture.size)?)
        }
        _ => Decoding::Pixels(decode::pixels(picture)?),
    };
    clock.check()?;
    Ok(samples)
}

impl Decoding {
    fn resized(
        &self,
        file: &File,
        info: &Info,
        plan: &Plan,
        clock: &Clock,
    ) -> Result<Raster, Error> {
        match self {
            Decoding::Planes(planes) => of_planes(planes, file.first.picture.size, plan),
            Decoding::Pixels(pixels) => of_pixels(pixels, file, info, plan, clock),
        }
    }
}

/// Refuses a photo whose picture is cut off. Its header alone is in order, so that its first bytes can be probed.
pub(crate) fn check_whole(photo: &[u8]) -> Result<(), Error> {
    check(&riff::read(photo)?)
}

fn check(file: &File) -> Result<(), Error> {
    match file.first.picture.missing {
        0 => Ok(()),
        missing => Err(Error::damaged(
            Format::Webp,
            format!(
                "it is cut off: {missing} bytes of its picture are missing, and nothing can be shown without them"
            ),
        )),
    }
}

/// Resamples each plane from its own sampling straight to the avatar's.
fn of_planes(planes: &Planes, size: Size, plan: &Plan) -> Result<Raster, Error> {
    let spec = |index| {
        let [across, down] = samples(index, size);
        planes::spec(plan, planes::reduced(index), across, down)
    };
    let luma = Resampler::new(&spec(0)).map_err(resize::refusal)?;
    // Cb and Cr share their weights.
    let cb = Resampler::new(&spec(1)).map_err(resize::refusal)?;
    let cr = cb.another().map_err(resize::refusal)?;
    let mut resampled = Vec::with_capacity(planes.planes.len());
    let each = planes.planes.iter().zip([luma, cb, cr]);
    for (index, ((plane, stride), mut resampler)) in each.enumerate() {
        let wanted = resampler.rows();
        let width = size.width().div_ceil(planes::reduced(index)) as usize;
        let rows = plane.chunks_exact(*stride);
        for row in rows.skip(wanted.start as usize).take(wanted.len()) {
            resampler.push_row(&row[..width]).map_err(Error::internal)?;
        }
        let table = full_range(index);
        let plane = resampler.finish().map_err(Error::internal)?;
        let stretched = plane.iter().map(|sample| table[usize::from(*sample)]);
        resampled.push(stretched.collect());
    }
    planes::on_square(resampled, plan)
}

/// How the samples of a plane lie across and down.
fn samples(index: usize, size: Size) -> [Samples; 2] {
    let reduced = planes::reduced(index);
    [size.width(), size.height()].map(|side| Samples {
        grid: match reduced {
            1 => Grid::Plain,
            _ => Grid::Doubled,
        },
        pixels: reduced,
        before: 0,
        available: side.div_ceil(reduced),
    })
}

/// Converts video samples to those of a JPEG: Y of 16..=235, Cb and Cr of 16..=240 (RFC 6386, section 9.2, which is BT.601).
fn full_range(index: usize) -> [u8; 256] {
    let (zero, steps, middle) = match index {
        0 => (16.0, 219.0, 0.0),
        _ => (128.0, 224.0, 128.0),
    };
    std::array::from_fn(|sample| {
        // Clipped at both ends.
        ((sample as f64 - zero) * 255.0 / steps + middle).round() as u8
    })
}

/// Rows of pixels on the canvas, which is transparent around a frame that does not cover it.
fn of_pixels(
    pixels: &Pixels,
    file: &File,
    info: &Info,
    plan: &Plan,
    clock: &Clock,
) -> Result<Raster, Error> {
    let frame = &file.first;
    let layout = if info.alpha {
        Layout::Rgba
    } else {
        Layout::Rgb
    };
    let mut rows = Rows::new(layout, file.canvas, plan.crop, plan.scaled)?;
    let width = frame.picture.size.width() as usize;
    let stored = pixels.samples.chunks_exact(width * pixels.channels);
    if layout.channels() == pixels.channels && frame.covers(file.canvas) {
        for (y, row) in (0..).zip(stored) {
            clock.check_row(y)?;
            rows.push(y, row)?;
        }
        return rows.finish();
    }
    let mut row: Vec<u8> = allocate::filled(0, file.canvas.width() as usize * layout.channels())?;
    let is_opaque = !frame.picture.has_alpha();
    let mut stored = stored.peekable();
    for y in 0..file.canvas.height() {
        clock.check_row(y)?;
        let drawn = stored.next_if(|_| y >= frame.y);
        if !(plan.crop.y()..plan.crop.bottom()).contains(&y) {
            continue;
        }
        match drawn {
            None => row.fill(0),
            Some(pixels_of_row) => {
                let drawn = &mut row[frame.x as usize * layout.channels()..];
                match layout {
                    Layout::Rgba => draw_rgba(drawn, pixels_of_row, pixels.channels, is_opaque),
                    _ => draw_rgb(drawn, pixels_of_row),
                }
            }
        }
        rows.push(y, &row)?;
    }
    rows.finish()
}

/// Opaque pixels whose fourth sample is meaningless.
fn draw_rgb(row: &mut [u8], stored: &[u8]) {
    let (to, from) = (row.as_chunks_mut::<3>().0, stored.as_chunks::<4>().0);
    for (to, [r, g, b, _]) in to.iter_mut().zip(from) {
        *to = [*r, *g, *b];
    }
}

/// Puts pixels of three or four samples on a row with alpha.
fn draw_rgba(row: &mut [u8], stored: &[u8], channels: usize, is_opaque: bool) {
    for (to, from) in row
        .as_chunks_mut::<4>()
        .0
        .iter_mut()
        .zip(stored.chunks_exact(channels))
    {
        for (to, from) in to.iter_mut().zip(from) {
            *to = *from;
        }
        if is_opaque {
            to[3] = 255;
        }
    }
}
