//! `set --manifest`: a photo for each row of a CSV, prepared ahead, posted one by one, noted before and after each post.
//!
//! Whatever ends a run, the next one goes on where it stopped: what is noted as set is not posted again, and a post whose
//! end nobody saw is judged by the profile.

mod ahead;
mod ledger;
mod person;
mod post;
mod prepare;
mod rows;
mod tell;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;

use headshot_upload::Class;

use crate::args::SetArgs;
use crate::console::{self, Console};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::slack::Slack;

use ledger::{Ledger, Past};
use person::Person;
use rows::{Problem, Row};
use tell::Tally;

/// More would only wait: Slack takes a photo every four seconds.
const MOST_THREADS: usize = 4;

/// What comes after a row that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// The next row: it was about this photo or this person.
    Row,
    /// The next row as well, unless that one meets the same: then nobody can be reached.
    Doubt,
    /// Nothing: it will pass, and the same command then goes on.
    Later,
    /// Nothing: every row would meet the same.
    Nothing,
}

/// Sets the photos of all rows, or with `--dry-run` only checks them.
///
/// # Errors
/// When nothing could be started: the manifest is wrong, or another run has its journal.
pub(crate) fn run(args: &SetArgs, manifest: &Path, console: &mut Console) -> Result<Exit, Failure> {
    let options = args.image.options(None)?;
    let read = rows::read(manifest).map_err(|problems| refuse(manifest, &problems))?;
    for warning in &read.warnings {
        console::warning(Some(manifest), warning);
    }
    let base_url = &args.slack.base_url;
    let with_person = |row: Row| {
        let person = Person::of(&row.token, base_url);
        (row, person)
    };
    let rows: Vec<_> = read.rows.into_iter().map(with_person).collect();
    let repeated = person::repeated(&rows);
    if !repeated.is_empty() {
        return Err(refuse(manifest, &repeated));
    }
    let first = rows.iter().find_map(|(_, person)| person.as_ref().ok());
    let mut slack = match first {
        Some(person) => Some(Slack::for_many(base_url, person.token.clone())?),
        None => None,
    };
    let (mut ledger, past) = open(args, manifest)?;
    let interrupt = Interrupt::watch()?;

    let mut tally = Tally::new(manifest, args, rows.len());
    let mut doubt = false;
    let threads = available_parallelism().map_or(1, |count| count.get().min(MOST_THREADS));
    let work = |(row, person): &(Row, Result<Person, Failure>)| {
        (row.line, prepare::row(row, person, args, &options, &past))
    };
    ahead::in_order(&rows, threads, work, |(line, mut prepared)| {
        if interrupt.is_raised() {
            tally.exit = Exit::worst([tally.exit, Exit::Interrupted]);
            return ControlFlow::Break(());
        }
        if let (Some(ready), Some(slack), Some(ledger)) =
            (prepared.ready.take(), &mut slack, &mut ledger)
        {
            let posted = post::row(ready, &mut prepared, args, slack, ledger, &past);
            prepared.ended(posted);
        }
        tally.row(line, &prepared, console);
        let next = match prepared.failures.first() {
            Some(failure) if !args.dry_run => next(failure),
            _ => Next::Row,
        };
        let (exit, stops) = match next {
            Next::Row => (Exit::Done, false),
            Next::Doubt => (Exit::Stopped, doubt),
            Next::Later => (Exit::Stopped, true),
            Next::Nothing => (Exit::Failed, true),
        };
        // A row that never came to be posted says nothing about who can be reached.
        if prepared.was_tried {
            doubt = next == Next::Doubt;
        }
        tally.exit = Exit::worst([tally.exit, exit]);
        tally.stopped = stops;
        match stops {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    });
    tally.finish();
    Ok(tally.exit)
}

/// The journal, beside the manifest unless it is named. A dry run makes none.
fn open(args: &SetArgs, manifest: &Path) -> Result<(Option<Ledger>, Past), Failure> {
    let path = match &args.journal {
        Some(path) => path.clone(),
        None => {
            let mut name = manifest.as_os_str().to_owned();
            name.push(".headshot-journal");
            PathBuf::from(name)
        }
    };
    if args.dry_run && !path.exists() {
        return Ok((None, Past::default()));
    }
    let (ledger, past) = Ledger::open(&path)?;
    Ok((Some(ledger), past))
}

/// Names every problem, and says that nothing was done.
fn refuse(manifest: &Path, problems: &[Problem]) -> Failure {
    for (line, failure) in problems {
        let subject = match line {
            Some(line) => tell::place(manifest, *line),
            None => manifest.to_owned(),
        };
        console::failed(Some(&subject), failure);
    }
    let count = match problems.len() {
        1 => "a problem".to_owned(),
        count => format!("{count} problems"),
    };
    Failure::new(
        "manifest",
        format!("{count} in the manifest: nothing was posted"),
    )
}

fn next(failure: &Failure) -> Next {
    let is = |classes: &[Class]| classes.iter().any(|class| class.as_str() == failure.kind);
    if failure.kind == ledger::UNWRITTEN || is(&[Class::Wait]) {
        Next::Later
    } else if is(&[Class::Retry, Class::OutcomeUnknown]) {
        Next::Doubt
    } else if is(&[Class::Gone, Class::OurBug]) {
        Next::Nothing
    } else {
        Next::Row
    }
}
