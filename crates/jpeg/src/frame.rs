//! The header: size, components and their sampling, and the meaning of the colors.

use crate::error::Error;

/// What a JPEG's header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Pixels across; never zero.
    pub width: u32,
    /// Pixels down; never zero.
    pub height: u32,
    /// What the components mean.
    pub color: Color,
    /// How the coefficients are laid out in the file.
    pub process: Process,
    /// One (gray), three or four components, in the order of `color`'s name.
    pub components: Vec<Component>,
}

/// What the components mean, by libjpeg's rules: the JFIF marker decides, then Adobe's marker,
/// then the component ids `R`, `G`, `B`; otherwise three components are YCbCr. Four are inks, unless
/// Adobe's marker says that they were transformed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Color {
    /// One component: gray.
    Gray,
    /// Luma, blue difference, red difference, full range (JFIF's BT.601).
    YCbCr,
    /// Red, green, blue.
    Rgb,
    /// Cyan, magenta, yellow, black, as they are stored: Adobe writes 255 for no ink.
    Cmyk,
    /// Like [`Color::Cmyk`], but the first three went through the transform from RGB to YCbCr, with cyan as red.
    Ycck,
}

/// How the coefficients are laid out in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Process {
    /// One scan with everything.
    Sequential,
    /// Sequential, but the components come one after another.
    SequentialSeparate,
    /// Progressive: coefficients come in several scans.
    Progressive,
}

/// One component of the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Component {
    /// Samples across in this component's own grid.
    pub width: u32,
    /// Samples down in this component's own grid.
    pub height: u32,
    /// Sampling factor across, relative to the largest of all components; 1 to 4.
    pub h: u32,
    /// Sampling factor down, relative to the largest of all components; 1 to 4.
    pub v: u32,
    pub(crate) id: u8,
    pub(crate) quant: usize,
}

impl Component {
    /// Blocks across and down in a scan of this component alone.
    pub(crate) fn blocks(&self) -> (usize, usize) {
        (
            self.width.div_ceil(8) as usize,
            self.height.div_ceil(8) as usize,
        )
    }
}

impl Header {
    /// Whether components have the usual numbers. Others hold bytes that no picture needs.
    pub fn has_usual_ids(&self) -> bool {
        self.components.iter().all(|component| component.id <= 4)
    }

    /// The largest sampling factor across: an MCU is 8 times as many pixels wide.
    pub fn h_max(&self) -> u32 {
        self.components.iter().map(|c| c.h).max().unwrap_or(1)
    }

    /// The largest sampling factor down: an MCU is 8 times as many pixels high.
    pub fn v_max(&self) -> u32 {
        self.components.iter().map(|c| c.v).max().unwrap_or(1)
    }

    /// MCUs across and down.
    pub(crate) fn mcus(&self) -> (usize, usize) {
        (
            self.width.div_ceil(8 * self.h_max()) as usize,
            self.height.div_ceil(8 * self.v_max()) as usize,
        )
    }

    /// Blocks of all components, including the padding of MCUs.
    pub(crate) fn blocks(&self) -> u64 {
        let (across, down) = self.mcus();
        let each: u32 = self.components.iter().map(|c| c.h * c.v).sum();
        across as u64 * down as u64 * u64::from(each)
    }
}

/// Reads a frame header (T.81, B.2.2); its length word is not part of `segment`.
///
/// `process` is a guess that the first scan's header corrects, and so are the colors.
pub(crate) fn parse(segment: &[u8], at: usize, process: Process) -> Result<Header, Error> {
    let damaged = |what| Error::Damaged { at, what };
    let unsupported = |what| Error::Unsupported { what };
    let &[precision, h1, h0, w1, w0, count, ref rest @ ..] = segment else {
        return Err(damaged("the frame header is too short"));
    };
    if rest.len() != 3 * usize::from(count) {
        return Err(damaged("the frame header has a wrong length"));
    }
    let width = u32::from(u16::from_be_bytes([w1, w0]));
    let height = u32::from(u16::from_be_bytes([h1, h0]));
    if width == 0 || height == 0 {
        return Err(damaged("the image is declared to have no pixels"));
    }
    if precision != 8 {
        return Err(unsupported("samples of other than 8 bits"));
    }
    match count {
        0 => return Err(damaged("the image is declared to have no components")),
        1 | 3 | 4 => {}
        _ => return Err(unsupported("two components or more than four")),
    }
    let mut components = Vec::with_capacity(4);
    for part in rest.chunks_exact(3) {
        let (h, v) = (u32::from(part[1] >> 4), u32::from(part[1] & 15));
        if !(1..=4).contains(&h) || !(1..=4).contains(&v) {
            return Err(damaged("a sampling factor is not within 1 to 4"));
        }
        if part[2] > 3 {
            return Err(damaged("a quantization table number is above 3"));
        }
        // A single component is never interleaved, whatever its factors (T.81, A.2.2).
        let (h, v) = if count == 1 { (1, 1) } else { (h, v) };
        components.push(Component {
            width,
            height,
            h,
            v,
            id: part[0],
            quant: usize::from(part[2]),
        });
    }
    let mut header = Header {
        width,
        height,
        color: Color::YCbCr,
        process,
        components,
    };
    let (h_max, v_max) = (header.h_max(), header.v_max());
    for component in &mut header.components {
        if h_max % component.h != 0 || v_max % component.v != 0 {
            return Err(unsupported("sampling factors of a broken ratio"));
        }
        component.width = width.div_ceil(h_max / component.h);
        component.height = height.div_ceil(v_max / component.v);
    }
    Ok(header)
}
