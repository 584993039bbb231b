//! The pixels of a whole photo, held for the plans that are made from pixels.

use headshot_resample::Layout;

use crate::decoded::Decoded;
use crate::error::Error;
use crate::format::Format;
use crate::held::{Make, rows};
use crate::info::Info;
use crate::options::Options;
use crate::plan::Plan;
use crate::raster::{self, Raster};
use crate::resize;

/// Whether a plan's crop is made from pixels, and not from planes of Y, Cb and Cr.
type IsOfPixels = fn(&[u8], &Info, &Plan, &Options) -> Result<bool, Error>;

/// Holds the pixels of a whole photo for the plans that are made from pixels; `None` for other layouts than these have.
pub(super) fn pixels(raster: Raster, is_of_pixels: IsOfPixels) -> Option<Make<'static>> {
    let make = match raster.layout() {
        raster::Layout::Rgb => rows(Layout::Rgb, raster.size(), raster.into_samples(), vec![]),
        raster::Layout::Planar => planar(raster),
        _ => return None,
    };
    Some(Box::new(move |photo, info, plan, options, clock| {
        if is_of_pixels(photo, info, plan, options)? {
            make(photo, info, plan, options, clock)
        } else {
            Ok(None)
        }
    }))
}

/// The plan of all pixels at their own size. Its format is PNG, because planes are for JPEGs.
pub(super) fn whole(info: &Info, plan: &Plan) -> Plan {
    let size = info.orientation.size(info.size);
    Plan {
        crop: size.whole(),
        scaled: size,
        format: Format::Png,
        ..plan.clone()
    }
}

/// Planes of red, green and blue, each resampled by itself.
fn planar(held: Raster) -> Make<'static> {
    Box::new(move |_, _, plan, _, clock| {
        let (crop, to) = (plan.crop, plan.scaled);
        let spec = resize::plane(crop.size(), to);
        let width = held.size().width() as usize;
        let mut channels = Vec::new();
        for y in crop.y()..crop.bottom() {
            clock.check_row(y)?;
            let part = y as usize * width + crop.x() as usize;
            let part = part..part + crop.size().width() as usize;
            let row: Vec<&[u8]> = held
                .planes()
                .map(|(plane, _)| &plane[part.clone()])
                .collect();
            resize::feed(&mut channels, &row, &spec)?;
        }
        Ok(Some(Decoded {
            raster: resize::joined(to, resize::finish(channels)?)?,
            warnings: Vec::new(),
        }))
    })
}
