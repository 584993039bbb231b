//! Decodes an image of several scans, all of them in step: each gives its share of one row of
//! MCUs, then that row is transformed and handed over.
//!
//! A scan depends on earlier ones only for the same blocks, and where it begins is found without
//! decoding those before it. So one row of coefficients is enough for any progressive photo, and
//! it stays in the cache.

use std::ops::{ControlFlow, Range};

use crate::End;
use crate::bits::{Bits, Left};
use crate::block::{self, Tables};
use crate::error::{Error, Flaw};
use crate::frame::{Header, Process};
use crate::huffman::Table;
use crate::idct;
use crate::plane::{Plane, Window, zeros};
use crate::progressive::{Band, Kept, ac_first, ac_refine, dc_first, dc_refine};
use crate::request::{Below, Damage, Limits, Request};
use crate::sequential::Restarts;
use crate::stream::{Event, Scan, ScanPart, Stream};

/// Hands over each row of MCUs that the window touches, and nothing for the others. `first` is the first scan.
pub(crate) fn decode(
    stream: &mut Stream,
    header: &Header,
    first: Scan,
    window: &Window,
    request: &Request,
    emit: &mut dyn FnMut(&[Plane]) -> ControlFlow<()>,
) -> Result<End, Error> {
    let Found {
        mut passes,
        quants,
        end,
        mut flaw,
    } = find_passes(stream, header, first, request)?;
    // Rows of MCUs: those to which all scans came, and those which show something.
    let (mut intact, mut found) = match flaw {
        None => (header.mcus().1, header.mcus().1),
        Some(_) if passes.iter().any(|pass| pass.begins(0)) => (0, header.mcus().1),
        Some(_) => (0, 0),
    };
    let mut rows = Vec::with_capacity(header.components.len());
    for component in &header.components {
        rows.push(Row::new(
            header.mcus().0 * component.h as usize,
            component.v as usize,
            window.across.start * component.h as usize..window.across.end * component.h as usize,
        )?);
    }
    let mut planes = window.planes(header, 0..1)?;
    for number in 0..header.mcus().1 {
        if number == window.down.end && request.below == Below::Skip {
            return Ok(End::NotReached);
        }
        let wanted = window.down.contains(&number);
        for row in &mut rows {
            row.clear(wanted);
        }
        for index in 0..passes.len() {
            let pass = &mut passes[index];
            if pass.is_over {
                continue;
            }
            let Err(damage) = pass.read(header, number, &mut rows) else {
                continue;
            };
            let error = damage.at(pass.bits.pos());
            if request.damage == Damage::Refuse {
                return Err(error);
            }
            if pass.begins(0) {
                found = number;
            }
            flaw.get_or_insert(error);
            intact = intact.min(number);
            give_up(&mut passes, index);
        }
        if !wanted {
            if emit(&[]).is_break() {
                return Ok(End::NotReached);
            }
            continue;
        }
        for (index, (row, plane)) in rows.iter().zip(&mut planes).enumerate() {
            let component = &header.components[index];
            plane.place(number..number + 1, 8 * row.down, component.height);
            row.transform(&quants[index], plane);
        }
        if emit(&planes).is_break() {
            return Ok(End::NotReached);
        }
    }
    for pass in &passes {
        stream.left.add(pass.restarts.left_at_end(&pass.bits));
        if pass.run_of_blocks > 0 {
            stream.left.add(Left::SPARE);
        }
    }
    match flaw {
        None => Ok(end),
        Some(error) => End::damaged(header, intact, found, error),
    }
}

/// Ends a scan that is damaged, and those behind it that refine what it would have brought.
fn give_up(passes: &mut [Pass], index: usize) {
    passes[index].is_over = true;
    for later in index + 1..passes.len() {
        let (before, rest) = passes.split_at_mut(later);
        let builds_on = |earlier: &Pass| earlier.is_over && rest[0].overlaps(earlier);
        let is_over = before[index..].iter().any(builds_on);
        rest[0].is_over |= is_over;
    }
}

