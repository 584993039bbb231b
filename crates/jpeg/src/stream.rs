//! Walks the marker segments of a JPEG (T.81, annex B) and keeps the tables they define.

use std::cell::Cell;

use crate::bits::{Left, behind_remarks, next_marker};
use crate::error::Error;
use crate::frame::{self, Color, Component, Header, Process};
use crate::huffman::{Code, IsDc, Table, standard};

/// The input, a position in it, and everything defined up to there.
pub(crate) struct Stream<'a> {
    pub(crate) data: &'a [u8],
    pub(crate) pos: usize,
    pub(crate) header: Option<Header>,
    /// MCUs between restart markers; 0 for none.
    pub(crate) restart_interval: u32,
    /// In natural (row by row) order.
    quant: [Option<[u16; 64]>; 4],
    dc: [Option<Code>; 4],
    ac: [Option<Code>; 4],
    jfif: bool,
    adobe: Option<u8>,
    /// What was left after the bits of scans, and in unneeded parts of headers and tables.
    pub(crate) left: Left,
    /// A bit for each table that was defined and not used yet: four for quantization, DC and AC each, one for the restart interval.
    unused: Cell<u16>,
}

/// The kinds of tables, by their position among the unused.
const QUANT: usize = 0;
const DC: usize = 4;
const AC: usize = 8;
/// The restart interval, which is defined like one.
const RESTART: usize = 12;

/// The next segment that is more than a table.
pub(crate) enum Event {
    /// A scan header; entropy-coded data follows.
    Scan(Scan),
    /// The end marker.
    End,
    /// The bytes end without an end marker.
    Cut,
}

/// A scan header (T.81, B.2.3).
pub(crate) struct Scan {
    pub(crate) parts: Vec<ScanPart>,
    /// First and last coefficient in zigzag order, 0 to 63.
    pub(crate) first: usize,
    pub(crate) last: usize,
    /// The bit refined before this scan (0: none) and the lowest bit it gives.
    pub(crate) high: u32,
    pub(crate) low: u32,
}

/// One component's share of a scan.
#[derive(Clone, Copy)]
pub(crate) struct ScanPart {
    /// Index in `Header::components`.
    pub(crate) component: usize,
    dc: usize,
    ac: usize,
}

