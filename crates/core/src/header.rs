//! What the header of one format says, in words that all formats share.

use crate::animation::Animation;
use crate::color::{ColorModel, Profile};
use crate::geometry::Size;
use crate::metadata::exif;
use crate::orientation::Orientation;
use crate::warning::Warning;

/// What one format's header says, before it is judged.
pub(crate) struct Header {
    /// In stored pixels.
    pub(crate) size: Size,
    pub(crate) color: ColorModel,
    pub(crate) alpha: bool,
    pub(crate) frames: u32,
    pub(crate) animation: Option<Animation>,
    pub(crate) scans: u32,
    pub(crate) orientation: Result<Option<Orientation>, exif::Damaged>,
    pub(crate) colors: Colors,
    /// Bytes that its decoder holds, at most.
    pub(crate) decoder: u64,
    /// Bytes of its pixels where they are held, at most; 0 where they never are.
    pub(crate) held: u64,
    /// Whether its coding is one that an avatar may have.
    pub(crate) plain: bool,
    /// What else the user should know.
    pub(crate) warnings: Vec<Warning>,
}

/// Which colors the container says are stored.
pub(crate) enum Colors {
    Unsaid,
    /// An embedded profile, but its container is damaged, or it is larger than the limit.
    Broken,
    /// An embedded profile, and what stands for one where it turns out to be unusable.
    Icc {
        icc: Vec<u8>,
        otherwise: Option<Profile>,
    },
    /// No profile, but what stands for one.
    Described(Profile),
}
