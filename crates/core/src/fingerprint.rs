//! Tells whether an avatar made earlier is still the one that would be made today.

use crate::gravity::Gravity;
use crate::options::{Damaged, FaceFallback, FaceFit, Fit, FramePolicy, Options, StillFormat};
use crate::rotation::Rotation;

/// The version of the pipeline's output: raising it has every avatar remade.
///
/// Raise it with every change that gives the same photo and options different bytes; a test notices.
pub const PIPELINE: u32 = 10;

impl Options {
    /// The options that decide what an avatar is, spelled out: the same text and the same [`PIPELINE`] mean the same avatar of the
    /// same photo, whatever version wrote them.
    ///
    /// Later options appear only if they differ from the behavior before they existed. Options that only refuse a photo are left out:
    /// limits, and the policy for small photos, which always reads as enlarge, so that avatars made earlier stay valid. The limit of
    /// frames is included, unless animations that exceed it are refused.
    pub fn fingerprint(&self) -> String {
        let fit = match self.fit {
            Fit::Contain => "contain".to_owned(),
            Fit::Cover if self.gravity == Gravity::Center => "cover".to_owned(),
            Fit::Cover => format!("cover:{}", self.gravity),
            Fit::Crop(crop) => format!("{},{},{}", crop.x, crop.y, crop.side),
            Fit::Face(fit) => face(fit, self.gravity),
        };
        let background = self.background;
        let (min, max) = (self.side.min(), self.side.max());
        let (format, quality) = match self.format {
            StillFormat::Auto(quality) => ("auto", quality),
            StillFormat::Jpeg(quality) => ("jpeg", quality),
            StillFormat::Png => ("png", None),
        };
        let quality =
            quality.map_or_else(|| "none".to_owned(), |quality| quality.get().to_string());
        let most = self.limits.frames;
        let frames = match self.frames {
            FramePolicy::Reject => "all".to_owned(),
            FramePolicy::First => format!("first>{most}"),
            FramePolicy::Truncate => format!("truncate>{most}"),
            FramePolicy::Decimate => format!("decimate>{most}"),
        };
        let damaged = match self.damaged {
            Damaged::Refuse => "refuse",
            Damaged::Accept => "accept",
        };
        let profile = self.limits.profile;
        let rotate = match self.rotate {
            Rotation::None => String::new(),
            rotation => format!(" rotate={rotation}"),
        };
        format!(
            "1 fit={fit} background={background} side={min}-{max} small=enlarge format={format} quality={quality} \
             frames={frames} damaged={damaged} profile={profile}{rotate}"
        )
    }
}

/// The face: its number, and the fallback if it is not the default.
fn face(fit: FaceFit, gravity: Gravity) -> String {
    let number = fit
        .number
        .map_or_else(String::new, |number| format!(":{number}"));
    let otherwise = match fit.fallback {
        FaceFallback::Auto => "",
        FaceFallback::Cover => "/cover",
        FaceFallback::Contain => "/contain",
        FaceFallback::Refuse => "/refuse",
    };
    let may_cover = matches!(fit.fallback, FaceFallback::Auto | FaceFallback::Cover);
    let gravity = match gravity {
        Gravity::Center => String::new(),
        gravity if may_cover => format!("@{gravity}"),
        _ => String::new(),
    };
    format!("face{number}{otherwise}{gravity}")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::options::{Background, CropBox, Limits, Quality, SideRange, Small};

    #[test]
    fn what_decides_is_spelled_out_and_what_refuses_is_not() {
        let plain = Options::default();
        // Changing this text has every avatar of every user remade.
        assert_eq!(
            plain.fingerprint(),
            "1 fit=contain background=auto side=512-1024 small=enlarge format=auto quality=none frames=all \
             damaged=refuse profile=4194304"
        );
        let cover = |gravity| {
            let fit = Fit::Cover;
            let options = Options {
                fit,
                gravity,
                ..plain.clone()
            };
            let text = options.fingerprint();
            text.split(' ').nth(1).map(str::to_owned)
        };
        assert_eq!(cover(Gravity::Center).as_deref(), Some("fit=cover"));
        assert_eq!(cover(Gravity::Left).as_deref(), Some("fit=cover:left"));
        let point = Gravity::Point { x: 1100, y: 2250 };
        assert_eq!(cover(point).as_deref(), Some("fit=cover:11%,22.5%"));
        let face = |fallback, number, gravity| {
            let number = std::num::NonZeroU32::new(number);
            let fit = Fit::Face(FaceFit { fallback, number });
            let options = Options {
                fit,
                gravity,
                ..plain.clone()
            };
            let text = options.fingerprint();
            text.split(' ').nth(1).map(str::to_owned)
        };
        for (found, wanted) in [
            (face(FaceFallback::Auto, 0, Gravity::Center), "fit=face"),
            (
                face(FaceFallback::Cover, 2, Gravity::Top),
                "fit=face:2/cover@top",
            ),
            (
                face(FaceFallback::Contain, 0, Gravity::Top),
                "fit=face/contain",
            ),
            (
                face(FaceFallback::Refuse, 11, Gravity::Center),
                "fit=face:11/refuse",
            ),
        ] {
            assert_eq!(found.as_deref(), Some(wanted));
        }
        // Where nothing is cut, it decides nothing.
        let contain = Options {
            gravity: Gravity::Top,
            ..plain.clone()
        };
        assert_eq!(contain.fingerprint(), plain.fingerprint());
        let crop = CropBox {
            x: 11,
            y: 22,
            side: 333,
        };
        let other = Options {
            fit: Fit::Crop(crop),
            gravity: Gravity::Right,
            rotate: Rotation::By270,
            background: Background::Color([1, 0x22, 0xff]),
            side: SideRange::new(7, 99).unwrap(),
            small: Small::Refuse,
            format: StillFormat::Jpeg(Quality::new(44)),
            frames: FramePolicy::Decimate,
            damaged: Damaged::Accept,
            limits: Limits {
                frames: 55,
                profile: 66,
                ..Limits::default()
            },
        };
        assert_eq!(
            other.fingerprint(),
            "1 fit=11,22,333 background=#0122ff side=7-99 small=enlarge format=jpeg quality=44 frames=decimate>55 \
             damaged=accept profile=66 rotate=270"
        );
        let limits = Limits {
            bytes: 1,
            pixels: 2,
            side: 3,
            memory: 4,
            scans: 5,
            blocks: 6,
            frames: 7,
            canvases: 8,
            time: Duration::from_secs(9),
            ..plain.limits
        };
        let refusing = Options {
            limits,
            small: Small::Refuse,
            ..plain.clone()
        };
        assert_eq!(refusing.fingerprint(), plain.fingerprint());
    }
}
