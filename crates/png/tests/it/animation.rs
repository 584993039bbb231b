//! Animations: the chunks of frames, and their pixels compared with what the `png` crate reads from the same coding as stills.

use std::ops::ControlFlow;

use headshot_png::{Blend, Damage, Disposal, Error, Frame, Frames, Limits};

use crate::make::{Deflate, Recipe, chunk, zlib};
use crate::theirs;

/// The chunks of a file, without its signature.
fn chunks(file: &[u8]) -> Vec<([u8; 4], Vec<u8>)> {
    let (mut rest, mut chunks) = (&file[8..], Vec::new());
    while let Some((length, behind)) = rest.split_first_chunk::<4>() {
        let length = u32::from_be_bytes(*length) as usize;
        let kind = *behind.first_chunk().unwrap();
        chunks.push((kind, behind[4..4 + length].to_vec()));
        rest = &behind[length + 8..];
    }
    chunks
}

fn joined(chunks: &[([u8; 4], Vec<u8>)]) -> Vec<u8> {
    let parts = chunks.iter().map(|(kind, data)| chunk(kind, data));
    [
        b"\x89PNG\r\n\x1A\n".to_vec(),
        parts.collect::<Vec<_>>().concat(),
    ]
    .concat()
}

/// The content of a frame control: width, height, x and y; the delay; disposal and blend.
type Control = ([u32; 4], [u16; 2], [u8; 2]);

/// Stills of one kind as the frames of an animation, the first of which is the default image.
fn animated(stills: &[(Vec<u8>, Control)], plays: u32) -> Vec<([u8; 4], Vec<u8>)> {
    let count = [stills.len() as u32, plays].map(u32::to_be_bytes);
    let mut number = 0_u32;
    let mut next = || {
        number += 1;
        (number - 1).to_be_bytes().to_vec()
    };
    let mut out = Vec::new();
    for (i, (still, (area, delay, ways))) in stills.iter().enumerate() {
        let area = area.map(u32::to_be_bytes).concat();
        let delay = delay.map(u16::to_be_bytes).concat();
        let control = [next(), area, delay, ways.to_vec()].concat();
        let parts = chunks(still).into_iter();
        let (before, pixels): (Vec<_>, Vec<_>) = parts.partition(|(kind, _)| kind != b"IDAT");
        if i == 0 {
            out.extend(before.into_iter().filter(|(kind, _)| kind != b"IEND"));
            out.push((*b"acTL", count.concat()));
        }
        out.push((*b"fcTL", control));
        out.extend(pixels.into_iter().map(|(_, data)| match i {
            0 => (*b"IDAT", data),
            _ => (*b"fdAT", [next(), data].concat()),
        }));
    }
    out.push((*b"IEND", Vec::new()));
    out
}

/// Three frames of noise, of every kind of coding.
fn kinds() -> Vec<Vec<([u8; 4], Vec<u8>)>> {
    let animated = |stills: [(Vec<u8>, Control); 3]| animated(&stills, 3);
    stills().into_iter().map(animated).collect()
}

/// The same as separate stills.
fn stills() -> Vec<[(Vec<u8>, Control); 3]> {
    let mut random = fastrand::Rng::with_seed(68);
    let kinds = [
        (2, 8, false),
        (3, 4, false),
        (6, 16, false),
        (0, 2, true),
        (4, 8, true),
    ];
    let make = |(color, depth, interlaced)| {
        let controls: [Control; 3] = [
            ([29, 31, 0, 0], [1, 3], [2, 1]),
            ([11, 22, 17, 9], [7, 0], [1, 0]),
            ([1, 2, 28, 3], [0, 30], [0, 1]),
        ];
        controls.map(|control| {
            let [width, height, ..] = control.0;
            let mut recipe = Recipe::new(width, height, color, depth);
            (recipe.interlaced, recipe.chunk) = (interlaced, 100);
            let rows = recipe.rows(&[4, 1, 2, 3, 4], &mut random);
            (recipe.file(&zlib(&rows, Deflate::Level(6))), control)
        })
    };
    kinds.map(make).to_vec()
}

