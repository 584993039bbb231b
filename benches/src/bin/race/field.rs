//! Who races: ourselves, and every peer that could be installed.

use std::path::Path;

use headshot_bench::peer::{Peer, Still, Took};
use headshot_bench::python::Python;
use headshot_bench::{ours, sharp};
use serde_json::json;

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
    /// Pillow, `ImageOps.fit`.
    Pillow,
}

impl Runner {
    /// All of them, ourselves first.
    pub(crate) const ALL: [Runner; 5] = [
        Runner::Ours,
        Runner::Sharp,
        Runner::SharpWhole,
        Runner::Pyvips,
        Runner::Pillow,
    ];

    /// Its name in the tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Runner::Ours => "headshot",
            Runner::Sharp => "sharp",
            Runner::SharpWhole => "sharp, no shrink on load",
            Runner::Pyvips => "pyvips",
            Runner::Pillow => "Pillow",
        }
    }
}

/// All programs, started.
pub(crate) struct Field {
    ours: Peer,
    sharp: Option<Peer>,
    pyvips: Option<Peer>,
    pillow: Option<Peer>,
    /// What the programs call themselves, and which of them could not be had.
    pub(crate) versions: Vec<String>,
}

impl Field {
    /// Installs the peers in `folder`, unless they are there, and starts everyone.
    pub(crate) fn gather(folder: &Path, python: &Python) -> Field {
        let mut versions = Vec::new();
        let mut note = |name: &str, peer: Result<Peer, String>| match peer {
            Ok(peer) => {
                versions.push(peer.version.clone());
                Some(peer)
            }
            Err(error) => {
                versions.push(format!("{name} is MISSING ({error})"));
                None
            }
        };
        Field {
            ours: note("headshot", ours::start()).expect("this program runs again"),
            sharp: note("sharp", sharp::start(&folder.join("sharp"))),
            pyvips: note("pyvips", python.peer("pyvips")),
            pillow: note("Pillow", python.peer("pillow")),
            versions,
        }
    }

    /// Has one of them make an avatar; `None` for a peer that is missing.
    pub(crate) fn run(&mut self, runner: Runner, still: &Still) -> Option<Took> {
        let mut order = still.order();
        let peer = match runner {
            Runner::Ours => Some(&mut self.ours),
            Runner::Sharp => self.sharp.as_mut(),
            Runner::SharpWhole => {
                order["shrink"] = json!(false);
                self.sharp.as_mut()
            }
            Runner::Pyvips => self.pyvips.as_mut(),
            Runner::Pillow => self.pillow.as_mut(),
        }?;
        let took = peer.time(&order);
        Some(took.unwrap_or_else(|error| {
            panic!("{} on {}: {error}", runner.name(), still.from.display())
        }))
    }
}
