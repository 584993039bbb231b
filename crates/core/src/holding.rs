//! A photo that is held between one avatar and the next: its file, its pixels, and what was seen in it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use crate::clock::Clock;
use crate::codec::Codec;
use crate::decoded::Decoded;
use crate::error::Error;
use crate::held::{Held, Wanted};
use crate::info::Info;
use crate::options::{Damaged, Options};
use crate::plan::Plan;
use crate::seen::{Looked, Seen};

/// Holds what the last avatar was made from, and nothing older.
pub(crate) struct Holding {
    pub(crate) photo: Bytes,
    pixels: Mutex<Held<'static>>,
    seen: Mutex<Option<(Looked, Seen)>>,
}

impl Holding {
    pub(crate) fn new(photo: Bytes) -> Holding {
        Holding {
            photo,
            pixels: Mutex::new(Held::new(true)),
            seen: Mutex::default(),
        }
    }

    /// The plan's crop from what is held, for one user at a time. If that does not serve the plan, something is held that does; `None` if
    /// nothing does.
    pub(crate) fn resized(
        &self,
        codec: &Codec,
        info: &Info,
        plan: &Plan,
        options: &Options,
        clock: &Clock,
    ) -> Result<Option<Decoded>, Error> {
        let photo = &self.photo;
        let mut held = unpoisoned(&self.pixels);
        let made = held.resized(photo, info, plan, options, clock)?;
        if made.is_some() || 4 * info.size.area() > options.limits.memory {
            return Ok(made);
        }
        // Damage is reported each time.
        let strict = Options {
            damaged: Damaged::Refuse,
            ..options.clone()
        };
        // A crop may be sound although the photo is not; otherwise decoding the crop has the same error.
        let make = (codec.hold)(photo, info, plan, &strict, clock, Wanted::Quickest);
        held.keep(make.unwrap_or_default());
        held.resized(photo, info, plan, options, clock)
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
