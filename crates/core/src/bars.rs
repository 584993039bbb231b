//! What the bars beside a photo show: a color, or a picture made from the photo once it is small. All in integers, so the result is the
//! same on every machine.

use std::ops::Range;

use headshot_resample::{Axis, Layout as Channels, Resampler, Spec};

use crate::allocate;
use crate::background::Bars;
use crate::error::Error;
use crate::geometry::Size;
use crate::resize;

/// Cells of a blurred picture, across and down, at most.
const CELLS: u32 = 64;

/// A pass of the blur reaches one step further for each so many cells.
const CELLS_OF_REACH: usize = 32;

/// Passes of the blur each way: three box blurs come close to a Gaussian, here with a standard deviation of 1/26 of the side.
const PASSES: u32 = 3;

/// How bright a blurred picture is, in 256ths of the photo, so that the photo stands out.
const BRIGHTNESS: u64 = 168;

/// Cells across and down that show what the whole square would without the photo. `photo` is its size on a square of `side`
/// pixels.
pub(crate) fn grid(bars: Bars, photo: Size, side: u32) -> [u32; 2] {
    match bars {
        Bars::Transparent | Bars::Color(_) => [1, 1],
        Bars::Edge if photo.width() < side => [2, 1],
        Bars::Edge => [1, 2],
        // Enough cells for planes of halved chroma, too.
        Bars::Blur => [(photo.shorter() / 2).clamp(1, CELLS); 2],
    }
}

/// The cells of a grid, with as many channels as `plain`.
///
/// `photo` has rows of `width` pixels with the samples of all channels. `plain` is the color of the bars, or black if they show
/// the photo.
pub(crate) fn cells(
    bars: Bars,
    grid: [u32; 2],
    photo: &[u8],
    width: usize,
    plain: &[u8],
) -> Vec<u8> {
    match bars {
        Bars::Transparent | Bars::Color(_) => plain.to_vec(),
        Bars::Edge => edges(grid, photo, width, plain.len()),
        Bars::Blur => blurred(grid[0] as usize, photo, width, plain),
    }
}

/// Cells enlarged to a square of `side` pixels: blurred ones without a seam, others to halves or to all of it.
pub(crate) fn square(
    cells: &[u8],
    grid: [u32; 2],
    channels: Channels,
    side: u32,
) -> Result<Vec<u8>, Error> {
    let [across, down] = grid;
    let pixel = channels.channels();
    let rows = cells.chunks_exact(across as usize * pixel);
    if across * down > 2 {
        let spec = spec(grid, channels, side);
        let mut resampler = Resampler::new(&spec).map_err(resize::refusal)?;
        for row in rows {
            resampler.push_row(row).map_err(resize::refusal)?;
        }
        return resampler.finish().map_err(resize::refusal);
    }
    let length = |cell: u32, cells: u32| side * (cell + 1) / cells - side * cell / cells;
    let mut square = allocate::reserve(pixel * (side as usize).pow(2))?;
    for (row, y) in rows.zip(0..) {
        let cells = row.chunks_exact(pixel).zip(0..);
        let line: Vec<u8> = cells
            .flat_map(|(cell, x)| cell.repeat(length(x, across) as usize))
            .collect();
        for _ in 0..length(y, down) {
            square.extend_from_slice(&line);
        }
    }
    Ok(square)
}

/// The bars around an opaque RGBA picture, on a square that does not hold it yet.
pub(crate) fn around(
    picture: &[[u8; 4]],
    size: Size,
    bars: Bars,
    side: u32,
) -> Result<Vec<[u8; 4]>, Error> {
    let grid = grid(bars, size, side);
    let [r, g, b] = bars.color();
    let width = size.width() as usize;
    let cells = cells(bars, grid, picture.as_flattened(), width, &[r, g, b, 255]);
    let square = square(&cells, grid, Channels::Four, side)?;
    Ok(square.as_chunks().0.to_vec())
}

/// The most bytes that [`square`] takes for painted bars.
pub(crate) fn memory(side: u32) -> u64 {
    headshot_resample::memory(&spec([CELLS; 2], Channels::Four, side))
}

fn spec([across, down]: [u32; 2], layout: Channels, side: u32) -> Spec {
    Spec {
        layout,
        horizontal: Axis::whole(across, side),
        vertical: Axis::whole(down, side),
    }
}

