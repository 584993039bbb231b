//! Small pictures of photos and avatars: made by the core, on threads that are free for it.

use bytes::Bytes;
use headshot_core::{
    Background, Damaged, FaceFit, Faces, Fit, FramePolicy, Gravity, Limits, Options, Quality,
    SideRange, Small, StillFormat, explain, normalize, plan, probe,
};

use crate::failure::Failure;

/// Twice the 96 pixels at which the page shows them, for high-resolution screens.
const SIDE: u32 = 192;

/// Enough for their size.
const QUALITY: u8 = 80;

/// A photo before and after, small. `None` if it does not exist or cannot be decoded.
#[derive(Debug, Default)]
pub struct Thumbnails {
    /// The photo.
    pub before: Option<Thumbnail>,
    /// The photo with its faces and the chosen square, if a face decided.
    pub face: Option<Thumbnail>,
    /// Its avatar.
    pub after: Option<Thumbnail>,
}

/// One small picture: a square, with the whole photo in its middle, or one of the photo's shape if faces are shown.
#[derive(Debug)]
pub struct Thumbnail(Bytes);

impl Thumbnail {
    /// For a photo or an avatar, if these limits allow decoding it; for an animation its first frame.
    pub fn of(photo: &[u8], limits: &Limits) -> Option<Thumbnail> {
        Thumbnail::fitted(photo, Fit::Contain, limits)
    }

    /// The same, for the part that this fit shows.
    pub fn fitted(photo: &[u8], fit: Fit, limits: &Limits) -> Option<Thumbnail> {
        let has_alpha = probe(photo, limits).ok()?.alpha;
        let options = Options {
            fit,
            gravity: Gravity::Center,
            // The page cuts the bars off; only transparency of the photo matters.
            background: Background::Auto,
            side: SideRange::new(SIDE, SIDE)?,
            small: Small::Enlarge,
            format: if has_alpha {
                StillFormat::Png
            } else {
                StillFormat::Jpeg(Quality::new(QUALITY))
            },
            frames: FramePolicy::First,
            damaged: Damaged::Accept,
            limits: *limits,
            ..Options::default()
        };
        let picture = normalize(photo, &options).ok()?;
        Some(Thumbnail(picture.bytes()))
    }

    /// For a photo with its faces drawn in, at most `side` pixels long.
    pub fn explained(
        photo: &[u8],
        faces: &Faces,
        side: u32,
        options: &Options,
    ) -> Option<Thumbnail> {
        let drawn = explain(photo, Some(faces), side, options).ok()?;
        Some(Thumbnail(drawn.into()))
    }

    /// For a photo whose faces decided nothing, because none has the requested number, or no square holds them: all of them with their
    /// numbers. `None` if that is not why it `failed`.
    pub fn of_refused(
        photo: &[u8],
        options: &Options,
        side: u32,
        failed: &Failure,
    ) -> Option<Thumbnail> {
        let is_choice = matches!(&*failed.kind, "no_such_face" | "crowd");
        if !is_choice || !matches!(options.fit, Fit::Face(_)) {
            return None;
        }
        let info = probe(photo, &options.limits).ok()?;
        let all = Options {
            fit: Fit::Face(FaceFit::default()),
            ..options.clone()
        };
        let mut faces = plan(photo, &info, &all).ok()?.faces?;
        faces.crop = None;
        Thumbnail::explained(photo, &faces, side, options)
    }

    /// From a picture that was made already.
    pub fn made(bytes: Bytes) -> Thumbnail {
        Thumbnail(bytes)
    }

    /// A JPEG or a PNG.
    pub fn bytes(&self) -> Bytes {
        self.0.clone()
    }

    fn is_jpeg(&self) -> bool {
        self.0.starts_with(&[0xFF, 0xD8])
    }

    /// `jpg` or `png`.
    pub fn extension(&self) -> &'static str {
        if self.is_jpeg() { "jpg" } else { "png" }
    }
}
