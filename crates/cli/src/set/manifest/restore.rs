//! `set --manifest --restore`: puts back every photo that the manifest replaced, unless somebody has changed it since.

use crate::args::SetArgs;
use crate::set::manifest::journal::{Event, Job, Journal, Past, RESTORE, Set};
use crate::set::manifest::look;
use crate::set::manifest::post::{self, Posted};
use crate::set::manifest::prepare::{Outcome, Prepared};
use crate::set::replace::{self, Purpose, Shown};
use crate::slack::Slack;
use crate::terminal::escape;
use crate::terminal::failure::Failure;

/// Puts back the photo that the last post to this person replaced. Without a journal to write, it only says what it would do.
pub(crate) fn row(
    prepared: &mut Prepared,
    args: &SetArgs,
    slack: &mut Slack,
    journal: Option<&mut Journal>,
    past: &Past,
) -> Result<Posted, Failure> {
    let last = prepared.holder.as_ref();
    let last = last.and_then(|holder| past.of(holder, slack.server()));
    let nothing = |why: &str| {
        Err(Failure::new(
            "nothing_to_restore",
            format!("nothing to restore: {why}"),
        ))
    };
    let set = match last.map(|last| (&last.event, last.options.as_deref())) {
        Some((Event::Set(set), Some(RESTORE))) => {
            let kept = last.map_or("", |last| &last.photo);
            return already(set, kept, prepared, slack);
        }
        Some((Event::Set(set), _)) => set,
        Some((Event::Begun(_) | Event::Unknown(_), _)) => {
            let message = "an earlier run may have posted to this person, and it is not known yet";
            let hint = "run the manifest without --restore once more: it settles that, or says that somebody has changed the photo";
            return Err(Failure::new("unsettled", message).with_hint(hint));
        }
        Some((Event::NotSet { .. }, _)) | None => {
            return nothing("the journal lists no photo that was set");
        }
    };
    let shown = match journal {
        Some(_) => look::look(prepared, slack)?,
        None => plan(prepared, slack)?,
    };
    if let (Some(set), Some(now)) = (&set.avatar_hash, shown.hash())
        && set != now
    {
        return Err(post::changed_since());
    }
    let Some(kept) = &set.kept else {
        return nothing("no photo was replaced, or it was not kept");
    };
    let record = &mut prepared.record;
    let upload = replace::restored(&shown, kept, record)?;
    let Some(journal) = journal else {
        return Ok(Posted::Done(Outcome::Planned));
    };
    let job = Job {
        server: slack.server().to_owned(),
        person: shown.owner.person.clone(),
        photo: kept.clone(),
        options: RESTORE.to_owned(),
    };
    let options = args.image.options(None)?;
    post::deliver(upload, job, &options, shown, prepared, args, slack, journal)
}

/// A photo that an earlier run has put back: names it, and says if somebody has chosen another since.
fn already(
    set: &Set,
    kept: &str,
    prepared: &mut Prepared,
    slack: &mut Slack,
) -> Result<Posted, Failure> {
    let shown = plan(prepared, slack)?;
    let record = &mut prepared.record;
    if let (Some(set), Some(now)) = (&set.avatar_hash, shown.hash())
        && set != now
    {
        let warning = "the profile now shows another photo: it is left alone";
        record.warnings.push(warning.to_owned());
    }
    if let Ok(state) = &shown.state
        && let Some(backup) = state.note.backup(kept)
    {
        record.photo = escape::lossless(state.path(backup).as_os_str());
    }
    record.profile = shown.profile;
    Ok(Posted::Done(Outcome::PutBack))
}

fn plan(prepared: &mut Prepared, slack: &mut Slack) -> Result<Shown, Failure> {
    let holder = prepared.holder.as_ref();
    let Some((holder, owner)) = holder.and_then(|holder| Some((holder, holder.owner.clone()?)))
    else {
        return Err(Failure::usage(
            "--restore has to ask Slack: leave out --offline",
        ));
    };
    slack.speak_for(holder.token.clone(), Some(&owner));
    let shown = Shown::look(owner, Purpose::Plan, None, slack, &mut prepared.record)?;
    prepared.before = shown.hash().map(str::to_owned);
    Ok(shown)
}
