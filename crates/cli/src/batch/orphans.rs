//! Avatars that no photo makes any more: found after a run, reported, and removed only if that is asked for.

use std::collections::HashSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::batch::commit::unnoted;
use crate::batch::hash::Hash;
use crate::batch::ledger::{Known, Ledger, Mark};
use crate::batch::summary::grouped;
use crate::batch::tell::Tell;
use crate::batch::walk::{Input, Kind};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report::Status;
use crate::{console, escape, write};

/// How many avatars without a photo are named.
const NAMED: usize = 20;

/// The marks of avatars that are not `right`, and whose photo is gone or was made into another file by this run.
///
/// A photo that failed this time, or was not part of this run, keeps its avatar.
pub(crate) fn find<'a>(
    known: &'a Known,
    right: &HashSet<PathBuf>,
    inputs: &[Input],
    statuses: &[Option<Status>],
) -> Vec<&'a Mark> {
    let mut left: Vec<&Mark> = known.marks();
    left.retain(|mark| !right.contains(&mark.output.path()));
    if left.is_empty() {
        return left;
    }
    let made = inputs.iter().zip(statuses);
    let made = made.filter(|(_, status)| status.as_ref().is_some_and(is_right));
    let made: HashSet<PathBuf> = made
        .filter_map(|(input, _)| std::path::absolute(&input.path).ok())
        .collect();
    left.retain(|mark| {
        let photo = mark.photo.path();
        let is_gone = fs::symlink_metadata(&photo).is_err_and(|error| {
            matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
        });
        is_gone || made.contains(&photo)
    });
    left
}

fn is_right(status: &Status) -> bool {
    matches!(status, Status::Ok | Status::Unchanged)
}

/// Why nothing should be removed: what looks as if all photos were gone is more likely a disk that is not there.
pub(crate) fn doubt(inputs: &[Input], statuses: &[Option<Status>]) -> Option<&'static str> {
    if inputs
        .iter()
        .any(|input| matches!(input.kind, Kind::Failed(_)))
    {
        return Some("a folder could not be listed");
    }
    match statuses.iter().flatten().any(is_right) {
        true => None,
        false => Some("no photo was found that has an avatar"),
    }
}

/// Reports avatars that no photo makes any more, or removes them.
pub(crate) fn bury(
    orphans: &[&Mark],
    prune: bool,
    out: &Path,
    ledger: &mut Ledger,
    tell: &Tell,
) -> Exit {
    let mut exit = Exit::Done;
    for (count, mark) in orphans.iter().enumerate() {
        let name = escape::name(&out.join(mark.output.path()));
        let photo = escape::name(&mark.photo.path());
        let said = match prune.then(|| remove(mark, out, ledger)) {
            None => format!("{name}: no photo makes it any more, since {photo} is gone or changed"),
            Some(Ok(Removed::Yes)) => format!("{name}: removed"),
            Some(Ok(Removed::Changed)) => format!("{name}: kept, because somebody has changed it"),
            Some(Err(failure)) => {
                console::failed(None, &failure);
                exit = Exit::Failed;
                continue;
            }
        };
        if count < NAMED {
            tell.remark(&said);
        }
    }
    if orphans.len() > NAMED {
        tell.remark(&format!(
            "and {} more like these",
            grouped(orphans.len() - NAMED)
        ));
    }
    if !orphans.is_empty() && !prune {
        tell.remark("--prune removes what no photo makes any more");
    }
    exit
}

/// What became of an avatar that was to be removed.
enum Removed {
    Yes,
    /// It is not what was made, and so not this program's any more.
    Changed,
}

/// Removes the avatar, and the folders that it leaves empty.
fn remove(mark: &Mark, out: &Path, ledger: &mut Ledger) -> Result<Removed, Failure> {
    let output = mark.output.path();
    let file = out.join(&output);
    let failed = |error: &_| {
        let what = format!("{} cannot be removed", escape::name(&file));
        Failure::io("output", what, error)
    };
    let folder = fs::canonicalize(write::folder_of(&file));
    if folder.is_ok_and(|folder| fs::canonicalize(out).is_ok_and(|out| !folder.starts_with(out))) {
        return Ok(Removed::Changed);
    }
    match Hash::of_file(&file, mark.output_size) {
        Ok(found) if found != Some(mark.output_hash) => return Ok(Removed::Changed),
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
    ledger
        .forget(&output)
        .map_err(|error| unnoted(out, &error))?;
    Ok(Removed::Yes)
}
