//! Photos as they are on disk at one moment, and whether they have changed since.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use bytes::Bytes;
use headshot_batch::Failure;
use headshot_batch::Hash;
use headshot_batch::files::input;

use crate::settings::Photo;

/// What tells without reading whether a file may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
    /// Tells files apart that have the same size and time, which can be set.
    #[cfg(unix)]
    identity: [i64; 4],
}

impl Stamp {
    /// Of the file that is there now; `None` where there is none.
    pub(crate) fn of(path: &Path) -> Option<Stamp> {
        let found = fs::metadata(path).ok()?;
        Some(Stamp {
            bytes: found.len(),
            modified: found.modified().ok(),
            #[cfg(unix)]
            identity: {
                use std::os::unix::fs::MetadataExt;
                let (device, number) = (found.dev().cast_signed(), found.ino().cast_signed());
                [device, number, found.ctime(), found.ctime_nsec()]
            },
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

/// Reads a photo, within the limit of its options.
///
/// # Errors
/// Also if a symbolic link has taken the place of a photo that was found by walking, because *Make all* follows none.
pub(crate) fn read(photo: &Photo) -> Result<Read, Failure> {
    // Before it is read: what is written later is another stamp.
    let stamp = Stamp::of(&photo.path);
    if let Some(real) = &photo.real
        && fs::canonicalize(&photo.path).is_ok_and(|found| found != *real)
    {
        let failure = Failure::new("not_a_file", "it is a symbolic link now, and no file");
        return Err(failure.with_hint("put the photo itself there"));
    }
    let bytes = input::read(&photo.path, photo.options.limits.bytes)?;
    Ok(Read {
        hash: Hash::of(&bytes),
        bytes: bytes.into(),
        stamp,
    })
}
