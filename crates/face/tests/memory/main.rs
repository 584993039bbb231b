//! `memory` is at least what looking for faces takes, and not absurdly more. A program of its own, because it counts every
//! byte that is allocated in it.

use headshot_face::{detect, memory};
use peak_alloc::PeakAlloc;

#[global_allocator]
static PEAK: PeakAlloc = PeakAlloc;

#[test]
fn it_takes_no_more_than_foretold() {
    for (width, height) in [
        (320, 240),
        (8, 8),
        (640, 427),
        (1024, 33),
        (33, 1024),
        (1024, 1024),
    ] {
        let gray = vec![77; 3 * width as usize * height as usize];
        let before = PEAK.current_usage();
        PEAK.reset_peak_usage();
        // Everything is a face, so that every list is as long as possible.
        let faces = detect(&gray, width, height, 0.0).unwrap();
        let took = (PEAK.peak_usage() - before) as u64;
        drop(faces);
        let foretold = memory(width, height);
        assert!(took <= foretold, "{width} x {height}: {took} of {foretold}");
        assert!(
            3 * took + (1 << 20) > foretold,
            "{width} x {height}: {took} of {foretold}"
        );
    }
}
