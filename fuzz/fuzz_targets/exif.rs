//! EXIF: whatever it holds, it costs the photo nothing but its orientation.
#![no_main]

use headshot_core::{Limits, probe};
use headshot_fuzz::jpeg;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let tiff = &data[..data.len().min(60_000)];
    let info = probe(&jpeg(33, 22, tiff), &Limits::default()).expect("the picture is fine");
    let (width, height) = (info.size.width(), info.size.height());
    assert_eq!((width.max(height), width.min(height)), (33, 22));
});
