//! Ctrl-C and SIGTERM: the first asks a run to end in good order, the second ends it at once.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::exit::Exit;
use crate::failure::Failure;

/// Whether this run has been asked to end. Clones ask the same question.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// From now on signals set the flag instead of ending the process; the second ends it with the status of
    /// [`Exit::Interrupted`].
    pub(crate) fn watch() -> Result<Interrupt, Failure> {
        let interrupt = Interrupt::default();
        let watch = |signal| -> io::Result<()> {
            let status = i32::from(Exit::Interrupted.status());
            // In this order: the first signal finds the flag down and raises it.
            flag::register_conditional_shutdown(signal, status, Arc::clone(&interrupt.0))?;
            flag::register(signal, Arc::clone(&interrupt.0))?;
            Ok(())
        };
        [SIGINT, SIGTERM]
            .into_iter()
            .try_for_each(watch)
            .map_err(|error| Failure::io("signals", "Ctrl-C cannot be watched for", &error))?;
        Ok(interrupt)
    }

    /// Whether what has not begun should be left alone.
    pub(crate) fn is_raised(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
