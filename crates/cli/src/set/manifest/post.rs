//! Posting one row, with a line in the journal before and one after.

use std::time::{Duration, Instant};

use headshot_core::Options;
use headshot_upload::Class;

use crate::args::SetArgs;
use crate::set::manifest::journal::{Event, Job, Journal, Last, Open, Past, RESTORE, Set};
use crate::set::manifest::look::look;
use crate::set::manifest::prepare::{Outcome, Prepared, Ready};
use crate::set::pending;
use crate::set::replace::{self, Shown};
use crate::set::send::send;
use crate::set::upload::Upload;
use crate::slack::Slack;
use crate::slack::admin::ACCEPTED;
use crate::state::Sent;
use crate::terminal::failure::Failure;

/// How a turn ended.
pub(crate) enum Posted {
    Done(Outcome),
    /// It is not known whether a post worked: the profile must be watched for a while.
    Waits(Box<Waits>),
}

/// A post that may still take effect.
pub(crate) struct Waits {
    pub(crate) job: Job,
    pub(crate) open: Open,
    /// With the person's lock: no other run here posts meanwhile.
    pub(crate) shown: Shown,
    /// When it can no longer take effect.
    pub(crate) until: Instant,
    /// For a post of this run: why the outcome is unknown, and what to send again. Nothing for a post of another run.
    pub(crate) lost: Option<Lost>,
}

/// A post whose answer got lost.
pub(crate) struct Lost {
    pub(crate) failure: Failure,
    pub(crate) upload: Upload,
    pub(crate) options: Options,
}

/// Posts what is ready, unless an earlier run did, or somebody has chosen another photo since. `shown` is what the
/// profile shows, if that is known.
pub(crate) fn row(
    prepared: &mut Prepared,
    shown: Option<Shown>,
    args: &SetArgs,
    slack: &mut Slack,
    journal: &mut Journal,
    past: &Past,
) -> Result<Posted, Failure> {
    let mut shown = match shown {
        Some(shown) => shown,
        None => look(prepared, slack)?,
    };
    let holder = prepared.holder.as_ref();
    let last = holder.and_then(|holder| past.of(holder, slack.server()));
    let Some(ready) = prepared.ready.take() else {
        return Err(Failure::new("internal", "there is nothing to post"));
    };
    let job = Job {
        server: slack.server().to_owned(),
        person: shown.owner.person.clone(),
        photo: prepared.photo.clone().unwrap_or_default(),
        options: ready.asked.clone(),
    };
    let sent = ready.upload.fingerprint();
    let again = args.many.again;
    let mut left = pending::left(&shown, args.many.settle());
    if let Some(last) = last
        && let Some((open, is_same)) = last.open(&job.photo, &job.options)
    {
        match judge(last, open, &shown, args) {
            Judged::Changed => {
                let is_ours = pending::is_sent(open.sent.as_ref(), &shown, slack);
                if is_same && (!again || matches!(is_ours, Ok(true))) {
                    let step = "posted by an earlier run: the profile now shows another photo";
                    prepared.record.steps.push(step.to_owned());
                    let (open, end) = (open.clone(), Outcome::Unchanged);
                    return settled(
                        is_ours, &open, &job, shown, end, prepared, args, slack, journal,
                    );
                }
                if let Ok(true) = is_ours {
                    let job = job_of(last, &job);
                    applied(open, &job, shown, prepared, args, slack, journal)?;
                    shown = look(prepared, slack)?;
                } else if !again {
                    return Ok(changed(shown, prepared));
                }
            }
            Judged::Pending(time) => left = Some(time),
            Judged::Unknowable if is_same => {
                let message = "an earlier run may have posted it, and the profile cannot tell";
                let hint = "look at the profile; if the photo is not there, set this one alone, or give the token users.profile:read";
                return Err(Failure::new("unsettled", message).with_hint(hint));
            }
            // Whatever happened to that one, this one replaces it.
            Judged::NotApplied | Judged::Unknowable => {}
        }
    }
    if let Some(left) = left {
        prepared.ready = Some(ready);
        return Ok(Posted::Waits(Box::new(Waits {
            open: Open {
                shown: shown.hash().map(str::to_owned),
                sent: None,
                kept: None,
                accepted: false,
            },
            job,
            shown,
            until: Instant::now() + left,
            lost: None,
        })));
    }
    let set = last.and_then(|last| match &last.event {
        Event::Set(set) => Some(set),
        _ => None,
    });
    let is_posted = set.is_some_and(|set| {
        set.sent.as_ref() == Some(&sent) && set.avatar_hash.as_deref() == shown.hash()
    });
    if shown.hash().is_some() && (shown.shows(&sent) || is_posted) {
        let set = Set {
            avatar_hash: shown.hash().map(str::to_owned),
            sent: Some(sent),
            kept: None,
        };
        journal.note(&job, Event::Set(set))?;
        let step = "the profile shows this avatar already: nothing sent";
        prepared.record.steps.push(step.to_owned());
        prepared.record.profile = shown.profile;
        return Ok(Posted::Done(Outcome::Unchanged));
    }
    // The person has chosen another photo since, so nothing is posted over it.
    let is_chosen = set
        .and_then(|set| set.avatar_hash.as_deref())
        .zip(shown.hash())
        .is_some_and(|(set, now)| set != now);
    if is_chosen && !again {
        return Ok(changed(shown, prepared));
    }
    let Ready {
        upload, options, ..
    } = ready;
    deliver(upload, job, &options, shown, prepared, args, slack, journal)
}

