//! HEIC: boxes and coded pictures of any bytes end as an avatar or as an error that is not ours, in little memory.
#![no_main]

use headshot_core::{Background, Error, Fit, Limits, Options, SideRange, StillFormat, normalize};
use libfuzzer_sys::fuzz_target;

// The last byte chooses, so that the photos among the seeds stay photos.
fuzz_target!(|data: &[u8]| {
    let choice = data.last().copied().unwrap_or(0);
    let options = Options {
        fit: if choice & 1 == 0 { Fit::Cover } else { Fit::Contain },
        side: SideRange::new(32, 64).expect("a range"),
        format: match choice & 6 {
            0 => StillFormat::Png,
            _ => StillFormat::Auto(None),
        },
        background: if choice & 8 == 0 { Background::Auto } else { Background::Transparent },
        limits: Limits {
            pixels: 1 << 20,
            memory: 64 << 20,
            ..Limits::default()
        },
        ..Options::default()
    };
    match normalize(data, &options) {
        Err(Error::Internal { what }) => panic!("{what}"),
        Err(error) => assert!(!error.to_string().is_empty()),
        Ok(avatar) => assert!((32..=64).contains(&avatar.side())),
    }
});
