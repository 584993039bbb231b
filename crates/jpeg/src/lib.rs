//! JPEG to planes and back: a strict decoder, by region and row by row, and a baseline encoder.
//!
//! The decoder takes what cameras, phones and programs write: 8-bit Huffman-coded JPEG, sequential or
//! progressive, gray or with three or four components. The planes come out as they are stored, each
//! at its own sampling, without upsampling and without color conversion. Everything else (arithmetic
//! coding, lossless, 12 bits) is [`Error::Unsupported`].
//!
//! - A [`Region`] limits the work: outside it the entropy-coded data is followed but nothing is
//!   transformed or stored.
//! - [`decode_rows`] hands over one row of MCUs at a time and holds no more than that, so memory
//!   grows with the width, progressive files included. [`memory`] says beforehand how much.
//! - Damage is an error, never a gray area in the picture, unless [`Damage::Fill`] asks for it. Limits hold before anything is
//!   allocated. The samples are bit for bit libjpeg's ("islow").
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

mod bits;
mod block;
mod encode;
mod error;
mod frame;
mod huffman;
mod idct;
mod leap;
mod padding;
mod passes;
mod pixels;
mod plane;
mod progressive;
mod request;
mod scans;
mod sequential;
mod stream;

use std::ops::ControlFlow;

pub use encode::{EncodeError, Planes, encode_planes, encode_rgb};
pub use error::Error;
pub use frame::{Color, Component, Header, Process};
pub use pixels::decode_pixels;
pub use plane::{Plane, Region};
pub use request::{Below, Damage, Limits, Request, memory};

use padding::Padding;
use plane::Window;
use sequential::Reached;
use stream::{Event, Stream};

/// A decoded image, or the part of it that a region touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// What the file's header says, about the whole image.
    pub header: Header,
    /// One plane for each component, in the header's order.
    pub planes: Vec<Plane>,
    /// How the file ended.
    pub end: End,
}

/// How the file ended, once the pixels were there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// With its end marker, as it should.
    Marked,
    /// With its end marker, but not all coefficients of a progressive image had come: it is coarser than it could be, because
    /// its writer wanted that or because scans were lost.
    Early(NeverCoded),
    /// All pixels were there, but no end marker. The picture is whole; the file may deserve a
    /// warning.
    Unmarked,
    /// Not looked at: the caller stopped, or asked for nothing below the region.
    NotReached,
    /// Pixels were missing, and are gray now, because the caller asked for [`Damage::Fill`].
    Damaged {
        /// The first rows of pixels, of all the image, that are as they were coded.
        intact: u32,
        /// The first rows that show something; of a progressive photo those between may lack detail.
        found: u32,
        /// What was wrong first.
        error: Error,
    },
}

/// What no scan of a progressive image brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NeverCoded {
    /// For each component, in the header's order: how many of the 64 coefficients of its blocks. They are zero.
    pub coefficients: [u8; 4],
    /// How many more lack their last bits.
    pub last_bits: [u8; 4],
}

impl NeverCoded {
    pub(crate) const NOTHING: NeverCoded = NeverCoded {
        coefficients: [0; 4],
        last_bits: [0; 4],
    };
}

/// Reads a JPEG's header, up to its first scan, without decoding anything.
///
/// # Errors
///
/// Those of [`decode`] that the header alone can show, except `RegionOutside`.
pub fn read_header(bytes: &[u8], limits: &Limits) -> Result<Header, Error> {
    let (header, _) = Stream::new(bytes)?.first_scan()?;
    limits.check_header(&header)?;
    Ok(header)
}

/// Decodes a JPEG, or the part of it that the request's region touches.
///
/// # Errors
///
/// `NotJpeg`: try another format. `Unsupported`: no photo is written like that. `Damaged`: the photo is broken. `Limit`: it
/// is too large for the request's limits. `RegionOutside`: the request is wrong. `OutOfMemory`.
pub fn decode(bytes: &[u8], request: &Request) -> Result<Image, Error> {
    let header = read_header(bytes, &request.limits)?;
    let window = Window::new(&header, request.region)?;
    let rows = window.samples(&header, window.down.len()) as u64;
    request
        .limits
        .check_memory(memory(&header, request).saturating_add(rows))?;
    let mut planes = window.planes(&header, window.down.clone())?;
    let end = decode_rows(bytes, request, |parts| {
        for (plane, part) in planes.iter_mut().zip(parts) {
            let start = (part.y - plane.y) as usize * plane.stride;
            plane.data[start..start + part.data.len()].copy_from_slice(&part.data);
        }
        ControlFlow::Continue(())
    })?;
    Ok(Image {
        header,
        planes,
        end,
    })
}

