//! Keeping photos of a person beside the note, handing them out and removing them.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use bytes::Bytes;
use headshot_upload::Photo;

use crate::files::private;
use crate::state::backup::{Backup, Extension};
use crate::state::{State, cannot};
use crate::terminal::date;
use crate::terminal::escape;
use crate::terminal::failure::Failure;
use crate::terminal::record::sha256;

impl State {
    /// Keeps a photo that the profile shows under `avatar_hash`, and returns its own hash. The note is not saved yet.
    pub(crate) fn keep(
        &mut self,
        photo: &Photo,
        avatar_hash: Option<&str>,
        side: Option<u32>,
    ) -> Result<String, Failure> {
        let extension = match photo.file_name().rsplit('.').next() {
            Some("png") => Extension::Png,
            Some("gif") => Extension::Gif,
            _ => Extension::Jpg,
        };
        let backup = Backup {
            sha256: sha256(photo.bytes()),
            extension,
            at: date::now(),
            made: self.note.is_made(&sha256(photo.bytes()), avatar_hash),
            side,
        };
        self.store(backup, photo.bytes())
    }

    /// Writes a photo, unless it is there, and adds it to the note.
    pub(super) fn store(&mut self, backup: Backup, bytes: &[u8]) -> Result<String, Failure> {
        let path = self.path(&backup);
        match fs::read(&path) {
            Ok(found) if found == bytes => {}
            // Somebody has changed the kept file: it is not replaced.
            Ok(_) => {
                let path = escape::name(&path);
                let message = format!("{path} has the name of another photo");
                let hint = "move it away; its name is the hash of the photo that was kept there";
                return Err(Failure::new("state", message).with_hint(hint));
            }
            Err(_) => {
                private::file(&path, bytes).map_err(|error| cannot("be written", &path, &error))?
            }
        }
        let hash = backup.sha256.clone();
        self.note.backups.retain(|known| known.sha256 != hash);
        self.note.backups.push(backup);
        Ok(hash)
    }

    /// The bytes of a kept photo, after checking that they have not changed.
    pub(crate) fn fetch(&self, backup: &Backup) -> Result<Bytes, Failure> {
        let path = self.path(backup);
        let lost = |problem: &str| {
            let path = escape::name(&path);
            let message = format!("the photo that was kept in {path} {problem}");
            Failure::new("state", message)
        };
        let bytes = fs::read(&path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => lost("is gone"),
            _ => Failure::io("state", escape::name(&path), &error),
        })?;
        if sha256(&bytes) == backup.sha256 {
            Ok(bytes.into())
        } else {
            Err(lost("has been changed since"))
        }
    }

    /// Where a kept photo is.
    pub(crate) fn path(&self, backup: &Backup) -> PathBuf {
        self.folder.join(backup.file_name(self.name()))
    }

    /// Removes the oldest avatars that headshot made, beyond this many: never the one that `set --restore` would put back,
    /// and never a photo from elsewhere. The note is saved.
    pub(crate) fn thin(&mut self, keep: usize) -> Result<(), Failure> {
        let needed = |backup: &Backup| {
            let pending = self.note.pending.as_ref();
            let pending = pending.and_then(|pending| pending.kept.as_ref());
            [self.note.replaced.as_ref(), pending].contains(&Some(&backup.sha256))
        };
        let made: Vec<_> = self.note.backups.iter().filter(|b| b.made).collect();
        let beyond = made.len().saturating_sub(keep);
        let old = made[..beyond].iter().filter(|backup| !needed(backup));
        let old: Vec<Backup> = old.map(|backup| (*backup).clone()).collect();
        if old.is_empty() {
            Ok(())
        } else {
            self.remove(&old)
        }
    }

    /// Removes kept photos: from the note first, so that it never lists a photo that is gone.
    pub(crate) fn remove(&mut self, backups: &[Backup]) -> Result<(), Failure> {
        let goes = |hash: &str| backups.iter().any(|backup| backup.sha256 == hash);
        self.note.backups.retain(|backup| !goes(&backup.sha256));
        self.note.replaced.take_if(|hash| goes(hash));
        self.save()?;
        for backup in backups {
            let path = self.path(backup);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(cannot("be removed", &path, &error));
                }
                _ => {}
            }
        }
        Ok(())
    }
}
