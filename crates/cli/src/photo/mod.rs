//! What all commands that take a photo share: options, limits, and `inspect`, which shows their effect.

pub(crate) mod face_hint;
pub(crate) mod image_args;
pub(crate) mod inspect;
pub(crate) mod limits;
pub(crate) mod number;
pub(crate) mod size;

use headshot_core::{Fit, Options};

use crate::terminal::console;

/// Says that looking for faces needs decoding, while everything else comes from headers.
pub(crate) fn tell_of_looks(options: &Options) {
    if let Fit::Face(_) = options.fit {
        console::remark("--fit face: decoding the photos to look for faces");
    }
}