/// Zigzag order to natural order (T.81, figure A.6).
#[rustfmt::skip]
pub(crate) const ZIGZAG: [u8; 64] = [
     0,  1,  8, 16,  9,  2,  3, 10, 17, 24, 32, 25, 18, 11,  4,  5,
    12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13,  6,  7, 14, 21, 28,
    35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
    58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

impl<'a> Stream<'a> {
    pub(crate) fn new(data: &'a [u8]) -> Result<Self, Error> {
        if !data.starts_with(&[0xFF, 0xD8]) {
            return Err(Error::NotJpeg);
        }
        Ok(Stream {
            data,
            pos: 2,
            header: None,
            restart_interval: 0,
            quant: [None; 4],
            dc: [const { None }; 4],
            ac: [const { None }; 4],
            jfif: false,
            adobe: None,
            left: Left::NOTHING,
            unused: Cell::new(0),
        })
    }

    pub(crate) fn damaged(&self, what: &'static str) -> Error {
        Error::Damaged { at: self.pos, what }
    }

    /// Reads up to and including the first scan's header.
    pub(crate) fn first_scan(&mut self) -> Result<(Header, Scan), Error> {
        let scan = match self.next()? {
            Event::Scan(scan) => scan,
            Event::End => return Err(self.damaged("the image ends before its pixels")),
            Event::Cut => return Err(self.damaged("the file ends before the pixels")),
        };
        let Some(mut header) = self.header.take() else {
            return Err(self.damaged("a scan before the frame header"));
        };
        header.color = self.color(&header.components);
        if header.process == Process::Sequential && scan.parts.len() < header.components.len() {
            header.process = Process::SequentialSeparate;
        }
        self.header = Some(header.clone());
        Ok((header, scan))
    }

    /// Reads tables until something else comes. Meaningless bytes between segments are skipped,
    /// as in libjpeg.
    pub(crate) fn next(&mut self) -> Result<Event, Error> {
        loop {
            self.pos = behind_remarks(self.data, self.pos);
            let Some((code, after)) = next_marker(self.data, self.pos) else {
                self.pos = self.data.len();
                return Ok(Event::Cut);
            };
            self.pos = after;
            match code {
                0xD9 => return Ok(Event::End),
                // Leftover restart markers, and TEM, stand alone.
                0x01 | 0xD0..=0xD7 => continue,
                0xD8 => return Err(self.damaged("a second start marker")),
                0x02..=0xBF | 0xDE | 0xDF | 0xF0..=0xFD => {
                    return Err(self.damaged("a marker that has no meaning"));
                }
                _ => {}
            }
            let segment = self.segment(code)?;
            match code {
                0xC0 | 0xC1 => self.frame(segment, Process::Sequential)?,
                0xC2 => self.frame(segment, Process::Progressive)?,
                0xC3 => return Err(unsupported("lossless coding")),
                0xC5..=0xC8 => return Err(unsupported("hierarchical coding")),
                0xC9..=0xCB | 0xCD..=0xCF => return Err(unsupported("arithmetic coding")),
                0xC4 => self.huffman(segment)?,
                0xDB => self.quantization(segment)?,
                0xDD => {
                    let &[high, low] = segment else {
                        return Err(self.damaged("the restart interval has a wrong length"));
                    };
                    // If intervals are rows of a scan's own, there is one before each scan.
                    self.define(RESTART);
                    self.restart_interval = u32::from(u16::from_be_bytes([high, low]));
                    if self.restart_interval == 0 {
                        self.used(RESTART);
                    }
                }
                0xDA => return self.scan(segment).map(Event::Scan),
                0xE0 if segment.len() >= 14 && segment.starts_with(b"JFIF\0") => self.jfif = true,
                0xEE if segment.len() >= 12 && segment.starts_with(b"Adobe") => {
                    self.adobe = Some(segment[11]);
                }
                _ => {}
            }
            self.pos += segment.len();
        }
    }

    /// The content of the segment whose length word comes next; moves past the length word.
    fn segment(&mut self, code: u8) -> Result<&'a [u8], Error> {
        let Some(&[high, low]) = self.data[self.pos..].first_chunk::<2>() else {
            return Err(self.damaged("the file ends within a segment"));
        };
        let length = match u16::from_be_bytes([high, low]) {
            // As in libjpeg: application data and a comment may declare themselves empty.
            0 | 1 if matches!(code, 0xE0..=0xEF | 0xFE) => 2,
            length => usize::from(length),
        };
        if length < 2 {
            return Err(self.damaged("a segment is declared shorter than its own length word"));
        }
        let Some(segment) = self.data.get(self.pos + 2..self.pos + length) else {
            return Err(self.damaged("the file ends within a segment"));
        };
        self.pos += 2;
        Ok(segment)
    }

    fn frame(&mut self, segment: &[u8], process: Process) -> Result<(), Error> {
        if self.header.is_some() {
            return Err(self.damaged("a second frame header"));
        }
        self.header = Some(frame::parse(segment, self.pos, process)?);
        Ok(())
    }

    /// What the markers before the first scan say about the colors: libjpeg's rules, from default_decompress_parms.
    fn color(&self, components: &[Component]) -> Color {
        match (components, self.jfif, self.adobe) {
            ([_], ..) => Color::Gray,
            ([_, _, _, _], _, None | Some(0)) => Color::Cmyk,
            ([_, _, _, _], ..) => Color::Ycck,
            (_, true, _) => Color::YCbCr,
            (_, false, Some(0)) => Color::Rgb,
            (_, false, Some(_)) => Color::YCbCr,
            ([r, g, b], false, None) if [r.id, g.id, b.id] == *b"RGB" => Color::Rgb,
            (_, false, None) => Color::YCbCr,
        }
    }

    fn quantization(&mut self, mut segment: &[u8]) -> Result<(), Error> {
        while let Some((&head, rest)) = segment.split_first() {
            let (wide, number) = (head >> 4, usize::from(head & 15));
            let bytes = if wide == 0 { 64 } else { 128 };
            if wide > 1 || number > 3 || rest.len() < bytes {
                return Err(self.damaged("a quantization table is malformed"));
            }
            let mut table = [0; 64];
            for (k, &position) in ZIGZAG.iter().enumerate() {
                table[usize::from(position)] = if wide == 0 {
                    u16::from(rest[k])
                } else {
                    u16::from_be_bytes([rest[2 * k], rest[2 * k + 1]])
                };
            }
            self.quant[number] = Some(table);
            self.define(QUANT + number);
            segment = &rest[bytes..];
        }
        Ok(())
    }

    fn huffman(&mut self, mut segment: &[u8]) -> Result<(), Error> {
        while let Some((&head, rest)) = segment.split_first() {
            let Some((&counts, rest)) = rest.split_first_chunk::<16>() else {
                return Err(self.damaged("a huffman table is malformed"));
            };
            let total: usize = counts.iter().map(|&count| usize::from(count)).sum();
            let (class, number) = (head >> 4, usize::from(head & 15));
            if class > 1 || number > 3 || total > 256 || rest.len() < total {
                return Err(self.damaged("a huffman table is malformed"));
            }
            let mut symbols = [0; 256];
            symbols[..total].copy_from_slice(&rest[..total]);
            if !are_plausible(&symbols[..total], class == 0) {
                self.left.add(Left::SPARE);
            }
            let code = Some(Code { counts, symbols });
            if class == 0 {
                self.dc[number] = code;
                self.define(DC + number);
            } else {
                self.ac[number] = code;
                self.define(AC + number);
            }
            segment = &rest[total..];
        }
        Ok(())
    }

    fn define(&mut self, table: usize) {
        if self.unused.get() >> table & 1 == 1 {
            self.left.add(Left::SPARE);
        }
        self.unused.set(self.unused.get() | 1 << table);
    }

    fn used(&self, table: usize) {
        self.unused.set(self.unused.get() & !(1 << table));
    }

    /// Whether there is anything, up to here, that the picture does not need: among the bits of scans, in their headers, and in
    /// unused tables.
    pub(crate) fn has_spare(&self) -> bool {
        let has_usual_ids = self.header.as_ref().is_none_or(Header::has_usual_ids);
        self.left.is_spare() || self.unused.get() != 0 || !has_usual_ids
    }

    fn scan(&mut self, segment: &[u8]) -> Result<Scan, Error> {
        let damaged = |what| Error::Damaged { at: self.pos, what };
        let Some(header) = &self.header else {
            return Err(damaged("a scan before the frame header"));
        };
        let Some((&count, rest)) = segment.split_first() else {
            return Err(damaged("a scan header has a wrong length"));
        };
        let count = usize::from(count);
        if !(1..=4).contains(&count) || rest.len() != 2 * count + 3 {
            return Err(damaged("a scan header has a wrong length"));
        }
        let mut parts: Vec<ScanPart> = Vec::with_capacity(count);
        for pair in rest[..2 * count].chunks_exact(2) {
            // Some files have components that share an id; take the first not yet in the scan.
            let component = (0..header.components.len()).find(|&index| {
                header.components[index].id == pair[0]
                    && parts.iter().all(|part| part.component != index)
            });
            let Some(component) = component else {
                return Err(damaged(
                    "a scan names a component that the frame does not have",
                ));
            };
            let (dc, ac) = (usize::from(pair[1] >> 4), usize::from(pair[1] & 15));
            if dc > 3 || ac > 3 {
                return Err(damaged("a huffman table number is above 3"));
            }
            parts.push(ScanPart { component, dc, ac });
        }
        let blocks = |part: &ScanPart| {
            let component = &header.components[part.component];
            component.h * component.v
        };
        if parts.len() > 1 && parts.iter().map(blocks).sum::<u32>() > 10 {
            return Err(damaged("an MCU of more than ten blocks"));
        }
        let mut scan = Scan {
            parts,
            first: usize::from(rest[2 * count]),
            last: usize::from(rest[2 * count + 1]),
            high: u32::from(rest[2 * count + 2] >> 4),
            low: u32::from(rest[2 * count + 2] & 15),
        };
        if header.process == Process::Progressive {
            // T.81, G.1.1.1; the bound of 13 is libjpeg's.
            let band = if scan.first == 0 {
                scan.last == 0
            } else {
                scan.first <= scan.last && scan.last <= 63 && scan.parts.len() == 1
            };
            let refines = scan.high == 0 || scan.high == scan.low + 1;
            if !band || !refines || scan.low > 13 {
                return Err(damaged("a progressive scan with impossible parameters"));
            }
        } else {
            // Some writers leave junk here. Only one meaning is possible (T.81, table B.3).
            if (scan.first, scan.last, scan.high, scan.low) != (0, 63, 0, 0) {
                self.left.add(Left::SPARE);
            }
            (scan.first, scan.last, scan.high, scan.low) = (0, 63, 0, 0);
        }
        self.used(RESTART);
        self.pos += segment.len();
        Ok(scan)
    }

    /// A component's quantization table as currently defined.
    pub(crate) fn quant_of(&self, component: usize) -> Result<[u16; 64], Error> {
        let number = match &self.header {
            Some(header) => header.components[component].quant,
            None => 0,
        };
        self.used(QUANT + number);
        self.quant[number].ok_or_else(|| self.damaged("a quantization table is missing"))
    }

    /// The DC table of one part of a scan.
    pub(crate) fn dc_of(&self, part: ScanPart) -> Result<Box<Table>, Error> {
        self.used(DC + part.dc);
        self.table(&self.dc, part.dc, IsDc::Yes)
    }

    /// The AC table of one part of a scan.
    pub(crate) fn ac_of(&self, part: ScanPart) -> Result<Box<Table>, Error> {
        self.used(AC + part.ac);
        self.table(&self.ac, part.ac, IsDc::No)
    }

    fn table(
        &self,
        codes: &[Option<Code>; 4],
        number: usize,
        is_dc: IsDc,
    ) -> Result<Box<Table>, Error> {
        let table = match (&codes[number], number) {
            (Some(code), _) => Table::new(code, is_dc),
            // Motion JPEG: as libjpeg-turbo does.
            (None, 0 | 1) => Table::new(&standard(is_dc, number == 1), is_dc),
            (None, _) => return Err(self.damaged("a huffman table is missing")),
        };
        table.map_err(|flaw| flaw.at(self.pos))
    }
}

/// Whether all symbols can be needed: each occurs once, and none is for more bits than there are (T.81, F.1.2 and G.1.2).
fn are_plausible(symbols: &[u8], is_dc: bool) -> bool {
    let once = |(at, symbol): (usize, &u8)| !symbols[..at].contains(symbol);
    let fits = |symbol: &u8| {
        if is_dc {
            *symbol <= 11
        } else {
            symbol & 15 <= 10
        }
    };
    symbols.iter().all(fits) && symbols.iter().enumerate().all(once)
}

fn unsupported(what: &'static str) -> Error {
    Error::Unsupported { what }
}
