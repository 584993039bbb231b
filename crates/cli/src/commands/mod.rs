//! One file a command: what each does, from its arguments to its exit status.

pub(crate) mod audit;
pub(crate) mod backups;
pub(crate) mod completions;
pub(crate) mod delete;
pub(crate) mod emulator;
pub(crate) mod inspect;
pub(crate) mod man;
pub(crate) mod normalize;
pub(crate) mod profile;
pub(crate) mod profile_set;
pub(crate) mod set;
