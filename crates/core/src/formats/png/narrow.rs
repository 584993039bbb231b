//! Converts rows of any PNG to 8 bits, gray or with all colors.

use headshot_png::{Channels, Depth, Header};
use headshot_resample::Layout;

/// Converts them one by one.
pub(super) struct Narrow<'a> {
    /// What 16 bits become, if not the nearest of 8; alpha always becomes that.
    narrowed: Option<&'a [u8]>,
    layout: Layout,
    has_alpha: bool,
    is_wide: bool,
    is_gray_alpha: bool,
    row: Vec<u8>,
}

impl<'a> Narrow<'a> {
    pub(super) fn new(header: &Header, narrowed: Option<&'a [u8]>) -> Narrow<'a> {
        let channels = header.channels;
        Narrow {
            narrowed,
            layout: match channels {
                Channels::Gray => Layout::Gray,
                Channels::Rgb => Layout::Rgb,
                Channels::GrayAlpha | Channels::Rgba => Layout::Rgba,
            },
            has_alpha: matches!(channels, Channels::GrayAlpha | Channels::Rgba),
            is_wide: header.depth == Depth::Sixteen,
            is_gray_alpha: channels == Channels::GrayAlpha,
            row: Vec::new(),
        }
    }

    /// The samples of the resulting rows: gray, RGB or RGBA.
    pub(super) fn layout(&self) -> Layout {
        self.layout
    }

    /// Converts a row from the decoder to 8 bits.
    pub(super) fn row<'r>(&'r mut self, row: &'r [u8]) -> &'r [u8] {
        if !self.is_wide && !self.is_gray_alpha {
            return row;
        }
        self.row.clear();
        let wide = row.as_chunks().0.iter();
        match self.narrowed.filter(|_| self.is_wide) {
            Some(narrowed) => {
                let channels = if self.is_gray_alpha {
                    2
                } else {
                    self.layout.channels()
                };
                self.row.extend(wide.enumerate().map(|(i, sample)| {
                    if self.has_alpha && i % channels == channels - 1 {
                        to_8_bits(sample)
                    } else {
                        narrowed[usize::from(u16::from_be_bytes(*sample))]
                    }
                }));
            }
            None if self.is_wide => self.row.extend(wide.map(to_8_bits)),
            None => self.row.extend_from_slice(row),
        }
        if self.is_gray_alpha {
            let (pixels, _) = self.row.as_chunks();
            let pixels = pixels
                .iter()
                .flat_map(|&[gray, alpha]| [gray, gray, gray, alpha]);
            self.row = pixels.collect();
        }
        &self.row
    }

    /// Adds the pixels of a row, with all colors and alpha.
    pub(super) fn add_pixels(&mut self, row: &[u8], pixels: &mut Vec<[u8; 4]>) {
        let layout = self.layout;
        let row = self.row(row);
        match layout {
            Layout::Gray => pixels.extend(row.iter().map(|&gray| [gray, gray, gray, 255])),
            Layout::Rgb => {
                let (row, _) = row.as_chunks();
                pixels.extend(row.iter().map(|&[r, g, b]| [r, g, b, 255]));
            }
            Layout::Rgba | Layout::Four => pixels.extend_from_slice(row.as_chunks().0),
        }
    }
}

/// 16 bits to the nearest 8 bits (PNG, third edition, 13.12): dropping the low byte would darken half of all values.
fn to_8_bits(wide: &[u8; 2]) -> u8 {
    ((u32::from(u16::from_be_bytes(*wide)) * 255 + 32_767) / 65_535) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_bits_are_rounded() {
        let cases: [(u16, u8); 6] = [
            (0, 0),
            (128, 0),
            (129, 1),
            (0x7F80, 127),
            (0x80FF, 128),
            (0xFFFF, 255),
        ];
        for (wide, narrow) in cases {
            let exact = (f64::from(wide) / 257.0).round() as u8;
            let found = to_8_bits(&wide.to_be_bytes());
            assert_eq!((found, exact), (narrow, narrow), "{wide:#x}");
        }
    }
}
