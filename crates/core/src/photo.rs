//! A photo as it is passed in: a file, or pixels that a program has already decoded.

use crate::clock::Clock;
use crate::decoded::Decoded;
use crate::error::Error;
use crate::formats;
use crate::held::Held;
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

    /// The plan's crop of a still, or of the first frame, resampled.
    pub(crate) fn resized(
        &self,
        info: &Info,
        plan: &Plan,
        options: &Options,
        clock: &Clock,
    ) -> Result<Decoded, Error> {
        let codec = || formats::codec(info.format);
        match self {
            Photo::File(bytes) => (codec().resize)(bytes, info, plan, options, clock),
            Photo::Held(holding) => {
                let mut pixels = holding.pixels();
                let held = pixels.take();
                *pixels = (codec().whole)(&holding.photo, info, plan, options, clock, held);
                match &*pixels {
                    Some(held) => held.resized(plan),
                    None => (codec().resize)(&holding.photo, info, plan, options, clock),
                }
            }
            Photo::Pixels(pixels) => pixels.resized(plan, clock),
        }
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
        match self {
            Photo::Pixels(pixels) => pixels.resized(plan, clock),
            Photo::File(bytes) => {
                let codec = formats::codec(info.format);
                if let Some(hold) = codec.hold {
                    if held.wants_pixels() {
                        held.keep(hold(bytes, info, options, clock)?);
                    }
                    if let Some(decoded) = held.resized(info, plan, clock)? {
                        return Ok(decoded);
                    }
                }
                (codec.glance)(bytes, info, plan, options, clock, held)
            }
            Photo::Held(holding) => (formats::codec(info.format).glance)(
                &holding.photo,
                info,
                plan,
                options,
                clock,
                held,
            ),
        }
    }
}
