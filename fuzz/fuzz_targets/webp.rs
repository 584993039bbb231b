//! WebP: chunks, codes and pixels, onto an avatar so small that the rest costs little. Half of the inputs are made a JPEG, where
//! planes stay planes, and the other half a PNG.
#![no_main]

use headshot_core::{Error, Limits, Options, SideRange, StillFormat, normalize};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: headshot_fuzz::one_thread(), |data: &[u8]| {
    if !data.starts_with(b"RIFF") {
        return;
    }
    let options = Options {
        side: SideRange::new(1, 8).expect("a range"),
        format: match data.len() % 2 {
            0 => StillFormat::Jpeg(None),
            _ => StillFormat::Png,
        },
        limits: Limits {
            webp_pixels: 1 << 16,
            memory: 64 << 20,
            ..Limits::default()
        },
        ..Options::default()
    };
    let made = normalize(data, &options);
    assert!(!matches!(
        made,
        Err(Error::Internal { .. } | Error::Encode { .. })
    ));
});
