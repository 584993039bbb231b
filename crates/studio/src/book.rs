//! The choices, in memory and in their file: every change is written at once, and a change by another page or program is never
//! overwritten unseen.

use std::collections::HashMap;
use std::path::PathBuf;

use headshot_batch::choices::{Choice, Choices, Chosen, UNUSABLE, Unwritten};
use headshot_batch::{Failure, Hash};

use crate::read::Stamp;

/// All choices, and when each was made.
pub(crate) struct Book {
    /// Where they are kept, if they are.
    file: Option<PathBuf>,
    /// That file's state when it was read or written.
    stamp: Option<Stamp>,
    choices: Choices,
    /// How often they were changed, as pages count it. It never falls, while that of a file starts again when somebody deletes the
    /// file or restores an older one.
    revision: u64,
    /// The revision of each photo's last change, for photos that were changed while this ran.
    changed: HashMap<String, u64>,
}

/// What a photo without a choice is made by, which becomes its choice.
#[derive(Debug, Clone)]
pub(crate) struct Accepted {
    pub(crate) name: String,
    /// What was chosen for other bytes than it has now.
    pub(crate) lapsed: Option<Chosen>,
    pub(crate) chosen: Chosen,
}

/// Why a choice was not taken.
#[derive(Debug)]
pub(crate) enum Refused {
    /// It was changed after the page last saw it. This is the current choice.
    Newer(Option<Choice>),
    /// It cannot be written.
    Failed(Failure),
}

impl Book {
    /// Reads what was chosen before.
    pub(crate) fn open(file: Option<PathBuf>) -> Result<Book, Failure> {
        let stamp = file.as_deref().and_then(Stamp::of);
        let choices = match &file {
            Some(file) => Choices::read(file).map_err(hinted)?,
            None => Choices::default(),
        };
        Ok(Book {
            file,
            stamp,
            revision: choices.revision(),
            choices,
            changed: HashMap::new(),
        })
    }

    pub(crate) fn revision(&self) -> u64 {
        self.revision
    }

    /// What is chosen for a photo, and for which bytes of it.
    pub(crate) fn chosen(&self, name: &str) -> Option<&Chosen> {
        self.choices.named(name)
    }

    /// Chooses for a photo with this hash, or takes a choice back, for a page that has seen this revision. Returns the photos whose
    /// choices have changed.
    pub(crate) fn choose(
        &mut self,
        name: &str,
        photo: Hash,
        choice: Option<Choice>,
        seen: u64,
    ) -> Result<Vec<String>, Refused> {
        let mut others = Vec::new();
        loop {
            let current = self.chosen(name).map(|chosen| chosen.choice.clone());
            let is_newer = self.changed.get(name).is_some_and(|at| *at > seen);
            if is_newer && current != choice {
                return Err(Refused::Newer(current));
            }
            let mut next = self.choices.clone();
            match &choice {
                Some(choice) => next.set(
                    name.to_owned(),
                    Chosen {
                        photo,
                        choice: choice.clone(),
                    },
                ),
                None => drop(next.remove(name)),
            }
            match self.write(next) {
                Ok(()) => {
                    self.changed.insert(name.to_owned(), self.revision);
                    others.push(name.to_owned());
                    return Ok(others);
                }
                Err(Unwritten::Newer(newer)) => others.extend(self.take(newer)),
                Err(Unwritten::Failed(failure)) => return Err(Refused::Failed(failure)),
            }
        }
    }

    /// All choices, with those that are accepted; a photo that was chosen for meanwhile keeps that. Returns the names of the others, too.
    pub(crate) fn with(&self, accepted: &[Accepted]) -> (Choices, Vec<String>) {
        let mut next = self.choices.clone();
        let mut filled = Vec::new();
        for Accepted {
            name,
            lapsed,
            chosen,
        } in accepted
        {
            if next.named(name) == lapsed.as_ref() {
                next.set(name.clone(), chosen.clone());
                filled.push(name.clone());
            }
        }
        (next, filled)
    }

    /// Chooses for many photos whose choice has lapsed or that have none, at once. Those that have one by now are left alone.
    pub(crate) fn fill(&mut self, accepted: &[Accepted]) -> Result<Vec<String>, Failure> {
        let mut others = Vec::new();
        loop {
            let (next, filled) = self.with(accepted);
            if filled.is_empty() {
                return Ok(others);
            }
            match self.write(next) {
                Ok(()) => {
                    let changed = filled.iter().map(|name| (name.clone(), self.revision));
                    self.changed.extend(changed);
                    others.extend(filled);
                    return Ok(others);
                }
                Err(Unwritten::Newer(newer)) => others.extend(self.take(newer)),
                Err(Unwritten::Failed(failure)) => return Err(failure),
            }
        }
    }

