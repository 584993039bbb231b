//! Red, green and blue pixels, made the usual way: chroma interpolated to the pixels, all at full size.

use super::bands::Bands;
use super::boxes::unsupported;
use super::colors::{Levels, Matrix};
use super::picture::{Photo, Picture};
use crate::error::Error;
use crate::geometry::Rect;

/// The factor that interpolation applies to chroma samples: weights of 3 and 1 each way.
const PARTS: u16 = 16;

/// Converts samples of Y, Cb and Cr to 8 bits of red, green and blue. All in `f32`, whose 24 bits are more than samples and weights
/// need; no products are fused, so the result is the same on every CPU.
struct Conversion {
    luma: [f32; 2],
    /// The neutral value of chroma, in parts.
    middle: f32,
    red_of_cr: f32,
    green_of_cb: f32,
    green_of_cr: f32,
    blue_of_cb: f32,
}

impl Conversion {
    fn new(photo: &Photo, picture: &Picture) -> Result<Option<Conversion>, Error> {
        let full_range = photo.code_points.full_range;
        let [bits, chroma_bits] = picture.shape.bits;
        let luma = Levels::new(bits, full_range, false);
        let luma_of = [luma.scale as f32, (-luma.offset * luma.scale) as f32];
        let (red, blue) = match Matrix::of(&photo.code_points)? {
            Matrix::Weights { red, blue } => (red, blue),
            Matrix::Identity if picture.shape.ratios != Some([1, 1]) || bits != chroma_bits => {
                return Err(unsupported("RGB with fewer samples of red and blue"));
            }
            Matrix::Identity => return Ok(None),
        };
        let chroma = Levels::new(chroma_bits, full_range, true);
        let green = 1.0 - red - blue;
        let scale = chroma.scale / f64::from(PARTS);
        Ok(Some(Conversion {
            luma: luma_of,
            middle: (chroma.offset * f64::from(PARTS)) as f32,
            red_of_cr: (2.0 * (1.0 - red) * scale) as f32,
            green_of_cb: (-2.0 * blue * (1.0 - blue) / green * scale) as f32,
            green_of_cr: (-2.0 * red * (1.0 - red) / green * scale) as f32,
            blue_of_cb: (2.0 * (1.0 - blue) * scale) as f32,
        }))
    }

    fn convert(&self, [y, cb, cr]: [&[u16]; 3], [r, g, b]: &mut [Vec<u8>; 3]) {
        let [scale, offset] = self.luma;
        let samples = y.iter().zip(cb).zip(cr);
        let pixels = r.iter_mut().zip(g).zip(b);
        for (((y, cb), cr), ((r, g), b)) in samples.zip(pixels) {
            let y = f32::from(*y) * scale + offset;
            let (cb, cr) = (f32::from(*cb) - self.middle, f32::from(*cr) - self.middle);
            *r = to_8_bits(y + cr * self.red_of_cr);
            *g = to_8_bits(y + cb * self.green_of_cb + cr * self.green_of_cr);
            *b = to_8_bits(y + cb * self.blue_of_cb);
        }
    }
}

/// The nearest of 8 bits. Above 2^23 a float has no fraction bits, and its last bits are the integer.
#[inline(always)]
fn to_8_bits(value: f32) -> u8 {
    (value.clamp(0.0, 255.0) + 8_388_608.0).to_bits() as u8
}

/// Makes rows of pixels for a part of a picture.
pub(super) struct Pixels {
    part: Rect,
    /// Available rows and columns of chroma.
    chroma: [u32; 2],
    ratios: Option<[u32; 2]>,
    conversion: Option<Conversion>,
    luma: [f32; 2],
    /// Samples of luma; then the nearest row and the next nearest row of chroma; then Cb and Cr, interpolated.
    y: Vec<u16>,
    near: Vec<u16>,
    far: Vec<u16>,
    interpolated: [Vec<u16>; 2],
    /// The output: red, green and blue, or gray alone.
    pub(super) row: [Vec<u8>; 3],
}

impl Pixels {
    pub(super) fn new(photo: &Photo, picture: &Picture, part: Rect) -> Result<Pixels, Error> {
        let ratios = picture.shape.ratios;
        let conversion = match ratios {
            Some(_) => Conversion::new(photo, picture)?,
            None => None,
        };
        let levels = Levels::new(picture.shape.bits[0], photo.code_points.full_range, false);
        let [across, down] = ratios.unwrap_or([1; 2]);
        let size = picture.size;
        let width = part.size().width() as usize;
        Ok(Pixels {
            part,
            chroma: [size.width().div_ceil(across), size.height().div_ceil(down)],
            ratios,
            conversion,
            luma: [levels.scale as f32, (-levels.offset * levels.scale) as f32],
            y: Vec::new(),
            near: Vec::new(),
            far: Vec::new(),
            interpolated: [Vec::new(), Vec::new()],
            row: [vec![0; width], vec![0; width], vec![0; width]],
        })
    }

