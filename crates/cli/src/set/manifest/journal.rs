//! What is known about the posts of earlier runs: a journal with a line before and a line after each post.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::files::log::{self, Log};
use crate::files::private;
use crate::files::write;
use crate::set::manifest::tokens::Holder;
use crate::slack::person::Person;
use crate::state::Fingerprint;
use crate::terminal::date;
use crate::terminal::escape;
use crate::terminal::failure::Failure;

const FORMAT: &str = "headshot-manifest-2";

/// Much longer than the line that names the format.
const LONGEST_HEAD: u64 = 4096;

/// It identified people by a hash of their token, and options by a hash of their debug output.
const OLD: &str = "headshot-manifest-1";

/// The kind of failure if a line cannot be written: without it nothing more may be posted.
pub(crate) const UNWRITTEN: &str = "journal";

/// What is to be posted: the same twice is posted once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Job {
    /// The base URL, without a slash at its end.
    #[serde(rename = "place")]
    pub(crate) server: String,
    #[serde(flatten)]
    pub(crate) person: Person,
    /// The SHA-256 of the photo's file.
    pub(crate) photo: String,
    /// What was asked for, in the words of the flags; [`RESTORE`] for a photo that is put back.
    pub(crate) options: String,
}

/// The options of a photo that is put back.
pub(crate) const RESTORE: &str = "restore";

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    /// A post begins.
    Begun(Open),
    /// It worked, or a later look showed that it had.
    Set(Set),
    /// It failed; the kind of failure.
    NotSet { why: String },
    /// Not known yet.
    Unknown(Open),
}

/// A post without an end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Open {
    /// The `avatar_hash` that the profile had before, if it could be read.
    pub(crate) shown: Option<String>,
    #[serde(default)]
    pub(crate) sent: Option<Fingerprint>,
    /// The backup of the photo that it replaces.
    #[serde(default)]
    pub(crate) kept: Option<String>,
    /// Whether SCIM has accepted it, so that it should show sooner or later.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) accepted: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Set {
    pub(crate) avatar_hash: Option<String>,
    #[serde(default)]
    pub(crate) sent: Option<Fingerprint>,
    #[serde(default)]
    pub(crate) kept: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Entry {
    /// Seconds since 1970.
    at: u64,
    #[serde(flatten)]
    job: Job,
    event: Event,
}

/// A line of [`OLD`].
#[derive(Debug, Clone, Deserialize)]
struct OldEntry {
    person: String,
    photo: String,
    #[allow(dead_code, reason = "what tells such a line from others")]
    recipe: String,
    event: OldEvent,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OldEvent {
    Begun {
        shown: Option<String>,
    },
    Set {
        avatar_hash: Option<String>,
    },
    NotSet {
        #[allow(dead_code)]
        why: String,
    },
    Unknown {
        shown: Option<String>,
    },
}

/// The last that is known of a person.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Last {
    /// In seconds since 1970; 0 where the line does not say.
    pub(crate) at: u64,
    pub(crate) photo: String,
    /// `None` if an earlier version noted them in another way.
    pub(crate) options: Option<String>,
    pub(crate) event: Event,
}

/// The journal, open for this run alone.
pub(crate) struct Journal {
    log: Log,
}

/// The last that is known of each person.
#[derive(Debug, Default)]
pub(crate) struct Past {
    people: HashMap<(String, Person), Last>,
    /// By the hash of a token, from the first version.
    tokens: HashMap<String, Last>,
    /// Lines of an unknown kind. They stay.
    pub(crate) unknown: usize,
}

impl Journal {
    /// Opens the journal, makes it if it is missing, and says what is in it.
    pub(crate) fn open(path: &Path) -> Result<(Journal, Past), Failure> {
        let cannot = |error| {
            Failure::io(
                "output",
                format!("{} cannot be used", escape::name(path)),
                &error,
            )
        };
        let busy = format!("another run is posting with {}", escape::name(path));
        let mut past = Past::default();
        if first_line(path).as_deref() == Some(OLD) {
            // Its lines stay as they are, under the name of the current format.
            let (log, _) = Log::open(path, &[OLD], &busy, |_: Value, _| {})?;
            let text = fs::read(path).map_err(cannot)?;
            let rest = text.splitn(2, |byte| *byte == b'\n').nth(1);
            let head = format!("{{\"format\":\"{FORMAT}\"}}\n");
            let whole = [head.as_bytes(), rest.unwrap_or_default()].concat();
            private::file(path, &whole).map_err(cannot)?;
            drop(log);
        }
        let (log, found) = Log::open(path, &[FORMAT], &busy, |line, _| past.learn(line))?;
        past.refuse_damaged(path, found.damaged)?;
        Ok((Journal { log }, past))
    }

