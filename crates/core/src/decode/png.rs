//! PNG pixels and profile. The only decoder file that knows the PNG decoders.

use std::collections::HashSet;
use std::io::{self, BufRead, Cursor, Read, Seek, SeekFrom};
use std::ops::ControlFlow;

use headshot_png::{Channels, Damage, Depth, End};
use headshot_resample::Layout;
use png::{BitDepth, ColorType, DecodeOptions, Decoder, Limits, Reader, Transformations};

use super::Decoded;
use crate::clock::Clock;
use crate::color::ColorModel;
use crate::error::Error;
use crate::geometry::Size;
use crate::options::{Damaged, Options};
use crate::plan::Plan;
use crate::probe::{Format, Info};
use crate::report::Warning;
use crate::resize::Rows;
use crate::room;

/// The profile in an iCCP chunk (PNG, third edition, 11.3.2.3), inflated, or `None` where it cannot be or is larger than
/// `most` bytes.
pub(crate) fn icc_profile(chunk: &[u8], most: u64) -> Option<Vec<u8>> {
    let end = chunk.iter().take(80).position(|byte| *byte == 0)?;
    let (&0, stream) = chunk[end + 1..].split_first()? else {
        return None;
    };
    fdeflate::decompress_to_vec_bounded(stream, usize::try_from(most).ok()?).ok()
}

/// Bytes that decoding takes, at most, of pixels of these: row by row, or held as a whole.
pub(crate) fn memory(size: Size, color: ColorModel, alpha: bool, depth: u8, whole: bool) -> u64 {
    let channels = match color {
        ColorModel::Gray => 1,
        _ => 3,
    };
    let pixel = (channels + u64::from(alpha)) * if depth == 16 { 2 } else { 1 };
    let rows = headshot_png::ROW_BYTES * u64::from(size.width());
    match whole {
        true => rows + pixel * size.area(),
        false => rows,
    }
}

/// How often the clock is looked at, in rows.
const ROWS: u32 = 16;

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
    let header = match headshot_png::read_header(photo, &limits) {
        Ok(header) => header,
        Err(headshot_png::Error::Unsupported { .. }) => {
            return rare(photo, stored, plan, options, clock);
        }
        Err(error) => return Err(refusal(error)),
    };
    let mut rows = Narrow::new(header.channels, header.depth, stored, plan)?;
    let mut fed = Ok(());
    let damage = match options.damaged {
        Damaged::Refuse => Damage::Refuse,
        Damaged::Accept => Damage::Accept,
    };
    let decoded = headshot_png::decode_rows(photo, &limits, damage, |y, row| {
        fed = match y % ROWS == 0 || row.is_empty() {
            true => clock.check(),
            false => Ok(()),
        };
        if fed.is_ok() && !row.is_empty() {
            fed = rows.push(y, row);
        }
        match fed {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    });
    fed?;
    let end = decoded.map_err(refusal)?;
    rows.fill(&end, stored, plan)?;
    Ok(Decoded {
        raster: rows.rows.finish()?,
        warnings: Vec::from_iter(warning(&end, stored)),
    })
}

/// Whether a whole file is as short as its picture allows: `None` where only a general decoder could tell.
///
/// Its chunks of pixels hold nothing else then, and no pixel has a color that nobody can see.
pub(crate) fn check(photo: &[u8], info: &Info, clock: &Clock) -> Result<Option<Found>, Error> {
    let stored = info.orientation.size(info.size);
    let limits = headshot_png::Limits {
        pixels: stored.area(),
        side: stored.longer(),
    };
    let header = match headshot_png::read_header(photo, &limits) {
        Ok(header) if header.depth == Depth::Eight => header,
        Ok(_) | Err(headshot_png::Error::Unsupported { .. }) => return Ok(None),
        Err(error) => return Err(refusal(error)),
    };
    // The type of colors in the header: a palette.
    let is_indexed = photo.get(25) == Some(&3);
    let mut found = Found::default();
    let mut late = Ok(());
    let decoded = headshot_png::decode_rows(photo, &limits, Damage::Refuse, |y, row| {
        if y % ROWS == 0 || row.is_empty() {
            late = clock.check();
        }
        found.look(header.channels, row);
        if is_indexed {
            found.note(header.channels, row);
        }
        match late {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    });
    late?;
    let end = decoded.map_err(refusal)?;
    Ok((end.is_marked && !end.has_spare).then_some(found))
}

/// What of a PNG's colors is seen.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Whether there are transparent pixels at all, and some of them with a color.
    pub(crate) has_holes: bool,
    pub(crate) has_hidden_colors: bool,
    /// The colors of all pixels, with their alpha, where they come from a palette.
    pub(crate) colors: HashSet<[u8; 4]>,
}

