//! *Make all*: a run of the batch, and how far it is.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use axum::http::StatusCode;
use headshot_batch::choices::Chosen;
use headshot_batch::{Failure, Hash};
use serde_json::{Value, json};

use crate::answer::Refusal;
use crate::read;
use crate::settings::{Photo, Work};
use crate::studio::Studio;

/// How far the run is, or how the last one ended.
#[derive(Default)]
pub(crate) struct Making(Mutex<State>);

#[derive(Default)]
struct State {
    running: bool,
    done: usize,
    count: usize,
    failed: Vec<Value>,
    message: Option<String>,
}

impl Making {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn is_running(&self) -> bool {
        self.state().running
    }

    pub(crate) fn told(&self) -> Value {
        let state = self.state();
        json!({
            "running": state.running,
            "done": state.done,
            "count": state.count,
            "failed": state.failed,
            "message": state.message,
        })
    }
}

/// Begins a run, unless there is one.
pub(crate) fn begin(studio: &Arc<Studio>) -> Result<(), Refusal> {
    let Work::Folder { .. } = studio.settings.work else {
        let message = "there is no output folder to make avatars in";
        return Err(Refusal::new(StatusCode::NOT_FOUND, message, None));
    };
    {
        let mut state = studio.making.state();
        if state.running {
            let message = "avatars are being made already";
            return Err(Refusal::new(StatusCode::CONFLICT, message, None));
        }
        *state = State {
            running: true,
            count: studio.settings.photos.len(),
            ..State::default()
        };
    }
    let studio = Arc::clone(studio);
    thread::spawn(move || {
        let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(&studio)));
        let ended = ended.unwrap_or_else(|_| Err(Failure::new("internal", "the run panicked")));
        let mut state = studio.making.state();
        state.running = false;
        state.message = Some(ended.unwrap_or_else(|failure| {
            let hint = failure.hint.map(|hint| format!("; {hint}"));
            format!("{}{}", failure.message, hint.unwrap_or_default())
        }));
    });
    Ok(())
}

fn run(studio: &Studio) -> Result<String, Failure> {
    let Work::Folder { make, .. } = &studio.settings.work else {
        return Err(Failure::new("internal", "there is no output folder"));
    };
    accept_defaults(studio)?;
    make(&studio.ended, &mut |done| {
        let mut state = studio.making.state();
        state.done += 1;
        if let Some(message) = done.failure {
            let failed = json!({ "name": done.name, "message": message });
            state.failed.push(failed);
        }
    })
}

/// What is seen is what is made, now and by every later run: so what the grid shows of photos without a choice becomes one.
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

/// The hash of a photo, if it can be read: what cannot is told of by the run.
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
