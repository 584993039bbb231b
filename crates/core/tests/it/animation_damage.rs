//! Animations that are cut off, damaged or hostile: what is refused, and what is made from the rest.

use headshot_core::{CropBox, Error, Fit, FramePolicy, Limits, Options, Warning, normalize};

use crate::gif_file::{
    BACKGROUND, BLUE, GREEN, Gif, KEEP, PREVIOUS, RED, assert_near, at, blinking, screens, side,
};

#[test]
fn a_cut_animation_keeps_the_frames_before_and_says_so() {
    let whole = blinking(&[9, 9]);
    let avatar = normalize(&whole[..whole.len() - 12], &side(32)).unwrap();
    assert!(avatar.report().warnings.contains(&Warning::CutAnimation));
    assert_eq!(avatar.frames(), 3);
    // Not even one frame is left.
    assert!(matches!(
        normalize(&whole[..40], &side(32)),
        Err(Error::Damaged { .. })
    ));
}

#[test]
fn frames_outside_the_canvas_are_clipped() {
    let far = Gif::new(20, 20, None)
        .frame([0, 0, 20, 20], RED, KEEP, 5)
        .frame([60_000, 5, 9, 9], BLUE, KEEP, 5)
        .frame([5, 5, 10, 0], BLUE, BACKGROUND, 5)
        .frame([15, 15, 30, 30], GREEN, PREVIOUS, 5)
        .end();
    let (screens, time) = screens(&normalize(&far, &side(21)).unwrap().bytes());
    assert_eq!(time, 20);
    assert_near(at(&screens, 15, 20, 20), GREEN);
    assert_near(at(&screens, 15, 14, 14), RED);
}

#[test]
fn what_the_structure_forbids_is_damage() {
    let whole = [0, 0, 20, 20];
    let start = || Gif::new(20, 20, None);
    let far = start().frame([65_535, 0, 9, 9], RED, KEEP, 5).end();
    let deep = start().frame([0, 65_530, 9, 9], RED, KEEP, 5).end();
    let mut bad = vec![far, deep];
    for bits in [0, 12, 255] {
        let first = start().0.len();
        let mut gif = start().frame(whole, BLUE, KEEP, 5).end();
        // After the control extension, 8 bytes, and the image descriptor, 10 bytes.
        gif[first + 18] = bits;
        bad.push(gif);
    }
    bad.push(start().end());
    for (i, gif) in bad.iter().enumerate() {
        let made = normalize(gif, &side(21));
        assert!(matches!(made, Err(Error::Damaged { .. })), "{i}: {made:?}");
    }
}

#[test]
fn behind_the_first_frame_what_is_forbidden_ends_the_animation() {
    let whole = [0, 0, 20, 20];
    let start = || Gif::new(20, 20, None).frame(whole, RED, KEEP, 5);
    let second = start().0.len();
    let mut cut = Vec::new();
    for (offset, value) in [(18, 0), (18, 12), (18, 255), (2, 5), (2, 0)] {
        // The code size, and the length of the control extension.
        let mut gif = start().frame(whole, BLUE, KEEP, 5).end();
        gif[second + offset] = value;
        cut.push(gif);
    }
    for (i, gif) in cut.iter().enumerate() {
        let avatar = normalize(gif, &side(21)).unwrap();
        let warnings = &avatar.report().warnings;
        assert!(
            warnings.contains(&Warning::CutAnimation),
            "{i}: {warnings:?}"
        );
        assert_eq!(avatar.frames(), 1);
    }
    // Nothing of a frame that lies beyond any canvas may be visible.
    let far = start().frame([65_530, 65_530, 9, 9], BLUE, KEEP, 7).end();
    let avatar = normalize(&far, &side(21)).unwrap();
    assert!(!avatar.report().damaged());
    let (screens, time) = screens(&avatar.bytes());
    assert_eq!(time, 12);
    assert_near(at(&screens, 11, 3, 3), RED);
}

