//! Changing a photo so that it can be put back: what is kept before and noted after, and what `set --restore` posts.
//!
//! Losing somebody's photo is worse than a delay. So a photo that cannot be kept is not replaced, unless the user says
//! `--no-backup`, or `--smaller-backup` if a smaller copy can be kept. If the token may not read the profile, headshot cannot know whether there is a photo, and warns.

use headshot_core::{Limits, probe};
use headshot_upload::{Class, Photo, Profile};

use crate::files::lock;
use crate::set::backup_args::BackupArgs;
use crate::set::upload::Upload;
use crate::slack::Slack;
use crate::slack::error::failure;
use crate::slack::person::Owner;
use crate::state::{self, Backup, Fingerprint, Pending, Sent, State};
use crate::terminal::date;
use crate::terminal::escape;
use crate::terminal::failure::Failure;
use crate::terminal::record::{Made, Record, sha256};

/// What a profile shows before it is changed, and what is remembered about its owner.
pub(crate) struct Shown {
    pub(crate) owner: Owner,
    /// `None` if the token may not read it.
    pub(crate) profile: Option<Profile>,
    pub(crate) state: Result<State, Failure>,
}

/// Why the profile is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To change the photo; until the result is dropped, no other run here does.
    Change,
    /// To say what would be changed.
    Plan,
}

impl Shown {
    /// Reads the profile of the token's owner. If the token may not read it, warns of what cannot
    /// be done, or fails without such a warning.
    pub(crate) fn look(
        owner: Owner,
        purpose: Purpose,
        cannot: Option<&str>,
        slack: &Slack,
        record: &mut Record,
    ) -> Result<Shown, Failure> {
        let state = remember(&owner, purpose, slack, record);
        if let Err(failure) = &state
            && [lock::LOCKED, state::NEWER].contains(&&failure.kind[..])
        {
            return Err(failure.clone());
        }
        let mut shown = Shown {
            owner,
            profile: None,
            state,
        };
        match (shown.look_again(slack, record), cannot) {
            (Err(failure), Some(cannot)) if failure.kind == Class::ChangeApp.as_str() => {
                record
                    .warnings
                    .push(format!("{cannot}: {}", failure.message));
            }
            (looked, _) => looked?,
        }
        Ok(shown)
    }

    /// Looks at the profile once more, while nobody else changes it.
    pub(crate) fn look_again(&mut self, slack: &Slack, record: &mut Record) -> Result<(), Failure> {
        let (profile, warnings) = slack.look()?;
        record.warnings.extend(warnings);
        let profile = self.profile.insert(profile);
        if let Ok(state) = &mut self.state {
            state.settle(profile, &mut record.warnings, |sent| {
                let upload = headshot_upload::Upload {
                    shown: None,
                    sha256: sent.sha256.clone(),
                };
                // If the original cannot be fetched, the photo counts as somebody else's, so that it is kept.
                let compared = slack.wait(upload.is_shown_by(&slack.client, profile));
                compared.unwrap_or(false)
            });
        }
        Ok(())
    }

    /// The `avatar_hash`, if the profile has one.
    pub(crate) fn hash(&self) -> Option<&str> {
        let hash = self.profile.as_ref()?.avatar_hash.as_deref()?;
        (!hash.is_empty()).then_some(hash)
    }

    /// Whether the profile shows what this upload would make it show.
    pub(crate) fn shows(&self, upload: &Fingerprint) -> bool {
        match (&self.profile, &self.state) {
            (Some(profile), Ok(state)) => state.shows(upload, profile),
            _ => false,
        }
    }
}

fn remember(
    owner: &Owner,
    purpose: Purpose,
    slack: &Slack,
    record: &mut Record,
) -> Result<State, Failure> {
    if slack.forgets() {
        let message = "the built-in emulator forgets everything";
        return Err(Failure::new("state", message)
            .with_hint("headshot emulator runs one that lasts until Ctrl-C"));
    }
    match purpose {
        Purpose::Change => State::open(&owner.person, &slack.base_url, &mut record.warnings),
        Purpose::Plan => State::peek(&owner.person, &slack.base_url, &mut record.warnings),
    }
}

