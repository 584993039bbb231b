//! The other side of the race: sharp, in a Node process that times its own calls.

use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::peer::{Peer, absolute};

const VERSION: &str = "0.35";

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/sharp.js");

/// Installs sharp under `folder`, unless it is there, and starts it with one thread.
///
/// # Errors
///
/// It is not available here, in words for the report.
pub fn start(folder: &Path) -> Result<Peer, String> {
    if !folder.join("node_modules/sharp").exists() {
        std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
        let sharp = format!("sharp@{VERSION}");
        let installed = Command::new("npm")
            .args(["install", "--no-save", "--silent", "--prefix", ".", &sharp])
            .current_dir(folder)
            .status();
        if !installed.is_ok_and(|status| status.success()) {
            return Err("npm could not install sharp".to_owned());
        }
    }
    Peer::start(
        Command::new("node")
            .arg(SCRIPT)
            .env("NODE_PATH", absolute(&folder.join("node_modules"))),
    )
}

/// sharp, for animations.
pub struct Sharp {
    peer: Peer,
    /// Its name and version.
    pub version: String,
}

impl Sharp {
    /// Installs sharp under `folder`, unless it is there, and starts it.
    pub fn start(folder: &Path) -> Sharp {
        let peer = start(folder).expect("the race needs sharp");
        let version = peer.version.clone();
        Sharp { peer, version }
    }

    /// Contains the GIF at `from` in a square and writes it to `to`. Milliseconds, without reading and writing.
    pub fn contain(&mut self, from: &Path, to: &Path, side: u32) -> f64 {
        let order = json!({
            "from": absolute(from), "to": absolute(to), "side": side, "fit": "contain", "format": "gif",
        });
        self.peer.time(&order).expect("sharp makes every GIF").ms
    }
}
