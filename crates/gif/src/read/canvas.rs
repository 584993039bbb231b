//! The canvas of an animation: what a browser has on screen after each frame.

use super::unpack::Patch;
use crate::allocate;
use crate::area::Area;
use crate::error::Error;
use crate::timing::Disposal;

/// RGBA pixels, alpha 0 or 255; transparent ones are all zeros, so straight and premultiplied are the same.
pub struct Canvas {
    width: usize,
    pixels: Vec<[u8; 4]>,
    /// What to do to the last frame's area before the next one is painted.
    pending: (Disposal, Area),
    /// The pixels of that area from before the frame, for `Disposal::Previous`.
    saved: Vec<[u8; 4]>,
}

impl Canvas {
    /// A transparent canvas of this size in pixels.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfMemory`], as for [`Canvas::show`].
    pub fn new(width: u16, height: u16) -> Result<Canvas, Error> {
        let (width, height) = (usize::from(width), usize::from(height));
        Ok(Canvas {
            width,
            pixels: allocate::filled([0; 4], width * height)?,
            pending: (Disposal::Keep, Area::EMPTY),
            saved: Vec::new(),
        })
    }

    /// All pixels, row by row: RGBA, alpha 0 (then all zeros) or 255.
    pub fn pixels(&self) -> &[[u8; 4]] {
        &self.pixels
    }

    /// Whether no pixel of `area` is transparent.
    pub fn is_opaque(&mut self, area: Area) -> bool {
        self.rows(area).flatten().all(|pixel| pixel[3] == 255)
    }

    /// Disposes of the last frame and paints the next. Returns which pixels may have changed.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfMemory`], if the frame will be reverted: the area under it is saved.
    ///
    /// # Panics
    ///
    /// If the frame was unpacked for a larger canvas.
    pub fn show(&mut self, patch: &Patch) -> Result<Area, Error> {
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
                for (row, before) in self.rows(disposed).zip(saved.chunks_exact(width.max(1))) {
                    row.copy_from_slice(before);
                }
                self.saved = saved;
                disposed
            }
        };
        if patch.disposal == Disposal::Previous {
            let mut saved = std::mem::take(&mut self.saved);
            saved.clear();
            let count = patch.area.count();
            if saved.try_reserve_exact(count).is_err() {
                return Err(Error::OutOfMemory { bytes: 4 * count });
            }
            self.rows(patch.area)
                .for_each(|row| saved.extend_from_slice(row));
            self.saved = saved;
        }
        for (row, indices) in self.rows(patch.area).zip(patch.rows()) {
            for (pixel, index) in row.iter_mut().zip(indices) {
                let color = patch.colors[usize::from(*index)];
                if color[3] != 0 {
                    *pixel = color;
                }
            }
        }
        self.pending = (patch.disposal, patch.area);
        Ok(cleared.union(patch.area))
    }

    fn rows(&mut self, area: Area) -> impl Iterator<Item = &mut [[u8; 4]]> {
        let rows = if area.is_empty() {
            0
        } else {
            area.bottom - area.top
        };
        self.pixels
            .chunks_exact_mut(self.width.max(1))
            .skip(area.top)
            .take(rows)
            .map(move |row| &mut row[area.left..area.right])
    }
}
