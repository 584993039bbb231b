//! What is printed, and what becomes of it: text made safe, failures, records, the exit status.

pub(crate) mod console;
pub(crate) mod date;
pub(crate) mod escape;
pub(crate) mod exit;
pub(crate) mod failure;
pub(crate) mod format;
pub(crate) mod interrupt;
pub(crate) mod plain_text;
pub(crate) mod record;
