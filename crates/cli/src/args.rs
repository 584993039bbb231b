//! The command line: the commands, their arguments, and their text in `--help`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use headshot_upload::DEFAULT_BASE_URL;

#[cfg(feature = "emulator")]
use crate::emulator::args::EmulatorArgs;
use crate::login::args::{AppManifestArgs, LoginArgs, LogoutArgs};
use crate::normalize::batch_args::BatchArgs;
use crate::photo::image_args::ImageArgs;
use crate::photo::limits::LimitArgs;
use crate::photo::number;
use crate::set::backup_args::BackupArgs;
use crate::set::manifest_args::ManifestArgs;
use crate::slack::person::{is_user_id, login_id};
#[cfg(feature = "studio")]
use crate::studio::args::StudioArgs;

/// Turns any photo into an avatar that Slack accepts, and sets it.
#[derive(Debug, Parser)]
#[command(
    // Not the name of the package.
    name = "headshot",
    // With the features and the target of the build.
    version = env!("HEADSHOT_VERSION"),
    max_term_width = 80,
    // Ours is a command like any other, so that the manual has it.
    disable_help_subcommand = true,
    after_help = "Example: headshot set me.jpg --fit face --emulator"
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
    Backups(BackupsArgs),
    Audit(AuditArgs),
    Login(LoginArgs),
    Logout(LogoutArgs),
    AppManifest(AppManifestArgs),
    #[cfg(feature = "studio")]
    Studio(StudioArgs),
    Limits(LimitsArgs),
    #[cfg(feature = "emulator")]
    Emulator(EmulatorArgs),
    Completions(CompletionsArgs),
    Man(ManArgs),
    Help(HelpArgs),
}

/// Normalize a photo and make it your profile photo
#[derive(Debug, Args)]
#[command(
    override_usage = "headshot set [OPTIONS] <PHOTO | - | --restore | --manifest CSV>",
    after_help = "Examples: headshot set me.jpg --fit face\n          \
        headshot set me.jpg --emulator --preview seen.png\n          \
        headshot set --restore\n          \
        headshot set --manifest people.csv --dry-run\n\
    headshot man set explains how to write a manifest and what a run records."
)]
pub(crate) struct SetArgs {
    /// The photo; - for standard input
    #[arg(value_name = "PHOTO", required_unless_present_any = ["restore", "manifest"])]
    pub(crate) photo: Option<PathBuf>,
    /// Post the file unchanged; Slack crops it
    #[arg(long, conflicts_with_all = ["fit", "face_fallback", "face", "gravity", "rotate", "background", "min_side", "max_side", "side", "small", "format", "quality"])]
    pub(crate) as_is: bool,
    /// Send nothing if the profile shows this avatar already
    #[arg(long)]
    pub(crate) if_changed: bool,
    /// Put back the photo that was replaced last, or a backup
    #[arg(long, value_name = "HASH", num_args = 0..=1, require_equals = true, default_missing_value = "",
        conflicts_with_all = ["photo", "as_is", "if_changed", "emulator",
        "crop", "fit", "face_fallback", "face", "gravity", "rotate", "background", "min_side", "max_side", "side", "small", "format", "quality", "max_frames",
        "frames", "allow_damaged", "LimitArgs"])]
    pub(crate) restore: Option<String>,
    /// Say what would happen, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Draw the avatar as Slack shows it, into a PNG
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    pub(crate) preview: Option<PathBuf>,
    /// Draw the photo with its faces and the square that --fit face chose, into a PNG
    #[arg(long, value_name = "FILE", conflicts_with_all = ["dry_run", "restore", "manifest", "as_is"])]
    pub(crate) explain: Option<PathBuf>,
    /// Print a JSON object on standard output
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) backup: BackupArgs,
    #[command(flatten)]
    pub(crate) slack: SlackArgs,
    #[command(flatten)]
    pub(crate) image: ImageArgs,
    #[command(flatten)]
    pub(crate) many: ManifestArgs,
}

