//! Decides whether a PNG can keep its coding.

use std::collections::HashSet;

use headshot_png::{Channels, Damage, Depth};

use super::pixels::refusal;
use crate::clock::{Clock, go_on};
use crate::error::Error;
use crate::info::Info;

/// Checks that a whole file is as short as its picture allows: `None` if it is not.
///
/// If so, its pixel chunks hold nothing else, and no pixel has a color that nobody can see.
pub(crate) fn check(photo: &[u8], info: &Info, clock: &Clock) -> Result<Option<Found>, Error> {
    let stored = info.orientation.size(info.size);
    let limits = headshot_png::Limits {
        pixels: stored.area(),
        side: stored.longer(),
    };
    let header = headshot_png::read_header(photo, &limits).map_err(refusal)?;
    if header.depth != Depth::Eight {
        return Ok(None);
    }
    // The type of colors in the header: a palette.
    let is_indexed = photo.get(25) == Some(&3);
    let mut found = Found::default();
    let mut late = Ok(());
    let decoded = headshot_png::decode_rows(photo, &limits, Damage::Refuse, |y, row| {
        late = if row.is_empty() {
            clock.check()
        } else {
            clock.check_row(y)
        };
        found.look(header.channels, row);
        if is_indexed {
            found.note(header.channels, row);
        }
        go_on(&late)
    });
    late?;
    let end = decoded.map_err(refusal)?;
    Ok((end.is_marked && !end.has_spare).then_some(found))
}

/// What is visible of a PNG's colors.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Whether there are transparent pixels at all, and whether some of them have a color.
    pub(crate) has_holes: bool,
    pub(crate) has_hidden_colors: bool,
    /// Whether any pixel is not transparent.
    pub(crate) has_visible: bool,
    /// The colors of all pixels, with their alpha, if they come from a palette.
    pub(crate) colors: HashSet<[u8; 4]>,
}

impl Found {
    fn look(&mut self, channels: Channels, row: &[u8]) {
        match channels {
            Channels::Gray | Channels::Rgb => self.has_visible = true,
            Channels::GrayAlpha => {
                for [gray, alpha] in row.as_chunks().0 {
                    self.has_holes |= *alpha == 0;
                    self.has_visible |= *alpha > 0;
                    self.has_hidden_colors |= *alpha == 0 && *gray != 0;
                }
            }
            Channels::Rgba => {
                for &[r, g, b, alpha] in row.as_chunks().0 {
                    self.has_holes |= alpha == 0;
                    self.has_visible |= alpha > 0;
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
