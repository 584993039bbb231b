//! A change with an unknown outcome: how long it may still take effect, and whether the photo that the profile shows now is
//! the one that was sent.

use std::thread::sleep;
use std::time::{Duration, Instant};

use headshot_upload::Upload;

use crate::set::replace::Shown;
use crate::slack::Slack;
use crate::state::Fingerprint;
use crate::terminal::console;
use crate::terminal::date;
use crate::terminal::failure::Failure;
use crate::terminal::record::Record;

/// The longest wait between two looks.
const LONGEST: Duration = Duration::from_secs(16);

/// Whether the profile shows exactly the photo that was sent. A new `avatar_hash` proves nothing, because somebody else may
/// have chosen a photo; the original does. Fails if the original cannot be fetched.
pub(crate) fn is_sent(
    sent: Option<&Fingerprint>,
    shown: &Shown,
    slack: &Slack,
) -> Result<bool, Failure> {
    let (Some(sent), Some(profile)) = (sent, &shown.profile) else {
        return Err(Failure::new("other", "what was sent is not known"));
    };
    if shown.shows(sent) {
        return Ok(true);
    }
    let upload = Upload {
        shown: None,
        sha256: sent.sha256.clone(),
    };
    slack.wait(upload.is_shown_by(&slack.client, profile))
}

/// How much longer another run's change may still take effect; `None` if there is no such change.
pub(crate) fn left(shown: &Shown, settle: Duration) -> Option<Duration> {
    shown.hash()?;
    let pending = shown.state.as_ref().ok()?.note.pending.as_ref()?;
    let age = Duration::from_secs(date::now().saturating_sub(pending.at));
    let left = settle.saturating_sub(age);
    (left > Duration::ZERO).then_some(left)
}

/// Waits until the profile shows such a change, or until it can no longer take effect.
pub(crate) fn wait(
    shown: &mut Shown,
    settle: Duration,
    slack: &Slack,
    record: &mut Record,
) -> Result<(), Failure> {
    let Some(time) = left(shown, settle) else {
        return Ok(());
    };
    console::remark(&format!(
        "an earlier run may have posted a photo that the profile does not show yet: looking for {} s at most",
        time.as_secs()
    ));
    let end = Instant::now() + time;
    let mut next = Duration::from_secs(1);
    while left(shown, settle).is_some() && Instant::now() < end {
        sleep(next.min(end.saturating_duration_since(Instant::now())));
        shown.look_again(slack, record)?;
        next = (next * 2).min(LONGEST);
    }
    Ok(())
}
