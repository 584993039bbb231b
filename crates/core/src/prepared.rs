//! A photo of which more than one avatar is made: decoded once, cut many times.

use bytes::Bytes;

use crate::holding::Holding;

/// A photo of which avatars are made one after the other, as while somebody drags a square over it.
///
/// [`Prepared::normalize`] makes the same avatar as [`normalize`](crate::normalize()), byte for byte. From the second one on it is quicker: the
/// decoded pixels of the photo are held, and the faces that were found in it. Held is what the last avatar was made of, so as much as
/// three or four bytes for each pixel of the photo, beside its file. Nothing is held of what is damaged, of animations, of CMYK, and of what
/// takes more than [`Limits::memory`](crate::Limits::memory).
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
    /// Takes the bytes of a photo. Nothing is read of them yet.
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
