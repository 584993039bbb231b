//! Writes a file so that there is always a whole one under its name: beside it, synced, then renamed.
//!
//! The new file gets the mode, the owner and the group of the one it replaces.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tempfile::{Builder, NamedTempFile};

use crate::escape;
use crate::failure::Failure;
#[cfg(unix)]
use crate::failure::reason;

/// Puts `bytes` under the name `target`. If it fails, the earlier file is still there.
pub fn file(target: &Path, bytes: &[u8]) -> Result<(), Failure> {
    filled(target, |file| file.write_all(bytes))
}

/// Puts what `fill` writes under the name `target`. If it fails, the earlier file is still there.
pub fn filled(
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
        made(target, fill).and_then(|(file, real)| put(file, &real))
    };
    written.map_err(|error| failed(target, &error))
}

/// Like [`filled`], but only if what was [`Seen::at`] the name is still there.
///
/// # Errors
/// Also if another run, or anybody else, has written there since: then their file stays. If there was a file before, a short moment
/// between the check and the rename remains; if there was none, the system itself prevents overwriting.
pub fn filled_over(
    target: &Path,
    seen: &Seen,
    fill: impl FnOnce(&mut File) -> io::Result<()>,
) -> Result<(), Failure> {
    let (file, real) = made(target, fill).map_err(|error| failed(target, &error))?;
    let put = match (Seen::at(target) == *seen, &seen.0) {
        (false, _) => Err(ErrorKind::AlreadyExists.into()),
        (true, Some(_)) => put(file, &real),
        (true, None) => put_new(file, &real),
    };
    put.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            let message = format!(
                "{} has been written meanwhile by somebody else, and stays as it is",
                escape::name(target)
            );
            Failure::new("output", message).with_hint("name another file, or try again")
        }
        _ => failed(target, &error),
    })
}

/// What was under a name at some moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen(Option<(Option<Identity>, u64, Option<SystemTime>)>);

impl Seen {
    /// What is there now.
    pub fn at(path: &Path) -> Seen {
        let metadata = fs::metadata(path).ok();
        Seen(metadata.map(|found| (Identity::of(path), found.len(), found.modified().ok())))
    }
}

/// The kind of failure if there is no room left, on the disk or for this user.
pub const DISK_FULL: &str = "disk_full";

/// Why `target` could not be written.
pub fn failed(target: &Path, error: &io::Error) -> Failure {
    failed_to(&escape::name(target), error)
}

/// The same for something that is not a file, such as standard output.
pub fn failed_to(what: &str, error: &io::Error) -> Failure {
    let kind = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => DISK_FULL,
        _ => "output",
    };
    Failure::io(kind, format!("{what} cannot be written"), error)
}

/// A new file beside the one it will replace, whole and durable, and where that one really is.
fn made(
    target: &Path,
    fill: impl FnOnce(&mut File) -> io::Result<()>,
) -> io::Result<(NamedTempFile, PathBuf)> {
    refuse_planted(target)?;
    // A link stays a link, and the file that it leads to is replaced.
    let target = fs::canonicalize(target).unwrap_or_else(|_| target.to_owned());
    let mut beside = beside(folder_of(&target))?;
    // As long as it is locked its run is alive. Where files cannot be locked, none is removed.
    let _ = beside.as_file().try_lock();
    if let Ok(existing) = fs::metadata(&target) {
        inherit(beside.as_file(), &existing)?;
    }
    fill(beside.as_file_mut())?;
    beside.as_file().sync_all()?;
    Ok((beside, target))
}

fn put(file: NamedTempFile, target: &Path) -> io::Result<()> {
    file.persist(target).map_err(|error| error.error)?;
    sync(folder_of(target));
    Ok(())
}

/// Puts it there only if nothing is.
fn put_new(file: NamedTempFile, target: &Path) -> io::Result<()> {
    file.persist_noclobber(target)
        .map_err(|error| error.error)?;
    sync(folder_of(target));
    Ok(())
}