#[test]
fn a_canvas_of_65535_is_refused_from_the_header_and_a_frame_of_that_size_is_clipped() {
    let most = u16::MAX;
    let huge = Gif::new(most, most, None)
        .frame([0, 0, 9, 9], RED, KEEP, 5)
        .frame([9, 0, 9, 9], BLUE, KEEP, 5)
        .end();
    let with = |limits| Options { limits, ..side(21) };
    let refused = normalize(&huge, &with(Limits::default()));
    assert!(
        matches!(
            refused,
            Err(Error::Limit {
                found: 65_535,
                max: 32_767,
                ..
            })
        ),
        "{refused:?}"
    );
    let long = Limits {
        side: 65_535,
        ..Limits::default()
    };
    let refused = normalize(&huge, &with(long));
    let pixels = 65_535 * 65_535;
    assert!(
        matches!(refused, Err(Error::Limit { found, max: 64_000_000, .. }) if found == pixels),
        "{refused:?}"
    );

    // As many red pixels as there is data for, in rows of 65535: the first row alone.
    let row = [4, 0, 0].repeat(usize::from(most).div_ceil(2));
    let clipped = Gif::new(30, 30, None)
        .frame([0, 0, 30, 30], BLUE, KEEP, 5)
        .codes([0, 0, most, most], 0, &[], 2, row)
        .end();
    let avatar = normalize(&clipped, &side(31)).unwrap();
    assert!(
        avatar
            .report()
            .warnings
            .contains(&Warning::IncompleteFrames(1))
    );
    let (screens, _) = screens(&avatar.bytes());
    assert_near(at(&screens, 20, 9, 0), RED);
    assert_near(at(&screens, 20, 9, 9), BLUE);
}

#[test]
fn a_canvas_of_zero_takes_the_first_frame() {
    for zero in [[0, 0], [0, 24], [24, 0]] {
        let gif = Gif::new(zero[0], zero[1], None)
            .frame([0, 0, 24, 24], RED, KEEP, 5)
            .frame([12, 0, 12, 24], BLUE, KEEP, 5)
            .end();
        let (screens, _) = screens(&normalize(&gif, &side(48)).unwrap().bytes());
        assert_near(at(&screens, 5, 11, 40), RED);
        assert_near(at(&screens, 5, 35, 40), BLUE);
    }
    let nothing = Gif::new(0, 0, None)
        .frame([0, 0, 0, 0], RED, KEEP, 5)
        .frame([0, 0, 24, 24], RED, KEEP, 5)
        .end();
    assert!(matches!(
        normalize(&nothing, &side(48)),
        Err(Error::Damaged { .. })
    ));
}

#[test]
fn lzw_that_only_clears_brings_no_pixels_and_no_stall() {
    let gif = Gif::new(20, 20, None)
        .frame([0, 0, 20, 20], RED, KEEP, 5)
        .codes([0, 0, 20, 20], 0, &[], 2, vec![4; 8_000_000])
        .frame([10, 0, 10, 20], BLUE, KEEP, 5)
        .end();
    let avatar = normalize(&gif, &side(21)).unwrap();
    assert!(
        avatar
            .report()
            .warnings
            .contains(&Warning::IncompleteFrames(1))
    );
    let (screens, time) = screens(&avatar.bytes());
    assert_eq!(time, 20);
    assert_near(at(&screens, 14, 20, 9), RED);
    assert_near(at(&screens, 15, 20, 9), BLUE);
}

#[test]
fn interlaced_rows_come_in_their_places() {
    // Rows 0, 8, 16; 4, 12; 2, 6, 10, 14, 18; then the odd ones: those from the last pass are blue.
    let indices: Vec<u8> = (0..400).map(|i| [RED, BLUE][i / 200]).collect();
    let gif = Gif::new(20, 20, None)
        .frame([0, 0, 20, 20], GREEN, KEEP, 5)
        .image([0, 0, 20, 20], 0x40, &[], 2, &indices)
        .end();
    let options = Options {
        // A photo that is kept as it is proves nothing.
        fit: Fit::Crop(CropBox {
            x: 1,
            y: 2,
            side: 17,
        }),
        ..side(17)
    };
    let (screens, _) = screens(&normalize(&gif, &options).unwrap().bytes());
    for y in 0..17 {
        assert_near(at(&screens, 5, 3, y), [RED, BLUE][y as usize % 2]);
    }
}

