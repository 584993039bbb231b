//! Which colors a HEIC has, and how its samples encode them (ITU-T H.273).

use super::boxes::unsupported;
use super::picture::Photo;
use super::properties::CodePoints;
use crate::allocate;
use crate::color::{Primaries, Profile, Transfer};
use crate::error::Error;
use crate::header::Colors;
use crate::warning::Warning;

/// How much red and blue contribute to luma.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Matrix {
    Weights {
        red: f64,
        blue: f64,
    },
    /// Green, blue and red are stored in place of Y, Cb and Cr.
    Identity,
}

impl Matrix {
    /// The one that JPEG uses.
    pub(super) const BT601: Matrix = Matrix::Weights {
        red: 0.299,
        blue: 0.114,
    };

    /// The matrix for code points (H.273, table 4).
    pub(super) fn of(said: &CodePoints) -> Result<Matrix, Error> {
        let weights = |red, blue| Ok(Matrix::Weights { red, blue });
        match said.matrix {
            0 => Ok(Matrix::Identity),
            1 => weights(0.2126, 0.0722),
            2 | 5 | 6 => Ok(Matrix::BT601),
            4 => weights(0.30, 0.11),
            7 => weights(0.212, 0.087),
            9 => weights(0.2627, 0.0593),
            // Derived from the primaries.
            12 => {
                let primaries = u8::try_from(said.primaries)
                    .ok()
                    .and_then(Primaries::of_code);
                let luminance = primaries.and_then(|(primaries, _)| primaries.luminance());
                match luminance {
                    Some([red, _, blue]) => weights(red, blue),
                    None => Ok(Matrix::BT601),
                }
            }
            _ => Err(unsupported("a rarely used color matrix")),
        }
    }
}

/// The colors that the container declares: an ICC profile goes before code points (ISO/IEC 23000-22, 7.3.6.4).
pub(super) fn colors(photo: &Photo, most: u64, warnings: &mut Vec<Warning>) -> Colors {
    if let Some(profile) = photo.icc {
        if profile.len() as u64 > most {
            return Colors::Broken;
        }
        let Ok(mut icc) = allocate::reserve(profile.len()) else {
            return Colors::Broken;
        };
        icc.extend_from_slice(profile);
        return Colors::Icc {
            icc,
            otherwise: None,
        };
    }
    let said = &photo.code_points;
    if said.primaries == 2 && said.transfer == 2 {
        return Colors::Unsaid;
    }
    match described(said) {
        Some((profile, transfer)) => {
            if transfer.is_hdr() {
                warnings.push(Warning::HighDynamicRange);
            }
            Colors::Described(profile)
        }
        None => {
            warnings.push(Warning::UnusableColors("nclx"));
            Colors::Unsaid
        }
    }
}

/// The colors of code points. The video curve is taken for that of sRGB, as in every program that shows HEIC, and so are unspecified
/// colors.
fn described(said: &CodePoints) -> Option<(Profile, Transfer)> {
    let (primaries, colors) = match said.primaries {
        2 => (Primaries::SRGB, "BT.709"),
        code => Primaries::of_code(u8::try_from(code).ok()?)?,
    };
    let (transfer, curve) = match said.transfer {
        1 | 2 | 6 | 14 | 15 => (Transfer::Srgb, "sRGB curve"),
        code => Transfer::of_code(u8::try_from(code).ok()?, None)?,
    };
    let name = format!("{colors}, {curve} (nclx)");
    Some((Profile::described(name, &primaries, transfer, 8)?, transfer))
}

/// What luma or chroma samples become among the 8 bits of a JPEG: the full range, and chroma around 128.
pub(super) fn levels(bits: u8, full_range: bool, is_chroma: bool) -> Vec<u8> {
    let Levels { offset, scale } = Levels::new(bits, full_range, is_chroma);
    let middle = if is_chroma { 128.0 } else { 0.0 };
    let level = |sample: u32| (f64::from(sample) - offset) * scale + middle;
    let samples = 0..1u32 << bits;
    samples
        .map(|sample| (level(sample) + 0.5).clamp(0.0, 255.0) as u8)
        .collect()
}

/// What samples become in 8-bit steps: what is subtracted first, and the factor after that.
pub(super) struct Levels {
    pub(super) offset: f64,
    pub(super) scale: f64,
}

impl Levels {
    /// By H.273, 8.3.
    pub(super) fn new(bits: u8, full_range: bool, is_chroma: bool) -> Levels {
        let unit = f64::from(1u32 << (bits - 8));
        let largest = f64::from((1u32 << bits) - 1);
        let (offset, range) = match (full_range, is_chroma) {
            (true, false) => (0.0, largest),
            (true, true) => (128.0 * unit, largest),
            (false, false) => (16.0 * unit, 219.0 * unit),
            (false, true) => (128.0 * unit, 224.0 * unit),
        };
        Levels {
            offset,
            scale: 255.0 / range,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_those_of_the_standard() {
        let of = |bits, full_range, is_chroma, samples: [usize; 4]| {
            let levels = levels(bits, full_range, is_chroma);
            samples.map(|sample| levels[sample])
        };
        assert_eq!(of(8, true, false, [0, 77, 200, 255]), [0, 77, 200, 255]);
        assert_eq!(of(8, true, true, [0, 77, 128, 255]), [0, 77, 128, 255]);
        // (100 - 16) * 255 / 219 = 97.8; (100 - 128) * 255 / 224 + 128 = 96.1.
        assert_eq!(of(8, false, false, [3, 16, 100, 235]), [0, 0, 98, 255]);
        assert_eq!(of(8, false, true, [16, 100, 128, 240]), [1, 96, 128, 255]);
        // 600 * 255 / 1023 = 149.6; (600 - 512) * 255 / 1023 + 128 = 149.9.
        assert_eq!(of(10, true, false, [1, 2, 600, 1023]), [0, 0, 150, 255]);
        assert_eq!(of(10, true, true, [0, 512, 600, 1023]), [0, 128, 150, 255]);
        assert_eq!(of(10, false, false, [64, 68, 400, 940]), [0, 1, 98, 255]);
    }
}
