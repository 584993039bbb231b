//! What a batch remembers in its output folder: from which photo and with which options each avatar was made.
//!
//! An avatar is ours only if it is noted here, under its name, with its hash. Avatars are noted before they are put in
//! place, and the next lines confirm it: so whenever a run is cut off, each file of ours is noted as it
//! is. Notes are never trusted: before a photo is skipped, its bytes and those of its avatar are hashed.

use std::collections::HashMap;
use std::io;
use std::path::{Component, Path, PathBuf};

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::files::log::{self, Found, Log, Span};
use crate::format;
use crate::hash::Hash;
use crate::record::Record;

/// The file's format line, today's format first. Lines of version 1 lack who named the photo, and comparable options and
/// pipeline; so its avatars are known as ours, and are remade.
const VERSIONS: &[&str] = &["headshot-batch-2", "headshot-batch-1"];

/// The journal is rewritten when it has this many bytes and twice those of the lines that count.
const SMALLEST: u64 = 64 << 10;

/// One line.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line<R> {
    /// An avatar that is durable and about to be put in its place.
    Made { mark: Mark, record: R },
    /// All avatars noted before this line are in place.
    Placed {},
    /// The last avatar noted for this output was not put in place: the earlier note holds.
    Withdrawn { output: Name },
    /// The photo of an output is elsewhere now.
    Moved {
        output: Name,
        photo: Name,
        root: Option<Name>,
    },
    /// An output that was removed.
    Gone { output: Name },
}

/// What an avatar was made from, and what it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Mark {
    /// The absolute path of the photo.
    pub(crate) photo: Name,
    /// The real path of the folder that was named on the command line and led to the photo; `None` if the photo itself
    /// was named.
    #[serde(default)]
    pub(crate) root: Option<Name>,
    /// In bytes.
    pub(crate) size: u64,
    pub(crate) hash: Hash,
    /// Of [`headshot_core::Options::fingerprint`]; `None` if unknown.
    #[serde(default)]
    pub(crate) options: Option<Hash>,
    /// [`headshot_core::PIPELINE`] at that time.
    #[serde(default)]
    pub(crate) pipeline: u32,
    /// Relative to the output folder.
    pub(crate) output: Name,
    pub(crate) output_size: u64,
    pub(crate) output_hash: Hash,
}

/// A path, whatever bytes it has.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Name {
    Text(String),
    Bytes(Vec<u8>),
}

/// A noted avatar, and where its line is.
#[derive(Debug, Clone)]
pub(crate) struct Noted {
    pub(crate) mark: Mark,
    pub(crate) line: Span,
    /// A line that corrects where the photo is.
    moved: Option<Span>,
}

/// The noted avatars, by their names.
#[derive(Debug, Default)]
pub(crate) struct Known {
    outputs: HashMap<PathBuf, Noted>,
    /// Earlier notes, for outputs that are not known to be in place.
    before: HashMap<PathBuf, Option<Noted>>,
}

/// The journal, open for appending.
pub(crate) struct Journal {
    log: Log,
    /// Lines that are written along with the next ones: they need not be durable before.
    waiting: Vec<Line<()>>,
}

/// Opens the journal of the output folder `out` and reads it.
///
/// # Errors
/// If another run has it open, or it is of a later version.
pub(crate) fn open(out: &Path, path: &Path, busy: &str) -> Result<(Journal, Known), Failure> {
    let mut known = Known::default();
    let each = |line, span| known.learn(line, span);
    let (log, found) = Log::open(path, VERSIONS, busy, each)?;
    let mut journal = Journal {
        log,
        waiting: Vec::new(),
    };
    journal.waiting = known.settle(out, &found);
    let failed = |error: io::Error| crate::files::write::failed(path, &error);
    known.compact(&mut journal, path, &found).map_err(failed)?;
    Ok((journal, known))
}

