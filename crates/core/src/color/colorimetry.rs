//! Colors that numbers describe instead of an ICC profile: primaries, a curve, and the peak brightness.

use super::primaries::Primaries;

/// How stored samples become light.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Transfer {
    /// The curve of sRGB.
    Srgb,
    /// A power; 1 is linear.
    Gamma(f64),
    /// SMPTE ST 2084, for pictures up to this many candelas per square meter.
    Pq { peak: f64 },
    /// ARIB STD-B67, for pictures up to that on a screen of [`PEAK`].
    Hlg { peak: f64 },
}

impl Transfer {
    /// The curve of a code point, with its name (ITU-T H.273, table 3).
    pub(crate) fn of_code(code: u8, peak: Option<f64>) -> Option<(Transfer, &'static str)> {
        let peak = peak.unwrap_or(PEAK);
        Some(match code {
            // How a screen shows it (BT.1886), as browsers do, and not what the camera did.
            1 | 6 | 14 | 15 => (Transfer::Gamma(2.4), "BT.709 curve"),
            4 => (Transfer::Gamma(2.2), "gamma 2.2"),
            5 => (Transfer::Gamma(2.8), "gamma 2.8"),
            8 => (Transfer::Gamma(1.0), "linear"),
            13 => (Transfer::Srgb, "sRGB curve"),
            16 => (Transfer::Pq { peak }, "PQ"),
            18 => (Transfer::Hlg { peak }, "HLG"),
            _ => return None,
        })
    }

    /// Whether it goes beyond paper white, so that it must be mapped to the range of sRGB.
    pub(crate) fn is_hdr(self) -> bool {
        matches!(self, Transfer::Pq { .. } | Transfer::Hlg { .. })
    }

    /// The light of a sample: 1 is white, or for PQ paper white, or for HLG the brightest in the scene.
    fn linear(self, sample: f64) -> f64 {
        match self {
            Transfer::Srgb if sample <= 0.04045 => sample / 12.92,
            Transfer::Srgb => ((sample + 0.055) / 1.055).powf(2.4),
            Transfer::Gamma(gamma) => sample.powf(gamma),
            // BT.2100, table 4.
            Transfer::Pq { .. } => {
                let (m1, m2) = (2610.0 / 16384.0, 2523.0 / 4096.0 * 128.0);
                let (c1, c2, c3) = (3424.0 / 4096.0, 2413.0 / 128.0, 2392.0 / 128.0);
                let power = sample.powf(1.0 / m2);
                let light = ((power - c1).max(0.0) / (c2 - c3 * power)).powf(1.0 / m1);
                light * 10_000.0 / PAPER
            }
            // BT.2100, table 5.
            Transfer::Hlg { .. } if sample <= 0.5 => sample * sample / 3.0,
            Transfer::Hlg { .. } => {
                let (a, b, c) = (0.178_832_77, 0.284_668_92, 0.559_910_73);
                (((sample - c) / a).exp() + b) / 12.0
            }
        }
    }
}

/// Paper white in candelas per square meter (BT.2408, 2.1).
const PAPER: f64 = 203.0;
/// The brightness of an HDR picture that does not say: the nominal peak of HLG (BT.2100, table 5).
const PEAK: f64 = 1000.0;

/// Converts stored colors to sRGB.
#[derive(Clone)]
pub(crate) struct Colorimetry {
    /// The light of each 8-bit sample.
    linear: [f32; 256],
    /// What 16-bit samples become first, if 8 bits of their own curve would leave steps in the shadows.
    narrowed: Option<Vec<u8>>,
    /// To the primaries of sRGB, or for HDR to those of BT.2020.
    matrix: [[f32; 3]; 3],
    hdr: Option<Hdr>,
    /// sRGB samples for light from 0 to 1.
    encoded: Vec<u8>,
}

/// Steps of light for looking up an sRGB sample: a fifth of a sample where the curve is steepest.
const STEPS: usize = 1 << 14;

