//! Puts finished avatars in their places, in the order of the photos: renamed, made durable, noted, and only then told
//! of.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind};
use std::mem;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempPath;

use crate::batch::ledger::{Ledger, Mark};
use crate::batch::make::{End, Ended};
use crate::batch::walk::Input;
use crate::console::shown;
use crate::escape;
use crate::failure::Failure;
use crate::report::{Record, Status};
use crate::sheet::Thumbnails;
use crate::write::{self, DISK_FULL, Identity};

/// Avatars are put in place after so many, or after so long.
const MOST: usize = 128;
const LONGEST: Duration = Duration::from_millis(500);

/// A file system makes many files durable at once in little more time than one, if it is asked at once.
const SYNCING: usize = 16;

/// What is known of the places so far.
pub(crate) struct Commit<'a> {
    out: &'a Path,
    /// Where it really is: nothing is put elsewhere.
    root: PathBuf,
    pub(crate) inputs: &'a [Input],
    /// `None` if nothing is written.
    ledger: Option<&'a mut Ledger>,
    /// Whether somebody wants to know all about photos that have not changed.
    in_full: bool,
    /// Which photo each file in the output folder belongs to.
    owners: HashMap<Identity, usize>,
    /// The names of the avatars that are right.
    pub(crate) right: HashSet<PathBuf>,
    /// How each photo ended, as far as it did.
    pub(crate) statuses: Vec<Option<Status>>,
    /// Folders that are there.
    folders: HashSet<PathBuf>,
    unsynced: BTreeSet<PathBuf>,
    pending: Vec<Ended>,
    flushed: Instant,
}

/// A photo that is done with.
pub(crate) struct Done {
    pub(crate) index: usize,
    pub(crate) record: Record,
    pub(crate) thumbnails: Thumbnails,
    pub(crate) read: u64,
    pub(crate) took: Duration,
}

