//! Posts without an answer, looked for on the profile at growing intervals, while nobody else has to wait for them.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::args::SetArgs;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::manifest::ledger::{Ledger, Past, RESTORE};
use crate::manifest::post::{self, Lost, Posted, Waits};
use crate::manifest::prepare::{Outcome, Prepared};
use crate::slack::Slack;

/// The waits before the first looks; the last is repeated.
const INTERVALS: [u64; 5] = [1, 2, 4, 8, 16];

/// How often a photo is sent again in one run, each time after it has not taken effect for as long as it may take.
const MOST_RESENT: u32 = 2;

/// How soon Ctrl-C is heard.
const ATTENTION: Duration = Duration::from_millis(100);

/// A row that waits.
pub(crate) struct Waiting {
    prepared: Prepared,
    waits: Box<Waits>,
    next: Instant,
    looks: usize,
}

impl Waiting {
    pub(crate) fn new(prepared: Prepared, waits: Box<Waits>) -> Waiting {
        let next = Instant::now() + Duration::from_secs(INTERVALS[0]);
        Waiting {
            next: next.min(waits.until),
            prepared,
            waits,
            looks: 0,
        }
    }
}

/// Settles all of them, and gives each row to `each` when it is known what became of it, or that it is not.
pub(crate) fn settle(
    mut rows: Vec<Waiting>,
    args: &SetArgs,
    slack: &mut Slack,
    ledger: &mut Ledger,
    interrupt: &Interrupt,
    mut each: impl FnMut(Prepared),
) {
    while let Some(first) = (0..rows.len()).min_by_key(|index| rows[*index].next) {
        let mut row = rows.swap_remove(first);
        while row.next > Instant::now() && !interrupt.is_raised() {
            sleep(ATTENTION.min(row.next - Instant::now().min(row.next)));
        }
        let is_over = interrupt.is_raised();
        match turn(&mut row, is_over, args, slack, ledger) {
            Turn::Again => {
                let wait = INTERVALS[row.looks.min(INTERVALS.len() - 1)];
                row.next = (Instant::now() + Duration::from_secs(wait)).min(row.waits.until);
                rows.push(row);
            }
            Turn::Over(end) => {
                row.prepared.ended(end);
                each(row.prepared);
            }
        }
    }
}

enum Turn {
    Again,
    Over(Result<Outcome, Failure>),
}

fn turn(
    row: &mut Waiting,
    is_over: bool,
    args: &SetArgs,
    slack: &mut Slack,
    ledger: &mut Ledger,
) -> Turn {
    let (prepared, waits) = (&mut row.prepared, &row.waits);
    if is_over {
        return Turn::Over(Err(unknown(waits)));
    }
    row.looks += 1;
    let before = prepared.before.clone();
    let shown = match post::look(prepared, slack) {
        Ok((_, shown)) => shown,
        // The same wire that lost the answer.
        Err(_) if Instant::now() < waits.until => return Turn::Again,
        Err(_) => return Turn::Over(Err(unknown(waits))),
    };
    prepared.before = before;
    let is_applied = shown.hash().is_some() && shown.hash() != waits.open.shown.as_deref();
    if !is_applied && Instant::now() < waits.until {
        return Turn::Again;
    }
    if is_applied {
        let (open, job) = (&waits.open, &waits.job);
        if let Err(failure) = post::applied(open, job, shown, prepared, args, slack, ledger) {
            return Turn::Over(Err(failure));
        }
        let is_same = prepared.ready.as_ref().is_none_or(|ready| {
            Some(&job.photo) == prepared.photo.as_ref() && job.options == ready.asked
        });
        if is_same {
            let step = "the answer got lost, and the profile shows another photo since";
            prepared.record.steps.push(step.to_owned());
            return Turn::Over(Ok(match (&waits.lost, job.options == RESTORE) {
                (None, _) => Outcome::Unchanged,
                (Some(_), true) => Outcome::Restored,
                (Some(_), false) => Outcome::Set,
            }));
        }
    } else {
        // Its lock is needed again.
        drop(shown);
    }
    // What was posted before is over, whatever became of it.
    let posted = match row.waits.lost.take() {
        None => post::row(prepared, args, slack, ledger, &Past::default()),
        Some(lost) if prepared.resent >= MOST_RESENT => Err(lost.failure),
        Some(lost) => {
            prepared.resent += 1;
            let job = row.waits.job.clone();
            post::look(prepared, slack).and_then(|(_, shown)| {
                let Lost {
                    upload, options, ..
                } = lost;
                post::deliver(upload, job, &options, shown, prepared, args, slack, ledger)
            })
        }
    };
    match posted {
        Ok(Posted::Done(outcome)) => Turn::Over(Ok(outcome)),
        Ok(Posted::Waits(again)) => {
            row.waits = again;
            row.looks = 0;
            Turn::Again
        }
        Err(failure) => Turn::Over(Err(failure)),
    }
}

fn unknown(waits: &Waits) -> Failure {
    match &waits.lost {
        Some(lost) => lost.failure.clone(),
        None => Failure::new(
            headshot_upload::Class::OutcomeUnknown.as_str(),
            "an earlier run may have posted it, and the profile does not show it yet",
        )
        .with_hint("the same command looks again"),
    }
}
