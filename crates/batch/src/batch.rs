//! Makes many photos into a folder of avatars: in parallel, in order, and so that a run can be cut off anywhere and continued.
//!
//! Photos are made by workers (`make.rs`), as far ahead as admission lets them, and put in place by one thread in
//! the order of the inputs (`commit.rs`). So output, report and the winner of a collision do not depend on the number of
//! workers. A photo is reported once its avatar is durable and noted in the journal.
//!
//! Nothing here prints or knows a command line: the caller is told what happens, one [`Event`] at a time.

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use rayon::ThreadPoolBuilder;

use crate::admission::Admission;
use crate::choices::Found;
use crate::commit::{Commit, Done};
use crate::failure::Failure;
use crate::files::input::{self, DASH};
use crate::files::write::DISK_FULL;
use crate::hash::Hash;
use crate::isolate::Maker;
use crate::journal::{self, Journal, Known, Mark};
use crate::make::{self, End, Ended, Task};
use crate::make_avatar::Wanted;
use crate::names;
use crate::orphans::{self, Orphan, Refusal};
use crate::owner::Owners;
use crate::ram;
use crate::record::{Record, Status};
use crate::settings::Settings;
use crate::thumbnail::Thumbnails;
use crate::walk::Input;
use crate::working_folder::{self, WorkingFolder};

/// How far photos may be ahead of the oldest unfinished one: each holds a small file on disk.
const WINDOW: usize = 512;

/// How often the stop flag is checked.
const TICK: Duration = Duration::from_millis(100);

/// What happens in a batch, in this order.
pub enum Event<'a> {
    /// This many avatars were made by an earlier version, and are remade.
    Remade(usize),
    /// At most this many photos are made at once, for this reason.
    FewerJobs(usize, Failure),
    /// The stop flag was seen: photos in progress are finished.
    Stopping,
    /// Finished photos, in the order of the inputs.
    Done(&'a [Done<'a>]),
    /// A photo whose turn has not come.
    NotTried(&'a Path),
    /// An avatar that no longer has a photo, and what became of it.
    Orphan(&'a Record),
}

/// Receives the events. If it fails, the batch stops.
pub type Observer<'a> = dyn FnMut(Event) -> Result<(), Failure> + 'a;

/// How a batch ended. Until this is dropped, no other run can use the output folder.
pub struct Outcome {
    /// How many inputs are finished.
    pub done: usize,
    /// How many there are.
    pub count: usize,
    /// Why it stopped before the last one: a problem that every other photo would have met as well, such as a full disk, or the observer's
    /// failure. Run the same batch again to continue.
    pub stopped: Option<Failure>,
    /// Why the report is incomplete at the end.
    pub untold: Option<Failure>,
    /// Avatars without a photo that may be removed, or would be if that were requested.
    pub removable: usize,
    /// Why none was removed although that was requested.
    pub refusal: Option<Refusal>,
    _lock: Option<WorkingFolder>,
}

/// A batch whose photos all have their names in the output folder.
pub struct Batch<'a> {
    settings: Settings<'a>,
    inputs: Vec<Input>,
    working_folder: Option<WorkingFolder>,
    known: Known,
}

