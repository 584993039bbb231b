//! Decodes JPEGs to planes and back: a strict decoder, by region and row by row, and a baseline encoder.
//!
//! The decoder reads what cameras, phones and programs write: 8-bit Huffman-coded JPEG, sequential or
//! progressive, gray or with three or four components. The planes come out as they are stored, each
//! at its own sampling, without upsampling and without color conversion. Everything else (arithmetic
//! coding, lossless, 12 bits) is [`Error::Unsupported`].
//!
//! - A [`Region`] limits the work: outside it the entropy-coded data is followed, but nothing is
//!   transformed or stored.
//! - [`decode_rows`] passes on one row of MCUs at a time and holds no more than that, so memory
//!   grows with the width, even for progressive files. [`memory`] predicts how much.
//! - Damage is an error, never a gray area in the picture, unless you ask for [`Damage::Fill`]. Limits hold before anything is
//!   allocated. The samples are bit for bit the same as libjpeg's ("islow").
//!
//! [`encode_planes`] and [`encode_rgb`] write what libjpeg-turbo writes, byte for byte: 4:2:0, with
//! Huffman codes made for the picture.
//!
//! ```
//! # fn photo() -> Vec<u8> {
//! #     let mut bytes = Vec::new();
//! #     let encoder = jpeg_encoder::Encoder::new(&mut bytes, 90);
//! #     encoder.encode(&[128; 33 * 22], 33, 22, jpeg_encoder::ColorType::Luma).unwrap();
//! #     bytes
//! # }
//! let photo: Vec<u8> = photo();
//! let image = headshot_jpeg::decode(&photo, &headshot_jpeg::Request::default())?;
//! assert_eq!((image.header.width, image.header.height), (33, 22));
//! assert_eq!(image.planes[0].row(21), [128; 33]);
//! # Ok::<(), headshot_jpeg::Error>(())
//! ```

mod allocate;
mod bits;
mod block;
mod decode;
mod encode;
mod end;
mod error;
mod frame;
mod held;
mod huffman;
mod idct;
mod marked;
mod marks;
mod padding;
mod pair_table;
mod passes;
mod pixels;
mod plane;
mod progressive;
mod request;
mod restarts;
mod row;
mod scans;
mod sequential;
mod skip_table;
mod stream;

pub use decode::{Checked, Image, check_rows, decode, decode_rows, read_header};
pub use encode::{EncodeError, Planes, encode_planes, encode_rgb, ycbcr};
pub use end::{End, NeverCoded};
pub use error::Error;
pub use frame::{Color, Component, Header, Process};
pub use held::Held;
pub use marks::Marks;
pub use pixels::{decode_eighth, decode_pixels};
pub use plane::{Plane, Region};
pub use request::{Below, Damage, Limits, Request, Scale, memory};

/// The example of the README, so that it stays true.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
