//! PNG: 8 bits or fewer, with only the chunks that make the picture.

use std::error::Error as StdError;

use headshot_png::{Effort, Kind, Picture, encode as write};

use super::reduce::reduce;
use crate::raster::Raster;

/// With so many pixels for each color, strings may repeat often enough to be worth a search.
const FEW: usize = 24;
/// Colors are counted in a table by this many bits.
const BITS: usize = 1 << 16;

/// A file that has less than one part in so many of its samples' bytes gets a second look.
const SMOOTH: usize = 4;

/// Rows from all over a picture show how all of them compress best: from this many places, one row in so many.
const GROUPS: usize = 4;
const SAMPLE: usize = 8;
/// One row in so many settles clear cases, if there are enough of them.
const GLANCE: usize = 32;

/// Encodes a raster; PNG stores straight alpha.
pub(crate) fn encode(raster: Raster) -> Result<Vec<u8>, Box<dyn StdError + Send + Sync>> {
    let size = raster.size();
    let reduced = reduce(raster).ok_or("a PNG holds RGB")?;
    let whole = Picture {
        width: size.width(),
        height: size.height(),
        kind: reduced.kind(),
        samples: &reduced.samples,
    };
    let stride = whole.samples.len() / size.height() as usize;
    let is_tall = size.height() as usize >= GROUPS * GLANCE;
    let some = [if is_tall { GLANCE } else { SAMPLE }, SAMPLE];
    let some = some.map(|of| rows(whole.samples, stride, of));
    let [glance, sample] = some.each_ref().map(|rows| Picture {
        height: (rows.len() / stride) as u32,
        samples: rows,
        ..whole
    });
    let (effort, [at_glance, in_sample]) = best(&glance, &sample);
    let file = write(&whole, effort).ok_or("a picture without pixels")?;
    // A file this small is not a photo, but may be smooth: then filters and strings together beat either.
    let may_be_smooth = file.len() * SMOOTH <= whole.samples.len();
    let is_larger = |picture, known: Option<usize>, weight| {
        let known = known.unwrap_or_else(|| length(picture, effort));
        20 * length(picture, Effort::Filtered) > weight * known
    };
    if !may_be_smooth || is_larger(&glance, at_glance, 21) || is_larger(&sample, in_sample, 19) {
        return Ok(file);
    }
    let filtered = write(&whole, Effort::Filtered);
    Ok(filtered
        .filter(|other| other.len() < file.len())
        .unwrap_or(file))
}

/// Filters and runs are fast, and the best for photos. Pictures of few colors get smaller without filters and with repeated strings,
/// if a sample of their rows says so. Also returns the bytes of both with that effort, as far as they are known.
fn best(glance: &Picture, sample: &Picture) -> (Effort, [Option<usize>; 2]) {
    let is_few = match sample.kind {
        Kind::Gray(_) | Kind::Palette { .. } => is_few::<1>(sample.samples),
        Kind::GrayAlpha => is_few::<2>(sample.samples),
        Kind::Rgb => is_few::<3>(sample.samples),
        Kind::Rgba => is_few::<4>(sample.samples),
    };
    if !is_few {
        return (Effort::Runs, [None; 2]);
    }
    let strings = [Effort::Strings, Effort::ShortStrings];
    let [long, short] = strings.map(|effort| length(glance, effort));
    let (strings, least) = (strings[usize::from(short < long)], long.min(short));
    // They take several times as long: not for nothing.
    let at_glance = length(glance, Effort::Runs);
    if 10 * least > 11 * at_glance {
        return (Effort::Runs, [Some(at_glance), None]);
    }
    let [by_runs, by_strings] = [Effort::Runs, strings].map(|effort| length(sample, effort));
    if 20 * by_strings < 19 * by_runs {
        (strings, [Some(least), Some(by_strings)])
    } else {
        (Effort::Runs, [Some(at_glance), Some(by_runs)])
    }
}

/// The size of a picture's file in bytes.
fn length(picture: &Picture, effort: Effort) -> usize {
    write(picture, effort).map_or(0, |file| file.len())
}

/// Whether there are many pixels for each color, roughly: two colors may count as one.
fn is_few<const N: usize>(samples: &[u8]) -> bool {
    let (pixels, _) = samples.as_chunks::<N>();
    let mut seen = vec![0_u64; BITS / 64];
    for pixel in pixels {
        let mut color = [0; 4];
        color[..N].copy_from_slice(pixel);
        let bit = u32::from_le_bytes(color).wrapping_mul(0x9E37_79B1) as usize >> 16;
        seen[bit / 64 % (BITS / 64)] |= 1 << (bit % 64);
    }
    let count: u32 = seen.iter().map(|bits| bits.count_ones()).sum();
    pixels.len() > FEW * count as usize
}

/// One of so many rows of `stride` bytes, in groups from all over a picture, one below the other.
fn rows(samples: &[u8], stride: usize, of: usize) -> Vec<u8> {
    let rows = samples.len() / stride;
    let each = rows / (GROUPS * of);
    if each == 0 {
        return samples.to_vec();
    }
    // At a third of each part of the picture: in the middle, symmetric pictures would show the same twice.
    let first = |group| (3 * group + 1) * rows / (3 * GROUPS);
    let groups = (0..GROUPS).map(|group| &samples[first(group) * stride..][..each * stride]);
    groups.collect::<Vec<_>>().concat()
}
