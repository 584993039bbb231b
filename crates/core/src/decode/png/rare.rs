//! Interlaced and animated PNGs, by a general decoder.

use std::io::{self, BufRead, Cursor, Read, Seek, SeekFrom};

use headshot_png::{Channels, Depth, End};
use png::{BitDepth, ColorType, DecodeOptions, Decoder, Limits, Reader, Transformations};

use super::{Narrow, warning};
use crate::clock::Clock;
use crate::decode::Decoded;
use crate::error::Error;
use crate::geometry::Size;
use crate::options::{Damaged, Options};
use crate::plan::Plan;
use crate::probe::Format;
use crate::room;

/// What our own decoder leaves to a general one: interlaced pictures, which are held as a whole, and animations.
pub(super) fn resized(
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
        clock.check_row(y)?;
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
