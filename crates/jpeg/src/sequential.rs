//! Decodes an image of one sequential scan, row of MCUs by row.

use std::ops::ControlFlow;

use crate::bits::{Bits, Left};
use crate::block::{self, Tables};
use crate::error::{Error, Flaw};
use crate::frame::Header;
use crate::idct;
use crate::marks::{Mark, Marks};
use crate::plane::{Plane, Window};
use crate::request::{Below, Damage, Request, Scale};
use crate::restarts::Restarts;
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

/// Hands over each row of MCUs that the window touches, and nothing for the others. What `marks` has is not followed again where the
/// request leaves it to the caller that the rest is sound.
pub(crate) fn decode<'a>(
    stream: &mut Stream<'a>,
    header: &Header,
    scan: &Scan,
    window: &Window,
    request: &Request,
    mut marks: Option<&mut Marks<'a>>,
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

    let mut first = 0;
    if request.below == Below::Skip
        && let Some(marks) = &marks
        && let Some(mark) = marks.before(window.down.start, stream.data)
    {
        first = window.down.start;
        (bits, restarts, dc) = (mark.bits, mark.restarts, mark.dc);
    }
    // Those of a decoding that has ended are whole.
    let mut noted = marks.take_if(|marks| marks.is_empty());

    for row in first..down {
        if let Some(noted) = &mut noted {
            noted.note(Mark { bits, restarts, dc });
        }
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
