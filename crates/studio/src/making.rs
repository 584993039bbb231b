//! How far a run of *Make all* is, or how the last one ended.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::settings::{Done, Made};

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
    /// Whether the last one was stopped before its end, because the studio ended.
    is_stopped: bool,
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

    /// Begins one over so many photos; `false` where there is one already.
    pub(crate) fn begin(&self, count: usize) -> bool {
        let mut state = self.state();
        if state.running {
            return false;
        }
        *state = State {
            running: true,
            count,
            ..State::default()
        };
        true
    }

    /// A photo is done with.
    pub(crate) fn tell(&self, done: Done) {
        let mut state = self.state();
        state.done += 1;
        if let Some(message) = done.failure {
            let failed = json!({ "name": done.name, "message": message });
            state.failed.push(failed);
        }
    }

    /// It has ended so.
    pub(crate) fn end(&self, made: Made) {
        let mut state = self.state();
        state.running = false;
        state.message = Some(made.message);
        state.is_stopped = made.is_stopped;
    }

    /// How the last one ended, if it was stopped before its end.
    pub(crate) fn stopped(&self) -> Option<String> {
        let state = self.state();
        state.message.clone().filter(|_| state.is_stopped)
    }
}
