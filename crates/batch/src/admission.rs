//! Decides which photo may go on: photos begin in order, only so far ahead of the last finished one, and only while their
//! memory fits the budget.

use std::collections::BTreeSet;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// The admission of one batch.
pub(crate) struct Admission {
    budget: u64,
    /// How many photos may be in progress or waiting to be reported.
    window: usize,
    count: usize,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// The next photo to begin.
    next: usize,
    /// The first photo that is not finished.
    finished: usize,
    /// Bytes that are admitted.
    used: u64,
    /// Photos that wait for memory.
    waiting: BTreeSet<usize>,
    stopped: bool,
}

/// Memory that is admitted, until this is dropped.
pub(crate) struct Admitted<'a> {
    admission: &'a Admission,
    bytes: u64,
}

impl Admission {
    /// For `count` photos, with a budget of bytes.
    pub(crate) fn new(count: usize, window: usize, budget: u64) -> Admission {
        Admission {
            budget,
            window,
            count,
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// The number of the next photo to begin, once it may; `None` if there is none, or no more may begin.
    pub(crate) fn next(&self) -> Option<usize> {
        let mut state = self.lock();
        while !state.stopped
            && state.next < self.count
            && state.next >= state.finished + self.window
        {
            state = self.wait(state);
        }
        if state.stopped || state.next == self.count {
            return None;
        }
        state.next += 1;
        Some(state.next - 1)
    }

    /// Waits until this many bytes fit, or nothing else is in progress: a photo larger than the whole budget goes alone.
    /// Photos that began first go first. `None` if no more may begin.
    pub(crate) fn admit(&self, photo: usize, bytes: u64) -> Option<Admitted<'_>> {
        let mut state = self.lock();
        state.waiting.insert(photo);
        loop {
            let fits = state.used == 0 || state.used.saturating_add(bytes) <= self.budget;
            let is_first = state.waiting.first() == Some(&photo);
            if state.stopped || (fits && is_first) {
                break;
            }
            state = self.wait(state);
        }
        state.waiting.remove(&photo);
        self.changed.notify_all();
        if state.stopped {
            return None;
        }
        state.used += bytes;
        Some(Admitted {
            admission: self,
            bytes,
        })
    }

    /// The photos before this one are finished.
    pub(crate) fn finished(&self, photo: usize) {
        self.lock().finished = photo;
        self.changed.notify_all();
    }

    /// Lets nothing more begin.
    pub(crate) fn stop(&self) {
        self.lock().stopped = true;
        self.changed.notify_all();
    }

    // A panic elsewhere leaves counters that are still valid.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.changed
            .wait(state)
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Admitted<'_> {
    fn drop(&mut self) {
        self.admission.lock().used -= self.bytes;
        self.admission.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;

    use super::*;

    #[test]
    fn photos_begin_in_order_within_the_window() {
        let admission = Admission::new(5, 2, 100);
        assert_eq!((admission.next(), admission.next()), (Some(0), Some(1)));
        thread::scope(|scope| {
            let third = scope.spawn(|| admission.next());
            admission.finished(1);
            assert_eq!(third.join().unwrap(), Some(2));
        });
        admission.finished(3);
        assert_eq!((admission.next(), admission.next()), (Some(3), Some(4)));
        assert_eq!(admission.next(), None);
    }

    #[test]
    fn the_budget_holds_and_a_giant_goes_alone_and_in_turn() {
        let admission = Admission::new(9, 9, 100);
        let first = admission.admit(0, 60).unwrap();
        let second = admission.admit(1, 40).unwrap();
        let (send, receive) = mpsc::channel();
        thread::scope(|scope| {
            for (photo, bytes) in [(2, 1000), (3, 1)] {
                let (send, admission) = (send.clone(), &admission);
                scope.spawn(move || {
                    let admitted = admission.admit(photo, bytes).unwrap();
                    send.send(photo).unwrap();
                    drop(admitted);
                });
                while !admission.lock().waiting.contains(&photo) {
                    thread::yield_now();
                }
            }
            // The small one would fit, and waits behind the giant.
            drop(second);
            assert!(receive.try_recv().is_err());
            drop(first);
        });
        assert_eq!(receive.try_iter().collect::<Vec<_>>(), [2, 3]);
        assert_eq!(admission.lock().used, 0);
    }

    #[test]
    fn a_stop_lets_everybody_go() {
        let admission = Admission::new(9, 1, 100);
        let _all = admission.admit(0, 100).unwrap();
        assert_eq!(admission.next(), Some(0));
        thread::scope(|scope| {
            let waiting = scope.spawn(|| admission.admit(1, 1).is_none());
            let next = scope.spawn(|| admission.next());
            admission.stop();
            assert!(waiting.join().unwrap());
            assert_eq!(next.join().unwrap(), None);
        });
    }
}
