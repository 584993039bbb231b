//! Decodes an image of one sequential scan, row of MCUs by row.

use std::ops::ControlFlow;

use crate::bits::{Bits, Left};
use crate::block::{self, Tables};
use crate::error::{Error, Flaw};
use crate::frame::Header;
use crate::idct;
use crate::plane::{Plane, Window};
use crate::request::{Below, Damage, Request, Scale};
use crate::stream::{Scan, Stream};

/// How far a scan was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reached {
    /// All its MCUs; the stream stands behind them.
    End,
    /// Not that far, because nobody wanted more.
    Part,
    /// Up to damage in this row of MCUs; gray was handed over for what lies behind.
    Damage { row: usize, error: Error },
}

/// Where one block of an MCU comes from and goes to.
struct Slot {
    component: usize,
    /// In blocks, within the MCU.
    x: usize,
    y: usize,
    scale: Scale,
}

/// Hands over each row of MCUs that the window touches, and nothing for the others.
pub(crate) fn decode(
    stream: &mut Stream,
    header: &Header,
    scan: &Scan,
    window: &Window,
    request: &Request,
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
                    scale: window.scale(part.component),
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
        if row == window.down.end && request.below == Below::Skip {
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
                    let component = &header.components[slot.component];
                    let (h, v) = (component.h as usize, component.v as usize);
                    let plane = &mut planes[slot.component];
                    let x = (column - kept.start) * h + slot.x;
                    let start = (slot.y * plane.stride + x) * slot.scale.block();
                    let (quant, out) = (&quants[part], &mut plane.data[start..]);
                    if slot.scale == Scale::Eighth {
                        block::skip(&mut bits, &tables[part], &mut dc[part])?;
                        out[0] = idct::mean(dc[part] as i16, quant[0]);
                        continue;
                    }
                    let cut = window.cut(slot.component, [column * h + slot.x, row * v + slot.y]);
                    let wanted = match cut {
                        None => slot.scale.coefficients(),
                        Some(_) => 64,
                    };
                    let used = block::read(
                        &mut bits,
                        &tables[part],
                        &mut dc[part],
                        &mut coefficients,
                        wanted,
                    )?;
                    match cut {
                        None => idct::transform(
                            &coefficients,
                            quant,
                            used,
                            slot.scale,
                            out,
                            plane.stride,
                        ),
                        Some(inside) => {
                            idct::transform_cut(
                                &coefficients,
                                quant,
                                slot.scale,
                                inside,
                                out,
                                plane.stride,
                            );
                        }
                    }
                    coefficients = [0; 64];
                }
                match request.damage {
                    // Once a row is early enough to refuse.
                    Damage::Refuse => Ok(()),
                    Damage::Fill => bits.check(),
                }
            })()
            .and_then(|()| {
                if column + 1 == across {
                    bits.check()
                } else {
                    Ok(())
                }
            });
            let Err(flaw) = result else { continue };
            let error = flaw.at(bits.pos());
            return match request.damage {
                Damage::Refuse => Err(error),
                Damage::Fill => {
                    fill(&mut planes, header, window, (row, column), emit);
                    Ok(Reached::Damage { row, error })
                }
            };
        }
        let mut made = &planes[..0];
        if !kept.is_empty() {
            window.move_to(row..row + 1, header, &mut planes);
            made = &planes;
        }
        if emit(made).is_break() {
            return Ok(Reached::Part);
        }
    }
    stream.pos = bits.pos();
    stream.left.add(restarts.left_at_end(&bits));
    if restarts.interval > 0 && !restarts.has_come {
        stream.left.add(Left::SPARE);
    }
    Ok(Reached::End)
}

/// Hands over mid-gray, as libjpeg shows it, for all of the window from an MCU of a row on.
fn fill(
    planes: &mut [Plane],
    header: &Header,
    window: &Window,
    (row, column): (usize, usize),
    emit: &mut dyn FnMut(&[Plane]) -> ControlFlow<()>,
) {
    for number in row.max(window.down.start)..window.down.end {
        let first = if number == row { column } else { 0 };
        let first = first.saturating_sub(window.across.start);
        window.move_to(number..number + 1, header, planes);
        for plane in planes.iter_mut() {
            // A stride is that of as many MCUs in each.
            let first = (plane.stride / window.across.len() * first).min(plane.stride);
            for line in plane.data.chunks_exact_mut(plane.stride) {
                line[first..].fill(128);
            }
        }
        if emit(planes).is_break() {
            return;
        }
    }
}

/// Counts MCUs up to the next restart marker (T.81, E.2.4).
pub(crate) struct Restarts {
    pub(crate) interval: u32,
    left: u32,
    number: u8,
    /// Whether there was one.
    pub(crate) has_come: bool,
    /// What was left before them.
    before: Left,
}

impl Restarts {
    pub(crate) fn new(interval: u32) -> Self {
        Restarts {
            interval,
            left: interval,
            number: 0,
            has_come: false,
            before: Left::NOTHING,
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
        self.before.add(bits.restart(self.number)?);
        self.has_come = true;
        self.number = (self.number + 1) & 7;
        self.left = self.interval - 1;
        Ok(true)
    }

    /// What was left before all of them and at the end.
    pub(crate) fn left_at_end(&self, bits: &Bits) -> Left {
        let mut left = self.before;
        left.add(bits.left_at_end());
        left
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
