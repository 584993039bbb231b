//! Who races: headshot, and every peer that could be installed.

use std::path::{Path, PathBuf};

use headshot_bench::peer::{Peer, Still, Took};
use headshot_bench::python::Python;
use headshot_bench::{ours, sharp};
use serde_json::{Value, json};

pub(crate) const QUALITY: u8 = 80;

/// One who races: a column of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Runner {
    /// headshot.
    Ours,
    /// sharp at its defaults: it shrinks on load.
    Sharp,
    /// sharp without shrinking on load.
    SharpWhole,
    /// pyvips, `thumbnail_buffer`.
    Pyvips,
    /// Pillow, `ImageOps.fit` or `pad`.
    Pillow,
    /// `image` and `fast_image_resize`, the crates that the project was asked to build on.
    Crates,
}

impl Runner {
    /// All of them, headshot first.
    pub(crate) const ALL: [Runner; 6] = [
        Runner::Ours,
        Runner::Sharp,
        Runner::SharpWhole,
        Runner::Pyvips,
        Runner::Pillow,
        Runner::Crates,
    ];

    /// Its order for a still.
    pub(crate) fn order(self, still: &Still) -> Value {
        let mut order = still.order();
        if self == Runner::SharpWhole {
            order["shrink"] = json!(false);
        }
        if self == Runner::Crates {
            order["with"] = json!(ours::CRATES);
        }
        order
    }

    /// Its name in the tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Runner::Ours => "headshot",
            Runner::Sharp => "sharp",
            Runner::SharpWhole => "sharp, no shrink on load",
            Runner::Pyvips => "pyvips",
            Runner::Pillow => "Pillow",
            Runner::Crates => "image, fast_image_resize",
        }
    }
}

/// All programs, started.
pub(crate) struct Field<'a> {
    folder: PathBuf,
    python: &'a Python,
    /// In the order of [`Runner::ALL`]; `None` for a missing one.
    peers: [Option<Peer>; 6],
    /// The names and versions of the programs, and which of them are missing.
    pub(crate) versions: Vec<String>,
}

impl Field<'_> {
    /// Installs the peers in `folder`, unless they are there, and starts everyone.
    pub(crate) fn gather<'a>(folder: &Path, python: &'a Python) -> Field<'a> {
        let folder = folder.to_owned();
        let mut versions = Vec::new();
        let peers = Runner::ALL.map(|runner| {
            let peer = start(runner, &folder, python);
            if !matches!(runner, Runner::SharpWhole | Runner::Crates) {
                versions.push(match &peer {
                    Ok(peer) => peer.version.clone(),
                    Err(error) => format!("{} is MISSING ({error})", runner.name()),
                });
            }
            peer.ok()
        });
        Field {
            folder,
            python,
            peers,
            versions,
        }
    }

    /// Has one of them make an avatar; `None` for a peer that is missing.
    pub(crate) fn run(&mut self, runner: Runner, still: &Still) -> Option<Took> {
        let took = self.peers[runner as usize]
            .as_mut()?
            .time(&runner.order(still));
        Some(took.unwrap_or_else(|error| {
            panic!("{} on {}: {error}", runner.name(), still.from.display())
        }))
    }

    /// A new process of it; `None` for a missing peer.
    pub(crate) fn fresh(&self, runner: Runner) -> Option<Peer> {
        self.peers[runner as usize].as_ref()?;
        start(runner, &self.folder, self.python).ok()
    }
}

fn start(runner: Runner, folder: &Path, python: &Python) -> Result<Peer, String> {
    match runner {
        Runner::Ours | Runner::Crates => ours::start(),
        Runner::Sharp | Runner::SharpWhole => sharp::start(&folder.join("sharp")),
        Runner::Pyvips => python.peer("pyvips"),
        Runner::Pillow => python.peer("pillow"),
    }
}
