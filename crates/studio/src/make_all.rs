//! *Make all*: the choices that are still open are made, and then the avatars.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use axum::http::StatusCode;
use headshot_batch::choices::Chosen;
use headshot_batch::{Failure, Hash};

use crate::answer::Refusal;
use crate::read;
use crate::settings::{Photo, Work};
use crate::studio::Studio;

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
        studio
            .making
            .end(ended.unwrap_or_else(|failure| match failure.hint {
                Some(hint) => format!("{}: {hint}", failure.message),
                None => failure.message,
            }));
    });
    Ok(())
}

fn run(studio: &Studio) -> Result<String, Failure> {
    let Work::Folder { make, .. } = &studio.settings.work else {
        return Err(Failure::new("internal", "there is no output folder"));
    };
    accept_defaults(studio)?;
    make(&studio.ended, &mut |done| studio.making.tell(done))
}

/// What you see is what you get, now and in every later run: so what the grid shows for photos without a choice becomes one.
fn accept_defaults(studio: &Studio) -> Result<(), Failure> {
    let mut chosen = Vec::new();
    for (id, photo) in studio.settings.photos.iter().enumerate() {
        if studio.is_over() {
            return Ok(());
        }
        let is_chosen = studio.list.state().book.chosen(&photo.name).is_some();
        if !is_chosen && let Some(hash) = hash(studio, id, photo) {
            let choice = photo.default.clone();
            let name = photo.name.clone();
            chosen.push((
                name,
                Chosen {
                    photo: hash,
                    choice,
                },
            ));
        }
    }
    let mut state = studio.list.state();
    let changed = state.book.fill(&chosen)?;
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
            let read = read::read(&photo.path, photo.options.limits.bytes).ok()?;
            Some(read.hash)
        }
    }
}
