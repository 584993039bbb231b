//! Output: safe text, failures, records, the exit status.

pub(crate) mod console;
pub(crate) mod date;
pub(crate) mod exit;
pub(crate) mod interrupt;
pub(crate) mod opener;
pub(crate) mod plain_text;
pub(crate) mod quoted;

pub(crate) use headshot_batch::{escape, failure, record};
