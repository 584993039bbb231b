//! What the caller may ask for: plain values, each with a default that suits Slack.

use std::fmt;
use std::num::NonZeroU32;
use std::time::Duration;

use crate::geometry::Size;
use crate::gravity::Gravity;
use crate::rotation::Rotation;

/// Everything [`normalize`](crate::normalize) can be told. `Options::default()` makes what Slack asks for.
///
/// Fields may be added: end yours with `..Options::default()`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Options {
    /// How a photo that is not square becomes square. Default: [`Fit::Contain`].
    pub fit: Fit,
    /// Where [`Fit::Cover`] puts its square, and [`Fit::Face`] where there is no face; no other fit has a choice. Default: [`Gravity::Center`].
    pub gravity: Gravity,
    /// Quarter turns clockwise of the photo that stands upright by what its file says. What the other options say is said of the turned
    /// photo. Default: [`Rotation::None`].
    pub rotate: Rotation,
    /// What lies behind the photo: in the bars beside it and under its transparent pixels. Default: [`Background::Auto`].
    pub background: Background,
    /// The sides an avatar may have. Default: 512..=1024 pixels.
    pub side: SideRange,
    /// What a photo smaller than the smallest side gets. Default: [`Small::Enlarge`].
    pub small: Small,
    /// The format of the avatar. Default: the format of the photo, JPEG at quality 90.
    pub format: StillFormat,
    /// What an animation with more frames than [`Limits::frames`] gets. Default: [`FramePolicy::Reject`].
    pub frames: FramePolicy,
    /// What a photo gets whose pixels are damaged, cut off for instance. Default: [`Damaged::Refuse`].
    pub damaged: Damaged,
    /// What a photo may cost.
    pub limits: Limits,
}

/// What a photo gets whose pixels are damaged, because the file was cut off for instance.
///
/// A missing end marker behind the last pixel is no damage, only a [`Warning::MissingEnd`](crate::Warning::MissingEnd).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Damaged {
    /// It is refused with [`Error::Damaged`](crate::Error::Damaged).
    #[default]
    Refuse,
    /// What could be decoded is kept, the rest is filled, and [`Report::damaged`](crate::Report::damaged) says so. The avatar
    /// is always encoded anew. Where not even one row could be decoded, and where the header is damaged, it is refused.
    ///
    /// What is missing of a JPEG is gray; of a progressive one those scans are shown that there are. What is missing of a PNG
    /// or GIF is transparent, or has the color of the background where there is no alpha. Of a damaged WebP nothing can be shown.
    Accept,
}

/// How a photo that is not square becomes square, in upright pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Fit {
    /// The whole photo, centered on a square of background (letterboxed).
    #[default]
    Contain,
    /// The largest square of the photo, in its middle or where [`Options::gravity`] puts it; what sticks out is cut off.
    Cover,
    /// Exactly this square of the photo.
    Crop(CropBox),
    /// The square that frames the face of the photo, or several: with their hair, and the eyes at 42 % of the height where the edges
    /// allow. The photo is decoded twice. An animation gets one square, by the best of its first, middle and last frame.
    Face(FaceFit),
}

/// How [`Fit::Face`] chooses among faces, and what it does without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FaceFit {
    /// What a photo without a face gets. Default: [`FaceFallback::Auto`].
    pub fallback: FaceFallback,
    /// Which face alone is framed, the first from the left being 1; `None`: all that count, those at least 0.6 times as large as the
    /// largest. Default: `None`.
    pub number: Option<NonZeroU32>,
}

/// What [`Fit::Face`] makes of a photo in which no face is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum FaceFallback {
    /// As [`Fit::Cover`], but where the photo has transparent pixels or one side is more than twice as long as the other: there as
    /// [`Fit::Contain`], because a drawing or a logo would be cut.
    #[default]
    Auto,
    /// As [`Fit::Cover`], with a warning.
    Cover,
    /// As [`Fit::Contain`], with a warning.
    Contain,
    /// It is refused with [`Error::NoFace`](crate::Error::NoFace), and faces that fit no square together with
    /// [`Error::Crowd`](crate::Error::Crowd); without this they are letterboxed, with a warning.
    Refuse,
}

