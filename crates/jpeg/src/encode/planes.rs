//! A picture in the form in which it is encoded.

/// A picture as JFIF's Y, Cb and Cr, of full range, with half the chroma each way (4:2:0). A
/// chroma sample lies in the middle of four of Y. Rows follow each other without padding.
#[derive(Debug, Clone, Copy)]
pub struct Planes<'a> {
    /// `width * height` samples.
    pub y: &'a [u8],
    /// `width.div_ceil(2) * height.div_ceil(2)` samples.
    pub cb: &'a [u8],
    /// As many as `cb`.
    pub cr: &'a [u8],
}
