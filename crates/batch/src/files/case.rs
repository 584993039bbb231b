//! Upper and lower case in names: which file systems distinguish them, and names as the others compare them.

use std::fs;
use std::path::Path;

/// Whether a folder ignores case, as far as that can be told without writing into it: by an entry, or
/// else by its own name.
pub fn is_case_insensitive(folder: &Path) -> bool {
    let swapped = |path: &Path| {
        let swap = |letter: char| {
            if letter.is_lowercase() {
                letter.to_uppercase().next().unwrap_or(letter)
            } else {
                letter.to_lowercase().next().unwrap_or(letter)
            }
        };
        let name: String = path.file_name()?.to_str()?.chars().map(swap).collect();
        let other = path.with_file_name(name);
        (other != path).then_some(other)
    };
    let is_twin = |path: &Path| {
        let other = swapped(path)?;
        let (a, b) = (fs::canonicalize(path).ok()?, fs::canonicalize(&other));
        // If there are two, each has an entry of its own.
        Some(b.is_ok_and(|b| a == b || same(&a, &b)))
    };
    // A new folder will behave like the one it is made in.
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let folder = folder
        .ancestors()
        .find(|above| above.exists())
        .unwrap_or(&folder);
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

/// A name as a case-insensitive file system compares it.
pub fn fold(path: &Path) -> String {
    path.to_string_lossy().to_lowercase()
}

/// Like [`fold`], except for the capital sharp s, which NTFS distinguishes from the small one. On a file system that does not, the second
/// of two photos fails when the first is found in its place.
pub fn fold_all(path: &Path) -> String {
    let sharp = "\u{1e9e}";
    let path = path.to_string_lossy();
    let parts: Vec<String> = path.split(sharp).map(str::to_lowercase).collect();
    parts.join(sharp)
}
