//! What becomes of the photo that is replaced or deleted: the same flags for both.

use clap::Args;

/// What is kept of the photo on the profile.
#[derive(Debug, Clone, Args)]
pub(crate) struct BackupArgs {
    // In --help and the manual, and not in -h, which has no room for them.
    /// Do not keep the photo that goes
    #[arg(long, hide_short_help = true)]
    pub(crate) no_backup: bool,
    /// Keep a smaller picture of it where the original cannot be fetched
    #[arg(long, hide_short_help = true, conflicts_with = "no_backup")]
    pub(crate) smaller_backup: bool,
    /// Avatars of headshot's own to keep for each person; other photos stay until backups removes them [default: 100]
    #[arg(
        long,
        value_name = "N",
        default_value_t = 100,
        hide_short_help = true,
        hide_default_value = true
    )]
    pub(crate) keep: usize,
}