/// The backup that `--restore` means: that of the photo that was replaced last, or the one whose hash begins like this.
pub(crate) fn wanted<'a>(state: &'a State, hash: &str) -> Result<&'a Backup, Failure> {
    let nothing = |why: &str| {
        Failure::new("nothing_to_restore", format!("nothing to restore: {why}"))
            .with_hint("headshot backups lists what is kept; --restore=HASH puts any of it back")
    };
    let note = &state.note;
    if hash.is_empty() {
        let replaced = note.replaced.as_ref();
        let replaced = replaced.and_then(|hash| note.backup(hash));
        return replaced.ok_or_else(|| match note.backups.len() {
            0 => nothing(
                "the last set or delete of this person's photo here kept none, or there was none",
            ),
            count => {
                let photos = if count == 1 { "photo" } else { "photos" };
                nothing(&format!(
                    "which photo went last is not noted, or it was not kept; of this person {count} {photos} can be had"
                ))
            }
        });
    }
    let mut found = note.backups.iter();
    let mut found = found
        .by_ref()
        .filter(|backup| backup.sha256.starts_with(hash));
    match (found.next(), found.next()) {
        (Some(backup), None) => Ok(backup),
        (Some(_), Some(_)) => Err(nothing("more than one backup begins like this")),
        (None, _) => Err(nothing("no backup of this person begins like this")),
    }
}

/// A backup, byte for byte.
pub(crate) fn restored(shown: &Shown, hash: &str, record: &mut Record) -> Result<Upload, Failure> {
    let state = shown.state.as_ref().map_err(Failure::clone)?;
    let backup = wanted(state, hash)?;
    let path = state.path(backup);
    let bytes = state.fetch(backup)?;
    record.photo = escape::lossless(path.as_os_str());
    // Slack accepted it once, so missing information in a header is no reason to refuse it.
    if let Ok(info) = probe(&bytes, &Limits::default()) {
        let warnings = std::mem::take(&mut record.warnings);
        record.probed(&info);
        record.warnings = warnings;
        let (width, height) = (info.size.width(), info.size.height());
        if width != height {
            record.warnings.push(format!(
                "the photo is {width} x {height}, but how it was cropped is unknown: Slack letterboxes it"
            ));
        }
        record.avatar = Some(Made {
            format: info.format.name(),
            side: (width == height).then_some(width),
            frames: info.frames,
            bytes: Some(info.bytes),
            sha256: Some(sha256(&bytes)),
            damaged: None,
        });
    }
    let when = date::text(backup.at);
    let step = format!("unchanged since it was kept on {when}");
    record.steps.push(step);
    if let Some(side) = backup.side {
        let warning =
            format!("it is a copy of {side} pixels: the original could not be fetched then");
        record.warnings.push(warning);
    }
    Ok(Upload {
        photo: Photo::new(bytes).map_err(failure)?,
        crop: None,
        source: None,
        faces: None,
        made: backup.made,
    })
}

/// Keeps the old photo and notes it, and what is `sent` in its place and whether headshot made that, so that even an
/// interrupted run can be undone. Returns what `--restore` will put back.
pub(crate) fn begin(
    shown: &mut Shown,
    is_shown: bool,
    sent: Option<(Fingerprint, bool)>,
    args: &BackupArgs,
    slack: &Slack,
    record: &mut Record,
) -> Result<Option<String>, Failure> {
    let Some(profile) = &shown.profile else {
        return Ok(None);
    };
    // Sending the same photo again replaces nothing: the earlier backup stays.
    if is_shown && let Ok(state) = &shown.state {
        return Ok(state.note.replaced.clone());
    }
    let kept = if args.no_backup {
        None
    } else {
        keep(profile, &mut shown.state, args, slack, record)?
    };
    let Ok(state) = &mut shown.state else {
        return Ok(None);
    };
    state.note.pending = Some(Pending {
        avatar_hash: profile.avatar_hash.clone(),
        kept: kept.clone(),
        at: date::now(),
        made: sent.as_ref().is_some_and(|(_, made)| *made),
        sent: sent.map(|(upload, _)| upload),
    });
    state.save().map_err(|failure| not_sent(&failure))?;
    Ok(kept)
}

/// What [`begin`] would do; fails if that is known to refuse.
pub(crate) fn plan(shown: &Shown, args: &BackupArgs) -> Result<Option<String>, Failure> {
    let Some(profile) = &shown.profile else {
        return Ok(None);
    };
    if profile.has_photo() == Some(true) && !args.no_backup && !args.smaller_backup {
        original(profile).map_err(|failure| not_kept(&failure))?;
    }
    let step = match (profile.has_photo(), args.no_backup) {
        (Some(true), false) => "would keep the photo that the profile shows",
        (Some(true), true) => "would keep no copy of the photo that the profile shows",
        (Some(false), _) => "the profile has no uploaded photo: there is nothing to keep",
        (None, _) => return Ok(None),
    };
    Ok(Some(step.to_owned()))
}

