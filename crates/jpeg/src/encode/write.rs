//! The file: its segments (T.81, B.2) and its entropy-coded bits.

use super::codes::Code;
use super::symbols::{TABLES, Token};
use super::transform::Quantizer;
use crate::stream::ZIGZAG;

/// JFIF 1.01, no unit of density, 1:1, no thumbnail.
const JFIF: [u8; 14] = *b"JFIF\0\x01\x01\x00\x00\x01\x00\x01\x00\x00";

/// A symbol's output: its code, shifted up by the number of bits that follow, and the length of both.
#[derive(Clone, Copy, Default)]
struct Entry {
    code: u32,
    bits: u32,
}

/// Writes a file of one scan. Components 2 and 3 share their tables.
pub(super) fn file(
    width: u16,
    height: u16,
    quantizers: &[Quantizer; 2],
    codes: &[Code; TABLES],
    tokens: &[Token],
    counts: &[u64],
) -> Vec<u8> {
    let mut entries = [Entry::default(); 256 * TABLES];
    let mut bits = 0;
    for (table, code) in codes.iter().enumerate() {
        for (symbol, code, length) in code.codes() {
            let at = 256 * table + usize::from(symbol);
            let extra = u32::from(symbol & 15);
            entries[at] = Entry {
                code: code << extra,
                bits: length + extra,
            };
            bits += counts[at] * u64::from(length + extra);
        }
    }
    let mut out = Vec::with_capacity(expected_size(bits));
    out.extend([0xFF, 0xD8]);
    segment(&mut out, 0xE0, &JFIF);
    for (number, quantizer) in (0..).zip(quantizers) {
        let mut table = vec![number];
        table.extend(ZIGZAG.map(|position| quantizer.table[usize::from(position)]));
        segment(&mut out, 0xDB, &table);
    }
    let ([h0, h1], [w0, w1]) = (height.to_be_bytes(), width.to_be_bytes());
    let components = [1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1];
    let frame = [[8, h0, h1, w0, w1, 3].as_slice(), &components].concat();
    segment(&mut out, 0xC0, &frame);
    for (number, code) in [0x00, 0x10, 0x01, 0x11].into_iter().zip(codes) {
        let table = [&[number], &code.lengths[..], &code.symbols].concat();
        segment(&mut out, 0xC4, &table);
    }
    segment(&mut out, 0xDA, &[3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0]);
    entropy_coded(&mut out, tokens, &entries);
    out.extend([0xFF, 0xD9]);
    out
}

/// The file's estimated size in bytes: on the high side, because of the zeros that follow each FF.
fn expected_size(bits: u64) -> usize {
    let bytes = bits as usize / 8;
    1024 + bytes + bytes / 64
}

fn segment(out: &mut Vec<u8>, marker: u8, content: &[u8]) {
    out.extend([0xFF, marker]);
    out.extend((content.len() as u16 + 2).to_be_bytes());
    out.extend(content);
}

fn entropy_coded(out: &mut Vec<u8>, tokens: &[Token], entries: &[Entry; 256 * TABLES]) {
    // Bits enter at the bottom; `free` of them are still empty.
    let (mut word, mut free) = (0u64, 64);
    for &token in tokens {
        let entry = entries[(token >> 16) as usize % (256 * TABLES)];
        let code = u64::from(entry.code | token & 0xFFFF);
        if entry.bits > free {
            // The part that fits, and the rest for the next word.
            let rest = entry.bits - free;
            // A shift by 64 means an empty word, which has 64 bits free.
            put(out, word << free | code >> rest);
            word = code;
            free = 64 - rest;
        } else {
            word = word << entry.bits | code;
            free -= entry.bits;
        }
    }
    // Ones fill the last byte.
    let ones = free % 8;
    let last = (word << ones | ((1 << ones) - 1)).to_be_bytes();
    put_bytes(out, &last[(free / 8) as usize..]);
}

/// Writes eight bytes.
#[inline(always)]
fn put(out: &mut Vec<u8>, word: u64) {
    let bytes = word.to_be_bytes();
    // A byte of FF is zero when inverted: the lowest of them makes a borrow here.
    let any_ff = (!word).wrapping_sub(0x0101_0101_0101_0101) & word & 0x8080_8080_8080_8080;
    if any_ff == 0 {
        out.extend_from_slice(&bytes);
    } else {
        put_bytes(out, &bytes);
    }
}

/// Writes bytes, with a zero after each FF so that it is not taken for a marker.
fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    for &byte in bytes {
        out.push(byte);
        if byte == 0xFF {
            out.push(0);
        }
    }
}