impl Colorimetry {
    /// For samples of this bit depth; `None` if the primaries make no color space.
    pub(crate) fn new(primaries: &Primaries, transfer: Transfer, bits: u8) -> Option<Colorimetry> {
        let (target, hdr) = if transfer.is_hdr() {
            (Primaries::BT2020, Some(Hdr::new(transfer)?))
        } else {
            (Primaries::SRGB, None)
        };
        let is_steep = matches!(transfer, Transfer::Gamma(gamma) if gamma < 1.7);
        let (narrowed, transfer_of_8) = if bits == 16 && is_steep {
            let samples = 0..=u16::MAX;
            let light = samples.map(|sample| transfer.linear(f64::from(sample) / 65_535.0));
            (Some(light.map(encode).collect()), Transfer::Srgb)
        } else {
            (None, transfer)
        };
        let light = |sample: usize| transfer_of_8.linear(sample as f64 / 255.0) as f32;
        Some(Colorimetry {
            linear: std::array::from_fn(light),
            narrowed,
            matrix: narrow(primaries.matrix_to(&target)?),
            hdr,
            encoded: (0..=STEPS)
                .map(|step| encode(step as f64 / STEPS as f64))
                .collect(),
        })
    }

    /// What each 16-bit sample becomes before it is converted; `None`: the nearest of 8 bits.
    pub(crate) fn narrowed(&self) -> Option<&[u8]> {
        self.narrowed.as_deref()
    }

    /// A color in sRGB.
    pub(crate) fn to_srgb(&self, color: [u8; 3]) -> [u8; 3] {
        let linear = color.map(|sample| self.linear[usize::from(sample)]);
        let mut light = apply(&self.matrix, linear);
        if let Some(hdr) = &self.hdr {
            light = hdr.to_srgb(light);
        }
        // A conversion to an integer clips what lies outside.
        light.map(|light| self.encoded[((light * STEPS as f32 + 0.5) as usize).min(STEPS)])
    }
}

/// The sRGB sample for light from 0 to 1.
fn encode(light: f64) -> u8 {
    let sample = if light <= 0.003_130_8 {
        12.92 * light
    } else {
        1.055 * light.powf(1.0 / 2.4) - 0.055
    };
    (255.0 * sample).round() as u8
}

fn narrow(matrix: super::primaries::Matrix) -> [[f32; 3]; 3] {
    matrix.map(|row| row.map(|value| value as f32))
}

fn apply(matrix: &[[f32; 3]; 3], [r, g, b]: [f32; 3]) -> [f32; 3] {
    matrix.map(|row| row[0] * r + row[1] * g + row[2] * b)
}

/// Maps BT.2020 light beyond paper white down to sRGB: SMPTE ST 2094-50's operator for pictures without one of their own,
/// as browsers do. Up to paper white everything is scaled alike, so that tones keep their distances; above, it bends.
#[derive(Clone)]
struct Hdr {
    matrix: [[f32; 3]; 3],
    /// The weights of a scene's luminance before it becomes light of a screen; HLG alone.
    luminance: Option<[f32; 3]>,
    /// The brightest light, with paper white as 1, and how much of white the paper keeps.
    peak: f32,
    paper: f32,
}

/// How far the bend continues the line before it.
const KAPPA: f32 = 0.65;

impl Hdr {
    fn new(transfer: Transfer) -> Option<Hdr> {
        let (peak, luminance) = match transfer {
            Transfer::Hlg { peak } => (peak, Primaries::BT2020.luminance()),
            Transfer::Pq { peak } => (peak, None),
            _ => return None,
        };
        // What is no brighter than paper is not mapped but clipped, each component by itself.
        let peak = peak.max(PAPER) / PAPER;
        let headroom = (peak.ln() / (PEAK / PAPER).ln()).min(1.0);
        Some(Hdr {
            matrix: narrow(Primaries::BT2020.matrix_to(&Primaries::SRGB)?),
            luminance: luminance.map(|weights| weights.map(|weight| weight as f32)),
            peak: peak as f32,
            paper: (1.0 - 0.5 * headroom) as f32,
        })
    }

    fn to_srgb(&self, mut light: [f32; 3]) -> [f32; 3] {
        if let Some([r, g, b]) = self.luminance {
            // The system gamma of a screen of 1,000 candelas is 1.2 (BT.2100, table 5).
            let luminance = r * light[0] + g * light[1] + b * light[2];
            let scale = (PEAK / PAPER) as f32 * luminance.max(0.0).powf(0.2);
            light = light.map(|light| light * scale);
        }
        // All components alike, so the hue stays.
        let most = light.into_iter().fold(0.0, f32::max);
        let gain = if most > 1.0 && self.peak > 1.0 {
            self.bend(most) / most
        } else {
            self.paper
        };
        apply(&self.matrix, light.map(|light| light * gain))
    }

