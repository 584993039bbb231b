//! The chunks of a WebP (RFC 9649, section 2): which of them are its picture, and where its metadata is.

use crate::error::Error;
use crate::format::Format;
use crate::geometry::Size;

/// A file, as its chunks describe it.
#[derive(Debug)]
pub(super) struct File<'a> {
    pub(super) canvas: Size,
    /// Its picture, or the first of an animation.
    pub(super) first: Frame<'a>,
    /// All of them, if it is an animation.
    pub(super) animation: Option<Frames<'a>>,
    pub(super) icc: Option<&'a [u8]>,
    pub(super) exif: Option<&'a [u8]>,
    pub(super) xmp: Option<&'a [u8]>,
    /// Whether the file is shorter than it says.
    pub(super) is_cut: bool,
}

/// A picture, and where its first pixel lies on the canvas.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) picture: Picture<'a>,
    /// How long it is shown.
    pub(super) milliseconds: u32,
    /// Whether it replaces what is there instead of blending with it.
    pub(super) replaces: bool,
    /// Whether its area is cleared when its time is over.
    pub(super) is_cleared: bool,
}

/// The frames of an animation (2.7.1.1), each with any error in it.
#[derive(Debug, Clone)]
pub(super) struct Frames<'a> {
    chunks: Chunks<'a>,
    canvas: Size,
    /// How often it plays; 0 is forever.
    pub(super) plays: u16,
}

impl<'a> Iterator for Frames<'a> {
    type Item = Result<Frame<'a>, Error>;

    fn next(&mut self) -> Option<Result<Frame<'a>, Error>> {
        let chunk = self.chunks.find(|chunk| &chunk.kind == b"ANMF")?;
        Some(frame(&chunk).and_then(|frame| {
            let lies_within = self.canvas.rect(frame.x, frame.y, frame.picture.size);
            match lies_within {
                None => Err(damaged("a frame lies outside its canvas")),
                Some(_) => Ok(frame),
            }
        }))
    }
}

/// A coded picture.
#[derive(Debug)]
pub(super) struct Picture<'a> {
    pub(super) size: Size,
    pub(super) coded: Coded<'a>,
    /// Bytes of it that the file lacks.
    pub(super) missing: usize,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Coded<'a> {
    /// A key frame of VP8, and the data of its ALPH chunk.
    Lossy {
        vp8: &'a [u8],
        alpha: Option<&'a [u8]>,
    },
    /// VP8L, which has its own alpha.
    Lossless(&'a [u8]),
}

impl Picture<'_> {
    /// Whether its pixels may be transparent. The flag of the whole file (2.7.1) only repeats it, and is not always right.
    pub(super) fn has_alpha(&self) -> bool {
        match self.coded {
            Coded::Lossy { alpha, .. } => alpha.is_some(),
            Coded::Lossless(vp8l) => vp8l.get(4).is_some_and(|bits| bits & 0x10 != 0),
        }
    }
}

/// Flags of VP8X (2.7.1). Data that no flag announces is ignored, as in libwebp and thus in browsers.
const ANIMATED: u8 = 0x02;
const XMP: u8 = 0x04;
const EXIF: u8 = 0x08;
const ICC: u8 = 0x20;

fn damaged(what: &'static str) -> Error {
    Error::damaged(Format::Webp, what)
}

/// Walks the chunks of a file that begins like a WebP. It reads no pixel, and ignores everything after the RIFF container.
pub(super) fn read(photo: &[u8]) -> Result<File<'_>, Error> {
    let length = photo.get(4..).and_then(|rest| rest.first_chunk());
    let length = length.map_or(0, |length| u32::from_le_bytes(*length));
    // The length counts everything after it.
    let end = (length as usize).saturating_add(8);
    let body = photo.get(12..end.min(photo.len())).unwrap_or_default();
    let mut chunks = Chunks(body);
    let first = chunks
        .next()
        .ok_or_else(|| damaged("it ends before its first chunk"))?;
    let mut file = match &first.kind {
        b"VP8 " | b"VP8L" => {
            let picture = picture(None, &first)?;
            let canvas = picture.size;
            File::of(canvas, Frame::whole(picture))
        }
        b"VP8X" => extended(first.data, chunks)?,
        _ => return Err(damaged("its first chunk is not VP8, VP8L or VP8X")),
    };
    file.is_cut = end > photo.len();
    Ok(file)
}

