//! The only frame of a GIF still, or the first of several, on its canvas.

use headshot_gif::{Blocks, Patch};
use headshot_resample::Layout;

use super::unpack::{cut_off, unpack};
use crate::allocate;
use crate::clock::Clock;
use crate::decoded::Decoded;
use crate::error::Error;
use crate::format::Format;
use crate::held::{Make, Wanted};
use crate::info::Info;
use crate::options::{Damaged, Options};
use crate::plan::Plan;
use crate::resize::Rows;
use crate::warning::Warning;

/// Decodes the first frame and resamples the plan's crop.
pub(crate) fn resized(
    photo: &[u8],
    info: &Info,
    plan: &Plan,
    options: &Options,
    clock: &Clock,
) -> Result<Decoded, Error> {
    first(photo, options, clock)?.resized(info, plan, clock)
}

/// Decodes the first frame and holds its indices.
pub(crate) fn hold(
    photo: &[u8],
    _: &Info,
    _: &Plan,
    options: &Options,
    clock: &Clock,
    _: Wanted,
) -> Result<Option<Make<'static>>, Error> {
    let first = first(photo, options, clock)?;
    Ok(Some(Box::new(move |_, info, plan, _, clock| {
        first.resized(info, plan, clock).map(Some)
    })))
}

/// The first frame, and what to say about it.
struct First {
    patch: Patch,
    warnings: Vec<Warning>,
}

fn first(photo: &[u8], options: &Options, clock: &Clock) -> Result<First, Error> {
    let mut blocks = Blocks::new(photo)?;
    let block = blocks.next_image()?.ok_or(headshot_gif::Error::NoFrames)?;
    let (width, height) = blocks.screen();
    let patch = unpack(&block, width, height, options.damaged, clock)?;
    let mut warnings = Vec::new();
    let (intact, found) = patch.intact_and_found();
    // All pixels may be there although their data is cut off: the caller must accept that, too.
    let is_cut = !patch.complete || blocks.damaged;
    if is_cut && (options.damaged == Damaged::Refuse || found == 0) {
        return Err(cut_off());
    }
    if is_cut && patch.complete {
        warnings.push(Warning::MissingEnd(Format::Gif));
    }
    if !patch.complete {
        warnings.push(Warning::MissingPixels {
            intact: intact as u32,
            found: found as u32,
            expected: (patch.area.bottom - patch.area.top) as u32,
        });
    }
    Ok(First { patch, warnings })
}

impl First {
    /// The plan's crop of the canvas, which is transparent around the frame; missing pixels get the background.
    fn resized(&self, info: &Info, plan: &Plan, clock: &Clock) -> Result<Decoded, Error> {
        let patch = &self.patch;
        let layout = if info.alpha {
            Layout::Rgba
        } else {
            Layout::Rgb
        };
        // Without alpha, only missing pixels are transparent.
        let [r, g, b] = plan.background.unwrap_or_default();
        let empty = if info.alpha { [0; 4] } else { [r, g, b, 255] };
        let stored = info.orientation.size(info.size);
        let mut rows = Rows::new(layout, stored, plan.crop, plan.scaled)?;
        let mut row = allocate::filled(0, stored.width() as usize * layout.channels())?;
        let mut drawn = patch.rows();
        for y in 0..stored.height() {
            clock.check_row(y)?;
            let indices = if (patch.area.top..patch.area.bottom).contains(&(y as usize)) {
                drawn.next().unwrap_or_default()
            } else {
                &[]
            };
            if !(plan.crop.y()..plan.crop.bottom()).contains(&y) {
                continue;
            }
            match layout {
                Layout::Rgba => paint::<4>(&mut row, empty, patch, indices),
                _ => paint::<3>(&mut row, empty, patch, indices),
            }
            rows.push(y, &row)?;
        }
        Ok(Decoded {
            raster: rows.finish()?,
            warnings: self.warnings.clone(),
        })
    }
}

/// Draws the indices of one row of a frame on a row of the canvas, which is empty elsewhere.
fn paint<const CHANNELS: usize>(row: &mut [u8], empty: [u8; 4], patch: &Patch, indices: &[u8]) {
    let shown = |color: &[u8; 4]| std::array::from_fn(|channel| color[channel]);
    let (pixels, _) = row.as_chunks_mut::<CHANNELS>();
    let (before, pixels) = pixels.split_at_mut(patch.area.left);
    let (drawn, behind) = pixels.split_at_mut(indices.len());
    before.fill(shown(&empty));
    behind.fill(shown(&empty));
    for (pixel, index) in drawn.iter_mut().zip(indices) {
        *pixel = shown(&patch.colors[usize::from(*index)]);
    }
}
