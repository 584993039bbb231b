//! The image options, the same on every command that takes a photo: parsed once, into values of the core.

use clap::builder::RangedU64ValueParser;
use clap::{Arg, Args, ValueEnum};
use headshot_core::{
    Background, CropBox, Damaged, Error, Fit, FramePolicy, Options, Quality, SideRange, Small,
    StillFormat,
};

use crate::failure::Failure;
use crate::limits::LimitArgs;

const HEADING: &str = "Image (in pixels of the upright photo)";

/// Leaves an image option out of the help of a command that has many others, and says where it is told of.
pub(crate) fn hide(arg: Arg) -> Arg {
    match arg.get_help_heading() {
        Some(HEADING) => arg.hide(true),
        _ => arg,
    }
}

/// What to make of a photo. The same on every command that takes one.
#[derive(Debug, Args)]
#[command(next_help_heading = HEADING)]
pub(crate) struct ImageArgs {
    /// Use this square: left, top, width
    #[arg(long, value_name = "X,Y,W", value_parser = crop, conflicts_with = "fit", allow_hyphen_values = true)]
    crop: Option<CropBox>,
    /// contain (letterbox) or cover [default: contain]
    #[arg(long, value_name = "FIT", hide_possible_values = true)]
    fit: Option<FitArg>,
    /// auto, transparent or #rrggbb [default: auto]
    #[arg(long, value_name = "COLOR", value_parser = background)]
    background: Option<Background>,
    /// Smallest side of the avatar [default: 512]
    #[arg(long, value_name = "N", value_parser = side(), conflicts_with = "side")]
    min_side: Option<u32>,
    /// Largest side of the avatar [default: 1024]
    #[arg(long, value_name = "N", value_parser = side(), conflicts_with = "side")]
    max_side: Option<u32>,
    /// Exactly this side; beyond 512 to 1024 with a warning
    #[arg(long, value_name = "N", value_parser = side())]
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
    /// Most frames; Slack publishes none [default: 100]
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<u32>::new().range(1..))]
    max_frames: Option<u32>,
    /// reject, first, truncate, decimate [default: reject]
    #[arg(long, value_name = "POLICY", hide_possible_values = true)]
    frames: Option<FramesArg>,
    // In the manual, and in the message of a photo that is damaged: the help has no room for it.
    /// Take what can be decoded of a damaged photo
    #[arg(long, hide = true)]
    allow_damaged: bool,
    #[command(flatten)]
    limits: LimitArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FitArg {
    Contain,
    Cover,
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

impl ImageArgs {
    /// The options of the core. `named` is the format that the name of the output asks for.
    pub(crate) fn options(&self, named: Option<FormatArg>) -> Result<Options, Failure> {
        let options = Options {
            fit: match (self.crop, self.fit) {
                (Some(crop), _) => Fit::Crop(crop),
                (None, Some(FitArg::Cover)) => Fit::Cover,
                (None, Some(FitArg::Contain) | None) => Fit::Contain,
            },
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
            damaged: match self.allow_damaged {
                true => Damaged::Accept,
                false => Damaged::Refuse,
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
                .with_hint("change the one or the other"));
            }
            (asked, _) => asked.unwrap_or(FormatArg::Auto),
        };
        match format {
            FormatArg::Auto => Ok(StillFormat::Auto(self.quality)),
            FormatArg::Jpeg => Ok(StillFormat::Jpeg(self.quality)),
            FormatArg::Png if self.quality.is_some() => Err(Failure::usage(
                "--quality: a PNG has none, it keeps every pixel as it is",
            )
            .with_hint("leave --quality out, or make a JPEG")),
            FormatArg::Png => Ok(StillFormat::Png),
        }
    }
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
        _ => Err(
            "three whole numbers of pixels are needed: left, top, width, as in 11,22,333"
                .to_owned(),
        ),
    }
}

/// The `#` may be missing: a shell takes it for a comment.
fn background(text: &str) -> Result<Background, String> {
    match text {
        "auto" => return Ok(Background::Auto),
        "transparent" => return Ok(Background::Transparent),
        _ => {}
    }
    let digits = text.strip_prefix('#').unwrap_or(text);
    let is_color = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    match u32::from_str_radix(digits, 16) {
        Ok(color) if is_color => {
            let [_, red, green, blue] = color.to_be_bytes();
            Ok(Background::Color([red, green, blue]))
        }
        _ => Err("give auto, transparent, or six hexadecimal digits as in '#336699'".to_owned()),
    }
}

fn quality(text: &str) -> Result<Quality, String> {
    let quality = text.parse().ok().and_then(Quality::new);
    quality.ok_or_else(|| "give a whole number from 1 to 100".to_owned())
}