    /// Checks whether another program has written the file. Returns the photos whose choices have changed.
    pub(crate) fn look(&mut self) -> Result<Vec<String>, Failure> {
        let Some(file) = &self.file else {
            return Ok(Vec::new());
        };
        let stamp = Stamp::of(file);
        if stamp == self.stamp {
            return Ok(Vec::new());
        }
        let newer = Choices::read(file).map_err(hinted)?;
        self.stamp = stamp;
        // Its content counts: by hand it may be edited without raising the revision.
        if newer == self.choices {
            return Ok(Vec::new());
        }
        Ok(self.take(newer))
    }

    fn write(&mut self, mut next: Choices) -> Result<(), Unwritten> {
        if let Some(file) = &self.file {
            next.write(file).map_err(|unwritten| match unwritten {
                Unwritten::Failed(failure) => Unwritten::Failed(hinted(failure)),
                newer => newer,
            })?;
        }
        self.revision = self.next_revision(&next);
        self.choices = next;
        Ok(())
    }

    /// That of the file where there is one, unless it would not rise.
    fn next_revision(&self, next: &Choices) -> u64 {
        next.revision().max(self.revision.saturating_add(1))
    }

    /// Takes over what another program has written.
    fn take(&mut self, newer: Choices) -> Vec<String> {
        self.revision = self.next_revision(&newer);
        let of = |choices: &Choices, name: &str| choices.named(name).cloned();
        let names = self.choices.iter().chain(newer.iter());
        let mut names: Vec<String> = names.map(|(name, _)| name.to_owned()).collect();
        names.sort();
        names.dedup();
        names.retain(|name| of(&self.choices, name) != of(&newer, name));
        let changed = names.iter().map(|name| (name.clone(), self.revision));
        self.changed.extend(changed);
        self.choices = newer;
        names
    }
}

/// A page cannot leave choices out, as other commands can.
fn hinted(failure: Failure) -> Failure {
    if failure.kind == UNUSABLE {
        failure.with_hint("to choose again, move that file away")
    } else {
        failure
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(fit: &str) -> Option<Choice> {
        serde_json::from_value(serde_json::json!({ "fit": fit })).ok()
    }

    fn chosen(book: &Book, name: &str) -> Option<Choice> {
        book.chosen(name).map(|chosen| chosen.choice.clone())
    }

    #[test]
    fn whoever_has_seen_an_older_choice_changes_nothing() {
        let hash = Hash::of(b"ann");
        let mut book = Book::open(None).unwrap();
        book.choose("ann", hash, choice("face"), 0).unwrap();
        // Another photo's change does not matter.
        book.choose("bob", hash, choice("cover"), 0).unwrap();
        assert_eq!(book.revision(), 2);
        let refused = book.choose("ann", hash, choice("contain"), 0);
        assert!(matches!(refused, Err(Refused::Newer(newer)) if newer == choice("face")));
        // The same once more is no conflict.
        book.choose("ann", hash, choice("face"), 0).unwrap();
        book.choose("ann", hash, None, 3).unwrap();
        assert_eq!(chosen(&book, "ann"), None);
        assert_eq!(chosen(&book, "bob"), choice("cover"));
    }

    #[test]
    fn what_another_program_has_written_is_taken_over_and_not_overwritten() {
        let folder = std::env::temp_dir().join(format!("headshot-book-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("people.csv.choices.json");
        let hash = Hash::of(b"ann");
        let mut mine = Book::open(Some(file.clone())).unwrap();
        let mut theirs = Book::open(Some(file.clone())).unwrap();
        theirs.choose("ann", hash, choice("face"), 0).unwrap();
        theirs.choose("bob", hash, choice("face"), 1).unwrap();
        // Not seen here: it is shown instead.
        let refused = mine.choose("ann", hash, choice("cover"), 0);
        assert!(matches!(refused, Err(Refused::Newer(Some(_)))));
        let changed = mine.choose("zoe", hash, choice("cover"), 2).unwrap();
        assert_eq!(changed, ["zoe"]);
        assert_eq!(chosen(&mine, "bob"), choice("face"));
        assert_eq!(theirs.look().unwrap(), ["zoe"]);
        let read = Choices::read(&file).unwrap();
        assert_eq!((read.len(), read.revision()), (3, 3));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
