//! An append-only file of JSON lines that survives being cut off anywhere: a line is in it whole and durable, or not at
//! all.
//!
//! The first line names the format. A line that a crash has cut short can only be the last, and is taken off when the
//! file is opened again. The file is locked while it is open.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::escape;
use crate::failure::Failure;
use crate::lock;

/// A journal that is open for appending, and locked.
#[derive(Debug)]
pub(crate) struct Journal {
    file: File,
    /// Where the next line goes: behind the last whole one.
    end: u64,
}

/// Where a line is in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    start: u64,
    length: u32,
}

/// The first line.
#[derive(Serialize, Deserialize)]
struct Head {
    format: String,
}

impl Journal {
    /// Opens the journal at `path`, makes it if it is missing, and hands every entry to `each`, the oldest first.
    ///
    /// Also says how many lines before the last whole one are no entries, as a disk may leave them: whoever can do
    /// without them goes on, everybody else refuses. `busy` is for [`lock::exclusive`].
    ///
    /// # Errors
    /// When another run has it open, when it is a file of something else, or of another version.
    pub(crate) fn open<E: DeserializeOwned>(
        path: &Path,
        format: &str,
        busy: &str,
        mut each: impl FnMut(E, Place),
    ) -> Result<(Journal, usize), Failure> {
        let file = lock::exclusive(path, busy)?;
        let failed = |error: io::Error| {
            let what = format!("{} cannot be used", escape::name(path));
            Failure::io("output", what, &error)
        };
        let mut lines = BufReader::new(&file);
        let mut line = Vec::new();
        let mut end = 0;
        let mut start = 0;
        let mut damaged = 0;
        let mut damaged_since = 0;
        loop {
            line.clear();
            let length = lines.read_until(b'\n', &mut line).map_err(failed)?;
            if line.pop_if(|last| *last == b'\n').is_none() {
                break;
            }
            let next = start + length as u64;
            if start == 0 {
                match serde_json::from_slice::<Head>(&line) {
                    Ok(head) if head.format == format => end = next,
                    _ => return Err(foreign(path, format)),
                }
            } else if let Ok(entry) = serde_json::from_slice(&line) {
                damaged += std::mem::take(&mut damaged_since);
                let length = length as u32;
                each(entry, Place { start, length });
                end = next;
            } else {
                damaged_since += 1;
            }
            start = next;
        }
        // A file that ends within its first line is ours if it has begun like one.
        if end == 0 && !head(format).starts_with(&line) {
            return Err(foreign(path, format));
        }
        file.set_len(end).map_err(failed)?;
        let mut journal = Journal { file, end };
        if end == 0 {
            journal.write(&head(format)).map_err(failed)?;
        }
        Ok((journal, damaged))
    }

    /// Appends a line for each entry. When it returns they are durable; when it fails none of them is there.
    pub(crate) fn append<E: Serialize>(&mut self, entries: &[E]) -> io::Result<()> {
        let mut lines = Vec::new();
        for entry in entries {
            serde_json::to_writer(&mut lines, entry)?;
            lines.push(b'\n');
        }
        self.write(&lines)
    }

    /// The entry at a place that [`Journal::open`] told.
    pub(crate) fn entry<E: DeserializeOwned>(&mut self, place: Place) -> io::Result<E> {
        let mut line = vec![0; place.length as usize];
        self.file.seek(SeekFrom::Start(place.start))?;
        self.file.read_exact(&mut line)?;
        Ok(serde_json::from_slice(&line)?)
    }

    fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        self.file.seek(SeekFrom::Start(self.end))?;
        let written = self
            .file
            .write_all(lines)
            .and_then(|()| self.file.sync_data());
        match written {
            Ok(()) => self.end += lines.len() as u64,
            // Should this fail too, the next line goes over what is there now, or opening the file takes it off.
            Err(_) => drop(self.file.set_len(self.end)),
        }
        written
    }
}

fn head(format: &str) -> Vec<u8> {
    format!("{{\"format\":\"{format}\"}}\n").into_bytes()
}

fn foreign(path: &Path, format: &str) -> Failure {
    let path = escape::name(path);
    Failure::new(
        "journal",
        format!("{path} is not a journal of the format {format}"),
    )
    .with_hint("it may be another version's: move it away to start over")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const FORMAT: &str = "test-1";

    fn open(path: &Path) -> Result<(Journal, Vec<u32>, usize), Failure> {
        let mut entries = Vec::new();
        let (journal, damaged) =
            Journal::open(path, FORMAT, "busy", |entry, _| entries.push(entry))?;
        Ok((journal, entries, damaged))
    }

    #[test]
    fn entries_are_there_again_and_can_be_read_one_by_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let (mut journal, entries, _) = open(&path).unwrap();
        assert_eq!(entries, [0; 0]);
        journal.append(&[11, 222]).unwrap();
        assert_eq!(open(&path).unwrap_err().kind, lock::LOCKED);
        journal.append(&[3]).unwrap();
        drop(journal);
        let mut places = Vec::new();
        let opened = Journal::open(&path, FORMAT, "busy", |_: u32, place| places.push(place));
        let (mut journal, damaged) = opened.unwrap();
        assert_eq!((places.len(), damaged), (3, 0));
        assert_eq!(journal.entry::<u32>(places[1]).unwrap(), 222);
        journal.append(&[44]).unwrap();
        drop(journal);
        assert_eq!(open(&path).unwrap().1, [11, 222, 3, 44]);
    }

    #[test]
    fn a_file_cut_off_anywhere_has_its_whole_lines_and_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        open(&path).unwrap().0.append(&[11, 222]).unwrap();
        let whole = fs::read(&path).unwrap();
        let head = head(FORMAT).len();
        for length in 0..=whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            let (mut journal, entries, damaged) = open(&path).unwrap();
            let expected: &[u32] = match length.saturating_sub(head) {
                0..3 => &[],
                3..7 => &[11],
                _ => &[11, 222],
            };
            assert_eq!((&entries[..], damaged), (expected, 0), "{length}");
            journal.append(&[5]).unwrap();
            drop(journal);
            let entries = open(&path).unwrap().1;
            assert_eq!(entries, [expected, &[5]].concat(), "{length}");
        }
    }

    #[test]
    fn damage_is_counted_in_the_middle_and_taken_off_at_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let text = "{\"format\":\"test-1\"}\n11\n\0\0\0\nx\n222\n\0\0\n\0";
        fs::write(&path, text).unwrap();
        let (mut journal, entries, damaged) = open(&path).unwrap();
        assert_eq!((&entries[..], damaged), (&[11, 222][..], 2));
        journal.append(&[3]).unwrap();
        drop(journal);
        let (_journal, entries, damaged) = open(&path).unwrap();
        assert_eq!((&entries[..], damaged), (&[11, 222, 3][..], 2));
    }

    #[test]
    fn what_is_no_journal_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        for text in [
            "photo,token_env\n",
            "photo",
            "{\"format\":\"test-2\"}\n11\n",
        ] {
            fs::write(&path, text).unwrap();
            let failure = open(&path).unwrap_err();
            assert!(failure.message.contains("test-1"), "{failure:?}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_line_that_does_not_fit_is_not_there() {
        let file = fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let mut journal = Journal { file, end: 0 };
        let error = journal.append(&[1]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert_eq!(journal.end, 0);
    }
}
