//! `set --manifest`: a photo for each row of a CSV, prepared ahead, posted one by one, noted before and after each post.
//!
//! However a run ends, the next one goes on from there: photos recorded as set are not posted again, and the profile
//! decides about posts without a known outcome. Before anything is posted, Slack says who owns each token.

mod ahead;
mod chosen;
mod command;
mod forecast;
mod headings;
mod journal;
mod look;
mod outputs;
mod owners;
pub(crate) mod photos;
mod post;
mod prepare;
mod progress;
mod report;
mod restore;
mod rows;
mod scim;
mod source;
mod stop;
mod tokens;
mod waiting;

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::Path;

use headshot_batch::choices::Choices;
use headshot_core::Options;

use crate::args::SetArgs;
use crate::sheet::Sheet;
use crate::slack::Slack;
use crate::slack::network::Network;
use crate::terminal::console::{self, Console};
use crate::terminal::exit::Exit;
use crate::terminal::failure::Failure;
use crate::terminal::interrupt::Interrupt;

use journal::{Journal, Past};
use post::Posted;
use prepare::{Outcome, Prepared};
use progress::Progress;
use rows::Row;
use scim::{Pace, Then};
use stop::{Next, next};
use tokens::{Held, Holder};
use waiting::Waiting;

/// More would only wait: Slack accepts a photo every four seconds.
const MOST_THREADS: usize = 4;

/// Sets the photos of all rows; with `--dry-run` or `--check` only says what would be done.
///
/// # Errors
/// If nothing could be started: the manifest is wrong, or another run is using its journal.
pub(crate) fn run(args: &SetArgs, manifest: &Path, console: &mut Console) -> Result<Exit, Failure> {
    if args.restore.as_ref().is_some_and(|hash| !hash.is_empty()) {
        return Err(Failure::usage(
            "--restore=HASH is for one person; with --manifest use --restore",
        ));
    }
    let administrator = scim::administrator(args)?;
    let read = rows::read(manifest, scim::whose(administrator.as_ref()))
        .map_err(|problems| Progress::refuse(manifest, &problems))?;
    let choices = chosen::read(args, manifest)?;
    let own = chosen::fits(&read.rows, choices.as_ref());
    let options = args.image.options_beside(None, &own)?;
    for warning in &read.warnings {
        console::warning(Some(manifest), warning);
    }
    let is_offline = args.many.offline;
    let problems = command::announce(&read.rows, args.many.allow_commands, is_offline);
    if !problems.is_empty() {
        return Err(Progress::refuse(manifest, &problems));
    }
    let server = args.slack.base_url.trim_end_matches('/');
    let untraced = Network::untraced(args.slack.proxy.as_deref())?;
    let held = |row: Row| {
        let holder = match &administrator {
            Some(token) => Ok(Holder::by_admin(token.clone())),
            None => Holder::of(&row.token, server, (!is_offline).then_some(&untraced)),
        };
        (row, holder)
    };
    let mut rows: Vec<Held> = read.rows.into_iter().map(held).collect();
    let refuse = |problems: &[rows::Problem]| {
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Progress::refuse(manifest, problems))
        }
    };
    refuse(&tokens::repeated(&rows))?;
    let directory = match &administrator {
        Some(_) => None,
        None => owners::directory(&rows, args.many.directory_token_file.as_deref())?,
    };
    let journal_file = outputs::journal_file(args, manifest);
    let (report, sheet, network) = outputs::claim(args, manifest, &journal_file, &rows)?;
    let (mut journal, past) = open(args, &journal_file)?;
    let interrupt = Interrupt::watch()?;
    let first = rows.iter().find_map(|(_, holder)| holder.as_ref().ok());
    let mut slack = match first {
        Some(holder) if administrator.is_some() => {
            Some(scim::way(args, holder.token.clone(), &network)?)
        }
        Some(holder) => {
            let token = holder.token.clone();
            Some(Slack::for_many(
                &args.slack.base_url,
                token,
                args.many.max_wait(),
                &network,
            )?)
        }
        None => None,
    };

    let (mut asked, mut after) = (rows.len(), Next::Row);
    if let Some(slack) = &slack
        && !is_offline
    {
        let answer = if slack.is_admin() {
            scim::ask(&mut rows, slack)?
        } else {
            owners::ask(&mut rows, slack, directory.as_ref(), &interrupt)
        };
        refuse(&answer.repeated)?;
        (asked, after) = (answer.rows, answer.after);
    }
    let sheet = sheet.map(|target| Sheet::create(target, rows.len(), args.dry_run));
    let mut progress = Progress::new(manifest, args, rows.len(), report, sheet.transpose()?);
    if after != Next::Row || args.many.check {
        let is_interrupted = interrupt.is_raised();
        for (row, holder) in &rows[..asked] {
            let mut prepared = Prepared::new(row, holder);
            if holder.is_ok() && args.many.check {
                prepared.outcome = Outcome::Checked;
            }
            // Rows without a known problem were not tried, so there is nothing to say about them.
            if holder.is_err() || args.many.check {
                about(&mut prepared, row.line as usize, args);
                progress.row(&mut prepared, console);
            }
        }
        progress.end(after, is_interrupted);
        return Ok(progress.finish(&rows));
    }
    forecast::say(&rows, &past, args, &journal_file);
    let mut waiting = Vec::new();
    post_all(
        &rows,
        &options,
        choices.as_ref(),
        args,
        &mut slack,
        &mut journal,
        &past,
        &interrupt,
        &mut waiting,
        |event| match event {
            Told::Row(mut prepared) => progress.turn(&mut prepared, args, console),
            Told::Stop(next, interrupted) => progress.end(next, interrupted),
        },
    );
    if let (Some(slack), Some(journal)) = (&mut slack, &mut journal) {
        if !waiting.is_empty() {
            console::remark(&waiting::announcement(waiting.len(), slack));
        }
        let told = |mut prepared| progress.turn(&mut prepared, args, console);
        if waiting::settle(
            &mut waiting,
            0,
            args,
            slack,
            journal,
            &past,
            &interrupt,
            told,
        ) {
            progress.end(Next::Later, true);
        }
    }
    Ok(progress.finish(&rows))
}

