//! An append-only file of JSON lines that survives being cut off anywhere: a line is in it whole and durable, or not at
//! all.
//!
//! The first line names the format. A line cut short by a crash can only be the last, and is removed when the
//! file is opened again; so is anything that a disk left after the last line of JSON. A line that is JSON but not an entry
//! may be from a later version, so it stays. The file is locked while it is open.

use std::fs::File;
#[cfg(unix)]
use std::fs::{self, Metadata};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};

use crate::escape;
use crate::failure::Failure;
use crate::files::lock;
use crate::files::write;

/// A journal that is open for appending, and locked.
#[derive(Debug)]
pub struct Log {
    file: File,
    /// Where the next line goes: after the last whole one.
    end: u64,
}

/// Many times the bytes of the longest line.
const LONGEST: u64 = 4 * 1024 * 1024;

/// Where a line is in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    start: u64,
    length: u32,
}

impl Span {
    /// In bytes, including its line end.
    pub fn length(self) -> u64 {
        self.length.into()
    }
}

/// What was found besides the entries.
#[derive(Debug, Default, PartialEq)]
pub struct Found {
    /// How many lines before the last whole one are not JSON, as a disk may leave them: callers that can do without them go
    /// on, others refuse.
    pub damaged: usize,
    /// Lines that are JSON but not an entry.
    pub unknown: Vec<Span>,
    /// Which of the formats the file has, 0 for the first.
    pub format: usize,
    /// Bytes up to the end of the last whole line; 0 if there is no file.
    pub length: u64,
}

/// The first line.
#[derive(Serialize, Deserialize)]
struct Head {
    format: String,
}

impl Log {
    /// Opens the journal at `path`, makes it if it is missing, and passes every entry to `each`, the oldest first.
    ///
    /// `formats` are those that can be read, today's first. `busy` is for [`lock::exclusive`].
    ///
    /// # Errors
    /// If another run has it open, if it is a file of something else, or of another version.
    pub fn open<E: DeserializeOwned>(
        path: &Path,
        formats: &[&str],
        busy: &str,
        each: impl FnMut(E, Span),
    ) -> Result<(Log, Found), Failure> {
        if write::is_special(path) {
            return Err(foreign(path, formats, None));
        }
        let mut file = lock::exclusive(path, busy)?;
        // Another run that held the lock a moment ago may have replaced the file by compacting.
        while !is_at(&file, path) {
            file = lock::exclusive(path, busy)?;
        }
        let found = entries(&file, path, formats, each)?;
        let failed = |error: io::Error| unusable(path, &error);
        file.set_len(found.length).map_err(failed)?;
        let end = found.length;
        let mut log = Log { file, end };
        if end == 0 {
            log.write(&head(formats[0])).map_err(failed)?;
        }
        Ok((log, found))
    }

    /// Appends a line for each entry. If it returns they are durable; if it fails none of them is there.
    pub fn append<E: Serialize>(&mut self, entries: &[E]) -> io::Result<()> {
        let mut lines = Vec::new();
        for entry in entries {
            serde_json::to_writer(&mut lines, entry)?;
            lines.push(b'\n');
        }
        self.write(&lines)
    }

    /// The entry at a position that [`Log::open`] reported.
    pub fn entry<E: DeserializeOwned>(&mut self, span: Span) -> io::Result<E> {
        Ok(serde_json::from_slice(&self.line(span)?)?)
    }

    /// Replaces this journal by one that has only these lines, in this order, and returns where they are then.
    /// This one stays until the new one is whole and durable.
    pub fn compact(&mut self, path: &Path, format: &str, lines: &[Span]) -> io::Result<Vec<Span>> {
        let folder = write::folder_of(path);
        let temporary = write::beside(folder)?;
        let mut file = temporary.as_file().try_clone()?;
        file.try_lock().map_err(io::Error::from)?;
        file.set_permissions(self.file.metadata()?.permissions())?;
        let mut out = io::BufWriter::new(&mut file);
        let head = head(format);
        out.write_all(&head)?;
        let mut end = head.len() as u64;
        let mut spans = Vec::with_capacity(lines.len());
        for span in lines {
            out.write_all(&self.line(*span)?)?;
            spans.push(Span {
                start: end,
                length: span.length,
            });
            end += span.length();
        }
        out.flush()?;
        drop(out);
        file.sync_all()?;
        temporary.persist(path).map_err(|error| error.error)?;
        write::sync(folder);
        *self = Log { file, end };
        Ok(spans)
    }

