//! The formats that are read and written.

use std::fmt;

/// The formats that this library reads; [`Format::WRITTEN`] are those that Slack takes and that avatars have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// JPEG, ITU-T T.81.
    Jpeg,
    /// PNG, third edition.
    Png,
    /// GIF, 87a and 89a.
    Gif,
    /// WebP, RFC 9649. It is read and never written.
    Webp,
    /// HEIC, ISO/IEC 23008-12: read if the feature `heic` is on, and never written.
    Heic,
}

impl Format {
    /// All of them: the formats of photos.
    pub const ALL: &[Format] = &[
        Format::Jpeg,
        Format::Png,
        Format::Gif,
        Format::Webp,
        Format::Heic,
    ];

    /// Those that are written: the formats of avatars.
    pub const WRITTEN: &[Format] = &[Format::Jpeg, Format::Png, Format::Gif];

    /// Its name for programs, which never changes: `jpeg`, `png`, `gif`, `webp`, `heic`.
    pub fn name(self) -> &'static str {
        match self {
            Format::Jpeg => "jpeg",
            Format::Png => "png",
            Format::Gif => "gif",
            Format::Webp => "webp",
            Format::Heic => "heic",
        }
    }

    /// The usual extension of a file, without a dot: `jpg`, `png`, `gif`, `webp`, `heic`.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Jpeg => "jpg",
            Format::Png => "png",
            Format::Gif => "gif",
            Format::Webp => "webp",
            Format::Heic => "heic",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Format::Jpeg => "JPEG",
            Format::Png => "PNG",
            Format::Gif => "GIF",
            Format::Webp => "WebP",
            Format::Heic => "HEIC",
        })
    }
}