/// The result of [`post_all`].
enum Told {
    Row(Box<Prepared>),
    /// Nothing more is tried.
    Stop(Next, bool),
}

/// Prepares all rows ahead, and posts them one by one.
#[allow(clippy::too_many_arguments)]
fn post_all(
    rows: &[Held],
    options: &Options,
    choices: Option<&Choices>,
    args: &SetArgs,
    slack: &mut Option<Slack>,
    journal: &mut Option<Journal>,
    past: &Past,
    interrupt: &Interrupt,
    waiting: &mut Vec<Waiting>,
    mut tell: impl FnMut(Told),
) {
    let server = args.slack.base_url.trim_end_matches('/');
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get().min(MOST_THREADS));
    let work =
        |(row, holder): &Held| prepare::row(row, holder, args, options, choices, past, server);
    let mut doubt = false;
    let mut pace = Pace::default();
    let mut photos: HashMap<String, u64> = HashMap::new();
    let mut turn = 0;
    ahead::in_order(rows, threads, work, |mut prepared: Prepared| {
        if interrupt.is_raised() {
            tell(Told::Stop(Next::Later, true));
            return ControlFlow::Break(());
        }
        if let Some(photo) = &prepared.photo {
            let first = *photos.entry(photo.clone()).or_insert(prepared.line);
            if first != prepared.line && prepared.done.is_none() {
                let warning = format!("it is the same photo as in line {first}");
                prepared.record.warnings.push(warning);
            }
        }
        about(&mut prepared, turn, args);
        turn += 1;
        let mut next = Next::Row;
        match one(&mut prepared, args, slack, journal, past) {
            None => {}
            Some(Ok(Posted::Waits(waits))) => {
                // An answer that just got lost may be the beginning of an outage.
                let lost = waits.lost.as_ref();
                next = lost.map_or(Next::Row, |lost| stop::next(&lost.failure));
                prepared.was_tried = true;
                let stops = next == Next::Doubt && doubt;
                doubt = next == Next::Doubt;
                waiting.push(Waiting::new(prepared, waits));
                if stops {
                    tell(Told::Stop(Next::Doubt, false));
                    return ControlFlow::Break(());
                }
                let (Some(slack), Some(journal)) = (slack.as_mut(), journal.as_mut()) else {
                    return ControlFlow::Continue(());
                };
                if !slack.is_admin() {
                    return ControlFlow::Continue(());
                }
                let told = |prepared| tell(Told::Row(Box::new(prepared)));
                let then = pace.keep_up(waiting, args, slack, journal, past, interrupt, told);
                if then == Then::Next {
                    return ControlFlow::Continue(());
                }
                tell(Told::Stop(Next::Later, then == Then::Interrupted));
                return ControlFlow::Break(());
            }
            Some(Ok(Posted::Done(outcome))) => prepared.ended(Ok(outcome)),
            Some(Err(failure)) => prepared.ended(Err(failure)),
        }
        if let Some(failure) = prepared.failures.first()
            && !args.dry_run
        {
            next = stop::next(failure);
            let is_admin = slack.as_ref().is_some_and(Slack::is_admin);
            if is_admin && pace.is_hopeless(failure, past) {
                next = Next::Nothing;
            }
        }
        let was_tried = prepared.was_tried;
        tell(Told::Row(Box::new(prepared)));
        let stops = match next {
            Next::Row => false,
            Next::Doubt => doubt,
            Next::Later | Next::Nothing => true,
        };
        // A row that was never posted says nothing about whether Slack can be reached.
        if was_tried {
            doubt = next == Next::Doubt;
        }
        if stops {
            tell(Told::Stop(next, false));
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
}

/// A row's turn; `None` if it needs nothing from Slack.
fn one(
    prepared: &mut Prepared,
    args: &SetArgs,
    slack: &mut Option<Slack>,
    journal: &mut Option<Journal>,
    past: &Past,
) -> Option<Result<Posted, Failure>> {
    let slack = slack.as_mut().filter(|_| prepared.failures.is_empty())?;
    if args.restore.is_some() {
        return Some(restore::row(prepared, args, slack, journal.as_mut(), past));
    }
    if let Some(done) = prepared.done.clone()
        && !args.many.offline
    {
        let outcome = look::verify(&done, prepared, slack);
        if outcome == Outcome::Unchanged || !args.many.again || args.dry_run {
            let is_posted = args.many.again || prepared.is_remembered;
            let is_again = outcome == Outcome::Changed && is_posted;
            return Some(Ok(Posted::Done(if is_again {
                Outcome::Planned
            } else {
                outcome
            })));
        }
    }
    match journal {
        Some(journal) if prepared.ready.is_some() => {
            Some(post::row(prepared, None, args, slack, journal, past))
        }
        _ => None,
    }
}

/// Adds warnings about the token of this row, whose post will have this number.
fn about(prepared: &mut Prepared, number: usize, args: &SetArgs) {
    let owner = prepared
        .holder
        .as_ref()
        .and_then(|holder| holder.owner.as_ref());
    if let Some(owner) = owner
        && (args.dry_run || args.many.check)
    {
        let warnings = owners::warnings(owner, owners::turn(number, owners::A_MINUTE));
        prepared.record.warnings.extend(warnings);
    }
}

/// Opens the journal; a run that posts nothing only reads it.
fn open(args: &SetArgs, path: &Path) -> Result<(Option<Journal>, Past), Failure> {
    if args.dry_run || args.many.check {
        return Ok((None, Past::read(path)?));
    }
    let (journal, past) = Journal::open(path)?;
    Ok((Some(journal), past))
}

impl Progress {
    /// Prints the result of a row. For a failure that will pass, the same command goes on from there.
    fn turn(&mut self, prepared: &mut Prepared, args: &SetArgs, console: &mut Console) {
        self.row(prepared, console);
        let next = prepared.failures.first().map_or(Next::Row, next);
        if !args.dry_run && [Next::Doubt, Next::Later].contains(&next) {
            self.exit = Exit::worst([self.exit, Exit::Stopped]);
        }
    }

    /// Notes that nothing more is tried.
    fn end(&mut self, next: Next, is_interrupted: bool) {
        let exit = match next {
            _ if is_interrupted => Exit::Interrupted,
            Next::Row => return,
            Next::Doubt | Next::Later => Exit::Stopped,
            Next::Nothing => Exit::Failed,
        };
        self.stopped = true;
        self.exit = Exit::worst([self.exit, exit]);
    }
}
