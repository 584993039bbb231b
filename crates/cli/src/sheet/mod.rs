//! `--sheet`: one page with each photo before and after, its steps and warnings, problems first. For a batch, and for a
//! manifest, whose rows also say whose photo it is.
//!
//! Rows come in the order of the photos and go straight to temporary files, one for each part of the page, so a
//! batch of any length takes no memory here. The page needs no script and nothing from elsewhere. Up to
//! [`MOST_INSIDE`] photos it is one file; beyond, the [`pictures`] lie in a folder beside it. Either way they are
//! decoded when they come into view.

mod page;
mod pictures;
mod row;

use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};
use std::path::Path;

use crate::claims::{Claims, Content, Target};
use crate::files::write;
use crate::terminal::escape;
use crate::terminal::failure::Failure;
use crate::terminal::record::Status;
use headshot_batch::{Thumbnail, Thumbnails};

pub(crate) use pictures::listed;
pub(crate) use row::{Outcome, Row};

use pictures::Pictures;

/// The most photos whose pictures are put into the page itself: about 8 MB of them.
const MOST_INSIDE: usize = 500;

const FLAG: &str = "--sheet";

/// The longer side of a picture with faces, in pixels: what the page shows, for current screens.
pub(crate) const FACE_SIDE: u32 = 192;

/// A page that is being put together.
#[derive(Debug)]
pub(crate) struct Sheet {
    target: Target,
    /// Whether it is for a dry run.
    planned: bool,
    /// Where the pictures are, if they are not in the page.
    pictures: Option<Pictures>,
    parts: [Part; 4],
    rows: usize,
    /// Why it will not get its name.
    broken: Option<Failure>,
}

/// Rows of one outcome.
#[derive(Debug)]
struct Part {
    outcome: Outcome,
    /// It has no name, so that nothing stays behind.
    rows: BufWriter<File>,
    count: usize,
}

impl Sheet {
    /// Claims a page for so many photos, and the folder beside it if its pictures go there. Touches nothing.
    ///
    /// # Errors
    /// If anything would be lost, or if the pictures would land among somebody else's files.
    pub(crate) fn claim(
        file: &Path,
        photos: usize,
        planned: bool,
        claims: &mut Claims,
    ) -> Result<Target, Failure> {
        let target = claims.claim(FLAG, file, Content::Page { planned })?;
        if photos > MOST_INSIDE {
            claims.claim_folder(FLAG, file, &pictures::beside(file))?;
            pictures::check(file)?;
        }
        Ok(target)
    }

    /// Begins a page for so many photos. An existing page stays as it is until [`finish`](Sheet::finish), and
    /// so do its pictures.
    ///
    /// # Errors
    /// If no file can be made there.
    pub(crate) fn create(target: Target, photos: usize, planned: bool) -> Result<Sheet, Failure> {
        let failed = |error: io::Error| {
            let file = escape::name(&target.path);
            let what = format!("--sheet {file}: no page can be made there");
            Failure::io("output", what, &error)
        };
        let folder = write::folder_of(&target.path);
        let part = |outcome| -> Result<Part, Failure> {
            let rows = tempfile::tempfile_in(folder).map_err(failed)?;
            Ok(Part {
                outcome,
                rows: BufWriter::new(rows),
                count: 0,
            })
        };
        let [failed, not_tried, warned, fine] = Outcome::ALL;
        let parts = [part(failed)?, part(not_tried)?, part(warned)?, part(fine)?];
        let pictures = (photos > MOST_INSIDE).then(|| Pictures::begin(&target.path));
        Ok(Sheet {
            pictures: pictures.transpose()?,
            target,
            planned,
            parts,
            rows: 0,
            broken: None,
        })
    }

    /// Adds the row of the next photo. Skipped files are not photos.
    pub(crate) fn add(&mut self, row: &Row, thumbnails: &Thumbnails) -> Result<(), Failure> {
        if row.record.status == Status::Skipped {
            return Ok(());
        }
        self.rows += 1;
        let added = self.address(&thumbnails.before, "before");
        let added = added.and_then(|before| {
            let face = self.address(&thumbnails.face, "face")?;
            let after = self.address(&thumbnails.after, "after")?;
            let part = &mut self.parts[row.outcome as usize];
            part.count += 1;
            page::row(&mut part.rows, row, [before, face, after])
        });
        added.map_err(|error| {
            let failure = self.failed(&error);
            self.broken.get_or_insert(failure).clone()
        })
    }

    /// Puts the page in its place, if it has every row, and removes the pictures of the previous page.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        let finished = match self.broken.take() {
            Some(broken) => Err(broken),
            None => self.put(),
        };
        match (&finished, self.pictures) {
            (Ok(()), Some(pictures)) => pictures.keep(),
            (Ok(()), None) => pictures::sweep(&self.target.path, None),
            (Err(_), Some(pictures)) => pictures.discard(),
            (Err(_), None) => {}
        }
        finished
    }

    fn put(&mut self) -> Result<(), Failure> {
        let counts = self.parts.each_ref().map(|part| part.count);
        let mut title = Vec::new();
        let name = self.target.path.file_name().unwrap_or_default();
        page::head(&mut title, &escape::lossless(name), self.planned, counts)
            .map_err(|error| self.failed(&error))?;
        let parts = &mut self.parts;
        self.target.fill(|page| {
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

    /// The address of a picture on the page: its data, or its own file.
    fn address(&mut self, thumbnail: &Option<Thumbnail>, when: &str) -> io::Result<Option<String>> {
        let Some(thumbnail) = thumbnail else {
            return Ok(None);
        };
        let Some(pictures) = &mut self.pictures else {
            return Ok(Some(page::data_url(thumbnail)));
        };
        let name = format!("{:06}-{when}.{}", self.rows, thumbnail.extension());
        let file = pictures.add(&name, &thumbnail.bytes())?;
        let parts: Vec<_> = file.iter().map(page::percent).collect();
        Ok(Some(parts.join("/")))
    }

    fn failed(&self, error: &io::Error) -> Failure {
        write::failed(&self.target.path, error)
    }
}

#[cfg(test)]
mod tests;
