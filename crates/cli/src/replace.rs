//! Replacing a photo so that it can be put back: what is kept before, noted after, and posted by `set --restore`.
//!
//! Losing somebody's photo is worse than a delay, so a photo that cannot be kept is not replaced, unless the user says
//! `--no-backup`. Where the token may not read the profile, nobody can know whether there is one: that is a warning.

use headshot_core::{Limits, probe};
use headshot_upload::{Class, Photo, Profile};

use crate::args::SetArgs;
use crate::commands::set::Upload;
use crate::escape;
use crate::failure::Failure;
use crate::memory::{Fingerprint, Kept, Memory, NOBODY, Note, Pending, Sent};
use crate::report::{Made, Record, sha256, word};
use crate::slack::Slack;

/// What the profile shows before; `None`, with a warning, where the token may not see it.
pub(crate) fn look(
    args: &SetArgs,
    slack: &Slack,
    record: &mut Record,
) -> Result<Option<Profile>, Failure> {
    match slack.wait(slack.client.profile(None)) {
        Ok(reply) => {
            record.warnings.extend(reply.warnings);
            Ok(Some(reply.value))
        }
        Err(failure) if failure.kind == Class::ChangeApp.as_str() && !args.restore => {
            let cannot = match (args.if_changed, args.no_backup) {
                (true, true) => "--if-changed cannot tell",
                (true, false) => "--if-changed cannot tell, and no photo is kept",
                (false, _) => "no photo is kept for --restore",
            };
            let warning = format!("{cannot}: {}", failure.message);
            record.warnings.push(warning);
            Ok(None)
        }
        Err(failure) => Err(failure),
    }
}

/// What is remembered of the owner of this profile, or why nothing is.
pub(crate) fn memory(
    profile: &Profile,
    slack: &Slack,
    record: &mut Record,
) -> Result<Memory, Failure> {
    if slack.forgets() {
        let failure = Failure::new(
            "state",
            "the emulator inside this program forgets everything",
        );
        return Err(failure.with_hint("headshot emulator runs one that lasts until Ctrl-C"));
    }
    Memory::of(profile, &slack.base_url, &mut record.warnings)
}

/// The photo that the last `set` replaced, byte for byte.
pub(crate) fn restored(
    memory: Option<&Result<Memory, Failure>>,
    record: &mut Record,
) -> Result<Upload, Failure> {
    let nothing =
        |why: &str| Failure::new("nothing_to_restore", format!("nothing to restore: {why}"));
    let memory = match memory {
        Some(Ok(memory)) => memory,
        Some(Err(failure)) => return Err(failure.clone()),
        None => return Err(nothing("the profile cannot be read")),
    };
    let Some(kept) = &memory.note.replaced else {
        return Err(nothing(
            "no set of this person's photo has kept one here, or the last one replaced none",
        )
        .with_hint("delete takes a photo away; --no-backup keeps none"));
    };
    let path = memory.path(kept);
    let bytes = memory.fetch(kept)?;
    record.photo = escape::lossless(path.as_os_str());
    // It was good enough for Slack once, so what a header does not say is no reason to refuse it.
    if let Ok(info) = probe(&bytes, &Limits::default()) {
        let warnings = std::mem::take(&mut record.warnings);
        record.probed(&info);
        record.warnings = warnings;
        let (width, height) = (info.size.width(), info.size.height());
        if width != height {
            record.warnings.push(format!(
                "the photo is {width} x {height}, and how it had been cropped is not known: Slack letterboxes it"
            ));
        }
        record.avatar = Some(Made {
            format: word(info.format),
            side: (width == height).then_some(width),
            frames: info.frames,
            bytes: Some(info.bytes),
            sha256: Some(sha256(&bytes)),
            damaged: None,
        });
    }
    record
        .steps
        .push("left as it was when it was replaced".to_owned());
    Ok(Upload {
        photo: Photo::new(bytes)?,
        crop: None,
        source: None,
    })
}

/// Keeps what is about to be replaced and notes that, so that even a run that is cut off can be undone. Returns what
/// `--restore` will put back.
pub(crate) fn begin(
    shown: &Profile,
    memory: &mut Result<Memory, Failure>,
    is_shown: bool,
    args: &SetArgs,
    slack: &Slack,
    record: &mut Record,
) -> Result<Option<Kept>, Failure> {
    // The same photo once more replaces nothing: what was kept before stays.
    if is_shown && let Ok(memory) = memory {
        return Ok(memory.note.replaced.clone());
    }
    let kept = match args.no_backup {
        true => None,
        false => keep(shown, memory, slack, record)?,
    };
    let Ok(memory) = memory else {
        return Ok(None);
    };
    let anything = kept.is_some() || memory.note != Note::default();
    memory.note.pending = Some(Pending {
        avatar_hash: shown.avatar_hash.clone(),
        kept: kept.clone(),
    });
    match memory.save() {
        // Nothing can be lost, and `end` will say that nothing can be noted.
        Err(_) if !anything => {}
        saved => saved.map_err(|failure| not_sent(&failure))?,
    }
    Ok(kept)
}

