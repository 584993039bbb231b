//! How many frames the avatar has, and whether that is too many.

use crate::error::{Error, Limit, check_limit};
use crate::info::Info;
use crate::options::{FramePolicy, Options, StillFormat};

/// How many frames the avatar will have.
pub(super) fn count(info: &Info, options: &Options) -> Result<u32, Error> {
    let (found, max) = (info.frames, options.limits.frames.max(1));
    match options.format {
        StillFormat::Jpeg(_) | StillFormat::Png => Ok(1),
        StillFormat::Auto(_) if found <= max => Ok(found),
        StillFormat::Auto(_) => match options.frames {
            FramePolicy::Reject => Err(Error::TooManyFrames { found, max }),
            FramePolicy::First => Ok(1),
            FramePolicy::Truncate | FramePolicy::Decimate => Ok(max),
        },
    }
}

/// Decimation also composites the frames that it drops.
pub(super) fn check_canvases(info: &Info, frames: u32, options: &Options) -> Result<(), Error> {
    let composited = match (frames, options.frames) {
        (1, _) => return Ok(()),
        (_, FramePolicy::Decimate) => info.frames,
        (frames, _) => frames,
    };
    let pixels = info.size.area().saturating_mul(composited.into());
    check_limit(Limit::Canvases, pixels, options.limits.canvases)
}

/// What an animation takes in addition: each frame is resampled, compared, dithered and packed.
pub(super) fn check_drawn(frames: u32, side: u32, options: &Options) -> Result<(), Error> {
    let pixels = match frames {
        1 => 0,
        _ => u64::from(frames) * u64::from(side).pow(2),
    };
    check_limit(Limit::Drawn, pixels, options.limits.drawn)
}
