//! Avatars that no longer have a photo: found after a run, reported, and removed only if that is requested and safe.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::commit::Commit;
use crate::escape;
use crate::failure::Failure;
use crate::files::write::{self, is_there};
use crate::hash::Hash;
use crate::journal::{Journal, Known, Mark, Name};
use crate::owner::Absences;
use crate::record::{Record, Status};
use crate::walk::Input;
use crate::working_folder::{self, unnoted};

/// An avatar that no longer has a photo.
#[derive(Debug)]
pub(crate) struct Orphan<'a> {
    pub(crate) mark: &'a Mark,
    /// Why it must not be removed; `None` if it may.
    pub(crate) doubt: Option<&'static str>,
}

/// The noted avatars that are not right and whose photo is gone, or was made into another file by this run.
///
/// A photo that failed this time, or was not part of this run, keeps its avatar.
pub(crate) fn find<'a>(known: &'a Known, absences: &Absences, commit: &Commit) -> Vec<Orphan<'a>> {
    let mut marks: Vec<&Mark> = known.marks();
    marks.retain(|mark| !commit.right.contains(&mark.output.path()));
    if marks.is_empty() {
        return Vec::new();
    }
    let statuses = commit.inputs.iter().zip(&commit.statuses);
    let right = statuses.filter(|(_, status)| status.as_ref().is_some_and(is_right));
    let right: Vec<&Input> = right.map(|(input, _)| input).collect();
    let made: HashSet<PathBuf> = right.iter().map(|input| input.absolute()).collect();
    let roots: HashSet<&Path> = right
        .iter()
        .filter_map(|input| input.root.as_deref())
        .collect();
    let folders: HashSet<&Path> = made.iter().filter_map(|photo| photo.parent()).collect();
    let has_root = |mark: &Mark| {
        let root = mark.root.as_ref().map(Name::path);
        root.is_some_and(|root| roots.contains(&*root))
    };
    let orphan = |mark: &'a Mark| {
        let photo = mark.photo.path();
        let output = mark.output.path();
        let is_made = made.contains(&photo);
        if !is_made && is_there(&photo)
            || commit.owns(&output)
            || !is_there(&commit.out.join(&output))
        {
            return None;
        }
        let is_empty = |folder: &Path| folder.is_dir() && !folders.contains(folder);
        let doubt = match () {
            () if !absences.has_root(mark) || !has_root(mark) => Some(
                "the folder that it came from was not part of this run, has no photos, or could not be listed",
            ),
            () if photo.parent().is_some_and(is_empty) => {
                Some("its folder has no photos, as if its disk were not there")
            }
            () if !is_made && commit.photos.contains(&mark.hash) => {
                Some("its photo is elsewhere in this run")
            }
            () => obstacle(mark, commit.out),
        };
        Some(Orphan { mark, doubt })
    };
    marks.into_iter().filter_map(orphan).collect()
}

fn is_right(status: &Status) -> bool {
    matches!(status, Status::Ok | Status::Unchanged | Status::Kept)
}

/// How many are removed at most by default: half of all noted ones, at least 10, at most 100.
pub(crate) fn default_most(known: &Known) -> usize {
    (known.len() / 2).clamp(10, 100)
}

/// Why none of them is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Some photos failed, and theirs may be among them.
    PhotosFailed,
    /// There are more than may be removed at once.
    TooMany {
        /// How many may be.
        most: usize,
    },
}

/// Whether this many may be removed.
///
/// # Errors
/// Why not.
pub(crate) fn check(count: usize, most: usize, has_failed: bool) -> Result<(), Refusal> {
    match count {
        0 => Ok(()),
        _ if has_failed => Err(Refusal::PhotosFailed),
        _ if count > most => Err(Refusal::TooMany { most }),
        _ => Ok(()),
    }
}

/// The report on an orphan; to remove it, pass `journal`.
pub(crate) fn settle(orphan: &Orphan, out: &Path, journal: Option<&mut Journal>) -> Record {
    let mark = orphan.mark;
    let photo = mark.photo.path();
    let mut record = Record::new(&photo);
    record.output = Some(escape::lossless(out.join(mark.output.path()).as_os_str()));
    record.status = Status::Orphan;
    let why = "no photo makes it any more".to_owned();
    match (journal, orphan.doubt) {
        (_, Some(doubt)) => record.warnings.push(format!("{why}; it is kept: {doubt}")),
        (None, None) => record.warnings.push(why),
        (Some(journal), None) => match remove(mark, out, journal) {
            Ok(None) => {
                record
                    .steps
                    .push("removed: no photo makes it any more".to_owned());
                record.status = Status::Removed;
            }
            Ok(Some(kept)) => record.warnings.push(format!("{why}; it is kept: {kept}")),
            Err(failure) => {
                record.error = Some(failure);
                record.status = Status::Failed;
            }
        },
    }
    record
}

/// Why an avatar must not be removed, judging by what is on disk.
fn obstacle(mark: &Mark, out: &Path) -> Option<&'static str> {
    let output = mark.output.path();
    let file = out.join(&output);
    let folder = fs::canonicalize(write::folder_of(&file));
    if folder.is_ok_and(|folder| fs::canonicalize(out).is_ok_and(|out| !folder.starts_with(out))) {
        return Some("a symbolic link leads to it");
    }
    if working_folder::is_within_another(out, &output) {
        return Some("it is in the output folder of another batch");
    }
    let found = fs::symlink_metadata(&file).ok()?;
    if !found.is_file() {
        return Some("somebody has put something else there");
    }
    if found.permissions().readonly() {
        return Some("it is read-only");
    }
    match Hash::of_file(&file, mark.output_size) {
        Ok(hash) if hash == Some(mark.output_hash) => None,
        Ok(_) => Some("it was edited after it was made"),
        Err(_) => Some("it cannot be read"),
    }
}

/// Removes the avatar, and folders that become empty; or says why it is kept.
fn remove(mark: &Mark, out: &Path, journal: &mut Journal) -> Result<Option<&'static str>, Failure> {
    // The check was a while ago.
    if let Some(obstacle) = obstacle(mark, out) {
        return Ok(Some(obstacle));
    }
    let output = mark.output.path();
    let file = out.join(&output);
    fs::remove_file(&file).map_err(|error| {
        let what = format!("{} cannot be removed", escape::name(&file));
        Failure::io("output", what, &error)
    })?;
    write::sync(write::folder_of(&file));
    for folder in output.ancestors().skip(1) {
        if folder == Path::new("") || fs::remove_dir(out.join(folder)).is_err() {
            break;
        }
    }
    journal.forget(&output);
    journal.flush().map_err(|error| unnoted(out, &error))?;
    Ok(None)
}
