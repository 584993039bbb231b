//! The scans of an image, found before any is decoded, and how each contributes its share of a row.

use crate::bits::{Bits, Left};
use crate::block::{self, Tables};
use crate::end::{End, NeverCoded};
use crate::error::{Error, Flaw};
use crate::frame::{Color, Header, Process};
use crate::huffman::Table;
use crate::pair_table::PairTable;
use crate::progressive::{Band, ac_first, ac_refine, dc_first, dc_refine};
use crate::request::{Damage, Limits, Request};
use crate::restarts::Restarts;
use crate::row::Row;
use crate::stream::{Event, Scan, ScanPart, Stream};

/// A scan and how far it was read.
pub(crate) struct Pass<'a> {
    scan: Scan,
    kind: Kind,
    bits: Bits<'a>,
    restarts: Restarts,
    /// The last DC value of each part.
    dc: [i32; 4],
    /// AC scans: blocks to come that hold nothing new.
    run_of_blocks: u32,
    /// Whether more of those were announced than come before a restart.
    has_spare: bool,
    /// Whether to check after each block that there was data for it, instead of after each row.
    is_watched: bool,
    /// Whether it was given up.
    pub(crate) is_over: bool,
}

/// What a scan contributes, with its tables.
enum Kind {
    /// Whole blocks, sequentially coded.
    Whole(Vec<Tables>),
    DcFirst(Vec<Box<Table>>),
    DcRefine,
    AcFirst(Box<Table>, Box<PairTable>),
    AcRefine(Box<Table>),
}

/// The scans of an image.
pub(crate) struct Found<'a> {
    pub(crate) passes: Vec<Pass<'a>>,
    /// By component: the table in force when its first scan begins, as with libjpeg.
    pub(crate) quants: Vec<[i16; 64]>,
    pub(crate) end: End,
    /// Why some are missing, if that is accepted.
    pub(crate) flaw: Option<Error>,
}

/// Finds all scans, and checks everything that can be checked without decoding them.
pub(crate) fn find_passes<'a>(
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
    let never_coded = so_far.never_coded();
    let complete = so_far.quants.iter().all(Option::is_some);
    // With an end marker, fewer scans may be the writer's choice, or the remainder of more: libjpeg accepts it, too. Without
    // its color, or the mean of its blocks, a picture is still a picture.
    let is_picture = so_far.quants[0].is_some()
        && (complete || (header.process, header.color) == (Process::Progressive, Color::YCbCr));
    let end = match end {
        End::Marked if never_coded != NeverCoded::NOTHING => End::Early(never_coded),
        end => end,
    };
    let is_accepted = match end {
        End::Marked => true,
        End::Early(_) => is_picture,
        _ => complete && never_coded == NeverCoded::NOTHING,
    };
    if flaw.is_none() && !is_accepted {
        let error = stream.damaged("the file ends before all scans were there");
        if request.damage == Damage::Refuse {
            return Err(error);
        }
        flaw = Some(error);
    }
    Ok(Found {
        passes: so_far.passes,
        // Missing coefficients are zero, whatever they are multiplied by.
        quants: so_far
            .quants
            .into_iter()
            .map(|quant| quant.unwrap_or([1; 64]))
            .collect(),
        end,
        flaw: flaw.filter(|_| never_coded != NeverCoded::NOTHING),
    })
}

/// The scans up to this one.
struct SoFar<'a> {
    passes: Vec<Pass<'a>>,
    quants: Vec<Option<[i16; 64]>>,
    /// By component and zigzag position: the lowest bit known, if any.
    known: Vec<[Option<u32>; 64]>,
    visits: u64,
}

