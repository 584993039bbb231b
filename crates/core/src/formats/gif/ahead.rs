//! What must be known about an animation before its first picture is made.

use headshot_gif::{Area, Blocks, Canvas, Disposal, ImageBlock};
use rayon::prelude::*;

use super::unpack::unpack;
use crate::clock::Clock;
use crate::error::Error;
use crate::options::Damaged;

/// How many pixels represent all of them.
const SAMPLES: u64 = 1 << 20;

/// Whether the first `frames` are opaque at every moment: composited only as far as that is in doubt.
pub(crate) fn always_opaque(
    photo: &[u8],
    frames: u64,
    damaged: Damaged,
    clock: &Clock,
) -> Result<bool, Error> {
    let mut blocks = Blocks::new(photo)?;
    let Some(first) = blocks.next_image()? else {
        return Ok(false);
    };
    let (width, height) = blocks.screen();
    let mut canvas = Canvas::new(width, height)?;
    canvas.show(&unpack(&first, width, height, damaged, clock)?)?;
    let whole = Area {
        left: 0,
        top: 0,
        right: width.into(),
        bottom: height.into(),
    };
    if !canvas.is_opaque(whole) {
        return Ok(false);
    }
    // An opaque area gets a hole only by being cleared.
    let mut clears = first.disposal == Disposal::Background;
    let mut rest = blocks.clone();
    for _ in 1..frames {
        let Some(block) = rest.next_image()? else {
            break;
        };
        clears |= block.disposal == Disposal::Background;
    }
    if clears {
        for _ in 1..frames {
            let Some(block) = blocks.next_image()? else {
                break;
            };
            let changed = canvas.show(&unpack(&block, width, height, damaged, clock)?)?;
            if !canvas.is_opaque(changed) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// Opaque pixels from all over the first `frames`, which are unpacked `window` at a time.
pub(crate) fn opaque_pixels(
    photo: &[u8],
    frames: u64,
    window: usize,
    damaged: Damaged,
    clock: &Clock,
) -> Result<Vec<[u8; 4]>, Error> {
    let mut blocks = Blocks::new(photo)?;
    let (mut count, mut total) = (0, 0);
    let mut rest = blocks.clone();
    while count < frames {
        let Some(block) = rest.next_image()? else {
            break;
        };
        count += 1;
        total += u64::from(block.width) * u64::from(block.height);
    }
    let step = (total / SAMPLES + 1) as usize;
    let mut seen = Vec::new();
    while count > 0 {
        let mut images: Vec<ImageBlock> = Vec::with_capacity(window);
        while images.len() < window && count > 0 {
            images.extend(blocks.next_image()?);
            count -= 1;
        }
        let (width, height) = blocks.screen();
        let time = clock.time();
        let sample = |image: &ImageBlock| {
            let patch = unpack(image, width, height, damaged, &time.clock())?;
            let indices = patch.rows().flatten().step_by(step);
            let colors = indices.map(|index| patch.colors[usize::from(*index)]);
            Ok(colors.filter(|color| color[3] != 0).collect())
        };
        let samples: Result<Vec<Vec<[u8; 4]>>, Error> = images.par_iter().map(sample).collect();
        clock.skip();
        seen.extend(samples?.concat());
    }
    Ok(seen)
}
