//! Decodes an image of several scans: holds the coefficients that the region needs, then
//! transforms them row by row.

use std::ops::{ControlFlow, Range};

use crate::bits::Bits;
use crate::block::{self, Tables};
use crate::error::{Error, Flaw};
use crate::frame::{Header, Process};
use crate::idct;
use crate::plane::{Plane, Window, zeros};
use crate::progressive::{Band, Kept, ac_first, ac_refine, dc_first, dc_refine};
use crate::request::{Below, Request};
use crate::sequential::Restarts;
use crate::stream::{Event, Scan, Stream};
use crate::{End, huffman::Table};

/// What is held of one component.
struct Held {
    /// Blocks in a row, those that fill up the last MCU included.
    across: usize,
    /// Rows of blocks that are followed.
    rows: usize,
    /// For each block followed: which zigzag places are not zero. DC does not count.
    masks: Vec<u64>,
    /// The blocks whose coefficients are kept.
    kept_across: Range<usize>,
    kept_down: Range<usize>,
    coefficients: Vec<[i16; 64]>,
    /// The table in force when the component's first scan began (libjpeg does the same).
    quant: Option<[i16; 64]>,
    /// By zigzag place: the lowest bit known, if any.
    known: [Option<u32>; 64],
}

impl Held {
    #[inline(always)]
    fn block(&mut self, x: usize, y: usize) -> (&mut u64, Kept<'_>) {
        let mask = &mut self.masks[y * self.across + x];
        if !self.kept_across.contains(&x) || !self.kept_down.contains(&y) {
            return (mask, None);
        }
        let row = (y - self.kept_down.start) * self.kept_across.len();
        let kept = &mut self.coefficients[row + x - self.kept_across.start];
        (mask, Some(kept))
    }
}

/// Decodes all scans, the first of which is `scan`, then hands over the rows of the window.
pub(crate) fn decode(
    stream: &mut Stream,
    header: &Header,
    first: &Scan,
    window: &Window,
    request: &Request,
    emit: &mut dyn FnMut(&[Plane]) -> ControlFlow<()>,
) -> Result<End, Error> {
    let followed = match request.below {
        Below::Check => header.mcus().1,
        Below::Skip => window.down.end,
    };
    let mut held = hold(header, window, followed)?;
    let (mut scans, mut visits) = (0, 0);
    let mut next = None;
    let end = loop {
        let scan = next.as_ref().unwrap_or(first);
        scans += 1;
        request.limits.check_scans(scans)?;
        visits += blocks_of(header, scan);
        request.limits.check_visits(visits)?;
        begin(stream, header, scan, &mut held)?;
        read_scan(stream, header, scan, &mut held, followed)?;
        match stream.next()? {
            Event::Scan(scan) => next = Some(scan),
            Event::End => break End::Marked,
            Event::Cut => break End::Unmarked,
        }
    };
    for component in &held {
        let missing = match end {
            // The writer chose to leave it at that, which libjpeg accepts.
            End::Marked => component.known.iter().all(|low| low.is_none()),
            _ => component.known.iter().any(|&low| low != Some(0)),
        };
        if missing {
            return Err(stream.damaged("the file ends before all scans were there"));
        }
    }
    hand_over(header, window, &held, end, emit)
}

fn hold(header: &Header, window: &Window, followed: usize) -> Result<Vec<Held>, Error> {
    let mut held = Vec::with_capacity(header.components.len());
    for component in &header.components {
        let (h, v) = (component.h as usize, component.v as usize);
        let (across, rows) = (header.mcus().0 * h, followed * v);
        let kept_across = window.across.start * h..window.across.end * h;
        let kept_down = window.down.start * v..window.down.end * v;
        held.push(Held {
            across,
            rows,
            masks: zeros(across * rows)?,
            coefficients: zeros_of_blocks(kept_across.len() * kept_down.len())?,
            kept_across,
            kept_down,
            quant: None,
            known: [None; 64],
        });
    }
    Ok(held)
}

