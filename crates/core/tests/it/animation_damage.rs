//! Animations that are cut off, damaged or hostile: what is refused, and what is made of the rest.

use headshot_core::{Error, FramePolicy, Options, Warning, normalize};

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
fn hostile_animations_end_quickly() {
    let far = Gif::new(20, 20, None)
        .frame([0, 0, 20, 20], RED, KEEP, 5)
        .frame([60_000, 5, 9, 9], BLUE, KEEP, 5)
        .frame([5, 5, 10, 0], BLUE, BACKGROUND, 5)
        .frame([15, 15, 30, 30], GREEN, PREVIOUS, 5)
        .end();
    let (screens, time) = screens(&normalize(&far, &side(20)).unwrap().bytes());
    assert_eq!(time, 20);
    assert_near(at(&screens, 15, 19, 19), GREEN);
    assert_near(at(&screens, 15, 14, 14), RED);

    let over = Gif::new(20, 20, None)
        .frame([0, 0, 20, 20], RED, KEEP, 5)
        .frame([65_535, 0, 9, 9], RED, KEEP, 5)
        .end();
    assert!(matches!(
        normalize(&over, &side(20)),
        Err(Error::Damaged { .. })
    ));

    let many = (0..100_000u32).fold(Gif::new(64, 64, None), |gif, i| {
        gif.frame([(i % 64) as u16, 3, 1, 1], (i % 3) as u8, KEEP, 0)
    });
    let many = many.end();
    assert!(matches!(
        normalize(&many, &side(64)),
        Err(Error::TooManyFrames {
            found: 100_000,
            max: 100
        })
    ));
    let thin = normalize(
        &many,
        &Options {
            frames: FramePolicy::Decimate,
            ..side(64)
        },
    )
    .unwrap();
    assert!(thin.frames() <= 100);
}
