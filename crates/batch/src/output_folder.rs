//! The output folder on disk: folders are made in it, avatars are put into it, and nothing outside it is touched.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use tempfile::TempPath;

use crate::escape;
use crate::failure::Failure;
use crate::files::write::{self, Identity};
use crate::hash::Hash;
use crate::owner::{NOT_OURS, Replaces};
use crate::working_folder;

/// The state of the output folder so far.
pub(crate) struct OutputFolder<'a> {
    out: &'a Path,
    /// Where it really is: nothing is put elsewhere.
    root: PathBuf,
    /// Which photo of this run each file belongs to.
    owners: HashMap<Identity, usize>,
    /// Folders that exist.
    folders: HashSet<PathBuf>,
    unsynced: BTreeSet<PathBuf>,
}

impl<'a> OutputFolder<'a> {
    pub(crate) fn new(out: &'a Path) -> OutputFolder<'a> {
        OutputFolder {
            out,
            root: fs::canonicalize(out).unwrap_or_else(|_| out.to_owned()),
            owners: HashMap::new(),
            folders: HashSet::new(),
            unsynced: BTreeSet::new(),
        }
    }

    /// Notes that this file is the avatar of the photo of this index.
    ///
    /// If it already belongs to another photo of this run, whatever the file system makes of the two names. `path` returns
    /// a photo's path by its index.
    pub(crate) fn own<'p>(
        &mut self,
        file: &Path,
        index: usize,
        path: impl Fn(usize) -> &'p Path,
    ) -> Result<(), Failure> {
        let Some(identity) = Identity::of(file) else {
            return Ok(());
        };
        match self.owners.get(&identity) {
            Some(&owner) if owner != index => {
                let (file, owner) = (escape::name(file), escape::shown(path(owner)));
                let message =
                    format!("{file} is, to the file system, already the avatar of {owner}");
                Err(Failure::new("collision", message).with_hint("rename one of the two"))
            }
            _ => {
                self.owners.insert(identity, index);
                Ok(())
            }
        }
    }

    /// Whether this file is, under any name, the avatar of a photo of this run.
    pub(crate) fn is_owned(&self, file: &Path) -> bool {
        Identity::of(file).is_some_and(|identity| self.owners.contains_key(&identity))
    }

    /// Renames an avatar to `target`, if the file it replaces is still there unchanged.
    pub(crate) fn put<'p>(
        &mut self,
        avatar: TempPath,
        target: &Path,
        replaces: Replaces,
        index: usize,
        path: impl Fn(usize) -> &'p Path,
    ) -> Result<(), Failure> {
        let failed = |error: io::Error| write::failed(target, &error);
        let folder = write::folder_of(target);
        self.make_folder(folder).map_err(failed)?;
        self.own(target, index, &path)?;
        let real = fs::canonicalize(folder).map_err(failed)?;
        if !real.starts_with(&self.root) {
            let (name, out) = (escape::name(target), escape::name(self.out));
            let real = escape::name(&real);
            let message = format!("{name} is, by a symbolic link, outside {out}: {real}");
            return Err(Failure::new("output", message)
                .with_hint("remove the link, or name another folder"));
        }
        let real = real.join(target.file_name().unwrap_or_default());
        let replaced = Identity::of(&real);
        if let Ok(existing) = fs::metadata(&real) {
            let made = OpenOptions::new().write(true).open(&avatar);
            made.and_then(|made| write::inherit(&made, &existing))
                .map_err(failed)?;
        }
        let is_as_noted = match replaces {
            Replaces::Ours(size, hash) => {
                Hash::of_file(&real, size).is_ok_and(|found| found == Some(hash))
            }
            Replaces::Nothing | Replaces::Anything => true,
        };
        if !is_as_noted {
            return Err(changed(target));
        }
        let put = match replaces {
            Replaces::Nothing => avatar.persist_noclobber(&real),
            Replaces::Ours(..) | Replaces::Anything => avatar.persist(&real),
        };
        match put {
            Ok(()) => {}
            // Another disk is mounted inside the output folder.
            Err(other) if other.error.kind() == ErrorKind::CrossesDevices => {
                let bytes = fs::read(&other.path).map_err(failed)?;
                write::file(&real, &bytes)?;
            }
            Err(other) if other.error.kind() == ErrorKind::AlreadyExists => {
                return Err(changed(target));
            }
            Err(other) => return Err(failed(other.error)),
        }
        // The system may give its number to the next new file.
        replaced.map(|replaced| self.owners.remove(&replaced));
        self.own(target, index, path)?;
        self.unsynced.insert(write::folder_of(&real).to_owned());
        Ok(())
    }

    /// Makes a folder and its parents, within the output folder, durably.
    fn make_folder(&mut self, folder: &Path) -> io::Result<()> {
        if folder == self.out || self.folders.contains(folder) {
            return Ok(());
        }
        if let Some(above) = folder.parent() {
            self.make_folder(above)?;
            match fs::create_dir(folder) {
                Ok(()) => drop(self.unsynced.insert(above.to_owned())),
                Err(error) if error.kind() == ErrorKind::AlreadyExists && folder.is_dir() => {
                    self.check(folder)?;
                }
                Err(error) => return Err(error),
            }
        }
        self.folders.insert(folder.to_owned());
        Ok(())
    }

    /// Whether avatars of this run may go into a folder that existed before.
    fn check(&self, folder: &Path) -> io::Result<()> {
        let name = escape::name(folder);
        if !fs::canonicalize(folder)?.starts_with(&self.root) {
            let message = format!("{name} is a symbolic link to another place");
            return Err(io::Error::other(message));
        }
        if working_folder::journal_file(folder).exists() {
            Err(io::Error::other(format!(
                "{name} is the output folder of another batch"
            )))
        } else {
            Ok(())
        }
    }

    /// Makes the renames so far durable.
    pub(crate) fn sync(&mut self) {
        for folder in std::mem::take(&mut self.unsynced) {
            write::sync(&folder);
        }
    }
}

/// Somebody has put a file there, or changed it, since it was checked.
fn changed(target: &Path) -> Failure {
    let message = format!(
        "{} was written by somebody else meanwhile, and is kept",
        escape::name(target)
    );
    Failure::new(NOT_OURS, message).with_hint("run the same command again")
}
