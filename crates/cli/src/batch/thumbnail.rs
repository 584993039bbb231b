//! The small pictures of a sheet: made by the core, where there are threads for it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use headshot_core::{
    Background, Damaged, Fit, FramePolicy, Limits, Options, Quality, SideRange, Small, StillFormat,
    normalize, probe,
};

/// Twice the 96 pixels at which the page shows them, for screens of today.
const SIDE: u32 = 192;

/// Enough for their size.
const QUALITY: u8 = 80;

/// A photo before and after, small. `None` for what does not exist or cannot be decoded.
#[derive(Debug, Default)]
pub(crate) struct Thumbnails {
    pub(crate) before: Option<Thumbnail>,
    pub(crate) after: Option<Thumbnail>,
}

/// One small picture: a square, with the whole photo in its middle.
#[derive(Debug)]
pub(crate) struct Thumbnail(Bytes);

impl Thumbnail {
    /// Of a photo or an avatar, as far as these limits let it be decoded; of an animation its first frame.
    pub(crate) fn of(photo: &[u8], limits: &Limits) -> Option<Thumbnail> {
        Thumbnail::fitted(photo, Fit::Contain, limits)
    }

    /// The same, of what such a fit shows of it.
    pub(crate) fn fitted(photo: &[u8], fit: Fit, limits: &Limits) -> Option<Thumbnail> {
        let has_alpha = probe(photo, limits).ok()?.alpha;
        let options = Options {
            fit,
            // The page cuts the bars off; only what shows through a photo matters.
            background: Background::Auto,
            side: SideRange::new(SIDE, SIDE)?,
            small: Small::Enlarge,
            format: match has_alpha {
                true => StillFormat::Png,
                false => StillFormat::Jpeg(Quality::new(QUALITY)),
            },
            frames: FramePolicy::First,
            damaged: Damaged::Accept,
            limits: *limits,
        };
        let picture = normalize(photo, &options).ok()?;
        Some(Thumbnail(picture.bytes()))
    }

    /// One that was made already.
    pub(crate) fn made(bytes: Bytes) -> Thumbnail {
        Thumbnail(bytes)
    }

    pub(crate) fn bytes(&self) -> Bytes {
        self.0.clone()
    }

    fn is_jpeg(&self) -> bool {
        self.0.starts_with(&[0xFF, 0xD8])
    }

    pub(crate) fn extension(&self) -> &'static str {
        if self.is_jpeg() { "jpg" } else { "png" }
    }

    /// The picture itself as an address (RFC 2397).
    pub(crate) fn data_url(&self) -> String {
        let kind = if self.is_jpeg() { "jpeg" } else { "png" };
        format!("data:image/{kind};base64,{}", base64(&self.0))
    }
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_rfc() {
        // RFC 4648, section 10.
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
        assert_eq!(base64(&[0xfb, 0xff, 0xfe]), "+//+");
    }
}