/// Notes that nothing was replaced, unless nobody knows: then the next run judges by what the profile shows.
pub(crate) fn call_off(memory: Option<Result<Memory, Failure>>, failure: &Failure) {
    if failure.kind != Class::OutcomeUnknown.as_str()
        && let Some(Ok(mut memory)) = memory
        && memory.note.pending.take().is_some()
    {
        // The next run sees to it as well.
        let _ = memory.save();
    }
}

/// Notes what was sent, and what it replaced.
pub(crate) fn end(
    memory: Result<Memory, Failure>,
    upload: Fingerprint,
    avatar_hash: Option<String>,
    replaced: Option<Kept>,
    slack: &Slack,
    record: &mut Record,
) {
    if slack.forgets() {
        return;
    }
    let saved = memory.and_then(|mut memory| {
        let sent = avatar_hash.map(|avatar_hash| Sent {
            upload,
            avatar_hash,
        });
        memory.note = Note {
            sent,
            replaced,
            pending: None,
        };
        memory.save()
    });
    if let Err(failure) = saved {
        record.warnings.push(format!(
            "the photo is set, but not noted for --if-changed and --restore: {}",
            failure.message
        ));
    }
}

/// The photo that the profile shows, if it is one that somebody uploaded.
fn keep(
    shown: &Profile,
    memory: &Result<Memory, Failure>,
    slack: &Slack,
    record: &mut Record,
) -> Result<Option<Kept>, Failure> {
    match shown.has_photo() {
        Some(true) => {}
        Some(false) => return Ok(None),
        None => {
            let warning =
                "no photo is kept for --restore: the profile does not tell whether there is one";
            record.warnings.push(warning.to_owned());
            return Ok(None);
        }
    }
    let memory = match memory {
        Ok(memory) => memory,
        // Slack names everybody; whoever does not leaves no way to keep a photo apart from other people's.
        Err(failure) if failure.kind == NOBODY => {
            let warning = format!("no photo is kept for --restore: {}", failure.message);
            record.warnings.push(warning);
            return Ok(None);
        }
        Err(failure) => return Err(not_sent(failure)),
    };
    let photo = fetch(shown, slack, record).map_err(|failure| not_sent(&failure))?;
    let kept = memory.keep(&photo).map_err(|failure| not_sent(&failure))?;
    let path = escape::lossless(memory.path(&kept).as_os_str());
    record
        .steps
        .push(format!("kept the photo that it replaces in {path}"));
    Ok(Some(kept))
}

/// The photo as it was uploaded, or the largest picture of it.
fn fetch(shown: &Profile, slack: &Slack, record: &mut Record) -> Result<Photo, Failure> {
    let longest = usize::try_from(Limits::default().bytes).unwrap_or(usize::MAX);
    let get = |address: &str| -> Result<Photo, Failure> {
        let bytes = slack.wait(slack.client.download(address, longest))?;
        Ok(Photo::new(bytes)?)
    };
    let original = shown.image_original.as_deref().map(get);
    if let Some(Ok(photo)) = original {
        return Ok(photo);
    }
    let smaller = [
        (1024, &shown.image_1024),
        (512, &shown.image_512),
        (192, &shown.image_192),
        (72, &shown.image_72),
    ];
    let largest = smaller
        .into_iter()
        .find_map(|(side, address)| Some((side, address.as_deref()?)));
    let why = match original {
        Some(Err(failure)) => failure,
        _ => Failure::new("other", "the profile names no original"),
    };
    let Some((side, address)) = largest else {
        return Err(why);
    };
    let photo = get(address).map_err(|_| why.clone())?;
    record.warnings.push(format!(
        "the photo that it replaces is kept at {side} pixels only: {}",
        why.message
    ));
    Ok(photo)
}

fn not_sent(failure: &Failure) -> Failure {
    Failure {
        message: format!(
            "nothing was sent, because the photo on the profile cannot be kept: {}",
            failure.message
        ),
        hint: Some("try again in a while; --no-backup replaces it without keeping it".to_owned()),
        ..failure.clone()
    }
}