impl<'a> SoFar<'a> {
    fn never_coded(&self) -> NeverCoded {
        let mut never = NeverCoded::NOTHING;
        for (index, known) in self.known.iter().enumerate() {
            let count = |wanted: fn(&Option<u32>) -> bool| {
                known.iter().filter(|low| wanted(low)).count() as u8
            };
            never.coefficients[index] = count(Option::is_none);
            never.last_bits[index] = count(|low| low.is_some_and(|low| low > 0));
        }
        never
    }

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

/// What scans left after their bits, before restart markers and at their ends, once everything was read.
pub(crate) fn left_at_end(passes: &[Pass]) -> Left {
    let mut left = Left::NOTHING;
    for pass in passes {
        left.add(pass.restarts.left_at_end(&pass.bits));
        if pass.has_spare || pass.run_of_blocks > 0 {
            left.add(Left::SPARE);
        }
    }
    // A restart interval applies to all scans up to the next, and a chroma scan may be too short for it.
    for group in passes.chunk_by(|a, b| a.restarts.interval == b.restarts.interval) {
        if group[0].restarts.interval > 0 && !group.iter().any(|pass| pass.restarts.has_come) {
            left.add(Left::SPARE);
        }
    }
    left
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
            (Process::Progressive, _, 0) => {
                let table = stream.ac_of(scan.parts[0])?;
                let pairs = PairTable::new(&table);
                Kind::AcFirst(table, pairs)
            }
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
            has_spare: false,
            is_watched: request.damage == Damage::Fill,
            is_over: false,
        })
    }

    /// Whether nothing of a component is visible without it.
    pub(crate) fn begins(&self, component: usize) -> bool {
        let has_it = self
            .scan
            .parts
            .iter()
            .any(|part| part.component == component);
        has_it && self.scan.first == 0 && self.scan.high == 0
    }

    /// Whether it carries the means of blocks.
    pub(crate) fn has_means(&self) -> bool {
        self.scan.first == 0
    }

    /// Whether both carry some of the same coefficients.
    pub(crate) fn overlaps(&self, other: &Pass) -> bool {
        let shares = |part: &ScanPart| {
            let parts = &mut other.scan.parts.iter();
            parts.any(|other| other.component == part.component)
        };
        self.scan.first <= other.scan.last
            && other.scan.first <= self.scan.last
            && self.scan.parts.iter().any(shares)
    }

    /// Reads this scan's share of one row of MCUs.
    pub(crate) fn read(
        &mut self,
        header: &Header,
        number: usize,
        rows: &mut [Row],
    ) -> Result<(), Error> {
        let read = self.read_row(header, number, rows);
        read.map_err(|flaw| flaw.at(self.bits.pos()))
    }

    fn read_row(&mut self, header: &Header, number: usize, rows: &mut [Row]) -> Result<(), Flaw> {
        match self.scan.parts[..] {
            [part] => {
                // A component alone comes block by block, without the padding of MCUs.
                let (across, down) = header.components[part.component].blocks();
                let row = &mut rows[part.component];
                for y in 0..row.down.min(down - number * row.down) {
                    match self.kind {
                        Kind::AcFirst(..) | Kind::AcRefine(_) => self.read_band(row, across, y)?,
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
                let used = block::read_all(bits, &tables[part], &mut self.dc[part], kept)?;
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
            if self.restarts.due(&mut self.bits)? && std::mem::take(&mut self.run_of_blocks) > 0 {
                self.has_spare = true;
            }
            let (bits, run) = (&mut self.bits, &mut self.run_of_blocks);
            match &self.kind {
                Kind::AcFirst(..) if *run > 0 => {
                    let passed = self.restarts.pass((*run).min((across - x) as u32));
                    *run -= passed;
                    x += passed as usize;
                    continue;
                }
                Kind::AcFirst(table, pairs) => {
                    let (mask, kept) = row.block(x, y);
                    *run = ac_first(bits, table, pairs, band, mask, kept)?;
                }
                Kind::AcRefine(table) => {
                    let wanted = row.wanted;
                    let (mask, kept) = row.block(x, y);
                    if *run > 0 && *mask & band.mask() == 0 {
                        *run -= 1;
                    } else {
                        ac_refine(bits, table, band, wanted, run, mask, kept)?;
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
