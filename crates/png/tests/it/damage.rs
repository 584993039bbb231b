//! Damage, limits, and what is left to others.

use std::ops::ControlFlow;

use headshot_png::{Damage, End, Error, Limits, decode_rows, read_header};

use crate::make::{Deflate, Recipe, chunk, zlib};
use crate::{decoded, ours, theirs};

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

/// Interlaced ones.
fn interlaced_photos() -> Vec<Vec<u8>> {
    let mut random = fastrand::Rng::with_seed(67);
    let kinds = [(2, 8), (3, 2), (4, 16)];
    let make = |(color, depth)| {
        let mut recipe = Recipe::new(29, 31, color, depth);
        (recipe.interlaced, recipe.chunk) = (true, 500);
        let rows = recipe.rows(&[4, 1, 2, 3, 4], &mut random);
        recipe.file(&zlib(&rows, Deflate::Level(6)))
    };
    kinds.map(make).to_vec()
}

/// Fixes the CRC of every chunk, so that damage gets past the CRC.
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
        (Err(_), Err(_)) => false,
        (Err(Error::Damaged { what, .. }), Ok(_)) if what.contains("checksum") => false,
        // The last chunk is missing or cut off, and all rows were there before.
        (Ok(_), Err(_)) if !decoded(photo, Damage::Refuse).unwrap().1.is_marked => true,
        (Ok(_), Err(error)) => panic!("{what}: the other finds: {error}"),
        (Err(error), Ok(_)) => panic!("{what}: only this one finds: {error}"),
    }
}

