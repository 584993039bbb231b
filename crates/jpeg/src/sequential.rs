//! Decodes an image of one sequential scan, row of MCUs by row.

use std::ops::ControlFlow;

use crate::bits::Bits;
use crate::block::{self, Tables};
use crate::error::{Error, Flaw};
use crate::frame::Header;
use crate::plane::{Plane, Window};
use crate::stream::{Scan, Stream};
use crate::{Below, idct};

/// How far a scan was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reached {
    /// All its MCUs; the stream stands behind them.
    End,
    /// Not that far, because nobody wanted more.
    Part,
}

/// Where one block of an MCU comes from and goes to.
struct Slot {
    component: usize,
    /// In blocks, within the MCU.
    x: usize,
    y: usize,
}

/// Hands over each row of MCUs that the window touches, and nothing for the others.
pub(crate) fn decode(
    stream: &mut Stream,
    header: &Header,
    scan: &Scan,
    window: &Window,
    below: Below,
    emit: &mut dyn FnMut(&[Plane]) -> ControlFlow<()>,
) -> Result<Reached, Error> {
    let mut tables = Vec::with_capacity(3);
    let mut slots = Vec::with_capacity(10);
    let mut quants = Vec::with_capacity(3);
    for &part in &scan.parts {
        tables.push(Tables::new(stream.dc_of(part)?, stream.ac_of(part)?));
        quants.push(stream.quant_of(part.component)?.map(|q| q as i16));
        let component = &header.components[part.component];
        for y in 0..component.v as usize {
            for x in 0..component.h as usize {
                slots.push(Slot {
                    component: part.component,
                    x,
                    y,
                });
            }
        }
    }
    // The parts may come in any order; from here on everything is by component.
    let mut order: Vec<usize> = (0..scan.parts.len()).collect();
    order.sort_by_key(|&index| scan.parts[index].component);
    let part_of = |component: usize| order[component];

    let mut planes = window.planes(header, 0..1)?;
    let (across, down) = header.mcus();
    let mut bits = Bits::new(stream.data, stream.pos);
    let mut restarts = Restarts::new(stream.restart_interval);
    let mut dc = [0i32; 4];
    let mut coefficients = [0i16; 64];

    for row in 0..down {
        if row == window.down.end && below == Below::Skip {
            return Ok(Reached::Part);
        }
        let kept = if window.down.contains(&row) {
            window.across.clone()
        } else {
            0..0
        };
        for column in 0..across {
            let result = (|| -> Result<(), Flaw> {
                if restarts.due(&mut bits)? {
                    dc = [0; 4];
                }
                if !kept.contains(&column) {
                    for slot in &slots {
                        let part = part_of(slot.component);
                        block::skip(&mut bits, &tables[part], &mut dc[part])?;
                    }
                    return Ok(());
                }
                for slot in &slots {
                    let part = part_of(slot.component);
                    let used =
                        block::read(&mut bits, &tables[part], &mut dc[part], &mut coefficients)?;
                    let plane = &mut planes[slot.component];
                    let h = header.components[slot.component].h as usize;
                    let x = (column - kept.start) * h + slot.x;
                    let start = slot.y * 8 * plane.stride + x * 8;
                    idct::transform(
                        &coefficients,
                        &quants[part],
                        used,
                        &mut plane.data[start..],
                        plane.stride,
                    );
                    coefficients = [0; 64];
                }
                Ok(())
            })();
            result.map_err(|flaw| flaw.at(bits.pos()))?;
        }
        bits.check().map_err(|flaw| flaw.at(bits.pos()))?;
        let mut made = &planes[..0];
        if !kept.is_empty() {
            for (plane, component) in planes.iter_mut().zip(&header.components) {
                plane.place(row..row + 1, 8 * component.v as usize, component.height);
            }
            made = &planes;
        }
        if emit(made).is_break() {
            return Ok(Reached::Part);
        }
    }
    stream.pos = bits.pos();
    Ok(Reached::End)
}

/// Counts MCUs up to the next restart marker (T.81, E.2.4).
pub(crate) struct Restarts {
    interval: u32,
    left: u32,
    number: u8,
}

impl Restarts {
    pub(crate) fn new(interval: u32) -> Self {
        Restarts {
            interval,
            left: interval,
            number: 0,
        }
    }

    /// Call before each MCU: passes a restart marker if one is due, and says so.
    #[inline(always)]
    pub(crate) fn due(&mut self, bits: &mut Bits) -> Result<bool, Flaw> {
        if self.interval == 0 {
            return Ok(false);
        }
        if self.left > 0 {
            self.left -= 1;
            return Ok(false);
        }
        bits.restart(self.number)?;
        self.number = (self.number + 1) & 7;
        self.left = self.interval - 1;
        Ok(true)
    }

    /// After `due`: passes up to `count` MCUs, the current one included, and says how many.
    pub(crate) fn pass(&mut self, count: u32) -> u32 {
        if self.interval == 0 {
            return count;
        }
        let passed = count.min(self.left + 1);
        self.left -= passed - 1;
        passed
    }
}
