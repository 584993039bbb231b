//! What one format's header says, in terms that all formats share.

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
    /// The most bytes that its decoder holds.
    pub(crate) decoder: u64,
    /// The most bytes that its pixels take when held; 0 if they never are.
    pub(crate) held: u64,
    /// Whether an avatar may have this coding.
    pub(crate) plain: bool,
    /// What else the user should know.
    pub(crate) warnings: Vec<Warning>,
}

/// Which colors the container says are stored.
pub(crate) enum Colors {
    Unsaid,
    /// An embedded profile, but its container is damaged, or it exceeds the limit.
    Broken,
    /// An embedded profile, and its substitute in case it turns out to be unusable.
    Icc {
        icc: Vec<u8>,
        otherwise: Option<Profile>,
    },
    /// No profile, but a substitute for one.
    Described(Profile),
}
