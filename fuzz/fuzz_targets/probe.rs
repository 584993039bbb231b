//! Headers: whatever they say, they are read without a panic, and a size that is told is within the limits.
#![no_main]

use headshot_core::{Limits, probe};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let limits = Limits::default();
    if let Ok(info) = probe(data, &limits) {
        assert!(info.size.longer() <= limits.side && info.size.area() <= limits.pixels);
        assert!(info.frames > 0);
    }
});
