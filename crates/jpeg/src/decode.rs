//! Decodes a file to planes: the calls for headers, whole images and rows.

use std::ops::ControlFlow;

use crate::end::End;
use crate::error::Error;
use crate::frame::{Header, Process};
use crate::marks::Marks;
use crate::padding::Padding;
use crate::plane::{Plane, Window};
use crate::request::{Damage, Limits, Request, memory};
use crate::scans;
use crate::sequential::{self, Reached};
use crate::stream::{Event, Stream};

/// A decoded image, or the part of it that a region touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// The file's header, about the whole image.
    pub header: Header,
    /// One plane for each component, in the header's order.
    pub planes: Vec<Plane>,
    /// How the file ended.
    pub end: End,
}

/// Reads a JPEG's header, up to its first scan, without decoding anything.
///
/// # Errors
///
/// Those of [`decode`] that occur in the header alone, except `RegionOutside`.
pub fn read_header(bytes: &[u8], limits: &Limits) -> Result<Header, Error> {
    let (header, _) = Stream::new(bytes)?.first_scan()?;
    limits.check_header(&header)?;
    Ok(header)
}

/// Decodes a JPEG, or the part of it that the request's region touches.
///
/// # Errors
///
/// `NotJpeg`: try another format. `Unsupported`: photos are not written like that. `Damaged`: the photo is broken. `Limit`: it
/// is too large for the request's limits. `RegionOutside`: the request is wrong. `OutOfMemory`.
pub fn decode(bytes: &[u8], request: &Request) -> Result<Image, Error> {
    image(bytes, request, || ControlFlow::Continue(()))
}

/// The same, with a chance to stop at each row of MCUs.
pub(crate) fn image(
    bytes: &[u8],
    request: &Request,
    mut go_on: impl FnMut() -> ControlFlow<()>,
) -> Result<Image, Error> {
    let header = read_header(bytes, &request.limits)?;
    let window = Window::new(&header, request)?;
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
        go_on()
    })?;
    Ok(Image {
        header,
        planes,
        end,
    })
}

/// Decodes a JPEG and passes on its samples one row of MCUs at a time, from the top.
///
/// `emit` gets one plane for each component, of `8 * v` rows each (fewer in the last), and may
/// stop the decoding. The planes are reused from row to row. Rows come before damage further down
/// is found, so anything made from them must wait for the result. For a row of MCUs outside the region
/// it gets no planes, and can stop the decoding there, too.
///
/// # Errors
///
/// As for [`decode`].
pub fn decode_rows(
    bytes: &[u8],
    request: &Request,
    emit: impl FnMut(&[Plane]) -> ControlFlow<()>,
) -> Result<End, Error> {
    rows(bytes, request, None, emit)
}

/// The same, with notes from an earlier decoding of the same file, or for a later one.
pub(crate) fn rows<'a>(
    bytes: &'a [u8],
    request: &Request,
    marks: Option<&mut Marks<'a>>,
    emit: impl FnMut(&[Plane]) -> ControlFlow<()>,
) -> Result<End, Error> {
    run(&mut Stream::new(bytes)?, request, marks, emit)
}

/// The findings of [`check_rows`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checked {
    /// How the file ended.
    pub end: End,
    /// Whether the segments and scans that make the picture hold anything else: bytes or bits after a scan's last block,
    /// unused tables, header values without a meaning, or samples beyond the right and lower edge that do not
    /// repeat it, as far as the request's region touches them. Other segments do not count.
    pub has_spare: bool,
}

/// Like [`decode_rows`] at full scale, and looks for data that does not belong to the picture.
///
/// # Errors
///
/// As for [`decode`].
pub fn check_rows(
    bytes: &[u8],
    request: &Request,
    mut emit: impl FnMut(&[Plane]) -> ControlFlow<()>,
) -> Result<Checked, Error> {
    let request = &request.at_full_scale();
    let mut ahead = Stream::new(bytes)?;
    let (header, _) = ahead.first_scan()?;
    let tables = 0..header.components.len();
    let padding = Padding::new(tables.map(|component| ahead.quant_of(component).ok()));
    let mut stream = Stream::new(bytes)?;
    let mut repeats_edges = true;
    let end = run(&mut stream, request, None, |planes| {
        repeats_edges = repeats_edges && padding.repeats_edges(&header, planes);
        emit(planes)
    })?;
    Ok(Checked {
        end,
        has_spare: stream.has_spare() || !repeats_edges,
    })
}

fn run<'a>(
    stream: &mut Stream<'a>,
    request: &Request,
    marks: Option<&mut Marks<'a>>,
    mut emit: impl FnMut(&[Plane]) -> ControlFlow<()>,
) -> Result<End, Error> {
    let bytes = stream.data;
    let (header, scan) = stream.first_scan()?;
    request.limits.check_header(&header)?;
    let window = Window::new(&header, request)?;
    request.limits.check_memory(memory(&header, request))?;
    // Every block takes at least one bit, or two if AC coefficients follow at once. So a header
    // alone cannot cause work or allocations.
    let bits = 8 * (bytes.len() - stream.pos) as u64;
    if header.blocks() > bits {
        return Err(stream.damaged("too few bytes follow for an image of this size"));
    }
    if header.process != Process::Sequential {
        return scans::decode(stream, &header, scan, &window, request, &mut emit);
    }
    request.limits.check_visits(header.blocks())?;
    let reached = sequential::decode(stream, &header, &scan, &window, request, marks, &mut emit)?;
    match reached {
        Reached::Part => Ok(End::NotReached),
        Reached::Damage { row, error } => End::damaged(&header, row, row, error),
        Reached::End => match after_last_scan(stream) {
            Err(Error::Damaged { .. }) if request.damage == Damage::Fill => Ok(End::Unmarked),
            end => end,
        },
    }
}

/// Looks for the end marker. Malformed data here harms no pixel, except that a second image
/// must not hide behind the first.
fn after_last_scan(stream: &mut Stream) -> Result<End, Error> {
    match stream.next() {
        Ok(Event::End) => Ok(End::Marked),
        Ok(Event::Scan(_)) => Err(stream.damaged("a scan more than the image has")),
        Ok(Event::Cut) => Ok(End::Unmarked),
        Err(error) => Err(error),
    }
}