impl Found {
    fn look(&mut self, channels: Channels, row: &[u8]) {
        match channels {
            Channels::Gray => {}
            Channels::GrayAlpha => {
                for [gray, alpha] in row.as_chunks().0 {
                    self.has_holes |= *alpha == 0;
                    self.has_hidden_colors |= *alpha == 0 && *gray != 0;
                }
            }
            Channels::Rgb => {}
            Channels::Rgba => {
                for &[r, g, b, alpha] in row.as_chunks().0 {
                    self.has_holes |= alpha == 0;
                    self.has_hidden_colors |= alpha == 0 && [r, g, b] != [0; 3];
                }
            }
        }
    }

    /// Remembers the colors of a row.
    fn note(&mut self, channels: Channels, row: &[u8]) {
        let mut last = None;
        for pixel in row.chunks_exact(channels.count()) {
            let color = match *pixel {
                [r, g, b] => [r, g, b, 255],
                [r, g, b, alpha] => [r, g, b, alpha],
                _ => continue,
            };
            if last.replace(color) != Some(color) {
                self.colors.insert(color);
            }
        }
    }
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

fn refusal(error: headshot_png::Error) -> Error {
    match error {
        headshot_png::Error::OutOfMemory { bytes } => Error::out_of_memory(bytes),
        error => Error::damaged(Format::Png, error),
    }
}

/// What our own decoder leaves to a general one: interlaced pictures, which are held as a whole, and animations.
fn rare(
    photo: &[u8],
    stored: Size,
    plan: &Plan,
    options: &Options,
    clock: &Clock,
) -> Result<Decoded, Error> {
    let damaged = |source| match clock.check() {
        Ok(()) => Error::damaged(Format::Png, source),
        Err(late) => late,
    };
    let mut reader = reader(photo, clock).map_err(damaged)?;
    if (reader.info().width, reader.info().height) != (stored.width(), stored.height()) {
        return Err(Error::damaged(
            Format::Png,
            "its size changes behind its header",
        ));
    }
    let (color, depth) = reader.output_color_type();
    let channels = match color {
        ColorType::Grayscale => Channels::Gray,
        ColorType::GrayscaleAlpha => Channels::GrayAlpha,
        ColorType::Rgb => Channels::Rgb,
        ColorType::Rgba => Channels::Rgba,
        ColorType::Indexed => return Err(Error::internal("a palette was not expanded")),
    };
    let depth = match depth {
        BitDepth::Sixteen => Depth::Sixteen,
        _ => Depth::Eight,
    };
    let mut rows = Narrow::new(channels, depth, stored, plan)?;
    let overflow = || Error::internal("the size of a PNG overflows within the limits");
    let line = reader.output_line_size(stored.width());
    let mut samples = room::filled(0, reader.output_buffer_size().ok_or_else(overflow)?)?;
    let line = line.ok_or_else(overflow)?;
    let end = match options.damaged {
        Damaged::Refuse => {
            reader.next_frame(&mut samples).map_err(damaged)?;
            end_of(&mut reader, stored).map_err(damaged)?
        }
        Damaged::Accept => {
            let bits = 8 * (line / stored.width() as usize) as u8;
            let end = paint(&mut reader, &mut samples, line, bits, stored).map_err(damaged)?;
            clock.check()?;
            end
        }
    };
    let there = (0..end.found).zip(samples.chunks_exact(line));
    for (y, row) in there {
        if y % ROWS == 0 {
            clock.check()?;
        }
        rows.push(y, row)?;
    }
    rows.fill(&end, stored, plan)?;
    Ok(Decoded {
        raster: rows.rows.finish()?,
        warnings: Vec::from_iter(warning(&end, stored)),
    })
}

/// Looks at what follows all rows. The end chunk may be missing.
fn end_of<R: BufRead + Seek>(
    reader: &mut Reader<R>,
    stored: Size,
) -> Result<End, png::DecodingError> {
    let is_marked = match reader.finish() {
        Ok(()) => true,
        Err(png::DecodingError::IoError(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
            false
        }
        Err(error) => return Err(error),
    };
    Ok(End {
        intact: stored.height(),
        found: stored.height(),
        is_marked,
        has_spare: false,
    })
}

/// Paints rows as they come, those of an interlaced picture with large pixels at first, as browsers do.
fn paint<R: BufRead + Seek>(
    reader: &mut Reader<R>,
    samples: &mut [u8],
    line: usize,
    bits: u8,
    stored: Size,
) -> Result<End, png::DecodingError> {
    let (mut found, mut y) = (0, 0);
    let flaw = loop {
        match reader.next_interlaced_row() {
            Ok(None) => break None,
            Ok(Some(row)) => match row.interlace() {
                png::InterlaceInfo::Null(_) => {
                    samples[y as usize * line..][..line].copy_from_slice(&row.data()[..line]);
                    y += 1;
                    found = y;
                }
                png::InterlaceInfo::Adam7(info) => {
                    let info = *info;
                    png::splat_interlaced_row(samples, line, row.data(), &info, bits);
                    y += 1;
                    // The rows of the first pass are as high as eight.
                    found = found.max((8 * y).min(stored.height()));
                }
            },
            Err(error) => break Some(error),
        }
    };
    match flaw {
        // All rows are there, and what follows them is not right.
        None => Ok(end_of(reader, stored).unwrap_or(End {
            intact: stored.height(),
            found: stored.height(),
            is_marked: false,
            has_spare: false,
        })),
        Some(error) if found == 0 => Err(error),
        Some(_) => Ok(End {
            intact: match reader.info().interlaced {
                true => 0,
                false => found,
            },
            found,
            is_marked: false,
            has_spare: false,
        }),
    }
}

/// Makes rows of 8 bits, gray or with all colors, of any that a PNG has.
struct Narrow {
    rows: Rows,
    is_wide: bool,
    is_gray_alpha: bool,
    row: Vec<u8>,
}

impl Narrow {
    fn new(channels: Channels, depth: Depth, stored: Size, plan: &Plan) -> Result<Narrow, Error> {
        let layout = match channels {
            Channels::Gray => Layout::Gray,
            Channels::Rgb => Layout::Rgb,
            Channels::GrayAlpha | Channels::Rgba => Layout::Rgba,
        };
        Ok(Narrow {
            rows: Rows::new(layout, stored, plan.crop, plan.scaled)?,
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
        match self.is_wide {
            true => self.row.extend(row.as_chunks().0.iter().map(to_8_bits)),
            false => self.row.extend_from_slice(row),
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

fn reader<'a>(
    photo: &'a [u8],
    clock: &'a Clock<'a>,
) -> Result<Reader<Clocked<'a>>, png::DecodingError> {
    let mut options = DecodeOptions::default();
    options.set_ignore_adler32(false);
    let photo = Clocked {
        photo: Cursor::new(photo),
        clock,
        read: PART,
    };
    let mut decoder = Decoder::new_with_options(photo, options);
    // Chunks beside the pixels, and what is kept of them.
    decoder.set_limits(Limits { bytes: 4 << 20 });
    // Text inflates without bound, and nothing of it is wanted.
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    decoder.set_transformations(Transformations::EXPAND);
    decoder.read_info()
}

/// The photo, a little at a time and only as long as there is time: the decoder cannot be stopped otherwise.
struct Clocked<'a> {
    photo: Cursor<&'a [u8]>,
    clock: &'a Clock<'a>,
    /// Bytes read since the clock was looked at.
    read: usize,
}

/// How many of those there may be.
const PART: usize = 16 << 10;

impl BufRead for Clocked<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.read >= PART {
            self.clock.check().map_err(io::Error::other)?;
            self.read = 0;
        }
        let rest = self.photo.fill_buf()?;
        Ok(&rest[..rest.len().min(PART)])
    }

    fn consume(&mut self, count: usize) {
        self.read += count;
        self.photo.consume(count);
    }
}

impl Read for Clocked<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.photo.read(into)
    }
}

impl Seek for Clocked<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.photo.seek(to)
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
