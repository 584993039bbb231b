//! Rows of pixels at full size, made from planes as libjpeg makes them: `jdsample.c` and `jdcolor.c`.

use std::ops::{ControlFlow, Range};

use fearless_simd::{Level, dispatch};

use crate::decode::{decode_rows, read_header, rows};
use crate::end::End;
use crate::error::Error;
use crate::frame::{Color, Component, Header};
use crate::marks::Marks;
use crate::plane::{Plane, Region, Window};
use crate::request::{Damage, Limits, Request, Scale, memory};

/// Decodes a JPEG and passes on its pixels row by row: those of the request's region, no others.
///
/// `emit` gets one slice for each component, of the region's width: red, green and blue, gray, or inks, at full scale.
/// Halved chroma is interpolated ("fancy upsampling"), YCbCr becomes RGB and YCCK becomes CMYK, clipped at 0 and 255,
/// bit for bit as in libjpeg. It may stop the decoding. As with [`decode_rows`](crate::decode_rows()), anything made from the
/// rows must wait for the result, and rows outside the region come without slices. It holds three times as much
/// memory.
///
/// # Errors
///
/// As for [`decode`](crate::decode()).
pub fn decode_pixels(
    bytes: &[u8],
    request: &Request,
    emit: impl FnMut(&[&[u8]]) -> ControlFlow<()>,
) -> Result<End, Error> {
    decode(bytes, request, emit, |request, emit| {
        decode_rows(bytes, request, emit)
    })
}

/// Passes on rows of planes for a request, as [`decode_rows`] does.
pub(crate) type EmitRows<'e> = &'e mut dyn FnMut(&[Plane]) -> ControlFlow<()>;

/// The same from rows of planes that come from anywhere.
pub(crate) fn decode(
    bytes: &[u8],
    request: &Request,
    emit: impl FnMut(&[&[u8]]) -> ControlFlow<()>,
    rows: impl FnOnce(&Request, EmitRows) -> Result<End, Error>,
) -> Result<End, Error> {
    let header = read_header(bytes, &request.limits)?;
    // Pixels outside the image must not be hidden by later ones.
    Window::new(&header, request)?;
    let region = request.region.unwrap_or(whole(&header));
    let request = Request {
        region: Some(around(region, &header)),
        ..request.at_full_scale()
    };
    request.limits.check_memory(held(&header, &request))?;
    rows_of_pixels(&header, region, emit, |emit| rows(&request, emit))
}

/// Like [`decode_pixels`], but a picture of an eighth of the size: each pixel is the mean of 8 x 8, and the last ones include the padding
/// of their blocks. [`Scale::Eighth`] says how large it is.
///
/// Only the means are read. So it costs little more than following the file, for a progressive one not even that, and damage elsewhere is not
/// found: it is to look at, not to keep.
///
/// # Errors
///
/// As for [`decode`](crate::decode()).
pub fn decode_eighth(
    bytes: &[u8],
    damage: Damage,
    limits: &Limits,
    emit: impl FnMut(&[&[u8]]) -> ControlFlow<()>,
) -> Result<End, Error> {
    eighth(bytes, damage, limits, None, emit)
}

/// The same, with notes for a later decoding of the same file.
pub(crate) fn eighth<'a>(
    bytes: &'a [u8],
    damage: Damage,
    limits: &Limits,
    marks: Option<&mut Marks<'a>>,
    emit: impl FnMut(&[&[u8]]) -> ControlFlow<()>,
) -> Result<End, Error> {
    let header = read_header(bytes, limits)?;
    let scale = Scale::Eighth;
    let request = Request {
        damage,
        luma: scale,
        chroma: scale,
        limits: *limits,
        ..Request::default()
    };
    limits.check_memory(held(&header, &request))?;
    let small = Header {
        width: scale.scaled(header.width),
        height: scale.scaled(header.height),
        components: header
            .components
            .iter()
            .map(|component| Component {
                width: scale.scaled(component.width),
                height: scale.scaled(component.height),
                ..*component
            })
            .collect(),
        ..header
    };
    rows_of_pixels(&small, whole(&small), emit, |emit| {
        rows(bytes, &request, marks, emit)
    })
}

/// The additional bytes that pixels take.
fn held(header: &Header, request: &Request) -> u64 {
    memory(header, request).saturating_mul(3)
}

/// Passes on the pixels of a region, made of rows of planes. The header and the region are those of the picture at the scale of the planes.
fn rows_of_pixels(
    header: &Header,
    region: Region,
    mut emit: impl FnMut(&[&[u8]]) -> ControlFlow<()>,
    rows: impl FnOnce(EmitRows) -> Result<End, Error>,
) -> Result<End, Error> {
    let mut pixels = None;
    rows(&mut |parts| {
        if parts.is_empty() {
            return emit(&[]);
        }
        let pixels = pixels.get_or_insert_with(|| Pixels::new(header, parts, region));
        pixels.push(parts, &mut emit)
    })
}

