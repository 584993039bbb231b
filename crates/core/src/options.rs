//! What the caller may ask for: plain values, each with a default that suits Slack.

use std::fmt;
use std::num::NonZeroU32;
use std::time::Duration;

use crate::geometry::Size;
use crate::gravity::Gravity;
use crate::rotation::Rotation;

/// All options of [`normalize`](crate::normalize). `Options::default()` makes what Slack asks for.
///
/// Fields may be added: end yours with `..Options::default()`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Options {
    /// How a photo that is not square becomes square. Default: [`Fit::Contain`].
    pub fit: Fit,
    /// Where [`Fit::Cover`] puts its square, and [`Fit::Face`] if there is no face; other fits ignore it. Default: [`Gravity::Center`].
    pub gravity: Gravity,
    /// Quarter turns clockwise, applied after the photo was turned upright as its file says. The other options refer to the turned photo.
    /// Default: [`Rotation::None`].
    pub rotate: Rotation,
    /// What lies behind the photo: in the bars beside it and under its transparent pixels. Default: [`Background::Auto`].
    pub background: Background,
    /// The sides an avatar may have. Default: 512..=1024 pixels.
    pub side: SideRange,
    /// What to do with a photo smaller than the smallest side. Default: [`Small::Enlarge`].
    pub small: Small,
    /// The format of the avatar. Default: the format of the photo, JPEG at quality 90.
    pub format: StillFormat,
    /// What to do with an animation that has more frames than [`Limits::frames`]. Default: [`FramePolicy::Reject`].
    pub frames: FramePolicy,
    /// What to do with a photo whose pixels are damaged, cut off for instance. Default: [`Damaged::Refuse`].
    pub damaged: Damaged,
    /// What a photo may cost.
    pub limits: Limits,
}

/// What to do with a photo whose pixels are damaged, because the file was cut off for instance.
///
/// A missing end marker after the last pixel is not damage, only a [`Warning::MissingEnd`](crate::Warning::MissingEnd).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Damaged {
    /// It is refused with [`Error::Damaged`](crate::Error::Damaged).
    #[default]
    Refuse,
    /// What could be decoded is kept, the rest is filled, and [`Report::damaged`](crate::Report::damaged) says so. The avatar
    /// is always encoded again. A photo is still refused if its header is damaged or not even one row could be decoded.
    ///
    /// Missing pixels of a JPEG are gray; a progressive one shows the scans that exist. Missing pixels of a PNG or GIF are
    /// transparent, or have the background color if there is no alpha. Nothing can be shown of a damaged WebP.
    Accept,
}

/// How a photo that is not square becomes square, in upright pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Fit {
    /// The whole photo, centered on a square of background (letterboxed).
    #[default]
    Contain,
    /// The largest square of the photo, in the middle or where [`Options::gravity`] puts it; the rest is cut off.
    Cover,
    /// Exactly this square of the photo.
    Crop(CropBox),
    /// The square that frames the face of the photo, or several: with their hair, and the eyes at 42 % of the height if the edges
    /// allow it. The photo is decoded twice. An animation gets one square, by the best of its first, middle and last frame.
    Face(FaceFit),
}

/// How [`Fit::Face`] chooses among faces, and what it does if there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FaceFit {
    /// What to do with a photo without a face. Default: [`FaceFallback::Auto`].
    pub fallback: FaceFallback,
    /// Which single face is framed, where 1 is the first from the left; `None`: all that count, those at least 0.6 times as large as the
    /// largest. Default: `None`.
    pub number: Option<NonZeroU32>,
}

/// What [`Fit::Face`] does with a photo in which no face is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum FaceFallback {
    /// Like [`Fit::Cover`], except if the photo has transparent pixels or one side is more than twice as long as the other: then like
    /// [`Fit::Contain`], because a drawing or a logo would be cut. If a face was chosen by its number, finding none is an error.
    #[default]
    Auto,
    /// Like [`Fit::Cover`], with a warning.
    Cover,
    /// Like [`Fit::Contain`], with a warning.
    Contain,
    /// It is refused with [`Error::NoFace`](crate::Error::NoFace), and faces that do not fit in one square with
    /// [`Error::Crowd`](crate::Error::Crowd); otherwise those are letterboxed, with a warning.
    Refuse,
}