fn frames(file: &[u8]) -> Frames<'_> {
    let frames = Frames::read(file, &Limits::default()).unwrap();
    frames.expect("an animation")
}

fn pixels(frames: &Frames<'_>, frame: &Frame, damage: Damage) -> Result<Vec<u8>, Error> {
    let mut rows = Vec::new();
    let end = frames.decode(frame, damage, |_, row| {
        rows.extend_from_slice(row);
        ControlFlow::Continue(())
    })?;
    assert!(damage == Damage::Accept || end.intact == frame.height);
    Ok(rows)
}

/// The frames up to the first damaged one, and the error.
fn walked(file: &[u8]) -> (usize, Option<Error>) {
    let mut frames = frames(file);
    let mut count = 0;
    loop {
        match frames.next_frame() {
            Ok(Some(_)) => count += 1,
            Ok(None) => return (count, None),
            Err(error) => return (count, Some(error)),
        }
    }
}

#[test]
fn frames_are_what_the_other_decoder_makes_of_them_as_stills() {
    for stills in stills() {
        let file = joined(&animated(&stills, 3));
        let mut frames = frames(&file);
        assert_eq!((frames.plays(), frames.announced()), (3, 3));
        let mut found = Vec::new();
        for (still, (area, ..)) in &stills {
            let frame = frames.next_frame().unwrap().unwrap();
            assert_eq!([frame.width, frame.height, frame.x, frame.y], *area);
            let rows = pixels(&frames, &frame, Damage::Refuse).unwrap();
            assert!(rows == theirs(still).unwrap().rows, "{frame:?}");
            found.push((
                frame.delay,
                frame.disposal,
                frame.blend,
                frame.is_default_image,
            ));
        }
        assert_eq!(
            found,
            [
                ((1, 3), Disposal::Previous, Blend::Over, true),
                ((7, 100), Disposal::Background, Blend::Source, false),
                ((0, 30), Disposal::Keep, Blend::Over, false),
            ]
        );
        assert_eq!(frames.next_frame().unwrap(), None);
    }
}

#[test]
fn a_default_image_need_not_be_a_frame() {
    let mut parts = kinds().remove(0);
    let first = parts.iter().position(|(kind, _)| kind == b"fcTL").unwrap();
    parts.remove(first);
    parts[first - 1].1[3] = 2;
    for (kind, data) in &mut parts {
        if kind == b"fcTL" || kind == b"fdAT" {
            data[3] -= 1;
        }
    }
    let file = joined(&parts);
    let mut frames = frames(&file);
    let frame = frames.next_frame().unwrap().unwrap();
    assert_eq!(
        (frame.width, frame.x, frame.is_default_image),
        (11, 17, false)
    );
    assert_eq!(walked(&file), (2, None));
}

#[test]
fn what_is_no_sound_animation_control_is_none() {
    let parts = kinds().remove(0);
    let at = parts.iter().position(|(kind, _)| kind == b"acTL").unwrap();
    let with = |data: &[u8]| {
        let mut parts = parts.clone();
        parts[at].1 = data.to_vec();
        joined(&parts)
    };
    for data in [&[0; 8][..], &[0, 0, 0, 3], &[0, 0, 0, 3, 0, 0, 0, 0, 0]] {
        let file = with(data);
        let read = Frames::read(&file, &Limits::default());
        assert!(read.unwrap().is_none(), "{data:?}");
    }
    // After the pixels, and with a wrong CRC.
    let mut late = parts.clone();
    let control = late.remove(at);
    late.insert(parts.len() - 2, control);
    let mut wrong = joined(&parts);
    let place = wrong.windows(4).position(|kind| kind == b"acTL").unwrap();
    wrong[place + 12] ^= 1;
    for file in [joined(&late), wrong] {
        assert!(Frames::read(&file, &Limits::default()).unwrap().is_none());
    }
}

