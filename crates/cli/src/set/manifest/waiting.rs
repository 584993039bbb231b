//! Posts without an answer: the profile is checked at growing intervals, while the other rows go on.

use std::thread::sleep;
use std::time::{Duration, Instant};

use headshot_upload::Class;

use crate::args::SetArgs;
use crate::set::manifest::journal::{Journal, Past, RESTORE};
use crate::set::manifest::look;
use crate::set::manifest::post::{self, Lost, Posted, Waits};
use crate::set::manifest::prepare::{Outcome, Prepared};
use crate::set::pending;
use crate::slack::Slack;
use crate::terminal::failure::Failure;
use crate::terminal::interrupt::Interrupt;

/// The waits before the first looks; the last is repeated.
const INTERVALS: [u64; 5] = [1, 2, 4, 8, 16];

/// How often a photo is sent again in one run, each time after it had all its time to take effect.
const MOST_RESENT: u32 = 2;

/// How often to check for Ctrl-C.
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
        // A photo that SCIM has accepted takes a few moments to show.
        let looks = usize::from(waits.open.accepted);
        let next = Instant::now() + Duration::from_secs(INTERVALS[looks]);
        Waiting {
            next: next.min(waits.until),
            prepared,
            waits,
            looks,
        }
    }
}

/// The message before the rest is settled.
pub(crate) fn announcement(count: usize, slack: &Slack) -> String {
    let posts = match count {
        _ if slack.is_admin() => return "waiting for the last photos to show".to_owned(),
        1 => "1 post without an answer has".to_owned(),
        count => format!("{count} posts without an answer have"),
    };
    format!("checking whether {posts} worked")
}

/// Settles those whose time has come, and more until at most so many are left, and gives each row to `each` when it is known what
/// became of it, or that it is not. Says whether rows were left because of an interrupt.
#[allow(clippy::too_many_arguments)]
pub(crate) fn settle(
    rows: &mut Vec<Waiting>,
    most: usize,
    args: &SetArgs,
    slack: &mut Slack,
    journal: &mut Journal,
    past: &Past,
    interrupt: &Interrupt,
    mut each: impl FnMut(Prepared),
) -> bool {
    let mut is_cut = false;
    while let Some(first) = (0..rows.len()).min_by_key(|index| rows[*index].next) {
        if rows.len() <= most && rows[first].next > Instant::now() {
            break;
        }
        let row = rows.swap_remove(first);
        while row.next > Instant::now() && !interrupt.is_raised() {
            sleep(ATTENTION.min(row.next - Instant::now().min(row.next)));
        }
        let turn = if interrupt.is_raised() {
            is_cut = true;
            match interrupted(&row.waits) {
                failure if slack.is_admin() && row.waits.lost.is_some() => unsettled(row, &failure),
                failure => Turn::Over(row.prepared, Err(failure)),
            }
        } else {
            turn(row, args, slack, journal, past)
        };
        match turn {
            Turn::Again(row) => rows.push(row),
            Turn::Over(mut prepared, end) => {
                prepared.ended(end);
                each(prepared);
            }
        }
    }
    is_cut
}

enum Turn {
    Again(Waiting),
    Over(Prepared, Result<Outcome, Failure>),
}

fn turn(
    mut row: Waiting,
    args: &SetArgs,
    slack: &mut Slack,
    journal: &mut Journal,
    past: &Past,
) -> Turn {
    row.looks += 1;
    let looked = look::look_again(&mut row.prepared, &mut row.waits.shown, slack);
    let is_late = Instant::now() >= row.waits.until;
    let (now, before) = (row.waits.shown.hash(), row.waits.open.shown.as_deref());
    let is_changed = now.is_some() && now != before;
    // With SCIM nothing is sent again in the same run: after several accepted photos, it is unclear which one shows.
    if slack.is_admin() && is_late && !is_changed && row.waits.lost.is_some() {
        let failure = unknown(&row.waits);
        return unsettled(row, &failure);
    }
    match looked {
        Ok(()) if is_changed || is_late => {}
        // The same connection lost the answer.
        Err(_) if is_late => {
            let failure = unknown(&row.waits);
            return Turn::Over(row.prepared, Err(failure));
        }
        _ => return again(row),
    }
    let mut prepared = row.prepared;
    let Waits {
        job,
        open,
        shown,
        lost,
        ..
    } = *row.waits;
    let posted = match lost {
        // The earlier post no longer matters.
        None => post::row(&mut prepared, Some(shown), args, slack, journal, past),
        Some(_) if is_changed => {
            let step = if open.accepted {
                "the profile now shows another photo"
            } else {
                "the answer got lost, and the profile now shows another photo"
            };
            prepared.record.steps.push(step.to_owned());
            let is_ours = pending::is_sent(open.sent.as_ref(), &shown, slack);
            let end = if job.options == RESTORE {
                Outcome::Restored
            } else {
                Outcome::Set
            };
            post::settled(
                is_ours,
                &open,
                &job,
                shown,
                end,
                &mut prepared,
                args,
                slack,
                journal,
            )
        }
        Some(lost) if prepared.resent >= MOST_RESENT => Err(lost.failure),
        Some(Lost {
            upload, options, ..
        }) => {
            prepared.resent += 1;
            post::deliver(
                upload,
                job,
                &options,
                shown,
                &mut prepared,
                args,
                slack,
                journal,
            )
        }
    };
    match posted {
        Ok(Posted::Done(outcome)) => Turn::Over(prepared, Ok(outcome)),
        Ok(Posted::Waits(waits)) => again(Waiting {
            prepared,
            waits,
            next: row.next,
            looks: 0,
        }),
        Err(failure) => Turn::Over(prepared, Err(failure)),
    }
}

/// The end of a row that was handed in through SCIM and does not show so far.
fn unsettled(row: Waiting, why: &Failure) -> Turn {
    let mut prepared = row.prepared;
    prepared.record.warnings.push(why.message.clone());
    prepared.record.profile = row.waits.shown.profile;
    Turn::Over(prepared, Ok(Outcome::Unsettled))
}

/// The row, with the time of its next look.
fn again(row: Waiting) -> Turn {
    let wait = Duration::from_secs(INTERVALS[row.looks.min(INTERVALS.len() - 1)]);
    Turn::Again(Waiting {
        next: (Instant::now() + wait).min(row.waits.until),
        ..row
    })
}

fn unknown(waits: &Waits) -> Failure {
    match &waits.lost {
        Some(lost) => lost.failure.clone(),
        None => Failure::new(
            Class::OutcomeUnknown.as_str(),
            "an earlier run may have posted it, and the profile does not show it yet",
        )
        .with_hint("the same command looks again"),
    }
}

fn interrupted(waits: &Waits) -> Failure {
    let failure = unknown(waits);
    let message = format!(
        "interrupted before it was known whether it is set: {}",
        failure.message
    );
    let hint = "the same command looks at the profile before it posts";
    Failure { message, ..failure }.with_hint(hint)
}