/// The content of the journal of the output folder `out`, which stays as it is. Empty if there is none.
///
/// # Errors
/// If it is of a later version, or not a journal.
pub(crate) fn read(out: &Path, path: &Path) -> Result<Known, Failure> {
    let mut known = Known::default();
    let found = log::read(path, VERSIONS, |line, span| known.learn(line, span))?;
    known.settle(out, &found);
    Ok(known)
}

impl Journal {
    /// Notes avatars that are durable on disk and about to be put in place. Those of the previous call are in place.
    pub(crate) fn note(&mut self, made: &[(Mark, &Record)]) -> io::Result<()> {
        if made.is_empty() {
            return Ok(());
        }
        /// Both are made durable at once.
        #[derive(Serialize)]
        #[serde(untagged)]
        enum Either<'a> {
            Waiting(&'a Line<()>),
            Made(Line<&'a Record>),
        }
        let made = made.iter().map(|(mark, record)| Line::Made {
            mark: mark.clone(),
            record: *record,
        });
        let lines = self.waiting.iter().map(Either::Waiting);
        let lines: Vec<Either> = lines.chain(made.map(Either::Made)).collect();
        self.log.append(&lines)?;
        self.waiting = vec![Line::Placed {}];
        Ok(())
    }

    /// Takes back the last note of an output that could not be put in place.
    pub(crate) fn withdraw(&mut self, output: &Path) {
        let line = Line::Withdrawn {
            output: output.into(),
        };
        // Before all are declared to be in place.
        self.waiting.insert(0, line);
    }

    /// Notes where the photo of an avatar is now.
    pub(crate) fn moved(&mut self, output: &Path, photo: &Path, root: Option<&Path>) {
        self.waiting.push(Line::Moved {
            output: output.into(),
            photo: photo.into(),
            root: root.map(Name::from),
        });
    }

    /// Notes that an output is gone, or known by another name.
    pub(crate) fn forget(&mut self, output: &Path) {
        let output = output.into();
        self.waiting.push(Line::Gone { output });
    }

    /// Writes pending lines. If a run is killed before that, the next one finds out.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.log.append(&self.waiting)?;
        self.waiting.clear();
        Ok(())
    }

    /// The record of an avatar as it was when it was made.
    pub(crate) fn record(&mut self, line: Span) -> io::Result<Record> {
        match self.log.entry(line)? {
            Line::Made { record, .. } => Ok(record),
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }
}

impl Known {
    fn learn(&mut self, line: Line<IgnoredAny>, span: Span) {
        match line {
            // No note leads out of the folder.
            Line::Made { mark, .. } if !is_within(&mark.output.path()) => {}
            Line::Made { mark, .. } => {
                let output = mark.output.path();
                let noted = Noted {
                    mark,
                    line: span,
                    moved: None,
                };
                let before = self.outputs.insert(output.clone(), noted);
                // Of several that were never put in place, the first refers to what is there.
                self.before.entry(output).or_insert(before);
            }
            Line::Placed {} => self.before.clear(),
            Line::Withdrawn { output } => self.withdraw(&output.path()),
            Line::Moved {
                output,
                photo,
                root,
            } => {
                if let Some(noted) = self.outputs.get_mut(&output.path()) {
                    noted.mark.photo = photo;
                    noted.mark.root = root;
                    noted.moved = Some(span);
                }
            }
            Line::Gone { output } => {
                let output = output.path();
                self.outputs.remove(&output);
                self.before.remove(&output);
            }
        }
    }

    fn withdraw(&mut self, output: &Path) {
        match self.before.remove(output) {
            Some(Some(before)) => drop(self.outputs.insert(output.to_owned(), before)),
            Some(None) => drop(self.outputs.remove(output)),
            None => {}
        }
    }

