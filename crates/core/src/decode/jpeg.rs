//! JPEG pixels. The only file that knows the JPEG decoder.

use jpeg_decoder::{Decoder, PixelFormat};

use crate::error::Error;
use crate::probe::{Format, Info};
use crate::raster::{Layout, Raster};

/// Decodes the whole picture, in stored directions. Anything missing is damage.
pub(crate) fn still(photo: &[u8], info: &Info) -> Result<Raster, Error> {
    let mut decoder = Decoder::new(photo);
    let samples = decoder.decode().map_err(|source| match source {
        jpeg_decoder::Error::Unsupported(feature) => Error::Unsupported {
            format: Format::Jpeg,
            what: name(feature),
        },
        source => Error::damaged(Format::Jpeg, source),
    })?;
    let decoded = decoder
        .info()
        .ok_or_else(|| Error::internal("a decoded JPEG has no size"))?;

    let stored = info.orientation.size(info.size);
    if (u32::from(decoded.width), u32::from(decoded.height)) != (stored.width(), stored.height()) {
        return Err(Error::damaged(
            Format::Jpeg,
            "its size changes behind its header",
        ));
    }
    let (layout, samples) = match decoded.pixel_format {
        PixelFormat::L8 => (
            Layout::Rgb,
            samples.into_iter().flat_map(|gray| [gray; 3]).collect(),
        ),
        PixelFormat::RGB24 => (Layout::Rgb, samples),
        PixelFormat::CMYK32 => (Layout::Cmyk, samples),
        PixelFormat::L16 => {
            return Err(Error::Unsupported {
                format: Format::Jpeg,
                what: "more than 8 bits a sample",
            });
        }
    };
    let raster = Raster::new(stored, layout, samples).ok_or_else(|| {
        Error::internal("the JPEG decoder returned another number of pixels than it said")
    })?;
    Ok(raster)
}

fn name(feature: jpeg_decoder::UnsupportedFeature) -> &'static str {
    use jpeg_decoder::UnsupportedFeature::*;
    match feature {
        Hierarchical => "hierarchical coding",
        ArithmeticEntropyCoding => "arithmetic coding",
        SamplePrecision(_) => "more than 8 bits a sample",
        ComponentCount(_) => "a number of color components other than 1, 3 or 4",
        DNL => "a height that is given behind the pixels",
        SubsamplingRatio | NonIntegerSubsamplingRatio => "its chroma subsampling",
        ColorTransform(_) => "its color transform",
    }
}
