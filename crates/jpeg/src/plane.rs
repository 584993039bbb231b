//! Planes of samples, and which part of each a region of the image needs.

use std::ops::Range;

use crate::allocate::filled;
use crate::error::Error;
use crate::frame::{Component, Header};
use crate::request::{Request, Scale};

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

/// Samples of one component, 8 bits each, in that component's own grid at the request's scale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plane {
    /// Where the first sample lies, in samples from the component's left edge.
    pub x: u32,
    /// Where the first row lies, in samples from the component's top edge.
    pub y: u32,
    /// Samples across, without those beyond the image's edge.
    pub width: u32,
    /// Rows, without those beyond the image's edge.
    pub height: u32,
    /// From one row to the next in `data`, in samples; at least `width`.
    pub stride: usize,
    /// Row after row; data beyond `width` and `height` is meaningless.
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
    /// For each component.
    scales: Vec<Scale>,
    /// For each component: the columns and rows of its samples that the region touches.
    inside: Vec<[Range<usize>; 2]>,
}

impl Window {
    pub(crate) fn new(header: &Header, request: &Request) -> Result<Self, Error> {
        let (across, down) = header.mcus();
        let components = 0..header.components.len();
        let scales = components
            .map(|component| request.scale(component))
            .collect();
        let Some(region) = request.region else {
            let all = |c: &Component| [0..c.width as usize, 0..c.height as usize];
            return Ok(Window {
                across: 0..across,
                down: 0..down,
                scales,
                inside: header.components.iter().map(all).collect(),
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
        let touched = |c: &Component| {
            let samples = |from: u32, length: u32, ratio: u32| {
                (from / ratio) as usize..(from + length).div_ceil(ratio) as usize
            };
            let (across, down) = (header.h_max() / c.h, header.v_max() / c.v);
            [samples(x, width, across), samples(y, height, down)]
        };
        Ok(Window {
            across: (x / mcu_width) as usize..(x + width).div_ceil(mcu_width) as usize,
            down: (y / mcu_height) as usize..(y + height).div_ceil(mcu_height) as usize,
            scales,
            inside: header.components.iter().map(touched).collect(),
        })
    }

    /// If a block is scaled and reaches out of the region: the columns and rows of it that do not.
    ///
    /// A smaller transform would mix in samples outside, and its effect at an edge there would show inside.
    pub(crate) fn cut(&self, component: usize, [x, y]: [usize; 2]) -> Option<[Range<usize>; 2]> {
        // Of a block that becomes one sample only the mean is read.
        if matches!(self.scale(component), Scale::Full | Scale::Eighth) {
            return None;
        }
        let [columns, rows] = &self.inside[component];
        let part = |inside: &Range<usize>, block: usize| {
            let from = inside.start.saturating_sub(8 * block).min(8);
            from..inside.end.saturating_sub(8 * block).min(8)
        };
        let (columns, rows) = (part(columns, x), part(rows, y));
        let is_cut = columns.len() < 8 || rows.len() < 8;
        (is_cut && !columns.is_empty() && !rows.is_empty()).then_some([columns, rows])
    }

    /// The columns of MCUs of a row in which no block of any component is cut.
    pub(crate) fn uncut(&self, header: &Header, row: usize) -> Range<usize> {
        let mut columns = self.across.clone();
        for (index, component) in header.components.iter().enumerate() {
            let within = self.uncut_blocks(index, row * component.v as usize, component.v as usize);
            let h = component.h as usize;
            columns.start = columns.start.max(within.start.div_ceil(h));
            columns.end = columns.end.min(within.end / h);
        }
        columns
    }

    /// The columns of blocks of a component that are not cut in any of `count` rows of blocks from `row` on.
    pub(crate) fn uncut_blocks(&self, component: usize, row: usize, count: usize) -> Range<usize> {
        if matches!(self.scale(component), Scale::Full | Scale::Eighth) {
            return 0..usize::MAX;
        }
        let [columns, rows] = &self.inside[component];
        if 8 * row < rows.start || 8 * (row + count) > rows.end {
            return 0..0;
        }
        columns.start.div_ceil(8)..columns.end / 8
    }

    /// The scale of a component.
    pub(crate) fn scale(&self, component: usize) -> Scale {
        self.scales[component]
    }

    /// Memory for `rows` MCU rows of each component, in samples.
    pub(crate) fn samples(&self, header: &Header, rows: usize) -> usize {
        header
            .components
            .iter()
            .enumerate()
            .map(|(index, c)| {
                let block = self.scale(index).block();
                self.across.len() * rows * block * block * (c.h * c.v) as usize
            })
            .sum()
    }

    /// Planes for the MCU rows `rows`, all zero.
    pub(crate) fn planes(&self, header: &Header, rows: Range<usize>) -> Result<Vec<Plane>, Error> {
        let mut planes = Vec::with_capacity(header.components.len());
        for (index, component) in header.components.iter().enumerate() {
            let scale = self.scale(index);
            let (h, v) = (component.h as usize, component.v as usize);
            let stride = self.across.len() * scale.block() * h;
            let x = (self.across.start * scale.block() * h) as u32;
            planes.push(Plane {
                x,
                y: 0,
                width: (stride as u32).min(scale.scaled(component.width) - x),
                height: 0,
                stride,
                data: filled(0, stride * rows.len() * scale.block() * v)?,
            });
        }
        self.move_to(rows, header, &mut planes);
        Ok(planes)
    }

    /// Moves planes to other MCU rows.
    pub(crate) fn move_to(&self, rows: Range<usize>, header: &Header, planes: &mut [Plane]) {
        for (index, (plane, component)) in planes.iter_mut().zip(&header.components).enumerate() {
            let scale = self.scale(index);
            let v = scale.block() * component.v as usize;
            plane.y = (rows.start * v) as u32;
            plane.height = ((rows.len() * v) as u32).min(scale.scaled(component.height) - plane.y);
        }
    }
}
