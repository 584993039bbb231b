//! What this program says of its own command line: usage, completions, the manual.

pub(crate) mod completions;
pub(crate) mod man;
pub(crate) mod usage;
