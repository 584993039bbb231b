//! Photos and folders that are named more than once.

use std::path::{Path, PathBuf};

use crate::claims::output::has_extension;
use crate::files::input::is_dash;
use crate::files::write;
use crate::terminal::escape;

/// What is named; if `out` is for one photo and that is named several times, only the first of them.
pub(super) fn once<'a>(named: &'a [PathBuf], out: &Path) -> &'a [PathBuf] {
    if !(is_dash(out) || has_extension(out)) {
        return named;
    }
    let place = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default();
        (write::real(write::folder_of(path)), name.to_owned())
    };
    match named {
        [first, others @ ..]
            if !first.is_dir() && others.iter().all(|other| place(other) == place(first)) =>
        {
            &named[..1]
        }
        _ => named,
    }
}

/// What to say of photos that are named more than once.
pub(super) fn repeated(first: &Path, others: usize) -> String {
    let first = escape::name(first);
    match others {
        0 => format!("{first} is named more than once, and made once"),
        _ => format!("{first} and {others} more are named more than once, and each counts once"),
    }
}
