//! The whole of it, with options drawn from the last bytes of the input: so that the photos among the seeds stay photos.
#![no_main]

use headshot_core::{Error, normalize};
use headshot_fuzz::options;
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: headshot_fuzz::one_thread(), |data: &[u8]| {
    let options = options(&data[data.len().saturating_sub(32)..]);
    match normalize(data, &options) {
        Ok(avatar) => {
            let sides = options.side.min()..=options.side.max();
            assert!(sides.contains(&avatar.side()) && avatar.frames() > 0);
        }
        Err(error) => assert!(!matches!(
            error,
            Error::Internal { .. } | Error::Encode { .. }
        )),
    }
});
