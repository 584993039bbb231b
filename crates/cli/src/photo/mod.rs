//! What every command that takes a photo has: its options, its limits, and `inspect`, which shows what they lead to.

pub(crate) mod face_hint;
pub(crate) mod image_args;
pub(crate) mod inspect;
pub(crate) mod limits;
pub(crate) mod number;
pub(crate) mod size;

use headshot_core::{Fit, Options};

use crate::terminal::console;

/// Says that what else is told from headers takes decoding, where faces are looked for.
pub(crate) fn tell_of_looks(options: &Options) {
    if let Fit::Face(_) = options.fit {
        console::remark("--fit face: decoding the photos to look for faces");
    }
}
