//! The pixels of a photo, decoded as a whole and held, so that further crops cost no decoding.

use headshot_resample::{Axis, Layout as Channels, Resampler, Spec};

use crate::decoded::Decoded;
use crate::error::Error;
use crate::geometry::{Rect, Size};
use crate::plan::Plan;
use crate::planes::{self, Samples, reduced};
use crate::raster::{Layout, Raster};
use crate::resize::{self, Rows};

/// What a decoder made of a whole photo: stored pixels, not yet turned, not yet sRGB. Nothing in it was damaged or missing.
pub(crate) enum Whole {
    /// RGB, together or in planes, or RGBA.
    Pixels(Raster),
    /// Y, Cb and Cr, or Y alone.
    Planes(Planes),
}

/// Planes at their own sampling.
pub(crate) struct Planes {
    pub(crate) planes: Vec<Plane>,
    /// Pixels that are cut off from the planes' picture, from the left and from the top.
    pub(crate) cut: [u32; 2],
    /// Applied to the samples of the plane with this index once they are resampled.
    pub(crate) levels: Option<fn(usize) -> [u8; 256]>,
}

pub(crate) struct Plane {
    pub(crate) samples: Vec<u8>,
    /// From one row to the next: at least as many as are available across.
    pub(crate) stride: usize,
    pub(crate) across: Samples,
    pub(crate) down: Samples,
}

impl Whole {
    /// The plan's crop, resampled: as the decoder would make it.
    pub(crate) fn resized(&self, plan: &Plan) -> Result<Decoded, Error> {
        let raster = match self {
            Whole::Pixels(raster) => of_pixels(raster, plan)?,
            Whole::Planes(planes) => planes.resized(plan)?,
        };
        Ok(Decoded {
            raster,
            warnings: Vec::new(),
        })
    }
}

fn of_pixels(held: &Raster, plan: &Plan) -> Result<Raster, Error> {
    let (size, crop) = (held.size(), plan.crop);
    let channels = match held.layout() {
        Layout::Rgb => Channels::Rgb,
        Layout::Rgba => Channels::Rgba,
        Layout::Planar => return planar(held, plan),
        Layout::Cmyk | Layout::YCbCr => {
            return Err(Error::internal("such pixels are not held"));
        }
    };
    let mut rows = Rows::new(channels, size, crop, plan.scaled)?;
    let stride = size.width() as usize * channels.channels();
    let stored = held.samples().chunks_exact(stride);
    for (y, row) in (0..).zip(stored).skip(crop.y() as usize) {
        if y >= crop.bottom() {
            break;
        }
        rows.push(y, row)?;
    }
    rows.finish()
}

/// Each plane of red, green and blue by itself.
fn planar(held: &Raster, plan: &Plan) -> Result<Raster, Error> {
    let (crop, width) = (plan.crop, held.size().width() as usize);
    let first = Resampler::new(&Spec {
        layout: Channels::Gray,
        horizontal: Axis::whole(crop.size().width(), plan.scaled.width()),
        vertical: Axis::whole(crop.size().height(), plan.scaled.height()),
    });
    let first = first.map_err(resize::refusal)?;
    let mut resampled = Vec::new();
    for (plane, _) in held.planes() {
        let mut resampler = first.another().map_err(resize::refusal)?;
        let rows = plane.chunks_exact(width).skip(crop.y() as usize);
        for row in rows.take(crop.size().height() as usize) {
            let part = &row[crop.x() as usize..crop.right() as usize];
            resampler.push_row(part).map_err(Error::internal)?;
        }
        resampled.push(resampler.finish().map_err(Error::internal)?);
    }
    Raster::of_planes(plan.scaled, Layout::Planar, resampled)
        .ok_or_else(|| Error::internal("rows of the picture are missing"))
}

impl Planes {
    fn resized(&self, plan: &Plan) -> Result<Raster, Error> {
        let moved = self.on_own_grid(plan)?;
        let mut resampled = Vec::with_capacity(self.planes.len());
        let mut last: Option<(Spec, Resampler)> = None;
        for (index, plane) in self.planes.iter().enumerate() {
            let spec = planes::spec(&moved, reduced(index), plane.across, plane.down);
            // Cb and Cr share their weights.
            let resampler = match &last {
                Some((like, before)) if *like == spec => before.another(),
                _ => Resampler::new(&spec),
            };
            let mut resampler = resampler.map_err(resize::refusal)?;
            last = Some((spec, resampler.another().map_err(resize::refusal)?));
            let wanted = resampler.rows();
            let rows = plane.samples.chunks(plane.stride);
            for row in rows.skip(wanted.start as usize).take(wanted.len()) {
                let row = row.get(..plane.across.available as usize);
                let row = row.ok_or_else(|| Error::internal("a row of a plane is short"))?;
                resampler.push_row(row).map_err(Error::internal)?;
            }
            let mut plane = resampler.finish().map_err(Error::internal)?;
            if let Some(levels) = self.levels {
                let levels = levels(index);
                for sample in &mut plane {
                    *sample = levels[usize::from(*sample)];
                }
            }
            resampled.push(plane);
        }
        planes::on_square(resampled, &moved)
    }

    /// The plan with its crop in pixels of the planes' picture.
    fn on_own_grid(&self, plan: &Plan) -> Result<Plan, Error> {
        let [left, top] = self.cut;
        let (x, y) = (plan.crop.x() + left, plan.crop.y() + top);
        let size = plan.crop.size();
        let all = Size::new(x + size.width(), y + size.height());
        let crop: Option<Rect> = all.and_then(|all| all.rect(x, y, size));
        Ok(Plan {
            crop: crop.ok_or_else(|| Error::internal("a crop lies outside of its photo"))?,
            ..plan.clone()
        })
    }
}
