//! PNG pixels, resampled row by row as they are decoded.

use headshot_png::{Channels, Damage, Depth, End};
use headshot_resample::Layout;

use crate::clock::{Clock, go_on};
use crate::color::Profile;
use crate::decoded::Decoded;
use crate::error::Error;
use crate::format::Format;
use crate::geometry::Size;
use crate::info::Info;
use crate::options::{Damaged, Options};
use crate::plan::Plan;
use crate::resize::Rows;
use crate::warning::Warning;

/// Bytes that decoding takes, at most, of pixels of so many bits: row by row, or held as a whole.
pub(crate) fn memory(size: Size, bits: u64, whole: bool) -> u64 {
    let rows = headshot_png::ROW_BYTES * u64::from(size.width());
    let row = (bits * u64::from(size.width())).div_ceil(8);
    if whole {
        // A header may say anything.
        rows.saturating_add(row.saturating_mul(size.height().into()))
    } else {
        rows
    }
}

/// Decodes the default image, any color type and depth, and resamples the plan's crop row by row.
pub(crate) fn resized(
    photo: &[u8],
    info: &Info,
    plan: &Plan,
    options: &Options,
    clock: &Clock,
) -> Result<Decoded, Error> {
    let stored = info.orientation.size(info.size);
    // The sides were checked against the limits of the caller.
    let limits = headshot_png::Limits {
        pixels: stored.area(),
        side: stored.longer(),
    };
    let header = headshot_png::read_header(photo, &limits).map_err(refusal)?;
    let mut rows = Narrow::new(header.channels, header.depth, stored, plan)?;
    rows.narrowed = info.profile.as_ref().and_then(Profile::narrowed);
    let mut fed = Ok(());
    let damage = match options.damaged {
        Damaged::Refuse => Damage::Refuse,
        Damaged::Accept => Damage::Accept,
    };
    let decoded = headshot_png::decode_rows(photo, &limits, damage, |y, row| {
        fed = if row.is_empty() {
            // Only a chance to stop.
            clock.check()
        } else {
            clock.check_row(y).and_then(|()| rows.push(y, row))
        };
        go_on(&fed)
    });
    fed?;
    let end = decoded.map_err(refusal)?;
    rows.fill(&end, stored, plan)?;
    Ok(Decoded {
        raster: rows.rows.finish()?,
        warnings: Vec::from_iter(warning(&end, stored)),
    })
}

/// What is to be said about the end of a file.
fn warning(end: &End, stored: Size) -> Option<Warning> {
    match end {
        end if end.intact < stored.height() => Some(Warning::MissingPixels {
            intact: end.intact,
            found: end.found,
            expected: stored.height(),
        }),
        End {
            is_marked: false, ..
        } => Some(Warning::MissingEnd(Format::Png)),
        _ => None,
    }
}

pub(super) fn refusal(error: headshot_png::Error) -> Error {
    match error {
        headshot_png::Error::OutOfMemory { bytes } => Error::out_of_memory(bytes),
        headshot_png::Error::Damaged { at, what } => Error::damaged_at(Format::Png, at, what),
        error => Error::damaged(Format::Png, error),
    }
}

/// Makes rows of 8 bits, gray or with all colors, of any that a PNG has.
struct Narrow<'a> {
    rows: Rows,
    /// What 16 bits become, if not the nearest of 8; alpha always becomes that.
    narrowed: Option<&'a [u8]>,
    has_alpha: bool,
    is_wide: bool,
    is_gray_alpha: bool,
    row: Vec<u8>,
}

impl<'a> Narrow<'a> {
    fn new(
        channels: Channels,
        depth: Depth,
        stored: Size,
        plan: &Plan,
    ) -> Result<Narrow<'a>, Error> {
        let layout = match channels {
            Channels::Gray => Layout::Gray,
            Channels::Rgb => Layout::Rgb,
            Channels::GrayAlpha | Channels::Rgba => Layout::Rgba,
        };
        Ok(Narrow {
            rows: Rows::new(layout, stored, plan.crop, plan.scaled)?,
            narrowed: None,
            has_alpha: matches!(channels, Channels::GrayAlpha | Channels::Rgba),
            is_wide: depth == Depth::Sixteen,
            is_gray_alpha: channels == Channels::GrayAlpha,
            row: Vec::new(),
        })
    }

    /// Rows for what was not found: transparent, or of the background.
    fn fill(&mut self, end: &End, stored: Size, plan: &Plan) -> Result<(), Error> {
        if end.found <= plan.crop.y() {
            return Err(Error::damaged(
                Format::Png,
                "none of the rows that are wanted can be decoded",
            ));
        }
        if end.found == stored.height() {
            return Ok(());
        }
        let [r, g, b] = plan.background.unwrap_or_default();
        let pixel = match self.rows.channels() {
            // As bright as the color, nearly.
            Layout::Gray => vec![((u16::from(r) + 2 * u16::from(g) + u16::from(b)) / 4) as u8],
            Layout::Rgb => vec![r, g, b],
            Layout::Rgba | Layout::Four => vec![0; 4],
        };
        let row = pixel.repeat(stored.width() as usize);
        for y in end.found..stored.height() {
            self.rows.push(y, &row)?;
        }
        Ok(())
    }

    fn push(&mut self, y: u32, row: &[u8]) -> Result<(), Error> {
        if !self.is_wide && !self.is_gray_alpha {
            return self.rows.push(y, row);
        }
        self.row.clear();
        let wide = row.as_chunks().0.iter();
        match self.narrowed.filter(|_| self.is_wide) {
            Some(narrowed) => {
                let channels = match (self.is_gray_alpha, self.rows.channels()) {
                    (true, _) => 2,
                    (false, layout) => layout.channels(),
                };
                self.row.extend(wide.enumerate().map(|(i, sample)| {
                    if self.has_alpha && i % channels == channels - 1 {
                        to_8_bits(sample)
                    } else {
                        narrowed[usize::from(u16::from_be_bytes(*sample))]
                    }
                }));
            }
            None if self.is_wide => self.row.extend(wide.map(to_8_bits)),
            None => self.row.extend_from_slice(row),
        }
        if self.is_gray_alpha {
            let (pixels, _) = self.row.as_chunks();
            let pixels = pixels
                .iter()
                .flat_map(|&[gray, alpha]| [gray, gray, gray, alpha]);
            self.row = pixels.collect();
        }
        self.rows.push(y, &self.row)
    }
}

/// 16 bits to 8, to the nearest (PNG, third edition, 13.12): dropping the low byte would darken half of all values.
fn to_8_bits(wide: &[u8; 2]) -> u8 {
    ((u32::from(u16::from_be_bytes(*wide)) * 255 + 32_767) / 65_535) as u8
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
            let found = to_8_bits(&wide.to_be_bytes());
            assert_eq!((found, exact), (narrow, narrow), "{wide:#x}");
        }
    }
}