#[test]
fn one_byte_changed() {
    let mut random = fastrand::Rng::with_seed(77);
    let (mut sound, mut count) = (0, 0);
    let photos = [photos(), interlaced_photos()].concat();
    for (i, photo) in photos.iter().enumerate() {
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
    assert_eq!(count, 15 * 500);
    assert!((10..1000).contains(&sound), "{sound}");
}

#[test]
fn cut_anywhere() {
    for (i, photo) in [photos(), interlaced_photos()].concat().iter().enumerate() {
        let whole = ours(photo).unwrap();
        for end in 0..photo.len() {
            match decoded(&photo[..end], Damage::Refuse) {
                Err(_) => assert!(end + 12 + 4 + 4 < photo.len() + 8, "photo {i} cut at {end}"),
                // All rows are there, but not what follows.
                Ok((image, found)) => {
                    assert!(end + 40 > photo.len(), "photo {i} cut at {end}");
                    assert!(image == whole && !found.is_marked);
                }
            }
        }
        assert!(ours(&photo[..photo.len() - 12]).is_ok());
    }
}

/// The chunks of pixels that follow each other.
fn heads(photo: &[u8]) -> usize {
    let (mut at, mut count) = (8, 0);
    while let Some(head) = photo.get(at..at + 8) {
        count += usize::from(&head[4..] == b"IDAT");
        at += u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize + 12;
    }
    count
}

#[test]
fn on_request_the_rows_before_the_damage_come_out() {
    let (mut refused, mut cut, mut changed) = (0, 0, 0);
    for photo in photos() {
        let whole = ours(&photo).unwrap();
        let row = whole.header.row_bytes();
        let (all, end) = decoded(&photo, Damage::Accept).unwrap();
        assert!(all == whole && end.is_marked);
        for end in 0..photo.len() - 60 {
            let Ok((image, found)) = decoded(&photo[..end], Damage::Accept) else {
                refused += 1;
                continue;
            };
            assert!((1..=31).contains(&found.found) && found.intact == found.found);
            assert!(
                !found.is_marked && whole.rows.starts_with(&image.rows),
                "cut at {end}"
            );
            cut += 1;
        }
        let chunks = heads(&photo);
        let mut random = fastrand::Rng::with_seed(111);
        for _ in 0..100 {
            let mut photo = photo.clone();
            let at = random.usize(8 + 25..photo.len());
            photo[at] ^= random.u8(1..);
            if heads(&photo) < chunks {
                // The end of a chunk is not covered by its CRC.
                continue;
            }
            if let Ok((image, found)) = decoded(&photo, Damage::Accept) {
                let intact = found.intact as usize * row;
                assert!(
                    image.rows[..intact] == whole.rows[..intact],
                    "byte {at} changed"
                );
                changed += 1;
            }
        }
    }
    assert!(
        refused > 1000 && cut > 5000 && changed > 500,
        "{refused} {cut} {changed}"
    );
}

#[test]
fn on_request_the_passes_before_the_damage_come_out() {
    let (mut cut, mut last) = (0, 0);
    for photo in interlaced_photos() {
        let whole = ours(&photo).unwrap();
        for end in 60..photo.len() - 60 {
            let Ok((image, found)) = decoded(&photo[..end], Damage::Accept) else {
                continue;
            };
            assert!((1..=31).contains(&found.found) && !found.is_marked);
            assert!(found.intact == 0 && image.rows.len() <= whole.rows.len());
            // The pixel at the top left is that of the first pass.
            assert_eq!(image.rows[0], whole.rows[0], "cut at {end}");
            cut += 1;
            last = found.found;
        }
        assert_eq!(last, 31);
    }
    assert!(cut > 1000, "{cut}");
}

#[test]
fn what_is_no_pixel_is_noticed() {
    let recipe = Recipe::new(29, 31, 3, 4);
    let rows = recipe.rows(&[4], &mut fastrand::Rng::with_seed(89));
    // 29 pixels of 4 bits leave half a byte.
    let clean = |rows: &[u8]| {
        let mut rows = rows.to_vec();
        rows.chunks_mut(16).for_each(|row| row[0] = 0);
        rows.chunks_mut(16).for_each(|row| row[15] &= 0xF0);
        rows
    };
    let rows = clean(&rows);
    let has_spare = |file: &[u8]| decoded(file, Damage::Refuse).unwrap().1.has_spare;
    for how in [Deflate::Stored, Deflate::Fixed, Deflate::Level(6)] {
        let stream = zlib(&rows, how);
        assert!(!has_spare(&recipe.file(&stream)), "{how:?}");
        assert!(has_spare(&recipe.file(&[&stream[..], b"!"].concat())));
        let more = [&rows[..], b"one more row"].concat();
        assert!(has_spare(&recipe.file(&zlib(&more, how))));
        let mut filled = rows.clone();
        filled[16 * 7 + 15] |= 4;
        assert!(has_spare(&recipe.file(&zlib(&filled, how))));
        let file = recipe.file(&stream);
        let chunk = [
            &file[..file.len() - 12],
            &chunk(b"IDAT", b"?"),
            &file[file.len() - 12..],
        ];
        assert!(has_spare(&chunk.concat()));
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
    let mut other = photo.clone();
    other[28] = 2;
    mend(&mut other);
    assert!(matches!(ours(&other), Err(Error::Damaged { .. })));
    // An animation does not affect the default image, even one that is out of order.
    let frame = chunk(b"fcTL", &[9; 26]);
    let animated = [&photo[..33], &frame, &chunk(b"acTL", &[0; 8]), &photo[33..]];
    assert_eq!(ours(&animated.concat()), ours(&photo));
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
        "pixels: 899, at most 898; raise the limit or use a smaller photo"
    );
    let side = Limits { side: 30, ..tight };
    let error = decode_rows(&photo, &side, Damage::Refuse, |_, _| {
        ControlFlow::Continue(())
    })
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "pixels of the longer side: 31, at most 30; raise the limit or use a smaller photo"
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
    let stopped = decode_rows(&photo, &Limits::default(), Damage::Refuse, |y, _| {
        count += 1;
        match y {
            5 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    });
    assert!(matches!(stopped, Ok(End { found: 6, .. })), "{stopped:?}");
    assert_eq!(count, 6);
}
