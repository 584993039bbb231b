//! The arguments of `studio`.

use std::path::PathBuf;

use clap::Args;

use crate::args::SlackArgs;

/// Choose avatars by eye, on a page in your browser
#[derive(Debug, Args)]
#[command(
    override_usage = "headshot studio [OPTIONS] <PHOTO | FOLDER -o OUT | --manifest CSV>",
    after_help = "Examples: headshot studio me.jpg --emulator\n          \
        headshot studio people/ -o avatars/\n          \
        headshot studio --manifest people.csv\n\
    studio runs until Ctrl-C, or until you click Done. Only this machine can\n\
    open the page, and only at the address that is printed. What you choose for many\n\
    photos is saved immediately, in OUT/.headshot or next to the CSV, and normalize\n\
    and set --manifest follow it."
)]
pub(crate) struct StudioArgs {
    /// The photo, or a folder of photos
    #[arg(value_name = "PHOTO", required_unless_present = "manifest")]
    pub(crate) photo: Option<PathBuf>,
    /// File that Save writes, or folder for the avatars
    #[arg(
        short,
        long = "output",
        value_name = "OUT",
        conflicts_with = "manifest"
    )]
    pub(crate) output: Option<PathBuf>,
    /// Choose for the photos of a manifest
    #[arg(long, value_name = "CSV", conflicts_with = "photo")]
    pub(crate) manifest: Option<PathBuf>,
    /// Port of 127.0.0.1 to listen on [default: a free one]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(crate) port: u16,
    /// Print the address; do not open a browser
    #[arg(long)]
    pub(crate) no_open: bool,
    #[command(flatten)]
    pub(crate) slack: SlackArgs,
}