/// Gives a new file the owner, the group and the mode of the one it will replace.
///
/// # Errors
/// If that one belongs to somebody else: then the new one would, too, and could have other readers than the old one.
#[cfg(unix)]
pub fn inherit(new: &File, existing: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let made = new.metadata()?;
    let differs = |old: u32, new: u32| (old != new).then_some(old);
    let owner = differs(existing.uid(), made.uid());
    let group = differs(existing.gid(), made.gid());
    if owner.is_some() || group.is_some() {
        // Before the mode, because a change of the owner may clear bits of it.
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

/// Gives a new file the mode of the one it will replace.
#[cfg(not(unix))]
pub fn inherit(new: &File, existing: &fs::Metadata) -> io::Result<()> {
    new.set_permissions(existing.permissions())
}

/// Refuses a link that somebody else has put into a folder that is open to many, such as `/tmp`: its target is not
/// what the user named. The rule is that of Linux's `protected_symlinks`, for names that are replaced, not opened.
#[cfg(unix)]
fn refuse_planted(target: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    /// The sticky bit, and everybody's right to write.
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
pub fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Where a path really is, or will be once the missing folders are made.
pub fn real(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let there = absolute.ancestors().find(|above| above.exists());
    let real = there.and_then(|there| {
        let rest = absolute.strip_prefix(there).ok()?;
        let real = fs::canonicalize(there).ok()?;
        // Joining an empty path would add a trailing separator.
        Some(if rest.as_os_str().is_empty() {
            real
        } else {
            real.join(rest)
        })
    });
    real.unwrap_or(absolute)
}

/// Whether there is anything of this name.
pub fn is_there(path: &Path) -> bool {
    !fs::symlink_metadata(path)
        .is_err_and(|error| matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory))
}

/// Whether something other than a file or a folder has this name: a device, a pipe.
pub fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// Makes sure that a file can be made in this folder, by making one.
pub fn check_writable(folder: &Path) -> Result<(), Failure> {
    beside(folder).map(drop).map_err(|error| {
        let what = format!("no file can be made in {}", escape::name(folder));
        Failure::io("output", what, &error)
    })
}

/// How the names of temporary files begin and end. Those left by a killed run are removed where only this program writes.
const TEMPORARY: (&str, &str) = (".headshot-", ".tmp");

/// Whether a file is, by its name, one of [`beside`]: with six letters or digits in the middle.
pub fn is_temporary(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    let middle = name
        .strip_prefix(TEMPORARY.0)
        .and_then(|name| name.strip_suffix(TEMPORARY.1));
    middle.is_some_and(|middle| {
        middle.len() == 6 && middle.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// A file of our own, which removes itself unless it is renamed.
pub fn beside(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(TEMPORARY.0).suffix(TEMPORARY.1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Like any other new file: with the mode that the umask leaves.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// Makes a rename survive a power cut. Not every file system can, and the file itself is safe either way.
pub fn sync(folder: &Path) {
    if cfg!(unix) {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}

/// Identifies a file, whatever its name is: through links, by another path, as standard input.
#[derive(Debug, PartialEq, Eq, Hash, Clone)]
pub struct Identity(#[cfg(unix)] (u64, u64), #[cfg(not(unix))] PathBuf);

impl Identity {
    /// For an existing file; `None` for devices and pipes, which cannot be overwritten.
    pub fn of(path: &Path) -> Option<Identity> {
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

    #[test]
    fn what_somebody_else_has_written_meanwhile_stays() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a");
        let put = |seen: &Seen| filled_over(&target, seen, |file| file.write_all(b"ours"));
        let nothing = Seen::at(&target);
        fs::write(&target, "theirs").unwrap();
        let theirs = Seen::at(&target);
        assert!(put(&nothing).unwrap_err().message.contains("meanwhile"));
        assert_eq!(fs::read(&target).unwrap(), b"theirs");
        put(&theirs).unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"ours");
        assert!(put(&theirs).is_err());
        fs::remove_file(&target).unwrap();
        assert!(
            put(&theirs).is_err(),
            "it is gone, and was not ours to bring back"
        );
        put(&nothing).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
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
