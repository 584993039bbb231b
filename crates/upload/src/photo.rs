//! What is uploaded: the bytes of a picture, and the part of it to show, if not all.

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
    /// Pixels from the left, from the top, and wide and high.
    crop: Option<[u32; 3]>,
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
    /// [`Error::NotAPhoto`] for bytes that begin like none of the three. The caller acts, with another file.
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
        Ok(Photo {
            bytes,
            format,
            crop: None,
        })
    }

    /// The same photo, of which Slack should show a square: `x` pixels from the left edge, `y` from the top, `side` wide and high.
    ///
    /// Whether Slack counts before or after applying an EXIF orientation is not documented, so a photo that needs one is
    /// better cropped and turned before it is sent.
    #[must_use]
    pub fn cropped(self, x: u32, y: u32, side: u32) -> Photo {
        Photo {
            crop: Some([x, y, side]),
            ..self
        }
    }

    /// The arguments of `users.setPhoto`. This is the only place that knows their names.
    pub(crate) fn crop_arguments(&self) -> impl Iterator<Item = (&'static str, String)> {
        let names = ["crop_x", "crop_y", "crop_w"];
        let values = self.crop.into_iter().flatten();
        names.into_iter().zip(values.map(|value| value.to_string()))
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

    /// The bytes as given.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

impl fmt::Debug for Photo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Photo({:?}, {} bytes)", self.format, self.bytes.len())
    }
}
