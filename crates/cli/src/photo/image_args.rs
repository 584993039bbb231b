//! The image options, the same on every command that takes a photo: parsed once, into values of the core.

use std::num::NonZeroU32;

use clap::{Args, ValueEnum};
use headshot_core::{
    Background, CropBox, Damaged, Error, FaceFallback, FaceFit, Fit, FramePolicy, Gravity, Options,
    Quality, Rotation, SideRange, Small, StillFormat,
};

use headshot_batch::choices::{Choice, ChosenFit, ChosenFormat};

use crate::photo::limits::LimitArgs;
use crate::photo::number;
use crate::terminal::failure::Failure;

/// What to make of a photo. The same on every command that takes one.
#[derive(Debug, Args)]
#[command(next_help_heading = "Image (in pixels of the upright photo)")]
pub(crate) struct ImageArgs {
    /// Use this square: left, top, width
    #[arg(long, value_name = "X,Y,W", value_parser = crop, conflicts_with = "fit", allow_hyphen_values = true)]
    crop: Option<CropBox>,
    /// face, cover, contain (letterbox) [default: contain]
    #[arg(long, value_name = "FIT", hide_possible_values = true)]
    fit: Option<FitArg>,
    /// What --fit face does without a face: cover, contain, refuse or auto (contain for photos that are transparent or have one side more
    /// than twice as long as the other, cover for all others) [default: auto]
    #[arg(long, value_name = "FIT", hide_possible_values = true)]
    face_fallback: Option<FallbackArg>,
    /// Frame only this face, counted from the left, from 1
    #[arg(long, value_name = "N", value_parser = face, allow_hyphen_values = true)]
    face: Option<NonZeroU32>,
    /// What --fit cover keeps: center, top, left ..., or X%,Y%
    #[arg(long, value_name = "WHERE", value_parser = gravity)]
    gravity: Option<Gravity>,
    /// Turn the upright photo clockwise: 90, 180 or 270
    #[arg(long, value_name = "DEGREES", value_parser = rotation, allow_hyphen_values = true)]
    rotate: Option<Rotation>,
    /// Bars: auto, transparent, blur, edge, color [default: auto]
    #[arg(long, value_name = "COLOR", value_parser = background)]
    background: Option<Background>,
    /// Smallest side of the avatar [default: 512]
    #[arg(long, value_name = "N", value_parser = number::whole::<u32>(1, SideRange::LARGEST.into(), "pixels"), conflicts_with = "side")]
    min_side: Option<u32>,
    /// Largest side of the avatar [default: 1024]
    #[arg(long, value_name = "N", value_parser = number::whole::<u32>(1, SideRange::LARGEST.into(), "pixels"), conflicts_with = "side")]
    max_side: Option<u32>,
    /// Exactly this side; outside 512 to 1024 with a warning
    #[arg(long, value_name = "N", value_parser = number::whole::<u32>(1, SideRange::LARGEST.into(), "pixels"))]
    side: Option<u32>,
    /// enlarge or refuse small photos [default: enlarge]
    #[arg(long, value_name = "WHAT", hide_possible_values = true)]
    small: Option<SmallArg>,
    /// auto, jpeg or png [default: auto, as the photo]
    #[arg(long, value_name = "FORMAT", hide_possible_values = true)]
    format: Option<FormatArg>,
    /// Quality of a JPEG, 1 to 100 [default: 90]
    #[arg(long, value_name = "Q", value_parser = quality)]
    quality: Option<Quality>,
    /// Most frames of an avatar; Slack publishes no limit [default: 100]
    #[arg(long, value_name = "N", value_parser = number::whole::<u32>(1, u64::MAX, "frames"))]
    max_frames: Option<u32>,
    /// Too many frames: reject, first, truncate, decimate [default: reject]
    #[arg(long, value_name = "POLICY", hide_possible_values = true)]
    frames: Option<FramesArg>,
    /// Take what can be decoded of a damaged photo
    #[arg(long)]
    allow_damaged: bool,
    #[command(flatten)]
    limits: LimitArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FitArg {
    Face,
    Contain,
    Cover,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FallbackArg {
    Auto,
    Cover,
    Contain,
    Refuse,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SmallArg {
    Enlarge,
    Refuse,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FramesArg {
    Reject,
    First,
    Truncate,
    Decimate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormatArg {
    Auto,
    Jpeg,
    Png,
}

impl FitArg {
    /// The same for a single photo.
    pub(crate) fn chosen(self) -> ChosenFit {
        match self {
            FitArg::Face => ChosenFit::Face,
            FitArg::Contain => ChosenFit::Contain,
            FitArg::Cover => ChosenFit::Cover,
        }
    }
}

impl FallbackArg {
    fn meant(self) -> FaceFallback {
        match self {
            FallbackArg::Auto => FaceFallback::Auto,
            FallbackArg::Cover => FaceFallback::Cover,
            FallbackArg::Contain => FaceFallback::Contain,
            FallbackArg::Refuse => FaceFallback::Refuse,
        }
    }
}

impl ImageArgs {
    /// The options of the core. `named` is the format that the name of the output asks for.
    pub(crate) fn options(&self, named: Option<FormatArg>) -> Result<Options, Failure> {
        self.options_beside(named, &[])
    }

    /// The same if single photos have their own fits: flags that are for one of these are allowed.
    pub(crate) fn options_beside(
        &self,
        named: Option<FormatArg>,
        own: &[ChosenFit],
    ) -> Result<Options, Failure> {
        let is_face = self.fit == Some(FitArg::Face) || own.contains(&ChosenFit::Face);
        let is_cut = is_face || self.fit == Some(FitArg::Cover) || own.contains(&ChosenFit::Cover);
        if self.gravity.is_some() && !is_cut {
            return Err(Failure::usage(
                "--gravity: it says what --fit cover keeps of a photo, but --fit cover was not given",
            )
            .with_hint("add --fit cover, or leave --gravity out"));
        }
        for (flag, is_given) in [
            ("--face-fallback", self.face_fallback.is_some()),
            ("--face", self.face.is_some()),
        ] {
            if is_given && !is_face {
                let message = format!("{flag}: it is for --fit face, which was not given");
                let hint = match self.crop {
                    Some(_) => format!(
                        "a crop is a square already: leave {flag} out, or put --fit face in place of --crop"
                    ),
                    None => format!("add --fit face, or leave {flag} out"),
                };
                return Err(Failure::usage(message).with_hint(hint));
            }
        }
        let options = Options {
            fit: match (self.crop, self.fit) {
                (Some(crop), _) => Fit::Crop(crop),
                (None, fit) => self.fit(fit.unwrap_or(FitArg::Contain)),
            },
            gravity: self.gravity.unwrap_or_default(),
            rotate: self.rotate.unwrap_or_default(),
            background: self.background.unwrap_or_default(),
            side: self.side_range()?,
            small: match self.small {
                Some(SmallArg::Refuse) => Small::Refuse,
                Some(SmallArg::Enlarge) | None => Small::Enlarge,
            },
            format: self.still_format(named)?,
            frames: match self.frames {
                Some(FramesArg::First) => FramePolicy::First,
                Some(FramesArg::Truncate) => FramePolicy::Truncate,
                Some(FramesArg::Decimate) => FramePolicy::Decimate,
                Some(FramesArg::Reject) | None => FramePolicy::Reject,
            },
            damaged: if self.allow_damaged {
                Damaged::Accept
            } else {
                Damaged::Refuse
            },
            limits: self.limits.limits(self.max_frames),
        };
        match (options.format, options.background) {
            (StillFormat::Jpeg(_), Background::Transparent) => {
                Err(Failure::usage(Error::TransparentJpeg.to_string()))
            }
            _ => Ok(options),
        }
    }

    /// Whether no option decides how a photo becomes square.
    pub(crate) fn leaves_the_fit(&self) -> bool {
        self.fit.is_none() && self.crop.is_none()
    }

    /// The fit that a word stands for, with the options for faces.
    fn fit(&self, fit: FitArg) -> Fit {
        match fit {
            FitArg::Contain => Fit::Contain,
            FitArg::Cover => Fit::Cover,
            FitArg::Face => Fit::Face(FaceFit {
                fallback: self
                    .face_fallback
                    .map(FallbackArg::meant)
                    .unwrap_or_default(),
                number: self.face,
            }),
        }
    }

    /// The options that can also be chosen for a single photo.
    pub(crate) fn choice(&self) -> Choice {
        let fit = self.fit.map(FitArg::chosen);
        Choice {
            fit: self.crop.map(|_| ChosenFit::Crop).or(fit),
            crop: self.crop,
            face: self.face,
            face_fallback: self.face_fallback.map(FallbackArg::meant),
            gravity: self.gravity,
            background: self.background,
            format: self.format.map(|format| match format {
                FormatArg::Auto => ChosenFormat::Auto,
                FormatArg::Jpeg => ChosenFormat::Jpeg,
                FormatArg::Png => ChosenFormat::Png,
            }),
            quality: self.quality,
            rotate: self.rotate,
        }
    }

    /// All options that decide what is made of a photo, in the words of the flags: equal texts mean equal options.
    /// `chosen` holds the options for one photo: by [`choice`](ImageArgs::choice), and what overrides that or is overridden.
    ///
    /// Defaults are left out, so that a new default changes nothing; so are limits that only refuse a photo.
    pub(crate) fn asked(&self, chosen: &Choice) -> String {
        let mut asked = Vec::new();
        let mut add = |flag: &str, value: Option<String>| {
            asked.extend(value.map(|value| format!("{flag}={value}")));
        };
        let flags = chosen.flags();
        let value = |flag: &str| {
            let mut flags = flags.iter().filter(|(known, _)| *known == flag);
            flags.next().map(|(_, value)| value.clone())
        };
        for flag in ["crop", "fit", "face-fallback", "face"] {
            add(flag, value(flag));
        }
        // Journals also have it with a fit that does not use it.
        let gravity = chosen
            .gravity
            .filter(|_| chosen.fit != Some(ChosenFit::Crop));
        add("gravity", gravity.map(|gravity| gravity.to_string()));
        add("background", value("background"));
        let number = |number: Option<u32>| number.map(|number| number.to_string());
        add("min-side", number(self.side.or(self.min_side)));
        add("max-side", number(self.side.or(self.max_side)));
        add("small", self.small.map(|small| named(&small)));
        add("format", value("format"));
        add("quality", value("quality"));
        add("frames", self.frames.map(|frames| named(&frames)));
        if matches!(self.frames, Some(FramesArg::Truncate | FramesArg::Decimate)) {
            add("max-frames", number(self.max_frames));
        }
        add(
            "allow-damaged",
            self.allow_damaged.then(|| "yes".to_owned()),
        );
        add(
            "max-profile",
            self.limits.max_profile().map(|bytes| bytes.to_string()),
        );
        add("rotate", value("rotate"));
        asked.join(" ")
    }

    fn side_range(&self) -> Result<SideRange, Failure> {
        let min = self.side.or(self.min_side);
        let max = self.side.or(self.max_side);
        let (min, max) = (
            min.unwrap_or(SideRange::SLACK.min()),
            max.unwrap_or(SideRange::SLACK.max()),
        );
        SideRange::new(min, max).ok_or_else(|| {
            Failure::usage(format!(
                "the smallest side, {min} pixels, is above the largest, {max} pixels"
            ))
            .with_hint("give both --min-side and --max-side, or --side for one size")
        })
    }

    fn still_format(&self, named: Option<FormatArg>) -> Result<StillFormat, Failure> {
        let format = match (self.format, named) {
            (None | Some(FormatArg::Auto), Some(named)) => named,
            (Some(asked), Some(named)) if asked != named => {
                return Err(Failure::usage(format!(
                    "--format {} contradicts the name of the output, which says {}",
                    word(asked),
                    word(named)
                ))
                .with_hint("change one or the other"));
            }
            (asked, _) => asked.unwrap_or(FormatArg::Auto),
        };
        match format {
            FormatArg::Auto => Ok(StillFormat::Auto(self.quality)),
            FormatArg::Jpeg => Ok(StillFormat::Jpeg(self.quality)),
            FormatArg::Png if self.quality.is_some() => Err(Failure::usage(
                "--quality: a PNG has none; it keeps every pixel as it is",
            )
            .with_hint("leave --quality out, or make a JPEG")),
            FormatArg::Png => Ok(StillFormat::Png),
        }
    }
}

/// The word by which a flag takes this value.
fn named(value: &impl ValueEnum) -> String {
    let value = value.to_possible_value();
    value.map_or_else(String::new, |value| value.get_name().to_owned())
}

fn word(format: FormatArg) -> &'static str {
    match format {
        FormatArg::Auto => "auto",
        FormatArg::Jpeg => "jpeg",
        FormatArg::Png => "png",
    }
}

fn crop(text: &str) -> Result<CropBox, String> {
    let numbers: Result<Vec<u32>, _> = text.split(',').map(|part| part.trim().parse()).collect();
    match numbers.as_deref() {
        Ok([_, _, 0]) => Err("its width is 0 pixels, and must be at least 1".to_owned()),
        Ok(&[x, y, side]) => Ok(CropBox { x, y, side }),
        _ => {
            Err("give three whole numbers of pixels: left, top, width, as in 11,22,333".to_owned())
        }
    }
}

fn face(text: &str) -> Result<NonZeroU32, String> {
    text.parse().map_err(|_| {
        "give a whole number, as in 2: faces are counted from the left, from 1; --explain draws them with their numbers".to_owned()
    })
}

fn gravity(text: &str) -> Result<Gravity, String> {
    Gravity::parse(text).ok_or_else(|| format!("give {}", Gravity::WANTED))
}

fn rotation(text: &str) -> Result<Rotation, String> {
    let rotation = text.parse().ok().and_then(Rotation::from_degrees);
    rotation.ok_or_else(|| format!("give {}", Rotation::WANTED))
}

/// The `#` may be missing: a shell takes it for a comment.
fn background(text: &str) -> Result<Background, String> {
    let parsed = Background::parse(text).or_else(|| Background::parse(&format!("#{text}")));
    parsed.ok_or_else(|| format!("give {}", Background::WANTED))
}

fn quality(text: &str) -> Result<Quality, String> {
    let quality = text.parse().ok().and_then(Quality::new);
    quality.ok_or_else(|| "give a whole number from 1 to 100".to_owned())
}

#[cfg(test)]
mod tests;
