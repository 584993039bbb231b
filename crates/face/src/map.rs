//! The data that flows through the network: pictures with a multiple of 16 channels.

use crate::error::Error;

/// Channels that are computed together.
pub(crate) const LANES: usize = 16;

/// Sixteen channels of a pixel, aligned as the widest vectors want them.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(align(64))]
pub(crate) struct Lanes(pub(crate) [f32; LANES]);

impl Lanes {
    pub(crate) const ZERO: Lanes = Lanes([0.0; LANES]);
}

/// A picture of `blocks` times 16 channels. Each row has its blocks one after the other, and each of those its columns.
#[derive(Debug)]
pub(crate) struct Map {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) blocks: usize,
    lanes: Vec<Lanes>,
}

impl Map {
    pub(crate) fn new(width: usize, height: usize, blocks: usize) -> Result<Map, Error> {
        Ok(Map {
            width,
            height,
            blocks,
            lanes: filled(width * height * blocks)?,
        })
    }

    pub(crate) fn row(&self, y: usize) -> &[Lanes] {
        let length = self.width * self.blocks;
        &self.lanes[y * length..][..length]
    }

    pub(crate) fn row_mut(&mut self, y: usize) -> &mut [Lanes] {
        let length = self.width * self.blocks;
        &mut self.lanes[y * length..][..length]
    }
}

/// This many zeros, or an error if the system refuses the memory.
pub(crate) fn filled(count: usize) -> Result<Vec<Lanes>, Error> {
    let mut lanes = Vec::new();
    let bytes = (count * size_of::<Lanes>()) as u64;
    lanes
        .try_reserve_exact(count)
        .map_err(|_| Error::OutOfMemory { bytes })?;
    lanes.resize(count, Lanes::ZERO);
    Ok(lanes)
}
