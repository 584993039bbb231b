//! What this program says about its own command line: usage, help, completions, the manual.

pub(crate) mod command;
pub(crate) mod completions;
mod definition;
mod exit_status;
pub(crate) mod man;
mod mistakes;
mod parser_error;
pub(crate) mod usage;