impl<'a> File<'a> {
    fn of(canvas: Size, first: Frame<'a>) -> File<'a> {
        File {
            canvas,
            first,
            animation: None,
            icc: None,
            exif: None,
            xmp: None,
            is_cut: false,
        }
    }
}

impl<'a> Frame<'a> {
    fn whole(picture: Picture<'a>) -> Frame<'a> {
        Frame {
            x: 0,
            y: 0,
            picture,
            milliseconds: 0,
            replaces: true,
            is_cleared: false,
        }
    }

    /// Whether it covers all of a canvas.
    pub(super) fn covers(&self, canvas: Size) -> bool {
        self.picture.size == canvas
    }
}

/// A file whose first chunk is VP8X (2.7).
fn extended<'a>(header: &'a [u8], chunks: Chunks<'a>) -> Result<File<'a>, Error> {
    let Some(&[flags, _, _, _, w0, w1, w2, h0, h1, h2]) = header.first_chunk() else {
        return Err(damaged("it ends inside its header"));
    };
    let canvas = size([w0, w1, w2], [h0, h1, h2]);
    let (mut icc, mut exif, mut xmp) = (None, None, None);
    let (mut alpha, mut still) = (None, None);
    let is_animated = flags & ANIMATED != 0;
    let mut frames = Frames {
        chunks: chunks.clone(),
        canvas,
        // Defaults if no chunk says otherwise.
        plays: 1,
    };
    for chunk in chunks {
        match &chunk.kind {
            b"ICCP" if flags & ICC != 0 => drop(icc.get_or_insert(chunk.data)),
            b"EXIF" if flags & EXIF != 0 => drop(exif.get_or_insert(chunk.data)),
            b"XMP " if flags & XMP != 0 => drop(xmp.get_or_insert(chunk.data)),
            b"ALPH" if !is_animated => drop(alpha.get_or_insert(chunk)),
            b"VP8 " | b"VP8L" if !is_animated && still.is_none() => {
                still = Some(Frame::whole(picture(alpha.take(), &chunk)?));
            }
            // The data begins with a color, which no browser shows (2.7.1.1).
            b"ANIM" => {
                if let Some(&[_, _, _, _, l0, l1]) = chunk.data.first_chunk() {
                    frames.plays = u16::from_le_bytes([l0, l1]);
                }
            }
            _ => {}
        }
    }
    let first = if is_animated {
        frames.clone().next().transpose()?
    } else {
        still
    };
    let first = first.ok_or_else(|| damaged("it ends before its picture"))?;
    if !is_animated && !first.covers(canvas) {
        let part = first.picture.size;
        return Err(Error::damaged(
            Format::Webp,
            format!("its picture has {part} pixels, and its header says {canvas}"),
        ));
    }
    Ok(File {
        animation: is_animated.then_some(frames),
        icc,
        exif,
        xmp,
        ..File::of(canvas, first)
    })
}

/// A frame of an animation (2.7.1.1): its position, and its own chunks.
fn frame<'a>(chunk: &Chunk<'a>) -> Result<Frame<'a>, Error> {
    let Some((head, rest)) = chunk.data.split_first_chunk::<16>() else {
        return Err(damaged("it ends inside the header of a frame"));
    };
    let &[
        x0,
        x1,
        x2,
        y0,
        y1,
        y2,
        w0,
        w1,
        w2,
        h0,
        h1,
        h2,
        t0,
        t1,
        t2,
        flags,
    ] = head;
    let mut alpha = None;
    for chunk in Chunks(rest) {
        match &chunk.kind {
            b"ALPH" => drop(alpha.get_or_insert(chunk)),
            b"VP8 " | b"VP8L" => {
                let picture = picture(alpha, &chunk)?;
                if picture.size != size([w0, w1, w2], [h0, h1, h2]) {
                    return Err(damaged("a frame has another size than it says"));
                }
                return Ok(Frame {
                    x: 2 * number([x0, x1, x2]),
                    y: 2 * number([y0, y1, y2]),
                    picture,
                    milliseconds: number([t0, t1, t2]),
                    replaces: flags & 2 != 0,
                    is_cleared: flags & 1 != 0,
                });
            }
            _ => {}
        }
    }
    Err(damaged("a frame has no picture"))
}

