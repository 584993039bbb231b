//! An open studio: its settings, and everything that is known and held.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use headshot_batch::choices::Choice;
use headshot_batch::{Failure, Hash};

use crate::book::Book;
use crate::known;
use crate::list::List;
use crate::making::Making;
use crate::open::{OpenPhoto, OpenPhotos};
use crate::read::Stamp;
use crate::settings::{Photo, Settings};
use crate::thumbs::Thumbs;

/// How often the background thread checks whether it should end.
const TICK: Duration = Duration::from_millis(100);

/// A studio.
pub(crate) struct Studio {
    pub(crate) settings: Settings,
    pub(crate) list: List,
    pub(crate) open: OpenPhotos,
    pub(crate) thumbs: Thumbs,
    pub(crate) making: Making,
    /// Whether it is over.
    pub(crate) ended: AtomicBool,
}

impl Studio {
    pub(crate) fn new(settings: Settings) -> Result<Studio, Failure> {
        let book = Book::open(settings.choices.clone())?;
        Ok(Studio {
            list: List::new(settings.photos.len(), book),
            open: OpenPhotos::default(),
            thumbs: Thumbs::default(),
            making: Making::default(),
            ended: AtomicBool::new(false),
            settings,
        })
    }

    /// Ends the studio, and with it the background thread.
    pub(crate) fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_over(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }

    pub(crate) fn photo(&self, id: usize) -> Option<&Photo> {
        self.settings.photos.get(id)
    }

    /// A photo as it is on disk now. If it has changed since it was checked, it will be checked again.
    pub(crate) fn open(&self, id: usize, photo: &Photo) -> Result<Arc<OpenPhoto>, Failure> {
        let opened = self.open.open(id, photo);
        let mut state = self.list.state();
        let known = state.known(id).map(|known| known.hash);
        let now = opened.as_ref().ok().map(|opened| opened.hash);
        if known.is_some_and(|known| known != now) {
            state.forget(id);
        }
        opened
    }

    /// Rechecks photos whose files have changed.
    pub(crate) fn notice_changes(&self) {
        let mut state = self.list.state();
        for (id, photo) in self.settings.photos.iter().enumerate() {
            let known = state.known(id).map(|known| known.stamp);
            if known.is_some_and(|known| known != Stamp::of(&photo.path)) {
                state.forget(id);
            }
        }
    }

    /// The choice for a photo with these bytes, if it has not lapsed.
    pub(crate) fn choice(&self, photo: &Photo, hash: Hash) -> Option<Choice> {
        let state = self.list.state();
        let chosen = state.book.chosen(&photo.name);
        let chosen = chosen.filter(|chosen| chosen.photo == hash);
        chosen.map(|chosen| chosen.choice.clone())
    }
}

/// Checks all photos, one after the other, while the user is not waiting for anything else.
pub(crate) fn look_at_all(studio: &Studio) {
    while !studio.is_over() {
        let next = studio.list.state().next_unknown();
        let Some(id) = next else {
            // Until one changes.
            thread::park_timeout(TICK);
            continue;
        };
        if !studio.list.is_idle_within(TICK) {
            continue;
        }
        let photo = &studio.settings.photos[id];
        let chosen = studio.list.state().book.chosen(&photo.name).cloned();
        let known = known::look(photo, chosen.as_ref().map(|chosen| &chosen.choice));
        studio.list.state().saw(id, known);
    }
}
