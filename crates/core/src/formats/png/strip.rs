//! The chunks that a PNG needs for its picture (third edition, 11.2 and 11.3.1), and only the visible colors of palettes.

use super::check::{Found, check};
use super::chunks::Chunks;
use crate::clock::Clock;
use crate::error::Error;
use crate::info::Info;
use crate::options::Options;
use crate::strip::Stripped;
use crate::warning::Warning;

/// The file without its metadata, or `None` if its coded picture holds anything that it does not need.
pub(crate) fn stripped(
    photo: &[u8],
    info: &Info,
    _: &Options,
    clock: &Clock,
) -> Result<Option<Stripped>, Error> {
    let Some(found) = check(photo, info, clock)? else {
        return Ok(None);
    };
    Ok(picture(photo, &found).map(|bytes| Stripped {
        bytes,
        warnings: Vec::from_iter((!found.has_visible).then_some(Warning::Invisible)),
    }))
}

/// The picture of a file that was found whole, with nothing but pixels in its IDAT chunks.
fn picture(photo: &[u8], found: &Found) -> Option<Vec<u8>> {
    let mut file = photo[..8].to_vec();
    // What palettes and transparent colors affect.
    let (mut color_type, mut palette, mut has_pixels) = (0, None, false);
    for (kind, data) in Chunks(&photo[8..]) {
        match (kind, color_type) {
            (b"IHDR", _) => {
                color_type = *data.get(9)?;
                if matches!(color_type, 4 | 6) && found.has_hidden_colors {
                    return None;
                }
                put(&mut file, kind, data);
            }
            (b"PLTE", 3) if palette.is_none() && !has_pixels => palette = Some(data),
            (b"tRNS", 3) if !has_pixels => {
                put_palette(&mut file, palette.take()?, data, found)?;
            }
            // A transparent color that no pixel has does not count; black is known without looking.
            (b"tRNS", 0 | 2) if found.has_holes && !has_pixels => {
                if found.has_hidden_colors {
                    return None;
                }
                put(
                    &mut file,
                    kind,
                    &[0; 6][..if color_type == 0 { 2 } else { 6 }],
                );
            }
            (b"IDAT", _) => {
                if let Some(palette) = palette.take() {
                    put_palette(&mut file, palette, &[], found)?;
                }
                has_pixels = true;
                if !data.is_empty() {
                    put(&mut file, kind, data);
                }
            }
            (b"IEND", _) => {
                put(&mut file, kind, &[]);
                return Some(file);
            }
            _ => {}
        }
    }
    None
}

/// Writes a palette and its alpha; colors that no pixel has become black.
fn put_palette(file: &mut Vec<u8>, palette: &[u8], alphas: &[u8], found: &Found) -> Option<()> {
    let (colors, _) = palette.as_chunks::<3>();
    if alphas.len() > colors.len() {
        return None;
    }
    let alphas = alphas.iter().copied().chain(std::iter::repeat(255));
    let seen = colors.iter().zip(alphas).map(|(&[r, g, b], alpha)| {
        match found.colors.contains(&[r, g, b, alpha]) {
            true if alpha == 0 => [0; 4],
            true => [r, g, b, alpha],
            false => [0, 0, 0, 255],
        }
    });
    let (mut colors, mut alphas) = (Vec::new(), Vec::new());
    for [r, g, b, alpha] in seen {
        colors.extend([r, g, b]);
        alphas.push(alpha);
    }
    put(file, b"PLTE", &colors);
    let last = alphas.iter().rposition(|alpha| *alpha < 255);
    if let Some(last) = last {
        put(file, b"tRNS", &alphas[..=last]);
    }
    Some(())
}

fn put(file: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    file.extend((data.len() as u32).to_be_bytes());
    let from = file.len();
    file.extend_from_slice(kind);
    file.extend_from_slice(data);
    let crc = crc32fast::hash(&file[from..]);
    file.extend(crc.to_be_bytes());
}
