//! `normalize` into a folder: what a batch writes besides its avatars, and what it prints.

use std::path::{Path, PathBuf};

use crate::args::NormalizeArgs;
use crate::claims::Claims;
use crate::files::write::DISK_FULL;
use crate::normalize::chosen;
use crate::normalize::isolation;
use crate::normalize::poster::Poster;
use crate::normalize::progress::{Progress, Voice};
use crate::normalize::repeated::repeated;
use crate::normalize::report::Report;
use crate::normalize::summary::grouped;
use crate::sheet::{self, Sheet};
use crate::terminal::console::{self, Console};
use crate::terminal::escape;
use crate::terminal::exit::Exit;
use crate::terminal::failure::Failure;
use crate::terminal::interrupt::Interrupt;
use headshot_batch::Recipe;
use headshot_batch::choices::Choices;
use headshot_batch::{Batch, Event, Outcome, PutStill, Refusal, Settings};
use headshot_batch::{Scope, inputs};

/// Makes the avatars of all that is `named`, photos and folders, in `out`.
pub(crate) fn run(
    args: &NormalizeArgs,
    named: &[PathBuf],
    out: &Path,
    mut claims: Claims,
    recipe: &Recipe,
    choices: Option<&Choices>,
    console: &mut Console,
) -> Result<Exit, Failure> {
    let many = &args.batch;
    let scope = Scope {
        hidden: many.hidden,
        follow_links: many.follow_links,
        pages: sheet::listed,
    };
    let inputs = inputs(named, out, scope)?;
    let (all, count) = (
        inputs.len(),
        inputs.iter().filter(|input| input.is_photo()).count(),
    );
    let poster = args.poster.as_ref();
    let poster = poster.map(|file| Poster::new(file, named, &mut claims));
    let poster = poster.transpose()?;
    let report = Report::claim(args, &mut claims)?;
    let sheet = many.sheet.as_ref();
    let sheet = sheet.map(|file| Sheet::claim(file, count, many.dry_run, &mut claims));
    let sheet = sheet.transpose()?;
    let isolation = isolation::new(args, recipe)?;
    let write_still = |still: &[u8]| match &poster {
        Some(poster) => poster.write(still),
        None => Ok(String::new()),
    };
    let settings = Settings {
        out,
        recipe,
        choices,
        isolation: isolation.as_ref(),
        still: poster.as_ref().map(|_| &write_still as &PutStill),
        collisions: many.collisions.into(),
        force: many.force,
        overwrite: many.overwrite,
        prune: many.prune,
        max_delete: many.max_delete,
        dry_run: many.dry_run,
        jobs: many.jobs,
        memory: many.memory,
        in_full: args.json || report.is_some() || sheet.is_some(),
    };
    let mut repeats = inputs
        .iter()
        .filter(|input| input.repeats > 0 && input.is_photo());
    let repeats = repeats
        .next()
        .map(|first| repeated(&first.path, repeats.count()));
    let strangers = choices.and_then(|choices| chosen::strangers(choices, &inputs));
    let mut batch = Batch::new(inputs, settings)?;
    claims.spare(out, batch.photos())?;
    batch.open()?;
    let interrupt = Interrupt::watch()?;
    let report = report.map(Report::new).transpose()?;
    let sheet = sheet.map(|target| Sheet::create(target, count, many.dry_run));
    let sheet = sheet.transpose()?;
    let voice = match (args.json, many.quiet) {
        (true, _) => Voice::Json,
        (false, true) => Voice::Quiet,
        (false, false) => Voice::Lines,
    };
    let mut progress = Progress::new(all, voice, report, sheet, console);
    progress.names_skipped = many.verbose;
    for said in [repeats, strangers].iter().flatten() {
        progress.remark(said);
    }
    let outcome = batch.run(interrupt.flag(), &mut |event| on(event, out, &mut progress))?;
    let pruned = match &outcome.refusal {
        // The report is broken, and the message says so.
        _ if outcome.untold.is_some() => Exit::Failed,
        Some(refusal) => {
            let tense = if many.dry_run { "would be" } else { "was" };
            progress.failed(&unpruned(outcome.removable, *refusal, tense));
            Exit::Failed
        }
        None => {
            if outcome.removable > 0 && !many.prune {
                progress.remark("--prune removes avatars whose photos are gone");
            }
            Exit::Done
        }
    };
    let finished = progress.finish(many.dry_run).err();
    let exits = [
        match progress.summary.failed {
            0 => Exit::Done,
            _ => Exit::Failed,
        },
        pruned,
        ending(outcome, finished),
    ];
    if !progress.summary.is_any() && !interrupt.is_raised() {
        progress.remark(&nothing_found(named, all));
    }
    Ok(Exit::worst(exits))
}

/// Prints what happens.
fn on(event: Event, out: &Path, progress: &mut Progress) -> Result<(), Failure> {
    match event {
        Event::Remade(older) => progress.remark(&format!(
            "this version makes better avatars of the same photos: up to {} in {} are remade",
            grouped(older),
            escape::name(out)
        )),
        Event::FewerJobs(jobs, failure) => {
            console::warning(None, &format!("--jobs {jobs}: {}", failure.message));
        }
        Event::Stopping => {
            progress.remark("finishing what was started; Ctrl-C again stops at once")
        }
        Event::Done(done) => return progress.photos(done),
        Event::NotTried(photo) => return progress.not_tried(photo),
        Event::Orphan(record) => return progress.orphan(record),
    }
    Ok(())
}

/// The message if there are no photos among so many files.
fn nothing_found(named: &[PathBuf], files: usize) -> String {
    let names: Vec<_> = named.iter().map(|path| escape::name(path)).collect();
    match (&names[..], files) {
        ([], _) => "no photos were found: the list names none".to_owned(),
        ([folder], 0) => format!("no photos were found: {folder} is empty"),
        (_, 0) => "no photos were found: the folders are empty".to_owned(),
        (_, 1) => "no photos were found: -v says why the one file there is not a photo".to_owned(),
        _ => format!(
            "no photos were found among {} files: -v says why",
            grouped(files)
        ),
    }
}

/// Why none of these avatars without a photo is removed.
fn unpruned(count: usize, refusal: Refusal, tense: &str) -> Failure {
    let avatars = match count {
        1 => "1 avatar no longer has a photo".to_owned(),
        _ => format!("{} avatars no longer have a photo", grouped(count)),
    };
    match refusal {
        Refusal::PhotosFailed => {
            let message = format!("nothing {tense} removed: {avatars}, but some photos failed");
            Failure::new("prune", message).with_hint("fix what failed, and run it again")
        }
        Refusal::TooMany { most } => {
            let most = grouped(most);
            let message = format!(
                "nothing {tense} removed: {avatars}, and at most {most} are removed at once"
            );
            Failure::new("prune", message).with_hint(format!(
                "if that is right, --max-delete {count} removes {}",
                if count == 1 { "it" } else { "them" }
            ))
        }
    }
}

/// Says what is left for the next run, and why.
fn ending(outcome: Outcome, unfinished: Option<Failure>) -> Exit {
    let (done, count) = (outcome.done, outcome.count);
    let stopped = outcome.stopped.or(outcome.untold).or(unfinished);
    let so_far = format!("{} of {} photos are done", grouped(done), grouped(count));
    let go_on = "run the same command again to go on from here";
    match stopped {
        // Only the report or the page is missing.
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
