//! The header of a HEIC: everything but the coded pictures themselves.

use super::colors::{self, Matrix};
use super::picture::Photo;
use crate::color::ColorModel;
use crate::error::{Error, Limit, check_limit};
use crate::header::Header;
use crate::options::Limits;

/// Reads boxes, and the parameters of the coded pictures. An orientation in EXIF data does not count: phones write it in addition
/// to the turns of the container, which are applied already (ISO/IEC 23008-12, annex A).
pub(super) fn header(photo: &[u8], limits: &Limits) -> Result<Header, Error> {
    let photo = Photo::read(photo, limits)?;
    // What is decoded, even if the picture is cut.
    check_limit(
        Limit::Pixels,
        photo.color.size.area(),
        limits.pixels.min(limits.non_jpeg_pixels),
    )?;
    Matrix::of(&photo.code_points)?;
    let mut warnings = Vec::new();
    let colors = colors::colors(&photo, limits.profile, &mut warnings);
    Ok(Header {
        size: photo.seen.size(),
        color: match photo.color.shape.ratios {
            Some(_) => ColorModel::Rgb,
            None => ColorModel::Gray,
        },
        alpha: photo.alpha.is_some(),
        frames: 1,
        animation: None,
        scans: 1,
        orientation: Ok(Some(photo.orientation)),
        colors,
        decoder: photo.memory()?,
        held: photo.held(),
        plain: false,
        warnings,
    })
}
