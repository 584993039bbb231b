//! GIF to pixels: frame after frame, composited on the canvas exactly as browsers do.

mod blocks;
mod structure;

pub(crate) use blocks::Fault;
pub(crate) use structure::{Structure, scan};