/// Turn photos into avatars: square, upright, sRGB, no metadata
#[derive(Debug, Args)]
#[command(
    override_usage = "headshot normalize [OPTIONS] -o <OUT> <PHOTO | FOLDER>...",
    after_help = "Examples: headshot normalize me.jpg -o avatar.jpg --fit face\n          \
        headshot normalize people/ -o avatars/ --sheet page.html\n\
    Run it again to make what is new or changed, or to go on after a stop."
)]
pub(crate) struct NormalizeArgs {
    /// Photos and folders of photos; - for standard input
    #[arg(value_name = "PHOTO", required_unless_present = "from_file")]
    pub(crate) photos: Vec<PathBuf>,
    /// Output file, folder, or - for standard output
    #[arg(short, long = "output", value_name = "OUT")]
    pub(crate) output: PathBuf,
    /// Also write a still of an animation, its first frame
    #[arg(long, value_name = "FILE")]
    pub(crate) poster: Option<PathBuf>,
    /// Draw the avatar as Slack shows it, into a PNG
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    pub(crate) preview: Option<PathBuf>,
    /// Draw the photo with its faces and the square that --fit face chose, into a PNG
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    pub(crate) explain: Option<PathBuf>,
    /// Refuse to replace an existing file that an option names
    #[arg(long)]
    pub(crate) no_clobber: bool,
    /// Print a JSON object per photo on standard output
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) batch: BatchArgs,
    #[command(flatten)]
    pub(crate) image: ImageArgs,
}

/// Show what photos are and would become, from their headers
#[derive(Debug, Args)]
#[command(after_help = "Example: headshot inspect people/*.jpg --crop 11,22,333")]
pub(crate) struct InspectArgs {
    /// Photos; - for standard input
    #[arg(value_name = "PHOTO", required = true)]
    pub(crate) photos: Vec<PathBuf>,
    /// Print a JSON object per photo on standard output
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) image: ImageArgs,
}

/// Show the limits for photos, and the flags that change them
#[derive(Debug, Args)]
#[command(after_help = "Example: headshot limits --max-time 20s\n\
    set, normalize and inspect take the same flags. Write bytes as 256M (units of\n\
    1024), pixels as 64M (units of 1000), and times as 5s or 800ms. You can raise\n\
    every limit that has a flag, but not remove it.")]
pub(crate) struct LimitsArgs {
    /// Frames of an animated avatar
    #[arg(long, value_name = "N", value_parser = number::whole::<u32>(1, u64::MAX, "frames"))]
    pub(crate) max_frames: Option<u32>,
    /// Print a JSON object per limit on standard output
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) limit: LimitArgs,
}

/// Show your profile and its photo, or set fields of it
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples: headshot profile --user U012AB3CD --json\n          \
        headshot profile set status_text='On leave' status_emoji=:palm_tree:"
)]
pub(crate) struct ProfileArgs {
    #[command(subcommand)]
    pub(crate) command: Option<ProfileCommand>,
    #[command(flatten)]
    pub(crate) show: ProfileShowArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProfileCommand {
    Set(ProfileSetArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ProfileShowArgs {
    /// Whose profile, as in U012AB3CD [default: yours]
    #[arg(long, value_name = "ID", value_parser = user_id)]
    pub(crate) user: Option<String>,
    /// Print a JSON object on standard output
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) slack: SlackArgs,
}

/// Set fields of your profile and show the result
#[derive(Debug, Args)]
#[command(
    after_help = "Examples: headshot profile set status_text='On leave' status_emoji=:palm_tree:\n          \
        headshot profile set status_text=      (clears the whole status)\n          \
        headshot profile set title=Barista Xf06054BBB=1985-04-12\n\
    Slack's names: first_name, last_name, real_name, display_name, title, phone,\n\
    pronouns, email, status_text, status_emoji, status_expiration (seconds since\n\
    1970, 0 for never), and Xf... for the fields that a workspace defines itself."
)]
pub(crate) struct ProfileSetArgs {
    /// A field and its new text, which may be empty
    #[arg(value_name = "NAME=VALUE", required = true)]
    pub(crate) fields: Vec<String>,
    /// Whose profile, by ID; for administrators on paid plans
    #[arg(long, value_name = "ID", value_parser = user_id)]
    pub(crate) user: Option<String>,
    /// Print a JSON object on standard output
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) slack: SlackArgs,
}

/// Delete your profile photo
#[derive(Debug, Args)]
#[command(
    after_help = "Example: headshot delete --token-file ~/.config/slack-token\n\
    headshot keeps the photo unless you say --no-backup: set --restore puts it back."
)]
pub(crate) struct DeleteArgs {
    /// Say what would happen, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print a JSON object on standard output
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) backup: BackupArgs,
    #[command(flatten)]
    pub(crate) slack: SlackArgs,
}

