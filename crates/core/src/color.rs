//! Converts colors to sRGB: embedded profiles, what stands in for one, and CMYK without one. The only file that knows the color crate.

mod colorimetry;
mod primaries;

use std::fmt;

use moxcms::{ColorProfile, DataColorSpace, Layout as Channels, ProfileText, TransformOptions};

use crate::error::Error;
use crate::raster::{Layout, Raster};

use colorimetry::Colorimetry;
pub(crate) use colorimetry::Transfer;
pub(crate) use primaries::Primaries;

/// The kind of colors that a file stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColorModel {
    /// One sample per pixel: black to white.
    Gray,
    /// Red, green and blue, also when stored as YCbCr or through a palette.
    Rgb,
    /// Four inks, also when stored as YCCK.
    Cmyk,
}

/// An embedded color profile, or other metadata that says which colors are stored: read, suitable for its photo, and convertible
/// to sRGB.
#[derive(Clone)]
pub struct Profile {
    name: String,
    /// `None` if the profile is sRGB in all but name: then nothing is converted.
    conversion: Option<Conversion>,
}

#[derive(Clone)]
enum Conversion {
    Icc(Box<ColorProfile>),
    Colorimetry(Box<Colorimetry>),
}

/// Why an embedded profile is ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProfileFault {
    /// It cannot be read, or cannot be converted to sRGB.
    Broken,
    /// It describes a different kind of colors, for instance an RGB profile in a gray photo.
    Mismatched,
}

impl Profile {
    /// The profile's own name, without control characters; or the colors, with their source in parentheses.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether its colors are sRGB already, so that nothing needs converting.
    pub fn is_srgb(&self) -> bool {
        self.conversion.is_none()
    }

    /// Reads an ICC profile embedded in a photo of `model` colors.
    pub(crate) fn read(icc: &[u8], model: ColorModel) -> Result<Profile, ProfileFault> {
        let profile = ColorProfile::new_from_slice(icc).map_err(|_| ProfileFault::Broken)?;
        let expected = match model {
            ColorModel::Gray => DataColorSpace::Gray,
            ColorModel::Rgb => DataColorSpace::Rgb,
            ColorModel::Cmyk => DataColorSpace::Cmyk,
        };
        if profile.color_space != expected {
            return Err(ProfileFault::Mismatched);
        }
        let name = describe(&profile);
        let is_srgb = match model {
            ColorModel::Cmyk => {
                convert(&profile, Channels::Rgba, &[0; 4]).ok_or(ProfileFault::Broken)?;
                false
            }
            ColorModel::Gray => {
                let ramp = gray_ramp(&profile).ok_or(ProfileFault::Broken)?;
                ramp.iter()
                    .zip(0..)
                    .all(|(rgb, gray)| close(rgb, &[gray; 3]))
            }
            ColorModel::Rgb => {
                let probes = probe_colors();
                let converted = convert(&profile, Channels::Rgb, probes.as_flattened());
                close(
                    &converted.ok_or(ProfileFault::Broken)?,
                    probes.as_flattened(),
                )
            }
        };
        Ok(Profile {
            name,
            conversion: (!is_srgb).then(|| Conversion::Icc(Box::new(profile))),
        })
    }

    /// For RGB or gray with this bit depth, these primaries and this curve; `None` if they make no color space.
    pub(crate) fn described(
        name: String,
        primaries: &Primaries,
        transfer: Transfer,
        bits: u8,
    ) -> Option<Profile> {
        let colorimetry = Colorimetry::new(primaries, transfer, bits)?;
        let is_kept = |color: &[u8; 3]| close(&colorimetry.to_srgb(*color), color);
        let is_srgb = colorimetry.narrowed().is_none() && probe_colors().iter().all(is_kept);
        Some(Profile {
            name,
            conversion: (!is_srgb).then(|| Conversion::Colorimetry(Box::new(colorimetry))),
        })
    }
}