impl<'a> Commit<'a> {
    pub(crate) fn new(
        out: &'a Path,
        inputs: &'a [Input],
        ledger: Option<&'a mut Ledger>,
        in_full: bool,
    ) -> Commit<'a> {
        Commit {
            out,
            root: fs::canonicalize(out).unwrap_or_else(|_| out.to_owned()),
            inputs,
            ledger,
            in_full,
            owners: HashMap::new(),
            right: HashSet::new(),
            statuses: vec![None; inputs.len()],
            folders: HashSet::new(),
            unsynced: BTreeSet::new(),
            pending: Vec::new(),
            flushed: Instant::now(),
        }
    }

    /// Takes the next photo. It is dealt with by [`Commit::flush`].
    pub(crate) fn take(&mut self, ended: Ended) {
        self.pending.push(ended);
    }

    /// Whether it is time for [`Commit::flush`].
    pub(crate) fn is_due(&self) -> bool {
        self.pending.len() >= MOST
            || (!self.pending.is_empty() && self.flushed.elapsed() >= LONGEST)
    }

    /// Makes what was taken durable, puts it in place, notes it, and returns it to be told of.
    ///
    /// # Errors
    /// When the disk is full or the journal cannot be written. Photos that this met are not returned: they are left
    /// for another run.
    pub(crate) fn flush(&mut self) -> (Vec<Done>, Result<(), Failure>) {
        let pending = mem::take(&mut self.pending);
        let is_made = |ended: &Ended| matches!(ended.end, End::Made { .. });
        let synced = match pending.iter().any(is_made) {
            true => sync(&pending),
            false => pending.iter().map(|_| Ok(())).collect(),
        };
        let mut full = Ok(());
        let mut done = Vec::with_capacity(pending.len());
        let mut marks = Vec::new();
        for (mut ended, synced) in pending.into_iter().zip(synced) {
            let (index, read, took) = (ended.index, ended.read, ended.took);
            let thumbnails = mem::take(&mut ended.thumbnails);
            match self.settle(ended, synced) {
                Some((
                    Record {
                        error: Some(failure),
                        ..
                    },
                    _,
                )) if failure.kind == DISK_FULL => {
                    full = Err(failure);
                }
                Some((record, mark)) => {
                    self.statuses[index] = Some(record.status);
                    marks.push(mark);
                    done.push(Done {
                        index,
                        record,
                        thumbnails,
                        read,
                        took,
                    });
                }
                None => {}
            }
        }
        for folder in mem::take(&mut self.unsynced) {
            write::sync(&folder);
        }
        let made = marks.into_iter().zip(&done);
        let made = made.filter_map(|(mark, done)| Some((mark?, &done.record)));
        let noted = match self.ledger.as_mut() {
            Some(ledger) => ledger.note(made.collect()),
            None => Ok(()),
        };
        self.flushed = Instant::now();
        let noted = noted.map_err(|error| unnoted(self.out, &error));
        (done, full.and(noted))
    }

    /// What became of a photo in the end, and the mark of an avatar that was made.
    fn settle(&mut self, ended: Ended, synced: io::Result<()>) -> Option<(Record, Option<Mark>)> {
        let mut record = ended.record;
        let place =
            |out: &Path, output: &Path| Some(escape::lossless(out.join(output).as_os_str()));
        let mut noted = None;
        let end = match ended.end {
            End::Left => return None,
            End::Failed(failure) => Err(failure),
            End::Skipped(why) => {
                record.warnings.push(why.to_owned());
                Ok(Status::Skipped)
            }
            End::Planned { output } => {
                record.output = place(self.out, &output);
                Ok(Status::Ok)
            }
            End::Unchanged { mark, place: line } => {
                let output = mark.output.path();
                self.own(&self.out.join(&output), ended.index);
                if let Some(ledger) = self.ledger.as_mut().filter(|_| self.in_full)
                    && let Ok(mut made) = ledger.record(line)
                {
                    made.photo = mem::take(&mut record.photo);
                    record = made;
                }
                record.output = place(self.out, &output);
                self.right.insert(output);
                Ok(Status::Unchanged)
            }
            End::Made { avatar, mark } => {
                let output = mark.output.path();
                let target = self.out.join(&output);
                let put = synced
                    .map_err(|error| write::failed(&target, &error))
                    .and_then(|()| self.put(avatar, &target, ended.index));
                put.map(|()| {
                    record.output = place(self.out, &output);
                    self.right.insert(output);
                    noted = Some(mark);
                    Status::Ok
                })
            }
        };
        record.ended(end.as_ref().map(drop).map_err(Failure::clone));
        record.status = end.unwrap_or(Status::Failed);
        Some((record, noted))
    }

    fn own(&mut self, file: &Path, index: usize) {
        if let Some(identity) = Identity::of(file) {
            self.owners.insert(identity, index);
        }
    }

    /// Renames an avatar to `target`, unless that is the file of another photo of this run, whatever the file system
    /// makes of the two names.
    fn put(&mut self, avatar: TempPath, target: &Path, index: usize) -> Result<(), Failure> {
        let failed = |error: io::Error| write::failed(target, &error);
        let folder = write::folder_of(target);
        self.make_folder(folder).map_err(failed)?;
        if write::is_special(target) {
            let name = escape::name(target);
            let message = format!("{name} is a pipe or a device, and no place for an avatar");
            return Err(Failure::new("output", message));
        }
        let owner = Identity::of(target).and_then(|identity| self.owners.get(&identity));
        if let Some(&owner) = owner {
            let (target, owner) = (escape::name(target), shown(&self.inputs[owner].path));
            let message = format!("{target} is, to the file system, already the avatar of {owner}");
            return Err(Failure::new("collision", message).with_hint("rename one of the two"));
        }
        // As for single files: a link stays a link, and permissions stay as they were. But it has to stay within.
        let real = fs::canonicalize(target).or_else(|_| {
            let folder = fs::canonicalize(folder)?;
            Ok(folder.join(target.file_name().unwrap_or_default()))
        });
        let real = real.map_err(failed)?;
        if !real.starts_with(&self.root) {
            let (name, out) = (escape::name(target), escape::name(self.out));
            let message = format!(
                "{name} is, by a symbolic link, outside {out}: {}",
                escape::name(&real)
            );
            return Err(Failure::new("output", message)
                .with_hint("remove the link, or name another folder"));
        }
        if let Ok(existing) = fs::metadata(&real) {
            fs::set_permissions(&avatar, existing.permissions()).map_err(failed)?;
        }
        match avatar.persist(&real) {
            Ok(()) => {}
            // Another disk is mounted inside the output folder.
            Err(other) if other.error.kind() == ErrorKind::CrossesDevices => {
                let bytes = fs::read(&other.path).map_err(failed)?;
                write::file(target, &bytes)?;
            }
            Err(other) => return Err(failed(other.error)),
        }
        self.own(target, index);
        self.unsynced.insert(write::folder_of(&real).to_owned());
        Ok(())
    }

    /// Makes a folder and those above it, within the output folder, durably.
    fn make_folder(&mut self, folder: &Path) -> io::Result<()> {
        if folder == self.out || self.folders.contains(folder) {
            return Ok(());
        }
        if let Some(above) = folder.parent() {
            self.make_folder(above)?;
            match fs::create_dir(folder) {
                Ok(()) => drop(self.unsynced.insert(above.to_owned())),
                Err(error) if error.kind() == ErrorKind::AlreadyExists && folder.is_dir() => {
                    if !fs::canonicalize(folder)?.starts_with(&self.root) {
                        let name = escape::name(folder);
                        let message = format!("{name} is a symbolic link to another place");
                        return Err(io::Error::other(message));
                    }
                }
                Err(error) => return Err(error),
            }
        }
        self.folders.insert(folder.to_owned());
        Ok(())
    }
}

/// Makes the avatars among these durable.
fn sync(pending: &[Ended]) -> Vec<io::Result<()>> {
    let one = |ended: &Ended| match &ended.end {
        // Not every system syncs what is only open for reading.
        End::Made { avatar, .. } => OpenOptions::new().write(true).open(avatar)?.sync_all(),
        _ => Ok(()),
    };
    let share = pending.len().div_ceil(SYNCING).max(1);
    thread::scope(|scope| {
        let mut started = Vec::with_capacity(SYNCING);
        for share in pending.chunks(share) {
            let thread = thread::Builder::new().name("sync".to_owned());
            let sync = move || share.iter().map(one).collect::<Vec<_>>();
            // Where no thread can be had it is done here.
            started.push(thread.spawn_scoped(scope, sync).map_err(|_| sync()));
        }
        let synced = started.into_iter().flat_map(|started| match started {
            Ok(thread) => thread.join().unwrap_or_default(),
            Err(synced) => synced,
        });
        synced.collect()
    })
}

/// Why avatars could not be noted.
pub(crate) fn unnoted(out: &Path, error: &io::Error) -> Failure {
    write::failed(&out.join(crate::batch::FOLDER), error)
}
