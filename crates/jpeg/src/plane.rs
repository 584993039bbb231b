//! Planes of samples, and which part of each a region of the image needs.

use std::ops::Range;

use crate::allocate::filled;
use crate::error::Error;
use crate::frame::Header;

/// A rectangle of the image, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// Left edge, in pixels from the image's left.
    pub x: u32,
    /// Top edge, in pixels from the image's top.
    pub y: u32,
    /// Pixels across; not zero.
    pub width: u32,
    /// Pixels down; not zero.
    pub height: u32,
}

/// Samples of one component, 8 bits each, in that component's own grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plane {
    /// Where the first sample lies, in samples from the component's left edge.
    pub x: u32,
    /// Where the first row lies, in samples from the component's top edge.
    pub y: u32,
    /// Samples across, those beyond the image's edge left out.
    pub width: u32,
    /// Rows, those beyond the image's edge left out.
    pub height: u32,
    /// From one row to the next in `data`, in samples; at least `width`.
    pub stride: usize,
    /// Row after row; what lies beyond `width` and `height` has no meaning.
    pub data: Vec<u8>,
}

impl Plane {
    /// One row of `width` samples.
    ///
    /// # Panics
    ///
    /// If `row` is not below `height`.
    pub fn row(&self, row: u32) -> &[u8] {
        assert!(row < self.height, "row {row} of {}", self.height);
        let start = row as usize * self.stride;
        &self.data[start..start + self.width as usize]
    }
}

/// The MCUs that a region touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) across: Range<usize>,
    pub(crate) down: Range<usize>,
}

impl Window {
    pub(crate) fn new(header: &Header, region: Option<Region>) -> Result<Self, Error> {
        let (across, down) = header.mcus();
        let Some(region) = region else {
            return Ok(Window {
                across: 0..across,
                down: 0..down,
            });
        };
        let Region {
            x,
            y,
            width,
            height,
        } = region;
        let inside = |from: u32, length: u32, all: u32| {
            length > 0 && from.checked_add(length).is_some_and(|end| end <= all)
        };
        if !inside(x, width, header.width) || !inside(y, height, header.height) {
            return Err(Error::RegionOutside {
                x,
                y,
                width,
                height,
                image_width: header.width,
                image_height: header.height,
            });
        }
        let (mcu_width, mcu_height) = (8 * header.h_max(), 8 * header.v_max());
        Ok(Window {
            across: (x / mcu_width) as usize..(x + width).div_ceil(mcu_width) as usize,
            down: (y / mcu_height) as usize..(y + height).div_ceil(mcu_height) as usize,
        })
    }

    /// Memory for `rows` MCU rows of each component, in samples.
    pub(crate) fn samples(&self, header: &Header, rows: usize) -> usize {
        header
            .components
            .iter()
            .map(|c| self.across.len() * rows * 64 * (c.h * c.v) as usize)
            .sum()
    }

    /// Planes for the MCU rows `rows`, all zero.
    pub(crate) fn planes(&self, header: &Header, rows: Range<usize>) -> Result<Vec<Plane>, Error> {
        let mut planes = Vec::with_capacity(header.components.len());
        for component in &header.components {
            let (h, v) = (8 * component.h as usize, 8 * component.v as usize);
            let stride = self.across.len() * h;
            let x = (self.across.start * h) as u32;
            let mut plane = Plane {
                x,
                y: 0,
                width: (stride as u32).min(component.width - x),
                height: 0,
                stride,
                data: filled(0, stride * rows.len() * v)?,
            };
            plane.move_to(rows.clone(), v, component.height);
            planes.push(plane);
        }
        Ok(planes)
    }
}

impl Plane {
    /// Moves the plane to other MCU rows, each of `v` samples, of a component of `height` rows.
    pub(crate) fn move_to(&mut self, rows: Range<usize>, v: usize, height: u32) {
        self.y = (rows.start * v) as u32;
        self.height = ((rows.len() * v) as u32).min(height - self.y);
    }
}
