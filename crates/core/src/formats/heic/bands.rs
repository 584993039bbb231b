//! Rows of samples of a picture, decoded one row of tiles after the other.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use super::hevc::{Parameters, Tile};
use super::items::Items;
use super::picture::{Picture, parameters};
use crate::clock::Clock;
use crate::error::Error;
use crate::geometry::Rect;

/// How many parameter sets are kept: the tiles of a photo share one.
const MOST_KEPT: usize = 4;

/// The tiles that touch a part of a picture. At most two rows of them are held.
pub(super) struct Bands<'a> {
    items: &'a Items<'a>,
    picture: &'a Picture,
    /// The most recent ones, by the number of their property.
    parameters: VecDeque<(usize, Parameters)>,
    /// Columns of tiles.
    columns: Range<u32>,
    /// Rows of tiles still to be decoded.
    ahead: Range<u32>,
    bands: VecDeque<Band>,
    /// Tiles that are decoded already, by their position in the picture.
    held: &'a [Option<Arc<Tile>>],
}

/// A row of tiles.
struct Band {
    row: u32,
    tiles: Vec<Arc<Tile>>,
}

impl<'a> Bands<'a> {
    /// For a part of a picture; what is `held` is not decoded.
    pub(super) fn new(
        items: &'a Items<'a>,
        picture: &'a Picture,
        held: &'a [Option<Arc<Tile>>],
        part: Rect,
    ) -> Bands<'a> {
        let tile = picture.shape.size;
        let touched = |from: u32, to: u32, side: u32| from / side..to.div_ceil(side);
        Bands {
            items,
            picture,
            parameters: VecDeque::new(),
            columns: touched(part.x(), part.right(), tile.width()),
            ahead: touched(part.y(), part.bottom(), tile.height()),
            bands: VecDeque::new(),
            held,
        }
    }

    /// Decodes all tiles that touch the part, to hold them.
    pub(super) fn decode_all(mut self, clock: &Clock) -> Result<Vec<Option<Arc<Tile>>>, Error> {
        let mut held = vec![None; self.picture.tiles.len()];
        for row in self.ahead.clone() {
            for column in self.columns.clone() {
                let index = self.index(row, column);
                let tile = self.tile(index, clock)?.packed();
                if let Some(place) = held.get_mut(index) {
                    *place = Some(Arc::new(tile));
                }
            }
        }
        Ok(held)
    }

    fn index(&self, row: u32, column: u32) -> usize {
        (row * self.picture.columns + column) as usize
    }

    /// Decodes the next row of tiles. `false` if there is none.
    pub(super) fn decode_next(&mut self, clock: &Clock) -> Result<bool, Error> {
        let Some(row) = self.ahead.next() else {
            return Ok(false);
        };
        let mut tiles = Vec::with_capacity(self.columns.len());
        for column in self.columns.clone() {
            let index = self.index(row, column);
            let held = self.held.get(index).cloned().flatten();
            tiles.push(match held {
                Some(tile) => tile,
                None => Arc::new(self.tile(index, clock)?),
            });
        }
        self.bands.push_back(Band { row, tiles });
        Ok(true)
    }

    fn tile(&mut self, index: usize, clock: &Clock) -> Result<Tile, Error> {
        clock.check()?;
        let item = self.picture.tiles.get(index).copied();
        let item = item.ok_or_else(|| Error::internal("a grid lacks a tile"))?;
        let record = parameters(self.items, item)?;
        let mut known = self.parameters.iter();
        let at = match known.position(|(of, _)| *of == record.index) {
            Some(at) => at,
            None => {
                let parameters = Parameters::read(record.bytes)?;
                self.parameters.truncate(MOST_KEPT - 1);
                self.parameters.push_front((record.index, parameters));
                0
            }
        };
        let data = self.items.data(item)?;
        self.parameters[at].1.decode(&data, clock)
    }

    /// Decodes until row `y` of the picture's pixels is there, and discards rows of tiles that end at row `from` or above.
    pub(super) fn reach(&mut self, from: u32, y: u32, clock: &Clock) -> Result<(), Error> {
        let height = self.picture.shape.size.height();
        while self
            .bands
            .back()
            .is_none_or(|band| (band.row + 1) * height <= y)
        {
            while self
                .bands
                .front()
                .is_some_and(|band| (band.row + 1) * height <= from)
            {
                self.bands.pop_front();
            }
            if !self.decode_next(clock)? {
                break;
            }
        }
        Ok(())
    }

    /// Discards all rows of tiles but the last one decoded, and returns which rows of a component's samples that one has.
    pub(super) fn last_rows(&mut self, component: usize) -> Range<u32> {
        while self.bands.len() > 1 {
            self.bands.pop_front();
        }
        let height = self.tile_sides(component)[1];
        let row = self.bands.back().map_or(0, |band| band.row);
        let [_, whole] = self.sides(component);
        row * height..((row + 1) * height).min(whole)
    }

    /// The samples of a row of Y (0), Cb (1) or Cr (2), in these columns.
    pub(super) fn row(
        &self,
        component: usize,
        y: u32,
        columns: Range<u32>,
        samples: &mut Vec<u16>,
    ) -> Result<(), Error> {
        let missing = || Error::internal("a row of samples is missing");
        let [width, height] = self.tile_sides(component);
        let band = self.bands.iter().find(|band| band.row == y / height);
        let band = band.ok_or_else(missing)?;
        samples.clear();
        let first = self.columns.start;
        for (column, tile) in (first..).zip(&band.tiles) {
            let from = columns.start.max(column * width);
            let to = columns.end.min((column + 1) * width);
            if from < to {
                let part = (from - column * width) as usize..(to - column * width) as usize;
                tile.add_row(component, y % height, part, samples)?;
            }
        }
        if samples.len() != columns.len() {
            return Err(missing());
        }
        Ok(())
    }

    /// The columns of a component's samples that are decoded.
    pub(super) fn decoded_columns(&self, component: usize) -> Range<u32> {
        let [width, _] = self.tile_sides(component);
        let [whole, _] = self.sides(component);
        self.columns.start * width..(self.columns.end * width).min(whole)
    }

    /// Samples of a component across and down.
    pub(super) fn sides(&self, component: usize) -> [u32; 2] {
        let [across, down] = self.picture.ratios(component);
        let size = self.picture.size;
        [size.width().div_ceil(across), size.height().div_ceil(down)]
    }

    fn tile_sides(&self, component: usize) -> [u32; 2] {
        let [across, down] = self.picture.ratios(component);
        let size = self.picture.shape.size;
        [size.width().div_ceil(across), size.height().div_ceil(down)]
    }
}
