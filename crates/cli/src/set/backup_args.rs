//! What happens to the photo that is replaced or deleted: the same flags for both.

use clap::Args;

/// How the photo on the profile is kept.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "The old photo")]
pub(crate) struct BackupArgs {
    /// Do not keep it
    #[arg(long)]
    pub(crate) no_backup: bool,
    /// Keep a smaller picture of it if the original cannot be fetched
    #[arg(long, conflicts_with = "no_backup")]
    pub(crate) smaller_backup: bool,
    /// How many of headshot's own avatars to keep per person; other photos stay until you remove them
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) keep: usize,
}
