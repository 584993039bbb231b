//! The hidden folder in an output folder: the journal, the lock, and unfinished avatars.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::escape;
use crate::failure::Failure;
use crate::files::lock;
use crate::files::write;
use crate::journal::{self, Journal, Known};

/// The hidden folder in an output folder. It is never walked.
pub const FOLDER: &str = ".headshot";

const JOURNAL: &str = "journal.jsonl";

/// The choices for photos, in the hidden folder.
pub(crate) const CHOICES: &str = "choices.json";

/// An output folder that only this run writes to.
pub(crate) struct WorkingFolder {
    /// The folder for unfinished avatars.
    pub(crate) path: PathBuf,
    pub(crate) journal: Journal,
}

/// The journal of an output folder, which may not exist.
pub(crate) fn journal_file(out: &Path) -> PathBuf {
    out.join(FOLDER).join(JOURNAL)
}

/// Whether the hidden folder of an output folder has nothing that is not headshot's: it holds a journal or choices, or nothing at
/// all.
pub(crate) fn is_journals(folder: &Path) -> bool {
    let is_empty = || fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    folder.join(JOURNAL).exists() || folder.join(CHOICES).exists() || is_empty()
}

/// Whether an output lies in a folder, within the output folder, that belongs to another batch.
pub(crate) fn is_within_another(out: &Path, output: &Path) -> bool {
    let mut folders = output
        .ancestors()
        .skip(1)
        .filter(|folder| *folder != Path::new(""));
    folders.any(|folder| journal_file(&out.join(folder)).exists())
}

/// What the journals of the folders around an output folder list in it, by their names in it.
pub(crate) fn outer(out: &Path) -> HashSet<PathBuf> {
    let real = fs::canonicalize(out).unwrap_or_default();
    let mut outer = HashSet::new();
    for above in real.ancestors().skip(1) {
        // An unreadable one lists nothing that this run could know of.
        let Ok(known) = journal::read(above, &journal_file(above)) else {
            continue;
        };
        let listed = known
            .marks()
            .into_iter()
            .map(|mark| above.join(mark.output.path()));
        outer.extend(listed.filter_map(|file| Some(file.strip_prefix(&real).ok()?.to_owned())));
    }
    outer
}

/// The avatars that the journal of a folder lists, with their sizes; none if there is no readable journal.
pub(crate) fn avatars(out: &Path) -> HashMap<PathBuf, u64> {
    let known = journal::read(out, &journal_file(out)).unwrap_or_default();
    let marks = known.marks().into_iter();
    marks
        .map(|mark| (mark.output.path(), mark.output_size))
        .collect()
}

/// Makes the output folder if it is missing.
///
/// # Errors
/// If the system refuses.
pub(crate) fn prepare(out: &Path) -> Result<(), Failure> {
    fs::create_dir_all(out).map_err(|error| {
        let what = format!("-o {}: cannot make this folder", escape::name(out));
        Failure::io("output", what, &error)
    })
}

/// Opens the existing output folder, and removes what a killed run has left behind.
///
/// # Errors
/// If another run is writing to it, or it is not writable.
pub(crate) fn open(out: &Path) -> Result<(WorkingFolder, Known), Failure> {
    let working_folder = out.join(FOLDER);
    let file = journal_file(out);
    for (path, is_right) in [
        (&working_folder, Path::is_dir as fn(&Path) -> bool),
        (&file, Path::is_file),
    ] {
        // Through a link this run would write, and remove, wherever it leads.
        if path.is_symlink() || (path.exists() && !is_right(path)) {
            let message = format!("{} was not made by headshot", escape::name(path));
            return Err(
                Failure::new("output", message).with_hint("move it away, or name another folder")
            );
        }
    }
    // The journal has the paths of all photos, which nobody else should see.
    lock::private_folder(&working_folder).map_err(|error| {
        let what = format!("no file can be made in {}", escape::name(out));
        Failure::io("output", what, &error)
    })?;
    let busy = format!("another run is writing to {}", escape::name(out));
    let is_ours = file.exists();
    let (journal, known) = journal::open(out, &file, &busy)?;
    if is_ours {
        sweep(&working_folder);
    }
    Ok((
        WorkingFolder {
            path: working_folder,
            journal,
        },
        known,
    ))
}

/// Why avatars could not be noted.
pub(crate) fn unnoted(out: &Path, error: &io::Error) -> Failure {
    write::failed(&out.join(FOLDER), error)
}

/// The photo of the avatar in `out` that the journal there lists and `is_it` recognizes by its output; `None` also if there is
/// no readable journal.
pub fn listed(out: &Path, is_it: impl Fn(&Path) -> bool) -> Option<PathBuf> {
    let known = journal::read(out, &journal_file(out)).ok()?;
    let marks = known.marks();
    let mark = marks.iter().find(|mark| is_it(&mark.output.path()))?;
    Some(mark.photo.path())
}

/// Nobody else is at work here: the lock is held.
fn sweep(working_folder: &Path) {
    for entry in fs::read_dir(working_folder).into_iter().flatten().flatten() {
        // Choices may just be being written.
        let is_free = || fs::File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok());
        if write::is_temporary(&entry.file_name()) && is_free() {
            // Whatever stays does no harm.
            let _ = fs::remove_file(entry.path());
        }
    }
}
