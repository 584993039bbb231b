//! What an avatar can be, and what its file is called.

use std::path::{Path, PathBuf};

use headshot_core::Format;

/// What an avatar can be.
pub(crate) const FORMATS: [Format; 3] = [Format::Jpeg, Format::Png, Format::Gif];

/// The extension of a file of this format.
pub(crate) fn extension(format: Format) -> &'static str {
    match format {
        Format::Jpeg => "jpg",
        Format::Png => "png",
        Format::Gif => "gif",
    }
}

/// The file of an avatar, relative to the output folder: `portrait.heic.jpg` as a PNG is `portrait.heic.png`.
pub(crate) fn file(stem: &Path, format: Format) -> PathBuf {
    let mut name = stem.as_os_str().to_owned();
    name.push(".");
    name.push(extension(format));
    name.into()
}
