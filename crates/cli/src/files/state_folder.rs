//! Where headshot remembers things between runs.

use std::env;
use std::path::PathBuf;

use crate::terminal::failure::Failure;

/// `$HEADSHOT_STATE`, else `$XDG_STATE_HOME/headshot`, else `~/.local/state/headshot`. Makes nothing.
pub(crate) fn folder() -> Result<PathBuf, Failure> {
    let named = |name| env::var_os(name).filter(|value| !value.is_empty());
    if let Some(folder) = named("HEADSHOT_STATE") {
        return Ok(folder.into());
    }
    // The XDG specification has relative paths ignored.
    let state = named("XDG_STATE_HOME").map(PathBuf::from);
    let state = state.filter(|state| state.is_absolute());
    let home = || Some(env::home_dir()?.join(".local/state"));
    match state.or_else(home) {
        Some(state) => Ok(state.join("headshot")),
        None => Err(Failure::new(
            "state",
            "there is no home folder to keep notes and backups in",
        )
        .with_hint("name a folder in HEADSHOT_STATE")),
    }
}