/// The end of a row whose person has chosen another photo since.
fn changed(shown: Shown, prepared: &mut Prepared) -> Posted {
    prepared.record.profile = shown.profile;
    Posted::Done(Outcome::Changed)
}

/// Why a photo is not put back.
pub(crate) fn changed_since() -> Failure {
    let message = "the profile shows another photo than the one that was set: it is left alone";
    let hint =
        "somebody chose that photo; set --restore with this token alone puts back the one before";
    Failure::new("changed", message).with_hint(hint)
}

/// Ends a row whose answer got lost and whose profile shows a different photo than before: as `end` says, unless the
/// photo turned out not to be ours.
#[allow(clippy::too_many_arguments)]
pub(crate) fn settled(
    is_ours: Result<bool, Failure>,
    open: &Open,
    job: &Job,
    shown: Shown,
    end: Outcome,
    prepared: &mut Prepared,
    args: &SetArgs,
    slack: &Slack,
    journal: &mut Journal,
) -> Result<Posted, Failure> {
    let is_ours = match is_ours {
        // SCIM has accepted it, and may have re-encoded it.
        Ok(false) | Err(_) if open.accepted => {
            let text = "the photo that shows now has other bytes than the one that was submitted, or cannot be compared: look at it";
            prepared.record.warnings.push(text.to_owned());
            Ok(true)
        }
        is_ours => is_ours,
    };
    match is_ours {
        Ok(true) => applied(open, job, shown, prepared, args, slack, journal)?,
        Ok(false) if job.options == RESTORE => return Err(changed_since()),
        Ok(false) => return Ok(changed(shown, prepared)),
        // Not recorded as set, so that the next run compares it again and nothing takes it for ours.
        Err(why) => {
            prepared.record.warnings.push(format!(
                "the answer was lost, and the profile shows a new photo that cannot be compared: {}",
                why.message
            ));
            prepared.record.profile = shown.profile;
        }
    }
    Ok(Posted::Done(end))
}

