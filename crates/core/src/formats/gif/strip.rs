//! A GIF reduced to its frames.

use super::unpack::in_time;
use crate::clock::Clock;
use crate::error::Error;
use crate::info::Info;
use crate::options::Options;
use crate::strip::Stripped;
use crate::warning::Warning;

/// The file without its metadata, or `None` if not every decoder would show it, or if its codes hold more than its pixels.
pub(crate) fn stripped(
    photo: &[u8],
    _: &Info,
    _: &Options,
    clock: &Clock,
) -> Result<Option<Stripped>, Error> {
    let stripped = in_time(clock, |go_on| headshot_gif::strip(photo, go_on))?;
    Ok(stripped.map(|(bytes, has_visible)| Stripped {
        bytes,
        warnings: Vec::from_iter((!has_visible).then_some(Warning::Invisible)),
    }))
}
