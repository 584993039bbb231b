use weezl::{BitOrder, encode::Encoder};

use super::*;
use crate::timing::Disposal;

/// The result of unpacking a block of such data, with this many indices at a time.
fn unpacked(code_size: u8, data: &[u8], at_once: usize) -> Vec<u8> {
    let mut sub_blocks = Vec::new();
    for part in data.chunks(255) {
        sub_blocks.push(part.len() as u8);
        sub_blocks.extend(part);
    }
    let block = ImageBlock {
        left: 0,
        top: 0,
        width: 0,
        height: 0,
        interlaced: false,
        palette: None,
        transparent: None,
        disposal: Disposal::Keep,
        delay: 0,
        code_size,
        sub_blocks: &sub_blocks,
        raw: None,
    };
    let mut lzw = Lzw::new(&block, Damage::Refuse);
    let mut indices = Vec::new();
    loop {
        let mut part = vec![0; at_once];
        let found = lzw
            .read(&mut part, &mut || ControlFlow::Continue(()))
            .unwrap();
        indices.extend(&part[..found]);
        if found < at_once {
            return indices;
        }
    }
}

/// Codes of one width.
fn codes(width: u32, codes: &[u32]) -> Vec<u8> {
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0, 0);
    for code in codes {
        bits |= u64::from(*code) << count;
        count += width;
        while count >= 8 {
            bytes.push(bits as u8);
            (bits, count) = (bits >> 8, count - 8);
        }
    }
    bytes.push(bits as u8);
    bytes
}

#[test]
fn what_another_crate_packed_comes_out() {
    for code_size in 2..=8 {
        for length in [0, 1, 2, 900, 70_000] {
            // Noise, and runs that are their own beginning.
            let mut seed = 77_u32;
            let wanted: Vec<u8> = (0..length)
                .map(|i| {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    let index = if i % 1000 < 600 { seed >> 24 } else { i / 1000 };
                    (index % (1 << code_size)) as u8
                })
                .collect();
            let mut encoder = Encoder::new(BitOrder::Lsb, code_size);
            let data = encoder.encode(&wanted).unwrap();
            for at_once in [1, 7, 333, 1 << 17] {
                let found = unpacked(code_size, &data, at_once);
                assert!(found == wanted, "{code_size} {length} {at_once}");
            }
        }
    }
}

#[test]
fn clear_codes_may_stand_in_a_row_anywhere() {
    let (clear, end) = (4, 5);
    let mut stream = vec![clear; 1000];
    stream.extend([1, 2]);
    stream.extend([clear; 77]);
    stream.extend([3]);
    stream.extend([clear; 2]);
    stream.extend([0, end, 1]);
    assert_eq!(unpacked(2, &codes(3, &stream), 99), [1, 2, 3, 0]);
    // No clear code at the start is as good as one.
    assert_eq!(
        unpacked(2, &codes(3, &[1, 2, clear, 3, end]), 99),
        [1, 2, 3]
    );
    let mut nothing = vec![clear; 1 << 20];
    nothing.push(end);
    assert_eq!(unpacked(2, &codes(3, &nothing), 99), []);
}

#[test]
fn what_was_never_compressed_comes_out() {
    for code_size in [2, 5, 8, 11] {
        let clear = 1 << code_size;
        let (mut stream, mut wanted) = (vec![clear], Vec::new());
        for i in 0..30_000_u32 {
            let clears = match i % 3000 {
                0..1000 => [1, 1, 2, 1, 1, 3, 0][i as usize % 7],
                1000 => 500,
                _ => 1,
            };
            let index = i.wrapping_mul(0x9E37_79B1) >> 7 & (clear - 1) & 0xFF;
            stream.push(index);
            stream.extend(vec![clear; clears]);
            wanted.push(index as u8);
        }
        stream.push(clear + 1);
        let data = codes(code_size + 1, &stream);
        for at_once in [1, 7, 333, 1 << 17] {
            let found = unpacked(code_size as u8, &data, at_once);
            assert!(found == wanted, "{code_size} {at_once}");
        }
    }
}

#[test]
fn indices_beyond_a_palette_count_by_their_low_bits() {
    for code_size in 9..=11 {
        let (clear, width) = (1 << code_size, code_size + 1);
        let stream = codes(
            width,
            &[clear, 7, clear, 256 + 9, clear, clear - 1, clear + 1],
        );
        assert_eq!(unpacked(code_size as u8, &stream, 99), [7, 9, 255]);
    }
}

#[test]
fn undefined_codes_are_refused() {
    for stream in [&[4, 6][..], &[4, 1, 7], &[6], &[4, 1, 4, 6]] {
        let data = codes(3, stream);
        let refused = std::panic::catch_unwind(|| unpacked(2, &data, 99));
        assert!(refused.is_err(), "{stream:?}");
    }
}
