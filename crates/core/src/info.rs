//! What a photo is, from its header alone.

use std::borrow::Cow;

use crate::animation::Animation;
use crate::color::{ColorModel, Profile};
use crate::format::Format;
use crate::geometry::Size;
use crate::orientation::Orientation;
use crate::rotation::Rotation;
use crate::warning::Warning;

/// What a photo is, read from its header by [`probe`](crate::probe()).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Info {
    /// The format of the bytes; the file's name does not matter. For [`Pixels`](crate::Pixels) it is PNG, which would hold them.
    pub format: Format,
    /// Width and height in upright pixels: as the picture is meant to be seen.
    pub size: Size,
    /// How the stored pixels are turned to stand upright.
    pub orientation: Orientation,
    /// The requested rotation beyond what the file says: `size` and `orientation` include it already.
    pub(crate) rotation: Rotation,
    /// Pictures in the file: 1 for a still, more for an animation.
    pub frames: u32,
    /// Duration and loop count, if there is more than one frame.
    pub animation: Option<Animation>,
    /// Bytes of the file.
    pub bytes: u64,
    /// The kind of colors stored.
    pub color: ColorModel,
    /// Whether pixels may be transparent.
    pub alpha: bool,
    /// The embedded color profile, or its substitute: PNG's cICP, or gAMA and cHRM, or EXIF data that says Adobe RGB. Only if it is
    /// usable, and not plainly sRGB.
    pub profile: Option<Profile>,
    /// Bytes of its color profile, usable or not.
    pub(crate) profile_bytes: u64,
    /// The most bytes that its decoder holds.
    pub(crate) decoder: u64,
    /// The most bytes of pixels that a look at a still holds for the avatar; 0 if it never does.
    pub(crate) held: u64,
    /// Whether an avatar may keep its coding.
    pub(crate) plain: bool,
    /// What was noticed in the header that the user should know.
    pub warnings: Vec<Warning>,
}

impl Info {
    /// The same photo with this rotation, replacing any earlier one.
    pub(crate) fn rotated(&self, rotation: Rotation) -> Cow<'_, Info> {
        let further = self.rotation.to(rotation);
        if further == Rotation::None {
            return Cow::Borrowed(self);
        }
        let orientation = further.after(self.orientation);
        let stored = self.orientation.size(self.size);
        Cow::Owned(Info {
            size: orientation.size(stored),
            orientation,
            rotation,
            ..self.clone()
        })
    }

    /// How the file says that its pixels are turned.
    pub(crate) fn said_orientation(&self) -> Orientation {
        self.rotation.to(Rotation::None).after(self.orientation)
    }
}
