//! Damage, limits, and what is left to others.

use std::ops::ControlFlow;

use headshot_png::{Error, Limits, decode_rows, read_header};

use crate::make::{Deflate, Recipe, chunk, zlib};
use crate::{ours, theirs};

/// Small photos of all kinds of streams.
fn photos() -> Vec<Vec<u8>> {
    let mut random = fastrand::Rng::with_seed(66);
    let mut photos = Vec::new();
    for (color, depth) in [(2, 8), (3, 4), (6, 16), (0, 8)] {
        for how in [Deflate::Stored, Deflate::Fixed, Deflate::Level(6)] {
            let mut recipe = Recipe::new(29, 31, color, depth);
            recipe.chunk = 500;
            let rows = recipe.rows(&[4, 1, 2, 3, 4], &mut random);
            photos.push(recipe.file(&zlib(&rows, how)));
        }
    }
    photos
}

/// Puts the right CRC on every chunk, so that damage reaches what is behind the CRC.
fn mend(photo: &mut [u8]) {
    let mut at = 8;
    while let Some(head) = photo.get(at..at + 8) {
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let Some(end) = at.checked_add(length).map(|end| end + 8) else {
            return;
        };
        if photo.len() < end + 4 {
            return;
        }
        let crc = crc32fast::hash(&photo[at + 4..end]);
        photo[end..end + 4].copy_from_slice(&crc.to_be_bytes());
        at = end + 4;
    }
}

/// The same verdict as the other decoder, and the same pixels.
///
/// The other one does not look for the checksum if it lies in a later chunk than the last pixel. This one
/// does.
fn assert_same_verdict(photo: &[u8], what: &str) -> bool {
    match (ours(photo), theirs(photo)) {
        (Ok(image), Ok(expected)) => {
            assert!(image == expected, "{what}: other pixels");
            true
        }
        (Err(Error::Unsupported { .. }), _) | (Err(_), Err(_)) => false,
        (Err(Error::Damaged { what, .. }), Ok(_)) if what.contains("checksum") => false,
        (Ok(_), Err(error)) => panic!("{what}: the other finds: {error}"),
        (Err(error), Ok(_)) => panic!("{what}: only this one finds: {error}"),
    }
}

#[test]
fn one_byte_changed() {
    let mut random = fastrand::Rng::with_seed(77);
    let (mut sound, mut count) = (0, 0);
    for (i, photo) in photos().iter().enumerate() {
        assert!(assert_same_verdict(photo, "as made"));
        for round in 0..500 {
            let mut photo = photo.clone();
            let at = random.usize(..photo.len());
            photo[at] ^= random.u8(1..);
            if round % 5 > 0 {
                mend(&mut photo);
            }
            let is_sound = assert_same_verdict(&photo, &format!("photo {i}, byte {at} changed"));
            sound += usize::from(is_sound);
            count += 1;
        }
    }
    assert_eq!(count, 12 * 500);
    assert!((10..1000).contains(&sound), "{sound}");
}

#[test]
fn cut_anywhere() {
    for (i, photo) in photos().iter().enumerate() {
        for end in (0..photo.len()).step_by(3) {
            let what = format!("photo {i} cut at {end}");
            assert!(!assert_same_verdict(&photo[..end], &what), "{what}");
        }
    }
}

#[test]
fn streams_cut_or_too_long() {
    let recipe = Recipe::new(29, 31, 2, 8);
    let rows = recipe.rows(&[4], &mut fastrand::Rng::with_seed(88));
    let mut count = 0;
    for how in [Deflate::Stored, Deflate::Fixed, Deflate::Level(6)] {
        let stream = zlib(&rows, how);
        for missing in 0..=40 {
            let file = recipe.file(&stream[..stream.len() - missing]);
            assert_same_verdict(&file, &format!("{how:?} without {missing}"));
            let mut longer = recipe.clone();
            longer.height -= missing as u32 % 3;
            let mut file = longer.file(&stream);
            file.extend(b"behind the end");
            assert!(assert_same_verdict(&file, &format!("{how:?} too long")));
            count += 1;
        }
    }
    assert_eq!(count, 3 * 41);
}

