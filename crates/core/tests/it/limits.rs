//! What a photo may cost, and what costs nothing although it looks expensive.

use std::time::Duration;

use headshot_core::{
    Error, FramePolicy, Limit, Limits, Options, Plan, SideRange, Warning, normalize, probe,
};

use crate::file;
use crate::gif_file::{BLUE, Gif, KEEP, RED, blinking};
use crate::kept::{chunk, insert, segment};

fn with(limits: Limits) -> Options {
    Options {
        limits,
        side: SideRange::new(64, 64).unwrap(),
        ..Options::default()
    }
}

fn limit(photo: &[u8], options: &Options) -> (Limit, u64, u64) {
    match normalize(photo, options) {
        Err(Error::Limit { which, found, max }) => (which, found, max),
        other => panic!("{other:?}"),
    }
}

#[test]
fn without_time_every_kind_of_photo_is_refused() {
    for name in [
        "still/plain.jpg",
        "still/progressive.jpg",
        "still/ycck.jpg",
        "still/p3.jpg",
        "still/rgb8.png",
        "still/interlaced-rgb8.png",
        "still/apng.png",
        "still/plain.gif",
        "still/lossy.webp",
        "still/lossless-alpha.webp",
    ] {
        for time in [Duration::ZERO, Duration::from_nanos(1)] {
            let options = with(Limits {
                time,
                ..Limits::default()
            });
            let (which, found, max) = limit(&file(name), &options);
            assert_eq!((which, max), (Limit::Time, 0), "{name}");
            assert!(found >= 1 || time.is_zero(), "{name}: {found}");
            assert!(probe(&file(name), &options.limits).is_err(), "{name}");
        }
    }
    let error = Error::Limit {
        which: Limit::Time,
        found: 5003,
        max: 5000,
    };
    assert_eq!(
        error.to_string(),
        "processor time: 5.1 s, at most 5 s: use a smaller photo, keep fewer frames of an animation, ask for a \
         smaller side or allow more time"
    );
}

#[test]
fn canvases_are_counted_together_as_far_as_they_are_made() {
    let gif = Gif::new(20, 30, None)
        .frame([0, 0, 20, 30], RED, KEEP, 5)
        .frame([3, 4, 5, 6], BLUE, KEEP, 5)
        .frame([5, 4, 3, 2], RED, KEEP, 5)
        .end();
    let options = |frames, policy, canvases| Options {
        frames: policy,
        ..with(Limits {
            frames,
            canvases,
            ..Limits::default()
        })
    };
    use FramePolicy::*;
    for (frames, policy, pixels) in [
        (100, Reject, 1800),
        (2, Truncate, 1200),
        // Dropped frames are composited, too.
        (2, Decimate, 1800),
    ] {
        let short = options(frames, policy, pixels - 1);
        let found = limit(&gif, &short);
        assert_eq!(found, (Limit::Canvases, pixels, pixels - 1), "{policy:?}");
        assert!(normalize(&gif, &options(frames, policy, pixels)).is_ok());
    }
    assert!(normalize(&gif, &options(2, First, 1)).is_ok());
}

#[test]
fn what_an_animation_takes_is_foretold_from_frames_and_side() {
    let gif = blinking(&[5; 7]);
    let options = |side, policy, drawn| Options {
        frames: policy,
        side: SideRange::new(side, side).unwrap(),
        ..with(Limits {
            frames: 3,
            drawn,
            ..Limits::default()
        })
    };
    use FramePolicy::*;
    for (side, policy) in [(64, Truncate), (70, Decimate)] {
        let pixels = 3 * u64::from(side) * u64::from(side);
        let found = limit(&gif, &options(side, policy, pixels - 1));
        assert_eq!(found, (Limit::Drawn, pixels, pixels - 1));
        assert!(normalize(&gif, &options(side, policy, pixels)).is_ok());
    }
    assert!(normalize(&gif, &options(64, First, 1)).is_ok());
    // What is allowed by default stays far below it.
    let most = u64::from(Limits::default().frames) * 1024 * 1024;
    assert!(4 * most <= Limits::default().drawn);
    let error = Error::Limit {
        which: Limit::Drawn,
        found: 11,
        max: 7,
    };
    assert_eq!(
        error.to_string(),
        "pixels of all frames of the avatar together: 11, at most 7: keep fewer frames, ask for a smaller side or raise the limit"
    );
}