impl Profile {
    /// What each 16-bit sample becomes before resampling; `None`: the nearest of 8 bits.
    pub(crate) fn narrowed(&self) -> Option<&[u8]> {
        match self.conversion.as_ref()? {
            Conversion::Colorimetry(colorimetry) => colorimetry.narrowed(),
            Conversion::Icc(_) => None,
        }
    }
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profile")
            .field("name", &self.name)
            .field("is_srgb", &self.is_srgb())
            .finish()
    }
}

/// The raster with its colors in sRGB: converted with `profile`, or CMYK by the usual formula.
pub(crate) fn to_srgb(raster: Raster, profile: Option<&Profile>) -> Result<Raster, Error> {
    let failed = || Error::internal("the color conversion failed after it was tried");
    let conversion = match profile.and_then(|profile| profile.conversion.as_ref()) {
        None => {
            return Ok(match raster.layout() {
                Layout::Cmyk => raster.map(Layout::Rgb, cmyk_by_formula),
                Layout::Rgb | Layout::Rgba | Layout::Planar | Layout::YCbCr => raster,
            });
        }
        Some(Conversion::Colorimetry(colorimetry)) => {
            let raster = raster.interleaved();
            return Ok(match raster.layout() {
                Layout::Rgba => raster.map(Layout::Rgba, |[r, g, b, alpha]| {
                    let [r, g, b] = colorimetry.to_srgb([r, g, b]);
                    [r, g, b, alpha]
                }),
                Layout::Rgb => raster.map(Layout::Rgb, |color| colorimetry.to_srgb(color)),
                Layout::Cmyk | Layout::Planar | Layout::YCbCr => return Err(failed()),
            });
        }
        Some(Conversion::Icc(profile)) => profile,
    };
    let raster = raster.interleaved();
    if conversion.color_space == DataColorSpace::Gray {
        let ramp = gray_ramp(conversion).ok_or_else(failed)?;
        let look_up = |gray: u8| ramp[usize::from(gray)];
        return Ok(match raster.layout() {
            Layout::Rgba => raster.map(Layout::Rgba, |[gray, _, _, alpha]| {
                let [r, g, b] = look_up(gray);
                [r, g, b, alpha]
            }),
            Layout::Rgb => raster.map(Layout::Rgb, |[gray, _, _]| look_up(gray)),
            Layout::Cmyk | Layout::Planar | Layout::YCbCr => return Err(failed()),
        });
    }
    let (from, layout) = match raster.layout() {
        Layout::Rgb => (Channels::Rgb, Layout::Rgb),
        Layout::Rgba => (Channels::Rgba, Layout::Rgba),
        Layout::Cmyk => (Channels::Rgba, Layout::Rgb),
        Layout::Planar | Layout::YCbCr => return Err(failed()),
    };
    let samples = convert_to(conversion, from, raster.samples(), layout).ok_or_else(failed)?;
    Raster::new(raster.size(), layout, samples).ok_or_else(failed)
}

/// How every browser shows CMYK without a profile.
fn cmyk_by_formula([c, m, y, k]: [u8; 4]) -> [u8; 3] {
    [c, m, y].map(|ink| {
        let light = u32::from(255 - ink) * u32::from(255 - k);
        ((light + 127) / 255) as u8
    })
}

/// sRGB for each of the 256 grays of a gray profile.
fn gray_ramp(profile: &ColorProfile) -> Option<[[u8; 3]; 256]> {
    let grays: [u8; 256] = std::array::from_fn(|i| i as u8);
    let samples = convert(profile, Channels::Gray, &grays)?;
    let (pixels, _) = samples.as_chunks::<3>();
    pixels.try_into().ok()
}

fn convert(profile: &ColorProfile, from: Channels, samples: &[u8]) -> Option<Vec<u8>> {
    convert_to(profile, from, samples, Layout::Rgb)
}