/// List the backups of photos that were replaced, or remove some
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples: headshot backups\n          \
        headshot backups remove 3f9a41c2\n          \
        headshot set --restore=3f9a41c2\n\
    Each person has their own backups, each named by the hash of its bytes. Nothing\n\
    is sent."
)]
pub(crate) struct BackupsArgs {
    #[command(subcommand)]
    pub(crate) command: Option<BackupsCommand>,
    /// Print a JSON object per photo on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BackupsCommand {
    Remove(BackupsRemoveArgs),
}

/// Remove backups for good
#[derive(Debug, Args)]
#[command(after_help = "Example: headshot backups remove 3f9a41c2")]
pub(crate) struct BackupsRemoveArgs {
    /// The first digits of their hashes, as backups lists them
    #[arg(value_name = "HASH", required = true)]
    pub(crate) hashes: Vec<String>,
}

/// List the members who have not uploaded a photo
#[derive(Debug, Args)]
#[command(after_help = "Examples: headshot audit --emulator\n          \
        headshot audit --csv > without-photo.csv\n\
    Bots and deactivated accounts are left out. Standard error says how many members\n\
    were checked. The token needs the scope users:read, and users:read.email for the\n\
    addresses. A photo is \"unknown\" if Slack does not say. In CSV, text that a\n\
    spreadsheet would take for a formula is preceded by an apostrophe (').")]
pub(crate) struct AuditArgs {
    /// List members with a photo as well
    #[arg(long)]
    pub(crate) all: bool,
    /// Print CSV with a line of headings, instead of a table
    #[arg(long, conflicts_with = "json")]
    pub(crate) csv: bool,
    /// Print a JSON object per member
    #[arg(long)]
    pub(crate) json: bool,
    /// Which workspace, for the token of an organization
    #[arg(long, value_name = "ID")]
    pub(crate) team: Option<String>,
    #[command(flatten)]
    pub(crate) slack: SlackArgs,
}

/// Print a completion script for a shell
#[derive(Debug, Args)]
#[command(
    after_help = "Examples: source <(headshot completions bash)\n          \
        headshot completions fish > ~/.config/fish/completions/headshot.fish"
)]
pub(crate) struct CompletionsArgs {
    /// bash, elvish, fish, powershell or zsh
    #[arg(value_name = "SHELL", hide_possible_values = true)]
    pub(crate) shell: Shell,
}

/// Show a page of the manual, or write all of them
#[derive(Debug, Args)]
#[command(after_help = "Examples: headshot man set\n          \
        headshot man --dir ~/.local/share/man/man1\n\
    On a terminal, the program man shows the page; without it, you get the help.\n\
    If you send the output to a pipe or a file, you get the source of the page.")]
pub(crate) struct ManArgs {
    /// Which command, as in profile set [default: headshot itself]
    #[arg(value_name = "COMMAND")]
    pub(crate) command: Vec<String>,
    /// Write every page into this folder instead
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    pub(crate) dir: Option<PathBuf>,
}

/// Print the help of a command
#[derive(Debug, Args)]
#[command(after_help = "Examples: headshot help set\n          \
        headshot help profile set\n\
    The same as COMMAND --help. COMMAND -h prints only the most used options.")]
pub(crate) struct HelpArgs {
    /// Which command, as in profile set [default: headshot itself]
    #[arg(value_name = "COMMAND")]
    pub(crate) command: Vec<String>,
}

/// Where Slack is and who calls it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Slack (the token: a file, SLACK_TOKEN or headshot login)")]
pub(crate) struct SlackArgs {
    /// Read the token from this file
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Use this user's login, whatever SLACK_TOKEN holds
    #[arg(long, value_name = "ID", value_parser = login_id, conflicts_with = "token_file")]
    pub(crate) login: Option<String>,
    /// Address of the API
    #[arg(long, value_name = "URL", default_value = DEFAULT_BASE_URL)]
    pub(crate) base_url: String,
    /// Use this proxy for https, not the one in HTTPS_PROXY
    #[arg(long, value_name = "URL", conflicts_with = "emulator")]
    pub(crate) proxy: Option<String>,
    /// Log requests, replies and waits as JSON Lines
    #[arg(long, value_name = "FILE")]
    pub(crate) trace: Option<PathBuf>,
    /// Use the built-in emulator; no token needed
    #[arg(long, conflicts_with_all = ["token_file", "login", "base_url"])]
    pub(crate) emulator: bool,
}

/// An ID, so that nothing else that is pasted here is sent: a name, an address, a token.
fn user_id(text: &str) -> Result<String, String> {
    if is_user_id(text) {
        Ok(text.to_owned())
    } else {
        Err("give an ID like U012AB3CD; headshot audit --all lists everybody's".to_owned())
    }
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
