//! Files and folders that only their owner can read, whatever the umask: photos of people, and notes about them.
//!
//! Nothing is written through a link: the link is replaced or refused, and its target stays as it is.

use std::ffi::OsString;
#[cfg(unix)]
use std::fs;
use std::fs::DirBuilder;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use crate::files::write;

/// The end of the name of a file that is being written. The name begins with a dot and the final name.
pub(crate) const TEMPORARY: &str = ".tmp";

/// Makes a folder and its parents if they are missing. Existing folders stay as they are.
pub(crate) fn folder(path: &Path) -> io::Result<()> {
    let missing: Vec<_> = path
        .ancestors()
        .take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists())
        .collect();
    for folder in missing.into_iter().rev() {
        match DirBuilder::new().create(folder) {
            Ok(()) => restrict(folder, 0o700)?,
            // Another run was quicker.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    if path.is_dir() {
        Ok(())
    } else {
        Err(ErrorKind::NotADirectory.into())
    }
}

/// Writes `bytes` to `target`, whole and durable or not at all. A link of this name is replaced.
pub(crate) fn file(target: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = write::folder_of(target);
    let mut prefix = OsString::from(".");
    prefix.push(target.file_name().unwrap_or_default());
    prefix.push("-");
    // The library's own mode is 0600; a umask can take more away.
    let mut beside = tempfile::Builder::new()
        .prefix(&prefix)
        .suffix(TEMPORARY)
        .tempfile_in(folder)?;
    restrict(beside.path(), 0o600)?;
    beside.write_all(bytes)?;
    beside.as_file().sync_all()?;
    beside.persist(target).map_err(|error| error.error)?;
    write::sync(folder);
    Ok(())
}

#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn restrict(_path: &Path, _mode: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_is_made_is_private_and_what_was_there_stays() {
        let root = tempfile::tempdir().unwrap();
        let own = root.path().join("own");
        fs::create_dir(&own).unwrap();
        fs::set_permissions(&own, fs::Permissions::from_mode(0o755)).unwrap();
        let made = own.join("a/b");
        folder(&made).unwrap();
        assert_eq!(
            [mode(&own), mode(&own.join("a")), mode(&made)],
            [0o755, 0o700, 0o700]
        );
        let note = made.join("note");
        fs::write(&note, "old").unwrap();
        fs::set_permissions(&note, fs::Permissions::from_mode(0o666)).unwrap();
        file(&note, b"new").unwrap();
        assert_eq!(
            (mode(&note), fs::read(&note).unwrap()),
            (0o600, b"new".to_vec())
        );
        assert!(folder(&note).is_err(), "it is a file");
    }

    #[test]
    fn nothing_is_written_through_a_link() {
        let root = tempfile::tempdir().unwrap();
        let (photo, link) = (root.path().join("photo"), root.path().join("link"));
        fs::write(&photo, "somebody's").unwrap();
        symlink(&photo, &link).unwrap();
        file(&link, b"note").unwrap();
        assert!(!fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&photo).unwrap(), b"somebody's");
    }
}