fn side() -> RangedU64ValueParser<u32> {
    RangedU64ValueParser::new().range(1..=u64::from(SideRange::LARGEST))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use clap::Parser;
    use headshot_core::Limits;

    use super::*;
    use crate::args::{Cli, Command};

    fn options(arguments: &str, named: Option<FormatArg>) -> Result<Options, String> {
        let arguments = format!("headshot inspect a.jpg {arguments}");
        match Cli::try_parse_from(arguments.split_whitespace()).map(|cli| cli.command) {
            Ok(Command::Inspect(args)) => {
                args.image.options(named).map_err(|failure| failure.message)
            }
            Ok(_) => unreachable!(),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn nothing_asked_for_is_the_default_of_the_core() {
        assert_eq!(options("", None), Ok(Options::default()));
    }

    #[test]
    fn every_flag_reaches_its_option() {
        let all = "--crop 11,22,333 --background #336699 --min-side 44 --max-side 555 --small refuse \
            --format jpeg --quality 77 --max-bytes 88 --max-pixels 99 --max-length 111 --max-frames 122 \
            --frames decimate --max-memory 3M --max-scans 133 --max-blocks 144 --max-canvases 155 --max-profile 5k \
            --max-time 166ms --allow-damaged";
        let expected = Options {
            fit: Fit::Crop(CropBox {
                x: 11,
                y: 22,
                side: 333,
            }),
            background: Background::Color([0x33, 0x66, 0x99]),
            side: SideRange::new(44, 555).unwrap(),
            small: Small::Refuse,
            format: StillFormat::Jpeg(Quality::new(77)),
            limits: Limits {
                bytes: 88,
                pixels: 99,
                side: 111,
                memory: 3 << 20,
                scans: 133,
                blocks: 144,
                frames: 122,
                canvases: 155,
                profile: 5 << 10,
                time: Duration::from_millis(166),
            },
            damaged: Damaged::Accept,
            frames: FramePolicy::Decimate,
        };
        assert_eq!(options(all, None), Ok(expected));
        let cover = options("--fit cover --side 66 --background transparent", None).unwrap();
        assert_eq!(cover.fit, Fit::Cover);
        assert_eq!((cover.side.min(), cover.side.max()), (66, 66));
        assert_eq!(cover.background, Background::Transparent);
        let bare = options("--background 336699", None).unwrap();
        assert_eq!(bare.background, Background::Color([0x33, 0x66, 0x99]));
    }

    #[test]
    fn wrong_values_say_what_is_right() {
        for (arguments, message) in [
            ("--crop 1,2", "as in 11,22,333"),
            ("--crop 1,2,-3", "as in 11,22,333"),
            ("--crop -1,2,3", "as in 11,22,333"),
            ("--crop 1,2,0", "at least 1"),
            ("--crop 1,2,3 --fit cover", "cannot be used with"),
            ("--background #12345", "six hexadecimal digits"),
            ("--background #+12345", "six hexadecimal digits"),
            ("--quality 0", "from 1 to 100"),
            ("--quality 101", "from 1 to 100"),
            ("--side 0", "1..=4096"),
            ("--side 4097", "1..=4096"),
            ("--side 600 --min-side 500", "cannot be used with"),
            ("--min-side 2000", "2000 pixels, is above the largest, 1024"),
            ("--format png --quality 80", "a PNG has none"),
            (
                "--format jpeg --background transparent",
                "cannot be transparent",
            ),
            ("--fit stretch", "contain, cover"),
            ("--max-memory 0", "as in 800M or 2G"),
            ("--max-time 0s", "as in 5s, 800ms or 2m"),
            ("--max-time forever", "as in 5s, 800ms or 2m"),
            ("--max-pixels 0", "not in 1.."),
            ("--max-pixels none", "invalid digit"),
        ] {
            let error = options(arguments, None).unwrap_err();
            assert!(error.contains(message), "{arguments}: {error}");
        }
    }

    #[test]
    fn the_name_of_the_output_decides_or_contradicts() {
        let format = |arguments, named| options(arguments, Some(named)).map(|o| o.format);
        assert_eq!(format("", FormatArg::Png), Ok(StillFormat::Png));
        assert_eq!(
            format("--format auto --quality 55", FormatArg::Jpeg),
            Ok(StillFormat::Jpeg(Quality::new(55)))
        );
        let contradiction = format("--format jpeg", FormatArg::Png).unwrap_err();
        assert!(contradiction.contains("contradicts"), "{contradiction}");
    }
}
