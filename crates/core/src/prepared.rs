//! A photo from which several avatars are made: decoded once, cut many times.

use bytes::Bytes;

use crate::holding::Holding;

/// A photo from which avatars are made one after the other, for instance while somebody drags a square over it.
///
/// [`Prepared::normalize`] makes the same avatar as [`normalize`](crate::normalize()), byte for byte. From the second one on it is faster:
/// it holds the decoded pixels of the photo, up to four bytes each, and the faces that were found, in addition to the file. A JPEG of 12
/// megapixels takes 18 to 45 MB, by its sampling and by the squares. Nothing is held of damaged photos, animations, and photos that take
/// more than [`Limits::memory`](crate::Limits::memory).
///
/// Several threads may use it; they take turns with the pixels.
///
/// ```
/// use headshot_core::{CropBox, Fit, Options, Prepared, normalize};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let photo = std::fs::read("../../testdata/still/astronaut.jpg")?;
/// let prepared = Prepared::new(photo.clone().into());
/// for x in [11, 12, 13] {
///     let crop = CropBox { x, y: 22, side: 333 };
///     let options = Options { fit: Fit::Crop(crop), ..Options::default() };
///     let avatar = prepared.normalize(&options)?;
///     assert_eq!(avatar.bytes(), normalize(&photo, &options)?.bytes());
/// }
/// # Ok(())
/// # }
/// ```
pub struct Prepared {
    pub(crate) holding: Holding,
}

impl Prepared {
    /// Takes the bytes of a photo. It reads none of them yet.
    pub fn new(photo: Bytes) -> Prepared {
        Prepared {
            holding: Holding::new(photo),
        }
    }

    /// The bytes of the photo. Cloning them copies nothing.
    pub fn photo(&self) -> Bytes {
        self.holding.photo.clone()
    }
}
