//! GIFs that are damaged but accepted: the existing part shows, and the background elsewhere.

use headshot_core::{Background, Damaged, Error, Format, Options, Warning, normalize};

use crate::damaged::{accept, rescued};
use crate::gif_file::{BLUE, GREEN, Gif, KEEP, RED, assert_near, at, screens, side};

const SIDE: u16 = 20;
const WHOLE: [u16; 4] = [0, 0, SIDE, SIDE];
const PAPER: [u8; 3] = [200, 100, 50];
const PALETTE: [[u8; 3]; 4] = [[230, 20, 30], [10, 200, 40], [20, 30, 220], [99, 88, 77]];

fn with(damaged: Damaged, side: u32) -> Options {
    Options {
        damaged,
        background: Background::Color(PAPER),
        ..accept(side)
    }
}

fn index(x: usize, y: usize) -> usize {
    (x + 2 * y + x * y) % 4
}

/// A still without a hole, and where its LZW codes begin, after the length of their first sub-block.
fn still(flags: u8) -> (Vec<u8>, usize) {
    let side = usize::from(SIDE);
    let indices: Vec<u8> = order(flags)
        .into_iter()
        .flat_map(|y| (0..side).map(move |x| index(x, y) as u8))
        .collect();
    let start = Gif::without_palette(SIDE, SIDE);
    // The descriptor with its palette, the size of the codes, the length of the sub-block.
    let codes = start.0.len() + 10 + 12 + 2;
    (
        start
            .image(WHOLE, 0x81 | flags, &PALETTE, 2, &indices)
            .end(),
        codes,
    )
}

/// The rows of the still in the order of the file.
fn order(flags: u8) -> Vec<usize> {
    let passes: &[(usize, usize)] = match flags {
        0 => &[(0, 1)],
        _ => &[(0, 8), (4, 8), (2, 4), (1, 2)],
    };
    passes
        .iter()
        .flat_map(|(first, step)| (*first..SIDE.into()).step_by(*step))
        .collect()
}

/// How many pixels this many bytes of codes make: of three codes of three bits each, the first clears.
fn pixels(bytes: usize) -> usize {
    let codes = 8 * bytes / 3;
    codes / 3 * 2 + (codes % 3).saturating_sub(1)
}

#[test]
fn a_cut_gif_shows_its_first_pixels_and_the_background() {
    let (side, mut partial) = (usize::from(SIDE), 0);
    for flags in [0, 0x40] {
        let (photo, start) = still(flags);
        // All 400 pixels take 225 bytes, in one sub-block.
        for bytes in 1..225 {
            let cut = &photo[..start + bytes];
            let made = normalize(cut, &with(Damaged::Refuse, 20));
            assert!(matches!(made, Err(Error::Damaged { .. })), "{made:?}");
            let there = pixels(bytes);
            if there == 0 {
                assert!(normalize(cut, &with(Damaged::Accept, 20)).is_err());
                continue;
            }
            let ([intact, found, expected], shown) = rescued(cut, &with(Damaged::Accept, 20));
            let mut filled = vec![0; side];
            for (place, y) in order(flags).into_iter().enumerate() {
                filled[y] = there.saturating_sub(place * side).min(side);
            }
            let whole = filled.iter().take_while(|count| **count == side).count();
            let last = filled.iter().rposition(|count| *count > 0).unwrap();
            assert_eq!(
                [intact, found, expected],
                [whole as u32, last as u32 + 1, 20],
                "{bytes} bytes"
            );
            for (x, y, pixel) in shown.enumerate_pixels() {
                let (x, y) = (x as usize, y as usize);
                let wanted = if x < filled[y] {
                    PALETTE[index(x, y)]
                } else {
                    PAPER
                };
                assert_eq!(pixel.0, wanted, "{x} {y} of {bytes} bytes");
            }
            partial += 1;
        }
    }
    assert!(partial > 400, "{partial}");
}

#[test]
fn a_gif_cut_behind_its_last_pixel_is_marked_only_where_that_is_accepted() {
    let (photo, _) = still(0);
    // The end code lies in the third byte from the end.
    let cut = &photo[..photo.len() - 3];
    let made = normalize(cut, &with(Damaged::Refuse, 20));
    assert!(matches!(made, Err(Error::Damaged { .. })), "{made:?}");
    let avatar = normalize(cut, &with(Damaged::Accept, 20)).unwrap();
    let told = Warning::MissingEnd(Format::Gif);
    assert!(avatar.report().warnings.contains(&told) && !avatar.report().damaged());
    let shown = image::load_from_memory(&avatar.bytes()).unwrap().to_rgb8();
    for (x, y, pixel) in shown.enumerate_pixels() {
        assert_eq!(pixel.0, PALETTE[index(x as usize, y as usize)], "{x} {y}");
    }
    // Junk after a still takes nothing away from it either; and only pixels that may be rescued are said to be.
    let junk = [&photo[..photo.len() - 1], b"junk"].concat();
    let avatar = normalize(&junk, &with(Damaged::Refuse, 20)).unwrap();
    assert!(avatar.report().warnings.contains(&told) && !avatar.report().damaged());
    let in_pixels = |photo: &[u8], damaged| match normalize(photo, &with(damaged, 20)) {
        Err(Error::Damaged { in_pixels, .. }) => in_pixels,
        made => panic!("{made:?}"),
    };
    assert!(in_pixels(cut, Damaged::Refuse));
    assert!(!in_pixels(&photo[..13], Damaged::Refuse));
    // Without the trailer, and without the end of the sub-blocks, nothing is missing.
    for missing in [1, 2] {
        for damaged in [Damaged::Refuse, Damaged::Accept] {
            let avatar = normalize(&photo[..photo.len() - missing], &with(damaged, 20)).unwrap();
            let told = Warning::MissingEnd(Format::Gif);
            assert_eq!(avatar.report().warnings[0], told, "{missing}");
            assert!(!avatar.report().damaged());
        }
    }
}

