//! `--sheet`: one page with the photo before and after, its steps and warnings, problems first.
//!
//! Rows come in the order of the photos and go straight to three temporary files, one for each part of the page, so a
//! batch of any length takes no memory here. The page needs no script and nothing from elsewhere. Up to
//! [`MOST_INSIDE`] photos it is one file; beyond, the pictures lie in a folder beside it. Either way they are
//! decoded when they come into view.

mod page;
mod thumbnail;

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

use crate::escape;
use crate::failure::Failure;
use crate::report::{Record, Status};
use crate::write;

pub(crate) use thumbnail::{Thumbnail, Thumbnails};

/// The most photos whose pictures are put into the page itself: about 8 MB of them.
const MOST_INSIDE: usize = 500;

/// A page that is being put together.
#[derive(Debug)]
pub(crate) struct Sheet {
    file: PathBuf,
    /// The folder for the pictures, where they are not in the page.
    beside: Option<PathBuf>,
    parts: [Part; 3],
    rows: usize,
}

/// Rows of one outcome.
#[derive(Debug)]
struct Part {
    outcome: Outcome,
    /// It has no name, so that nothing stays behind.
    rows: BufWriter<File>,
    count: usize,
}

/// What a photo is filed under, in the order of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Failed,
    Warned,
    Fine,
}

impl Outcome {
    const ALL: [Outcome; 3] = [Outcome::Failed, Outcome::Warned, Outcome::Fine];

    fn of(record: &Record) -> Outcome {
        match (&record.error, &record.warnings[..]) {
            (Some(_), _) => Outcome::Failed,
            (None, [_, ..]) => Outcome::Warned,
            (None, []) => Outcome::Fine,
        }
    }
}

impl Sheet {
    /// Begins a page for so many photos. A page of this name stays as it is until [`finish`](Sheet::finish); the
    /// pictures of an earlier one beside it are removed.
    ///
    /// # Errors
    /// When no file can be made there.
    pub(crate) fn create(file: &Path, photos: usize) -> Result<Sheet, Failure> {
        let failed = |error: io::Error| {
            let what = format!("--sheet {}: no page can be made there", escape::name(file));
            Failure::io("output", what, &error)
        };
        let folder = write::folder_of(file);
        let pictures = pictures_of(file);
        if pictures.is_symlink() {
            let pictures = escape::name(&pictures);
            let message =
                format!("--sheet: {pictures} is a symbolic link, and no place for pictures");
            return Err(Failure::usage(message).with_hint("remove it, or name another page"));
        }
        sweep(&pictures);
        let beside = (photos > MOST_INSIDE).then_some(pictures);
        if let Some(beside) = &beside {
            fs::create_dir_all(beside).map_err(failed)?;
        }
        let part = |outcome| -> Result<Part, Failure> {
            let rows = tempfile::tempfile_in(folder).map_err(failed)?;
            Ok(Part {
                outcome,
                rows: BufWriter::new(rows),
                count: 0,
            })
        };
        let [failed, warned, fine] = Outcome::ALL;
        Ok(Sheet {
            file: file.to_owned(),
            beside,
            parts: [part(failed)?, part(warned)?, part(fine)?],
            rows: 0,
        })
    }

    /// Adds the row of the next photo. What was left alone is no photo.
    pub(crate) fn add(&mut self, record: &Record, thumbnails: &Thumbnails) -> Result<(), Failure> {
        if record.status == Status::Skipped {
            return Ok(());
        }
        self.rows += 1;
        let added = self.address(&thumbnails.before, "before");
        let added = added.and_then(|before| {
            let after = self.address(&thumbnails.after, "after")?;
            let outcome = Outcome::of(record);
            let part = &mut self.parts[outcome as usize];
            part.count += 1;
            page::row(&mut part.rows, record, before, after)
        });
        added.map_err(|error| self.failed(&error))
    }

    /// Writes the page beside its name and renames it.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        let counts = self.parts.each_ref().map(|part| part.count);
        let mut title = Vec::new();
        let name = self.file.file_name().unwrap_or_default();
        page::head(&mut title, &escape::lossless(name), counts)
            .map_err(|error| self.failed(&error))?;
        let parts = &mut self.parts;
        write::filled(&self.file, |page| {
            page.write_all(&title)?;
            for part in parts {
                part.rows.flush()?;
                let rows = part.rows.get_mut();
                rows.rewind()?;
                page::part(page, part.outcome, part.count, rows)?;
            }
            page::foot(page)
        })
    }

    /// What the page calls a picture by: itself, or a file of its own.
    fn address(&self, thumbnail: &Option<Thumbnail>, when: &str) -> io::Result<Option<String>> {
        let Some(thumbnail) = thumbnail else {
            return Ok(None);
        };
        let Some(beside) = &self.beside else {
            return Ok(Some(thumbnail.data_url()));
        };
        let name = format!("{:06}-{when}.{}", self.rows, thumbnail.extension());
        // Neither synced nor renamed: whoever loses one makes the page anew.
        fs::write(beside.join(&name), thumbnail.bytes())?;
        let folder = beside.file_name().unwrap_or_default();
        Ok(Some(format!("{}/{name}", page::percent(folder))))
    }

    fn failed(&self, error: &io::Error) -> Failure {
        let what = format!("{} cannot be written", escape::name(&self.file));
        Failure::io("output", what, error)
    }
}

/// Whether a file is among the pictures beside a page, which are photos of nobody.
pub(crate) fn shows(page: &Path, file: &Path) -> bool {
    let (pictures, folder) = (pictures_of(page), write::folder_of(file));
    folder.file_name() == pictures.file_name()
        && fs::canonicalize(folder)
            .is_ok_and(|folder| Some(folder) == fs::canonicalize(pictures).ok())
}

/// `people.html` has its pictures in `people-files`.
fn pictures_of(file: &Path) -> PathBuf {
    let mut name = OsString::from(file.file_stem().unwrap_or_default());
    name.push("-files");
    file.with_file_name(name)
}

/// Removes the pictures of an earlier page, and nothing else.
fn sweep(pictures: &Path) {
    let is_ours = |name: &str| {
        let (number, rest) = name.split_once('-').unwrap_or_default();
        let (when, extension) = rest.split_once('.').unwrap_or_default();
        number.len() >= 6
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && ["before", "after"].contains(&when)
            && Thumbnail::EXTENSIONS.contains(&extension)
    };
    for entry in fs::read_dir(pictures).into_iter().flatten().flatten() {
        if entry.file_name().to_str().is_some_and(is_ours) {
            // One that stays is overwritten, or one too many.
            let _ = fs::remove_file(entry.path());
        }
    }
    let _ = fs::remove_dir(pictures);
}

#[cfg(test)]
mod tests;
