//! Makes PNGs, valid ones and odd ones.

/// Header, palette and transparency of a PNG to make.
#[derive(Debug, Clone)]
pub(crate) struct Recipe {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// As in the header.
    pub(crate) color: u8,
    pub(crate) depth: u8,
    pub(crate) palette: Option<Vec<u8>>,
    pub(crate) transparent: Option<Vec<u8>>,
    pub(crate) interlaced: bool,
    /// The most data of an IDAT chunk.
    pub(crate) chunk: usize,
}

impl Recipe {
    pub(crate) fn new(width: u32, height: u32, color: u8, depth: u8) -> Recipe {
        Recipe {
            width,
            height,
            color,
            depth,
            palette: (color == 3).then(|| (0..3 << depth).map(|i| (i * 37) as u8).collect()),
            transparent: None,
            interlaced: false,
            chunk: usize::MAX,
        }
    }

    /// Bytes per row, without the filter byte.
    pub(crate) fn row_bytes(&self) -> usize {
        self.row_bytes_of(self.width)
    }

    fn row_bytes_of(&self, width: u32) -> usize {
        let samples = [1, 0, 3, 1, 2, 0, 4][usize::from(self.color)];
        (width as usize * samples * usize::from(self.depth)).div_ceil(8)
    }

    /// The bytes of each row, in the order of the file.
    fn lengths(&self) -> Vec<usize> {
        if !self.interlaced {
            return vec![self.row_bytes(); self.height as usize];
        }
        // The first pixel and the steps of each pass (third edition, 8.1).
        let passes = [
            [0, 0, 8, 8],
            [4, 0, 8, 8],
            [0, 4, 4, 8],
            [2, 0, 4, 4],
            [0, 2, 2, 4],
            [1, 0, 2, 2],
            [0, 1, 1, 2],
        ];
        let mut lengths = Vec::new();
        for [x, y, right, down] in passes {
            let (right, down) = (right as usize, down as usize);
            let width = (x..self.width).step_by(right).count() as u32;
            let height = (y..self.height).step_by(down).count();
            if width > 0 {
                lengths.extend(vec![self.row_bytes_of(width); height]);
            }
        }
        lengths
    }

    /// Rows of noise that repeats now and then, with all filters in turn.
    pub(crate) fn rows(&self, filters: &[u8], random: &mut fastrand::Rng) -> Vec<u8> {
        let mut rows = Vec::new();
        for (y, length) in self.lengths().into_iter().enumerate() {
            rows.push(filters[y % filters.len()]);
            let start = rows.len();
            while rows.len() < start + length {
                let left = start + length - rows.len();
                let back = random.usize(1..=rows.len().min(40_000));
                match random.u8(0..6) {
                    0 => rows.extend((0..left.min(9)).map(|_| random.u8(..))),
                    1 => rows.extend((0..left.min(300)).map(|_| 7)),
                    2 => {
                        for _ in 0..left.min(random.usize(3..300)) {
                            rows.push(rows[rows.len() - back]);
                        }
                    }
                    _ => rows.extend((0..left.min(20)).map(|_| random.u8(0..9).wrapping_sub(4))),
                }
            }
        }
        rows
    }

    /// The whole file around a zlib stream.
    pub(crate) fn file(&self, stream: &[u8]) -> Vec<u8> {
        let mut header = Vec::new();
        header.extend(self.width.to_be_bytes());
        header.extend(self.height.to_be_bytes());
        header.extend([self.depth, self.color, 0, 0, u8::from(self.interlaced)]);
        let mut file = b"\x89PNG\r\n\x1A\n".to_vec();
        file.extend(chunk(b"IHDR", &header));
        if let Some(palette) = &self.palette {
            file.extend(chunk(b"PLTE", palette));
        }
        if let Some(transparent) = &self.transparent {
            file.extend(chunk(b"tRNS", transparent));
        }
        for part in stream.chunks(self.chunk) {
            file.extend(chunk(b"IDAT", part));
        }
        file.extend(chunk(b"IEND", b""));
        file
    }
}

pub(crate) fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let covered = [kind, data].concat();
    let mut chunk = (data.len() as u32).to_be_bytes().to_vec();
    chunk.extend(&covered);
    chunk.extend(crc32fast::hash(&covered).to_be_bytes());
    chunk
}

/// How to deflate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deflate {
    Stored,
    Fixed,
    Level(u8),
}

pub(crate) fn zlib(data: &[u8], how: Deflate) -> Vec<u8> {
    use flate2::{Compress, Compression, FlushCompress};
    let mut stream = match how {
        Deflate::Level(level) => {
            let mut stream = Vec::with_capacity(data.len() + data.len() / 8 + 1000);
            Compress::new(Compression::new(level.into()), true)
                .compress_vec(data, &mut stream, FlushCompress::Finish)
                .unwrap();
            return stream;
        }
        Deflate::Stored => stored(data),
        Deflate::Fixed => fixed(data),
    };
    let mut adler = simd_adler32::Adler32::new();
    adler.write(data);
    stream.extend(adler.finish().to_be_bytes());
    stream
}

/// Stored blocks of odd lengths, an empty one among them.
fn stored(data: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let mut blocks: Vec<&[u8]> = data.chunks(777).collect();
    blocks.insert(blocks.len() / 2, &[]);
    for (i, block) in blocks.iter().enumerate() {
        stream.push(u8::from(i + 1 == blocks.len()));
        stream.extend((block.len() as u16).to_le_bytes());
        stream.extend((!(block.len() as u16)).to_le_bytes());
        stream.extend(*block);
    }
    stream
}

/// Two blocks of the fixed code: an empty one, and one of literals and copies of the byte before.
fn fixed(data: &[u8]) -> Vec<u8> {
    let mut bits = BitWriter::default();
    bits.push(0b010, 3);
    bits.push_code(0, 7);
    bits.push(0b011, 3);
    let mut at = 0;
    while at < data.len() {
        let run = data[at..]
            .iter()
            .take_while(|&&byte| at > 0 && byte == data[at - 1])
            .count();
        if run >= 3 {
            // The length 3 and the distance 1.
            bits.push_code(1, 7);
            bits.push_code(0, 5);
            at += 3;
            continue;
        }
        match u32::from(data[at]) {
            literal @ ..144 => bits.push_code(0x30 + literal, 8),
            literal => bits.push_code(0x190 + literal - 144, 9),
        }
        at += 1;
    }
    bits.push_code(0, 7);
    [&[0x78, 0x01], &bits.bytes[..]].concat()
}

#[derive(Debug, Default)]
struct BitWriter {
    bytes: Vec<u8>,
    used: u32,
}

impl BitWriter {
    fn push(&mut self, bits: u32, count: u32) {
        for i in 0..count {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            let last = self.bytes.last_mut().unwrap();
            *last |= ((bits >> i & 1) as u8) << (self.used % 8);
            self.used += 1;
        }
    }

    fn push_code(&mut self, code: u32, length: u32) {
        self.push(code.reverse_bits() >> (32 - length), length);
    }
}
