//! What every command that takes a photo has: its options, its limits, and `inspect`, which shows what they lead to.

pub(crate) mod image_args;
pub(crate) mod inspect;
pub(crate) mod limits;
pub(crate) mod size;
