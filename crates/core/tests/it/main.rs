//! The library through its front door.

mod animated_webp;
mod animation;
mod animation_damage;
mod apng;
mod apng_file;
mod bars;
mod color_chunks;
mod damaged;
mod damaged_gif;
mod damaged_png;
mod dragged;
mod faces;
mod faces_held;
mod faces_told;
mod flicker;
mod gamut;
mod gif_canvas;
mod gif_file;
mod gravity;
#[cfg(feature = "heic")]
mod heic;
#[cfg(feature = "heic")]
mod heic_limits;
mod hidden;
mod hidden_gif;
mod hidden_padding;
mod kept;
mod limits;
mod odd_png;
mod output;
mod phone;
mod pixels;
mod planes;
mod png_kinds;
mod prepared;
mod refused;
mod rotate;
mod seen;
mod shown;
mod webp;

use std::path::Path;

/// A file of `testdata/`.
fn file(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../testdata")
        .join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
