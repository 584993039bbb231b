//! How many of each thing that is walked repeatedly a HEIC may have, judged by its header alone.

use std::error::Error as _;

use headshot_core::{Options, probe};

use crate::file;

fn heic(name: &str) -> Vec<u8> {
    file(&format!("heic/{name}.heic"))
}

/// A file with more bytes at the end of a nested box. Offsets of pictures shift, which a header does not notice.
fn grown(photo: &[u8], boxes: &[&[u8; 4]], more: &[u8]) -> Vec<u8> {
    let mut other = photo.to_vec();
    let (mut from, mut end) = (0, 0);
    for kind in boxes {
        let at = from + photo[from..].windows(4).position(|it| it == *kind).unwrap();
        let size = u32::from_be_bytes(photo[at - 4..at].try_into().unwrap());
        let larger = size + more.len() as u32;
        other[at - 4..at].copy_from_slice(&larger.to_be_bytes());
        (from, end) = (at, at - 4 + size as usize);
    }
    other.splice(end..end, more.iter().copied());
    other
}

/// What is wrong with a header, if anything.
fn fault(photo: &[u8]) -> Option<String> {
    let error = probe(photo, &Options::default().limits).err()?;
    Some(error.source().unwrap().to_string())
}

/// All of these are walked for each tile of a grid, which may have thousands.
#[test]
fn what_each_tile_needs_is_short() {
    let grid = heic("grid");
    let at = grid.windows(4).position(|it| it == b"hvcC").unwrap();
    let length = u32::from_be_bytes(grid[at - 4..at].try_into().unwrap()) as usize - 8;
    let hvcc = [b"meta", b"iprp", b"ipco", b"hvcC"];
    let padded = |bytes: usize| grown(&grid, &hvcc, &vec![0; bytes - length]);
    assert_eq!(fault(&padded(65536)), None);
    assert_eq!(
        fault(&padded(65537)).unwrap(),
        "its hvcC has 65537 bytes, and may have 65536"
    );

    // Another ipma box, for an item that has the first property over and over.
    let single = heic("single");
    let associated = |counts: &[u8]| {
        let mut ipma = b"ipma\0\0\0\0\0\0\0".to_vec();
        ipma.push(counts.len() as u8);
        for count in counts {
            ipma.extend([0, 77, *count]);
            ipma.extend(vec![1; usize::from(*count)]);
        }
        let size = (ipma.len() as u32 + 4).to_be_bytes();
        grown(&single, &[b"meta", b"iprp"], &[&size, &ipma[..]].concat())
    };
    assert_eq!(fault(&associated(&[64])), None);
    assert_eq!(
        fault(&associated(&[65])).unwrap(),
        "item 77 has 65 properties, and may have 64"
    );
    assert_eq!(
        fault(&associated(&[60, 7])).unwrap(),
        "item 77 has 67 properties, and may have 64"
    );

    // The one item's number of pieces, before the first: more of one byte each.
    let pieces = |count: u16| {
        let piece = [0, 0, 0, 0, 0, 0, 0, 1];
        let mut other = grown(
            &single,
            &[b"meta", b"iloc"],
            &piece.repeat(usize::from(count) - 1),
        );
        let at = other.windows(4).position(|it| it == b"iloc").unwrap() + 18;
        assert_eq!(other[at..at + 2], [0, 1]);
        other[at..at + 2].copy_from_slice(&count.to_be_bytes());
        other
    };
    assert_eq!(fault(&pieces(1024)), None);
    assert_eq!(
        fault(&pieces(1025)).unwrap(),
        "item 1 is in 1025 pieces, and may be in 1024"
    );
}
