//! Files: read once, written whole or not at all, locked, and told apart by what they are to the system.

pub(crate) mod case;
pub(crate) mod input;
pub(crate) mod lock;
pub(crate) mod log;
pub(crate) mod private;
pub(crate) mod reserved;
pub(crate) mod write;