/// Posts, whatever the profile showed before.
#[allow(clippy::too_many_arguments)]
pub(crate) fn deliver(
    upload: Upload,
    job: Job,
    options: &Options,
    shown: Shown,
    prepared: &mut Prepared,
    args: &SetArgs,
    slack: &Slack,
    journal: &mut Journal,
) -> Result<Posted, Failure> {
    let mut open = Open {
        shown: shown.hash().map(str::to_owned),
        sent: Some(upload.fingerprint()),
        kept: None,
        accepted: false,
    };
    // Without the photo that it was made from, so that the same bytes are sent again.
    let again = Upload {
        photo: upload.photo.clone(),
        source: None,
        faces: None,
        ..upload
    };
    let mut begun = false;
    let begin = |kept: Option<&str>| {
        open.kept = kept.map(str::to_owned);
        journal.note(&job, Event::Begun(open.clone()))?;
        begun = true;
        Ok(())
    };
    let record = &mut prepared.record;
    let mut shown = Some(shown);
    let sent = send(upload, &mut shown, args, options, slack, record, begin);
    match sent {
        Ok(()) => {
            let profile = record.profile.as_ref();
            let set = Set {
                avatar_hash: profile.and_then(|profile| profile.avatar_hash.clone()),
                sent: open.sent,
                kept: open.kept,
            };
            journal.note(&job, Event::Set(set))?;
            Ok(Posted::Done(if job.options == RESTORE {
                Outcome::Restored
            } else {
                Outcome::Set
            }))
        }
        Err(failure) if !begun => Err(failure),
        Err(failure) if [Class::OutcomeUnknown.as_str(), ACCEPTED].contains(&&failure.kind[..]) => {
            open.accepted = failure.kind == ACCEPTED;
            prepared.lost += u32::from(!open.accepted);
            journal.note(&job, Event::Unknown(open.clone()))?;
            match shown.filter(|_| open.shown.is_some()) {
                // Nothing to compare with.
                None => Err(failure),
                Some(shown) => Ok(Posted::Waits(Box::new(Waits {
                    job,
                    open,
                    shown,
                    until: Instant::now() + args.many.settle(),
                    lost: Some(Lost {
                        failure,
                        upload: again,
                        options: options.clone(),
                    }),
                }))),
            }
        }
        Err(failure) => {
            let why = failure.kind.to_string();
            journal.note(&job, Event::NotSet { why })?;
            Err(failure)
        }
    }
}

enum Judged {
    /// The profile shows a different photo than before, ours or somebody else's.
    Changed,
    /// It does not, and the time is up.
    NotApplied,
    /// It does not yet; there is this much time left.
    Pending(Duration),
    /// The profile was not read before, or cannot be read now.
    Unknowable,
}

fn judge(last: &Last, open: &Open, shown: &Shown, args: &SetArgs) -> Judged {
    match (&open.shown, shown.hash()) {
        (Some(then), Some(now)) if then != now => Judged::Changed,
        (Some(_), Some(_)) => match args.many.settle().saturating_sub(last.age()) {
            Duration::ZERO => Judged::NotApplied,
            left => Judged::Pending(left),
        },
        _ => Judged::Unknowable,
    }
}

/// The job of an earlier run, for the same person.
fn job_of(last: &Last, job: &Job) -> Job {
    Job {
        photo: last.photo.clone(),
        options: last.options.clone().unwrap_or_default(),
        ..job.clone()
    }
}

/// Records a post that worked, as if its answer had arrived.
fn applied(
    open: &Open,
    job: &Job,
    shown: Shown,
    prepared: &mut Prepared,
    args: &SetArgs,
    slack: &Slack,
    journal: &mut Journal,
) -> Result<(), Failure> {
    let avatar_hash = shown.hash().map(str::to_owned);
    let set = Set {
        avatar_hash: avatar_hash.clone(),
        sent: open.sent.clone(),
        kept: open.kept.clone(),
    };
    journal.note(job, Event::Set(set))?;
    let record = &mut prepared.record;
    // A photo that may be somebody else's is not recorded as ours, so that its backup stays.
    let is_ours = |upload| !open.accepted || shown.shows(upload);
    let is_ours = open.sent.as_ref().is_some_and(is_ours);
    record.profile = shown.profile;
    if let (Ok(state), Some(upload), Some(avatar_hash)) = (&shown.state, &open.sent, avatar_hash) {
        let backup = state.note.backup(&upload.sha256);
        let sent = Sent {
            made: !job.options.starts_with("as-is") && backup.is_none_or(|backup| backup.made),
            upload: upload.clone(),
            avatar_hash,
        };
        let (kept, keep) = (open.kept.clone(), args.backup.keep);
        let sent = is_ours.then_some(sent);
        replace::end(shown.state, sent, kept, keep, slack, record);
    }
    Ok(())
}
