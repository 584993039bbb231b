//! A JPEG that is held for one avatar after the other: its planes at their full scale, or its pixels.

use headshot_jpeg::{End, Header, Plane, Request, Scale};

use super::{pixels, planes};
use crate::allocate;
use crate::clock::{Clock, go_on};
use crate::decoded::Decoded;
use crate::error::Error;
use crate::held::{self, Make, Wanted};
use crate::info::Info;
use crate::options::Options;
use crate::plan::Plan;
use crate::raster::Layout;
use crate::resize;

/// What a plan's crop is made of.
#[derive(PartialEq)]
enum Form {
    Planes,
    Pixels,
    /// Inks; or planes of a smaller scale, where blocks at the edge of a crop are made of what lies inside it, so that each crop is
    /// decoded by itself.
    Other,
}

/// Decodes all of it, and holds what the plan's crop is made of. For a single avatar nothing is: following the file once more takes
/// less ([`super::glance`]).
pub(super) fn hold(
    photo: &[u8],
    info: &Info,
    plan: &Plan,
    options: &Options,
    clock: &Clock,
    wanted: Wanted,
) -> Result<Option<Make<'static>>, Error> {
    let (header, request, form) = form(photo, info, plan, options)?;
    match form {
        Form::Other => Ok(None),
        _ if wanted == Wanted::Smallest => Ok(None),
        Form::Planes => whole_planes(photo, &header, &request, clock),
        Form::Pixels => {
            let whole = held::whole(info, plan);
            let decoded = pixels::resized(photo, info, &whole, options, clock)?;
            Ok(held::pixels(decoded, |photo, info, plan, options| {
                let (.., form) = self::form(photo, info, plan, options)?;
                Ok(form == Form::Pixels)
            }))
        }
    }
}

fn form(
    photo: &[u8],
    info: &Info,
    plan: &Plan,
    options: &Options,
) -> Result<(Header, Request, Form), Error> {
    let mut request = pixels::request(&options.limits);
    let header = headshot_jpeg::read_header(photo, &request.limits).map_err(pixels::refusal)?;
    let form = if planes::stays_ycbcr(info, plan, &header) {
        planes::scale(&mut request, &header, plan);
        match (request.luma, request.chroma) {
            (Scale::Full, Scale::Full) => Form::Planes,
            _ => Form::Other,
        }
    } else if pixels::is_inks(&header) {
        Form::Other
    } else {
        Form::Pixels
    };
    Ok((header, request, form))
}

fn whole_planes(
    photo: &[u8],
    header: &Header,
    request: &Request,
    clock: &Clock,
) -> Result<Option<Make<'static>>, Error> {
    let planes = header.components.iter().map(|component| {
        let (width, height) = (component.width, component.height);
        Ok(Plane {
            x: 0,
            y: 0,
            width,
            height,
            stride: width as usize,
            data: allocate::reserve(width as usize * height as usize)?,
        })
    });
    let mut held = planes.collect::<Result<Vec<Plane>, Error>>()?;
    let mut in_time = Ok(());
    let end = headshot_jpeg::decode_rows(photo, request, |parts| {
        in_time = clock.check();
        for (plane, part) in held.iter_mut().zip(parts) {
            for row in 0..part.height {
                plane.data.extend_from_slice(part.row(row));
            }
        }
        go_on(&in_time)
    });
    in_time?;
    let is_whole = |plane: &Plane| plane.data.len() == plane.stride * plane.height as usize;
    if end.map_err(pixels::refusal)? != End::Marked || !held.iter().all(is_whole) {
        return Ok(None);
    }
    Ok(Some(Box::new(move |photo, info, plan, options, clock| {
        let (header, request, form) = form(photo, info, plan, options)?;
        if form != Form::Planes {
            return Ok(None);
        }
        clock.check()?;
        let mut components = Vec::new();
        planes::feed(&mut components, &held, &header, &request, plan)?;
        Ok(Some(Decoded {
            raster: pixels::join(resize::finish(components)?, plan, Layout::YCbCr)?,
            warnings: Vec::new(),
        }))
    })))
}
