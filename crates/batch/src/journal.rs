//! What a batch remembers in its output folder: of which photo and by which options each avatar was made.
//!
//! An avatar is ours only if it is noted here, under its name, with its hash. Avatars are noted before they are put in
//! place, and the next lines confirm it: so whatever moment a run is cut off at, each file that is ours is noted as it
//! is. Nothing that is noted is believed: before a photo is skipped, its bytes and those of its avatar are hashed.

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

/// What the file says of itself, today's format first. Lines of version 1 lack who named the photo, and the options and
/// pipeline that can be compared; so its avatars are known as ours, and are made again.
const VERSIONS: &[&str] = &["headshot-batch-2", "headshot-batch-1"];

/// The journal is written anew when it has this many bytes and twice those of the lines that count.
const SMALLEST: u64 = 64 << 10;

/// One line.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line<R> {
    /// An avatar that is durable and about to be put in its place.
    Made { mark: Mark, record: R },
    /// All that was noted as made before this line is in its place.
    Placed {},
    /// The last that was made for this output was not put in its place: what was noted before it holds.
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

/// What an avatar was made of, and what it is.
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
    /// Of [`headshot_core::Options::fingerprint`]; `None` if that is not known.
    #[serde(default)]
    pub(crate) options: Option<Hash>,
    /// [`headshot_core::PIPELINE`] of then.
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

/// An avatar that is noted, and where.
#[derive(Debug, Clone)]
pub(crate) struct Noted {
    pub(crate) mark: Mark,
    pub(crate) line: Span,
    /// A line that corrects where the photo is.
    moved: Option<Span>,
}

/// The avatars that are noted, by their names.
#[derive(Debug, Default)]
pub(crate) struct Known {
    outputs: HashMap<PathBuf, Noted>,
    /// What was noted before, of outputs that are not known to be in place.
    before: HashMap<PathBuf, Option<Noted>>,
}

/// The journal, open for more.
pub(crate) struct Journal {
    log: Log,
    /// Lines that the next ones bring along: they need not be durable before.
    waiting: Vec<Line<()>>,
}

/// Opens the journal of the output folder `out` and reads what is noted.
///
/// # Errors
/// While another run has it open, and when it is of a later version.
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

/// What is noted in the journal of the output folder `out`, which stays as it is. Nothing if there is none.
///
/// # Errors
/// When it is of a later version, or no journal.
pub(crate) fn read(out: &Path, path: &Path) -> Result<Known, Failure> {
    let mut known = Known::default();
    let found = log::read(path, VERSIONS, |line, span| known.learn(line, span))?;
    known.settle(out, &found);
    Ok(known)
}

impl Journal {
    /// Notes avatars that are durable on disk and about to be put in their places. Those of the call before are in theirs.
    pub(crate) fn note(&mut self, made: &[(Mark, &Record)]) -> io::Result<()> {
        if made.is_empty() {
            return Ok(());
        }
        /// Both at once are made durable once.
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

    /// Takes back what was noted last of an output, which could not be put in its place.
    pub(crate) fn withdraw(&mut self, output: &Path) {
        let line = Line::Withdrawn {
            output: output.into(),
        };
        // Before it is said that all are in place.
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

    /// Notes that an output is no more, or is known by another name.
    pub(crate) fn forget(&mut self, output: &Path) {
        let output = output.into();
        self.waiting.push(Line::Gone { output });
    }

    /// Writes what has not been written yet. What is lost with a run that is killed before is found out by the next.
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
            // Nothing that is noted leads out of the folder.
            Line::Made { mark, .. } if !is_within(&mark.output.path()) => {}
            Line::Made { mark, .. } => {
                let output = mark.output.path();
                let noted = Noted {
                    mark,
                    line: span,
                    moved: None,
                };
                let before = self.outputs.insert(output.clone(), noted);
                // Of several that were never put in place the first stood on what is there.
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

    /// Finds out which avatars were put in place by a run that was cut off before it could say so.
    fn settle(&mut self, out: &Path, found: &Found) -> Vec<Line<()>> {
        if found.format > 0 {
            // Version 1 noted what was in its place.
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

    /// Writes the journal anew if it is of an older version, or has grown to twice what counts.
    fn compact(&mut self, journal: &mut Journal, path: &Path, found: &Found) -> io::Result<()> {
        let live = |noted: &Noted| noted.line.length() + noted.moved.map_or(0, Span::length);
        let live: u64 = self.outputs.values().map(live).sum();
        let is_large = found.length > SMALLEST && found.length > 2 * live;
        if found.format == 0 && !is_large {
            return Ok(());
        }
        // A line that waits speaks of lines that are left out.
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

    /// The avatars that are noted under this stem.
    pub(crate) fn of(&self, stem: &Path) -> impl Iterator<Item = &Noted> {
        let files = headshot_core::Format::WRITTEN
            .iter()
            .map(|format| format::file(stem, *format));
        files.filter_map(|file| self.outputs.get(&file))
    }

    /// What is noted of an output.
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
            // No file of this name is found, and so its avatar is made again.
            #[cfg(not(unix))]
            Name::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned().into(),
        }
    }
}

#[cfg(test)]
mod tests;
