//! The formats that are read and written.

use std::fmt;

/// The formats that Slack takes and this library reads and writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// JPEG, ITU-T T.81.
    Jpeg,
    /// PNG, third edition.
    Png,
    /// GIF, 87a and 89a.
    Gif,
}

impl Format {
    /// All of them.
    pub const ALL: &[Format] = &[Format::Jpeg, Format::Png, Format::Gif];

    /// Its name for machines, which never changes: `jpeg`, `png`, `gif`.
    pub fn name(self) -> &'static str {
        match self {
            Format::Jpeg => "jpeg",
            Format::Png => "png",
            Format::Gif => "gif",
        }
    }

    /// The usual extension of a file, without a dot: `jpg`, `png`, `gif`.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Jpeg => "jpg",
            Format::Png => "png",
            Format::Gif => "gif",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Format::Jpeg => "JPEG",
            Format::Png => "PNG",
            Format::Gif => "GIF",
        })
    }
}
