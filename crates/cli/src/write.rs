//! Writing a file so that under its name there is always a whole one: beside it, synced, then renamed.
//!
//! A file that is replaced passes its mode, its owner and its group on.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

use crate::escape;
use crate::failure::{Failure, reason};

/// Puts `bytes` under the name `target`. When it fails, whatever was there before is there still.
pub(crate) fn file(target: &Path, bytes: &[u8]) -> Result<(), Failure> {
    filled(target, |file| file.write_all(bytes))
}

/// Puts whatever `fill` writes under the name `target`. When it fails, whatever was there before is there still.
pub(crate) fn filled(
    target: &Path,
    fill: impl FnOnce(&mut File) -> io::Result<()>,
) -> Result<(), Failure> {
    let written = if is_special(target) {
        // Renaming onto a device or a pipe would put a file in its place.
        OpenOptions::new()
            .write(true)
            .open(target)
            .and_then(|mut special| fill(&mut special))
    } else {
        replace(target, fill)
    };
    written.map_err(|error| failed(target, &error))
}

/// The kind of failure where there is no room left, on the disk or for this user.
pub(crate) const DISK_FULL: &str = "disk_full";

/// Why `target` could not be written.
pub(crate) fn failed(target: &Path, error: &io::Error) -> Failure {
    let kind = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => DISK_FULL,
        _ => "output",
    };
    Failure::io(
        kind,
        format!("{} cannot be written", escape::name(target)),
        error,
    )
}

fn replace(target: &Path, fill: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    refuse_planted(target)?;
    // A link stays a link, and the file that it leads to is replaced.
    let target = fs::canonicalize(target).unwrap_or_else(|_| target.to_owned());
    let folder = folder_of(&target);
    let mut beside = beside(folder)?;
    if let Ok(existing) = fs::metadata(&target) {
        inherit(beside.as_file(), &existing)?;
    }
    fill(beside.as_file_mut())?;
    beside.as_file().sync_all()?;
    beside.persist(&target).map_err(|error| error.error)?;
    sync(folder);
    Ok(())
}

/// Gives a new file the owner, the group and the mode of the one that it is to replace.
///
/// # Errors
/// When that belongs to somebody else: then the new one would, too, and could be read by others than the old one.
#[cfg(unix)]
pub(crate) fn inherit(new: &File, existing: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let made = new.metadata()?;
    let differs = |old: u32, new: u32| (old != new).then_some(old);
    let owner = differs(existing.uid(), made.uid());
    let group = differs(existing.gid(), made.gid());
    if owner.is_some() || group.is_some() {
        // Before the mode, of which a change of the owner may take bits.
        fchown(new, owner, group).map_err(|error| {
            let whose = match (owner, group) {
                (Some(owner), _) => format!("the user {owner}"),
                (None, _) => format!("the group {}", existing.gid()),
            };
            let message = format!(
                "it belongs to {whose}, and a new file cannot be given away ({})",
                reason(&error)
            );
            io::Error::new(error.kind(), message)
        })?;
    }
    new.set_permissions(existing.permissions())
}

/// Gives a new file the mode of the one that it is to replace.
#[cfg(not(unix))]
pub(crate) fn inherit(new: &File, existing: &fs::Metadata) -> io::Result<()> {
    new.set_permissions(existing.permissions())
}

/// Refuses a link that somebody else has put into a folder that is open to many, such as `/tmp`: where it leads is not
/// what the user has named. The rule is that of Linux's `protected_symlinks`, for names that are replaced, not opened.
#[cfg(unix)]
fn refuse_planted(target: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    /// The sticky bit, and the right of everybody to write.
    const OPEN_TO_MANY: u32 = 0o1002;
    let Ok(link) = fs::symlink_metadata(target) else {
        return Ok(());
    };
    if !link.is_symlink() || link.uid() == rustix::process::geteuid().as_raw() {
        return Ok(());
    }
    let folder = fs::metadata(folder_of(target))?;
    if folder.permissions().mode() & OPEN_TO_MANY != OPEN_TO_MANY || link.uid() == folder.uid() {
        return Ok(());
    }
    let message = format!("it is a symbolic link of the user {}", link.uid());
    Err(io::Error::new(ErrorKind::PermissionDenied, message))
}