#[test]
fn without_any_palette_there_are_black_and_white() {
    let gif = Gif::without_palette(20, 20)
        .image([0, 0, 20, 20], 0, &[], 2, &[1; 400])
        .image([0, 0, 10, 20], 0, &[], 2, &[0; 200])
        .end();
    let (screens, time) = screens(&normalize(&gif, &side(40)).unwrap().bytes());
    assert_eq!(time, 20);
    assert_eq!(at(&screens, 10, 3, 3), [0, 0, 0, 255]);
    assert_eq!(at(&screens, 10, 30, 3), [255; 4]);
}

#[test]
fn delays_of_zero_and_one_are_kept_and_count_as_ten() {
    let gif = Gif::new(20, 20, None)
        .frame([0, 0, 20, 20], RED, KEEP, 0)
        .frame([0, 0, 10, 20], BLUE, KEEP, 1)
        .frame([0, 0, 5, 20], GREEN, KEEP, 2)
        .frame([0, 0, 5, 20], GREEN, KEEP, 1)
        .frame([9, 0, 5, 20], GREEN, KEEP, 333)
        .end();
    let made = normalize(&gif, &side(40)).unwrap().bytes();
    let delays: Vec<u8> = made
        .windows(6)
        .filter(|part| part.starts_with(b"!\xf9\x04"))
        .flat_map(|part| part[4..6].to_vec())
        .collect();
    // The third and the fourth look the same: 2 and 1, shown for 10, became 12. 333 is 1 * 256 + 77.
    assert_eq!(delays, [0, 0, 1, 0, 12, 0, 77, 1]);
    assert_eq!(screens(&made).1, 365);
}

#[test]
fn a_missing_trailer_and_junk_behind_it_lose_nothing() {
    let whole = blinking(&[7, 8]);
    let (wanted, time) = screens(&normalize(&whole, &side(32)).unwrap().bytes());
    assert_eq!((wanted.len(), time), (4, 30));
    let junk = [&whole[..], &b"\0GIF89a!,;junk".repeat(99)].concat();
    for gif in [&whole[..whole.len() - 1], &whole[..whole.len() - 2], &junk] {
        let avatar = normalize(gif, &side(32)).unwrap();
        assert_eq!(screens(&avatar.bytes()), (wanted.clone(), time));
        assert!(!avatar.report().warnings.contains(&Warning::CutAnimation));
    }
    // Junk where a frame should begin ends the animation.
    let mut early = whole[..whole.len() - 1].to_vec();
    early.extend(b"junk");
    let avatar = normalize(&early, &side(32)).unwrap();
    assert_eq!(avatar.frames(), 4);
    assert!(avatar.report().warnings.contains(&Warning::CutAnimation));
}

#[test]
fn previous_on_the_first_frame_means_background() {
    let gif = Gif::new(20, 20, None)
        .frame([0, 0, 20, 20], RED, PREVIOUS, 5)
        .frame([0, 0, 10, 20], BLUE, KEEP, 5)
        .end();
    let (screens, _) = screens(&normalize(&gif, &side(40)).unwrap().bytes());
    assert_near(at(&screens, 0, 30, 9), RED);
    assert_eq!(at(&screens, 5, 30, 9)[3], 0);
    assert_near(at(&screens, 5, 9, 9), BLUE);
}

#[test]
fn a_hundred_thousand_frames_are_refused_or_thinned_out_in_no_time() {
    for disposal in [KEEP, BACKGROUND] {
        let many = (0..100_000u32).fold(Gif::new(60, 60, None), |gif, i| {
            gif.frame([(i % 60) as u16, 3, 1, 1], (i % 3) as u8, disposal, 0)
        });
        let many = many.end();
        let with = |frames| Options { frames, ..side(65) };
        assert!(matches!(
            normalize(&many, &with(FramePolicy::Reject)),
            Err(Error::TooManyFrames {
                found: 100_000,
                max: 100
            })
        ));
        let thin = normalize(&many, &with(FramePolicy::Decimate)).unwrap();
        assert!((2..=100).contains(&thin.frames()), "{}", thin.frames());
        assert_eq!(screens(&thin.bytes()).1, 1_000_000);
    }
}
