//! Pixels that a program already has, because it decoded a photo itself.

use std::borrow::Cow;

use headshot_resample::Layout;

use crate::clock::Clock;
use crate::color::ColorModel;
use crate::decoded::Decoded;
use crate::error::{Error, Limit, check_limit};
use crate::format::Format;
use crate::geometry::Size;
use crate::header::Colors;
use crate::info::Info;
use crate::options::Limits;
use crate::orientation::Orientation;
use crate::plan::Plan;
use crate::probe;
use crate::resize::Rows;
use crate::rotation::Rotation;

/// A picture in memory, for [`normalize_pixels`](crate::normalize_pixels).
///
/// ```
/// use headshot_core::{Options, Orientation, PixelLayout, Pixels, normalize_pixels};
///
/// let red = [200, 10, 20].repeat(30 * 20);
/// let pixels = Pixels {
///     width: 30,
///     height: 20,
///     layout: PixelLayout::Rgb,
///     samples: red.into(),
///     profile: None,
///     orientation: Orientation::Upright,
/// };
/// let avatar = normalize_pixels(&pixels, &Options::default())?;
/// assert_eq!(avatar.side(), 512);
/// # Ok::<(), headshot_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Pixels<'a> {
    /// Stored pixels from left to right, not yet turned upright.
    pub width: u32,
    /// Stored pixels from top to bottom.
    pub height: u32,
    /// The samples of each pixel.
    pub layout: PixelLayout,
    /// All samples, 8 bits each: row after row from the top, without padding.
    pub samples: Cow<'a, [u8]>,
    /// The ICC profile of the colors; without one they are sRGB.
    pub profile: Option<Cow<'a, [u8]>>,
    /// How to turn the pixels upright, if the decoder has not done so.
    pub orientation: Orientation,
}

/// The samples of a pixel, 8 bits each. Alpha is straight: colors are not multiplied with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PixelLayout {
    /// Black to white.
    Gray,
    /// Gray and alpha.
    GrayAlpha,
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue, alpha.
    Rgba,
}

impl PixelLayout {
    /// Samples per pixel.
    pub fn channels(self) -> usize {
        match self {
            PixelLayout::Gray => 1,
            PixelLayout::GrayAlpha => 2,
            PixelLayout::Rgb => 3,
            PixelLayout::Rgba => 4,
        }
    }
}

impl Pixels<'_> {
    /// The size in stored pixels, if there are as many samples as it needs.
    fn size(&self) -> Result<Size, Error> {
        let wrong = Error::WrongSamples {
            width: self.width,
            height: self.height,
            channels: self.layout.channels(),
            found: self.samples.len(),
        };
        let expected = |size: Size| size.area().checked_mul(self.layout.channels() as u64);
        let fits = |size: &Size| expected(*size) == Some(self.samples.len() as u64);
        Size::new(self.width, self.height).filter(fits).ok_or(wrong)
    }

    /// What the picture is, within these limits: as a PNG that holds it would be.
    pub(crate) fn info(&self, limits: &Limits) -> Result<Info, Error> {
        let size = self.size()?;
        check_limit(Limit::Side, size.longer().into(), limits.side.into())?;
        let most = limits.pixels.min(limits.non_jpeg_pixels);
        check_limit(Limit::Pixels, size.area(), most)?;
        let (color, alpha) = match self.layout {
            PixelLayout::Gray => (ColorModel::Gray, false),
            PixelLayout::GrayAlpha => (ColorModel::Gray, true),
            PixelLayout::Rgb => (ColorModel::Rgb, false),
            PixelLayout::Rgba => (ColorModel::Rgb, true),
        };
        let colors = match &self.profile {
            None => Colors::Unsaid,
            Some(icc) if icc.len() as u64 > limits.profile => Colors::Broken,
            Some(icc) => Colors::Icc {
                icc: icc.to_vec(),
                otherwise: None,
            },
        };
        let mut warnings = Vec::new();
        Ok(Info {
            format: Format::Png,
            size: self.orientation.size(size),
            orientation: self.orientation,
            rotation: Rotation::None,
            frames: 1,
            animation: None,
            bytes: self.samples.len() as u64,
            color,
            alpha,
            profile: probe::profile(colors, color, &mut warnings),
            profile_bytes: self.profile.as_ref().map_or(0, |icc| icc.len() as u64),
            // A row with all colors.
            decoder: 4 * u64::from(self.width),
            held: 0,
            plain: false,
            warnings,
        })
    }

    /// The plan's crop, resampled.
    pub(crate) fn resized(&self, plan: &Plan, clock: &Clock) -> Result<Decoded, Error> {
        let size = self.size()?;
        let layout = match self.layout {
            PixelLayout::Gray => Layout::Gray,
            PixelLayout::Rgb => Layout::Rgb,
            PixelLayout::GrayAlpha | PixelLayout::Rgba => Layout::Rgba,
        };
        let mut rows = Rows::new(layout, size, plan.crop, plan.scaled)?;
        let stride = size.width() as usize * self.layout.channels();
        let mut colored = Vec::new();
        for (y, row) in (0..).zip(self.samples.chunks_exact(stride)) {
            clock.check_row(y)?;
            if self.layout != PixelLayout::GrayAlpha {
                rows.push(y, row)?;
                continue;
            }
            let pixels = row.as_chunks().0.iter();
            colored.clear();
            colored.extend(pixels.flat_map(|&[gray, alpha]| [gray, gray, gray, alpha]));
            rows.push(y, &colored)?;
        }
        Ok(Decoded {
            raster: rows.finish()?,
            warnings: Vec::new(),
        })
    }
}
