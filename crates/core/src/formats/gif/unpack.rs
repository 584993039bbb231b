//! The GIF decoder within the time limit, with its errors in the terms of all formats.

use std::ops::ControlFlow;

use headshot_gif::{Damage, ImageBlock, Patch};

use crate::clock::{Clock, go_on};
use crate::error::Error;
use crate::format::Format;
use crate::options::Damaged;

/// For a first frame that is incomplete.
pub(crate) fn cut_off() -> Error {
    headshot_gif::Error::CutOff("the data of its first frame").into()
}

/// [`headshot_gif::unpack`] within the time limit.
pub(crate) fn unpack(
    block: &ImageBlock,
    width: u16,
    height: u16,
    damaged: Damaged,
    clock: &Clock,
) -> Result<Patch, Error> {
    let damage = match damaged {
        Damaged::Refuse => Damage::Refuse,
        Damaged::Accept => Damage::Accept,
    };
    in_time(clock, |go_on| {
        headshot_gif::unpack(block, width, height, damage, go_on)
    })
}

/// What the GIF decoder makes while the clock allows it.
pub(crate) fn in_time<T>(
    clock: &Clock,
    make: impl FnOnce(&mut dyn FnMut() -> ControlFlow<()>) -> Result<T, headshot_gif::Error>,
) -> Result<T, Error> {
    let mut checked = Ok(());
    let made = make(&mut || {
        checked = clock.check();
        go_on(&checked)
    });
    checked?;
    Ok(made?)
}

impl From<headshot_gif::Error> for Error {
    fn from(error: headshot_gif::Error) -> Error {
        match error {
            headshot_gif::Error::OutOfMemory { bytes } => Error::out_of_memory(bytes),
            error => Error::damaged(Format::Gif, error),
        }
    }
}
