//! Puts finished avatars in place, in the order of the photos: noted, renamed, made durable, and only then
//! reported.

use std::collections::HashSet;
use std::io;
use std::mem;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tempfile::TempPath;

use crate::choices::LAPSED;
use crate::escape;
use crate::failure::Failure;
use crate::files::write::{self, DISK_FULL, is_there};
use crate::hash::Hash;
use crate::journal::{Journal, Mark, Noted};
use crate::make::{By, End, Ended};
use crate::output_folder::OutputFolder;
use crate::owner::{EDITED, Owners, Replaces, Verdict};
use crate::record::{Record, Status};
use crate::sync::sync;
use crate::thumbnail::Thumbnails;
use crate::walk::Input;
use crate::working_folder::unnoted;

/// Avatars are put in place after this many, or after this long.
const MOST: usize = 128;
const LONGEST: Duration = Duration::from_millis(500);

/// The state of the output folder so far.
pub(crate) struct Commit<'a> {
    pub(crate) out: &'a Path,
    pub(crate) inputs: &'a [Input],
    owners: &'a Owners<'a>,
    /// `None` if nothing is written.
    journal: Option<&'a mut Journal>,
    /// Whether unchanged photos are to be reported in full.
    in_full: bool,
    folder: OutputFolder<'a>,
    /// The names of the avatars that are right.
    pub(crate) right: HashSet<PathBuf>,
    /// The photos that have one.
    pub(crate) photos: HashSet<Hash>,
    /// How each photo ended, if it has.
    pub(crate) statuses: Vec<Option<Status>>,
    pending: Vec<Ended>,
    flushed: Instant,
}

/// A finished photo.
pub struct Done<'a> {
    index: usize,
    /// What it was.
    pub input: &'a Input,
    /// What became of it.
    pub record: Record,
    /// Empty unless the recipe asks for them.
    pub thumbnails: Thumbnails,
    /// The options it was made by.
    pub by: By,
    /// Bytes of the photo that were read.
    pub read: u64,
    /// How long that took.
    pub took: Duration,
}

/// An avatar whose place is decided.
struct Placement {
    /// Index in the list of finished ones.
    number: usize,
    /// `None` if it is there already.
    avatar: Option<TempPath>,
    alias: Option<PathBuf>,
    replaces: Replaces,
}

