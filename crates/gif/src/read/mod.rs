//! Decodes GIF to pixels: frame after frame, composited on the canvas exactly as browsers do.

mod blocks;
mod canvas;
mod lzw;
mod structure;
mod unpack;

pub use blocks::{Blocks, ImageBlock};
pub use canvas::Canvas;
pub use lzw::Damage;
pub use structure::{Structure, scan};
pub use unpack::{Patch, unpack};