    /// Finds out which avatars were put in place by a run that was cut off before it could note it.
    fn settle(&mut self, out: &Path, found: &Found) -> Vec<Line<()>> {
        if found.format > 0 {
            // Version 1 noted avatars that were in place.
            self.before.clear();
        }
        let mut lines = Vec::new();
        let mut unsure: Vec<_> = self.before.keys().cloned().collect();
        unsure.sort_unstable();
        for output in unsure {
            let is_there = |noted: &Noted| {
                let found = Hash::of_file(&out.join(&output), noted.mark.output_size);
                found.is_ok_and(|found| found == Some(noted.mark.output_hash))
            };
            if self.outputs.get(&output).is_some_and(is_there) {
                continue;
            }
            let before = self.before.get(&output).and_then(Option::as_ref);
            if before.is_none_or(is_there) {
                self.withdraw(&output);
                lines.push(Line::Withdrawn {
                    output: output.as_path().into(),
                });
            }
        }
        if !self.before.is_empty() || !lines.is_empty() {
            lines.push(Line::Placed {});
            self.before.clear();
        }
        lines
    }

    /// Rewrites the journal if it is of an older version, or has grown to twice what counts.
    fn compact(&mut self, journal: &mut Journal, path: &Path, found: &Found) -> io::Result<()> {
        let live = |noted: &Noted| noted.line.length() + noted.moved.map_or(0, Span::length);
        let live: u64 = self.outputs.values().map(live).sum();
        let is_large = found.length > SMALLEST && found.length > 2 * live;
        if found.format == 0 && !is_large {
            return Ok(());
        }
        // A pending line refers to lines that are left out.
        journal.waiting.clear();
        let mut kept: Vec<&mut Noted> = self.outputs.values_mut().collect();
        kept.sort_unstable_by_key(|noted| noted.line);
        let lines = kept
            .iter()
            .flat_map(|noted| [Some(noted.line), noted.moved]);
        let lines: Vec<Span> = lines
            .flatten()
            .chain(found.unknown.iter().copied())
            .collect();
        let spans = journal.log.compact(path, VERSIONS[0], &lines)?;
        let mut spans = spans.into_iter();
        for noted in kept {
            noted.line = spans.next().unwrap_or(noted.line);
            if noted.moved.is_some() {
                noted.moved = spans.next();
            }
        }
        journal.log.append(&[Line::<()>::Placed {}])
    }

    /// The avatars noted under this stem.
    pub(crate) fn of(&self, stem: &Path) -> impl Iterator<Item = &Noted> {
        let files = headshot_core::Format::WRITTEN
            .iter()
            .map(|format| format::file(stem, *format));
        files.filter_map(|file| self.outputs.get(&file))
    }

    /// The note of an output.
    pub(crate) fn at(&self, output: &Path) -> Option<&Noted> {
        self.outputs.get(output)
    }

    /// Every mark, in the order of the outputs' names.
    pub(crate) fn marks(&self) -> Vec<&Mark> {
        let mut files: Vec<_> = self.outputs.iter().collect();
        files.sort_unstable_by_key(|(file, _)| *file);
        files.into_iter().map(|(_, noted)| &noted.mark).collect()
    }

    /// How many avatars are noted.
    pub(crate) fn len(&self) -> usize {
        self.outputs.len()
    }
}

fn is_within(output: &Path) -> bool {
    let mut parts = output.components();
    parts.all(|part| matches!(part, Component::Normal(_)))
}

impl From<&Path> for Name {
    fn from(path: &Path) -> Name {
        match path.to_str() {
            Some(text) => Name::Text(text.to_owned()),
            None => Name::Bytes(path.as_os_str().as_encoded_bytes().to_vec()),
        }
    }
}

impl Name {
    pub(crate) fn path(&self) -> PathBuf {
        match self {
            Name::Text(text) => text.into(),
            #[cfg(unix)]
            Name::Bytes(bytes) => {
                use std::os::unix::ffi::OsStrExt;
                std::ffi::OsStr::from_bytes(bytes).into()
            }
            // No file of this name is found, so its avatar is remade.
            #[cfg(not(unix))]
            Name::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned().into(),
        }
    }
}

#[cfg(test)]
mod tests;