/// The average colors of the outermost columns or rows: those that touch the bars.
fn edges([across, _]: [u32; 2], photo: &[u8], width: usize, channels: usize) -> Vec<u8> {
    let rows = photo.chunks_exact(width * channels);
    let edges = if across == 2 {
        [0, (width - 1) * channels].map(|at| {
            let pixels = rows.clone().flat_map(|row| &row[at..at + channels]);
            pixels.copied().collect()
        })
    } else {
        let edges = [rows.clone().next(), rows.clone().next_back()];
        edges.map(|row| row.unwrap_or_default().to_vec())
    };
    let average = |edge: &Vec<u8>, channel: usize| {
        let samples = edge.iter().skip(channel).step_by(channels);
        let count = samples.len().max(1) as u64;
        let sum: u64 = samples.copied().map(u64::from).sum();
        ((sum + count / 2) / count) as u8
    };
    let both = edges.iter();
    both.flat_map(|edge| (0..channels).map(move |channel| average(edge, channel)))
        .collect()
}

/// The largest centered square of a photo, as a grid of this many cells, blurred and darkened toward `black`.
fn blurred(cells: usize, photo: &[u8], width: usize, black: &[u8]) -> Vec<u8> {
    let (channels, stride) = (black.len(), width * black.len());
    let height = photo.len() / stride;
    let window = width.min(height);
    let columns = spans(width, window, cells);
    let mut picture = Vec::with_capacity(cells * cells * channels);
    let mut sums = vec![0u32; stride];
    for rows in spans(height, window, cells) {
        sums.fill(0);
        for row in photo.chunks_exact(stride).take(rows.end).skip(rows.start) {
            let both = sums.iter_mut().zip(row);
            both.for_each(|(sum, sample)| *sum += u32::from(*sample));
        }
        for columns in &columns {
            let count = (rows.len() * columns.len()) as u64;
            let sums = &sums[columns.start * channels..columns.end * channels];
            for channel in 0..channels {
                let sum = sums.iter().skip(channel).step_by(channels);
                let sum: u64 = sum.copied().map(u64::from).sum();
                // Eight bits more than a sample has.
                picture.push(((256 * sum + count / 2) / count) as u32);
            }
        }
    }
    let reach = (cells / CELLS_OF_REACH).max(1);
    for _ in 0..2 * PASSES {
        picture = box_sums(&picture, cells, channels, reach);
    }
    // Nothing was divided yet: the largest sum, 255 * 256 * 5^6, fits into 32 bits.
    let whole = 256 * (2 * reach as u64 + 1).pow(2 * PASSES);
    let samples = picture.iter().zip(black.iter().cycle());
    samples
        .map(|(sum, black)| {
            let light = BRIGHTNESS * u64::from(*sum);
            let dark = (256 - BRIGHTNESS) * u64::from(*black) * whole;
            ((light + dark + 128 * whole) / (256 * whole)) as u8
        })
        .collect()
}

/// The middle `window` pixels of `length`, shared out to so many cells: alike from either end. Two cells share a pixel on their
/// border.
fn spans(length: usize, window: usize, cells: usize) -> Vec<Range<usize>> {
    // In parts of which a pixel has twice as many as there are cells.
    let border = |cell: usize| (length - window) * cells + 2 * window * cell;
    let span = |cell: usize| border(cell) / (2 * cells)..border(cell + 1).div_ceil(2 * cells);
    (0..cells).map(span).collect()
}

/// For each cell, the sum of its neighbors on both sides up to `reach`, with rows and columns exchanged: done twice, it is a box blur.
/// Cells at the edge stand in for what lies beyond.
fn box_sums(picture: &[u32], cells: usize, channels: usize, reach: usize) -> Vec<u32> {
    let near = |x: usize, by: usize| (x + by).saturating_sub(reach).min(cells - 1);
    let mut sums = vec![0; picture.len()];
    for (y, row) in picture.chunks_exact(cells * channels).enumerate() {
        for x in 0..cells {
            let sum = &mut sums[(x * cells + y) * channels..][..channels];
            for x in (0..=2 * reach).map(|by| near(x, by)) {
                let cell = &row[x * channels..][..channels];
                sum.iter_mut()
                    .zip(cell)
                    .for_each(|(sum, part)| *sum += part);
            }
        }
    }
    sums
}
