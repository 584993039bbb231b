//! *Make all*: makes the avatars that the page shows, and what was shown without a choice becomes one.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use headshot_batch::choices::Chosen;
use headshot_batch::{Failure, Hash};

use crate::answer::Refusal;
use crate::book::Accepted;
use crate::read;
use crate::settings::{Made, Photo, Work};
use crate::studio::Studio;

/// How often what was made becomes a choice, during a run: each time the whole file is written.
const ACCEPT: Duration = Duration::from_secs(2);

/// Begins a run, unless there is one.
pub(crate) fn begin(studio: &Arc<Studio>) -> Result<(), Refusal> {
    let Work::Folder { .. } = studio.settings.work else {
        let message = "there is no output folder to make avatars in";
        return Err(Refusal::new(StatusCode::NOT_FOUND, message, None));
    };
    if !studio.making.begin(studio.settings.photos.len()) {
        let message = "avatars are being made already";
        return Err(Refusal::new(StatusCode::CONFLICT, message, None));
    }
    let studio = Arc::clone(studio);
    thread::spawn(move || {
        let ended = catch_unwind(AssertUnwindSafe(|| run(&studio)));
        let ended = ended.unwrap_or_else(|_| Err(Failure::new("internal", "the run panicked")));
        studio.making.end(ended.unwrap_or_else(|failure| Made {
            message: match failure.hint {
                Some(hint) => format!("{}: {hint}", failure.message),
                None => failure.message,
            },
            is_stopped: false,
        }));
    });
    Ok(())
}

fn run(studio: &Studio) -> Result<Made, Failure> {
    let Work::Folder { make, .. } = &studio.settings.work else {
        return Err(Failure::new("internal", "there is no output folder"));
    };
    {
        let mut state = studio.list.state();
        let changed = state.book.look()?;
        state.touch_named(&changed, &studio.settings.photos);
    }
    let shown = defaults(studio);
    let (choices, _) = studio.list.state().book.with(&shown);
    let shown = shown.into_iter().map(|each| (each.name.clone(), each));
    let mut shown: HashMap<String, Accepted> = shown.collect();
    let (mut made, mut accepted) = (Vec::new(), Instant::now());
    let ended = make(&choices, &studio.ended, &mut |done| {
        if done.failure.is_none() {
            made.extend(shown.remove(&done.name));
        }
        studio.making.tell(done);
        // What is refused now is tried again at the end.
        if accepted.elapsed() > ACCEPT && accept(studio, &made).is_ok() {
            made.clear();
            accepted = Instant::now();
        }
    });
    let kept = accept(studio, &made);
    ended.and_then(|ended| kept.map(|()| ended))
}

/// What the grid shows for photos without a choice, or whose choice has lapsed.
fn defaults(studio: &Studio) -> Vec<Accepted> {
    let mut shown = Vec::new();
    for (id, photo) in studio.settings.photos.iter().enumerate() {
        if studio.is_over() {
            break;
        }
        let Some(hash) = hash(studio, id, photo) else {
            continue;
        };
        let lapsed = studio.list.state().book.chosen(&photo.name).cloned();
        if lapsed.as_ref().is_none_or(|chosen| chosen.photo != hash) {
            shown.push(Accepted {
                name: photo.name.clone(),
                lapsed,
                chosen: Chosen {
                    photo: hash,
                    choice: photo.default.clone(),
                },
            });
        }
    }
    shown
}

/// What you see is what you get, now and in every later run: so what was made as the grid shows it becomes the photo's choice. What
/// could not be made has none.
fn accept(studio: &Studio, made: &[Accepted]) -> Result<(), Failure> {
    let mut state = studio.list.state();
    let changed = state.book.fill(made)?;
    state.touch_named(&changed, &studio.settings.photos);
    Ok(())
}

/// The hash of a photo, if it can be read; the run reports those that cannot.
fn hash(studio: &Studio, id: usize, photo: &Photo) -> Option<Hash> {
    let known = studio
        .list
        .state()
        .known(id)
        .map(|known| (known.stamp, known.hash));
    match known {
        Some((stamp, hash)) if stamp.is_some() && stamp == read::Stamp::of(&photo.path) => hash,
        _ => {
            let read = read::read(photo).ok()?;
            Some(read.hash)
        }
    }
}
