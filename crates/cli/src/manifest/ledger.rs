//! What is known of the posts of earlier runs: a journal with a line before and a line after each.

use std::collections::HashMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::escape;
use crate::failure::Failure;
use crate::journal::Journal;

const FORMAT: &str = "headshot-manifest-1";

/// The kind of failure where a line cannot be written: without it nothing more may be posted.
pub(crate) const UNWRITTEN: &str = "journal";

/// What is to be posted: the same twice is posted once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Job {
    /// [`Person::key`](crate::manifest::person::Person).
    pub(crate) person: String,
    /// The SHA-256 of the photo's file.
    pub(crate) photo: String,
    /// The SHA-256 of the options, the crop among them.
    pub(crate) recipe: String,
}

/// A line of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    #[serde(flatten)]
    pub(crate) job: Job,
    pub(crate) event: Event,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    /// A post begins. `shown` is the `avatar_hash` that the profile had then, if it could be read.
    Begun { shown: Option<String> },
    /// It worked.
    Set { avatar_hash: Option<String> },
    /// It did not; the kind of failure.
    NotSet { why: String },
    /// Nobody knows. `shown` as when it began.
    Unknown { shown: Option<String> },
}

/// The journal, open for this run alone.
pub(crate) struct Ledger {
    journal: Journal,
}

/// The last that is known of each person.
#[derive(Debug, Default)]
pub(crate) struct Past(HashMap<String, Entry>);

impl Ledger {
    /// Opens the journal, makes it if it is missing, and says what is in it.
    pub(crate) fn open(path: &Path) -> Result<(Ledger, Past), Failure> {
        let busy = format!("another run is posting with {}", escape::name(path));
        let mut past = Past::default();
        let (journal, found) = Journal::open(path, &[FORMAT], &busy, |entry: Entry, _| {
            past.0.insert(entry.job.person.clone(), entry);
        })?;
        if found.damaged > 0 {
            let damaged = found.damaged;
            let path = escape::name(path);
            let message = format!("{path} is damaged, in {damaged} lines: who was posted is lost");
            return Err(Failure::new(UNWRITTEN, message)
                .with_hint("name another with --journal: everybody is then posted once more"));
        }
        Ok((Ledger { journal }, past))
    }

    /// Writes a line. When it returns the line is durable.
    pub(crate) fn note(&mut self, job: &Job, event: Event) -> Result<(), Failure> {
        let entry = Entry {
            job: job.clone(),
            event,
        };
        self.journal.append(&[entry]).map_err(|error| {
            Failure::io(UNWRITTEN, "the journal cannot be written", &error)
                .with_hint("make room; the same command then goes on from here")
        })
    }
}

impl Past {
    /// Whether this is what the person was given last.
    pub(crate) fn is_done(&self, job: &Job) -> bool {
        let last = self.0.get(&job.person);
        last.is_some_and(|last| last.job == *job && matches!(last.event, Event::Set { .. }))
    }

    /// The post for this person whose end nobody saw, with the `avatar_hash` from before it.
    pub(crate) fn open_post(&self, person: &str) -> Option<(&Job, Option<&str>)> {
        let last = self.0.get(person)?;
        match &last.event {
            Event::Begun { shown } | Event::Unknown { shown } => {
                Some((&last.job, shown.as_deref()))
            }
            Event::Set { .. } | Event::NotSet { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(person: &str, photo: &str) -> Job {
        Job {
            person: person.to_owned(),
            photo: photo.to_owned(),
            recipe: "c".to_owned(),
        }
    }

    #[test]
    fn the_last_line_of_a_person_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let shown = || Some("0123".to_owned());
        let set = || Event::Set {
            avatar_hash: Some("4567".to_owned()),
        };
        let (first, second) = (job("ann", "a"), job("ann", "b"));
        let (mut ledger, past) = Ledger::open(&path).unwrap();
        assert!(!past.is_done(&first) && past.open_post("ann").is_none());
        assert_eq!(Ledger::open(&path).err().unwrap().kind, "locked");
        let mut note = |job: &Job, event| ledger.note(job, event).unwrap();
        note(&first, Event::Begun { shown: shown() });
        note(&first, set());
        note(&second, Event::Begun { shown: shown() });
        note(&second, set());
        note(&job("bob", "a"), Event::Begun { shown: shown() });
        let unknown = Event::Unknown { shown: None };
        note(&job("cy", "a"), unknown);
        drop(ledger);
        let (_ledger, past) = Ledger::open(&path).unwrap();
        assert!(!past.is_done(&first), "another came after it");
        assert!(past.is_done(&second) && past.open_post("ann").is_none());
        assert_eq!(
            past.open_post("bob"),
            Some((&job("bob", "a"), Some("0123")))
        );
        assert_eq!(past.open_post("cy"), Some((&job("cy", "a"), None)));
        assert!(!past.is_done(&job("bob", "a")) && !past.is_done(&job("dee", "a")));
    }
}
