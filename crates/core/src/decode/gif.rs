//! GIF to pixels: frame after frame, composited on the canvas exactly as browsers do.

mod blocks;
mod canvas;
mod lzw;
mod structure;
mod unpack;

pub(crate) use blocks::{Blocks, Disposal, Fault, ImageBlock};
pub(crate) use canvas::{Area, Canvas};
pub(crate) use structure::{Structure, scan};
pub(crate) use unpack::{Patch, unpack};
