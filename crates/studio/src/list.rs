//! The list of photos as the page sees it: what is known about each, and what has changed since it last asked.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use headshot_batch::choices::LAPSED;
use serde_json::{Value, json};

use crate::book::Book;
use crate::known::Known;
use crate::settings::Photo;

/// The photos, in the order of their numbers.
pub(crate) struct List {
    state: Mutex<State>,
    /// Told when something is changed, or a request has ended.
    changed: Condvar,
}

pub(crate) struct State {
    /// How often anything was changed.
    seq: u64,
    entries: Vec<Entry>,
    /// What is chosen.
    pub(crate) book: Book,
    /// Requests that the user is waiting for: background checks pause meanwhile.
    waiting: usize,
}

#[derive(Default)]
struct Entry {
    /// When it was changed last.
    seq: u64,
    known: Option<Known>,
}

impl List {
    pub(crate) fn new(count: usize, book: Book) -> List {
        let entry = || Entry {
            seq: 1,
            known: None,
        };
        List {
            state: Mutex::new(State {
                seq: 1,
                entries: (0..count).map(|_| entry()).collect(),
                book,
                waiting: 0,
            }),
            changed: Condvar::new(),
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a request that the user is waiting for, until the result is dropped.
    pub(crate) fn wait(&self) -> Waiting<'_> {
        self.state().waiting += 1;
        Waiting(self)
    }

    /// Waits until no request is waited for, but no longer than this. Returns whether that is so.
    pub(crate) fn is_idle_within(&self, time: Duration) -> bool {
        let is_busy = |state: &mut State| state.waiting > 0;
        let waited = self.changed.wait_timeout_while(self.state(), time, is_busy);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.waiting == 0
    }
}

/// See [`List::wait`].
pub(crate) struct Waiting<'a>(&'a List);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.state().waiting -= 1;
        self.0.changed.notify_all();
    }
}

impl State {
    /// Notes what a check found about a photo.
    pub(crate) fn saw(&mut self, id: usize, known: Known) {
        if let Some(entry) = self.entries.get_mut(id) {
            entry.known = Some(known);
            self.touch(id);
        }
    }

    pub(crate) fn known(&self, id: usize) -> Option<&Known> {
        self.entries.get(id)?.known.as_ref()
    }

    /// Forgets what is known about a photo, because its file has changed: it is checked again.
    pub(crate) fn forget(&mut self, id: usize) {
        if let Some(entry) = self.entries.get_mut(id)
            && entry.known.take().is_some()
        {
            self.touch(id);
        }
    }

    /// Notes that a photo must be reported again.
    pub(crate) fn touch(&mut self, id: usize) {
        self.seq += 1;
        let seq = self.seq;
        if let Some(entry) = self.entries.get_mut(id) {
            entry.seq = seq;
        }
    }

    /// Notes that the choices of these photos have changed.
    pub(crate) fn touch_named(&mut self, names: &[String], photos: &[Photo]) {
        for (id, photo) in photos.iter().enumerate() {
            if names.contains(&photo.name) {
                self.touch(id);
            }
        }
    }

    /// The first photo that has not been checked.
    pub(crate) fn next_unknown(&self) -> Option<usize> {
        self.entries.iter().position(|entry| entry.known.is_none())
    }

    /// The photos that were changed after `since`, or all.
    pub(crate) fn told(&self, photos: &[Photo], since: Option<u64>) -> Value {
        let looking = self.entries.iter().filter(|entry| entry.known.is_none());
        let entries = photos.iter().zip(&self.entries).enumerate();
        let told = entries
            .filter(|(_, (_, entry))| since.is_none_or(|since| entry.seq > since))
            .map(|(id, (photo, entry))| self.entry(id, photo, entry));
        json!({
            "seq": self.seq,
            "revision": self.book.revision(),
            "looking": looking.count(),
            "photos": told.collect::<Vec<_>>(),
        })
    }

    fn entry(&self, id: usize, photo: &Photo, entry: &Entry) -> Value {
        let known = entry.known.as_ref();
        let header = known.and_then(|known| known.header.as_ref());
        let hash = known.and_then(|known| known.hash);
        let chosen = self.book.chosen(&photo.name);
        let is_lapsed = chosen.is_some_and(|chosen| hash.is_some_and(|hash| hash != chosen.photo));
        json!({
            "id": id,
            "name": photo.name,
            "person": photo.person,
            "format": header.map(|header| &header.format),
            "width": header.map(|header| header.width),
            "height": header.map(|header| header.height),
            "bytes": header.map(|header| header.bytes),
            "frames": header.map(|header| header.frames),
            "problems": known.map_or(&[][..], |known| &known.problems),
            "message": known.and_then(|known| known.message.as_ref()),
            "faces": known.and_then(|known| known.faces),
            "choice": chosen.filter(|_| !is_lapsed).map(|chosen| &chosen.choice),
            "lapsed": is_lapsed.then_some(LAPSED),
        })
    }
}