/// A square of the upright photo, after [`Options::rotate`]: what Slack calls `crop_x`, `crop_y` and `crop_w`.
///
/// It must lie inside the photo, else [`Error::CropOutside`](crate::Error::CropOutside).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CropBox {
    /// Pixels from the left edge of the upright photo.
    pub x: u32,
    /// Pixels from the top edge of the upright photo.
    pub y: u32,
    /// Width and height in pixels, at least 1.
    pub side: u32,
}

/// What lies behind the photo: in the bars of [`Fit::Contain`] and under transparent pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Background {
    /// Transparent where the photo has alpha and the avatar's format can hold it, black otherwise, as Slack letterboxes.
    #[default]
    Auto,
    /// Transparent; a JPEG photo becomes a PNG. Not to be had with [`StillFormat::Jpeg`].
    Transparent,
    /// This sRGB color: red, green, blue.
    Color([u8; 3]),
    /// In the bars the photo itself, enlarged to cover the square, blurred and a little darkened; an animation's first frame. A
    /// photo with transparent pixels gets what [`Background::Auto`] gives it.
    Blur,
    /// In each bar the average color of the edge of the photo that it touches; of an animation's first frame. A photo with
    /// transparent pixels gets what [`Background::Auto`] gives it.
    Edge,
}

impl fmt::Display for Background {
    /// What [`Background::parse`] reads: a word, or a color as `#rrggbb`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Background::Auto => f.write_str("auto"),
            Background::Transparent => f.write_str("transparent"),
            Background::Blur => f.write_str("blur"),
            Background::Edge => f.write_str("edge"),
            Background::Color([red, green, blue]) => {
                write!(f, "#{red:02x}{green:02x}{blue:02x}")
            }
        }
    }
}

/// What a photo smaller than the smallest side gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Small {
    /// It is enlarged, with a warning that names the factor.
    #[default]
    Enlarge,
    /// It is refused with [`Error::TooSmall`](crate::Error::TooSmall).
    Refuse,
}

/// What an animation with more frames than [`Limits::frames`] gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum FramePolicy {
    /// It is refused with [`Error::TooManyFrames`](crate::Error::TooManyFrames).
    #[default]
    Reject,
    /// Its first frame becomes a still.
    First,
    /// Its first frames are kept, as many as the limit allows.
    Truncate,
    /// Frames are dropped evenly until the limit is met; the rest are shown longer, so the whole lasts as long as before.
    Decimate,
}

/// The format of a still avatar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StillFormat {
    /// JPEG stays JPEG; PNG stays PNG; a GIF still becomes PNG, an animation a GIF. A WebP or HEIC becomes JPEG, or PNG where it
    /// has alpha.
    ///
    /// A JPEG is encoded 4:2:0 at the quality given. Without one it is [`Quality::default`], and a photo that complies
    /// already is not encoded anew. The other formats take the first frame of an animation, also where an
    /// animated PNG has another picture for programs that show none.
    Auto(Option<Quality>),
    /// JPEG, with the quality as for [`StillFormat::Auto`].
    Jpeg(Option<Quality>),
    /// PNG, 8 bits a sample.
    Png,
}

impl Default for StillFormat {
    fn default() -> Self {
        StillFormat::Auto(None)
    }
}

/// A JPEG quality on the usual scale of libjpeg, 1..=100, with DC a quarter finer. Default: 90.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quality(u8);

impl Quality {
    /// The quality, or `None` outside 1..=100.
    pub fn new(quality: u8) -> Option<Quality> {
        (1..=100).contains(&quality).then_some(Quality(quality))
    }

    /// The number, 1..=100.
    pub fn get(self) -> u8 {
        self.0
    }
}

impl Default for Quality {
    fn default() -> Self {
        Quality(90)
    }
}

/// The sides an avatar may have, in pixels: the photo's own side is clamped to this range.
///
/// Slack advises 512 to 1024 (<https://docs.slack.dev/reference/methods/users.setPhoto>), which is the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SideRange {
    min: u32,
    max: u32,
}

impl SideRange {
    /// What Slack advises, and the default.
    pub const SLACK: SideRange = SideRange {
        min: 512,
        max: 1024,
    };

    /// The largest side that can be asked for, in pixels.
    pub const LARGEST: u32 = 4096;