#[test]
fn codes_that_only_clear_or_were_never_defined_make_no_still() {
    let codes = |codes: Vec<u32>| {
        Gif::new(SIDE, SIDE, None)
            .codes(WHOLE, 0, &[], 2, codes)
            .end()
    };
    // After one code there can be at most 6.
    let never = [vec![4, 0, 1, 4, 2, 7], [4, 0, 1].repeat(200)].concat();
    for photo in [
        codes([vec![4; 9999], vec![5]].concat()),
        codes(vec![4, 5]),
        codes(vec![4, 7]),
    ] {
        for damaged in [Damaged::Refuse, Damaged::Accept] {
            let made = normalize(&photo, &with(damaged, 20));
            // A caller who has tried to rescue it is not told to.
            let is_told = damaged == Damaged::Refuse;
            let found =
                matches!(made, Err(Error::Damaged { in_pixels, .. }) if in_pixels == is_told);
            assert!(found, "{made:?}");
        }
    }
    let made = normalize(&codes(never.clone()), &with(Damaged::Refuse, 20));
    assert!(matches!(made, Err(Error::Damaged { .. })), "{made:?}");
    let (counts, shown) = rescued(&codes(never), &with(Damaged::Accept, 20));
    assert_eq!(counts, [0, 1, 20]);
    let painted: Vec<_> = shown.pixels().take(4).map(|pixel| pixel.0).collect();
    assert_eq!(painted, [PALETTE[0], PALETTE[1], PALETTE[2], PAPER]);
}

#[test]
fn what_is_cut_of_an_animation_is_told() {
    let first = Gif::new(SIDE, SIDE, None).frame(WHOLE, RED, KEEP, 5);
    let behind_first = first.0.len();
    let second = first.frame([11, 0, 9, 20], BLUE, KEEP, 6);
    let behind_second = second.0.len();
    let photo = second.frame([0, 11, 20, 9], GREEN, KEEP, 7).end();
    for damaged in [Damaged::Refuse, Damaged::Accept] {
        let options = Options {
            damaged,
            ..side(22)
        };
        let made = |end: usize| normalize(&photo[..end], &options).unwrap();
        // Within the third frame, its control extension and its pixels.
        for end in [behind_second + 3, behind_second + 30] {
            let avatar = made(end);
            let report = avatar.report();
            assert!(report.damaged() && report.warnings.contains(&Warning::CutAnimation));
            assert_eq!(avatar.frames(), 2, "cut at {end}");
            let (screens, time) = screens(&avatar.bytes());
            assert_eq!(time, 11);
            assert_near(at(&screens, 0, 3, 3), RED);
            assert_near(at(&screens, 5, 20, 20), BLUE);
        }
        // Within the second: the rest is a still.
        for end in [behind_first + 3, behind_first + 30] {
            let avatar = made(end);
            let report = avatar.report();
            assert!(report.damaged() && report.warnings.contains(&Warning::CutAnimation));
            assert_eq!(avatar.frames(), 1, "cut at {end}");
            let shown = image::load_from_memory(&avatar.bytes()).unwrap().to_rgba8();
            assert!(shown.pixels().all(|pixel| pixel.0 == [230, 20, 30, 255]));
        }
        // After either, only the end is missing.
        for (end, frames) in [(behind_first, 1), (behind_second, 2)] {
            let avatar = made(end);
            let report = avatar.report();
            let told = Warning::MissingEnd(Format::Gif);
            assert!(report.warnings.contains(&told) && !report.damaged());
            assert_eq!(avatar.frames(), frames);
        }
    }
}

#[test]
fn a_first_frame_without_all_its_pixels_is_accepted_on_request() {
    // Two pixels after each clear code: nine and a half rows of blue.
    let half = [4, u32::from(BLUE), u32::from(BLUE)].repeat(95);
    let photo = Gif::new(SIDE, SIDE, None)
        .control(KEEP, 5, None)
        .codes(WHOLE, 0, &[], 2, half)
        .frame([0, 0, 5, 20], GREEN, KEEP, 6)
        .end();
    let made = |damaged| {
        let options = Options {
            background: Background::Color(PAPER),
            damaged,
            ..side(20)
        };
        normalize(&photo, &options)
    };
    let refused = made(Damaged::Refuse);
    assert!(matches!(refused, Err(Error::Damaged { .. })), "{refused:?}");
    let avatar = made(Damaged::Accept).unwrap();
    assert!(avatar.report().damaged());
    let told = Warning::IncompleteFrames(1);
    assert!(avatar.report().warnings.contains(&told));
    let (screens, time) = screens(&avatar.bytes());
    assert_eq!(time, 11);
    assert_near(at(&screens, 0, 19, 8), BLUE);
    assert_near(at(&screens, 0, 9, 9), BLUE);
    assert_eq!(at(&screens, 0, 10, 9), [200, 100, 50, 255]);
    assert_eq!(at(&screens, 0, 3, 19), [200, 100, 50, 255]);
    assert_near(at(&screens, 5, 3, 19), GREEN);
}
