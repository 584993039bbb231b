//! Decodes an image of one sequential scan, one row of MCUs after the other.

use std::ops::{ControlFlow, Range};

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
    /// All its MCUs; the stream is positioned after them.
    End,
    /// Not that far, because no more was wanted.
    Part,
    /// Up to damage in this row of MCUs; gray was passed on for the rest.
    Damage { row: usize, error: Error },
}

/// Where one block of an MCU comes from and goes to.
struct Slot {
    component: usize,
    /// Its tables, by their position in the scan.
    part: usize,
    /// In blocks, within the MCU.
    x: usize,
    y: usize,
    scale: Scale,
    /// Where it begins in the plane, in samples, in the first MCU that is kept, and the step from one MCU to the next.
    start: usize,
    step: usize,
}

/// Which part of a block is visible, by its slot and the column of its MCU, if not all.
type Cut<'a> = dyn Fn(&Slot, usize) -> Option<[Range<usize>; 2]> + 'a;

/// Everything needed to read the MCUs of a scan.
struct Reader<'a> {
    slots: Vec<Slot>,
    tables: Vec<Tables>,
    quants: Vec<[i16; 64]>,
    bits: Bits<'a>,
    restarts: Restarts,
    /// The last DC value of each part.
    dc: [i32; 4],
    /// Whether to check after each MCU that there was data for it, instead of after each row.
    is_watched: bool,
}

/// Passes on each row of MCUs that the window touches, and nothing for the others. The part that `marks` has is not followed again if the
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
    let mut planes = window.planes(header, 0..1)?;
    let mut reader = Reader::new(stream, header, scan, window, &planes)?;
    reader.is_watched = request.damage == Damage::Fill;
    let (across, down) = header.mcus();
    let mut first = 0;
    if request.below == Below::Skip
        && let Some(marks) = &marks
        && let Some(mark) = marks.before(window.down.start, stream.data)
    {
        first = window.down.start;
        (reader.bits, reader.restarts, reader.dc) = (mark.bits, mark.restarts, mark.dc);
    }
    // Those of a finished decoding are complete.
    let mut noted = marks.take_if(|marks| marks.is_empty());

    for row in first..down {
        if let Some(noted) = &mut noted {
            let Reader {
                bits, restarts, dc, ..
            } = reader;
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
        let uncut = if kept.is_empty() {
            0..0
        } else {
            window.uncut(header, row)
        };
        let cut = |slot: &Slot, column| {
            let component = &header.components[slot.component];
            let (h, v) = (component.h as usize, component.v as usize);
            window.cut(slot.component, [column * h + slot.x, row * v + slot.y])
        };
        if let Err((column, flaw)) = reader.row(across, &kept, &uncut, &cut, &mut planes) {
            let error = flaw.at(reader.bits.pos());
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
    let Reader { bits, restarts, .. } = reader;
    stream.pos = bits.pos();
    stream.left.add(restarts.left_at_end(&bits));
    if restarts.interval > 0 && !restarts.has_come {
        stream.left.add(Left::SPARE);
    }
    Ok(Reached::End)
}

impl<'a> Reader<'a> {
    fn new(
        stream: &Stream<'a>,
        header: &Header,
        scan: &Scan,
        window: &Window,
        planes: &[Plane],
    ) -> Result<Self, Error> {
        let mut tables = Vec::with_capacity(3);
        let mut slots = Vec::with_capacity(10);
        let mut quants = Vec::with_capacity(3);
        for (number, &part) in scan.parts.iter().enumerate() {
            tables.push(Tables::new(stream.dc_of(part)?, stream.ac_of(part)?));
            quants.push(stream.quant_of(part.component)?.map(|q| q as i16));
            let component = &header.components[part.component];
            let scale = window.scale(part.component);
            for y in 0..component.v as usize {
                for x in 0..component.h as usize {
                    slots.push(Slot {
                        component: part.component,
                        part: number,
                        x,
                        y,
                        scale,
                        start: (y * planes[part.component].stride + x) * scale.block(),
                        step: component.h as usize * scale.block(),
                    });
                }
            }
        }
        Ok(Reader {
            slots,
            tables,
            quants,
            bits: Bits::new(stream.data, stream.pos),
            restarts: Restarts::new(stream.restart_interval),
            dc: [0; 4],
            is_watched: false,
        })
    }

    /// Reads a row of MCUs, makes the samples of those that are kept, and looks for cut blocks in those that are not `uncut`. An error
    /// comes with its column.
    fn row(
        &mut self,
        across: usize,
        kept: &Range<usize>,
        uncut: &Range<usize>,
        cut: &Cut,
        planes: &mut [Plane],
    ) -> Result<(), (usize, Flaw)> {
        // A copy stays in registers.
        let mut bits = self.bits;
        let mut coefficients = [0; 64];
        for column in 0..across {
            let result = (|| -> Result<(), Flaw> {
                if self.restarts.due(&mut bits)? {
                    self.dc = [0; 4];
                }
                if !kept.contains(&column) {
                    for slot in &self.slots {
                        let dc = &mut self.dc[slot.part & 3];
                        block::skip(&mut bits, &self.tables[slot.part], dc)?;
                    }
                    return Ok(());
                }
                let is_uncut = uncut.contains(&column);
                for slot in &self.slots {
                    let (tables, quant) = (&self.tables[slot.part], &self.quants[slot.part]);
                    let dc = &mut self.dc[slot.part & 3];
                    let plane = &mut planes[slot.component];
                    let start = slot.start + (column - kept.start) * slot.step;
                    let out = &mut plane.data[start..];
                    if slot.scale == Scale::Eighth {
                        block::skip(&mut bits, tables, dc)?;
                        out[0] = idct::mean(*dc as i16, quant[0]);
                        continue;
                    }
                    let inside = if is_uncut { None } else { cut(slot, column) };
                    let wanted = match inside {
                        None => slot.scale.coefficients(),
                        Some(_) => 64,
                    };
                    let used = block::read(&mut bits, tables, dc, &mut coefficients, wanted)?;
                    let (scale, stride) = (slot.scale, plane.stride);
                    match inside {
                        None => idct::transform(&coefficients, quant, used, scale, out, stride),
                        Some(inside) => {
                            let block = &coefficients;
                            idct::transform_cut(block, quant, used, scale, inside, out, stride);
                        }
                    }
                    // With DC alone there is nothing to clear.
                    if used > 1 {
                        coefficients = [0; 64];
                    }
                }
                // Once a row is early enough to refuse.
                if self.is_watched {
                    bits.check()
                } else {
                    Ok(())
                }
            })();
            if let Err(flaw) = result {
                self.bits = bits;
                return Err((column, flaw));
            }
        }
        self.bits = bits;
        self.bits
            .check()
            .map_err(|flaw| (across.saturating_sub(1), flaw))
    }
}

/// Passes on mid-gray, as libjpeg shows it, for the rest of the window from an MCU of a row on.
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
            // A stride covers the same number of MCUs in each.
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