/// A square of the upright photo, after [`Options::rotate`]: what Slack calls `crop_x`, `crop_y` and `crop_w`.
///
/// It must lie inside the photo, or the result is [`Error::CropOutside`](crate::Error::CropOutside).
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
    /// Transparent if the photo has alpha and the avatar's format can hold it, otherwise black, as Slack letterboxes.
    #[default]
    Auto,
    /// Transparent; a JPEG photo becomes a PNG. Not available with [`StillFormat::Jpeg`].
    Transparent,
    /// This sRGB color: red, green, blue.
    Color([u8; 3]),
    /// The bars show the photo itself, enlarged to cover the square, blurred and slightly darkened; for an animation its first frame. A
    /// photo with transparent pixels gets [`Background::Auto`] instead.
    Blur,
    /// Each bar has the average color of the photo's edge that it touches; for an animation that of its first frame. A photo with
    /// transparent pixels gets [`Background::Auto`] instead.
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

/// What to do with a photo smaller than the smallest side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Small {
    /// It is enlarged, with a warning that names the factor.
    #[default]
    Enlarge,
    /// It is refused with [`Error::TooSmall`](crate::Error::TooSmall).
    Refuse,
}

/// What to do with an animation that has more frames than [`Limits::frames`].
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
    /// Frames are dropped evenly until the limit is met; the others are shown longer, so the animation lasts as long as before.
    Decimate,
}

/// The format of a still avatar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StillFormat {
    /// JPEG stays JPEG; PNG stays PNG; a still GIF becomes PNG, an animation a GIF. A WebP or HEIC becomes JPEG, or PNG if it
    /// has alpha.
    ///
    /// A JPEG is encoded 4:2:0 at the given quality. Without one, the quality is [`Quality::default`], and a photo that complies
    /// already is not encoded again. The other formats take the first frame of an animation, even if an animated PNG has another
    /// picture for programs that cannot play it.
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

/// A JPEG quality on libjpeg's usual scale, 1..=100, with DC a quarter finer. Default: 90.
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

    /// The largest side that you can ask for, in pixels.
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

/// What a photo may cost: a photo that exceeds one of these is refused with [`Error::Limit`](crate::Error::Limit).
///
/// All but `time` are checked before the memory is allocated or the work is done, most of them from the header alone. They are
/// this library's policies, chosen for profile photos; none of them is a number of Slack's. Fields may be added: end yours with
/// `..Limits::default()`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file. Default: 64 MiB, enough for 200 megapixels from a phone.
    pub bytes: u64,
    /// Pixels of the photo, width times height, whatever its format. Default: 300 million.
    pub pixels: u64,
    /// The same for a HEIC, PNG or GIF, which take more decoding and memory per pixel; [`Limits::pixels`] applies to them, too.
    /// Default: 64 million.
    pub non_jpeg_pixels: u64,
    /// The same for a WebP: its decoder cannot be stopped when the time is up, so this bounds its time. The other limits on
    /// pixels apply to it, too. Default: 32 million.
    pub webp_pixels: u64,
    /// Pixels of its longer side. Default: 32 767.
    pub side: u32,
    /// Bytes held at once in addition to the photo's own, including the avatar's: [`Plan::memory`](crate::Plan::memory) says how many
    /// a photo may take. Default: 256 MiB.
    pub memory: u64,
    /// Scans of a JPEG that is coded in more than one: each costs a pass over the whole picture. Default: 100.
    pub scans: u32,
    /// Blocks of 8 x 8 samples in all scans of a JPEG together. Default: 300 million, four times what a progressive photo of
    /// as many pixels takes.
    pub blocks: u64,
    /// Frames of an animated avatar; [`FramePolicy`] decides what happens to more. Slack publishes no number. Default: 100.
    pub frames: u32,
    /// Pixels over all canvases of an animation: the canvas's pixels times the number of frames composited. Default: 400
    /// million.
    pub canvases: u64,
    /// Pixels over all frames of an animated avatar: its side squared, times its frames. It bounds the work by the plan, so
    /// the verdict is the same on every machine. Default: 500 million, more than four times what 100 frames of 1024 x 1024
    /// pixels take.
    pub drawn: u64,
    /// Bytes of a color profile, inflated. A larger one causes a warning and is ignored, like a broken one; the photo is accepted.
    /// Default: 4 MiB.
    pub profile: u64,
    /// Processor time spent on the photo, all threads together: the last resort, because it depends on the machine. It is
    /// checked between rows and frames, so it may be exceeded by what one of those takes. Default: 120 seconds.
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