impl<'a> Batch<'a> {
    /// Reads the journal of the output folder, and gives every photo its name there. Makes nothing.
    ///
    /// # Errors
    /// If two photos want one name, an avatar would overwrite a photo, or another run is writing there.
    pub fn new(mut inputs: Vec<Input>, settings: Settings<'a>) -> Result<Batch<'a>, Failure> {
        let out = settings.out;
        let (working_folder, known) =
            if working_folder::journal_file(out).exists() && !settings.dry_run {
                working_folder::open(out)
                    .map(|(working_folder, known)| (Some(working_folder), known))?
            } else {
                (
                    None,
                    journal::read(out, &working_folder::journal_file(out))?,
                )
            };
        settle_names(&mut inputs, &settings, &known)?;
        Ok(Batch {
            settings,
            inputs,
            working_folder,
            known,
        })
    }

    /// The photos, each with its avatar's name in the output folder, without the extension.
    pub fn photos(&self) -> impl Iterator<Item = (&Path, &Path)> {
        let photos = self.inputs.iter().filter(|input| input.is_photo());
        photos.map(|input| (&*input.path, &*input.stem))
    }

    /// Makes the output folder if it is missing, and locks out other runs: for callers who put their own files there before
    /// the first avatar. In a dry run it does nothing.
    ///
    /// # Errors
    /// If it cannot be made, or another run is writing to it.
    pub fn open(&mut self) -> Result<(), Failure> {
        if self.working_folder.is_none() && !self.settings.dry_run {
            working_folder::prepare(self.settings.out)?;
            // Another run may have been here meanwhile.
            let (working_folder, known) = working_folder::open(self.settings.out)?;
            (self.working_folder, self.known) = (Some(working_folder), known);
        }
        Ok(())
    }

    /// Opens the batch, if it is not open, and makes all avatars until `stop` is set, which is checked ten times a second.
    /// A dry run reports what would be made.
    ///
    /// # Errors
    /// Those of [`open`](Batch::open). Later failures are in the outcome, and a photo's failure is in its
    /// record.
    pub fn run(mut self, stop: &AtomicBool, observer: &mut Observer) -> Result<Outcome, Failure> {
        self.open()?;
        let (settings, inputs, known) = (&self.settings, &self.inputs, &self.known);
        let out = settings.out;
        let (working_folder, journal) = match &mut self.working_folder {
            Some(working_folder) => (
                Some(working_folder.path.as_path()),
                Some(&mut working_folder.journal),
            ),
            None => (None, None),
        };
        let task = Task {
            recipe: settings.recipe,
            choices: settings.choices,
            working_folder,
            out,
            known,
            force: settings.force,
            overwrite: settings.overwrite,
            still: settings.still,
            isolation: settings.isolation,
        };
        let jobs = settings.jobs.map_or_else(cores, NonZeroUsize::get);
        let budget = settings.memory.unwrap_or_else(ram::default_budget);
        let admission = Admission::new(inputs.len(), WINDOW, budget);
        let owners = Owners::new(out, known, settings.overwrite, inputs);
        let mut commit = Commit::new(out, inputs, &owners, journal, settings.in_full);
        let older = remade(known, inputs, out);
        let told = match older {
            0 => Ok(()),
            _ => observer(Event::Remade(older)),
        };

        let mut stopped = match told {
            Ok(()) => work(&task, jobs, &admission, stop, &mut commit, observer),
            Err(failure) => Some(failure),
        };
        let unwritten = commit.finish().err();
        stopped = stopped.or(unwritten);
        let done = commit.statuses.iter().flatten().count();
        let orphans = if done == inputs.len() {
            orphans::find(known, &owners.absences, &commit)
        } else {
            Vec::new()
        };
        let statuses = std::mem::take(&mut commit.statuses);
        drop(commit);
        let left = inputs.iter().zip(&statuses);
        let mut left = left.filter(|(input, status)| status.is_none() && input.is_photo());
        let told = left.try_for_each(|(input, _)| observer(Event::NotTried(&input.path)));

        let has_failed = statuses.contains(&Some(Status::Failed));
        let removable = orphans.iter().filter(|orphan| orphan.doubt.is_none());
        let removable = removable.count();
        let most = settings.max_delete;
        let most = most.unwrap_or_else(|| orphans::default_most(known));
        let refusal = if settings.prune {
            orphans::check(removable, most, has_failed).err()
        } else {
            None
        };
        let journal = self
            .working_folder
            .as_mut()
            .map(|working_folder| &mut working_folder.journal);
        let journal = journal.filter(|_| settings.prune && refusal.is_none());
        let told_of_orphans = tell_of_orphans(&orphans, settings, refusal, journal, observer);
        Ok(Outcome {
            done,
            count: inputs.len(),
            stopped,
            untold: told.and(told_of_orphans).err(),
            removable,
            refusal,
            _lock: self.working_folder.take(),
        })
    }
}

/// Reports the avatars that no longer have a photo, and removes them if there is a journal to note it in.
fn tell_of_orphans(
    orphans: &[Orphan],
    settings: &Settings,
    refusal: Option<Refusal>,
    mut journal: Option<&mut Journal>,
    observer: &mut Observer,
) -> Result<(), Failure> {
    for orphan in orphans {
        let mut record = orphans::settle(orphan, settings.out, journal.as_deref_mut());
        record.planned = settings.dry_run;
        if settings.dry_run && settings.prune && refusal.is_none() && orphan.doubt.is_none() {
            let why = record.warnings.drain(..);
            record.steps = why.map(|why| format!("would be removed: {why}")).collect();
        }
        observer(Event::Orphan(&record))?;
    }
    Ok(())
}

/// Gives every photo its name in the output folder.
fn settle_names(inputs: &mut [Input], settings: &Settings, known: &Known) -> Result<(), Failure> {
    let recipe = settings.recipe;
    let mut maker = Maker::new(recipe, settings.isolation);
    let format = |input: &Input| {
        let photo = input::read(&input.path, recipe.options.limits.bytes).ok()?;
        let choice = settings.choices.and_then(|choices| {
            match choices.find(&input.name, Hash::of(&photo)) {
                Found::Choice(choice) => Some(choice),
                Found::Nothing | Found::Lapsed => None,
            }
        });
        let mut record = Record::new(Path::new(DASH));
        let planned = &mut Thumbnails::default();
        maker
            .make_avatar(&photo, choice, Wanted::Plan, &mut record, planned)
            .ok()?;
        record.format().ok()
    };
    names::settle(inputs, settings.out, settings.collisions, known, format)
}

/// How many avatars of these photos an earlier pipeline made.
fn remade(known: &Known, inputs: &[Input], out: &Path) -> usize {
    // An edited one is kept.
    let is_as_made = |mark: &Mark| {
        let found = fs::metadata(out.join(mark.output.path()));
        found.is_ok_and(|found| found.len() == mark.output_size)
    };
    let photos = inputs.iter().filter(|input| input.is_photo());
    photos
        .flat_map(|input| known.of(&input.stem))
        .filter(|noted| noted.mark.pipeline < headshot_core::PIPELINE && is_as_made(&noted.mark))
        .count()
}

/// Makes all photos, or stops at a failure that all others would meet as well.
fn work(
    task: &Task,
    jobs: usize,
    admission: &Admission,
    stop_flag: &AtomicBool,
    commit: &mut Commit,
    observer: &mut Observer,
) -> Option<Failure> {
    let inputs = commit.inputs;
    let planned = task.working_folder.is_none();
    let mut stopped = None;
    let mut stop = |failure: Failure| {
        admission.stop();
        stopped.get_or_insert(failure);
    };
    thread::scope(|scope| {
        let (send, ended) = mpsc::channel();
        for number in 0..jobs.min(inputs.len()) {
            let send = send.clone();
            let work = move || worker(inputs, task, admission, &send);
            if let Err(error) = thread::Builder::new().spawn_scoped(scope, work) {
                let failure = Failure::io("threads", "no thread can be started", &error);
                match number {
                    0 => stop(failure),
                    // The existing threads do the rest.
                    _ => observer(Event::FewerJobs(number, failure)).unwrap_or_else(&mut stop),
                }
                break;
            }
        }
        drop(send);
        let mut early = BTreeMap::new();
        let mut next = 0;
        let mut is_asked = false;
        loop {
            match ended.recv_timeout(TICK) {
                Ok(mut ended) => {
                    if let End::Failed(failure) = &ended.end
                        && failure.kind == DISK_FULL
                    {
                        // It is not the photo's fault, so it is left for the next run.
                        stop(failure.clone());
                        ended.end = End::Left;
                    }
                    early.insert(ended.index, ended);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if stop_flag.load(Ordering::Relaxed) && !is_asked {
                is_asked = true;
                admission.stop();
                observer(Event::Stopping).unwrap_or_else(&mut stop);
            }
            while let Some(ended) = early.remove(&next) {
                next += 1;
                commit.take(ended);
            }
            if commit.is_due() {
                flush(commit, observer, planned).unwrap_or_else(&mut stop);
            }
            admission.finished(next);
        }
        flush(commit, observer, planned).unwrap_or_else(&mut stop);
    });
    stopped
}

/// Makes the avatars in place durable, and reports them.
fn flush(commit: &mut Commit, observer: &mut Observer, planned: bool) -> Result<(), Failure> {
    let (mut done, noted) = commit.flush();
    done.iter_mut()
        .for_each(|done| done.record.planned = planned);
    let told = observer(Event::Done(&done));
    noted.and(told)
}

/// Makes photos, one after the other, as long as there are any.
fn worker(inputs: &[Input], task: &Task, admission: &Admission, ended: &Sender<Ended>) {
    // The core's parallel work for one photo is done by this thread alone: other threads have other photos.
    let pool = ThreadPoolBuilder::new().num_threads(1).use_current_thread();
    let _pool = pool.build();
    let mut maker = Maker::new(task.recipe, task.isolation);
    while let Some(index) = admission.next() {
        let input = &inputs[index];
        let photo = || make::photo(index, input, task, admission, &mut maker);
        let made = catch_unwind(AssertUnwindSafe(photo));
        let made = made.unwrap_or_else(|_| {
            let failure = Failure::new("internal", "this program panicked on it");
            make::failed(
                index,
                input,
                failure.with_hint("please report this as a bug"),
            )
        });
        if ended.send(made).is_err() {
            return;
        }
    }
}

/// As many as affinity and cgroup allow.
fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZeroUsize::get)
}
