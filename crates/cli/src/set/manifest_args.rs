//! The flags of `set --manifest`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

/// What becomes of the photos of many people.
#[derive(Debug, Args)]
#[command(next_help_heading = "Many people (with --manifest)")]
pub(crate) struct ManifestArgs {
    /// Set the photos of many people, one for each row
    #[arg(long, value_name = "CSV",
        conflicts_with_all = ["photo", "preview", "emulator"])]
    pub(crate) manifest: Option<PathBuf>,
    /// Set them through SCIM with an administrator's token in --token-file (experimental)
    #[arg(
        long,
        value_name = "WAY",
        requires = "manifest",
        conflicts_with = "directory_token_file"
    )]
    pub(crate) via: Option<Via>,
    /// Address of SCIM [default: https://api.slack.com/scim/v2/]
    #[arg(long, value_name = "URL", requires = "via")]
    pub(crate) scim_base_url: Option<String>,
    /// Only ask Slack who owns the manifest's tokens and what they may do
    #[arg(long, requires = "manifest", conflicts_with_all = ["dry_run", "restore"])]
    pub(crate) check: bool,
    /// With --dry-run: ask Slack nothing, and run no programs
    #[arg(long, requires_all = ["manifest", "dry_run"])]
    pub(crate) offline: bool,
    /// Let the manifest name programs that print tokens, as cmd:PROGRAM ARG...
    #[arg(long, requires = "manifest", conflicts_with = "via")]
    pub(crate) allow_commands: bool,
    /// A token with users:read.email, for the column email
    #[arg(long, value_name = "FILE", requires = "manifest")]
    pub(crate) directory_token_file: Option<PathBuf>,
    /// The record of what was posted [default: CSV.headshot-journal]
    #[arg(long, value_name = "FILE", requires = "manifest")]
    pub(crate) journal: Option<PathBuf>,
    /// Ignore the choices for individual photos in CSV.choices.json
    #[arg(long, requires = "manifest")]
    pub(crate) no_choices: bool,
    /// Also replace photos that somebody has changed since they were set
    #[arg(long, requires = "manifest")]
    pub(crate) again: bool,
    /// Write the result of each row, as JSON Lines, or as CSV if FILE ends in .csv
    #[arg(long, value_name = "FILE", requires = "manifest")]
    pub(crate) report: Option<PathBuf>,
    /// Make a page of photos, avatars, people and outcomes, problems first
    #[arg(long, value_name = "PAGE", requires = "manifest")]
    pub(crate) sheet: Option<PathBuf>,
    /// The longest that Slack may make a call wait [default: 15m]
    #[arg(long, value_name = "TIME", requires = "manifest", value_parser = time)]
    pub(crate) max_wait: Option<Duration>,
    /// How long to watch a profile for a photo that may have been set [default: 30s, with --via scim 60s]
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) settle: Option<Duration>,
}

/// A way other than each person's own token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Via {
    Scim,
}

impl ManifestArgs {
    /// The longest that Slack may make a call wait.
    pub(crate) fn max_wait(&self) -> Duration {
        self.max_wait.unwrap_or(Duration::from_secs(15 * 60))
    }

    /// How long a photo that may have been set may take to show.
    pub(crate) fn settle(&self) -> Duration {
        let usual = match self.via {
            Some(Via::Scim) => 60,
            None => 30,
        };
        self.settle.unwrap_or(Duration::from_secs(usual))
    }

    /// The first flag that is for manifests only, if one is given.
    pub(crate) fn first(&self) -> Option<&'static str> {
        let flags = [
            ("--via", self.via.is_some()),
            ("--scim-base-url", self.scim_base_url.is_some()),
            ("--check", self.check),
            ("--offline", self.offline),
            ("--allow-commands", self.allow_commands),
            (
                "--directory-token-file",
                self.directory_token_file.is_some(),
            ),
            ("--journal", self.journal.is_some()),
            ("--no-choices", self.no_choices),
            ("--again", self.again),
            ("--report", self.report.is_some()),
            ("--sheet", self.sheet.is_some()),
            ("--max-wait", self.max_wait.is_some()),
        ];
        flags
            .iter()
            .find(|(_, given)| *given)
            .map(|(name, _)| *name)
    }
}

/// `30s`, `15m`, `2h`, or `0s`.
pub(crate) fn time(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(['s', 'm', 'h']);
    let unit = match &text[digits.len()..] {
        "s" => Some(1),
        "m" => Some(60),
        "h" => Some(3600),
        _ => None,
    };
    let seconds = digits.parse::<u32>().ok().zip(unit);
    let time = seconds.map(|(number, unit)| Duration::from_secs(u64::from(number) * unit));
    time.ok_or_else(|| "a time is needed, as in 30s, 15m or 2h".to_owned())
}
