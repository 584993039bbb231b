//! Files: read once, written whole or not at all, locked, and compared by identity.

pub(crate) mod private;
pub(crate) mod state_folder;

pub(crate) use headshot_batch::files::{case, input, lock, log, reserved, write};