fn zeros_of_blocks(count: usize) -> Result<Vec<[i16; 64]>, Error> {
    let mut blocks = Vec::new();
    blocks
        .try_reserve_exact(count)
        .map_err(|_| Error::OutOfMemory {
            bytes: count.saturating_mul(128),
        })?;
    blocks.resize(count, [0; 64]);
    Ok(blocks)
}

fn blocks_of(header: &Header, scan: &Scan) -> u64 {
    match scan.parts[..] {
        [part] => {
            let (across, down) = header.components[part.component].blocks();
            across as u64 * down as u64
        }
        _ => header.blocks(),
    }
}

/// Checks that a scan fits what came before it, and notes what it brings.
fn begin(stream: &Stream, header: &Header, scan: &Scan, held: &mut [Held]) -> Result<(), Error> {
    for part in &scan.parts {
        let component = &mut held[part.component];
        for known in &mut component.known[scan.first..=scan.last] {
            let expected = if scan.high == 0 {
                None
            } else {
                Some(scan.high)
            };
            if *known != expected {
                return Err(stream.damaged("scans repeat or leave out bits of a coefficient"));
            }
            *known = Some(scan.low);
        }
        if component.quant.is_none() {
            component.quant = Some(stream.quant_of(part.component)?.map(|q| q as i16));
        }
    }
    debug_assert!(header.process == Process::Progressive || scan.high == 0);
    Ok(())
}

fn read_scan(
    stream: &mut Stream,
    header: &Header,
    scan: &Scan,
    held: &mut [Held],
    followed: usize,
) -> Result<(), Error> {
    let mut bits = Bits::new(stream.data, stream.pos);
    let result = match (header.process, scan.first, scan.high) {
        (Process::Progressive, 0, 0) => {
            let tables = scan
                .parts
                .iter()
                .map(|&part| stream.dc_of(part))
                .collect::<Result<Vec<_>, _>>()?;
            let mut dc = [0; 4];
            visit(
                stream,
                header,
                scan,
                held,
                followed,
                &mut bits,
                |bits, event| {
                    match event {
                        Visit::Restart => dc = [0; 4],
                        Visit::Block { part, kept, .. } => {
                            dc_first(bits, &tables[part], scan.low, &mut dc[part], kept)?;
                        }
                    }
                    Ok(())
                },
            )
        }
        (Process::Progressive, 0, _) => visit(
            stream,
            header,
            scan,
            held,
            followed,
            &mut bits,
            |bits, event| {
                if let Visit::Block { kept, .. } = event {
                    dc_refine(bits, scan.low, kept);
                }
                Ok(())
            },
        ),
        (Process::Progressive, _, _) => {
            let table = stream.ac_of(scan.parts[0])?;
            read_band(stream, header, scan, held, followed, &mut bits, &table)
        }
        _ => {
            let mut tables = Vec::with_capacity(3);
            for &part in &scan.parts {
                tables.push(Tables {
                    dc: stream.dc_of(part)?,
                    ac: stream.ac_of(part)?,
                });
            }
            let mut dc = [0; 4];
            visit(
                stream,
                header,
                scan,
                held,
                followed,
                &mut bits,
                |bits, event| {
                    match event {
                        Visit::Restart => dc = [0; 4],
                        Visit::Block { part, mask, kept } => match kept {
                            Some(kept) => {
                                let used = block::read(bits, &tables[part], &mut dc[part], kept)?;
                                *mask = u64::MAX >> (64 - used);
                            }
                            None => block::skip(bits, &tables[part], &mut dc[part])?,
                        },
                    }
                    Ok(())
                },
            )
        }
    };
    result.map_err(|flaw| flaw.at(bits.pos()))?;
    stream.pos = bits.pos();
    Ok(())
}

/// What a scan comes to.
enum Visit<'a> {
    Restart,
    Block {
        /// Index in the scan's parts.
        part: usize,
        mask: &'a mut u64,
        kept: Kept<'a>,
    },
}

