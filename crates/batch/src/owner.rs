//! Who owns a file in the output folder, and so what may happen to it.
//!
//! Only what the journal lists is ours, at that path, with that hash. Everything else is somebody's, whatever its name is.

use std::collections::{HashMap, HashSet};
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::escape;
use crate::failure::Failure;
use crate::files::case::fold;
use crate::files::write::{Identity, is_there};
use crate::hash::Hash;
use crate::journal::{Known, Mark, Noted};
use crate::walk::{Input, Kind};
use crate::working_folder;

/// The kind of failure if a file of this name is the user's.
pub(crate) const NOT_OURS: &str = "not_ours";

/// Why an avatar is kept whose bytes differ from its note.
pub(crate) const EDITED: &str = "its avatar was edited after it was made";

/// What may happen to an avatar that was made for an output.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// It is put there, replacing what is there now. `alias` is the other name under which that is noted.
    Put {
        alias: Option<PathBuf>,
        replaces: Replaces,
    },
    /// The same bytes are there already: they are noted and not written.
    Note {
        alias: Option<PathBuf>,
    },
    /// The same bytes are there already, and no journal lists them: they are noted and not written.
    Adopt,
    /// The same bytes are there already, and keep their owner.
    Right,
    /// Somebody has changed the avatar, but not the photo: it stays, for this reason.
    Kept(&'static str),
    Refused(Failure),
}

/// What an avatar replaces. If something else is there by then, that is kept.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Replaces {
    Nothing,
    /// An avatar of ours, of so many bytes with this hash.
    Ours(u64, Hash),
    /// Any plain file.
    Anything,
}

/// What is known about who owns what in an output folder.
pub(crate) struct Owners<'a> {
    out: &'a Path,
    known: &'a Known,
    /// Whether the user allows replacing files that are not ours.
    overwrite: bool,
    pub(crate) absences: Absences,
    /// Outputs listed by the journal of a folder around this one.
    outer: HashSet<PathBuf>,
    /// The noted outputs by their names in lower case, made when one is needed.
    folded: OnceLock<HashMap<String, Vec<PathBuf>>>,
}

