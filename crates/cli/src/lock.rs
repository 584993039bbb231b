//! One run at a time: an exclusive lock on a file, which the system releases when the process ends, however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use crate::escape;
use crate::failure::Failure;
use crate::write;

/// The kind of failure where another run holds the lock.
pub(crate) const LOCKED: &str = "locked";

/// Opens a file for reading and writing, makes it if it is missing, and locks it for as long as it stays open.
///
/// What is in it stays. `busy` says what the other run is doing, as in "another run is writing to avatars".
///
/// # Errors
/// [`LOCKED`] while another process, or this one, has it open through this function; else what the system said.
pub(crate) fn exclusive(path: &Path, busy: &str) -> Result<File, Failure> {
    let failed = |what, error: &_| {
        let what = format!("{} cannot be {what}", escape::name(path));
        Failure::io("output", what, error)
    };
    if write::is_special(path) {
        let message = format!(
            "{} is a pipe or a device, and no place for notes",
            escape::name(path)
        );
        return Err(Failure::new("output", message));
    }
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(|error| failed("opened", &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(Failure::new(LOCKED, busy).with_hint("wait until it has ended, or end it"))
        }
        Err(TryLockError::Error(error)) => Err(failed("locked", &error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_refused_until_the_first_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "what is in it").unwrap();
        let first = exclusive(&path, "another run is here").unwrap();
        let refused = exclusive(&path, "another run is here").unwrap_err();
        assert_eq!(
            (&refused.kind[..], &refused.message[..]),
            (LOCKED, "another run is here")
        );
        drop(first);
        exclusive(&path, "another run is here").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"what is in it");
        let missing = folder.path().join("no/such");
        assert_eq!(exclusive(&missing, "busy").unwrap_err().kind, "output");
    }
}