/// Visits the blocks of a scan in the order of the file.
#[inline(always)]
fn visit(
    stream: &Stream,
    header: &Header,
    scan: &Scan,
    held: &mut [Held],
    followed: usize,
    bits: &mut Bits,
    mut on: impl FnMut(&mut Bits, Visit) -> Result<(), Flaw>,
) -> Result<(), Flaw> {
    let mut restarts = Restarts::new(stream.restart_interval);
    // A component alone comes block by block and without the blocks that fill up MCUs.
    let (across, down, alone) = match scan.parts[..] {
        [part] => {
            let (across, down) = header.components[part.component].blocks();
            (across, down.min(held[part.component].rows), true)
        }
        _ => (header.mcus().0, followed, false),
    };
    for row in 0..down {
        for column in 0..across {
            if restarts.due(bits)? {
                on(bits, Visit::Restart)?;
            }
            for (part, scan_part) in scan.parts.iter().enumerate() {
                let component = &header.components[scan_part.component];
                let (h, v) = match alone {
                    true => (1, 1),
                    false => (component.h as usize, component.v as usize),
                };
                for y in 0..v {
                    for x in 0..h {
                        let held = &mut held[scan_part.component];
                        let (mask, kept) = held.block(column * h + x, row * v + y);
                        on(bits, Visit::Block { part, mask, kept })?;
                    }
                }
            }
        }
        bits.check()?;
    }
    Ok(())
}

/// Reads an AC scan: of one component, with runs of blocks in which nothing new comes.
fn read_band(
    stream: &Stream,
    header: &Header,
    scan: &Scan,
    held: &mut [Held],
    followed: usize,
    bits: &mut Bits,
    table: &Table,
) -> Result<(), Flaw> {
    let band = Band {
        first: scan.first,
        last: scan.last,
        low: scan.low,
    };
    let mut run_of_blocks = 0;
    if scan.high == 0 {
        visit(stream, header, scan, held, followed, bits, |bits, event| {
            match event {
                Visit::Restart => run_of_blocks = 0,
                Visit::Block { .. } if run_of_blocks > 0 => run_of_blocks -= 1,
                Visit::Block { mask, kept, .. } => {
                    run_of_blocks = ac_first(bits, table, band, mask, kept)?;
                }
            }
            Ok(())
        })
    } else {
        visit(stream, header, scan, held, followed, bits, |bits, event| {
            match event {
                Visit::Restart => run_of_blocks = 0,
                Visit::Block { mask, kept, .. } => {
                    ac_refine(bits, table, band, &mut run_of_blocks, mask, kept)?;
                }
            }
            Ok(())
        })
    }
}

fn hand_over(
    header: &Header,
    window: &Window,
    held: &[Held],
    end: End,
    emit: &mut dyn FnMut(&[Plane]) -> ControlFlow<()>,
) -> Result<End, Error> {
    let mut planes = window.planes(header, 0..1)?;
    for row in window.down.clone() {
        for ((plane, component), held) in planes.iter_mut().zip(&header.components).zip(held) {
            let v = component.v as usize;
            plane.place(row..row + 1, 8 * v, component.height);
            let quant = held.quant.unwrap_or([0; 64]);
            let kept = held.kept_across.len();
            for y in 0..v {
                let block_row = row * v + y;
                let start = (block_row - held.kept_down.start) * kept;
                let masks = block_row * held.across + held.kept_across.start;
                let blocks = held.coefficients[start..start + kept].iter();
                for (x, (block, mask)) in blocks.zip(&held.masks[masks..masks + kept]).enumerate() {
                    let used = 64 - (mask | 1).leading_zeros() as usize;
                    let at = y * 8 * plane.stride + x * 8;
                    idct::transform(block, &quant, used, &mut plane.data[at..], plane.stride);
                }
            }
        }
        if emit(&planes).is_break() {
            return Ok(End::NotReached);
        }
    }
    Ok(end)
}