#[test]
fn frames_that_are_not_as_they_should_be_end_the_walk() {
    let parts = kinds().remove(0);
    let at = |kind: &[u8; 4], skip: usize| {
        let places = parts.iter().enumerate().filter(|(_, part)| part.0 == *kind);
        places.map(|(place, _)| place).nth(skip).unwrap()
    };
    let (second, third) = (at(b"fcTL", 1), at(b"fcTL", 2));
    let set = |place: usize, offset: usize, value: u8| {
        let mut parts = parts.clone();
        parts[place].1[offset] = value;
        joined(&parts)
    };
    let cases = [
        // Numbers, sides of zero, sides beyond the canvas, unknown modes.
        (set(second, 3, 9), 1, "not the next one"),
        (set(third - 1, 3, 77), 1, "not the next one"),
        (set(second, 7, 0), 1, "lies on the canvas"),
        (set(second, 11, 23), 1, "lies on the canvas"),
        (set(third, 15, 29), 2, "lies on the canvas"),
        (set(third, 12, 255), 2, "lies on the canvas"),
        (set(third, 24, 3), 2, "dispose"),
        (set(third, 25, 2), 2, "blend"),
        // The first frame is the default image, and so of its size.
        (set(at(b"fcTL", 0), 7, 28), 0, "as large as"),
    ];
    for (file, count, why) in cases {
        let (found, error) = walked(&file);
        assert_eq!(found, count, "{why}");
        assert!(error.unwrap().to_string().contains(why), "{why}: {error:?}");
    }
    let without = |place: usize| {
        let mut parts = parts.clone();
        parts.remove(place);
        joined(&parts)
    };
    assert_eq!(walked(&without(second)).0, 1);
    // No pixels, and an end before the last frame.
    let mut bare = parts.clone();
    bare.drain(second + 1..third);
    assert_eq!(walked(&joined(&bare)).0, 1);
    let mut few = parts.clone();
    few.drain(third..parts.len() - 1);
    let (found, error) = walked(&joined(&few));
    assert_eq!(found, 2);
    assert!(error.unwrap().to_string().contains("fewer frames"));
}

#[test]
fn a_file_may_end_anywhere() {
    for parts in kinds() {
        let file = joined(&parts);
        let all = decoded(&file);
        assert_eq!(all.len(), 3);
        for length in 0..file.len() {
            // If the file ends between two chunks, nothing shows that there should be more.
            for (found, wanted) in decoded(&file[..length]).iter().zip(&all) {
                assert!(found.is_none() || found == wanted, "{length}");
            }
        }
    }
}

/// The pixels of all intact frames.
fn decoded(file: &[u8]) -> Vec<Option<Vec<u8>>> {
    let Ok(Some(mut frames)) = Frames::read(file, &Limits::default()) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    while let Ok(Some(frame)) = frames.next_frame() {
        all.push(pixels(&frames, &frame, Damage::Refuse).ok());
        let _ = pixels(&frames, &frame, Damage::Accept);
    }
    all
}

#[test]
fn a_wrong_crc_of_a_later_frame_is_its_own() {
    let file = joined(&kinds().remove(0));
    let place = file.windows(4).position(|kind| kind == b"fdAT").unwrap();
    let mut wrong = file.clone();
    wrong[place + 20] ^= 0x10;
    let mut frames = frames(&wrong);
    let first = frames.next_frame().unwrap().unwrap();
    let second = frames.next_frame().unwrap().unwrap();
    let third = frames.next_frame().unwrap().unwrap();
    assert!(pixels(&frames, &first, Damage::Refuse).is_ok());
    let error = pixels(&frames, &second, Damage::Refuse).unwrap_err();
    assert!(
        error.to_string().contains("CRC of a chunk of pixels"),
        "{error}"
    );
    assert!(pixels(&frames, &third, Damage::Refuse).is_ok());
}
