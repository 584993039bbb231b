//! The JPEG decoder: what it accepts whole it also accepts by region, with the same samples, and as pixels, small ones too; what it accepts
//! damaged and only then it marks.
#![no_main]

use std::ops::ControlFlow;

use headshot_jpeg::{
    Damage, End, Limits, Region, Request, check_rows, decode, decode_eighth, decode_pixels,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let limits = Limits {
        pixels: 1 << 16,
        visits: 1 << 13,
        ..Limits::default()
    };
    let whole = Request {
        limits,
        ..Request::default()
    };
    let fill = Request {
        damage: Damage::Fill,
        ..whole
    };
    let Ok(filled) = decode(data, &fill) else {
        return;
    };
    let (width, height) = (filled.header.width, filled.header.height);
    if let End::Damaged { intact, found, .. } = filled.end {
        assert!(intact <= found && found <= height);
    }
    let Ok(image) = decode(data, &whole) else {
        // Below the pixels any damage is taken for a missing end.
        assert!(matches!(filled.end, End::Damaged { .. } | End::Unmarked));
        return;
    };
    assert_eq!(image, filled);
    let checked = check_rows(data, &whole, |_| ControlFlow::Continue(()));
    assert_eq!(checked.map(|checked| checked.end), Ok(image.end));
    let (x, y) = (width / 3, height / 2);
    let region = Some(Region {
        x,
        y,
        width: width - x,
        height: 1,
    });
    let request = Request { region, ..whole };
    let part = decode(data, &request).expect("the whole was accepted");
    for (whole, part) in image.planes.iter().zip(&part.planes) {
        let from = &whole.row(part.y - whole.y)[(part.x - whole.x) as usize..];
        assert_eq!(&from[..part.row(0).len()], part.row(0));
    }
    let mut rows = 0;
    decode_pixels(data, &request, |row| {
        assert!(
            row.iter()
                .all(|component| component.len() == (width - x) as usize)
        );
        rows += usize::from(!row.is_empty());
        ControlFlow::Continue(())
    })
    .expect("the whole was accepted");
    assert_eq!(rows, 1);
    let mut rows = 0;
    decode_eighth(data, Damage::Refuse, &limits, |row| {
        let length = width.div_ceil(8) as usize;
        assert!(row.iter().all(|component| component.len() == length));
        rows += 1;
        ControlFlow::Continue(())
    })
    .expect("the whole was accepted");
    assert_eq!(rows, height.div_ceil(8));
});
