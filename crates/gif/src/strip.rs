//! Keeps the screen, the palettes, the frames with their delays and disposals, and the loop count of a GIF (GIF89a, appendix A);
//! of palettes only the visible colors. A transparent color also affects the canvas: in many decoders, areas that no frame covers, and
//! areas that are cleared, have it.

use std::ops::ControlFlow;

use crate::allocate;
use crate::error::Error;
use crate::read::{Blocks, Damage, ImageBlock, unpack};
use crate::timing::Disposal;
use crate::write::blocks::{control, netscape};

/// The new file and whether any pixel of a frame is opaque; or `None` if only browsers could show it, or if codes
/// hold more than pixels.
///
/// # Errors
///
/// Those of [`unpack`]: `go_on` is asked now and then, as it is there.
pub fn strip(
    photo: &[u8],
    mut go_on: impl FnMut() -> ControlFlow<()>,
) -> Result<Option<(Vec<u8>, bool)>, Error> {
    let mut blocks = Blocks::new(photo)?;
    let (width, height) = blocks.screen();
    // Some decoders make a canvas opaque if its first frame has no transparent color: so it gets one if any frame is cleared.
    let (mut ahead, mut any_cleared) = (blocks.clone(), false);
    while let Some(block) = ahead.next_image()? {
        any_cleared |= block.disposal == Disposal::Background;
    }
    let canvas = usize::from(width) * usize::from(height);
    let mut frames = allocate::reserve(photo.len())?;
    let mut seen_of_all = [false; 256];
    let (mut is_first, mut has_visible) = (true, false);
    while let Some(block) = blocks.next_image()? {
        let patch = unpack(&block, width, height, Damage::Refuse, &mut go_on)?;
        let data = joined(block.sub_blocks);
        let pixels = usize::from(block.width) * usize::from(block.height);
        let plain = patch.complete && block.is_plain(width, height);
        let (Some(raw), Some(palette)) = (block.raw.filter(|_| plain), block.palette) else {
            return Ok(None);
        };
        if !makes_exactly(&data, block.code_size, pixels) {
            return Ok(None);
        }
        let mut seen = patch.seen();
        let leaves_bare = std::mem::take(&mut is_first) && (pixels < canvas || any_cleared);
        let clears = block.disposal == Disposal::Background;
        let transparent = match block.transparent {
            Some(index) if seen[usize::from(index)] => Some(index),
            // Which one does not matter then, so it reveals nothing.
            Some(_) if leaves_bare || clears => {
                let unseen = seen[..palette.len() / 3].iter().position(|seen| !seen);
                match unseen {
                    Some(index) => Some(index as u8),
                    None => return Ok(None),
                }
            }
            None if leaves_bare || clears => return Ok(None),
            _ => None,
        };
        if let Some(index) = transparent {
            seen[usize::from(index)] = false;
        }
        has_visible |= seen.contains(&true);
        frames.extend(control(block.disposal, block.delay, transparent));
        // The descriptor with its flags: a palette of its own, interlaced rows, the size of the palette.
        frames.extend_from_slice(&raw[..9]);
        frames.push(raw[9] & 0xC7);
        if raw[9] & 0x80 == 0 {
            frames[..]
                .last_mut()
                .into_iter()
                .for_each(|flags| *flags &= 0x40);
            for (all, seen) in seen_of_all.iter_mut().zip(seen) {
                *all |= seen;
            }
        } else {
            put_palette(&mut frames, palette, &seen);
        }
        put_data(&mut frames, &block, &data);
    }
    if blocks.damaged {
        return Ok(None);
    }
    let mut gif = allocate::reserve(photo.len() + 1024)?;
    gif.extend_from_slice(b"GIF89a");
    gif.extend_from_slice(&photo[6..10]);
    match blocks.palette {
        Some(palette) if seen_of_all.contains(&true) => {
            gif.extend_from_slice(&[photo[10] & 0xF7, 0, 0]);
            put_palette(&mut gif, palette, &seen_of_all);
        }
        _ => gif.extend_from_slice(&[photo[10] & 0x70, 0, 0]),
    }
    gif.extend(netscape(blocks.repeats));
    gif.extend(frames);
    gif.push(b';');
    Ok(Some((gif, has_visible)))
}

/// The visible colors; the others become black.
fn put_palette(into: &mut Vec<u8>, palette: &[u8], seen: &[bool; 256]) {
    for (color, seen) in palette.as_chunks::<3>().0.iter().zip(seen) {
        into.extend_from_slice(if *seen { color } else { &[0; 3] });
    }
}

fn put_data(into: &mut Vec<u8>, block: &ImageBlock, data: &[u8]) {
    into.push(block.code_size);
    for part in data.chunks(255) {
        into.push(part.len() as u8);
        into.extend_from_slice(part);
    }
    into.push(0);
}

/// Sub-blocks without their length bytes.
fn joined(mut sub_blocks: &[u8]) -> Vec<u8> {
    let mut data = Vec::with_capacity(sub_blocks.len());
    while let Some((&length, rest)) = sub_blocks.split_first() {
        let (part, rest) = rest.split_at(usize::from(length).min(rest.len()));
        data.extend_from_slice(part);
        sub_blocks = rest;
    }
    data
}

/// Whether LZW data holds the codes of this many pixels, the end code, and nothing but zeros to fill the last byte.
fn makes_exactly(data: &[u8], code_size: u8, pixels: usize) -> bool {
    let clear = 1_usize << code_size;
    let first_width = usize::from(code_size) + 1;
    // How many pixels each code represents.
    let mut lengths = vec![1_usize; 4096];
    let (mut at, mut width, mut next, mut last, mut found) = (0, first_width, clear + 2, None, 0);
    loop {
        let byte = |offset: usize| {
            data.get(at / 8 + offset)
                .map_or(0, |byte| usize::from(*byte))
        };
        if at + width > 8 * data.len() {
            return false;
        }
        let code = (byte(0) | byte(1) << 8 | byte(2) << 16) >> (at % 8) & ((1 << width) - 1);
        at += width;
        if code == clear {
            (width, next, last) = (first_width, clear + 2, None);
            continue;
        }
        if code == clear + 1 {
            break;
        }
        let length = match last {
            _ if code < clear => 1,
            Some(_) if code < next => lengths[code],
            Some(last) if code == next && next < 4096 => last + 1,
            _ => return false,
        };
        found += length;
        if let Some(last) = last
            && next < 4096
        {
            lengths[next] = last + 1;
            next += 1;
            if next == 1 << width && width < 12 {
                width += 1;
            }
        }
        last = Some(length);
    }
    let filled = data.get(at / 8).is_none_or(|byte| byte >> (at % 8) == 0);
    found == pixels && data.len() == at.div_ceil(8) && filled
}
