//! Many photos into a folder: in parallel, in order, and so that a run can be cut off anywhere and go on.
//!
//! Photos are made by workers ([`make`]), as far ahead as the [`gate`] lets them, and put in their places by one thread in
//! the order of the inputs ([`commit`]). So output, report and the winner of a collision do not depend on how many there
//! are. A photo is told of once its avatar is durable and noted in the [`ledger`].

mod commit;
mod folder;
pub mod fuzz;
mod gate;
mod hash;
mod jsonl;
mod kinds;
mod ledger;
mod list;
mod make;
pub(crate) mod names;
mod need;
mod orphans;
mod owner;
pub(crate) mod ram;
mod site;
mod summary;
mod tell;
mod walk;

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use rayon::ThreadPoolBuilder;

use crate::args::NormalizeArgs;
use crate::batch::commit::Commit;
use crate::batch::gate::Gate;
use crate::batch::hash::{Hash, PIPELINE, decisive};
use crate::batch::ledger::{Known, Ledger, Mark};
use crate::batch::make::{End, Ended, Task};
use crate::batch::orphans::Orphan;
use crate::batch::owner::Owners;
use crate::batch::summary::grouped;
use crate::batch::tell::{Tell, Voice};
use crate::batch::walk::{Choice, Input};
use crate::batch_args::BatchArgs;
use crate::claims::Claims;
use crate::console::{self, Console};
use crate::develop::{Recipe, Wanted};
use crate::escape;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input::{self, DASH};
use crate::interrupt::Interrupt;
use crate::isolate::{Darkroom, Isolation};
use crate::output;
use crate::poster::Poster;
use crate::report::Record;
use crate::sheet::{Sheet, Thumbnails};
use crate::write::DISK_FULL;

pub(crate) use jsonl::Jsonl;
pub(crate) use list::list;
pub(crate) use site::listed;

/// The hidden folder in an output folder. It is never walked.
pub(crate) const FOLDER: &str = ".headshot";

/// How far photos may be ahead of the oldest that is not done: each holds a small file on disk.
const WINDOW: usize = 512;

/// How often Ctrl-C is looked for.
const TICK: Duration = Duration::from_millis(100);

