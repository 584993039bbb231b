//! PNGs that are more than a picture, or stored in an unusual order.

use headshot_core::{Limits, Options, Plan, SideRange, Step, StillFormat, normalize, probe};

use crate::file;
use crate::hidden::zlib;
use crate::kept::{chunk, insert};

fn options(side: u32) -> Options {
    Options {
        side: SideRange::new(side, side).unwrap(),
        ..Options::default()
    }
}

/// A compliant picture of 64 x 64, as separate chunks.
fn still() -> Vec<u8> {
    let avatar = normalize(&file("still/rgb8.png"), &options(64)).unwrap();
    avatar.bytes().to_vec()
}

/// A frame control for the whole picture (third edition, 11.3.6.2).
fn control(number: u32) -> Vec<u8> {
    let numbers = [number, 64, 64, 0, 0].map(u32::to_be_bytes);
    chunk(
        b"fcTL",
        &[numbers.as_flattened(), &[0, 1, 0, 5, 0, 0]].concat(),
    )
}

/// Two frames, the first of which is the default image, followed by frames with these numbers.
fn animated(second: u32, data: u32) -> Vec<u8> {
    let still = still();
    let pixels = zlib(&vec![0; 64 * (1 + 64 * 3)]);
    let frame = chunk(b"fdAT", &[&data.to_be_bytes(), &pixels[..]].concat());
    let behind = insert(&still, still.len() - 12, &[control(second), frame].concat());
    let count = [2_u32, 0].map(u32::to_be_bytes);
    let before = [chunk(b"acTL", count.as_flattened()), control(0)].concat();
    insert(&behind, 33, &before)
}

#[test]
fn what_is_said_to_be_kept_is_kept() {
    let (still, cut) = (
        still(),
        "the animation is cut off: the frames before that are kept",
    );
    let cases = [
        (still.clone(), None),
        // Out of order, with a duplicate number, and with an animation that is cut off.
        (animated(7, 2), Some(cut)),
        (animated(1, 1), Some(cut)),
        (animated(0, 9), Some(cut)),
        // Nothing declares one.
        (insert(&still, 33, &control(3)), None),
        (insert(&still, still.len() - 12, &control(3)), None),
    ];
    for (photo, warning) in cases {
        let plan = Plan::new(&probe(&photo, &Limits::default()).unwrap(), &options(64)).unwrap();
        assert!(plan.kept);
        let avatar = normalize(&photo, &options(64)).unwrap();
        assert_eq!(avatar.report().steps, plan.steps);
        assert!(avatar.bytes() == still);
        let warnings = avatar.report().warnings.iter().map(ToString::to_string);
        let mut warnings = warnings.filter(|text| !text.starts_with("sides of"));
        assert_eq!(warnings.next().as_deref(), warning);
    }
}

#[test]
fn an_animation_is_kept_only_as_the_still_of_its_first_frame() {
    let photo = animated(1, 2);
    let png = Options {
        format: StillFormat::Png,
        ..options(64)
    };
    for (options, frames) in [(options(64), 2), (png, 1)] {
        let info = probe(&photo, &Limits::default()).unwrap();
        let plan = Plan::new(&info, &options).unwrap();
        let avatar = normalize(&photo, &options).unwrap();
        assert_eq!((plan.kept, avatar.frames()), (frames == 1, frames));
        assert_eq!(avatar.bytes() == still(), plan.kept);
        let last = avatar.report().steps.last();
        assert_eq!(last, plan.steps.last());
    }
}

#[test]
fn an_interlaced_picture_that_complies_is_kept() {
    let gray = |x: usize, y: usize| (x + 3 * y) as u8;
    // The first pixel and the steps of each pass (third edition, 8.1).
    let passes = [
        [0, 0, 8, 8],
        [4, 0, 8, 8],
        [0, 4, 4, 8],
        [2, 0, 4, 4],
        [0, 2, 2, 4],
        [1, 0, 2, 2],
        [0, 1, 1, 2],
    ];
    let rows = passes.into_iter().flat_map(|[left, top, right, down]| {
        (top..64).step_by(down).flat_map(move |y| {
            let pixels = (left..64).step_by(right).map(move |x| gray(x, y));
            [vec![0], pixels.collect()].concat()
        })
    });
    let rows: Vec<u8> = rows.collect();
    let photo = [
        b"\x89PNG\r\n\x1A\n".to_vec(),
        chunk(b"IHDR", &[0, 0, 0, 64, 0, 0, 0, 64, 8, 0, 0, 0, 1]),
        chunk(b"IDAT", &zlib(&rows)),
        chunk(b"IEND", b""),
    ];
    let photo = photo.concat();
    for (options, is_kept) in [(options(64), true), (options(65), false)] {
        let plan = Plan::new(&probe(&photo, &Limits::default()).unwrap(), &options).unwrap();
        let avatar = normalize(&photo, &options).unwrap();
        assert_eq!(avatar.report().steps, plan.steps);
        assert_eq!(matches!(plan.steps[..], [Step::Keep(_)]), is_kept);
        if is_kept {
            let picture = image::load_from_memory(&avatar.bytes()).unwrap().to_luma8();
            let mut pixels = picture.enumerate_pixels();
            assert!(pixels.all(|(x, y, pixel)| pixel.0 == [gray(x as usize, y as usize)]));
        }
    }
}

#[test]
fn what_xcode_makes_is_named() {
    let photo = insert(&still(), 8, &chunk(b"CgBI", &[0x50, 0, 0x20, 2]));
    let error = normalize(&photo, &Options::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the variant that Xcode makes for iOS (CgBI) in this PNG is not supported: save the photo again as an ordinary PNG"
    );
}

#[test]
fn few_bits_stay_few_while_they_are_held() {
    let sides = [8000_u32; 2].map(u32::to_be_bytes);
    for (color, most) in [(0, 40), (3, 40)] {
        let photo = [
            b"\x89PNG\r\n\x1A\n".to_vec(),
            chunk(
                b"IHDR",
                &[sides.as_flattened(), &[1, color, 0, 0, 1]].concat(),
            ),
            chunk(b"PLTE", &[7; 6]),
            chunk(b"IDAT", &zlib(&[0; 99])),
        ];
        let info = probe(&photo.concat(), &Limits::default()).unwrap();
        let plan = Plan::new(&info, &Options::default()).unwrap();
        // 8 MB of pixels, and what the avatar takes.
        assert!(plan.memory < most << 20, "{color}: {}", plan.memory);
    }
}
