//! The bombs, made byte by byte.

use jpeg_encoder::{ColorType, Encoder};

/// A bomb, and whether its header gives it away, or anything else that needs no decoding.
pub(crate) struct Bomb {
    pub(crate) name: &'static str,
    pub(crate) told: bool,
    pub(crate) make: fn() -> Vec<u8>,
}

/// The side of a square of 64 megapixels, the limit for a PNG or GIF.
const SIDE: u16 = 8000;
/// The side of a square of nearly 300 megapixels, the limit for a JPEG.
const JPEG_SIDE: u16 = 17_320;

pub(crate) fn all() -> Vec<Bomb> {
    let told = |name, make| Bomb {
        name,
        told: true,
        make,
    };
    let hidden = |name, make| Bomb {
        name,
        told: false,
        make,
    };
    vec![
        told("jpeg of 4290 MP", || jpeg(0xC0, 65_500, 1, 1, &[0; 90])),
        told("png of 10,000 MP", || png([100_000; 2], 8, 2, 0, &[0; 90])),
        told("gif of 4290 MP", || gif(65_500, 1, &[0x44, 0x01])),
        told("jpeg of 300 MP, hardly any pixels", || {
            jpeg(0xC2, JPEG_SIDE, 3, 1, &[0; 160])
        }),
        told("jpeg of 301 MP", || {
            jpeg(
                0xC0,
                JPEG_SIDE + 30,
                1,
                1,
                &[0x28, 0xA2, 0x8A].repeat(1_200_000),
            )
        }),
        told("jpeg of 882 scans", || jpeg(0xC2, 1000, 3, 882, &[0; 60])),
        told("progressive cmyk jpeg of 300 MP", || {
            jpeg(0xC2, JPEG_SIDE, 4, 1, &[0; 120])
        }),
        told("interlaced rgba16 png of 64 MP", || {
            png([SIDE.into(); 2], 16, 6, 1, &[0; 90])
        }),
        told("gif of 100 canvases of 64 MP", || {
            gif(SIDE, 100, &[0x44, 0x01])
        }),
        told("gif of 100,000 frames", || gif(500, 100_000, &[0x44, 0x01])),
        hidden("gif whose lzw only clears", || {
            gif(1000, 1, &[0x24, 0x49, 0x92].repeat(20 << 20))
        }),
        hidden("gif that clears before each pixel", || {
            gif(SIDE, 1, &[0x04, 0x41, 0x10].repeat(16 << 20))
        }),
        hidden("png of more data than pixels", || {
            png(
                [100; 2],
                8,
                2,
                0,
                &fdeflate::compress_to_vec(&vec![0; 300_000_000]),
            )
        }),
        hidden("png of 64 MP of zeros", || {
            let rows = vec![0; (1 + 3 * usize::from(SIDE)) * usize::from(SIDE)];
            png([SIDE.into(); 2], 8, 2, 0, &fdeflate::compress_to_vec(&rows))
        }),
        hidden("png of blocks without data", || {
            // An empty block with the fixed codes takes ten bits: 0, 10, 0000000.
            let blocks: [u8; 5] = [0x02, 0x08, 0x20, 0x80, 0x00];
            png(
                [100; 2],
                8,
                2,
                0,
                &[&[0x78, 0x01], &blocks.repeat(3 << 20)[..]].concat(),
            )
        }),
        hidden("png whose profile inflates", || {
            with_chunk(b"iCCP", b"p\0\0")
        }),
        hidden("png whose text inflates", || with_chunk(b"zTXt", b"p\0\0")),
        hidden("png whose EXIF text inflates", || {
            with_chunk(b"zTXt", b"Raw profile type exif\0\0")
        }),
        hidden("png of 20,000 EXIF texts that inflate", || {
            let zeros = fdeflate::compress_to_vec(&vec![0; 64 << 10]);
            let text = chunk(
                b"zTXt",
                &[b"Raw profile type exif\0\0", &zeros[..]].concat(),
            );
            insert(small_png(), 33, &text.repeat(20_000))
        }),
        hidden("png of 5,000,000 empty chunks", || {
            insert(small_png(), 33, &chunk(b"teXt", b"").repeat(5_000_000))
        }),
        hidden("png of 5,000,000 empty IDATs", || {
            insert(small_png(), 33, &chunk(b"IDAT", b"").repeat(5_000_000))
        }),
        hidden("jpeg of 300 MP of gray", || {
            // Standard codes: no difference, end of block, in six bits.
            jpeg(0xC0, JPEG_SIDE, 1, 1, &[0x28, 0xA2, 0x8A].repeat(1_200_000))
        }),
        hidden("jpeg of 1,000,000 profile pieces", || {
            insert(
                small_jpeg(),
                2,
                &segment(0xE2, b"ICC_PROFILE\0\x01\xff").repeat(1_000_000),
            )
        }),
        hidden("jpeg of 16 MB of profile", || {
            let pieces = (1..=255).flat_map(|number| {
                let piece = [&b"ICC_PROFILE\0"[..], &[number, 255], &[7; 65_000]].concat();
                segment(0xE2, &piece)
            });
            insert(small_jpeg(), 2, &pieces.collect::<Vec<_>>())
        }),
        hidden("jpeg of 60 MB of fill bytes", || {
            insert(small_jpeg(), 2, &vec![0xFF; 60_000_000])
        }),
        hidden("jpeg of 15,000,000 comments", || {
            insert(small_jpeg(), 2, &segment(0xFE, b"").repeat(15_000_000))
        }),
        hidden("jpeg of 15,000,000 scans", || {
            let photo = jpeg(0xC2, 1000, 3, 1, &[0; 60]);
            let end = photo.len() - 2;
            insert(photo, end, &[0xFF, 0xDA, 0, 2].repeat(15_000_000))
        }),
    ]
}

