//! Looking at the profile of the person that a row is for.

use crate::set::manifest::journal::Set;
use crate::set::manifest::prepare::{Outcome, Prepared};
use crate::set::replace::{Purpose, Shown};
use crate::slack::Slack;
use crate::terminal::failure::Failure;

const CANNOT: &str = "no photo is kept for --restore";

/// Looks, to change the photo.
pub(crate) fn look(prepared: &mut Prepared, slack: &mut Slack) -> Result<Shown, Failure> {
    if let Some(holder) = &mut prepared.holder {
        holder.keep_fresh(slack.network())?;
    }
    let holder = prepared.holder.as_ref();
    let Some((holder, owner)) = holder.and_then(|holder| Some((holder, holder.owner.clone()?)))
    else {
        return Err(Failure::new(
            "internal",
            "nobody has asked whose token it is",
        ));
    };
    slack.speak_for(holder.token.clone(), Some(&owner));
    // SCIM itself does not say when a photo shows, so without a look there is no way to go on.
    let cannot = (!slack.is_admin()).then_some(CANNOT);
    let shown = Shown::look(owner, Purpose::Change, cannot, slack, &mut prepared.record)?;
    prepared.before = shown.hash().map(str::to_owned);
    if slack.is_admin() && prepared.before.is_none() {
        let message = "users.info does not say which photo shows: nothing was sent, because headshot could not tell when it does";
        return Err(Failure::new("other", message));
    }
    Ok(shown)
}

/// Looks once more at the profile of a row that waits.
pub(crate) fn look_again(
    prepared: &mut Prepared,
    shown: &mut Shown,
    slack: &mut Slack,
) -> Result<(), Failure> {
    if let Some(holder) = &prepared.holder {
        slack.speak_for(holder.token.clone(), holder.owner.as_ref());
    }
    shown.look_again(slack, &mut prepared.record)
}

/// Whether the profile still shows what an earlier run has set there.
pub(crate) fn verify(done: &Set, prepared: &mut Prepared, slack: &mut Slack) -> Outcome {
    let Some(holder) = prepared.holder.as_ref() else {
        return Outcome::Unchanged;
    };
    let record = &mut prepared.record;
    // The list of members is from the beginning of this run and may be out of date, so only old photos are checked again.
    if let Some(listed) = &holder.listed
        && done.avatar_hash.is_some()
        && listed.avatar_hash == done.avatar_hash
    {
        prepared.before = listed.avatar_hash.clone();
        record.profile = Some(listed.clone());
        return Outcome::Unchanged;
    }
    slack.speak_for(holder.token.clone(), holder.owner.as_ref());
    match slack.glance() {
        Ok(profile) => {
            let shown = profile.avatar_hash.clone();
            record.profile = Some(profile);
            prepared.before = shown.clone();
            match (&done.avatar_hash, shown) {
                (Some(set), Some(shown)) if *set != shown => Outcome::Changed,
                _ => Outcome::Unchanged,
            }
        }
        Err(failure) => {
            let warning = format!(
                "set already, according to the journal; the profile cannot be read: {}",
                failure.message
            );
            record.warnings.push(warning);
            Outcome::Unchanged
        }
    }
}