fn convert_to(
    profile: &ColorProfile,
    from: Channels,
    samples: &[u8],
    to: Layout,
) -> Option<Vec<u8>> {
    let to_channels = if to == Layout::Rgba {
        Channels::Rgba
    } else {
        Channels::Rgb
    };
    let srgb = ColorProfile::new_srgb();
    let transform = profile
        .create_transform_8bit(from, &srgb, to_channels, TransformOptions::default())
        .ok()?;
    let pixels = samples.len() / from.channels();
    let mut converted = vec![0; pixels * to.channels()];
    transform.transform(samples, &mut converted).ok()?;
    Some(converted)
}

/// A grid of 6 x 6 x 6 colors, enough to tell one RGB space from another.
fn probe_colors() -> Vec<[u8; 3]> {
    let levels = [0, 51, 102, 153, 204, 255];
    let mut colors = Vec::with_capacity(216);
    for r in levels {
        for g in levels {
            colors.extend(levels.map(|b| [r, g, b]));
        }
    }
    colors
}

/// Whether two colors are indistinguishable: many sRGB profiles differ from each other by a rounding step.
fn close(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.abs_diff(*b) <= 2)
}

fn describe(profile: &ColorProfile) -> String {
    let text = match &profile.description {
        Some(ProfileText::PlainString(text)) => text.as_str(),
        Some(ProfileText::Localizable(texts)) => texts.first().map_or("", |text| &text.value),
        Some(ProfileText::Description(text)) => &text.ascii_string,
        None => "",
    };
    let clean: String = text.chars().filter(|c| !c.is_control()).take(64).collect();
    match clean.trim() {
        "" => "unnamed profile".to_owned(),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Size;

    fn pixel(layout: Layout, samples: &[u8]) -> Raster {
        Raster::new(Size::new(1, 1).unwrap(), layout, samples.to_vec()).unwrap()
    }

    #[test]
    fn srgb_is_recognized_and_left_alone() {
        let icc = ColorProfile::new_srgb().encode().unwrap();
        let profile = Profile::read(&icc, ColorModel::Rgb).unwrap();
        assert!(profile.is_srgb());
        let raster = pixel(Layout::Rgb, &[11, 22, 33]);
        assert_eq!(to_srgb(raster.clone(), Some(&profile)).unwrap(), raster);
    }

    #[test]
    fn display_p3_red_is_more_than_srgb_red() {
        let icc = ColorProfile::new_display_p3().encode().unwrap();
        let profile = Profile::read(&icc, ColorModel::Rgb).unwrap();
        assert!(!profile.is_srgb());
        // P3 (200, 100, 50) is sRGB (214.9, 92.6, 31.0), by the matrices of both standards in floating point.
        let converted = to_srgb(pixel(Layout::Rgba, &[200, 100, 50, 77]), Some(&profile)).unwrap();
        assert!(
            close(converted.samples(), &[215, 93, 31, 77]),
            "{:?}",
            converted.samples()
        );
    }

    #[test]
    fn a_profile_for_other_colors_is_mismatched() {
        let rgb = ColorProfile::new_srgb().encode().unwrap();
        assert_eq!(
            Profile::read(&rgb, ColorModel::Gray).unwrap_err(),
            ProfileFault::Mismatched
        );
        assert_eq!(
            Profile::read(&rgb[..200], ColorModel::Rgb).unwrap_err(),
            ProfileFault::Broken
        );
    }

    #[test]
    fn gray_with_gamma_one_becomes_lighter() {
        let icc = ColorProfile::new_gray_with_gamma(1.0).encode().unwrap();
        let profile = Profile::read(&icc, ColorModel::Gray).unwrap();
        let converted = to_srgb(pixel(Layout::Rgb, &[55; 3]), Some(&profile)).unwrap();
        // Linear 55/255 is 0.2157, which sRGB encodes as 0.5020: 128.
        assert!(
            close(converted.samples(), &[128; 3]),
            "{:?}",
            converted.samples()
        );
    }

    #[test]
    fn cmyk_without_a_profile_goes_by_formula() {
        let converted = to_srgb(pixel(Layout::Cmyk, &[0, 255, 51, 102]), None).unwrap();
        assert_eq!(converted.samples(), [153, 0, 122]);
    }
}
