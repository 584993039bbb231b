//! A photo that is held between one avatar and the next: its file, its pixels, and what was seen in it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use crate::seen::{Looked, Seen};
use crate::whole::Whole;

/// Holds what the last avatar was made from, and nothing older.
pub(crate) struct Holding {
    pub(crate) photo: Bytes,
    pixels: Mutex<Option<Whole>>,
    seen: Mutex<Option<(Looked, Seen)>>,
}

impl Holding {
    pub(crate) fn new(photo: Bytes) -> Holding {
        Holding {
            photo,
            pixels: Mutex::default(),
            seen: Mutex::default(),
        }
    }

    /// The pixels, for one user at a time.
    pub(crate) fn pixels(&self) -> MutexGuard<'_, Option<Whole>> {
        unpoisoned(&self.pixels)
    }

    /// What an equal look has shown.
    pub(crate) fn seen(&self, looked: &Looked) -> Option<Seen> {
        let seen = unpoisoned(&self.seen);
        let (how, seen) = seen.as_ref()?;
        (how == looked).then(|| seen.clone())
    }

    pub(crate) fn saw(&self, looked: Looked, seen: &Seen) {
        *unpoisoned(&self.seen) = Some((looked, seen.clone()));
    }
}

/// A thread that panicked has put nothing half-made there.
fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
