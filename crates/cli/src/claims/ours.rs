//! Tells, from its first bytes and the journals around it, whether a file is headshot's own.
//!
//! A name proves nothing. Journals, lists and states begin with `{"format":"headshot-`, reports with an object of
//! docs/report.md, pages with [`PAGE`].

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::path::Path;

use serde::Deserialize;

use crate::files::write::{self, Identity};
use crate::state;
use crate::terminal::escape;

/// The beginning of each page.
pub(crate) const PAGE: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
    <meta name=\"generator\" content=\"headshot\">\n";

/// What follows in the page of a dry run.
pub(crate) const PLANNED_PAGE: &str = "<meta name=\"headshot\" content=\"planned\">\n";

/// The beginning of the first version's pages.
const FIRST_PAGE: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
    <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src * data:\">\n";

/// The beginning of journals, lists, states and choices files, apart from blanks.
const NOTES: [&[u8]; 2] = [b"{\"format\":\"headshot-", b"{\"headshot_choices\":"];

/// No object of a report is nearly as long.
const LONGEST_OBJECT: u64 = 1 << 20;

/// What a file is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It is not there, or empty.
    Nothing,
    /// Of a run, or of a dry run.
    Report {
        planned: bool,
    },
    /// The same.
    Page {
        planned: bool,
    },
    Other,
}

/// How an object of a report is recognized.
#[derive(Deserialize)]
struct Object {
    #[serde(rename = "schema")]
    _schema: u32,
    #[serde(rename = "photo")]
    _photo: String,
    #[serde(default)]
    planned: bool,
}

/// What the file of this name is, by its first line.
///
/// # Errors
/// If it exists but cannot be read.
pub(crate) fn kind(path: &Path) -> io::Result<Kind> {
    let Some(file) = open(path)? else {
        return Ok(Kind::Nothing);
    };
    let mut start = Vec::new();
    let mut lines = BufReader::new(file.take(LONGEST_OBJECT));
    lines.read_until(b'\n', &mut start)?;
    if start.is_empty() {
        return Ok(Kind::Nothing);
    }
    if let Ok(object) = serde_json::from_slice::<Object>(&start) {
        let planned = object.planned;
        return Ok(Kind::Report { planned });
    }
    (&mut lines)
        .take((PAGE.len() + PLANNED_PAGE.len()).max(FIRST_PAGE.len()) as u64)
        .read_to_end(&mut start)?;
    let rest = [PAGE, FIRST_PAGE]
        .iter()
        .find_map(|page| start.strip_prefix(page.as_bytes()));
    Ok(rest.map_or(Kind::Other, |rest| Kind::Page {
        planned: rest.starts_with(PLANNED_PAGE.as_bytes()),
    }))
}

/// Why the file of this name is never replaced, because headshot keeps something there; `None` if it does not.
///
/// # Errors
/// If it exists but cannot be read.
pub(crate) fn kept_in(path: &Path) -> io::Result<Option<String>> {
    let real = fs::canonicalize(path).or_else(|_| {
        let folder = fs::canonicalize(write::folder_of(path))?;
        io::Result::Ok(folder.join(path.file_name().unwrap_or_default()))
    });
    // Where there is no folder there is nothing in it.
    let real = real.unwrap_or_else(|_| path.to_owned());
    if let Some(why) = kept_for_itself(&real) {
        return Ok(Some(why));
    }
    let Some(file) = open(&real)? else {
        return Ok(None);
    };
    let mut start = Vec::new();
    file.take(2 * NOTES[1].len() as u64)
        .read_to_end(&mut start)?;
    start.retain(|byte| !byte.is_ascii_whitespace());
    if NOTES.iter().any(|notes| start.starts_with(notes)) {
        let why = "headshot keeps a journal, a list or your choices there";
        return Ok(Some(why.to_owned()));
    }
    let Some(identity) = Identity::of(&real) else {
        return Ok(None);
    };
    let name = real.file_name().unwrap_or_default();
    for out in real.ancestors().skip(1) {
        let listed = headshot_batch::listed(out, |output| {
            let is_alike = output.file_name().is_some_and(|other| is_twin(other, name));
            is_alike && Identity::of(&out.join(output)).as_ref() == Some(&identity)
        });
        if let Some(photo) = listed {
            let (photo, out) = (escape::name(&photo), escape::name(out));
            let why = format!("this is the avatar of {photo}, made by the batch into {out}");
            return Ok(Some(why));
        }
    }
    Ok(None)
}