#[test]
fn a_png_and_a_gif_may_have_fewer_pixels_than_a_jpeg_and_never_more() {
    for (name, is_jpeg) in [
        ("still/plain.jpg", true),
        ("still/rgb8.png", false),
        ("still/plain.gif", false),
    ] {
        let info = probe(&file(name), &Limits::default()).unwrap();
        let of_photo = u64::from(info.size.width()) * u64::from(info.size.height());
        let most = |pixels, non_jpeg_pixels| {
            let limits = Limits {
                pixels,
                non_jpeg_pixels,
                ..Limits::default()
            };
            match probe(&file(name), &limits) {
                Ok(_) => None,
                Err(Error::Limit { which, found, max }) => {
                    assert_eq!((which, found), (Limit::Pixels, of_photo), "{name}");
                    Some(max)
                }
                Err(error) => panic!("{name}: {error}"),
            }
        };
        assert_eq!(most(of_photo, of_photo), None, "{name}");
        assert_eq!(most(of_photo - 1, of_photo), Some(of_photo - 1), "{name}");
        let fewer = (!is_jpeg).then_some(of_photo - 2);
        assert_eq!(most(of_photo, of_photo - 2), fewer, "{name}");
    }
}

#[test]
fn a_profile_beyond_the_limit_costs_a_warning() {
    for name in [
        "still/p3.jpg",
        "still/p3.png",
        "still/profile-in-pieces.jpg",
    ] {
        let photo = file(name);
        let broken = |profile| {
            let limits = Limits {
                profile,
                ..Limits::default()
            };
            let avatar = normalize(&photo, &with(limits)).unwrap();
            avatar.report().warnings.contains(&Warning::BrokenProfile)
        };
        assert!(!broken(4 << 20) && broken(99), "{name}");
        // There is one limit from which on it is accepted.
        let sizes: Vec<u64> = (0..100_000).collect();
        let fits = sizes.partition_point(|size| broken(*size)) as u64;
        assert!(broken(fits - 1) && !broken(fits), "{name}");
        // The first four bytes of a profile are its size.
        if let Some(at) = photo.windows(4).position(|four| four == b"acsp") {
            let size = photo[at - 36..].first_chunk().unwrap();
            assert_eq!(u64::from(u32::from_be_bytes(*size)), fits, "{name}");
        }
    }
}

#[test]
fn memory_is_foretold_and_limited() {
    for name in ["still/plain.jpg", "still/interlaced-rgba16.png"] {
        let photo = file(name);
        let options = with(Limits::default());
        let info = probe(&photo, &options.limits).unwrap();
        let memory = Plan::new(&info, &options).unwrap().memory;
        let less = |bytes| {
            with(Limits {
                memory: memory - bytes,
                ..Limits::default()
            })
        };
        assert!(normalize(&photo, &less(0)).is_ok(), "{name}");
        let found = limit(&photo, &less(1));
        assert_eq!(found, (Limit::Memory, memory, memory - 1), "{name}");
        assert!(Plan::new(&info, &less(1)).is_err(), "{name}");
    }
    // An animation's avatar has a part of it.
    let gif = blinking(&[5; 40]);
    assert!(normalize(&gif, &with(Limits::default())).is_ok());
}

#[test]
fn interlaced_pictures_are_held_whole_and_counted() {
    let mut png = file("still/interlaced-rgba16.png");
    let header = |png: &mut Vec<u8>, depth: u8, color: u8| {
        let side = 8000_u32.to_be_bytes();
        let content = [&side[..], &side, &[depth, color, 0, 0, 1]].concat();
        png.splice(8..33, chunk(b"IHDR", &content));
    };
    header(&mut png, 16, 6);
    let (which, found, _) = limit(&png, &Options::default());
    assert!(which == Limit::Memory && found > 512_000_000, "{found}");
    // With three bytes a pixel there is room; then the pixels are missing.
    header(&mut png, 8, 2);
    let error = normalize(&png, &Options::default()).unwrap_err();
    assert!(matches!(error, Error::Damaged { .. }), "{error}");
}

