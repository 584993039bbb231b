//! What is uploaded: the bytes of a picture, and optionally the part of it to show.

use std::fmt;

use bytes::Bytes;

use crate::Error;

/// The bytes of a JPEG, PNG or GIF.
///
/// Content type and file name follow from the bytes alone, so they cannot disagree with them, and no file name of the
/// caller's machine is ever sent. The bytes are shared: cloning and sending again cost nothing.
#[derive(Clone)]
pub struct Photo {
    bytes: Bytes,
    format: PhotoFormat,
}

/// What kind of picture a [`Photo`] is: the three that `users.setPhoto` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PhotoFormat {
    /// `image/jpeg`
    Jpeg,
    /// `image/png`
    Png,
    /// `image/gif`
    Gif,
}

impl Photo {
    /// Reads the first bytes to tell the format. The rest is not looked at: Slack judges it.
    ///
    /// # Errors
    /// [`Error::NotAPhoto`] for bytes that begin like none of the three. The caller acts, by handing in another file.
    pub fn new(bytes: Bytes) -> Result<Photo, Error> {
        let format = match &bytes[..] {
            [0xff, 0xd8, 0xff, ..] => PhotoFormat::Jpeg,
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => PhotoFormat::Png,
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => PhotoFormat::Gif,
            [] => {
                return Err(Error::NotAPhoto {
                    problem: "there are no bytes",
                });
            }
            _ => {
                return Err(Error::NotAPhoto {
                    problem: "the bytes are not a JPEG, PNG or GIF",
                });
            }
        };
        Ok(Photo { bytes, format })
    }

    /// What kind of picture it is.
    pub fn format(&self) -> PhotoFormat {
        self.format
    }

    /// The content type that the file part carries.
    pub fn content_type(&self) -> &'static str {
        match self.format {
            PhotoFormat::Jpeg => "image/jpeg",
            PhotoFormat::Png => "image/png",
            PhotoFormat::Gif => "image/gif",
        }
    }

    /// The file name that the file part carries: a constant for each format.
    pub fn file_name(&self) -> &'static str {
        match self.format {
            PhotoFormat::Jpeg => "photo.jpg",
            PhotoFormat::Png => "photo.png",
            PhotoFormat::Gif => "photo.gif",
        }
    }

    /// The bytes as handed in.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

impl fmt::Debug for Photo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Photo({:?}, {} bytes)", self.format, self.bytes.len())
    }
}

/// The square of the photo to show, in pixels from its top left corner.
///
/// Whether Slack counts before or after applying an EXIF orientation is not documented, so a photo that needs one is
/// better cropped and turned before it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CropBox {
    /// Pixels left of the box.
    pub x: u32,
    /// Pixels above the box.
    pub y: u32,
    /// Width and height of the box.
    pub side: u32,
}

impl CropBox {
    /// The arguments of `users.setPhoto`. This is the only place that knows their names.
    pub(crate) fn arguments(self) -> [(&'static str, String); 3] {
        [
            ("crop_x", self.x.to_string()),
            ("crop_y", self.y.to_string()),
            ("crop_w", self.side.to_string()),
        ]
    }
}