/// One component's share of one row of MCUs.
struct Row {
    /// Blocks across and down, those that fill up MCUs included.
    across: usize,
    down: usize,
    /// For each block: which zigzag places are set. DC does not count.
    masks: Vec<u64>,
    /// The columns of blocks whose coefficients are kept, if this row's are.
    kept: Range<usize>,
    wanted: bool,
    coefficients: Vec<[i16; 64]>,
}

impl Row {
    fn new(across: usize, down: usize, kept: Range<usize>) -> Result<Self, Error> {
        Ok(Row {
            across,
            down,
            masks: zeros(across * down, 0)?,
            coefficients: zeros(kept.len() * down, [0; 64])?,
            kept,
            wanted: false,
        })
    }

    fn clear(&mut self, wanted: bool) {
        self.wanted = wanted;
        self.masks.fill(0);
        if wanted {
            self.coefficients.fill([0; 64]);
        }
    }

    #[inline(always)]
    fn block(&mut self, x: usize, y: usize) -> (&mut u64, Kept<'_>) {
        let mask = &mut self.masks[y * self.across + x];
        let kept = if self.wanted && self.kept.contains(&x) {
            Some(&mut self.coefficients[y * self.kept.len() + x - self.kept.start])
        } else {
            None
        };
        (mask, kept)
    }

    fn transform(&self, quant: &[i16; 64], plane: &mut Plane) {
        for y in 0..self.down {
            for (x, column) in self.kept.clone().enumerate() {
                let mask = self.masks[y * self.across + column];
                let used = 64 - (mask | 1).leading_zeros() as usize;
                let block = &self.coefficients[y * self.kept.len() + x];
                let at = y * 8 * plane.stride + x * 8;
                idct::transform(block, quant, used, &mut plane.data[at..], plane.stride);
            }
        }
    }
}

/// A scan and how far it was read.
struct Pass<'a> {
    scan: Scan,
    kind: Kind,
    bits: Bits<'a>,
    restarts: Restarts,
    /// The last DC value of each part.
    dc: [i32; 4],
    /// AC scans: blocks to come that hold nothing new.
    run_of_blocks: u32,
    /// Whether it is to be seen after each block that there was data for it, not only after each row.
    is_watched: bool,
    /// Whether it was given up.
    is_over: bool,
}

/// What a scan gives, with the tables for it.
enum Kind {
    /// Whole blocks, sequentially coded.
    Whole(Vec<Tables>),
    DcFirst(Vec<Box<Table>>),
    DcRefine,
    AcFirst(Box<Table>),
    AcRefine(Box<Table>),
}

/// The scans of an image.
struct Found<'a> {
    passes: Vec<Pass<'a>>,
    /// By component: the table in force when its first scan begins, as with libjpeg.
    quants: Vec<[i16; 64]>,
    end: End,
    /// Why there are not all of them, where that is accepted.
    flaw: Option<Error>,
}

/// Finds all scans, and checks what can be told without decoding them.
fn find_passes<'a>(
    stream: &mut Stream<'a>,
    header: &Header,
    first: Scan,
    request: &Request,
) -> Result<Found<'a>, Error> {
    let mut so_far = SoFar {
        passes: Vec::new(),
        quants: vec![None; header.components.len()],
        known: vec![[None; 64]; header.components.len()],
        visits: 0,
    };
    let mut scan = first;
    let (end, mut flaw) = loop {
        let next = so_far.add(stream, header, scan, request);
        match next.and_then(|()| stream.next()) {
            Ok(Event::Scan(next)) => scan = next,
            Ok(Event::End) => break (End::Marked, None),
            Ok(Event::Cut) => break (End::Unmarked, None),
            Err(error @ Error::Damaged { .. })
                if request.damage == Damage::Fill && !so_far.passes.is_empty() =>
            {
                break (End::Unmarked, Some(error));
            }
            Err(error) => return Err(error),
        }
    };
    let whole = so_far.known.iter().flatten().all(|&low| low == Some(0));
    let complete = so_far.quants.iter().all(Option::is_some);
    // With an end marker, fewer bits are the writer's choice; libjpeg accepts that too.
    if flaw.is_none() && !(complete && (whole || end == End::Marked)) {
        let error = stream.damaged("the file ends before all scans were there");
        if request.damage == Damage::Refuse {
            return Err(error);
        }
        flaw = Some(error);
    }
    Ok(Found {
        passes: so_far.passes,
        // What never came is zero, whatever it is multiplied by.
        quants: so_far
            .quants
            .into_iter()
            .map(|quant| quant.unwrap_or([1; 64]))
            .collect(),
        end,
        flaw: flaw.filter(|_| !(complete && whole)),
    })
}

