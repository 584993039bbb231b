//! Posting one row, with a line in the journal before and one after.

use std::thread::sleep;

use headshot_upload::{Class, RetryPolicy};

use crate::args::SetArgs;
use crate::commands::set::{self, Shown};
use crate::failure::Failure;
use crate::manifest::ledger::{Event, Ledger, Past};
use crate::manifest::prepare::{Outcome, Prepared, Ready};
use crate::slack::Slack;

/// Posts what is ready, unless an earlier run has done so.
pub(crate) fn row(
    ready: Ready,
    prepared: &mut Prepared,
    args: &SetArgs,
    slack: &mut Slack,
    ledger: &mut Ledger,
    past: &Past,
) -> Result<Outcome, Failure> {
    let record = &mut prepared.record;
    let Ready {
        person,
        job,
        upload,
        options,
    } = ready;
    slack.speak_for(person.token);
    let mut shown = Shown::look(args, slack, record)?;
    if let Some((open, then)) = past.open_post(&job.person) {
        if then.is_some() && then == shown.hash() {
            // It may still be on its way.
            sleep(RetryPolicy::default().first_backoff);
            shown = Shown::look(args, slack, record)?;
        }
        match (then, shown.hash()) {
            (Some(then), Some(now)) if then != now => {
                let avatar_hash = Some(now.to_owned());
                ledger.note(open, Event::Set { avatar_hash })?;
                if *open == job {
                    let step = "posted by an earlier run: the profile shows another photo since";
                    record.steps.push(step.to_owned());
                    record.profile = Some(shown.profile);
                    return Ok(Outcome::Unchanged);
                }
            }
            (Some(_), Some(_)) => {}
            _ if *open == job => {
                let message = "an earlier run may have posted it, and the profile cannot tell";
                let hint = "look at the profile; if the photo is not there, set this one alone";
                return Err(Failure::new("unsettled", message).with_hint(hint));
            }
            // Whatever became of that one, this one replaces it.
            _ => {}
        }
    }
    let then = shown.hash().map(str::to_owned);
    let mut begun = false;
    let begin = || {
        let shown = then.clone();
        ledger.note(&job, Event::Begun { shown })?;
        begun = true;
        Ok(())
    };
    let sent = set::send(upload, shown, args, &options, slack, record, begin);
    let event = match &sent {
        Ok(()) => Event::Set {
            avatar_hash: record
                .profile
                .as_ref()
                .and_then(|profile| profile.as_ref()?.avatar_hash.clone()),
        },
        Err(failure) if failure.kind == Class::OutcomeUnknown.as_str() => {
            Event::Unknown { shown: then }
        }
        Err(failure) => Event::NotSet {
            why: failure.kind.to_string(),
        },
    };
    if begun || sent.is_ok() {
        ledger.note(&job, event)?;
    }
    sent.map(|()| match begun {
        true => Outcome::Set,
        false => Outcome::Unchanged,
    })
}
