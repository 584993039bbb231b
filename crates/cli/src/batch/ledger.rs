//! What a batch remembers in its output folder: of which photo and by which recipe each avatar was made.
//!
//! Only what is durable on disk is noted, and nothing that is noted is believed: before a photo is skipped, its bytes and
//! those of its avatar are hashed.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::batch::hash::Hash;
use crate::batch::names;
use crate::failure::Failure;
use crate::journal::{Journal, Place};
use crate::output::FORMATS;
use crate::report::Record;

/// What the file says of itself.
const FORMAT: &str = "headshot-batch-1";

/// One line.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line<R> {
    Made {
        mark: Mark,
        record: R,
    },
    /// An output that was removed.
    Gone {
        output: Name,
    },
}

/// What an avatar was made of, and what it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Mark {
    /// The absolute path of the photo.
    pub(crate) photo: Name,
    /// In bytes.
    pub(crate) size: u64,
    pub(crate) hash: Hash,
    pub(crate) recipe: Hash,
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

/// The avatars that are noted, by their names.
#[derive(Debug, Default)]
pub(crate) struct Known(HashMap<PathBuf, (Mark, Place)>);

/// The journal, open for more.
pub(crate) struct Ledger(Journal);

/// Opens the journal of an output folder and reads what is noted.
///
/// # Errors
/// While another run has it open.
pub(crate) fn open(path: &Path, busy: &str) -> Result<(Ledger, Known), Failure> {
    let mut known = HashMap::new();
    let each = |line: Line<IgnoredAny>, place| match line {
        Line::Made { mark, .. } => drop(known.insert(mark.output.path(), (mark, place))),
        Line::Gone { output } => drop(known.remove(&output.path())),
    };
    // Lines that a disk has lost cost nothing but making their avatars again.
    let (journal, _) = Journal::open(path, FORMAT, busy, each)?;
    Ok((Ledger(journal), Known(known)))
}

impl Ledger {
    /// Notes avatars that are durable on disk.
    pub(crate) fn note(&mut self, made: Vec<(Mark, &Record)>) -> std::io::Result<()> {
        let lines = made.into_iter();
        let lines = lines.map(|(mark, record)| Line::Made { mark, record });
        self.0.append(&lines.collect::<Vec<_>>())
    }

    /// Notes that an output is no more.
    pub(crate) fn forget(&mut self, output: &Path) -> std::io::Result<()> {
        let output = Name::from(output);
        self.0.append(&[Line::<()>::Gone { output }])
    }

    /// The record of an avatar as it was when it was made.
    pub(crate) fn record(&mut self, place: Place) -> std::io::Result<Record> {
        match self.0.entry(place)? {
            Line::Made { record, .. } => Ok(record),
            Line::Gone { .. } => Err(std::io::ErrorKind::InvalidData.into()),
        }
    }
}

impl Known {
    /// The avatars that are noted under this stem.
    pub(crate) fn of(&self, stem: &Path) -> impl Iterator<Item = &(Mark, Place)> {
        let files = FORMATS.map(|format| names::file(stem, format));
        files.into_iter().filter_map(|file| self.0.get(&file))
    }

    /// Every mark, in the order of the outputs' names.
    pub(crate) fn marks(&self) -> Vec<&Mark> {
        let mut files: Vec<_> = self.0.iter().collect();
        files.sort_unstable_by_key(|(file, _)| *file);
        files.into_iter().map(|(_, (mark, _))| mark).collect()
    }
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
mod tests {
    use super::*;

    fn mark(output: &str, recipe: &[u8]) -> Mark {
        Mark {
            photo: Name::from(Path::new("/in/a.jpg")),
            size: 11,
            hash: Hash::of(b"photo"),
            recipe: Hash::of(recipe),
            output: Name::from(Path::new(output)),
            output_size: 22,
            output_hash: Hash::of(b"avatar"),
        }
    }

    #[test]
    fn the_last_word_on_an_output_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let record = Record::new(Path::new("a.jpg"));
        let (mut ledger, _) = open(&path, "busy").unwrap();
        let both = vec![
            (mark("x/a.png", b"old"), &record),
            (mark("b.jpg", b"old"), &record),
        ];
        ledger.note(both).unwrap();
        ledger
            .note(vec![(mark("x/a.png", b"new"), &record)])
            .unwrap();
        ledger.forget(Path::new("b.jpg")).unwrap();
        drop(ledger);
        let (mut ledger, known) = open(&path, "busy").unwrap();
        assert_eq!(known.marks(), [&mark("x/a.png", b"new")]);
        assert_eq!(known.of(Path::new("b")).count(), 0);
        let found: Vec<_> = known.of(Path::new("x/a")).collect();
        let [(found, place)] = found[..] else {
            panic!("{found:?}")
        };
        assert_eq!(found.recipe, Hash::of(b"new"));
        assert_eq!(ledger.record(*place).unwrap().photo, "a.jpg");
    }

    #[cfg(unix)]
    #[test]
    fn names_come_back_byte_for_byte() {
        use std::os::unix::ffi::OsStrExt;
        for bytes in [
            &b"caf\xe9\n.jpg"[..],
            b"\\xe9",
            "Zo\u{eb}".as_bytes(),
            b"\xff",
        ] {
            let path = Path::new(std::ffi::OsStr::from_bytes(bytes));
            let json = serde_json::to_string(&Name::from(path)).unwrap();
            let name: Name = serde_json::from_str(&json).unwrap();
            assert_eq!(name.path(), path, "{json}");
        }
    }
}