/// The scans up to one of them.
struct SoFar<'a> {
    passes: Vec<Pass<'a>>,
    quants: Vec<Option<[i16; 64]>>,
    /// By component and zigzag place: the lowest bit known, if any.
    known: Vec<[Option<u32>; 64]>,
    visits: u64,
}

impl<'a> SoFar<'a> {
    fn add(
        &mut self,
        stream: &mut Stream<'a>,
        header: &Header,
        scan: Scan,
        request: &Request,
    ) -> Result<(), Error> {
        let limits: &Limits = &request.limits;
        limits.check_scans(self.passes.len() as u32 + 1)?;
        self.visits += blocks_of(header, &scan);
        limits.check_visits(self.visits)?;
        let expected = (scan.high != 0).then_some(scan.high);
        for part in &scan.parts {
            for low in &mut self.known[part.component][scan.first..=scan.last] {
                if *low != expected {
                    return Err(stream.damaged("scans repeat or leave out bits of a coefficient"));
                }
                *low = Some(scan.low);
            }
            let quant = &mut self.quants[part.component];
            if quant.is_none() {
                *quant = Some(stream.quant_of(part.component)?.map(|q| q as i16));
            }
        }
        self.passes.push(Pass::new(stream, header, scan, request)?);
        Ok(())
    }
}

/// The blocks that a scan visits.
fn blocks_of(header: &Header, scan: &Scan) -> u64 {
    match scan.parts[..] {
        [part] => {
            let (across, down) = header.components[part.component].blocks();
            across as u64 * down as u64
        }
        _ => header.blocks(),
    }
}

impl<'a> Pass<'a> {
    fn new(
        stream: &Stream<'a>,
        header: &Header,
        scan: Scan,
        request: &Request,
    ) -> Result<Self, Error> {
        let parts = scan.parts.iter();
        let kind = match (header.process, scan.first, scan.high) {
            (Process::Progressive, 0, 0) => Kind::DcFirst(
                parts
                    .map(|&part| stream.dc_of(part))
                    .collect::<Result<_, _>>()?,
            ),
            (Process::Progressive, 0, _) => Kind::DcRefine,
            (Process::Progressive, _, 0) => Kind::AcFirst(stream.ac_of(scan.parts[0])?),
            (Process::Progressive, _, _) => Kind::AcRefine(stream.ac_of(scan.parts[0])?),
            _ => {
                let tables =
                    parts.map(|&part| Ok(Tables::new(stream.dc_of(part)?, stream.ac_of(part)?)));
                Kind::Whole(tables.collect::<Result<_, _>>()?)
            }
        };
        Ok(Pass {
            scan,
            kind,
            bits: Bits::new(stream.data, stream.pos),
            restarts: Restarts::new(stream.restart_interval),
            dc: [0; 4],
            run_of_blocks: 0,
            is_watched: request.damage == Damage::Fill,
            is_over: false,
        })
    }

    /// Whether nothing of a component is seen without it.
    fn begins(&self, component: usize) -> bool {
        let has_it = self
            .scan
            .parts
            .iter()
            .any(|part| part.component == component);
        has_it && self.scan.first == 0 && self.scan.high == 0
    }

