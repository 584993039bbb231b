//! What calls run on.

use tokio::runtime::{Builder, Runtime};

use crate::terminal::failure::Failure;

/// A runtime for one thread, with network and time.
pub(crate) fn runtime() -> Result<Runtime, Failure> {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Failure::io("internal", "no network runtime", &error))
}