/// Makes the avatars of all that is `named`, photos and folders, in `out`.
pub(crate) fn run(
    args: &NormalizeArgs,
    named: &[PathBuf],
    out: &Path,
    mut claims: Claims,
    recipe: &Recipe,
    console: &mut Console,
) -> Result<Exit, Failure> {
    let batch = &args.batch;
    let choice = Choice {
        hidden: batch.hidden,
        follow_links: batch.follow_links,
    };
    let mut inputs = walk::inputs(named, out, choice)?;
    let count = inputs.iter().filter(|input| input.is_photo()).count();
    let poster = args.poster.as_ref();
    let poster = poster.map(|file| Poster::new(file, named, &mut claims));
    let poster = poster.transpose()?;
    let report = Jsonl::claim(args, &mut claims)?;
    let sheet = batch.sheet.as_ref();
    let sheet = sheet.map(|file| Sheet::claim(file, count, &mut claims));
    let sheet = sheet.transpose()?;
    let isolation = Isolation::new(args, recipe)?;
    let (mut site, mut known) = match site::journal(out).exists() && !batch.dry_run {
        true => site::open(out).map(|(site, known)| (Some(site), known))?,
        false => (None, ledger::read(out, &site::journal(out))?),
    };
    settle_names(args, &mut inputs, out, recipe, isolation.as_ref(), &known)?;
    let photos = inputs.iter().filter(|input| input.is_photo());
    claims.spare(out, photos.map(|input| (&*input.path, &*input.stem)))?;
    if site.is_none() && !batch.dry_run {
        output::prepare(out)?;
        // Another run may have been here meanwhile.
        let (opened, noted) = site::open(out)?;
        (site, known) = (Some(opened), noted);
    }
    let interrupt = Interrupt::watch()?;
    let report = report.map(Jsonl::new).transpose()?;
    let sheet = sheet.map(|target| Sheet::create(target, count));
    let sheet = sheet.transpose()?;
    let voice = match (args.json, batch.quiet) {
        (true, _) => Voice::Json,
        (false, true) => Voice::Quiet,
        (false, false) => Voice::Lines,
    };
    let mut tell = Tell::new(&inputs, voice, report, sheet, console);
    tell.names_skipped = batch.verbose;
    let (workshop, ledger) = match &mut site {
        Some(site) => (Some(site.workshop.as_path()), Some(&mut site.ledger)),
        None => (None, None),
    };
    let task = Task {
        recipe,
        options_hash: Hash::of(decisive(&recipe.options).as_bytes()),
        workshop,
        out,
        known: &known,
        force: batch.force,
        overwrite: batch.overwrite,
        poster: poster.as_ref(),
        isolation: isolation.as_ref(),
    };
    let jobs = batch.jobs.map_or_else(cores, NonZeroUsize::get);
    let budget = batch.memory.unwrap_or_else(ram::default_budget);
    let gate = Gate::new(inputs.len(), WINDOW, budget);
    let owners = Owners::new(out, &known, batch.overwrite, &inputs);
    let mut commit = Commit::new(out, &inputs, &owners, ledger, tell.wants_records());
    let older = remade(&known, &inputs, out);
    if older > 0 {
        let older = grouped(older);
        tell.remark(&format!(
            "this version makes better avatars of the same photos: up to {older} in {} are made again",
            escape::name(out)
        ));
    }

    let mut stopped = work(&task, jobs, &gate, &interrupt, &mut commit, &mut tell);
    let unwritten = commit.finish().err();
    stopped = stopped.or(unwritten);
    let done = commit.statuses.iter().flatten().count();
    let orphans = match done == inputs.len() {
        true => orphans::find(&known, &owners.absences, &commit),
        false => Vec::new(),
    };
    let statuses = std::mem::take(&mut commit.statuses);
    drop(commit);
    let left = inputs.iter().zip(&statuses);
    let mut left = left.filter(|(input, status)| status.is_none() && input.is_photo());
    let told = left.try_for_each(|(input, _)| tell.not_tried(&input.path));

    let ledger = site.as_mut().map(|site| &mut site.ledger);
    let deleted = bury(&orphans, &known, batch, out, ledger, &mut tell);
    let (pruned, buried) = match deleted {
        Ok(pruned) => (pruned, Ok(())),
        Err(failure) => (Exit::Failed, Err(failure)),
    };
    let finished = told.and(buried).and(tell.finish(batch.dry_run));
    let exits = [
        match tell.summary.failed {
            0 => Exit::Done,
            _ => Exit::Failed,
        },
        pruned,
        ending(done, inputs.len(), stopped.or(finished.err())),
    ];
    if count == 0 {
        tell.remark("no photos were found");
    }
    Ok(Exit::worst(exits))
}

/// Gives every photo its name in the output folder.
fn settle_names(
    args: &NormalizeArgs,
    inputs: &mut [Input],
    out: &Path,
    recipe: &Recipe,
    isolation: Option<&Isolation>,
    known: &Known,
) -> Result<(), Failure> {
    let mut darkroom = Darkroom::new(recipe, isolation);
    let format = |photo: &Path| {
        let photo = input::read(photo, recipe.options.limits.bytes).ok()?;
        let mut record = Record::new(Path::new(DASH));
        let planned = &mut Thumbnails::default();
        darkroom
            .develop(&photo, Wanted::Plan, &mut record, planned)
            .ok()?;
        record.format().ok()
    };
    names::settle(inputs, out, args.batch.collisions, known, format)
}

/// How many avatars of these photos an earlier pipeline has made.
fn remade(known: &Known, inputs: &[Input], out: &Path) -> usize {
    // One that was edited is kept.
    let is_as_made = |mark: &Mark| {
        let found = fs::metadata(out.join(mark.output.path()));
        found.is_ok_and(|found| found.len() == mark.output_size)
    };
    let photos = inputs.iter().filter(|input| input.is_photo());
    photos
        .flat_map(|input| known.of(&input.stem))
        .filter(|noted| noted.mark.pipeline < PIPELINE && is_as_made(&noted.mark))
        .count()
}