/// A picture, from its own coding's header.
fn picture<'a>(alpha: Option<Chunk<'a>>, chunk: &Chunk<'a>) -> Result<Picture<'a>, Error> {
    let (size, coded) = match &chunk.kind {
        b"VP8L" => (size_of_vp8l(chunk.data)?, Coded::Lossless(chunk.data)),
        _ => {
            let alpha = alpha.as_ref().map(|alpha| alpha.data);
            let vp8 = chunk.data;
            (size_of_vp8(vp8)?, Coded::Lossy { vp8, alpha })
        }
    };
    Ok(Picture {
        size,
        coded,
        missing: chunk.missing,
    })
}

/// The size of a VP8 frame (RFC 6386, 9.1).
fn size_of_vp8(vp8: &[u8]) -> Result<Size, Error> {
    let Some(&[tag, _, _, 0x9D, 0x01, 0x2A, w0, w1, h0, h1]) = vp8.first_chunk() else {
        return Err(damaged("its picture does not begin as one of VP8"));
    };
    if tag & 1 != 0 {
        return Err(damaged("its picture is not a key frame"));
    }
    // Two more bits are a request to enlarge it, which nobody follows.
    let side = |bytes| u32::from(u16::from_le_bytes(bytes) & 0x3FFF);
    Size::new(side([w0, w1]), side([h0, h1])).ok_or_else(|| damaged("a side is zero pixels"))
}

/// The size of a VP8L picture (RFC 9649, 3.4).
fn size_of_vp8l(vp8l: &[u8]) -> Result<Size, Error> {
    let Some(&[0x2F, b0, b1, b2, b3]) = vp8l.first_chunk() else {
        return Err(damaged("its picture does not begin as one of VP8L"));
    };
    let bits = u32::from_le_bytes([b0, b1, b2, b3]);
    if bits >> 29 != 0 {
        return Err(damaged("its picture is of another version of VP8L"));
    }
    let side = |shift: u32| (bits >> shift & 0x3FFF) + 1;
    Ok(Size::new(side(0), side(14)).expect("a side is one more than a number"))
}

/// Sides are stored minus one.
fn size(width: [u8; 3], height: [u8; 3]) -> Size {
    let [width, height] = [width, height].map(|side| number(side) + 1);
    Size::new(width, height).expect("a side is one more than a number")
}

fn number([b0, b1, b2]: [u8; 3]) -> u32 {
    u32::from_le_bytes([b0, b1, b2, 0])
}

/// The chunks of a container (2.3): the last one may be cut off by the end. Holds the bytes still to be read.
#[derive(Debug, Clone)]
struct Chunks<'a>(&'a [u8]);

#[derive(Clone, Copy)]
struct Chunk<'a> {
    kind: [u8; 4],
    data: &'a [u8],
    /// Missing bytes.
    missing: usize,
}

impl<'a> Iterator for Chunks<'a> {
    type Item = Chunk<'a>;

    fn next(&mut self) -> Option<Chunk<'a>> {
        let (kind, rest) = self.0.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk()?;
        let length = u32::from_le_bytes(*length) as usize;
        let (data, behind) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        // An odd length is padded with a byte that does not count.
        self.0 = behind.get(length % 2..).unwrap_or_default();
        Some(Chunk {
            kind: *kind,
            data,
            missing: length - data.len(),
        })
    }
}
