//! Animated WebPs that are cut off or damaged. The pictures themselves are tested in `shown.rs`.

use headshot_core::{Damaged, Error, Format, Limits, Options, Warning, normalize, probe};

use crate::file;
use crate::gif_file::{screens, side};

fn photo() -> Vec<u8> {
    file("animated/lossless.webp")
}

/// Where each ANMF chunk begins.
fn frames(photo: &[u8]) -> Vec<usize> {
    let kinds = photo.windows(4).enumerate();
    let frames = kinds.filter(|(_, kind)| kind == b"ANMF");
    frames.map(|(place, _)| place).collect()
}

#[test]
fn frames_before_a_cut_or_a_contradiction_are_kept() {
    let whole = photo();
    let places = frames(&whole);
    assert_eq!(places.len(), 8);
    let cut = |end: usize| whole[..end].to_vec();
    let set = |frame: usize, offset: usize, value: u8| {
        let mut photo = whole.clone();
        photo[places[frame] + 8 + offset] = value;
        photo
    };
    for (name, photo, count, is_cut) in [
        ("nothing", whole.clone(), 8, false),
        ("the last byte", cut(whole.len() - 1), 7, true),
        ("the last frame", cut(places[7]), 7, false),
        ("half a header", cut(places[5] + 13), 5, true),
        ("all but one", cut(places[1] + 60), 1, true),
        // Beyond the canvas, of a different size than its picture, and without one.
        ("x", set(4, 0, 26), 4, true),
        ("y", set(4, 5, 1), 4, true),
        ("height", set(6, 9, 54), 6, true),
        ("picture", set(3, 19, b'?'), 3, true),
    ] {
        let info = probe(&photo, &Limits::default()).unwrap();
        assert_eq!(info.frames, count, "{name}");
        let avatar = normalize(&photo, &side(72)).unwrap();
        let warnings = &avatar.report().warnings;
        assert_eq!(warnings.contains(&Warning::CutAnimation), is_cut, "{name}");
        let missing = Warning::MissingEnd(Format::Webp);
        assert_eq!(warnings.contains(&missing), name == "the last frame");
        assert!(avatar.frames() <= count, "{name}");
    }
}

#[test]
fn wrong_pixels_of_a_later_frame_are_refused_or_left_out() {
    let whole = photo();
    let third = frames(&whole)[2];
    // Its codes, after the headers of the chunk, the frame and the picture, and the size.
    let codes = third + 8 + 16 + 8 + 5;
    let end = frames(&whole)[3];
    let accepting = Options {
        damaged: Damaged::Accept,
        ..side(72)
    };
    let mut refused = 0;
    for at in codes..end {
        let mut photo = whole.clone();
        photo[at] ^= 0x5A;
        let accepted = normalize(&photo, &accepting).unwrap();
        assert!(screens(&accepted.bytes()).0.len() > 1);
        match normalize(&photo, &side(72)) {
            Ok(made) => assert!(made.bytes() == accepted.bytes(), "{at}"),
            Err(Error::Damaged { .. }) => {
                let warnings = &accepted.report().warnings;
                assert!(warnings.contains(&Warning::IncompleteFrames(1)), "{at}");
                refused += 1;
            }
            Err(error) => panic!("{at}: {error}"),
        }
    }
    assert!(refused > 0);
}
