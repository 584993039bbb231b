//! What became of a photo, in the words and keys of docs/report.md: the same from the command line and from Python.

use std::error::Error;

mod face;
pub mod words;

use headshot_core::{Avatar, Format, Info, LoopCount, Plan};
use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest, Sha256};

pub use face::{Face, FaceBox, FramedFace, Square};

/// The version of these objects, described in docs/report.md: raised when a key is removed or changes its meaning.
pub const SCHEMA: u32 = 1;

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Its avatar was made, or could be.
    Ok,
    /// Its avatar exists already, in the output folder or, for a manifest, on the profile.
    Unchanged,
    /// Something that somebody chose is in its place and stays: an edited avatar or, for a manifest, another photo on the profile.
    Kept,
    /// It was found in a folder and left alone; the warning says why.
    Skipped,
    /// An avatar that `normalize` made and that no longer has a photo.
    Orphan,
    /// Such an avatar, removed by `normalize --prune`.
    Removed,
    /// The error says why.
    Failed,
    /// The run ended before its turn came.
    NotTried,
    /// It was sent and does not show yet. Only `set --manifest` through SCIM reports this.
    Unsettled,
}

/// What the photo is, from its header.
#[derive(Debug, Serialize, Deserialize)]
pub struct Source {
    /// The format of its bytes.
    #[serde(deserialize_with = "read_format_name")]
    pub format: FormatName,
    /// In upright pixels, like the height.
    pub width: u32,
    /// In upright pixels.
    pub height: u32,
    /// The EXIF value, 1 to 8.
    pub orientation: u8,
    /// Number of pictures: 1 for a still.
    pub frames: u32,
    /// Size of the file.
    pub bytes: u64,
    /// How long one play of an animation takes, in seconds, as browsers count.
    pub duration: Option<f64>,
    /// The loop count of an animation as in a GIF, the repeats after the first play: 0 is forever, `null` plays once.
    pub loop_count: Option<u16>,
    /// The name of the embedded color profile.
    pub color_profile: Option<String>,
}

/// The avatar: what was written or sent, or would be.
#[derive(Debug, Serialize, Deserialize)]
pub struct Made {
    /// The format of its bytes.
    #[serde(deserialize_with = "read_written_name")]
    pub format: FormatName,
    /// Width and height in pixels; `null` for a photo that is sent unchanged and is not square.
    pub side: Option<u32>,
    /// Number of pictures: 1 for a still.
    pub frames: u32,
    /// Size of the file; `null`, like the hash, if nothing was made.
    pub bytes: Option<u64>,
    /// [`sha256`] of the file.
    pub sha256: Option<String>,
    /// Whether it lacks pixels or frames of a damaged photo; `null` if nothing was made from it.
    pub damaged: Option<bool>,
}

impl From<&Info> for Source {
    fn from(info: &Info) -> Source {
        Source {
            format: info.format.name(),
            width: info.size.width(),
            height: info.size.height(),
            orientation: info.orientation.exif(),
            frames: info.frames,
            bytes: info.bytes,
            duration: info
                .animation
                .map(|animation| animation.duration_cs as f64 / 100.0),
            loop_count: info
                .animation
                .and_then(|animation| match animation.loop_count {
                    LoopCount::Once => None,
                    LoopCount::Forever => Some(0),
                    LoopCount::Repeat(times) => Some(times.get()),
                }),
            color_profile: info
                .profile
                .as_ref()
                .map(|profile| profile.name().to_owned()),
        }
    }
}

impl From<&Plan> for Made {
    fn from(plan: &Plan) -> Made {
        Made {
            format: plan.format.name(),
            side: Some(plan.side),
            frames: plan.frames,
            bytes: None,
            sha256: None,
            damaged: None,
        }
    }
}

impl From<&Avatar> for Made {
    fn from(avatar: &Avatar) -> Made {
        let bytes = avatar.bytes();
        Made {
            format: avatar.format().name(),
            side: Some(avatar.side()),
            frames: avatar.frames(),
            bytes: Some(bytes.len() as u64),
            sha256: Some(sha256(&bytes)),
            damaged: Some(avatar.report().damaged()),
        }
    }
}

/// The name of a format in JSON. An alias, because serde would borrow a plain `&str` from its input.
pub type FormatName = &'static str;

fn read_format_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<FormatName, D::Error> {
    read_name_of(Format::ALL, deserializer)
}

fn read_written_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<FormatName, D::Error> {
    read_name_of(Format::WRITTEN, deserializer)
}

fn read_name_of<'de, D: Deserializer<'de>>(
    formats: &[Format],
    deserializer: D,
) -> Result<FormatName, D::Error> {
    let read = String::deserialize(deserializer)?;
    let mut names = formats.iter().map(|format| format.name());
    let found = names.find(|name| *name == read);
    found.ok_or_else(|| serde::de::Error::custom("an unknown format"))
}

/// 64 lowercase hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Steps or warnings in plain words.
pub fn texts<T: ToString>(items: &[T]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}

/// An error and its causes, each once: many libraries repeat the cause in their own text.
pub fn message(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.contains(&next) {
            text = format!("{text}: {next}");
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_told_once() {
        let told = message(&headshot_core::Error::Damaged {
            in_pixels: false,
            format: Format::Png,
            source: "the disk is on fire".into(),
        });
        assert_eq!(told.matches("the disk is on fire").count(), 1, "{told}");
        assert!(told.starts_with("the PNG is damaged"), "{told}");
    }

    #[test]
    fn hashes_are_those_of_everybody_else() {
        assert_eq!(
            sha256(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn formats_are_read_as_they_are_written() {
        let made =
            r#"{"format":"gif","side":512,"frames":11,"bytes":22,"sha256":null,"damaged":null}"#;
        let read: Made = serde_json::from_str(made).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), made);
        let foreign = made.replace("gif", "webp");
        assert!(serde_json::from_str::<Made>(&foreign).is_err());
    }
}