#[test]
fn chunks_where_they_do_not_belong() {
    let recipe = Recipe::new(29, 31, 2, 8);
    let rows = recipe.rows(&[4], &mut fastrand::Rng::with_seed(99));
    let mut recipe = recipe;
    recipe.chunk = 700;
    let photo = recipe.file(&zlib(&rows, Deflate::Level(6)));
    let mut places = vec![8];
    while let Some(head) = photo
        .get(places[places.len() - 1]..)
        .filter(|rest| rest.len() > 12)
    {
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        places.push(places[places.len() - 1] + length + 12);
    }
    let strangers = [
        chunk(b"PLTE", &[1, 2, 3]),
        chunk(b"PLTE", &[]),
        chunk(b"tRNS", &[0; 6]),
        chunk(b"teSt", b"anything"),
        chunk(b"TeSt", b"anything"),
        chunk(b"IEND", b""),
        chunk(b"IEND", b"x"),
        chunk(b"IDAT", b""),
        photo[8..33].to_vec(),
        chunk(b"gAMA", &[0; 3]),
    ];
    let mut sound = 0;
    for stranger in &strangers {
        for &place in &places {
            for spoilt in [false, true] {
                let mut stranger = stranger.clone();
                let last = stranger.len() - 1;
                stranger[last] ^= u8::from(spoilt);
                let file = [&photo[..place], &stranger, &photo[place..]].concat();
                let what = format!("{:?} at {place}", &stranger[4..8]);
                sound += usize::from(assert_same_verdict(&file, &what));
            }
        }
    }
    assert!(sound > 10, "{sound}");
}

#[test]
fn other_files() {
    assert_eq!(ours(b""), Err(Error::NotPng));
    assert_eq!(ours(b"\xFF\xD8\xFF\xE0"), Err(Error::NotPng));
    let recipe = Recipe::new(29, 31, 2, 8);
    let rows = recipe.rows(&[4], &mut fastrand::Rng::with_seed(12));
    let photo = recipe.file(&zlib(&rows, Deflate::Level(6)));
    let mut interlaced = photo.clone();
    interlaced[28] = 1;
    mend(&mut interlaced);
    assert!(matches!(ours(&interlaced), Err(Error::Unsupported { .. })));
    let animated = [&photo[..33], &chunk(b"acTL", &[0; 8]), &photo[33..]].concat();
    assert!(matches!(ours(&animated), Err(Error::Unsupported { .. })));
}

#[test]
fn limits_are_kept() {
    let recipe = Recipe::new(29, 31, 2, 8);
    let rows = recipe.rows(&[4], &mut fastrand::Rng::with_seed(13));
    let photo = recipe.file(&zlib(&rows, Deflate::Level(6)));
    let tight = Limits {
        pixels: 29 * 31,
        side: 31,
    };
    assert!(read_header(&photo, &tight).is_ok());
    let pixels = Limits {
        pixels: 898,
        ..tight
    };
    let error = read_header(&photo, &pixels).unwrap_err();
    assert_eq!(
        error.to_string(),
        "pixels: 899, at most 898; raise the limit or hand in a smaller photo"
    );
    let side = Limits { side: 30, ..tight };
    let error = decode_rows(&photo, &side, |_, _| ControlFlow::Continue(())).unwrap_err();
    assert_eq!(
        error.to_string(),
        "pixels of the longer side: 31, at most 30; raise the limit or hand in a smaller photo"
    );
}

#[test]
fn decoding_stops_when_told() {
    let recipe = Recipe::new(29, 31, 2, 8);
    let rows = recipe.rows(&[4], &mut fastrand::Rng::with_seed(14));
    let mut stream = zlib(&rows, Deflate::Level(6));
    let last = stream.len() - 1;
    stream[last] ^= 1;
    let photo = recipe.file(&stream);
    assert!(matches!(ours(&photo), Err(Error::Damaged { .. })));
    let mut count = 0;
    let stopped = decode_rows(&photo, &Limits::default(), |y, _| {
        count += 1;
        match y {
            5 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    });
    assert_eq!((stopped, count), (Ok(()), 6));
}