impl<'a> Commit<'a> {
    pub(crate) fn new(
        out: &'a Path,
        inputs: &'a [Input],
        owners: &'a Owners<'a>,
        journal: Option<&'a mut Journal>,
        in_full: bool,
    ) -> Commit<'a> {
        Commit {
            out,
            inputs,
            owners,
            journal,
            in_full,
            folder: OutputFolder::new(out),
            right: HashSet::new(),
            photos: HashSet::new(),
            statuses: vec![None; inputs.len()],
            pending: Vec::new(),
            flushed: Instant::now(),
        }
    }

    /// Takes the next photo. [`Commit::flush`] processes it.
    pub(crate) fn take(&mut self, ended: Ended) {
        self.pending.push(ended);
    }

    /// Whether it is time for [`Commit::flush`].
    pub(crate) fn is_due(&self) -> bool {
        self.pending.len() >= MOST
            || (!self.pending.is_empty() && self.flushed.elapsed() >= LONGEST)
    }

    /// Makes the taken photos durable, notes them, puts them in place, and returns them to be reported.
    ///
    /// # Errors
    /// If the disk is full or the journal cannot be written. Photos that this affects are not returned: they are left
    /// for another run.
    pub(crate) fn flush(&mut self) -> (Vec<Done<'a>>, Result<(), Failure>) {
        let pending = mem::take(&mut self.pending);
        let is_made = |ended: &Ended| matches!(ended.end, End::Made { .. });
        let synced = if pending.iter().any(is_made) {
            sync(&pending)
        } else {
            pending.iter().map(|_| Ok(())).collect()
        };
        let mut done: Vec<Done<'a>> = Vec::with_capacity(pending.len());
        let mut placements = Vec::new();
        let mut marks = Vec::new();
        for (ended, synced) in pending.into_iter().zip(synced) {
            let Some((one, placement)) = self.decide(ended, synced) else {
                continue;
            };
            if let Some((mark, placement)) = placement {
                let number = done.len();
                marks.push(mark);
                placements.push(Placement {
                    number,
                    ..placement
                });
            }
            done.push(one);
        }
        let noted = self.note(&marks, &placements, &done);
        let mut full = Ok(());
        for (placement, mark) in placements.into_iter().zip(&marks) {
            let one = &mut done[placement.number];
            let placed = noted
                .clone()
                .and_then(|()| self.put(placement, mark, one.index));
            match placed {
                Ok(()) => {}
                Err(failure) => {
                    if failure.kind == DISK_FULL || noted.is_err() {
                        full = Err(failure.clone());
                    }
                    one.record.output = None;
                    one.record.ended(Err(failure));
                }
            }
        }
        self.folder.sync();
        self.flushed = Instant::now();
        if full.is_err() {
            // These are left for another run.
            let is_told = |one: &Done| {
                let kind = one.record.error.as_ref().map(|failure| &failure.kind);
                kind.is_none_or(|kind| kind != DISK_FULL)
                    && (noted.is_ok() || one.record.error.is_none())
            };
            done.retain(is_told);
        }
        for one in &mut done {
            self.statuses[one.index] = Some(one.record.status);
            // It is true for this run, and not noted.
            one.record.chosen = one.by == By::Choice && one.record.error.is_none();
            if one.by == By::LapsedChoice {
                one.record.warnings.push(LAPSED.to_owned());
            }
        }
        (done, full)
    }

    /// Whether this output is, under any name, the avatar of a photo of this run.
    pub(crate) fn owns(&self, output: &Path) -> bool {
        self.folder.is_owned(&self.out.join(output))
    }

    /// Writes the journal lines that are still pending.
    ///
    /// # Errors
    /// If the journal cannot be written.
    pub(crate) fn finish(&mut self) -> Result<(), Failure> {
        match self.journal.as_mut().map(|journal| journal.flush()) {
            None | Some(Ok(())) => Ok(()),
            Some(Err(error)) => Err(unnoted(self.out, &error)),
        }
    }

    fn note(
        &mut self,
        marks: &[Mark],
        placements: &[Placement],
        done: &[Done],
    ) -> Result<(), Failure> {
        let Some(journal) = self.journal.as_mut() else {
            return Ok(());
        };
        let records = placements
            .iter()
            .map(|placement| &done[placement.number].record);
        let lines: Vec<_> = marks.iter().cloned().zip(records).collect();
        let noted = journal.note(&lines);
        noted.map_err(|error| unnoted(self.out, &error))
    }

    /// What becomes of a photo, and of its avatar if it is to be noted.
    fn decide(
        &mut self,
        ended: Ended,
        synced: io::Result<()>,
    ) -> Option<(Done<'a>, Option<(Mark, Placement)>)> {
        let index = ended.index;
        let mut record = ended.record;
        let mut placement = None;
        let mut thumbnails = ended.thumbnails;
        // Of a file that is kept they show what would have been made.
        let is_made = matches!(ended.end, End::Planned { .. } | End::Made { .. });
        let end = match ended.end {
            End::Left => return None,
            End::Failed(failure) => Err(failure),
            End::Skipped(why) => {
                record.warnings.push(why.to_owned());
                Ok(Status::Skipped)
            }
            End::Unchanged(noted) => {
                self.learn_where(&noted, index);
                self.settled(&noted, index, &mut record, Status::Unchanged)
            }
            End::Kept(noted) => self.settled(&noted, index, &mut record, Status::Kept),
            End::Planned { mark, is_made } => {
                let verdict = self.judge(&mark, index, &mut record, is_made);
                verdict.map(|(status, _)| status)
            }
            End::Made { avatar, mark } => {
                let target = self.out.join(mark.output.path());
                let synced = synced.map_err(|error| write::failed(&target, &error));
                let verdict = synced.and_then(|()| self.judge(&mark, index, &mut record, true));
                verdict.map(|(status, verdict)| {
                    let (avatar, alias, replaces) = match verdict {
                        Verdict::Put { alias, replaces } => (Some(avatar), alias, replaces),
                        Verdict::Note { alias } => (None, alias, Replaces::Nothing),
                        Verdict::Adopt => (None, None, Replaces::Nothing),
                        Verdict::Right | Verdict::Kept(_) | Verdict::Refused(_) => return status,
                    };
                    let placed = Placement {
                        number: 0,
                        avatar,
                        alias,
                        replaces,
                    };
                    placement = Some((mark, placed));
                    status
                })
            }
        };
        record.ended(end.as_ref().map(drop).map_err(Failure::clone));
        record.status = end.unwrap_or(Status::Failed);
        if is_made && record.status == Status::Kept {
            (thumbnails.after, thumbnails.face) = (None, None);
        }
        let done = Done {
            index,
            input: &self.inputs[index],
            record,
            thumbnails,
            by: ended.by,
            read: ended.read,
            took: ended.took,
        };
        Some((done, placement))
    }

    /// What may become of an avatar, and the photo's status then.
    fn judge(
        &mut self,
        mark: &Mark,
        index: usize,
        record: &mut Record,
        is_made: bool,
    ) -> Result<(Status, Verdict), Failure> {
        let output = mark.output.path();
        let photos = |owner: usize| self.inputs[owner].path.as_path();
        self.folder.own(&self.out.join(&output), index, photos)?;
        let verdict = self.owners.verdict(mark, &self.inputs[index].path, is_made);
        let status = match &verdict {
            Verdict::Refused(failure) => return Err(failure.clone()),
            Verdict::Kept(why) => kept(record, why),
            Verdict::Right => Status::Unchanged,
            Verdict::Adopt => {
                let adopted = "it was there already, and is noted as made by headshot";
                record.warnings.push(adopted.to_owned());
                Status::Unchanged
            }
            Verdict::Note { .. } | Verdict::Put { .. } => Status::Ok,
        };
        record.output = Some(self.name(&output));
        self.right.insert(output);
        self.photos.insert(mark.hash);
        Ok((status, verdict))
    }

    /// An avatar that is there already.
    fn settled(
        &mut self,
        noted: &Noted,
        index: usize,
        record: &mut Record,
        status: Status,
    ) -> Result<Status, Failure> {
        let output = noted.mark.output.path();
        let photos = |owner: usize| self.inputs[owner].path.as_path();
        self.folder.own(&self.out.join(&output), index, photos)?;
        if let Some(journal) = self.journal.as_mut().filter(|_| self.in_full)
            && let Ok(mut made) = journal.record(noted.line)
        {
            made.photo = mem::take(&mut record.photo);
            *record = made;
        }
        record.output = Some(self.name(&output));
        self.right.insert(output);
        self.photos.insert(noted.mark.hash);
        Ok(match status {
            Status::Kept => kept(record, EDITED),
            status => status,
        })
    }

    /// A photo that has moved keeps its avatar, and the journal notes where it is now and which folder leads there.
    fn learn_where(&mut self, noted: &Noted, index: usize) {
        let input = &self.inputs[index];
        let path = input.absolute();
        let before = noted.mark.photo.path();
        let has_moved = before != path && !is_there(&before);
        let is_led_to = before == path && noted.mark.root.is_none() && input.root.is_some();
        if let Some(journal) = self.journal.as_mut()
            && (has_moved || is_led_to)
        {
            journal.moved(&noted.mark.output.path(), &path, input.root.as_deref());
        }
    }

    /// Puts a noted avatar in place, or takes its note back.
    fn put(&mut self, placement: Placement, mark: &Mark, index: usize) -> Result<(), Failure> {
        let output = mark.output.path();
        let photos = |owner: usize| self.inputs[owner].path.as_path();
        let target = self.out.join(&output);
        let placed = match placement.avatar {
            None => Ok(()),
            Some(avatar) => self
                .folder
                .put(avatar, &target, placement.replaces, index, photos),
        };
        if let Some(journal) = self.journal.as_mut() {
            match &placed {
                Ok(()) => placement
                    .alias
                    .iter()
                    .for_each(|alias| journal.forget(alias)),
                Err(_) => journal.withdraw(&output),
            }
        }
        if placed.is_err() {
            self.right.remove(&output);
        }
        placed
    }

    fn name(&self, output: &Path) -> String {
        escape::lossless(self.out.join(output).as_os_str())
    }
}

/// The file that is there is somebody's, so nothing is said of the avatar that would be.
fn kept(record: &mut Record, why: &str) -> Status {
    (record.avatar, record.face) = (None, None);
    record.steps.clear();
    record.warnings = vec![format!("{why}, and is kept")];
    Status::Kept
}
