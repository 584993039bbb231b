//! What becomes of the photo that is replaced or deleted: the same flags for both.

use clap::Args;

/// What is kept of the photo on the profile.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "The photo that goes")]
pub(crate) struct BackupArgs {
    /// Do not keep it
    #[arg(long)]
    pub(crate) no_backup: bool,
    /// Keep a smaller picture of it where the original cannot be had
    #[arg(long, conflicts_with = "no_backup")]
    pub(crate) smaller_backup: bool,
    /// Avatars that headshot made to keep for each person; other photos stay until backups removes them
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) keep: usize,
}
