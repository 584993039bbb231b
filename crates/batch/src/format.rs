//! The name of an avatar's file.

use std::path::{Path, PathBuf};

use headshot_core::Format;

/// The file of an avatar, relative to the output folder: `portrait.heic.jpg` as a PNG is `portrait.heic.png`.
pub(crate) fn file(stem: &Path, format: Format) -> PathBuf {
    let mut name = stem.as_os_str().to_owned();
    name.push(".");
    name.push(format.extension());
    name.into()
}
