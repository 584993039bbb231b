//! GIF: every frame composited, onto an avatar so small that the rest costs little. Half of the inputs may be damaged.
#![no_main]

use headshot_core::{Damaged, Error, FramePolicy, Limits, Options, SideRange, normalize};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: headshot_fuzz::one_thread(), |data: &[u8]| {
    let options = Options {
        side: SideRange::new(1, 8).expect("a range"),
        frames: FramePolicy::Decimate,
        limits: Limits {
            pixels: 1 << 12,
            canvases: 1 << 16,
            ..Limits::default()
        },
        damaged: match data.len() % 2 {
            0 => Damaged::Refuse,
            _ => Damaged::Accept,
        },
        ..Options::default()
    };
    if data.starts_with(b"GIF8") {
        let made = normalize(data, &options);
        assert!(!matches!(
            made,
            Err(Error::Internal { .. } | Error::Encode { .. })
        ));
    }
});