fn insert(mut bytes: Vec<u8>, at: usize, more: &[u8]) -> Vec<u8> {
    bytes.splice(at..at, more.iter().copied());
    bytes
}

fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u16 + 2).to_be_bytes();
    [&[0xFF, marker], &length[..], content].concat()
}

/// A square JPEG with tables of ones, this many scans with the same data, and the default codes if none are given.
fn jpeg(process: u8, side: u16, components: u8, scans: usize, data: &[u8]) -> Vec<u8> {
    let [high, low] = side.to_be_bytes();
    let mut frame = vec![8, high, low, high, low, components];
    let mut scan = vec![components];
    for id in 1..=components {
        frame.extend([id, 0x11, 0]);
        scan.extend([id, 0]);
    }
    let last = if process == 0xC0 { 63 } else { 0 };
    scan.extend([0, last, 0]);
    let scan = [&segment(0xDA, &scan)[..], data].concat();
    [
        vec![0xFF, 0xD8],
        segment(0xDB, &[&[0][..], &[1; 64]].concat()),
        segment(process, &frame),
        scan.repeat(scans),
        vec![0xFF, 0xD9],
    ]
    .concat()
}

fn small_jpeg() -> Vec<u8> {
    let mut bytes = Vec::new();
    Encoder::new(&mut bytes, 90)
        .encode(&[99; 300], 10, 10, ColorType::Rgb)
        .expect("a small picture");
    bytes
}

fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let named = [&kind[..], content].concat();
    // ISO 3309, as in annex D of the PNG specification.
    let table: [u32; 256] = std::array::from_fn(|byte| {
        (0..8).fold(byte as u32, |crc, _| {
            crc >> 1 ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 }
        })
    });
    let crc = !named.iter().fold(u32::MAX, |crc, byte| {
        crc >> 8 ^ table[usize::from(crc as u8 ^ byte)]
    });
    let length = (content.len() as u32).to_be_bytes();
    [&length[..], &named, &crc.to_be_bytes()].concat()
}

fn png([width, height]: [u32; 2], depth: u8, color: u8, interlace: u8, stream: &[u8]) -> Vec<u8> {
    let (w, h) = (width.to_be_bytes(), height.to_be_bytes());
    let header = [&w[..], &h, &[depth, color, 0, 0, interlace]].concat();
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &header),
        chunk(b"IDAT", stream),
        chunk(b"IEND", b""),
    ]
    .concat()
}

fn small_png() -> Vec<u8> {
    png([10; 2], 8, 2, 0, &fdeflate::compress_to_vec(&[0; 310]))
}

/// A small PNG with a chunk of half a gigabyte of zeros, compressed.
fn with_chunk(kind: &[u8; 4], start: &[u8]) -> Vec<u8> {
    let content = [start, &fdeflate::compress_to_vec(&vec![0; 500_000_000])].concat();
    insert(small_png(), 33, &chunk(kind, &content))
}

/// A GIF whose frames are as large as its canvas, with two colors.
fn gif(side: u16, frames: usize, data: &[u8]) -> Vec<u8> {
    let side = side.to_le_bytes();
    let mut frame = [&b",\0\0\0\0"[..], &side, &side, &[0, 2]].concat();
    for block in data.chunks(255) {
        frame.push(block.len() as u8);
        frame.extend_from_slice(block);
    }
    frame.push(0);
    let screen = [&b"GIF89a"[..], &side, &side, &[0x80, 0, 0]].concat();
    let palette = [0, 0, 0, 255, 255, 255];
    [&screen[..], &palette, &frame.repeat(frames), b";"].concat()
}
