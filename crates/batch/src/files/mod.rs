//! Files: read once, written whole or not at all, locked, and told apart by what they are to the system.

pub mod case;
pub mod input;
pub mod lock;
pub mod log;
pub mod reserved;
pub mod write;
