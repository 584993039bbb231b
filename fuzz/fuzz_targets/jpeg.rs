//! The JPEG decoder: what it accepts whole it also accepts by region, with the same samples.
#![no_main]

use headshot_jpeg::{Limits, Region, Request, decode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let limits = Limits {
        pixels: 1 << 20,
        visits: 1 << 16,
        ..Limits::default()
    };
    let whole = Request {
        limits,
        ..Request::default()
    };
    let Ok(image) = decode(data, &whole) else {
        return;
    };
    let (width, height) = (
        u32::from(image.header.width),
        u32::from(image.header.height),
    );
    let (x, y) = (width / 3, height / 2);
    let region = Some(Region {
        x,
        y,
        width: width - x,
        height: 1,
    });
    let part = decode(data, &Request { region, ..whole }).expect("the whole was accepted");
    for (whole, part) in image.planes.iter().zip(&part.planes) {
        let from = &whole.row(part.y - whole.y)[(part.x - whole.x) as usize..];
        assert_eq!(&from[..part.row(0).len()], part.row(0));
    }
});
