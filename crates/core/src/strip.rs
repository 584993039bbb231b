//! Takes everything but the picture off a photo that complies already, without touching its pixels.

use crate::avatar::Made;
use crate::clock::Clock;
use crate::decode;
use crate::decode::gif::{Blocks, unpack};
use crate::encode::gif::{control, netscape};
use crate::error::Error;
use crate::options::{Damaged, Options};
use crate::plan::Plan;
use crate::probe::png::Chunks;
use crate::probe::{self, Format, Info};
use crate::room;

/// The photo without its metadata, or `None` where the plan wants it encoded anew or only that will do.
///
/// All of it is decoded on the way: what is damaged must not pass because nothing was to be done.
pub(crate) fn kept(
    photo: &[u8],
    info: &Info,
    plan: &Plan,
    options: &Options,
    clock: &Clock,
) -> Result<Option<Made>, Error> {
    if !plan.kept {
        return Ok(None);
    }
    match picture(photo, info, plan, options, clock) {
        // What is damaged is never kept as it is.
        Err(Error::Damaged { .. }) if options.damaged == Damaged::Accept => Ok(None),
        made => made,
    }
}

fn picture(
    photo: &[u8],
    info: &Info,
    plan: &Plan,
    options: &Options,
    clock: &Clock,
) -> Result<Option<Made>, Error> {
    let mut warnings = Vec::new();
    let bytes = match info.format {
        Format::Jpeg => {
            warnings = decode::jpeg::check(photo, &options.limits, clock)?;
            jpeg_picture(photo)?
        }
        Format::Png => {
            decode::png::resized(photo, info, plan, clock)?;
            png_picture(photo)?
        }
        Format::Gif => match gif_picture(photo, clock)? {
            Some(gif) => gif,
            None => return Ok(None),
        },
    };
    Ok(Some(Made {
        bytes,
        frames: info.frames,
        steps: plan.steps.clone(),
        warnings,
    }))
}

/// Tables, frame header and scans (ITU-T T.81, annex B), behind a JFIF header of our own.
fn jpeg_picture(photo: &[u8]) -> Result<Vec<u8>, Error> {
    let mut file = room::reserve(photo.len() + 64)?;
    file.extend_from_slice(&[0xFF, 0xD8]);
    // JFIF 1.01 with square pixels and no thumbnail: it says that the colors are YCbCr.
    file.extend_from_slice(b"\xFF\xE0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    let mut rest = photo;
    while let Some((marker, segment)) = probe::jpeg::next_segment(&mut rest)? {
        let is_picture = match marker {
            0xC0..=0xC2 | 0xC4 | 0xDA | 0xDB | 0xDD => true,
            0xD9 => break,
            _ => false,
        };
        if is_picture {
            file.extend_from_slice(&[0xFF, marker]);
            file.extend_from_slice(&(segment.len() as u16 + 2).to_be_bytes());
            file.extend_from_slice(segment);
        }
        if marker == 0xDA {
            let length = entropy_coded(rest);
            file.extend_from_slice(&rest[..length]);
            rest = &rest[length..];
        }
    }
    file.extend_from_slice(&[0xFF, 0xD9]);
    Ok(file)
}

/// The length of the entropy-coded data that `rest` begins with: up to a marker that is no restart.
fn entropy_coded(rest: &[u8]) -> usize {
    let marker = |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0 | 0xD0..=0xD7 | 0xFF);
    rest.windows(2).position(marker).unwrap_or(rest.len())
}

/// The chunks without which there is no picture (PNG, third edition, 11.2 and 11.3.1), whose checksums have been checked.
fn png_picture(photo: &[u8]) -> Result<Vec<u8>, Error> {
    let mut file = room::reserve(photo.len())?;
    file.extend_from_slice(&photo[..8]);
    let mut chunks = Chunks(&photo[8..]);
    let mut rest = chunks.0;
    while let Some((kind, _)) = chunks.next() {
        let (chunk, behind) = rest.split_at(rest.len() - chunks.0.len());
        if matches!(kind, b"IHDR" | b"PLTE" | b"tRNS" | b"IDAT" | b"IEND") {
            file.extend_from_slice(chunk);
        }
        if kind == b"IEND" {
            break;
        }
        rest = behind;
    }
    Ok(file)
}

/// The screen, the palettes, the frames with their delays and disposals, and the loop count (GIF89a, appendix A).
fn gif_picture(photo: &[u8], clock: &Clock) -> Result<Option<Vec<u8>>, Error> {
    let mut blocks = Blocks::new(photo)?;
    let (width, height) = blocks.screen();
    let mut frames = room::reserve(photo.len())?;
    while let Some(block) = blocks.next()? {
        let inside = block.left + block.width <= width && block.top + block.height <= height;
        let patch = unpack(&block, width, height, clock)?;
        let plain = inside && patch.complete && block.palette.is_some() && block.code_size >= 2;
        // Browsers show what is not plain; others need not.
        let Some(raw) = block.raw.filter(|_| plain) else {
            return Ok(None);
        };
        frames.extend(control(
            block.disposal,
            block.delay.stored(),
            block.transparent,
        ));
        frames.extend_from_slice(raw);
    }
    if blocks.damaged {
        return Ok(None);
    }
    let mut gif = room::reserve(photo.len() + 64)?;
    gif.extend_from_slice(b"GIF89a");
    gif.extend_from_slice(&photo[6..blocks.start]);
    gif.extend(netscape(blocks.loop_count));
    gif.extend(frames);
    gif.push(b';');
    Ok(Some(gif))
}
