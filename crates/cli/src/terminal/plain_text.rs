//! What became of a photo, in a few lines for people.

use headshot_core::Format;
use headshot_upload::Profile;

use serde::Serialize;

use crate::terminal::console::{self, Console};
use crate::terminal::escape;
use crate::terminal::exit::Exit;
use crate::terminal::record::{Made, Record, Source, Status};

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
pub(crate) const PLANNED: &str = "a dry run looks at headers: whether pixels are damaged, and whether the disk has room, shows only when avatars are made";

/// The avatar that was written, or would be: one line, which looks different where nothing was made.
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

/// `JPEG, 410 x 512, 58.2 kB, EXIF orientation 6, Display P3`
pub(crate) fn source(source: &Source) -> String {
    let (width, height) = (source.width, source.height);
    let mut words = vec![
        spelled(source.format),
        format!("{width} x {height}"),
        bytes(source.bytes),
    ];
    if source.frames > 1 {
        words.push(format!("{} frames", source.frames));
        words.extend(source.duration.map(|seconds| format!("{seconds:.2} s")));
        words.push(match source.loop_count {
            None => "once".to_owned(),
            Some(0) => "for ever".to_owned(),
            Some(times) => format!("repeated {times} times"),
        });
    }
    if source.orientation != 1 {
        // A HEIC is turned by its container.
        let whose = if source.format == "heic" { "" } else { "EXIF " };
        words.push(format!("{whose}orientation {}", source.orientation));
    }
    words.extend(source.color_profile.clone());
    words.join(", ")
}

/// The name of a format as people write it.
fn spelled(name: &str) -> String {
    let format = Format::ALL.iter().find(|format| format.name() == name);
    format.map_or_else(|| name.to_uppercase(), ToString::to_string)
}

/// `JPEG, 512 x 512, 41.3 kB`
pub(crate) fn made(avatar: &Made) -> String {
    let mut words = vec![spelled(avatar.format)];
    words.extend(avatar.side.map(|side| format!("{side} x {side}")));
    if avatar.frames > 1 {
        words.push(format!("{} frames", avatar.frames));
    }
    words.extend(avatar.bytes.map(bytes));
    words.join(", ")
}

/// In the decimal units that file managers show.
pub(crate) fn bytes(count: u64) -> String {
    match count {
        0..1_000 => format!("{count} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", count as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", count as f64 / 1e6),
        _ => format!("{:.1} GB", count as f64 / 1e9),
    }
}

/// What a profile holds of a photo: its hash, one address to look at, and which other sizes there are.
pub(crate) fn profile(profile: &Profile, console: &mut Console) {
    let hash = match &profile.avatar_hash {
        Some(hash) => format!("avatar_hash {hash}"),
        None => "no avatar_hash".to_owned(),
    };
    let uploaded = match profile.has_photo() {
        Some(true) => "",
        Some(false) => " (no photo was uploaded: Slack made this picture up)",
        None => " (whether a photo was uploaded is not told)",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_at_a_glance() {
        assert_eq!(bytes(999), "999 bytes");
        assert_eq!(bytes(1_000), "1.0 kB");
        assert_eq!(bytes(58_249), "58.2 kB");
        assert_eq!(bytes(20_971_520), "21.0 MB");
        assert_eq!(bytes(9_876_543_210), "9.9 GB");
    }
}
