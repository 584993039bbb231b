//! What to resample, and to what size.

/// The longest side of a source or an output, in samples.
pub const MAX_SIDE: u32 = 1 << 20;

/// What the bytes of a pixel mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// One channel: a gray picture, or one plane of another.
    Gray,
    /// Three channels, each on its own.
    Rgb,
    /// Four channels, each on its own: CMYK, or alpha that is premultiplied already.
    Four,
    /// Red, green, blue and straight alpha. Colors are weighted by their alpha, so the colors of
    /// transparent pixels do not bleed. If the resulting alpha is 0, so are the colors.
    Rgba,
}

impl Layout {
    /// Bytes per pixel.
    pub fn channels(self) -> usize {
        match self {
            Layout::Gray => 1,
            Layout::Rgb => 3,
            Layout::Four | Layout::Rgba => 4,
        }
    }
}

/// What the samples of an axis represent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Grid {
    /// Themselves.
    Plain,
    /// Two samples each, like the chroma of a 4:2:0 photo. Each half is three quarters the sample itself: the half
    /// next to the previous sample takes its last quarter from that one, the other half from the next.
    /// This is how libjpeg upsamples ("fancy upsampling"); at the ends of the
    /// source the sample stands alone.
    ///
    /// The doubled samples are never made: their part is in the weights.
    Doubled,
}

/// One axis: the part of the source that is wanted, and the output's size.
///
/// Sample `i` covers the distance from `i` to `i + 1`. The window may begin and end inside a
/// sample, and half an output sample outside the source: that sample is made from what exists, as always at the edges.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Axis {
    /// Where the window begins, in source samples; at least minus half an output sample. Doubled samples count as two, here
    /// and in `extent`.
    pub start: f64,
    /// How long it is, in source samples. It may end half an output sample after the source.
    pub extent: f64,
    /// Samples in the source, from 1 to [`MAX_SIDE`].
    pub available: u32,
    /// What those represent.
    pub grid: Grid,
    /// Samples in the output, from 1 to [`MAX_SIDE`].
    pub size: u32,
}

impl Axis {
    /// All of the source.
    pub fn whole(available: u32, size: u32) -> Axis {
        Axis {
            start: 0.0,
            extent: f64::from(available),
            available,
            grid: Grid::Plain,
            size,
        }
    }
}

/// What to resample, and to what size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spec {
    /// What the bytes are.
    pub layout: Layout,
    /// Columns. A row has `horizontal.available` pixels.
    pub horizontal: Axis,
    /// Rows.
    pub vertical: Axis,
}
