//! Replaces the emulator in a build without the feature `emulator`: the flag `--emulator` stays and says that it is missing.

use std::io::{Error, ErrorKind, Result};

/// There is none.
pub(crate) enum Emulator {}

impl Emulator {
    /// Refuses.
    pub(crate) fn start() -> Result<Emulator> {
        let what = "this build has none: cargo install it with --features emulator";
        Err(Error::new(ErrorKind::Unsupported, what))
    }

    pub(crate) fn token(&self) -> &str {
        match *self {}
    }

    pub(crate) fn base_url(&self) -> String {
        match *self {}
    }
}