#[test]
fn the_largest_sides_that_a_header_can_say_are_refused() {
    let mut png = file("still/interlaced-rgba16.png");
    let side = u32::MAX.to_be_bytes();
    let content = [&side[..], &side, &[16, 6, 0, 0, 1]].concat();
    png.splice(8..33, chunk(b"IHDR", &content));
    let found = limit(&png, &Options::default());
    assert_eq!(found, (Limit::Side, u32::MAX.into(), 32_767));
    let options = with(Limits {
        side: u32::MAX,
        pixels: u64::MAX,
        non_jpeg_pixels: u64::MAX,
        ..Limits::default()
    });
    // Eight bytes for each of so many pixels are more than 64 bits can count.
    let found = limit(&png, &options);
    assert_eq!(found, (Limit::Memory, u64::MAX, 256 << 20));
}

#[test]
fn a_cut_cmyk_photo_is_damaged_also_with_an_end_marker() {
    for name in ["still/cmyk.jpg", "still/ycck.jpg"] {
        let photo = file(name);
        let scan = photo.windows(2).position(|pair| pair == [0xFF, 0xDA]);
        for end in (scan.unwrap()..photo.len() - 4).step_by(photo.len() / 20) {
            let cut = [&photo[..end], &[0xFF, 0xD9]].concat();
            let made = normalize(&cut, &Options::default());
            assert!(
                matches!(made, Err(Error::Damaged { .. })),
                "{name} at {end}"
            );
        }
    }
}

#[test]
fn a_second_header_is_damage() {
    let photo = file("still/plain.jpg");
    let place = |marker| {
        let mut pairs = photo.windows(2);
        pairs.position(|pair| pair == [0xFF, marker]).unwrap()
    };
    let frame = &photo[place(0xC0)..place(0xC4)];
    let end = photo.len() - 2;
    for at in [place(0xDA), end] {
        let made = normalize(&insert(&photo, at, frame), &with(Limits::default()));
        assert!(matches!(made, Err(Error::Damaged { .. })), "{at}: {made:?}");
    }
    let photo = file("still/rgb8.png");
    let (header, pixels) = (&photo[8..33], photo.len() - 12);
    let pixels =
        [33, pixels].map(|at| normalize(&insert(&photo, at, header), &with(Limits::default())));
    for made in pixels {
        assert!(matches!(made, Err(Error::Damaged { .. })), "{made:?}");
    }
}

#[test]
fn what_holds_nothing_changes_nothing() {
    let bytes = |photo: &[u8]| normalize(photo, &with(Limits::default())).unwrap().bytes();
    for name in ["still/plain.jpg", "still/progressive.jpg"] {
        let photo = file(name);
        let wanted = bytes(&photo);
        let scan = photo
            .windows(2)
            .position(|pair| pair == [0xFF, 0xDA])
            .unwrap();
        let fill = insert(&photo, scan, &vec![0xFF; 8 << 20]);
        assert!(bytes(&fill) == wanted, "{name}");
        let empty = insert(&photo, scan, &segment(0xFE, b"").repeat(500_000));
        assert!(bytes(&empty) == wanted, "{name}");
    }
    for name in ["still/rgb8.png", "still/interlaced-rgb8.png"] {
        let photo = file(name);
        let wanted = bytes(&photo);
        for kind in [b"teXt", b"IDAT"] {
            let at = photo.windows(4).position(|four| four == b"IDAT").unwrap() - 4;
            let empty = insert(&photo, at, &chunk(kind, b"").repeat(500_000));
            assert!(bytes(&empty) == wanted, "{name}");
        }
    }
    let photo = file("still/plain.gif");
    let wanted = bytes(&photo);
    let at = 13 + (6 << (photo[10] & 7));
    for empty in [&b"!\xfe\0"[..], b"\0"] {
        let more = insert(&photo, at, &empty.repeat(500_000));
        assert!(bytes(&more) == wanted, "{empty:?}");
    }
}
