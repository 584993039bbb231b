//! PNG pixels and profile. The only decoder file that knows the PNG crate.

use std::io::Cursor;

use png::{BitDepth, ColorType, DecodeOptions, Decoder, Limits, Reader, Transformations};

use crate::error::Error;
use crate::probe::{Format, Info};
use crate::raster::{Layout, Raster};

/// What the decoder may allocate beside the pixels: a profile above all.
const ANCILLARY: Limits = Limits { bytes: 4 << 20 };

/// The embedded ICC profile, inflated, or `None` where it cannot be.
pub(crate) fn icc_profile(photo: &[u8]) -> Option<Vec<u8>> {
    let reader = reader(photo, ANCILLARY, false).ok()?;
    Some(reader.info().icc_profile.as_ref()?.to_vec())
}

/// Decodes the default image, in stored directions: any color type and depth to RGB or RGBA, 8 bits.
pub(crate) fn still(photo: &[u8], info: &Info) -> Result<Raster, Error> {
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
    let length = reader
        .output_buffer_size()
        .ok_or_else(|| Error::internal("the size of a PNG overflows within the limits"))?;
    let mut samples = vec![0; length];
    let frame = reader.next_frame(&mut samples).map_err(damaged)?;
    samples.truncate(frame.buffer_size());
    reader.finish().map_err(damaged)?;

    if frame.bit_depth == BitDepth::Sixteen {
        samples = round_to_8_bits(&samples);
    }
    let (layout, samples) = match frame.color_type {
        ColorType::Grayscale => (
            Layout::Rgb,
            samples.into_iter().flat_map(|gray| [gray; 3]).collect(),
        ),
        ColorType::GrayscaleAlpha => {
            let (pixels, _) = samples.as_chunks();
            (
                Layout::Rgba,
                pixels
                    .iter()
                    .flat_map(|&[gray, alpha]| [gray, gray, gray, alpha])
                    .collect(),
            )
        }
        ColorType::Rgb => (Layout::Rgb, samples),
        ColorType::Rgba => (Layout::Rgba, samples),
        ColorType::Indexed => return Err(Error::internal("a palette was not expanded")),
    };
    let raster = Raster::new(stored, layout, samples).ok_or_else(|| {
        Error::internal("the PNG decoder returned another number of pixels than it said")
    })?;
    Ok(raster)
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
fn round_to_8_bits(samples: &[u8]) -> Vec<u8> {
    let (samples, _) = samples.as_chunks();
    samples
        .iter()
        .map(|bytes| ((u32::from(u16::from_be_bytes(*bytes)) * 255 + 32_767) / 65_535) as u8)
        .collect()
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
            assert_eq!(
                (round_to_8_bits(&wide.to_be_bytes())[0], exact),
                (narrow, narrow),
                "{wide:#x}"
            );
        }
    }
}
