//! Photos as they are on disk at one moment, and whether they have changed since.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use bytes::Bytes;
use headshot_batch::Failure;
use headshot_batch::Hash;
use headshot_batch::files::input;

/// What tells without reading whether a file may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    /// Of the file that is there now; `None` where there is none.
    pub(crate) fn of(path: &Path) -> Option<Stamp> {
        let found = fs::metadata(path).ok()?;
        Some(Stamp {
            bytes: found.len(),
            modified: found.modified().ok(),
        })
    }
}

/// A file that was read as a whole.
pub(crate) struct Read {
    pub(crate) bytes: Bytes,
    /// As in choices files.
    pub(crate) hash: Hash,
    pub(crate) stamp: Option<Stamp>,
}

/// Reads a photo of at most so many bytes.
pub(crate) fn read(path: &Path, limit: u64) -> Result<Read, Failure> {
    // Before it is read: what is written later is another stamp.
    let stamp = Stamp::of(path);
    let bytes = input::read(path, limit)?;
    Ok(Read {
        hash: Hash::of(&bytes),
        bytes: bytes.into(),
        stamp,
    })
}
