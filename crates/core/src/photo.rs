//! A photo as it is passed in: a file, or pixels that a program has already decoded.

use crate::clock::Clock;
use crate::decoded::Decoded;
use crate::error::Error;
use crate::formats;
use crate::held::{Held, Wanted};
use crate::holding::Holding;
use crate::info::Info;
use crate::options::Options;
use crate::pixels::Pixels;
use crate::plan::Plan;

/// A photo, whatever it consists of.
#[derive(Clone, Copy)]
pub(crate) enum Photo<'a> {
    File(&'a [u8]),
    /// A file whose pixels are kept for the next avatar.
    Held(&'a Holding),
    Pixels(&'a Pixels<'a>),
}

impl<'a> Photo<'a> {
    /// Its bytes, if it is a file.
    pub(crate) fn file(&self) -> Option<&'a [u8]> {
        match *self {
            Photo::File(bytes) => Some(bytes),
            Photo::Held(holding) => Some(&holding.photo),
            Photo::Pixels(_) => None,
        }
    }

    /// The plan's crop of a still, or of the first frame, resampled: from what is held, if that will do.
    pub(crate) fn resized(
        &self,
        info: &Info,
        plan: &Plan,
        options: &Options,
        clock: &Clock,
        held: &mut Held,
    ) -> Result<Decoded, Error> {
        let photo = match *self {
            Photo::Pixels(pixels) => return pixels.resized(plan, clock),
            Photo::File(bytes) => bytes,
            Photo::Held(holding) => &holding.photo,
        };
        if let Some(decoded) = held.resized(photo, info, plan, options, clock)? {
            return Ok(decoded);
        }
        let codec = formats::codec(info.format);
        if let Photo::Held(holding) = self
            && let Some(decoded) = holding.resized(codec, info, plan, options, clock)?
        {
            return Ok(decoded);
        }
        (codec.resize)(photo, info, plan, options, clock)
    }

    /// The same as fast as possible, if the plan uses the whole photo: to look at, not to keep. Anything useful for the avatar is held.
    pub(crate) fn glance(
        &self,
        info: &Info,
        plan: &Plan,
        options: &'a Options,
        clock: &Clock,
        held: &mut Held<'a>,
    ) -> Result<Decoded, Error> {
        let codec = formats::codec(info.format);
        if let (Some(bytes), Some(glance)) = (self.file(), codec.glance) {
            return glance(bytes, info, plan, options, clock, held);
        }
        if let Photo::File(bytes) = self
            && held.wants_pixels()
        {
            let make = (codec.hold)(bytes, info, plan, options, clock, Wanted::Smallest)?;
            held.keep(make);
        }
        self.resized(info, plan, options, clock, held)
    }
}