impl<'a> Owners<'a> {
    pub(crate) fn new(
        out: &'a Path,
        known: &'a Known,
        overwrite: bool,
        inputs: &[Input],
    ) -> Owners<'a> {
        Owners {
            out,
            known,
            overwrite,
            absences: Absences::new(inputs),
            outer: working_folder::outer(out),
            folded: OnceLock::new(),
        }
    }

    /// What may happen to the file at `mark.output`. `is_made` says whether its avatar exists, and so its hash is known.
    pub(crate) fn verdict(&self, mark: &Mark, photo: &Path, is_made: bool) -> Verdict {
        let output = mark.output.path();
        let target = self.out.join(&output);
        let Ok(found) = fs::symlink_metadata(&target) else {
            return Verdict::Put {
                alias: None,
                replaces: Replaces::Nothing,
            };
        };
        if self.outer.contains(&output) {
            let message = "is the avatar of a batch into a folder around this one";
            return refused(&target, message, "name another output folder");
        }
        if let Some(what) = no_file(&found) {
            let message = format!("is {what}, not a place for an avatar");
            return refused(
                &target,
                message,
                "move it away, or name another output folder",
            );
        }
        let noted = self.noted(&output);
        let holds = |mark: &Mark| {
            Hash::of_file(&target, mark.output_size)
                .is_ok_and(|hash| hash == Some(mark.output_hash))
        };
        let alias = noted.map(|noted| noted.mark.output.path());
        let alias = alias.filter(|listed| *listed != output);
        if noted.is_none() && working_folder::is_within_another(self.out, &output) {
            let message = "is in the output folder of another batch";
            return refused(&target, message, "name another output folder");
        }
        if is_made && holds(mark) {
            return match noted {
                Some(noted) if self.is_another(&noted.mark, mark, photo) => Verdict::Right,
                Some(_) => Verdict::Note { alias },
                // The photo itself is its avatar, and this may be the user's own copy of it.
                None if mark.hash == mark.output_hash => Verdict::Right,
                None => Verdict::Adopt,
            };
        }
        let anything = Verdict::Put {
            alias: alias.clone(),
            replaces: Replaces::Anything,
        };
        let Some(noted) = noted else {
            return if self.overwrite {
                anything
            } else {
                Verdict::Refused(theirs(&target))
            };
        };
        let is_locked = found.permissions().readonly();
        let other = escape::name(&noted.mark.photo.path());
        let is_same_photo = noted.mark.hash == mark.hash;
        let (message, hint) = match (holds(&noted.mark), is_locked) {
            (true, false) if !self.is_another(&noted.mark, mark, photo) => {
                let replaces = Replaces::Ours(noted.mark.output_size, noted.mark.output_hash);
                return Verdict::Put { alias, replaces };
            }
            _ if self.overwrite => return anything,
            (true, false) => (
                format!("is the avatar of {other}"),
                "rename one of the photos, let --collisions suffix number this one, or --overwrite replace it",
            ),
            (true, true) if is_same_photo => return Verdict::Kept("its avatar is read-only"),
            (false, _) if is_same_photo => return Verdict::Kept(EDITED),
            (true, true) => (
                "is read-only, so it is kept although the photo has changed".to_owned(),
                "--overwrite replaces it",
            ),
            (false, _) => (
                "was edited after it was made, so it is kept although the photo has changed"
                    .to_owned(),
                "--overwrite replaces it",
            ),
        };
        refused(&target, message, hint)
    }

    /// Whether a photo with a noted avatar is still a different one than this.
    fn is_another(&self, noted: &Mark, new: &Mark, photo: &Path) -> bool {
        let old = noted.photo.path();
        if noted.photo == new.photo
            || Identity::of(&old).is_some_and(|old| Identity::of(photo) == Some(old))
        {
            return false;
        }
        let has_moved = noted.hash == new.hash && !is_there(&old);
        // Or this one has taken its place, in the same folder.
        let is_replaced =
            noted.root == new.root && self.absences.has_root(noted) && !is_there(&old);
        !has_moved && !is_replaced
    }

    /// The note of an output, even if its name has different case or leads through a link.
    fn noted(&self, output: &Path) -> Option<&Noted> {
        if let Some(noted) = self.known.at(output) {
            return Some(noted);
        }
        let target = self.out.join(output);
        let identity = Identity::of(&target)?;
        let is_same =
            |listed: &PathBuf| Identity::of(&self.out.join(listed)).as_ref() == Some(&identity);
        let through = || {
            let root = fs::canonicalize(self.out).ok()?;
            let real = fs::canonicalize(&target).ok()?;
            self.known.at(real.strip_prefix(root).ok()?)
        };
        let folded = self.folded.get_or_init(|| {
            let mut folded: HashMap<String, Vec<PathBuf>> = HashMap::new();
            for mark in self.known.marks() {
                let listed = mark.output.path();
                folded.entry(fold(&listed)).or_default().push(listed);
            }
            folded
        });
        let twin = || {
            let twins = folded.get(&fold(output))?;
            self.known.at(twins.iter().find(|twin| is_same(twin))?)
        };
        through().or_else(twin)
    }
}

fn theirs(target: &Path) -> Failure {
    let target = escape::name(target);
    let message = format!("{target} exists, and was not made by headshot");
    Failure::new(NOT_OURS, message)
        .with_hint("rename one of the two, or let --overwrite replace it")
}

fn refused(target: &Path, message: impl AsRef<str>, hint: &str) -> Verdict {
    let message = format!("{} {}", escape::name(target), message.as_ref());
    Verdict::Refused(Failure::new(NOT_OURS, message).with_hint(hint))
}

fn no_file(found: &Metadata) -> Option<&'static str> {
    let kind = found.file_type();
    match () {
        () if kind.is_file() => None,
        () if kind.is_dir() => Some("a folder"),
        () if kind.is_symlink() => Some("a symbolic link"),
        () => Some("a pipe or a device"),
    }
}

/// The folders that were named and fully listed, so that a file missing there is gone, unless a disk is not mounted.
#[derive(Debug, Default)]
pub(crate) struct Absences(HashSet<PathBuf>);

impl Absences {
    pub(crate) fn new(inputs: &[Input]) -> Absences {
        let mut roots = HashSet::new();
        let mut failed = HashSet::new();
        for input in inputs {
            let Some(root) = &input.root else { continue };
            match input.kind {
                Kind::Walked => drop(roots.insert(root.to_path_buf())),
                Kind::Failed(_) => drop(failed.insert(root.to_path_buf())),
                Kind::Named | Kind::Skipped(_) => {}
            }
        }
        Absences(roots.difference(&failed).cloned().collect())
    }

    /// Whether the folder that led to the photo is one of them.
    pub(crate) fn has_root(&self, mark: &Mark) -> bool {
        let root = mark.root.as_ref().map(|root| root.path());
        root.is_some_and(|root| self.0.contains(&root))
    }
}