    /// Writes a line. When it returns the line is durable.
    pub(crate) fn note(&mut self, job: &Job, event: Event) -> Result<(), Failure> {
        let entry = Entry {
            at: date::now(),
            job: job.clone(),
            event,
        };
        self.log.append(&[entry]).map_err(|error| {
            Failure::io(UNWRITTEN, "the journal cannot be written", &error)
                .with_hint("make room; the same command then goes on from here")
        })
    }
}

impl Past {
    /// What a journal says, without touching it.
    pub(crate) fn read(path: &Path) -> Result<Past, Failure> {
        let mut past = Past::default();
        let found = log::read(path, &[FORMAT, OLD], |line, _| past.learn(line))?;
        past.refuse_damaged(path, found.damaged)?;
        Ok(past)
    }

    fn learn(&mut self, line: Value) {
        if let Ok(entry) = serde_json::from_value::<Entry>(line.clone()) {
            let Job {
                server,
                person,
                photo,
                options,
            } = entry.job;
            let last = Last {
                at: entry.at,
                photo,
                options: Some(options),
                event: entry.event,
            };
            self.people.insert((server, person), last);
        } else if let Ok(old) = serde_json::from_value::<OldEntry>(line) {
            let open = |shown| Open {
                shown,
                sent: None,
                kept: None,
                accepted: false,
            };
            let event = match old.event {
                OldEvent::Begun { shown } => Event::Begun(open(shown)),
                OldEvent::Unknown { shown } => Event::Unknown(open(shown)),
                OldEvent::NotSet { why } => Event::NotSet { why },
                OldEvent::Set { avatar_hash } => Event::Set(Set {
                    avatar_hash,
                    sent: None,
                    kept: None,
                }),
            };
            let last = Last {
                at: 0,
                photo: old.photo,
                options: None,
                event,
            };
            self.tokens.insert(old.person, last);
        } else {
            self.unknown += 1;
        }
    }

    fn refuse_damaged(&self, path: &Path, damaged: usize) -> Result<(), Failure> {
        if damaged == 0 {
            return Ok(());
        }
        let path = escape::name(path);
        let lines = if damaged == 1 { "line" } else { "lines" };
        let message = format!("{path} is damaged, in {damaged} {lines}: who was posted is unknown");
        Err(Failure::new(UNWRITTEN, message).with_hint(
            "name another with --journal: photos are then posted again unless the profiles already show them",
        ))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.people.is_empty() && self.tokens.is_empty()
    }

    /// Whether anybody's photo was set, ever.
    pub(crate) fn is_any_set(&self) -> bool {
        let mut lasts = self.people.values();
        lasts.any(|last| matches!(last.event, Event::Set(_)))
    }

    /// The last that is known about the owner of this token. Nothing if the owner is unknown, except for what the first
    /// version noted.
    pub(crate) fn of(&self, holder: &Holder, server: &str) -> Option<&Last> {
        let owner = holder.owner.as_ref();
        let person =
            owner.and_then(|owner| self.people.get(&(server.to_owned(), owner.person.clone())));
        person.or_else(|| self.tokens.get(&holder.old_key))
    }
}

impl Last {
    /// What was set, if the last post worked and was this one. What an earlier version posted of the same photo counts, with
    /// whatever options.
    pub(crate) fn done(&self, photo: &str, options: &str) -> Option<&Set> {
        let is_same =
            self.photo == photo && self.options.as_deref().is_none_or(|own| own == options);
        match &self.event {
            Event::Set(set) if is_same => Some(set),
            _ => None,
        }
    }

    /// The post whose end nobody saw, and whether it was this one.
    pub(crate) fn open(&self, photo: &str, options: &str) -> Option<(&Open, bool)> {
        let is_same =
            self.photo == photo && self.options.as_deref().is_none_or(|own| own == options);
        match &self.event {
            Event::Begun(open) | Event::Unknown(open) => Some((open, is_same)),
            Event::Set(_) | Event::NotSet { .. } => None,
        }
    }

    /// How long ago that was, by this machine's clock.
    pub(crate) fn age(&self) -> Duration {
        Duration::from_secs(date::now().saturating_sub(self.at))
    }
}

fn first_line(path: &Path) -> Option<String> {
    // A device has no end, and a pipe is waited for.
    if write::is_special(path) {
        return None;
    }
    let mut text = Vec::new();
    let file = File::open(path).ok()?;
    file.take(LONGEST_HEAD).read_to_end(&mut text).ok()?;
    format_of(text.split_inclusive(|byte| *byte == b'\n').next()?)
}

fn format_of(line: &[u8]) -> Option<String> {
    let head: Value = serde_json::from_slice(line).ok()?;
    head["format"].as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests;
