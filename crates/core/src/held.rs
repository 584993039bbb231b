//! What a look at a photo leaves for its avatar, so that the photo need not be decoded again.

use headshot_resample::Layout;

use crate::clock::Clock;
use crate::decoded::Decoded;
use crate::error::Error;
use crate::geometry::Size;
use crate::info::Info;
use crate::plan::Plan;
use crate::resize::Rows;
use crate::warning::Warning;

/// Makes a plan's crop from what was decoded; `None` if that takes another decoding. The pixels are the same as from the file.
pub(crate) type Make<'a> = Box<dyn Fn(&Info, &Plan, &Clock) -> Result<Option<Decoded>, Error> + 'a>;

/// The decoded photo, if there is one.
pub(crate) struct Held<'a> {
    has_room: bool,
    make: Option<Make<'a>>,
}

impl<'a> Held<'a> {
    /// Nothing yet; `has_room` says whether pixels may be held.
    pub(crate) fn new(has_room: bool) -> Held<'a> {
        Held {
            has_room,
            make: None,
        }
    }

    /// Whether the pixels decoded next are to be held.
    pub(crate) fn wants_pixels(&self) -> bool {
        self.has_room && self.make.is_none()
    }

    pub(crate) fn keep(&mut self, make: Option<Make<'a>>) {
        // A photo that could not be held once never can be.
        self.has_room &= make.is_some();
        self.make = make;
    }

    /// The plan's crop, unless the photo must be decoded for it.
    pub(crate) fn resized(
        &mut self,
        info: &Info,
        plan: &Plan,
        clock: &Clock,
    ) -> Result<Option<Decoded>, Error> {
        let Some(make) = &self.make else {
            return Ok(None);
        };
        let made = make(info, plan, clock)?;
        if made.is_none() {
            // Not both at once.
            self.keep(None);
        }
        Ok(made)
    }
}

/// All rows of a picture of `size`, one after the other.
pub(crate) fn rows<'a>(
    layout: Layout,
    size: Size,
    samples: Vec<u8>,
    warnings: Vec<Warning>,
) -> Make<'a> {
    let stride = size.width() as usize * layout.channels();
    Box::new(move |_, plan, clock| {
        let mut rows = Rows::new(layout, size, plan.crop, plan.scaled)?;
        for (y, row) in (0..).zip(samples.chunks_exact(stride)) {
            clock.check_row(y)?;
            rows.push(y, row)?;
        }
        Ok(Some(Decoded {
            raster: rows.finish()?,
            warnings: warnings.clone(),
        }))
    })
}
