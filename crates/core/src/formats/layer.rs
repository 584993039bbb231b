//! Frames with alpha, laid on a canvas one over the other: those of APNG and WebP.

use headshot_gif::{Area, Disposal};

use crate::allocate;
use crate::error::Error;
use crate::geometry::Size;

/// How and for how long a frame is laid on the canvas.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layer {
    /// Its area, all of it on the canvas.
    pub(crate) area: Area,
    pub(crate) blend: Blend,
    pub(crate) disposal: Disposal,
    /// How long it is shown, in nanoseconds as in the file.
    pub(crate) time: u64,
    /// Whether its pixels may be transparent.
    pub(crate) alpha: bool,
}

/// How a frame is laid over what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blend {
    /// It replaces its whole area, alpha included.
    Source,
    /// Composited by its alpha.
    Over,
}

/// A frame's pixels.
pub(crate) struct Patch {
    pub(crate) layer: Layer,
    /// Straight RGBA, row by row; the last rows may be missing.
    pub(crate) pixels: Vec<[u8; 4]>,
    /// Whether all pixels are there and correct.
    pub(crate) is_whole: bool,
}

/// What a browser has on screen after each frame: straight RGBA; transparent pixels are all zeros.
pub(crate) struct Canvas {
    width: usize,
    pixels: Vec<[u8; 4]>,
    /// What to do to the last frame's area before the next one is painted.
    pending: (Disposal, Area),
    /// The pixels of that area from before the frame, for `Disposal::Previous`.
    saved: Vec<[u8; 4]>,
}

impl Canvas {
    /// A transparent canvas.
    pub(crate) fn new(size: Size) -> Result<Canvas, Error> {
        Ok(Canvas {
            width: size.width() as usize,
            pixels: allocate::filled([0; 4], size.area() as usize)?,
            pending: (Disposal::Keep, Area::EMPTY),
            saved: Vec::new(),
        })
    }

    pub(crate) fn pixels(&self) -> &[[u8; 4]] {
        &self.pixels
    }

    /// The whole canvas.
    pub(crate) fn whole(&self) -> Area {
        Area {
            left: 0,
            top: 0,
            right: self.width,
            bottom: self.pixels.len() / self.width,
        }
    }

    /// The pixels of an area, row by row.
    pub(crate) fn part(&self, area: Area) -> impl Iterator<Item = &[[u8; 4]]> {
        let rows = self.pixels.chunks_exact(self.width);
        let rows = rows.take(area.bottom).skip(area.top);
        rows.map(move |row| &row[area.left..area.right])
    }

    /// Whether all pixels of an area are opaque.
    pub(crate) fn is_opaque(&self, area: Area) -> bool {
        self.part(area).flatten().all(|pixel| pixel[3] == 255)
    }

    /// Disposes of the last frame and paints the next. Returns which pixels may have changed.
    pub(crate) fn show(&mut self, patch: &Patch) -> Result<Area, Error> {
        let (disposal, disposed) = self.pending;
        let cleared = match disposal {
            Disposal::Keep => Area::EMPTY,
            Disposal::Background => {
                self.rows(disposed).for_each(|row| row.fill([0; 4]));
                disposed
            }
            Disposal::Previous => {
                let saved = std::mem::take(&mut self.saved);
                let width = disposed.right - disposed.left;
                for (row, before) in self.rows(disposed).zip(saved.chunks_exact(width)) {
                    row.copy_from_slice(before);
                }
                disposed
            }
        };
        let Layer {
            area,
            blend,
            disposal,
            ..
        } = patch.layer;
        if disposal == Disposal::Previous {
            let mut saved = allocate::reserve(area.count())?;
            self.part(area).for_each(|row| saved.extend_from_slice(row));
            self.saved = saved;
        }
        let rows = patch.pixels.chunks_exact(area.right - area.left);
        for (row, new) in self.rows(area).zip(rows) {
            for (pixel, new) in row.iter_mut().zip(new) {
                *pixel = match (blend, new[3]) {
                    (_, 255) => *new,
                    (Blend::Source, 0) => [0; 4],
                    (Blend::Source, _) => *new,
                    (Blend::Over, 0) => continue,
                    (Blend::Over, _) => over(*new, *pixel),
                };
            }
        }
        self.pending = (disposal, area);
        Ok(cleared.union(area))
    }

    fn rows(&mut self, area: Area) -> impl Iterator<Item = &mut [[u8; 4]]> {
        let rows = self.pixels.chunks_exact_mut(self.width);
        let rows = rows.take(area.bottom).skip(area.top);
        rows.map(move |row| &mut row[area.left..area.right])
    }
}

/// Lays a pixel over another, both straight; the upper one is not transparent.
fn over([r, g, b, alpha]: [u8; 4], under: [u8; 4]) -> [u8; 4] {
    // Coverage in parts of 255 x 255.
    let above = u32::from(alpha) * 255;
    let below = u32::from(under[3]) * (255 - u32::from(alpha));
    let all = above + below;
    let mix = |over: u8, under: u8| {
        ((u32::from(over) * above + u32::from(under) * below + all / 2) / all) as u8
    };
    [
        mix(r, under[0]),
        mix(g, under[1]),
        mix(b, under[2]),
        ((all + 127) / 255) as u8,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_color_over_another_is_that_of_the_definition() {
        // Worked out in floating point.
        assert_eq!(
            over([200, 100, 0, 51], [0, 100, 255, 255]),
            [40, 100, 204, 255]
        );
        assert_eq!(over([200, 100, 0, 51], [0; 4]), [200, 100, 0, 51]);
        // 0.5 + 0.5 x 0.25 = 0.624; (200 x 0.502 + 40 x 0.125) / 0.627 = 168.1
        assert_eq!(over([200, 0, 9, 128], [40, 0, 9, 64]), [168, 0, 9, 160]);
        assert_eq!(over([1, 2, 3, 255], [40, 0, 9, 64]), [1, 2, 3, 255]);
    }
}
