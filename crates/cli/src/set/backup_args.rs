//! What becomes of the photo that is replaced or deleted: the same flags for both.

use clap::Args;

/// What is kept of the photo on the profile.
#[derive(Debug, Clone, Args)]
pub(crate) struct BackupArgs {
    // In --help and the manual, which shows only the long help of what is hidden from -h: that has no room for them.
    #[arg(
        long,
        hide_short_help = true,
        long_help = "Do not keep the photo that goes"
    )]
    pub(crate) no_backup: bool,
    #[arg(
        long,
        hide_short_help = true,
        conflicts_with = "no_backup",
        long_help = "Keep a smaller picture of it where the original cannot be had"
    )]
    pub(crate) smaller_backup: bool,
    #[arg(
        long,
        value_name = "N",
        default_value_t = 100,
        hide_short_help = true,
        hide_default_value = true,
        long_help = "Avatars of headshot's own to keep for each person; other photos stay until backups removes them [default: 100]"
    )]
    pub(crate) keep: usize,
}
