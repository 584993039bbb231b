//! A file that may be written, because nothing is lost by it.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::claims::ours;
use crate::files::write::{self, Seen};
use crate::terminal::escape;
use crate::terminal::failure::Failure;

/// A file that may be written.
#[derive(Debug)]
pub(crate) struct Target {
    flag: &'static str,
    pub(crate) path: PathBuf,
    /// What must still be there; `None` if that does not matter.
    seen: Option<Seen>,
}

impl Target {
    pub(super) fn new(flag: &'static str, path: &Path, seen: Option<Seen>) -> Target {
        let path = path.to_owned();
        Target { flag, path, seen }
    }

    /// Makes sure that a file can be made there, by making one beside it.
    pub(crate) fn prepare(&self) -> Result<(), Failure> {
        let folder = write::folder_of(&self.path);
        // Or this run has yet to make the folder.
        if write::is_special(&self.path) || !folder.is_dir() {
            return Ok(());
        }
        write::check_writable(folder).map_err(|failure| {
            let (flag, path) = (self.flag, escape::name(&self.path));
            let message = format!("{flag} {path}: {}", failure.message);
            Failure { message, ..failure }
        })
    }

    /// Puts `bytes` under the name, whole or not at all.
    ///
    /// # Errors
    /// Also if somebody else has written to it since it was claimed and that matters.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<(), Failure> {
        self.fill(|file| file.write_all(bytes))
    }

    /// Puts whatever `fill` writes under the name, whole or not at all.
    ///
    /// # Errors
    /// Also if somebody else has written to it since it was claimed and that matters.
    pub(crate) fn fill(
        &self,
        fill: impl FnOnce(&mut File) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let Some(seen) = &self.seen else {
            return write::filled(&self.path, fill);
        };
        write::filled_over(&self.path, seen, fill)?;
        ours::sweep(write::folder_of(&self.path));
        Ok(())
    }
}