    fn line(&mut self, span: Span) -> io::Result<Vec<u8>> {
        let mut line = vec![0; span.length as usize];
        self.file.seek(SeekFrom::Start(span.start))?;
        self.file.read_exact(&mut line)?;
        Ok(line)
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
            // If this fails, too, the next line overwrites what is there now, or opening the file removes it.
            Err(_) => drop(self.file.set_len(self.end)),
        }
        written
    }
}

/// Passes every entry of a journal to `each`, the oldest first, and changes nothing. Others may write to it meanwhile.
///
/// # Errors
/// If it is a file of something else, or of another version.
pub fn read<E: DeserializeOwned>(
    path: &Path,
    formats: &[&str],
    each: impl FnMut(E, Span),
) -> Result<Found, Failure> {
    // Checked before opening: a device has no end, and opening a pipe blocks.
    if write::is_special(path) {
        return Err(foreign(path, formats, None));
    }
    match File::open(path) {
        Ok(file) => entries(&file, path, formats, each),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(Found::default())
        }
        Err(error) => Err(unusable(path, &error)),
    }
}

fn entries<E: DeserializeOwned>(
    file: &File,
    path: &Path,
    formats: &[&str],
    mut each: impl FnMut(E, Span),
) -> Result<Found, Failure> {
    let failed = |error: io::Error| unusable(path, &error);
    let mut lines = BufReader::new(file);
    let mut line = Vec::new();
    let mut found = Found::default();
    let mut start = 0;
    let mut damaged_since = 0;
    loop {
        line.clear();
        let mut some = lines.by_ref().take(LONGEST);
        let length = some.read_until(b'\n', &mut line).map_err(failed)?;
        if line.pop_if(|last| *last == b'\n').is_none() {
            if (length as u64) < LONGEST {
                break;
            }
            if start == 0 {
                return Err(foreign(path, formats, None));
            }
            // Not one of our lines: left by a disk.
            start += length as u64 + lines.skip_until(b'\n').map_err(failed)? as u64;
            damaged_since += 1;
            continue;
        }
        let next = start + length as u64;
        let span = Span {
            start,
            length: length as u32,
        };
        let mut is_whole = true;
        if start == 0 {
            let head = serde_json::from_slice::<Head>(&line).ok();
            let known = |head: &Head| formats.iter().position(|known| *known == head.format);
            match head.as_ref().and_then(known) {
                Some(format) => found.format = format,
                None => return Err(foreign(path, formats, head)),
            }
        } else if let Ok(entry) = serde_json::from_slice(&line) {
            each(entry, span);
        } else if serde_json::from_slice::<IgnoredAny>(&line).is_ok() {
            found.unknown.push(span);
        } else {
            damaged_since += 1;
            is_whole = false;
        }
        if is_whole {
            found.damaged += std::mem::take(&mut damaged_since);
            found.length = next;
        }
        start = next;
    }
    // A file that ends within its first line is ours if it begins like one.
    let is_begun = |format: &&str| head(format).starts_with(&line);
    if found.length == 0 && !formats.iter().any(is_begun) {
        return Err(foreign(path, formats, None));
    }
    Ok(found)
}

/// Whether this is the file that has this name now.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let same = |a: Metadata, b: Metadata| (a.dev(), a.ino()) == (b.dev(), b.ino());
    match (file.metadata(), fs::metadata(path)) {
        (Ok(file), Ok(path)) => same(file, path),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

fn head(format: &str) -> Vec<u8> {
    format!("{{\"format\":\"{format}\"}}\n").into_bytes()
}

fn unusable(path: &Path, error: &io::Error) -> Failure {
    Failure::io(
        "output",
        format!("{} cannot be used", escape::name(path)),
        error,
    )
}

fn foreign(path: &Path, formats: &[&str], head: Option<Head>) -> Failure {
    let (path, format) = (escape::name(path), formats[0]);
    match head {
        // Our formats end in a number, and differ only in it from version to version.
        Some(head) if kind(&head.format) == kind(format) => {
            let found = head.format;
            let message = format!(
                "{path} is of the format {found}, but this version of headshot reads {format}"
            );
            Failure::new("journal", message)
                .with_hint("use the newest headshot that has written to it")
        }
        _ => Failure::new(
            "journal",
            format!("{path} is not a journal of the format {format}"),
        )
        .with_hint("move it away to start over, or name another place"),
    }
}

fn kind(format: &str) -> &str {
    format.trim_end_matches(|letter: char| letter.is_ascii_digit())
}

#[cfg(test)]
mod tests;
