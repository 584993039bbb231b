//! The command line: the commands, their arguments, and their words in `--help`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use headshot_upload::DEFAULT_BASE_URL;

use crate::image_args::ImageArgs;

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
    /// Address of the API
    #[arg(long, value_name = "URL", default_value = DEFAULT_BASE_URL)]
    pub(crate) base_url: String,
    /// Use an emulator inside this program; no token needed
    #[arg(long, conflicts_with_all = ["token_file", "base_url"])]
    pub(crate) emulator: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }
}