    /// The first and the last row of pixels that use the samples of row `y`.
    pub(super) fn needs(&self, y: u32) -> (u32, u32) {
        match self.ratios {
            Some([_, 2]) => (y.saturating_sub(2), y + 1),
            _ => (y, y),
        }
    }

    /// How many of the rows of [`Pixels::row`] are filled: one if there is no color.
    pub(super) fn channels(&self) -> usize {
        if self.ratios.is_some() { 3 } else { 1 }
    }

    /// Makes row `y` of the picture.
    pub(super) fn make(&mut self, bands: &Bands, y: u32) -> Result<(), Error> {
        let columns = self.part.x()..self.part.right();
        bands.row(0, y, columns, &mut self.y)?;
        let Some([across, down]) = self.ratios else {
            self.scale_row(0);
            return Ok(());
        };
        if self.conversion.is_none() {
            // Green, blue, red.
            self.scale_row(1);
            for (component, channel) in [(1, 2), (2, 0)] {
                bands.row(component, y, self.part.x()..self.part.right(), &mut self.y)?;
                self.scale_row(channel);
            }
            return Ok(());
        }
        let [columns, rows] = self.chroma;
        let near = (y / down).min(rows - 1);
        let far = match (down, y % 2) {
            (2, 0) => near.saturating_sub(1),
            (2, _) => (near + 1).min(rows - 1),
            _ => near,
        };
        // One more at both ends, whose neighbors are not needed, unless the picture ends there.
        let from = (self.part.x() / across).saturating_sub(1);
        let to = (self.part.right().div_ceil(across) + 1).min(columns);
        let skipped = (self.part.x() - from * across) as usize;
        for component in [1, 2] {
            bands.row(component, near, from..to, &mut self.near)?;
            bands.row(component, far, from..to, &mut self.far)?;
            let vertical = self.near.iter_mut().zip(&self.far);
            vertical.for_each(|(near, far)| *near = 3 * *near + *far);
            let samples = &mut self.interpolated[component - 1];
            interpolate(&self.near, across, samples);
            samples.drain(..skipped.min(samples.len()));
        }
        if let Some(conversion) = &self.conversion {
            let [cb, cr] = &self.interpolated;
            conversion.convert([&self.y, cb, cr], &mut self.row);
        }
        Ok(())
    }

    /// Makes a channel from samples that already are that channel.
    fn scale_row(&mut self, channel: usize) {
        let [scale, offset] = self.luma;
        for (pixel, sample) in self.row[channel].iter_mut().zip(&self.y) {
            *pixel = to_8_bits(f32::from(*sample) * scale + offset);
        }
    }
}

/// Four times the value of samples in a row, or of points halfway between: three parts of the nearer and one of the other, as in
/// libjpeg and libheif.
fn interpolate(samples: &[u16], across: u32, out: &mut Vec<u16>) {
    out.clear();
    if across == 1 {
        out.extend(samples.iter().map(|sample| 4 * sample));
        return;
    }
    let (Some(first), Some(last)) = (samples.first(), samples.last()) else {
        return;
    };
    out.resize(2 * samples.len(), 0);
    let (pairs, _) = out.as_chunks_mut::<2>();
    let middle = samples.windows(3).zip(pairs.iter_mut().skip(1));
    for (samples, pair) in middle {
        let twice = 3 * samples[1];
        *pair = [twice + samples[0], twice + samples[2]];
    }
    let second = samples.get(1).unwrap_or(first);
    let before_last = samples.len().checked_sub(2).and_then(|i| samples.get(i));
    pairs[0] = [4 * first, 3 * first + second];
    let end = pairs.len() - 1;
    let left = if end == 0 {
        pairs[0][0]
    } else {
        3 * last + before_last.unwrap_or(last)
    };
    pairs[end] = [left, 4 * last];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chroma_is_interpolated() {
        let mut out = Vec::new();
        interpolate(&[10, 20, 60], 2, &mut out);
        assert_eq!(out, [40, 50, 70, 120, 200, 240]);
        interpolate(&[10, 20], 2, &mut out);
        assert_eq!(out, [40, 50, 70, 80]);
        interpolate(&[10], 2, &mut out);
        assert_eq!(out, [40, 40]);
        interpolate(&[10, 20], 1, &mut out);
        assert_eq!(out, [40, 80]);
    }

    #[test]
    fn floats_are_rounded_and_cut_off() {
        let found = [-3.0, 0.4, 0.6, 99.5001, 254.7, 900.0].map(to_8_bits);
        assert_eq!(found, [0, 0, 1, 100, 255, 255]);
    }
}