/// Decodes a JPEG and hands over its samples one row of MCUs at a time, from the top.
///
/// `emit` gets one plane for each component, of `8 * v` rows each (fewer in the last), and may
/// stop the decoding. The planes are reused from row to row. Rows come before damage further down
/// is found, so what is made of them must wait for the result. For a row of MCUs outside the region
/// it gets no planes: so it can stop the following, too.
///
/// # Errors
///
/// As [`decode`].
pub fn decode_rows(
    bytes: &[u8],
    request: &Request,
    emit: impl FnMut(&[Plane]) -> ControlFlow<()>,
) -> Result<End, Error> {
    run(&mut Stream::new(bytes)?, request, emit)
}

/// What [`check_rows`] finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checked {
    /// How the file ended.
    pub end: End,
    /// Whether the segments and scans that make the picture hold anything else: bytes or bits behind a scan's last block,
    /// tables that nothing uses, values of headers without a meaning, samples beyond the right and lower edge that do not
    /// repeat it as far as the request's region touches them. Other segments do not count.
    pub has_spare: bool,
}

/// As [`decode_rows`], and looks for what does not belong to the picture.
///
/// # Errors
///
/// As [`decode`].
pub fn check_rows(
    bytes: &[u8],
    request: &Request,
    mut emit: impl FnMut(&[Plane]) -> ControlFlow<()>,
) -> Result<Checked, Error> {
    let mut ahead = Stream::new(bytes)?;
    let (header, _) = ahead.first_scan()?;
    let tables = 0..header.components.len();
    let padding = Padding::new(tables.map(|component| ahead.quant_of(component).ok()));
    let mut stream = Stream::new(bytes)?;
    let mut repeats_edges = true;
    let end = run(&mut stream, request, |planes| {
        repeats_edges = repeats_edges && padding.repeats_edges(&header, planes);
        emit(planes)
    })?;
    Ok(Checked {
        end,
        has_spare: stream.has_spare() || !repeats_edges,
    })
}

fn run(
    stream: &mut Stream,
    request: &Request,
    mut emit: impl FnMut(&[Plane]) -> ControlFlow<()>,
) -> Result<End, Error> {
    let bytes = stream.data;
    let (header, scan) = stream.first_scan()?;
    request.limits.check_header(&header)?;
    let window = Window::new(&header, request.region)?;
    request.limits.check_memory(memory(&header, request))?;
    // Every block takes a bit at least, two where AC coefficients follow at once. So a header
    // alone cannot make us work or allocate.
    let bits = 8 * (bytes.len() - stream.pos) as u64;
    if header.blocks() > bits {
        return Err(stream.damaged("too few bytes follow for an image of this size"));
    }
    if header.process != Process::Sequential {
        return scans::decode(stream, &header, scan, &window, request, &mut emit);
    }
    request.limits.check_visits(header.blocks())?;
    let reached = sequential::decode(stream, &header, &scan, &window, request, &mut emit)?;
    match reached {
        Reached::Part => Ok(End::NotReached),
        Reached::Damage { row, error } => End::damaged(&header, row, row, error),
        Reached::End => match after_last_scan(stream) {
            Err(Error::Damaged { .. }) if request.damage == Damage::Fill => Ok(End::Unmarked),
            end => end,
        },
    }
}

impl End {
    /// Damage behind so many rows of MCUs; an error if there is none.
    pub(crate) fn damaged(
        header: &Header,
        intact: usize,
        found: usize,
        error: Error,
    ) -> Result<End, Error> {
        let pixels = |rows: usize| (8 * header.v_max() * rows as u32).min(header.height);
        match found {
            0 => Err(error),
            _ => Ok(End::Damaged {
                intact: pixels(intact),
                found: pixels(found),
                error,
            }),
        }
    }
}

/// Looks for the end marker. What is malformed here harms no pixel, except that a second image
/// must not hide behind the first.
fn after_last_scan(stream: &mut Stream) -> Result<End, Error> {
    match stream.next() {
        Ok(Event::End) => Ok(End::Marked),
        Ok(Event::Scan(_)) => Err(stream.damaged("a scan more than the image has")),
        Ok(Event::Cut) => Ok(End::Unmarked),
        Err(error) => Err(error),
    }
}
