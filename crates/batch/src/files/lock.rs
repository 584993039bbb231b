//! One run at a time: an exclusive lock on a file, which the system releases when the process ends, however it ends.
//!
//! The locked files hold notes about people's photos, so only their owner may read them, and they are never
//! reached through a link that somebody else may have made.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::escape;
use crate::failure::Failure;
use crate::files::write;

/// The kind of failure if another run holds the lock.
pub const LOCKED: &str = "locked";

/// Opens a file for reading and writing, makes it if it is missing, and locks it as long as it stays open.
///
/// Its content stays; on Unix it gets the mode 0600, whatever mode it had and whatever the umask is. `busy` says what
/// the other run is doing, as in "another run is writing to avatars".
///
/// # Errors
/// [`LOCKED`] while another process, or this one, has it open through this function; for a link, a pipe or a device; otherwise
/// the system's error.
pub fn exclusive(path: &Path, busy: &str) -> Result<File, Failure> {
    let failed = |what, error: &_| {
        let what = format!("{} cannot be {what}", escape::name(path));
        Failure::io("output", what, error)
    };
    let no_place = |what| {
        let message = format!("{} is {what}, not a place for notes", escape::name(path));
        Failure::new("output", message)
    };
    // Checked before opening: opening a pipe would wait for a writer.
    if path.is_symlink() {
        return Err(no_place("a symbolic link").with_hint("remove the link, or name another file"));
    }
    if write::is_special(path) {
        return Err(no_place("a pipe or a device"));
    }
    let file = open(path).map_err(|error| failed("opened", &error))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(Failure::new(LOCKED, busy).with_hint("wait until it has ended, or end it"));
        }
        Err(TryLockError::Error(error)) => return Err(failed("locked", &error)),
    }
    restrict(&file, 0o600).map_err(|error| failed("made private", &error))?;
    Ok(file)
}

/// How often, and at which interval, a lock is tried that is held only briefly.
const TRIES: u32 = 500;
const PAUSE: Duration = Duration::from_millis(10);

/// Like [`exclusive`], but for a file that is replaced as a whole while it is locked: it locks the file that has the name now,
/// and waits for the holder of the lock, at most 5 seconds.
///
/// # Errors
/// Those of [`exclusive`].
pub fn to_replace(path: &Path, busy: &str) -> Result<File, Failure> {
    let mut tries = 0;
    loop {
        tries += 1;
        match exclusive(path, busy) {
            // Another writer may have replaced it between opening and locking.
            Ok(file) if is_named(&file, path) => return Ok(file),
            Ok(_) if tries < TRIES => {}
            Ok(_) => return Err(Failure::new(LOCKED, busy)),
            Err(failure) if failure.kind == LOCKED && tries < TRIES => thread::sleep(PAUSE),
            Err(failure) => return Err(failure),
        }
    }
}

/// Whether a file that is open is the one of this name.
#[cfg(unix)]
fn is_named(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |found: fs::Metadata| (found.dev(), found.ino());
    let found = file.metadata().ok().zip(fs::metadata(path).ok());
    found.is_some_and(|(file, named)| id(file) == id(named))
}

#[cfg(not(unix))]
fn is_named(_file: &File, _path: &Path) -> bool {
    true
}

/// Makes a folder that only its owner can open, or restricts an existing one. It is never a link.
pub fn private_folder(path: &Path) -> io::Result<()> {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "other systems have no modes"))]
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW;
        let mut folder = OpenOptions::new();
        folder.read(true).custom_flags(flags.bits() as i32);
        match folder.open(path) {
            Ok(folder) => restrict(&folder, 0o700)?,
            // Even its owner may lack access, for instance if the umask is 0777.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                use std::os::unix::fs::PermissionsExt;
                fs::set_permissions(path, fs::Permissions::from_mode(0o700))?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // Something may have appeared since the check: no link is followed.
        let flags = rustix::fs::OFlags::NOFOLLOW.bits() as i32;
        options.mode(0o600).custom_flags(flags);
    }
    options.open(path)
}

/// Gives what is open this mode, unless it has it.
#[cfg(unix)]
fn restrict(file: &File, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    if file.metadata()?.permissions().mode() & 0o7777 == mode {
        return Ok(());
    }
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn restrict(_file: &File, _mode: u32) -> io::Result<()> {
    Ok(())
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

    #[cfg(unix)]
    #[test]
    fn nobody_else_looks_in_and_no_link_is_followed() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let root = tempfile::tempdir().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
        let set = |path: &Path, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        let (folder, file) = (root.path().join("folder"), root.path().join("file"));
        for (folder_mode, file_mode) in [(0o755, 0o644), (0o000, 0o640), (0o2777, 0o666)] {
            private_folder(&folder).unwrap();
            drop(exclusive(&file, "busy").unwrap());
            assert_eq!((mode(&folder), mode(&file)), (0o700, 0o600));
            set(&folder, folder_mode);
            set(&file, file_mode);
        }
        for (name, target) in [("link", "file"), ("dangling", "nowhere"), ("to", "folder")] {
            symlink(target, root.path().join(name)).unwrap();
            let refused = exclusive(&root.path().join(name), "busy").unwrap_err();
            assert!(refused.message.contains("symbolic link"), "{refused:?}");
            assert!(private_folder(&root.path().join(name)).is_err(), "{name}");
        }
        assert!(!root.path().join("nowhere").exists());
        assert_eq!(mode(&folder), 0o2777, "the last that was set");
    }
}