/// Why the user may not write to this path, which is resolved; `None` if they may.
pub(crate) fn kept_for_itself(real: &Path) -> Option<String> {
    if real.iter().any(|part| part == headshot_batch::FOLDER) {
        return Some(format!(
            "folders named {} are only for journals and choices",
            headshot_batch::FOLDER
        ));
    }
    let state = state::folder().ok();
    let state = state.and_then(|state| fs::canonicalize(state).ok());
    let why = "that folder holds what set remembers and the photos that it replaced";
    state
        .is_some_and(|state| real.starts_with(state))
        .then(|| why.to_owned())
}

/// Removes temporary files of reports and pages that killed runs left in a folder, judged by their names, by
/// their contents, and because no run holds them. Anything left over does no harm.
pub(crate) fn sweep(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_file = || entry.file_type().is_ok_and(|kind| kind.is_file());
        if !write::is_temporary(&entry.file_name()) || !is_file() {
            continue;
        }
        let path = entry.path();
        // Empty ones are from runs that were killed early.
        let is_ours = kind(&path).is_ok_and(|kind| kind != Kind::Other);
        let is_free = || File::open(&path).is_ok_and(|file| file.try_lock().is_ok());
        if is_ours && is_free() {
            let _ = fs::remove_file(&path);
        }
    }
}

/// Whether two names are the same if case is ignored.
fn is_twin(a: &OsStr, b: &OsStr) -> bool {
    a == b || a.to_string_lossy().to_lowercase() == b.to_string_lossy().to_lowercase()
}

fn open(path: &Path) -> io::Result<Option<File>> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_how_it_begins() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let kind_of = |text: &str| {
            fs::write(&path, text).unwrap();
            kind(&path).unwrap()
        };
        assert_eq!(kind(&folder.path().join("no")).unwrap(), Kind::Nothing);
        assert_eq!(kind_of(""), Kind::Nothing);
        let object = |more: &str| format!("{{\"schema\":1,\"photo\":\"a.jpg\"{more}}}\nrest");
        assert_eq!(kind_of(&object("")), Kind::Report { planned: false });
        assert_eq!(
            kind_of(&object(",\"planned\":true")),
            Kind::Report { planned: true }
        );
        assert_eq!(kind_of(PAGE), Kind::Page { planned: false });
        assert_eq!(kind_of(FIRST_PAGE), Kind::Page { planned: false });
        let planned = [PAGE, PLANNED_PAGE].concat();
        assert_eq!(kind_of(&planned), Kind::Page { planned: true });
        for text in [
            "\n",
            "{}",
            "{\"photo\":\"a.jpg\"}",
            "{\"schema\":1,\"photo\":\"a.jpg\"",
            "<!DOCTYPE html>\n<html lang=\"en\">",
            "\u{ff}\u{d8}",
        ] {
            assert_eq!(kind_of(text), Kind::Other, "{text:?}");
        }
    }

    #[test]
    fn notes_are_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        for (text, is_kept) in [
            ("{\"format\":\"headshot-batch-1\"}\n", true),
            ("{\n  \"format\": \"headshot-state-1\",", true),
            ("{\n  \"headshot_choices\": 1,\n", true),
            ("{\"format\":\"other\"}", false),
            ("", false),
        ] {
            fs::write(&path, text).unwrap();
            assert_eq!(kept_in(&path).unwrap().is_some(), is_kept, "{text}");
        }
        assert!(
            kept_in(&folder.path().join(".headshot/x"))
                .unwrap()
                .is_some()
        );
        assert!(kept_in(&folder.path().join("no/such")).unwrap().is_none());
    }
}
