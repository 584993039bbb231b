//! Reads a photo, from a file or from standard input, with a clear message for anything else.

use std::fs::{self, File, FileType, Metadata};
use std::io::{self, ErrorKind, IsTerminal, Read};
use std::path::{Path, PathBuf};

use headshot_core::{Error, Limit};

use crate::failure::Failure;

/// The name that stands for standard input as a photo, and for standard output as `-o`.
pub const DASH: &str = "-";

/// Whether this names standard input, or standard output.
pub fn is_dash(path: &Path) -> bool {
    path.as_os_str() == DASH
}

/// Standard input can be read once.
pub fn refuse_stdin_twice(photos: &[PathBuf]) -> Result<(), Failure> {
    match photos.iter().filter(|photo| is_dash(photo)).count() {
        0 | 1 => Ok(()),
        _ => Err(Failure::usage("standard input (-) is named twice")),
    }
}

/// Opens a photo that is a file.
pub fn open(photo: &Path) -> Result<File, Failure> {
    // Checked before opening: opening a pipe would wait for a writer.
    let metadata = fs::metadata(photo).map_err(|error| unreadable(photo, &error))?;
    if let Some(failure) = no_file(metadata.file_type()) {
        return Err(failure);
    }
    File::open(photo).map_err(|error| unreadable(photo, &error))
}

/// Reads a whole photo, but never more than one byte beyond `limit`. A photo that changes meanwhile is refused.
pub fn read(photo: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
    if is_dash(photo) {
        return stdin(limit);
    }
    let file = open(photo)?;
    let seen = || file.metadata().map_err(|error| unreadable(photo, &error));
    let before = seen()?;
    if before.len() > limit {
        return Err(too_large(before.len(), limit));
    }
    let mut bytes = Vec::with_capacity(before.len() as usize);
    (&file)
        .take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(photo, &error))?;
    let after = seen()?;
    let state = |metadata: &Metadata| (metadata.len(), metadata.modified().ok());
    if state(&before) != state(&after) || bytes.len() as u64 != after.len() {
        let failure = Failure::new("changed", "it changed while it was read");
        return Err(failure.with_hint("try again once nothing writes to it any more"));
    }
    Ok(bytes)
}

fn stdin(limit: u64) -> Result<Vec<u8>, Failure> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        return Err(
            Failure::new("not_a_file", "a terminal, not a photo").with_hint("pipe a photo into it")
        );
    }
    let mut bytes = Vec::new();
    stdin
        .lock()
        .take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::io("unreadable", "cannot be read", &error))?;
    if bytes.len() as u64 > limit {
        // How much more is unknown.
        let hint = Failure::from(Error::Limit {
            which: Limit::Bytes,
            found: limit.saturating_mul(2),
            max: limit,
        });
        let most = bytes_in_words(limit);
        let message = format!("more than {most}, the most that is read: use a smaller photo");
        let message = Failure::new("limit", message);
        return Err(Failure {
            hint: hint.hint,
            ..message
        });
    }
    Ok(bytes)
}

/// `64 MB`, in the units of `--max-bytes`.
fn bytes_in_words(bytes: u64) -> String {
    let units = [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB")];
    let whole = units
        .iter()
        .find(|(unit, _)| bytes >= *unit && bytes.is_multiple_of(*unit));
    match whole {
        Some((unit, name)) => format!("{} {name}", bytes / unit),
        None => format!("{bytes} bytes"),
    }
}

fn too_large(found: u64, max: u64) -> Failure {
    Failure::from(Error::Limit {
        which: Limit::Bytes,
        found,
        max,
    })
}

fn unreadable(photo: &Path, error: &io::Error) -> Failure {
    if error.kind() != ErrorKind::NotFound {
        return Failure::io("unreadable", "cannot be read", error);
    }
    if let Some(address) = address(photo) {
        let failure = Failure::new("not_found", "this is a web address, not a file");
        return failure.with_hint(format!("curl -fL -o photo.jpg {address} fetches it"));
    }
    let dangling = fs::symlink_metadata(photo).is_ok_and(|found| found.is_symlink());
    if dangling {
        Failure::new("not_found", "a symbolic link to a file that does not exist")
    } else {
        Failure::new("not_found", "there is no such file")
    }
}

/// The web address given in place of a file, if a shell passes it as one word.
fn address(photo: &Path) -> Option<String> {
    let text = photo.to_str()?;
    let lower = text.to_ascii_lowercase();
    let is_address = ["http://", "https://"]
        .iter()
        .any(|start| lower.starts_with(start));
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,~".contains(c);
    match text.chars().all(is_plain) {
        _ if !is_address => None,
        true => Some(text.to_owned()),
        false => Some(format!("'{}'", text.replace('\'', "%27"))),
    }
}

/// Why this is not a file that can be read at once and to its end; `None` if it is.
fn no_file(kind: FileType) -> Option<Failure> {
    if kind.is_file() {
        return None;
    }
    if kind.is_dir() {
        let failure = Failure::new("is_folder", "is a folder, not a photo");
        return Some(failure.with_hint("name the photos in it, as in FOLDER/*.jpg"));
    }
    let failure = Failure::new("not_a_file", "is a pipe or a device, not a file");
    Some(failure.with_hint("give - as the photo to read standard input"))
}
