//! Strict PNG decoder, and a small encoder, row by row: with its own inflate, unfiltering and deflate, no unsafe, no threads.
//!
//! It decodes every color type and depth. Palettes are looked up, transparent colors become alpha, and
//! fewer than 8 bits become 8; 16 bits stay 16.
//!
//! - [`decode_rows`] passes on one row at a time and holds a few rows and a window of the compressed
//!   stream, so memory grows with the width, not the area. An interlaced image is held as a whole, as it is
//!   stored.
//! - Damage is an error, never a gray area in the picture: the CRC of every chunk that matters, the
//!   checksum of the pixels and the order of the chunks are checked. [`End`] tells what is missing after the last
//!   pixel. [`Damage::Accept`] passes on what there is.
//! - For an animated file [`decode_rows`] decodes the default image, as if nothing else were there. [`Frames`] walks over
//!   the frames and decodes each in the same way; compositing them is up to the caller.
//! - Limits hold before anything is allocated.
//! - [`encode`] writes only what makes the picture, and the same bytes everywhere.
//!
//! ```
//! # fn photo() -> Vec<u8> {
//! #     let mut bytes = Vec::new();
//! #     let mut encoder = png::Encoder::new(&mut bytes, 33, 22);
//! #     encoder.set_color(png::ColorType::Rgb);
//! #     encoder.write_header().unwrap().write_image_data(&[128; 33 * 22 * 3]).unwrap();
//! #     bytes
//! # }
//! use std::ops::ControlFlow;
//! use headshot_png::Damage;
//!
//! let photo: Vec<u8> = photo();
//! let limits = headshot_png::Limits::default();
//! let header = headshot_png::read_header(&photo, &limits)?;
//! assert_eq!((header.width, header.height), (33, 22));
//! let mut count = 0;
//! let end = headshot_png::decode_rows(&photo, &limits, Damage::Refuse, |y, row| {
//!     assert_eq!((y, row), (count, &[128; 33 * 3][..]));
//!     count += 1;
//!     ControlFlow::Continue(())
//! })?;
//! assert_eq!(count, 22);
//! assert!(end.is_marked && !end.has_spare);
//! # Ok::<(), headshot_png::Error>(())
//! ```

mod adam7;
mod allocate;
mod animation;
mod bits;
mod chunks;
mod damage;
mod error;
mod expand;
mod header;
mod huffman;
mod inflate;
#[cfg(test)]
mod levels;
mod rows;
mod unfilter;
mod write;

use std::ops::ControlFlow;

pub use animation::{Blend, Disposal, Frame, Frames};
pub use damage::Damage;
pub use error::Error;
pub use header::{Channels, Depth, Header, Limits, ROW_BYTES};
pub use rows::End;
pub use write::{Effort, Kind, Picture, encode};

use chunks::File;

/// Reads what the chunks of a PNG say, without decoding pixels.
///
/// # Errors
///
/// Those of [`decode_rows`] that occur before the pixels.
pub fn read_header(photo: &[u8], limits: &Limits) -> Result<Header, Error> {
    Ok(File::read(photo, limits)?.header)
}

/// Decodes a PNG and passes on its rows one by one, from the top.
///
/// `emit` gets the number of the row and its [`Header::row_bytes`] bytes, and may stop the decoding; what
/// is below is not checked then. Rows come before damage further down is found, so anything made from them
/// must wait for the result. Now and then it gets no bytes, so that it can stop there, too: if many compressed blocks
/// hold less than a row, and while an interlaced image is gathered.
///
/// # Errors
///
/// `NotPng`: try another decoder. `Damaged`: the photo is broken. `Limit`: it is too
/// large for the limits. `OutOfMemory`.
pub fn decode_rows(
    photo: &[u8],
    limits: &Limits,
    damage: Damage,
    mut emit: impl FnMut(u32, &[u8]) -> ControlFlow<()>,
) -> Result<End, Error> {
    let file = File::read(photo, limits)?;
    rows::decode(photo, &file, damage, None, &mut emit)
}

/// Like [`decode_rows`], but makes only the pixels of the upper left corner, `width` wide and `height` high, which saves the time for the
/// others.
///
/// Rows have so many pixels, and below the corner `emit` gets no bytes. All data is inflated and checked all the same, except for padding
/// bits.
///
/// # Errors
///
/// As for [`decode_rows`].
pub fn decode_corner(
    photo: &[u8],
    limits: &Limits,
    damage: Damage,
    [width, height]: [u32; 2],
    mut emit: impl FnMut(u32, &[u8]) -> ControlFlow<()>,
) -> Result<End, Error> {
    let file = File::read(photo, limits)?;
    let corner = [width.min(file.header.width), height];
    rows::decode(photo, &file, damage, Some(corner), &mut emit)
}

/// The example of the README, so that it stays true.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