/// Tells of the avatars that no photo makes any more, and removes them if that is asked for and allowed.
fn bury(
    orphans: &[Orphan],
    known: &Known,
    batch: &BatchArgs,
    out: &Path,
    mut ledger: Option<&mut Ledger>,
    tell: &mut Tell,
) -> Result<Exit, Failure> {
    let count = orphans
        .iter()
        .filter(|orphan| orphan.doubt.is_none())
        .count();
    let most = batch
        .max_delete
        .unwrap_or_else(|| orphans::default_most(known));
    let forbidden = match batch.prune {
        true => orphans::forbidden(count, most, tell.summary.failed > 0),
        false => None,
    };
    let may_remove = batch.prune && forbidden.is_none();
    for orphan in orphans {
        let ledger = ledger.as_deref_mut().filter(|_| may_remove);
        let mut record = orphans::bury(orphan, out, ledger);
        record.planned = batch.dry_run;
        tell.orphan(&record)?;
    }
    if let Some(failure) = forbidden {
        tell.failed(&failure);
        return Ok(Exit::Failed);
    }
    if count > 0 && !batch.prune {
        tell.remark("--prune removes what no photo makes any more");
    }
    Ok(Exit::Done)
}

/// Says what is left to do by the next run, and why, if anything is.
fn ending(done: usize, count: usize, stopped: Option<Failure>) -> Exit {
    let so_far = format!("{} of {} photos are done", grouped(done), grouped(count));
    let go_on = "run the same command again to go on from here";
    match stopped {
        // All that is missing is the report or the page.
        Some(failure) if done == count && failure.kind != DISK_FULL => {
            console::failed(None, &failure);
            Exit::Failed
        }
        Some(failure) => {
            let message = format!("{}: {so_far}", failure.message);
            console::failed(None, &Failure { message, ..failure }.with_hint(go_on));
            Exit::Stopped
        }
        None if done < count => {
            console::remark(&format!("stopped: {so_far}; {go_on}"));
            Exit::Interrupted
        }
        None => Exit::Done,
    }
}

/// Makes all photos, or stops at a failure that all the others would meet as well.
fn work(
    task: &Task,
    jobs: usize,
    gate: &Gate,
    interrupt: &Interrupt,
    commit: &mut Commit,
    tell: &mut Tell,
) -> Option<Failure> {
    let inputs = commit.inputs;
    let planned = task.workshop.is_none();
    let mut stopped = None;
    let mut stop = |failure: Failure| {
        gate.stop();
        stopped.get_or_insert(failure);
    };
    thread::scope(|scope| {
        let (send, ended) = mpsc::channel();
        for number in 0..jobs.min(inputs.len()) {
            let send = send.clone();
            let work = move || worker(inputs, task, gate, &send);
            if let Err(error) = thread::Builder::new().spawn_scoped(scope, work) {
                let failure = Failure::io("threads", "no thread can be started", &error);
                match number {
                    0 => stop(failure),
                    // Those that there are do the rest.
                    _ => console::warning(None, &format!("--jobs {number}: {}", failure.message)),
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
                        // It is not the photo's fault: it is left for the next run.
                        stop(failure.clone());
                        ended.end = End::Left;
                    }
                    early.insert(ended.index, ended);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if interrupt.is_raised() && !is_asked {
                is_asked = true;
                gate.stop();
                tell.remark("finishing what has begun; Ctrl-C again stops at once");
            }
            while let Some(ended) = early.remove(&next) {
                next += 1;
                commit.take(ended);
            }
            if commit.is_due() {
                flush(commit, tell, planned).unwrap_or_else(&mut stop);
            }
            gate.finished(next);
        }
        flush(commit, tell, planned).unwrap_or_else(&mut stop);
    });
    stopped
}

/// Makes durable what is in place, and tells of it.
fn flush(commit: &mut Commit, tell: &mut Tell, planned: bool) -> Result<(), Failure> {
    let (mut done, noted) = commit.flush();
    done.iter_mut()
        .for_each(|done| done.record.planned = planned);
    let told = tell.photos(&done);
    noted.and(told)
}

/// Makes photos, one after the other, as long as there are any.
fn worker(inputs: &[Input], task: &Task, gate: &Gate, ended: &Sender<Ended>) {
    // What the core does in parallel for one photo is done by this thread alone: there are other photos for the others.
    let pool = ThreadPoolBuilder::new().num_threads(1).use_current_thread();
    let _pool = pool.build();
    let mut darkroom = Darkroom::new(task.recipe, task.isolation);
    while let Some(index) = gate.next() {
        let input = &inputs[index];
        let photo = || make::photo(index, input, task, gate, &mut darkroom);
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
