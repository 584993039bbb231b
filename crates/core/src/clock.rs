//! The processor time that a photo may take. The only file that knows the crate that measures it.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cpu_time::ThreadTime;

use crate::error::{Error, Limit};

/// The time of one photo, over all threads that work on it.
pub(crate) struct Time {
    max: Duration,
    /// In nanoseconds: what clocks have added.
    spent: AtomicU64,
}

/// Adds what its own thread spends. It stays on that thread.
pub(crate) struct Clock<'a> {
    time: &'a Time,
    since: Cell<ThreadTime>,
}

impl Time {
    pub(crate) fn new(max: Duration) -> Time {
        Time {
            max,
            spent: AtomicU64::new(0),
        }
    }

    /// A clock for this thread, from now on.
    pub(crate) fn clock(&self) -> Clock<'_> {
        Clock {
            time: self,
            since: Cell::new(ThreadTime::now()),
        }
    }
}

impl Clock<'_> {
    /// Adds what this thread has spent since the last time, and refuses more than the photo may take.
    ///
    /// It asks the system: call it for rows, not for pixels.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let now = ThreadTime::now();
        let lap = now
            .as_duration()
            .saturating_sub(self.since.replace(now).as_duration());
        let lap = u64::try_from(lap.as_nanos()).unwrap_or(u64::MAX);
        let spent = self.time.spent.fetch_add(lap, Ordering::Relaxed) + lap;
        if Duration::from_nanos(spent) < self.time.max {
            return Ok(());
        }
        Err(Error::Limit {
            which: Limit::Time,
            found: spent.div_ceil(1_000_000),
            max: u64::try_from(self.time.max.as_millis()).unwrap_or(u64::MAX),
        })
    }

    /// Forgets what this thread has spent since the last time, because other clocks have counted it.
    pub(crate) fn skip(&self) {
        self.since.set(ThreadTime::now());
    }

    /// The time that this clock adds to.
    pub(crate) fn time(&self) -> &Time {
        self.time
    }
}
