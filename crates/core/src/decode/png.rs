//! PNG pixels and profile. The only decoder file that knows the PNG crate.

use std::io::Cursor;

use headshot_resample::Layout as Channels;
use png::{BitDepth, ColorType, DecodeOptions, Decoder, Limits, Reader, Transformations};

use crate::error::Error;
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
///
/// Only an interlaced picture is held as a whole.
pub(crate) fn resized(photo: &[u8], info: &Info, plan: &Plan) -> Result<Raster, Error> {
    let damaged = |source| Error::damaged(Format::Png, source);
    let stored = info.orientation.size(info.size);
    // The pixels were checked against the limits of the caller; 8 is the most bytes that one can have.
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
        ColorType::Rgb => Channels::Rgb,
        ColorType::GrayscaleAlpha | ColorType::Rgba => Channels::Rgba,
        ColorType::Indexed => return Err(Error::internal("a palette was not expanded")),
    };
    let mut rows = Rows::new(channels, stored, plan.crop, plan.scaled)?;
    let mut push = |y: u32, row: &mut Vec<u8>| {
        if depth == BitDepth::Sixteen {
            round_to_8_bits(row);
        }
        match color {
            ColorType::GrayscaleAlpha => {
                let (pixels, _) = row.as_chunks();
                let pixels = pixels
                    .iter()
                    .flat_map(|&[gray, alpha]| [gray, gray, gray, alpha]);
                rows.push(y, &pixels.collect::<Vec<u8>>())
            }
            _ => rows.push(y, row),
        }
    };
    let overflow = || Error::internal("the size of a PNG overflows within the limits");
    let length = reader
        .output_line_size(stored.width())
        .ok_or_else(overflow)?;
    if reader.info().interlaced {
        let mut samples = vec![0; reader.output_buffer_size().ok_or_else(overflow)?];
        reader.next_frame(&mut samples).map_err(damaged)?;
        for (y, row) in (0..stored.height()).zip(samples.chunks_exact(length)) {
            push(y, &mut row.to_vec())?;
        }
    } else {
        let mut row = vec![0; length];
        for y in 0.. {
            // Only the end makes the decoder look at what follows the last row.
            if reader.read_row(&mut row).map_err(damaged)?.is_none() {
                break;
            }
            push(y, &mut row)?;
            row.resize(length, 0);
        }
    }
    reader.finish().map_err(damaged)?;
    rows.finish()
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
fn round_to_8_bits(row: &mut Vec<u8>) {
    for at in 0..row.len() / 2 {
        let wide = u32::from(u16::from_be_bytes([row[2 * at], row[2 * at + 1]]));
        row[at] = ((wide * 255 + 32_767) / 65_535) as u8;
    }
    row.truncate(row.len() / 2);
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
            let mut row = wide.to_be_bytes().to_vec();
            round_to_8_bits(&mut row);
            assert_eq!((row, exact), (vec![narrow], narrow), "{wide:#x}");
        }
    }
}