    /// Maps light from paper to the peak onto the range left up to white: a Bezier curve of three points.
    fn bend(&self, light: f32) -> f32 {
        let (peak, paper) = (self.peak, self.paper);
        let light = light.min(peak);
        let middle = [1.0 - KAPPA + KAPPA / paper, (1.0 - KAPPA) * paper + KAPPA];
        // Where on the curve the light lies: x = 1 + b t + a t^2.
        let (a, b) = (1.0 - 2.0 * middle[0] + peak, 2.0 * (middle[0] - 1.0));
        let root = (b * b + 4.0 * a * (light - 1.0)).max(0.0).sqrt();
        // In this form nothing is divided by a, which may be zero.
        let t = if b + root > 0.0 {
            2.0 * (light - 1.0) / (b + root)
        } else {
            1.0
        };
        let (c, d) = (paper - 2.0 * middle[1] + 1.0, 2.0 * (middle[1] - paper));
        paper + t * (d + t * c)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(primaries: Primaries, transfer: Transfer, color: [u8; 3]) -> [u8; 3] {
        Colorimetry::new(&primaries, transfer, 8)
            .unwrap()
            .to_srgb(color)
    }

    /// What Chromium 148 shows.
    #[test]
    fn colors_are_those_of_a_browser() {
        let pq = |peak| Transfer::Pq { peak };
        let hlg = |peak| Transfer::Hlg { peak };
        let cases = [
            (
                Primaries::DISPLAY_P3,
                Transfer::Srgb,
                [200, 60, 40],
                [217, 42, 23],
            ),
            (
                Primaries::SRGB,
                Transfer::Gamma(1.0),
                [200, 60, 40],
                [229, 133, 110],
            ),
            (
                Primaries::SRGB,
                Transfer::Gamma(2.4),
                [51, 204, 102],
                [40, 201, 94],
            ),
            (
                Primaries::BT2020,
                Transfer::Gamma(2.4),
                [51, 204, 102],
                [0, 212, 72],
            ),
            (Primaries::BT2020, pq(1000.0), [128; 3], [132; 3]),
            (Primaries::BT2020, pq(1000.0), [150; 3], [193; 3]),
            (Primaries::BT2020, pq(1000.0), [170; 3], [229; 3]),
            (Primaries::BT2020, pq(1000.0), [195; 3], [255; 3]),
            (Primaries::BT2020, pq(400.0), [128; 3], [163; 3]),
            (Primaries::BT2020, hlg(1000.0), [128; 3], [99; 3]),
            (Primaries::BT2020, hlg(1000.0), [200; 3], [202; 3]),
            (Primaries::BT2020, hlg(1000.0), [255; 3], [255; 3]),
            (Primaries::BT2020, hlg(400.0), [80; 3], [72; 3]),
            (Primaries::BT2020, hlg(400.0), [208; 3], [248; 3]),
            (Primaries::BT2020, hlg(400.0), [103, 186, 52], [0, 221, 0]),
            (Primaries::BT2020, pq(100.0), [255, 75, 242], [255, 0, 255]),
            (Primaries::BT2020, pq(100.0), [81, 11, 121], [78, 0, 168]),
        ];
        for (primaries, transfer, color, expected) in cases {
            let found = converted(primaries, transfer, color);
            let is_near = found.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 1);
            assert!(
                is_near,
                "{transfer:?} {color:?}: {found:?}, not {expected:?}"
            );
        }
    }

    #[test]
    fn brighter_stays_brighter() {
        for transfer in [
            Transfer::Pq { peak: 1.0 },
            Transfer::Pq { peak: 250.0 },
            Transfer::Pq { peak: 10_000.0 },
            Transfer::Hlg { peak: 400.0 },
            Transfer::Hlg { peak: 1000.0 },
        ] {
            let colorimetry = Colorimetry::new(&Primaries::BT2020, transfer, 8).unwrap();
            let ramp: Vec<_> = (0..=255)
                .map(|gray| colorimetry.to_srgb([gray; 3]))
                .collect();
            assert!(ramp.is_sorted(), "{transfer:?}: {ramp:?}");
            assert_eq!((ramp[0], ramp[255]), ([0; 3], [255; 3]), "{transfer:?}");
        }
    }
}
