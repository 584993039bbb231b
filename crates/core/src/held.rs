//! What was decoded of a photo, or followed, and is held so that the photo need not be decoded again: by a look for its avatar, and by
//! [`Prepared`](crate::Prepared) for the next one.

use headshot_resample::Layout;

use crate::clock::Clock;
use crate::decoded::Decoded;
use crate::error::Error;
use crate::geometry::Size;
use crate::info::Info;
use crate::options::Options;
use crate::plan::Plan;
use crate::resize::Rows;
use crate::warning::Warning;

/// Makes a plan's crop from what is held and the bytes of the same photo; `None` if that takes another decoding. The pixels are the same as
/// from the file.
pub(crate) type Make<'a> = Box<
    dyn Fn(&[u8], &Info, &Plan, &Options, &Clock) -> Result<Option<Decoded>, Error> + Send + 'a,
>;

/// What is to be held of a photo.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Wanted {
    /// What takes the fewest bytes and serves most plans: no more than the header foretells.
    Smallest,
    /// What serves plans like this one fastest: up to four bytes per pixel.
    Quickest,
}

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

    /// The plan's crop, unless the photo must be decoded for it; then nothing is held any more.
    pub(crate) fn resized(
        &mut self,
        photo: &[u8],
        info: &Info,
        plan: &Plan,
        options: &Options,
        clock: &Clock,
    ) -> Result<Option<Decoded>, Error> {
        let Some(make) = &self.make else {
            return Ok(None);
        };
        let made = make(photo, info, plan, options, clock)?;
        if made.is_none() {
            // Not both at once.
            self.keep(None);
        }
        Ok(made)
    }
}

/// All rows of a picture of `size`, one after the other.
pub(crate) fn rows(
    layout: Layout,
    size: Size,
    samples: Vec<u8>,
    warnings: Vec<Warning>,
) -> Make<'static> {
    let stride = size.width() as usize * layout.channels();
    Box::new(move |_, _, plan, _, clock| {
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