    /// Whether both are about some of the same coefficients.
    fn overlaps(&self, other: &Pass) -> bool {
        let shares = |part: &ScanPart| {
            let parts = &mut other.scan.parts.iter();
            parts.any(|other| other.component == part.component)
        };
        self.scan.first <= other.scan.last
            && other.scan.first <= self.scan.last
            && self.scan.parts.iter().any(shares)
    }

    /// Reads this scan's share of one row of MCUs.
    fn read(&mut self, header: &Header, number: usize, rows: &mut [Row]) -> Result<(), Flaw> {
        match self.scan.parts[..] {
            [part] => {
                // A component alone comes block by block, without those that fill up MCUs.
                let (across, down) = header.components[part.component].blocks();
                let row = &mut rows[part.component];
                for y in 0..row.down.min(down - number * row.down) {
                    match self.kind {
                        Kind::AcFirst(_) | Kind::AcRefine(_) => self.read_band(row, across, y)?,
                        _ => {
                            for x in 0..across {
                                self.restart_if_due()?;
                                self.read_block(0, row, x, y)?;
                                self.watch()?;
                            }
                        }
                    }
                }
            }
            _ => {
                for column in 0..header.mcus().0 {
                    self.restart_if_due()?;
                    for index in 0..self.scan.parts.len() {
                        let component = self.scan.parts[index].component;
                        let h = header.components[component].h as usize;
                        let row = &mut rows[component];
                        for y in 0..row.down {
                            for x in 0..h {
                                self.read_block(index, row, column * h + x, y)?;
                            }
                        }
                    }
                    self.watch()?;
                }
            }
        }
        self.bits.check()
    }

    #[inline(always)]
    fn watch(&self) -> Result<(), Flaw> {
        if self.is_watched {
            self.bits.check()?;
        }
        Ok(())
    }

    #[inline(always)]
    fn restart_if_due(&mut self) -> Result<(), Flaw> {
        if self.restarts.due(&mut self.bits)? {
            self.dc = [0; 4];
            self.run_of_blocks = 0;
        }
        Ok(())
    }

    #[inline(always)]
    fn read_block(&mut self, part: usize, row: &mut Row, x: usize, y: usize) -> Result<(), Flaw> {
        let (mask, kept) = row.block(x, y);
        let bits = &mut self.bits;
        match (&self.kind, kept) {
            (Kind::DcFirst(tables), kept) => {
                dc_first(bits, &tables[part], self.scan.low, &mut self.dc[part], kept)?;
            }
            (Kind::Whole(tables), Some(kept)) => {
                let used = block::read(bits, &tables[part], &mut self.dc[part], kept)?;
                *mask = u64::MAX >> (64 - used);
            }
            (Kind::Whole(tables), None) => {
                block::skip(bits, &tables[part], &mut self.dc[part])?;
            }
            (_, kept) => dc_refine(bits, self.scan.low, kept),
        }
        Ok(())
    }

    /// Reads one row of blocks of an AC scan.
    fn read_band(&mut self, row: &mut Row, across: usize, y: usize) -> Result<(), Flaw> {
        let band = Band {
            first: self.scan.first,
            last: self.scan.last,
            low: self.scan.low,
        };
        let mut x = 0;
        while x < across {
            if self.restarts.due(&mut self.bits)? {
                self.run_of_blocks = 0;
            }
            let (bits, run) = (&mut self.bits, &mut self.run_of_blocks);
            match &self.kind {
                Kind::AcFirst(_) if *run > 0 => {
                    let passed = self.restarts.pass((*run).min((across - x) as u32));
                    *run -= passed;
                    x += passed as usize;
                    continue;
                }
                Kind::AcFirst(table) => {
                    let (mask, kept) = row.block(x, y);
                    *run = ac_first(bits, table, band, mask, kept)?;
                }
                Kind::AcRefine(table) => {
                    let (mask, kept) = row.block(x, y);
                    if *run > 0 && *mask & band.places() == 0 {
                        *run -= 1;
                    } else {
                        ac_refine(bits, table, band, run, mask, kept)?;
                    }
                }
                _ => {}
            }
            self.watch()?;
            x += 1;
        }
        Ok(())
    }
}
