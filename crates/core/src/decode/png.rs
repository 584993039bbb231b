//! PNG pixels and profile. The only decoder file that knows the PNG decoders.

use std::io::Cursor;
use std::ops::ControlFlow;

use headshot_png::{Channels, Depth};
use headshot_resample::Layout;
use png::{BitDepth, ColorType, DecodeOptions, Decoder, Limits, Reader, Transformations};

use crate::error::Error;
use crate::geometry::Size;
use crate::plan::Plan;
use crate::probe::{Format, Info};
use crate::raster::Raster;
use crate::resize::Rows;

/// What the decoder may allocate beside the pixels: a profile above all.
const ANCILLARY: Limits = Limits { bytes: 4 << 20 };

/// The embedded ICC profile, inflated, or `None` where it cannot be.
pub(crate) fn icc_profile(photo: &[u8]) -> Option<Vec<u8>> {
    let reader = reader(photo, ANCILLARY, false).ok()?;
    Some(reader.info().icc_profile.as_ref()?.to_vec())
}

/// Decodes the default image, any color type and depth, and resamples the plan's crop row by row.
pub(crate) fn resized(photo: &[u8], info: &Info, plan: &Plan) -> Result<Raster, Error> {
    let stored = info.orientation.size(info.size);
    // The sides were checked against the limits of the caller.
    let limits = headshot_png::Limits {
        pixels: stored.area(),
        side: stored.longer(),
    };
    let header = match headshot_png::read_header(photo, &limits) {
        Ok(header) => header,
        Err(headshot_png::Error::Unsupported { .. }) => return rare(photo, stored, plan),
        Err(error) => return Err(Error::damaged(Format::Png, error)),
    };
    let mut rows = Narrow::new(header.channels, header.depth, stored, plan)?;
    let mut fed = Ok(());
    let decoded = headshot_png::decode_rows(photo, &limits, |y, row| {
        fed = rows.push(y, row);
        match fed {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    });
    fed?;
    decoded.map_err(|error| Error::damaged(Format::Png, error))?;
    rows.rows.finish()
}

/// What our own decoder leaves to a general one: interlaced pictures, which are held as a whole, and animations.
fn rare(photo: &[u8], stored: Size, plan: &Plan) -> Result<Raster, Error> {
    let damaged = |source| Error::damaged(Format::Png, source);
    // 8 is the most bytes that a pixel can have.
    let limits = Limits {
        bytes: ANCILLARY.bytes + stored.area() as usize * 8,
    };
    let mut reader = reader(photo, limits, true).map_err(damaged)?;
    if (reader.info().width, reader.info().height) != (stored.width(), stored.height()) {
        return Err(Error::damaged(
            Format::Png,
            "its size changes behind its header",
        ));
    }
    let (color, depth) = reader.output_color_type();
    let channels = match color {
        ColorType::Grayscale => Channels::Gray,
        ColorType::GrayscaleAlpha => Channels::GrayAlpha,
        ColorType::Rgb => Channels::Rgb,
        ColorType::Rgba => Channels::Rgba,
        ColorType::Indexed => return Err(Error::internal("a palette was not expanded")),
    };
    let depth = match depth {
        BitDepth::Sixteen => Depth::Sixteen,
        _ => Depth::Eight,
    };
    let mut rows = Narrow::new(channels, depth, stored, plan)?;
    let overflow = || Error::internal("the size of a PNG overflows within the limits");
    let line = reader.output_line_size(stored.width());
    let mut samples = vec![0; reader.output_buffer_size().ok_or_else(overflow)?];
    reader.next_frame(&mut samples).map_err(damaged)?;
    reader.finish().map_err(damaged)?;
    for (y, row) in (0..).zip(samples.chunks_exact(line.ok_or_else(overflow)?)) {
        rows.push(y, row)?;
    }
    rows.rows.finish()
}

/// Makes rows of 8 bits, gray or with all colors, of any that a PNG has.
struct Narrow {
    rows: Rows,
    is_wide: bool,
    is_gray_alpha: bool,
    row: Vec<u8>,
}

impl Narrow {
    fn new(channels: Channels, depth: Depth, stored: Size, plan: &Plan) -> Result<Narrow, Error> {
        let layout = match channels {
            Channels::Gray => Layout::Gray,
            Channels::Rgb => Layout::Rgb,
            Channels::GrayAlpha | Channels::Rgba => Layout::Rgba,
        };
        Ok(Narrow {
            rows: Rows::new(layout, stored, plan.crop, plan.scaled)?,
            is_wide: depth == Depth::Sixteen,
            is_gray_alpha: channels == Channels::GrayAlpha,
            row: Vec::new(),
        })
    }

    fn push(&mut self, y: u32, row: &[u8]) -> Result<(), Error> {
        if !self.is_wide && !self.is_gray_alpha {
            return self.rows.push(y, row);
        }
        self.row.clear();
        match self.is_wide {
            true => self.row.extend(row.as_chunks().0.iter().map(to_8_bits)),
            false => self.row.extend_from_slice(row),
        }
        if self.is_gray_alpha {
            let (pixels, _) = self.row.as_chunks();
            let pixels = pixels
                .iter()
                .flat_map(|&[gray, alpha]| [gray, gray, gray, alpha]);
            self.row = pixels.collect();
        }
        self.rows.push(y, &self.row)
    }
}

fn reader(
    photo: &[u8],
    limits: Limits,
    ignore_profile: bool,
) -> Result<Reader<Cursor<&[u8]>>, png::DecodingError> {
    let mut options = DecodeOptions::default();
    options.set_ignore_adler32(false);
    let mut decoder = Decoder::new_with_options(Cursor::new(photo), options);
    decoder.set_limits(limits);
    // Text inflates without bound, and nothing of it is wanted.
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(ignore_profile);
    decoder.set_transformations(Transformations::EXPAND);
    decoder.read_info()
}

/// 16 bits to 8, to the nearest (PNG, third edition, 13.12): dropping the low byte would darken half of all values.
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
