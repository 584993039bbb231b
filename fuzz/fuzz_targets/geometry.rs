//! Geometry: for any size, orientation, rotation and options the crop lies in the photo and the picture on the square.
#![no_main]

use headshot_core::{Limits, Plan, Size, probe};
use headshot_fuzz::{jpeg, options, tiff};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u16, u16, u8, &[u8])| {
    let (width, height, orientation, rest) = input;
    let limits = Limits {
        side: u32::MAX,
        pixels: u64::MAX,
        non_jpeg_pixels: u64::MAX,
        ..Limits::default()
    };
    let photo = jpeg(width.max(1), height.max(1), &tiff(orientation));
    let info = probe(&photo, &limits).expect("the header is fine");
    let Ok(plan) = Plan::new(&info, &options(rest)) else {
        return;
    };
    let stored = Size::new(width.max(1).into(), height.max(1).into()).expect("not empty");
    assert_eq!(
        stored.rect(plan.crop.x(), plan.crop.y(), plan.crop.size()),
        Some(plan.crop)
    );
    let (mut across, mut down) = (plan.scaled.width(), plan.scaled.height());
    if (5..=8).contains(&plan.orientation.exif()) {
        (across, down) = (down, across);
    }
    assert!(plan.offset.0 + across <= plan.side && plan.offset.1 + down <= plan.side);
});
