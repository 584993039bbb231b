//! The result of a photo, in a few lines for people.

pub(crate) use headshot_report::words::{bytes, made, source};
use headshot_upload::Profile;

use serde::Serialize;

use crate::terminal::console::{self, Console};
use crate::terminal::escape;
use crate::terminal::exit::Exit;
use crate::terminal::record::{Record, Status};

use std::path::Path;

/// Prints one photo's record: `object` as JSON on standard output, or the lines that `describe` picks; its failure on standard
/// error in either case.
pub(crate) fn print(
    photo: &Path,
    record: &Record,
    object: &impl Serialize,
    json: bool,
    console: &mut Console,
    describe: impl Fn(&Record, &mut Console),
) -> Exit {
    if json {
        console.json(object);
    } else {
        describe(record, console);
        for warning in &record.warnings {
            console::warning(Some(photo), warning);
        }
    }
    if let Some(failure) = &record.error {
        console::failed(Some(photo), failure);
    }
    match record.status {
        Status::Ok
        | Status::Unchanged
        | Status::Kept
        | Status::Skipped
        | Status::Orphan
        | Status::Removed
        | Status::Unsettled
        | Status::NotTried => Exit::Done,
        Status::Failed => Exit::Failed,
    }
}

/// The photo, the avatar or the plan of one, and what lies between them: a line each.
pub(crate) fn photo_and_avatar(record: &Record, console: &mut Console) {
    if let Some(photo) = &record.source {
        console.labeled("photo", &format!("{}: {}", record.photo, source(photo)));
    }
    if let Some(avatar) = &record.avatar {
        let label = if avatar.bytes.is_some() {
            "avatar"
        } else {
            "plan"
        };
        console.labeled(label, &made(avatar));
    }
    for step in &record.steps {
        console.labeled("", &format!("- {step}"));
    }
}

/// What a dry run cannot know.
pub(crate) const PLANNED: &str =
    "a dry run reads only headers: damaged pixels and a full disk show only when avatars are made";

/// The avatar that was written, or would be: one line, which looks different if nothing was made.
pub(crate) fn written(record: &Record, console: &mut Console) {
    if let (Some(output), Some(avatar)) = (&record.output, &record.avatar) {
        let line = format!("{} -> {output}: {}", record.photo, made(avatar));
        if record.planned {
            console.labeled("plan", &line);
        } else {
            console.line(escape::text(&line));
        }
    }
}

/// What a profile says about its photo: the hash, one address to look at, and the other sizes.
pub(crate) fn profile(profile: &Profile, console: &mut Console) {
    let hash = match &profile.avatar_hash {
        Some(hash) => format!("avatar_hash {hash}"),
        None => "no avatar_hash".to_owned(),
    };
    let uploaded = match profile.has_photo() {
        Some(true) => "",
        Some(false) => " (no photo was uploaded: Slack drew this picture)",
        None => " (Slack does not say whether a photo was uploaded)",
    };
    console.labeled("profile", &format!("{hash}{uploaded}"));
    let sizes = [
        ("512", &profile.image_512),
        ("original", &profile.image_original),
        ("1024", &profile.image_1024),
        ("192", &profile.image_192),
        ("72", &profile.image_72),
        ("48", &profile.image_48),
        ("32", &profile.image_32),
        ("24", &profile.image_24),
    ];
    let mut sizes = sizes
        .into_iter()
        .filter_map(|(size, address)| Some((size, address.as_deref()?)));
    if let Some((size, address)) = sizes.next() {
        console.labeled("", &format!("image_{size} {address}"));
    }
    let others: Vec<_> = sizes.map(|(size, _)| size).collect();
    if !others.is_empty() {
        console.labeled("", &format!("and image_{}", others.join(", ")));
    }
}