fn whole(header: &Header) -> Region {
    Region {
        x: 0,
        y: 0,
        width: header.width,
        height: header.height,
    }
}

/// The region with a frame of two pixels, which share the outermost samples of a halved
/// component.
fn around(region: Region, header: &Header) -> Region {
    let (x, y) = (region.x.saturating_sub(2), region.y.saturating_sub(2));
    Region {
        x,
        y,
        width: (region.x + region.width + 2).min(header.width) - x,
        height: (region.y + region.height + 2).min(header.height) - y,
    }
}

/// State kept from one row of MCUs to the next.
struct Pixels {
    /// What the current CPU can do.
    cpu: Level,
    color: Color,
    components: Vec<Kept>,
    /// Rows still to be made.
    rows: Range<u32>,
    /// Columns of the region, from the first that was decoded.
    columns: Range<usize>,
    rgb: [Vec<u8>; 3],
}

impl Pixels {
    fn new(header: &Header, parts: &[Plane], region: Region) -> Pixels {
        let scale = [header.h_max(), header.v_max()];
        let components = header.components.iter().zip(parts);
        // All planes begin with the same MCU.
        let left = parts.first().map_or(0, |part| part.x) * scale[0] / header.components[0].h;
        let from = (region.x - left) as usize;
        Pixels {
            cpu: Level::new(),
            color: header.color,
            components: components
                .map(|(component, part)| Kept::new(component, scale, part))
                .collect(),
            rows: region.y..region.y + region.height,
            columns: from..from + region.width as usize,
            rgb: Default::default(),
        }
    }

    /// Takes a row of MCUs and makes all rows of pixels that can be made now.
    fn push(
        &mut self,
        parts: &[Plane],
        emit: &mut impl FnMut(&[&[u8]]) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        for (component, part) in self.components.iter_mut().zip(parts) {
            component.push(part, self.rows.start);
        }
        while !self.rows.is_empty() && self.components.iter().all(|c| c.has(self.rows.start)) {
            let (y, columns) = (self.rows.start, self.columns.clone());
            self.rows.start += 1;
            let parts = self.components.iter_mut();
            let parts: Vec<&[u8]> = parts
                .map(|c| &c.row(self.cpu, y)[columns.clone()])
                .collect();
            match (self.color, &parts[..]) {
                (Color::YCbCr, &[y, cb, cr]) => {
                    dispatch!(self.cpu, _simd => to_rgb([y, cb, cr], &mut self.rgb));
                    emit(&self.rgb.each_ref().map(|part| &part[..]))?;
                }
                (Color::Ycck, &[y, cb, cr, k]) => {
                    dispatch!(self.cpu, _simd => to_rgb([y, cb, cr], &mut self.rgb));
                    for sample in self.rgb.iter_mut().flatten() {
                        *sample = 255 - *sample;
                    }
                    let [c, m, y] = self.rgb.each_ref().map(|part| &part[..]);
                    emit(&[c, m, y, k])?;
                }
                (_, parts) => emit(parts)?,
            }
        }
        ControlFlow::Continue(())
    }
}

/// The rows of one component that are still needed.
struct Kept {
    /// How many pixels a sample is wide and high.
    across: usize,
    down: u32,
    /// Whether it is interpolated: if both are 2, or one of them is. Otherwise samples are repeated.
    smooth: bool,
    /// The first row of all that were decoded, and the component's last.
    ends: [u32; 2],
    width: usize,
    /// The first row in `rows`.
    first: u32,
    rows: Vec<u8>,
    /// An intermediate row, times 1 or 4, with its outermost samples doubled.
    sums: Vec<u16>,
    full: Vec<u8>,
}

impl Kept {
    fn new(component: &Component, [h_max, v_max]: [u32; 2], part: &Plane) -> Kept {
        let (across, down) = (h_max / component.h, v_max / component.v);
        Kept {
            across: across as usize,
            down,
            // libjpeg does not interpolate fewer than three columns.
            smooth: across * down > 1
                && across.max(down) == 2
                && (across == 1 || component.width > 2),
            ends: [part.y, component.height - 1],
            width: part.width as usize,
            first: part.y,
            rows: Vec::new(),
            sums: Vec::new(),
            full: Vec::new(),
        }
    }

