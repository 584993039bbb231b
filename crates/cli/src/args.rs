//! The command line: every flag, its words in `--help`, and the values it becomes, parsed once.

use std::path::PathBuf;

use clap::builder::RangedU64ValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use headshot_core::{
    Background, CropBox, Error, Fit, Limits, Options, Quality, SideRange, Small, StillFormat,
};

use crate::failure::Failure;

/// Turns any photo into an avatar that Slack takes, and sets it.
#[derive(Debug, Parser)]
#[command(
    version,
    max_term_width = 80,
    disable_help_subcommand = true,
    after_help = "Example: headshot set me.jpg --emulator\n\n\
        Exit status: 0 all done, 1 some photo failed, 2 nothing could be started."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Set(SetArgs),
    Normalize(NormalizeArgs),
    Inspect(InspectArgs),
    Profile(ProfileArgs),
    Delete(DeleteArgs),
    Emulator(EmulatorArgs),
}

/// Normalize a photo and make it your profile photo
#[derive(Debug, Args)]
#[command(after_help = "Example: headshot set me.jpg --crop 11,22,333\n\
    The token is a user's (xoxp-), with the scopes users.profile:write and :read.")]
pub(crate) struct SetArgs {
    /// JPEG, PNG or GIF; - for standard input
    #[arg(value_name = "PHOTO")]
    pub(crate) photo: PathBuf,
    /// Post the file unchanged after checking it; Slack does the crop
    #[arg(long, conflicts_with_all = ["fit", "background", "min_side", "max_side", "side", "small", "format", "quality"])]
    pub(crate) as_is: bool,
    /// Print a JSON object on standard output
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) slack: SlackArgs,
    #[command(flatten)]
    pub(crate) image: ImageArgs,
}

/// Turn photos into avatars: square, upright, sRGB, without metadata
#[derive(Debug, Args)]
#[command(
    after_help = "Examples: headshot normalize me.jpg -o avatar.jpg --fit cover\n          \
        headshot normalize people/*.jpg -o avatars/\n\
    A file named .jpg, .jpeg or .png says its format; any other name leaves it to\n\
    --format."
)]
pub(crate) struct NormalizeArgs {
    /// JPEGs, PNGs or GIFs; - for standard input
    #[arg(value_name = "PHOTO", required = true)]
    pub(crate) photos: Vec<PathBuf>,
    /// File, or folder for several photos; - for standard output
    #[arg(short, long = "output", value_name = "OUT")]
    pub(crate) output: PathBuf,
    /// Print a JSON object per photo on standard output
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) image: ImageArgs,
}

/// Tell from the header alone what photos are and would become
#[derive(Debug, Args)]
#[command(after_help = "Example: headshot inspect people/*.jpg --crop 11,22,333")]
pub(crate) struct InspectArgs {
    /// JPEGs, PNGs or GIFs; - for standard input
    #[arg(value_name = "PHOTO", required = true)]
    pub(crate) photos: Vec<PathBuf>,
    /// Print a JSON object per photo on standard output
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) image: ImageArgs,
}

/// Show your profile and its photo
#[derive(Debug, Args)]
#[command(after_help = "Example: headshot profile --json")]
pub(crate) struct ProfileArgs {
    /// Print a JSON object on standard output
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) slack: SlackArgs,
}

/// Delete your profile photo
#[derive(Debug, Args)]
#[command(after_help = "Example: headshot delete --token-file ~/.config/slack-token")]
pub(crate) struct DeleteArgs {
    /// Print a JSON object on standard output
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) slack: SlackArgs,
}

/// Run an emulator of Slack's photo methods until Ctrl-C
#[derive(Debug, Args)]
#[command(after_help = "Example: headshot emulator --port 8080\n\
    It prints its base URL, a token to use, and then each call. It keeps nothing.")]
pub(crate) struct EmulatorArgs {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) port: u16,
}

/// Where Slack is and who calls.
#[derive(Debug, Args)]
#[command(next_help_heading = "Slack (the token comes from SLACK_TOKEN or a file)")]
pub(crate) struct SlackArgs {
    /// Read the token from this file
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Address of the API [default: https://slack.com/api/]
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// Use an emulator inside this program; no token needed
    #[arg(long, conflicts_with_all = ["token_file", "base_url"])]
    pub(crate) emulator: bool,
}

/// What to make of a photo. The same on every command that takes one.
#[derive(Debug, Args)]
#[command(next_help_heading = "Image (in pixels of the upright photo)")]
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
    // Asked for by the message of the limit that was met, and by nobody else.
    /// Refuse files of more bytes
    #[arg(long, value_name = "N", hide = true)]
    max_bytes: Option<u64>,
    /// Refuse photos of more pixels
    #[arg(long, value_name = "N", hide = true)]
    max_pixels: Option<u64>,
    /// Refuse photos of a longer side
    #[arg(long, value_name = "N", hide = true)]
    max_length: Option<u32>,
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
            limits: self.limits(),
        };
        match (options.format, options.background) {
            (StillFormat::Jpeg(_), Background::Transparent) => {
                Err(Failure::usage(Error::TransparentJpeg.to_string()))
            }
            _ => Ok(options),
        }
    }

    fn limits(&self) -> Limits {
        let limits = Limits::default();
        Limits {
            bytes: self.max_bytes.unwrap_or(limits.bytes),
            pixels: self.max_pixels.unwrap_or(limits.pixels),
            side: self.max_length.unwrap_or(limits.side),
            ..limits
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
        let quality = self.quality.unwrap_or_default();
        match format {
            FormatArg::Auto => Ok(StillFormat::Auto(quality)),
            FormatArg::Jpeg => Ok(StillFormat::Jpeg(quality)),
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
    use clap::CommandFactory;

    use super::*;

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
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn nothing_asked_for_is_the_default_of_the_core() {
        assert_eq!(options("", None), Ok(Options::default()));
    }

    #[test]
    fn every_flag_reaches_its_option() {
        let all = "--crop 11,22,333 --background #336699 --min-side 44 --max-side 555 --small refuse \
            --format jpeg --quality 77 --max-bytes 88 --max-pixels 99 \
            --max-length 111";
        let expected = Options {
            fit: Fit::Crop(CropBox {
                x: 11,
                y: 22,
                side: 333,
            }),
            background: Background::Color([0x33, 0x66, 0x99]),
            side: SideRange::new(44, 555).unwrap(),
            small: Small::Refuse,
            format: StillFormat::Jpeg(Quality::new(77).unwrap()),
            limits: Limits {
                bytes: 88,
                pixels: 99,
                side: 111,
                ..Limits::default()
            },
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
            Ok(StillFormat::Jpeg(Quality::new(55).unwrap()))
        );
        let contradiction = format("--format jpeg", FormatArg::Png).unwrap_err();
        assert!(contradiction.contains("contradicts"), "{contradiction}");
    }
}
