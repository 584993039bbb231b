//! Decodes GIFs to frames and back: a strict decoder that composites as browsers do, and an encoder whose files are small and do not flicker.
//!
//! - [`scan`] reads from the block structure alone what a file is: its canvas, frames, duration and loops.
//! - [`Blocks`] walks over the frames, [`unpack`] decodes the palette indices of one, and [`Canvas`] holds what a browser shows.
//!   Memory is bounded by the canvas, whatever a frame announces.
//! - [`strip`] removes everything but the frames from a file without touching their pixels.
//! - [`Delta`] finds what must be drawn for each picture, and [`Writer`] draws it: palettes by k-means, ordered dithering, and an LZW that
//!   extends a known string where nobody sees the difference.
//!
//! It has no clock and no unsafe code; decoding asks the caller now and then whether to go on.
//!
//! ```
//! use std::ops::ControlFlow;
//! use headshot_gif::{Blocks, Canvas, Damage, Delta, Place, Writer, scan, unpack};
//!
//! let gif = include_bytes!("../../../testdata/animated/opaque.gif");
//! let structure = scan(gif)?;
//! let (mut blocks, mut pictures) = (Blocks::new(gif)?, Vec::new());
//! let mut canvas = Canvas::new(structure.width, structure.height)?;
//! while let Some(block) = blocks.next_image()? {
//!     let (width, height) = blocks.screen();
//!     let frame = unpack(&block, width, height, Damage::Refuse, || ControlFlow::Continue(()))?;
//!     canvas.show(&frame)?;
//!     pictures.push((canvas.pixels().to_vec(), u64::from(frame.delay)));
//! }
//! assert_eq!(pictures.len() as u32, structure.frames);
//!
//! // And back, on a square.
//! let size = [structure.width, structure.height].map(usize::from);
//! let side = size[0].max(size[1]);
//! let mut delta = Delta::new(Place { size, offset: [0, 0], screen: [side; 2], bars: [0, 0, 0, 255] }, true);
//! let mut drafts: Vec<_> = pictures.into_iter().filter_map(|(picture, delay)| delta.push(picture, delay)).collect();
//! drafts.extend(delta.finish());
//! let mut writer = Writer::new(side as u16, 1.0, Vec::new());
//! writer.begin(&mut drafts);
//! for draft in &drafts {
//!     let blocks = writer.pack(draft);
//!     writer.put(draft, blocks);
//! }
//! let (written, frames) = writer.finish(structure.repeats)?;
//! assert_eq!(scan(&written)?.frames, frames);
//! # Ok::<(), headshot_gif::Error>(())
//! ```

mod allocate;
mod area;
mod error;
mod read;
mod strip;
mod timing;
mod write;

pub use area::Area;
pub use error::Error;
pub use read::{Blocks, Canvas, Damage, ImageBlock, Patch, Structure, scan, unpack};
pub use strip::strip;
pub use timing::{Disposal, shown};
pub use write::{Delta, Draft, Place, Writer};

/// The example of the README, so that it stays true.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
