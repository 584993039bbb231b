//! The arguments of `normalize` that matter only for many photos.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::photo::{number, size};
use headshot_batch::Collisions;

/// How a batch is run.
#[derive(Debug, Args)]
#[command(next_help_heading = "Many photos")]
pub(crate) struct BatchArgs {
    /// Read photos and folders from a list, one per line or separated by NUL
    #[arg(long, value_name = "LIST")]
    pub(crate) from_file: Option<PathBuf>,
    /// Walk hidden files and folders as well
    #[arg(long)]
    pub(crate) hidden: bool,
    /// Follow symbolic links within folders
    #[arg(long)]
    pub(crate) follow_links: bool,
    /// Avatars with the same name: refuse or suffix (-2) [default: refuse]
    #[arg(
        long,
        value_name = "WHAT",
        default_value = "refuse",
        hide_default_value = true,
        hide_possible_values = true
    )]
    pub(crate) collisions: CollisionsArg,
    /// Photos at once [default: one per core]
    #[arg(long, value_name = "N", value_parser = jobs)]
    pub(crate) jobs: Option<NonZeroUsize>,
    /// Memory for photos in progress, as in 800M [default: RAM / 4]
    #[arg(long, value_name = "SIZE", value_parser = size::parse)]
    pub(crate) memory: Option<u64>,
    /// Make each avatar in its own process, with this memory at most
    #[arg(long, value_name = "SIZE", value_parser = size::parse, num_args = 0..=1, require_equals = true)]
    pub(crate) isolate: Option<Option<u64>>,
    /// Make every avatar again, even if nothing has changed
    #[arg(long)]
    pub(crate) force: bool,
    /// Replace files in OUT that headshot did not make
    #[arg(long, conflicts_with = "no_clobber")]
    pub(crate) overwrite: bool,
    /// Remove avatars whose photos are gone
    #[arg(long)]
    pub(crate) prune: bool,
    /// Remove none if it would be more than this [default: half of all avatars, at least 10, at most 100]
    #[arg(long, value_name = "N", requires = "prune", value_parser = number::whole::<usize>(0, u64::MAX, "avatars"))]
    pub(crate) max_delete: Option<usize>,
    /// Ignore the choices for individual photos
    #[arg(long)]
    pub(crate) no_choices: bool,
    /// Say what would be done; write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Write a JSON object per photo to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Make a web page of the photos, before and after
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    pub(crate) sheet: Option<PathBuf>,
    /// Print nothing but failures
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// Also name the files that are skipped, and say why
    #[arg(short, long, conflicts_with = "quiet")]
    pub(crate) verbose: bool,
}

impl BatchArgs {
    /// The flags that are given and do nothing for a single avatar.
    pub(crate) fn for_folders(&self) -> Vec<&'static str> {
        let flags = [
            ("--hidden", self.hidden),
            ("--follow-links", self.follow_links),
            ("--collisions", self.collisions != CollisionsArg::Refuse),
            ("--jobs", self.jobs.is_some()),
            ("--memory", self.memory.is_some()),
            ("--force", self.force),
            ("--overwrite", self.overwrite),
            ("--prune", self.prune),
            ("--max-delete", self.max_delete.is_some()),
            ("--no-choices", self.no_choices),
            ("--verbose", self.verbose),
        ];
        let given = flags.into_iter().filter(|(_, given)| *given);
        given.map(|(flag, _)| flag).collect()
    }
}

fn jobs(text: &str) -> Result<NonZeroUsize, String> {
    let wrong = "give a whole number of photos, at least 1, or leave it out for one per core";
    text.parse().map_err(|_| wrong.to_owned())
}

/// What happens to photos whose avatars would have the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CollisionsArg {
    Refuse,
    Suffix,
}

impl From<CollisionsArg> for Collisions {
    fn from(asked: CollisionsArg) -> Collisions {
        match asked {
            CollisionsArg::Refuse => Collisions::Refuse,
            CollisionsArg::Suffix => Collisions::Suffix,
        }
    }
}
