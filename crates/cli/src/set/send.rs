//! Posting an upload to one person, with all that is kept and noted before and after.

use headshot_core::Options;
use headshot_upload::Class;

use crate::args::SetArgs;
use crate::set::post;
use crate::set::record::SetRecord;
use crate::set::replace::{self, Shown};
use crate::set::upload::Upload;
use crate::slack::Slack;
use crate::slack::admin::ACCEPTED;
use crate::state::Sent;
use crate::terminal::failure::Failure;
use crate::terminal::interrupt::INTERRUPTED;

/// Posts if needed, and keeps and notes what it must. `begin` is called right before the post,
/// with the hash of the backup, and stops the post if it fails. If the profile was not read, nothing is kept.
/// If the post fails, `shown` stays, and with it the person's lock.
pub(crate) fn send(
    upload: Upload,
    shown: &mut Option<Shown>,
    args: &SetArgs,
    options: &Options,
    slack: &Slack,
    record: &mut SetRecord,
    begin: impl FnOnce(Option<&str>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let fingerprint = upload.fingerprint();
    let is_shown = shown
        .as_ref()
        .is_some_and(|shown| shown.shows(&fingerprint));
    if args.if_changed && is_shown {
        record.steps.push("already set: nothing sent".to_owned());
        record.profile = shown.take().and_then(|shown| shown.profile);
        return Ok(());
    }
    if args.if_changed
        && let Some(Err(failure)) = shown.as_ref().map(|shown| &shown.state)
    {
        let warning = format!(
            "--if-changed cannot tell, so it is sent: {}",
            failure.message
        );
        record.warnings.push(warning);
    }
    let made = upload.made;
    let sent = Some((fingerprint.clone(), made));
    let replaced = match shown {
        Some(shown) => replace::begin(shown, is_shown, sent, &args.backup, slack, record)?,
        None => None,
    };
    let looked = shown.as_ref().map(|shown| shown.profile.as_ref());
    let set = begin(replaced.as_deref())
        .and_then(|()| post::halving(upload, looked, options, slack, record));
    let set = set.inspect_err(|failure| {
        let open = [Class::OutcomeUnknown.as_str(), INTERRUPTED, ACCEPTED];
        let is_open = open.contains(&&failure.kind[..]);
        if let (false, Some(Ok(state))) = (is_open, shown.as_mut().map(|s| &mut s.state)) {
            // If the change certainly failed, there is nothing to wait for, unless that cannot be noted.
            state.note.pending = None;
            let _ = state.save();
        }
    })?;
    let now = post::read_back(&set, slack, record);
    let is_proven = set.is_proven;
    let hash = set.value.and_then(|profile| profile.avatar_hash);
    if let Some(profile) = &now {
        let state = match shown.take() {
            Some(shown) => shown.profile.map(|_| shown.state),
            None => Some(replace::remember_after(profile, slack, record)),
        };
        let hash = hash.or_else(|| profile.avatar_hash.clone());
        // A photo that may be somebody else's is not noted as ours.
        let hash = hash.filter(|_| is_proven);
        let sent = hash.map(|avatar_hash| Sent {
            upload: fingerprint,
            avatar_hash,
            made,
        });
        if let Some(state) = state {
            replace::end(state, sent, replaced, args.backup.keep, slack, record);
        }
    }
    record.profile = now;
    Ok(())
}
