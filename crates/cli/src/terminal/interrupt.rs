//! Ctrl-C, SIGTERM and SIGHUP: the first asks a run to end in good order, the second ends it at once.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[cfg(unix)]
use signal_hook::consts::SIGHUP;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::terminal::exit::Exit;
use crate::terminal::failure::Failure;

/// The kind of failure if a run ended because of a signal.
pub(crate) const INTERRUPTED: &str = "interrupted";

/// Whether this run has been asked to end. Clones ask the same question.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// From now on signals set the flag instead of ending the process; the second ends it with the status of
    /// [`Exit::Interrupted`]. A SIGHUP never counts as the second: when a terminal is closed, both it and the shell may send one.
    /// Under `nohup` it stays ignored.
    pub(crate) fn watch() -> Result<Interrupt, Failure> {
        let interrupt = Interrupt::default();
        let watch = |signal| -> io::Result<()> {
            let status = i32::from(Exit::Interrupted.status());
            // In this order: the first signal finds the flag down and raises it.
            flag::register_conditional_shutdown(signal, status, Arc::clone(&interrupt.0))?;
            flag::register(signal, Arc::clone(&interrupt.0))?;
            Ok(())
        };
        let watched = [SIGINT, SIGTERM].into_iter().try_for_each(watch);
        #[cfg(unix)]
        let watched = watched.and_then(|()| match ignores(SIGHUP) {
            Some(false) => flag::register(SIGHUP, Arc::clone(&interrupt.0)).map(drop),
            _ => Ok(()),
        });
        watched.map_err(|error| Failure::io("signals", "cannot listen for Ctrl-C", &error))?;
        Ok(interrupt)
    }

    /// What a signal sets.
    pub(crate) fn flag(&self) -> &AtomicBool {
        &self.0
    }

    /// Whether work that has not begun should be left alone.
    pub(crate) fn is_raised(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Whether this process was started so that it ignores a signal; `None` if the system does not tell.
#[cfg(unix)]
fn ignores(signal: i32) -> Option<bool> {
    is_in_ignored(signal, &std::fs::read_to_string("/proc/self/status").ok()?)
}

/// Reads the mask of ignored signals from what `/proc/PID/status` says (proc(5)): bit 0 is signal 1.
#[cfg(unix)]
fn is_in_ignored(signal: i32, status: &str) -> Option<bool> {
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))?;
    let mask = u64::from_str_radix(mask.trim(), 16).ok()?;
    let bit = u32::try_from(signal).ok()?.checked_sub(1)?;
    Some(mask.checked_shr(bit)? & 1 == 1)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_mask_of_ignored_signals_is_read_bit_by_bit() {
        let status =
            |mask: &str| format!("Name:\theadshot\nSigBlk:\t0000000000000001\nSigIgn:\t{mask}\n");
        let ignored = |signal, mask: &str| is_in_ignored(signal, &status(mask));
        assert_eq!(ignored(SIGHUP, "0000000000000001"), Some(true));
        assert_eq!(ignored(SIGHUP, "0000000000001000"), Some(false));
        assert_eq!(ignored(13, "0000000000001000"), Some(true));
        assert_eq!(ignored(64, "8000000000000000"), Some(true));
        assert_eq!(ignored(SIGHUP, "nonsense"), None);
        assert_eq!(is_in_ignored(SIGHUP, "Name:\theadshot\n"), None);
    }
}