    /// Discards what row `y` of the pixels and those below do not need, and takes the next rows.
    fn push(&mut self, part: &Plane, y: u32) {
        let keep = (y / self.down).saturating_sub(1).max(self.first);
        let passed = ((keep - self.first) as usize * self.width).min(self.rows.len());
        self.rows.drain(..passed);
        self.first += (passed / self.width) as u32;
        for row in 0..part.height {
            self.rows.extend_from_slice(part.row(row));
        }
    }

    /// The row that row `y` of the pixels lies in, and the nearest other row.
    fn near(&self, y: u32) -> [u32; 2] {
        let own = y / self.down;
        let other = match (self.smooth && self.down == 2, y % 2) {
            (false, _) => own,
            (true, 0) => own.saturating_sub(1).max(self.ends[0]),
            (true, _) => (own + 1).min(self.ends[1]),
        };
        [own, other]
    }

    /// Whether row `y` of the pixels can be made.
    fn has(&self, y: u32) -> bool {
        let end = self.first as usize + self.rows.len() / self.width;
        self.near(y).iter().all(|&row| (row as usize) < end)
    }

    /// Row `y` at full width.
    fn row(&mut self, cpu: Level, y: u32) -> &[u8] {
        let [own, other] = self.near(y).map(|row| {
            let start = (row - self.first) as usize * self.width;
            &self.rows[start..start + self.width]
        });
        if !self.smooth {
            if self.across == 1 {
                return own;
            }
            self.full.clear();
            let repeated = own
                .iter()
                .flat_map(|&sample| std::iter::repeat_n(sample, self.across));
            self.full.extend(repeated);
            return &self.full;
        }
        if self.across == 1 {
            let bias = 1 + (y % 2) as u16;
            let pairs = own.iter().zip(other);
            self.full.clear();
            self.full.extend(
                pairs.map(|(&own, &other)| {
                    ((3 * u16::from(own) + u16::from(other) + bias) >> 2) as u8
                }),
            );
            return &self.full;
        }
        self.sums.clear();
        self.sums.push(0);
        if self.down == 2 {
            let pairs = own.iter().zip(other);
            self.sums
                .extend(pairs.map(|(&own, &other)| 3 * u16::from(own) + u16::from(other)));
        } else {
            self.sums.extend(own.iter().map(|&own| u16::from(own)));
        }
        self.sums[0] = self.sums[1];
        self.sums.push(self.sums[self.width]);
        self.full.resize(2 * self.width, 0);
        match self.down {
            2 => dispatch!(cpu, _simd => double::<4>(&self.sums, [8, 7], &mut self.full)),
            _ => dispatch!(cpu, _simd => double::<2>(&self.sums, [1, 2], &mut self.full)),
        }
        &self.full
    }
}

/// Two samples for each except the outermost: three parts of it and one of its neighbor.
#[inline(always)] // into what is compiled for the CPU
fn double<const SHIFT: u32>(sums: &[u16], bias: [u16; 2], full: &mut [u8]) {
    let (pairs, _) = full.as_chunks_mut::<2>();
    let ahead = sums.iter().zip(&sums[1..]).zip(&sums[2..]);
    for (pair, ((before, own), after)) in pairs.iter_mut().zip(ahead) {
        *pair = [
            ((3 * own + before + bias[0]) >> SHIFT) as u8,
            ((3 * own + after + bias[1]) >> SHIFT) as u8,
        ];
    }
}

/// JFIF's YCbCr to RGB, with libjpeg's 16 bits of fraction, in steps that fit 16 bits if possible.
#[inline(always)] // into what is compiled for the CPU
fn to_rgb([y, cb, cr]: [&[u8]; 3], rgb: &mut [Vec<u8>; 3]) {
    let width = y.len();
    for part in &mut *rgb {
        part.resize(width, 0);
    }
    let [r, g, b] = rgb.each_mut().map(|part| &mut part[..width]);
    let (cb, cr) = (&cb[..width], &cr[..width]);
    // The rounded product of a sample and a factor of less than a half.
    let part =
        |sample: i16, factor: i32| (((i32::from(2 * sample) * factor) >> 16) as i16 + 1) >> 1;
    for i in 0..width {
        let (y, cb, cr) = (
            i16::from(y[i]),
            i16::from(cb[i]) - 128,
            i16::from(cr[i]) - 128,
        );
        // 1.402 and 1.772, minus 1 and 2.
        let red = y + cr + part(cr, 26_345);
        let blue = y + 2 * cb + part(cb, -14_942);
        let sum = i32::from(cb) * -22_554 + i32::from(cr) * (65_536 - 46_802) + 32_768;
        let green = y + (sum >> 16) as i16 - cr;
        r[i] = red.clamp(0, 255) as u8;
        g[i] = green.clamp(0, 255) as u8;
        b[i] = blue.clamp(0, 255) as u8;
    }
}
