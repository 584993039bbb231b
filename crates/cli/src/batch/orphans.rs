//! Avatars that no photo makes any more: found after a run, told of, and removed only where that is asked for and proven.

use std::collections::HashSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::batch::commit::{Commit, unnoted};
use crate::batch::hash::Hash;
use crate::batch::ledger::{Known, Ledger, Mark};
use crate::batch::owner::{Absences, is_there};
use crate::batch::site;
use crate::batch::summary::grouped;
use crate::failure::Failure;
use crate::report::{Record, Status};
use crate::{escape, write};

/// An avatar that no photo makes any more.
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
    let made = statuses.filter(|(_, status)| status.as_ref().is_some_and(is_right));
    let made: HashSet<PathBuf> = made.map(|(input, _)| input.absolute()).collect();
    let orphan = |mark: &'a Mark| {
        let photo = mark.photo.path();
        let is_made = made.contains(&photo);
        if !is_made && is_there(&photo) || commit.owns(&mark.output.path()) {
            return None;
        }
        let doubt = match () {
            () if !absences.has_root(mark) => Some(
                "the folder that led to its photo is not one that this run has read to its end and found photos in",
            ),
            () if !is_made && commit.photos.contains(&mark.hash) => {
                Some("its photo is elsewhere in this run")
            }
            () => None,
        };
        Some(Orphan { mark, doubt })
    };
    marks.into_iter().filter_map(orphan).collect()
}

fn is_right(status: &Status) -> bool {
    matches!(status, Status::Ok | Status::Unchanged | Status::Kept)
}

/// How many are removed at most if nobody says: half of all that are noted, at least 10, at most 100.
pub(crate) fn default_most(known: &Known) -> usize {
    (known.len() / 2).clamp(10, 100)
}

/// Why none of so many is removed; `None` if they may be.
pub(crate) fn forbidden(count: usize, most: usize, has_failed: bool) -> Option<Failure> {
    if count == 0 {
        return None;
    }
    let avatars = match count {
        1 => "1 avatar has no photo any more".to_owned(),
        _ => format!("{} avatars have no photo any more", grouped(count)),
    };
    if has_failed {
        let message = format!("nothing was removed: {avatars}, but not every photo could be read");
        return Some(
            Failure::new("prune", message).with_hint("mend what failed, and run it again"),
        );
    }
    (count > most).then(|| {
        let most = grouped(most);
        let message =
            format!("nothing was removed: {avatars}, and at most {most} are removed at once");
        Failure::new("prune", message).with_hint(format!(
            "if that is right, --max-delete {count} removes them"
        ))
    })
}

/// What is told of an orphan; if it is removed, `ledger` is given.
pub(crate) fn bury(orphan: &Orphan, out: &Path, ledger: Option<&mut Ledger>) -> Record {
    let mark = orphan.mark;
    let photo = mark.photo.path();
    let mut record = Record::new(&photo);
    record.output = Some(escape::lossless(out.join(mark.output.path()).as_os_str()));
    record.status = Status::Orphan;
    let why = "no photo makes it any more".to_owned();
    match (ledger, orphan.doubt) {
        (_, Some(doubt)) => record.warnings.push(format!("{why}; it is kept: {doubt}")),
        (None, None) => record.warnings.push(why),
        (Some(ledger), None) => match remove(mark, out, ledger) {
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

/// Removes the avatar, and the folders that it leaves empty; or says why it is kept.
fn remove(mark: &Mark, out: &Path, ledger: &mut Ledger) -> Result<Option<&'static str>, Failure> {
    let output = mark.output.path();
    let file = out.join(&output);
    let failed = |error: &_| {
        let what = format!("{} cannot be removed", escape::name(&file));
        Failure::io("output", what, error)
    };
    let folder = fs::canonicalize(write::folder_of(&file));
    if folder.is_ok_and(|folder| fs::canonicalize(out).is_ok_and(|out| !folder.starts_with(out))) {
        return Ok(Some("a symbolic link leads to it"));
    }
    if site::is_within_another(out, &output) {
        return Ok(Some("it is in the output folder of another batch"));
    }
    match fs::symlink_metadata(&file) {
        Ok(found) if !found.is_file() => return Ok(Some("somebody has put something else there")),
        Ok(found) if found.permissions().readonly() => return Ok(Some("it is read-only")),
        _ => {}
    }
    match Hash::of_file(&file, mark.output_size) {
        Ok(found) if found != Some(mark.output_hash) => {
            return Ok(Some("it was edited after it was made"));
        }
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(&error)),
        Ok(_) => {
            fs::remove_file(&file).map_err(|error| failed(&error))?;
            write::sync(write::folder_of(&file));
        }
        Err(_) => {}
    }
    for folder in output.ancestors().skip(1) {
        if folder == Path::new("") || fs::remove_dir(out.join(folder)).is_err() {
            break;
        }
    }
    ledger.forget(&output);
    ledger.flush().map_err(|error| unnoted(out, &error))?;
    Ok(None)
}
