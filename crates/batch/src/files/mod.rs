//! Files: read once, written whole or not at all, locked, and identified as the system does.

pub mod case;
pub mod input;
pub mod lock;
pub mod log;
pub mod reserved;
pub mod write;