/// Notes what was sent, or that the photo was deleted, and which photo was replaced.
pub(crate) fn end(
    state: Result<State, Failure>,
    sent: Option<Sent>,
    replaced: Option<String>,
    keep: usize,
    slack: &Slack,
    record: &mut Record,
) {
    if slack.forgets() {
        return;
    }
    let saved = state.and_then(|mut state| {
        state.note.sent = sent;
        state.note.replaced = replaced;
        state.note.pending = None;
        state.save()?;
        state.thin(keep)
    });
    if let Err(failure) = saved {
        record.warnings.push(format!(
            "it is done, but not noted for --if-changed and --restore: {}",
            failure.message
        ));
    }
}

/// What is remembered after a post without a look at the profile; what it replaced is not known.
pub(crate) fn remember_after(
    profile: &Profile,
    slack: &Slack,
    record: &mut Record,
) -> Result<State, Failure> {
    if slack.forgets() {
        return Err(Failure::new("state", "the emulator forgets everything"));
    }
    let owner = slack.owner()?;
    let mut state = remember(&owner, Purpose::Change, slack, record)?;
    state.settle(profile, &mut record.warnings, |_| false);
    Ok(state)
}

/// The photo that the profile shows, if it is one that somebody uploaded.
fn keep(
    profile: &Profile,
    state: &mut Result<State, Failure>,
    args: &BackupArgs,
    slack: &Slack,
    record: &mut Record,
) -> Result<Option<String>, Failure> {
    match profile.has_photo() {
        Some(true) => {}
        Some(false) => return Ok(None),
        None => {
            let warning = "no photo is kept: the profile does not say whether there is one";
            record.warnings.push(warning.to_owned());
            return Ok(None);
        }
    }
    let state = match state {
        Ok(state) => state,
        // It keeps nothing, so nothing can be lost.
        Err(_) if slack.forgets() => return Ok(None),
        Err(failure) => return Err(not_sent(failure)),
    };
    let (photo, side) = fetch(profile, args, slack).map_err(|failure| not_kept(&failure))?;
    if let Some(side) = side {
        let warning = format!("the old photo is kept at only {side} pixels");
        record.warnings.push(warning);
    }
    let kept = state.keep(&photo, profile.avatar_hash.as_deref(), side);
    let kept = kept.map_err(|failure| not_sent(&failure))?;
    if let Some(backup) = state.note.backup(&kept) {
        let path = escape::lossless(state.path(backup).as_os_str());
        record.steps.push(format!("kept the old photo in {path}"));
    }
    Ok(Some(kept))
}

/// The photo as it was uploaded; or, with `--smaller-backup`, the largest picture there is, with its side.
fn fetch(
    profile: &Profile,
    args: &BackupArgs,
    slack: &Slack,
) -> Result<(Photo, Option<u32>), Failure> {
    let longest = usize::try_from(Limits::default().bytes).unwrap_or(usize::MAX);
    let get = |address: &str| -> Result<Photo, Failure> {
        let bytes = slack.wait(slack.client.download(address, longest))?;
        Photo::new(bytes).map_err(failure)
    };
    let smaller = [
        (1024, &profile.image_1024),
        (512, &profile.image_512),
        (192, &profile.image_192),
        (72, &profile.image_72),
    ];
    let largest = smaller
        .into_iter()
        .find_map(|(side, address)| Some((side, given(address)?)));
    let why = match original(profile).map(|address| get(&address)) {
        Ok(Ok(photo)) => return Ok((photo, None)),
        Ok(Err(failure)) => {
            let message = format!("the original cannot be fetched: {}", failure.message);
            Failure { message, ..failure }
        }
        Err(failure) => failure,
    };
    match largest.filter(|_| args.smaller_backup) {
        Some((side, address)) => Ok((get(&address)?, Some(side))),
        None => Err(why),
    }
}

/// Where the photo lies as it was uploaded.
fn original(profile: &Profile) -> Result<String, Failure> {
    given(&profile.image_original)
        .ok_or_else(|| Failure::new("other", "the profile does not name its original"))
}

fn given(address: &Option<String>) -> Option<String> {
    address.clone().filter(|text| !text.is_empty())
}

/// The photo itself cannot be fetched: the hint says how to go without.
fn not_kept(failure: &Failure) -> Failure {
    Failure {
        hint: Some(
            "try again in a while; --smaller-backup keeps the largest picture there is, --no-backup keeps none"
                .to_owned(),
        ),
        ..not_sent(failure)
    }
}

/// The fetched photo cannot be saved here. The hint does not suggest to go without a backup: that cannot be undone.
fn not_sent(failure: &Failure) -> Failure {
    let hint = failure.hint.clone().unwrap_or_else(|| {
        "make room in that folder and allow writing to it, then try again".to_owned()
    });
    Failure {
        message: format!(
            "nothing was sent, because the photo on the profile cannot be kept: {}",
            failure.message
        ),
        hint: Some(hint),
        ..failure.clone()
    }
}
