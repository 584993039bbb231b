//! What all connections share: the settings, the workspaces, and the record of what happened.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};
use std::time::{Instant, SystemTime};

use serde_json::Value;

use crate::Settings;
use crate::idle::Idle;
use crate::oauth::Store;
use crate::record::{Entry, Recent, Request};
use crate::scrub::scrub;
use crate::settings::PROXY_HOST;
use crate::world::World;

/// Workspaces kept, one for each label in a token.
const MAX_WORLDS: usize = 256;

pub(crate) struct Shared {
    pub(crate) settings: Settings,
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub(crate) origin: String,
    /// What stands in front of every address that it tells to clients: the same, or `https://slack.test` behind its proxy.
    pub(crate) public: String,
    /// When it started: some tokens expire after that.
    pub(crate) started: Instant,
    pub(crate) idle: Idle,
    state: Mutex<State>,
}

pub(crate) struct State {
    /// By the label of the token; each with the tick at which it was last used.
    worlds: HashMap<String, (u64, World)>,
    pub(crate) requests: Recent<Request>,
    pub(crate) log: Recent<Entry>,
    /// What OAuth has issued.
    pub(crate) oauth: Store,
    ticks: u64,
    members: usize,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

impl Shared {
    pub(crate) fn new(settings: Settings, origin: String) -> Shared {
        let public = match settings.proxy {
            Some(_) => format!("https://{}", PROXY_HOST),
            None => origin.clone(),
        };
        let state = State {
            worlds: HashMap::from([(String::new(), (0, World::new("", settings.members)))]),
            requests: Recent::new(1000, 64 << 20),
            log: Recent::new(1000, 4 << 20),
            oauth: Store::default(),
            ticks: 0,
            members: settings.members,
        };
        Shared {
            settings,
            origin,
            public,
            started: Instant::now(),
            idle: Idle::default(),
            state: Mutex::new(state),
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl State {
    /// The workspace of this name, made when it is first asked for; the one unused for longest makes room.
    pub(crate) fn world(&mut self, name: &str) -> &mut World {
        let tick = self.tick();
        if !self.worlds.contains_key(name) && self.worlds.len() >= MAX_WORLDS {
            let oldest = self
                .worlds
                .iter()
                .filter(|(name, _)| !name.is_empty())
                .min_by_key(|(_, (used, _))| *used);
            if let Some(oldest) = oldest.map(|(name, _)| name.clone()) {
                self.worlds.remove(&oldest);
            }
        }
        let (used, world) = self
            .worlds
            .entry(name.to_owned())
            .or_insert_with(|| (0, World::new(name, self.members)));
        *used = tick;
        world
    }

    pub(crate) fn worlds(&self) -> impl Iterator<Item = &World> {
        self.worlds.values().map(|(_, world)| world)
    }

    /// A number that was never given before.
    pub(crate) fn tick(&mut self) -> u64 {
        self.ticks += 1;
        self.ticks
    }

    /// Adds a line to the log.
    pub(crate) fn note(&mut self, text: impl Into<String>) {
        self.push(text.into(), None);
    }

    /// Adds an event to the log. The workspace's name is part of a token, so the log says no more than that it is another.
    pub(crate) fn note_event(&mut self, text: String, world: &str, event: Value) {
        let elsewhere = if world.is_empty() {
            ""
        } else {
            " in another workspace"
        };
        self.push(text + elsewhere, Some(event.to_string()));
    }

    fn push(&mut self, text: String, event: Option<String>) {
        let (text, event) = (scrub(&text), event.as_deref().map(scrub));
        let size = text.len() + event.as_ref().map_or(0, String::len) + 64;
        self.log.push(
            size,
            Entry {
                at: SystemTime::now(),
                text,
                event,
            },
        );
    }
}
