//! Which colors a PNG has: cICP takes precedence over iCCP, that over sRGB, and that over gAMA and cHRM (third edition, 4.3).

use super::inflate::icc_profile;
use crate::color::{Primaries, Profile, Transfer};
use crate::header::Colors;
use crate::warning::Warning;

/// The first chunk of each kind that is about colors, before the pixels.
#[derive(Default)]
pub(super) struct ColorChunks<'a> {
    cicp: Option<&'a [u8]>,
    iccp: Option<&'a [u8]>,
    srgb: Option<&'a [u8]>,
    gama: Option<&'a [u8]>,
    chrm: Option<&'a [u8]>,
    mdcv: Option<&'a [u8]>,
    clli: Option<&'a [u8]>,
}

impl<'a> ColorChunks<'a> {
    /// Takes a chunk, if it is one of them.
    pub(super) fn take(&mut self, kind: &[u8; 4], data: &'a [u8]) {
        let place = match kind {
            b"cICP" => &mut self.cicp,
            b"iCCP" => &mut self.iccp,
            b"sRGB" => &mut self.srgb,
            b"gAMA" => &mut self.gama,
            b"cHRM" => &mut self.chrm,
            b"mDCV" => &mut self.mdcv,
            b"cLLI" => &mut self.clli,
            _ => return,
        };
        place.get_or_insert(data);
    }

    /// The colors that they declare together for samples of this bit depth, with this limit on a profile's bytes.
    pub(super) fn colors(&self, bits: u8, most: u64, warnings: &mut Vec<Warning>) -> Colors {
        if let Some(data) = self.cicp {
            match self.code_points(data, bits) {
                Some((profile, transfer)) => {
                    if transfer.is_hdr() {
                        warnings.push(Warning::HighDynamicRange);
                    }
                    return Colors::Described(profile);
                }
                None => warnings.push(Warning::UnusableColors("cICP")),
            }
        }
        let Some(chunk) = self.iccp else {
            return match self.without_profile(bits, warnings) {
                Some(profile) => Colors::Described(profile),
                None => Colors::Unsaid,
            };
        };
        match icc_profile(chunk, most) {
            // The other chunks serve if the profile turns out to be unusable; they cause no warnings.
            Some(icc) => Colors::Icc {
                icc,
                otherwise: self.without_profile(bits, &mut Vec::new()),
            },
            None => match self.without_profile(bits, warnings) {
                Some(profile) => {
                    warnings.push(Warning::UnusableColors("iCCP"));
                    Colors::Described(profile)
                }
                None => Colors::Broken,
            },
        }
    }

    /// What sRGB, gAMA and cHRM declare; each counts only if it has the right length, and is otherwise ignored.
    fn without_profile(&self, bits: u8, warnings: &mut Vec<Warning>) -> Option<Profile> {
        let mut usable = |name, chunk: Option<&'a [u8]>, is_sound: fn(&[u8]) -> bool| {
            let sound = chunk.filter(|data| is_sound(data));
            if chunk.is_some() && sound.is_none() {
                warnings.push(Warning::UnusableColors(name));
            }
            sound
        };
        // One of four rendering intents (11.3.2.5).
        let srgb = usable("sRGB", self.srgb, |data| matches!(data, [0..=3]));
        if srgb.is_some() {
            return None;
        }
        let gama = usable("gAMA", self.gama, |data| exponent(data).is_some())?;
        let chrm = usable("cHRM", self.chrm, |data| data.len() == 32);
        let exponent = exponent(gama)?;
        gamma(exponent, chrm, bits).unwrap_or_else(|Unusable| {
            warnings.push(Warning::UnusableColors("cHRM"));
            gamma(exponent, None, bits).ok().flatten()
        })
    }

    /// cICP (11.3.2.6): code points of H.273. An image has the full range of samples, and no matrix because it is RGB.
    fn code_points(&self, data: &[u8], bits: u8) -> Option<(Profile, Transfer)> {
        let &[primaries, transfer, 0, 1] = data else {
            return None;
        };
        let (primaries, colors) = Primaries::of_code(primaries)?;
        let (transfer, curve) = Transfer::of_code(transfer, self.peak())?;
        let name = format!("{colors}, {curve} (cICP)");
        Some((
            Profile::described(name, &primaries, transfer, bits)?,
            transfer,
        ))
    }

    /// The brightest light in candelas per square meter: of the content (cLLI, 11.3.2.8), or of the mastering screen
    /// (mDCV, 11.3.2.7). Both count in units of 0.0001.
    fn peak(&self) -> Option<f64> {
        let content = self.clli.and_then(|data| number(data, 0));
        let screen = self.mdcv.and_then(|data| number(data, 16));
        let known = |light: &f64| *light > 0.0;
        let light = content.filter(known).or(screen.filter(known))?;
        Some(light / 10_000.0)
    }
}

/// Chromaticities that make no color space.
struct Unusable;

/// The exponent that gAMA (11.3.2.2) means, if it is a screen's.
fn exponent(gama: &[u8]) -> Option<f64> {
    let exponent = 100_000.0 / f64::from(u32::from_be_bytes(gama.try_into().ok()?));
    (0.1..=10.0).contains(&exponent).then_some(exponent)
}

/// gAMA with cHRM (11.3.2.1), if they differ from sRGB. cHRM alone has no effect. Programs that mean sRGB write 45455: values
/// within a twentieth of it count as sRGB, as in libpng and browsers.
fn gamma(exponent: f64, chrm: Option<&[u8]>, bits: u8) -> Result<Option<Profile>, Unusable> {
    let primaries = match chrm {
        None => Primaries::SRGB,
        Some(data) => chromaticities(data).ok_or(Unusable)?,
    };
    let is_usual = (2.2 / exponent - 1.0).abs() < 0.05;
    if is_usual && primaries.is_near(&Primaries::SRGB) {
        return Ok(None);
    }
    let name = match chrm {
        None => format!("gamma {exponent:.2} (gAMA)"),
        Some(_) => format!("gamma {exponent:.2} (gAMA, cHRM)"),
    };
    let profile = Profile::described(name, &primaries, Transfer::Gamma(exponent), bits);
    profile.map(Some).ok_or(Unusable)
}

/// The number at an offset.
fn number(data: &[u8], at: usize) -> Option<f64> {
    let bytes = data.get(at..)?.first_chunk()?;
    Some(u32::from_be_bytes(*bytes).into())
}

/// White, red, green and blue, each x and y in units of 0.00001.
fn chromaticities(data: &[u8]) -> Option<Primaries> {
    let point = |i: usize| -> Option<[f64; 2]> {
        let [x, y] = [number(data, 8 * i)?, number(data, 8 * i + 4)?];
        Some([x / 100_000.0, y / 100_000.0])
    };
    Some(Primaries {
        white: point(0)?,
        red: point(1)?,
        green: point(2)?,
        blue: point(3)?,
    })
}