    /// From `min` to `max` pixels, or `None` unless 1 <= min <= max <= 4096.
    pub fn new(min: u32, max: u32) -> Option<SideRange> {
        (1 <= min && min <= max && max <= SideRange::LARGEST).then_some(SideRange { min, max })
    }

    /// The smallest side, in pixels.
    pub fn min(self) -> u32 {
        self.min
    }

    /// The largest side, in pixels.
    pub fn max(self) -> u32 {
        self.max
    }

    pub(crate) fn clamp(self, side: u32) -> u32 {
        side.clamp(self.min, self.max)
    }
}

impl Default for SideRange {
    fn default() -> Self {
        SideRange::SLACK
    }
}

/// What a photo may cost: what exceeds one of these is refused with [`Error::Limit`](crate::Error::Limit).
///
/// All but `time` are checked before what they limit is allocated or done, most of them from the header alone. These are
/// this library's policies, chosen for profile photos; none of them is a number of Slack's. Fields may be added: end yours with
/// `..Limits::default()`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file. Default: 64 MiB, as much as a phone's 200 megapixels have.
    pub bytes: u64,
    /// Pixels of the photo, width times height, whatever its format. Default: 300 million.
    pub pixels: u64,
    /// The same for a HEIC, PNG or GIF, of which more is decoded and held for each pixel; [`Limits::pixels`] holds for them, too.
    /// Default: 64 million.
    pub non_jpeg_pixels: u64,
    /// The same for a WebP: its decoder cannot be stopped when the time is up, so this bounds what it takes. The other limits on
    /// pixels hold for it, too. Default: 32 million.
    pub webp_pixels: u64,
    /// Pixels of its longer side. Default: 32 767.
    pub side: u32,
    /// Bytes held at once beside the photo's own, the avatar's included: [`Plan::memory`](crate::Plan::memory) says how many
    /// a photo may take. Default: 256 MiB.
    pub memory: u64,
    /// Scans of a JPEG that is not coded in one: each costs a pass over the whole picture. Default: 100.
    pub scans: u32,
    /// Blocks of 8 x 8 samples in all scans of a JPEG together. Default: 300 million, four times what a progressive photo of
    /// as many pixels takes.
    pub blocks: u64,
    /// Frames of an animated avatar; [`FramePolicy`] says what exceeds it. Slack publishes no number. Default: 100.
    pub frames: u32,
    /// Pixels over all canvases of an animation: those of the canvas, times the frames that are composited. Default: 400
    /// million.
    pub canvases: u64,
    /// Pixels over all frames of an animated avatar: its side squared, times its frames. It bounds the work by the plan, so that
    /// the verdict is the same on every machine. Default: 500 million, more than four times what 100 frames of 1024 pixels a
    /// side take.
    pub drawn: u64,
    /// Bytes of a color profile, inflated. One that is larger costs a warning and not the photo, as a broken one does.
    /// Default: 4 MiB.
    pub profile: u64,
    /// Time that processors work on the photo, all threads together: the last resort, because it depends on the machine. It is
    /// looked at between rows and frames, so it may be exceeded by what one of those takes. Default: 120 seconds.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            bytes: 64 << 20,
            pixels: 300_000_000,
            non_jpeg_pixels: 64_000_000,
            webp_pixels: 32_000_000,
            side: 32_767,
            memory: 256 << 20,
            scans: 100,
            blocks: 300_000_000,
            frames: 100,
            canvases: 400_000_000,
            drawn: 500_000_000,
            profile: 4 << 20,
            time: Duration::from_secs(120),
        }
    }
}

impl CropBox {
    /// The whole box as a size, or `None` when its side is zero.
    pub(crate) fn size(self) -> Option<Size> {
        Size::new(self.side, self.side)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_checked_once() {
        assert_eq!(SideRange::new(0, 9), None);
        assert_eq!(SideRange::new(10, 9), None);
        assert_eq!(SideRange::new(1, 4097), None);
        assert_eq!(
            SideRange::new(1, 4096).map(|r| (r.min(), r.max())),
            Some((1, 4096))
        );
        assert_eq!(Quality::new(0), None);
        assert_eq!(Quality::new(101), None);
        assert_eq!(SideRange::default(), SideRange::new(512, 1024).unwrap());
    }
}