#[cfg(not(unix))]
fn refuse_planted(_target: &Path) -> io::Result<()> {
    Ok(())
}

/// The folder that a file is in.
pub(crate) fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Whether something other than a file or a folder has this name: a device, a pipe.
pub(crate) fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// Makes sure that a file can be made in this folder, by making one.
pub(crate) fn check_writable(folder: &Path) -> Result<(), Failure> {
    beside(folder).map(drop).map_err(|error| {
        let what = format!("no file can be made in {}", escape::name(folder));
        Failure::io("output", what, &error)
    })
}

/// A file of our own, which removes itself unless it is renamed.
pub(crate) fn beside(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(".headshot-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Like any other new file: what the umask leaves of it.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// Makes a rename last through a power cut. Not every file system can, and the file itself is safe either way.
pub(crate) fn sync(folder: &Path) {
    if cfg!(unix) {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}

/// Whether a folder takes large letters for small ones, as far as one can tell without writing into it: by an entry, or
/// else by its own name.
pub(crate) fn is_case_insensitive(folder: &Path) -> bool {
    let swapped = |path: &Path| {
        let swap = |letter: char| match letter.is_lowercase() {
            true => letter.to_uppercase().next().unwrap_or(letter),
            false => letter.to_lowercase().next().unwrap_or(letter),
        };
        let name: String = path.file_name()?.to_str()?.chars().map(swap).collect();
        let other = path.with_file_name(name);
        (other != path).then_some(other)
    };
    let is_twin = |path: &Path| {
        let other = swapped(path)?;
        let (a, b) = (fs::canonicalize(path).ok()?, fs::canonicalize(&other));
        // Where there are two, each has an entry of its own.
        Some(b.is_ok_and(|b| a == b || same(&a, &b)))
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let entry = entries
        .map(|entry| entry.path())
        .find_map(|path| is_twin(&path));
    entry
        .or_else(|| is_twin(&fs::canonicalize(folder).ok()?))
        .unwrap_or(false)
}

#[cfg(unix)]
fn same(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |path| {
        fs::symlink_metadata(path)
            .map(|found| (found.dev(), found.ino()))
            .ok()
    };
    identity(a).is_some() && identity(a) == identity(b)
}

#[cfg(not(unix))]
fn same(_: &Path, _: &Path) -> bool {
    false
}

/// What tells a file from every other, whatever it is called: by links, by another path, as standard input.
#[derive(Debug, PartialEq, Eq, Hash, Clone)]
pub(crate) struct Identity(
    #[cfg(unix)] (u64, u64),
    #[cfg(not(unix))] std::path::PathBuf,
);

impl Identity {
    /// Of a file that exists; `None` for devices and pipes, which nothing can be written over.
    pub(crate) fn of(path: &Path) -> Option<Identity> {
        let metadata = fs::metadata(path).ok()?;
        if !metadata.is_file() {
            return None;
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            Some(Identity((metadata.dev(), metadata.ino())))
        }
        #[cfg(not(unix))]
        {
            fs::canonicalize(path).ok().map(Identity)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_stays_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a.jpg");
        file(&target, b"first, and longer").unwrap();
        file(&target, b"second").unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"second");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_failure_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("taken");
        fs::create_dir(&target).unwrap();
        let failure = file(&target, b"bytes").unwrap_err();
        assert_eq!(failure.kind, "output");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(file(&folder.path().join("no/such.jpg"), b"bytes").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_stay_as_they_were() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&real, b"old").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("real", &link).unwrap();
        file(&link, b"new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"new");
        assert_eq!(
            fs::metadata(&real).unwrap().permissions().mode() & 0o777,
            0o640
        );
        assert_eq!(Identity::of(&link), Identity::of(&real));
        let other = folder.path().join("other");
        file(&other, b"new").unwrap();
        assert_ne!(Identity::of(&other), Identity::of(&real));
        let plain = fs::metadata(&other).unwrap().permissions().mode() & 0o777;
        fs::write(folder.path().join("plain"), b"").unwrap();
        let usual = fs::metadata(folder.path().join("plain")).unwrap();
        assert_eq!(plain, usual.permissions().mode() & 0o777);
    }
}
