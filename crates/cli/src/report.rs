//! What became of one photo, as a line of JSON.

use std::path::Path;

use headshot_core::{Avatar, Format, Info, LoopCount, Plan};
use headshot_upload::Profile;
use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest, Sha256};

use crate::escape;
use crate::failure::Failure;
use crate::output::FORMATS;

/// The version of these objects, described in docs/report.md: raised when a key goes or changes its meaning.
pub(crate) const SCHEMA: u32 = 1;

/// One photo's object, filled as far as the photo got. Every key is always there, in this order, `null` where it does
/// not apply.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    /// [`SCHEMA`].
    pub(crate) schema: u32,
    /// Its name as it was given; `-` for standard input.
    pub(crate) photo: String,
    pub(crate) status: Status,
    pub(crate) source: Option<Source>,
    pub(crate) avatar: Option<Made>,
    /// The file that was written; `-` for standard output.
    pub(crate) output: Option<String>,
    /// What was done, in order, in plain words. `inspect` says here what `normalize` would do.
    pub(crate) steps: Vec<String>,
    pub(crate) warnings: Vec<String>,
    // Only what went well is read back.
    #[serde(skip_deserializing)]
    pub(crate) error: Option<Failure>,
    /// The profile as Slack returned it. Only `set` has this key.
    #[serde(skip_serializing_if = "Option::is_none", skip_deserializing)]
    pub(crate) profile: Option<Option<Profile>>,
    /// How many steps and warnings are about the photo and its avatar: those that follow are about Slack, and stay when
    /// another avatar has to be made.
    #[serde(skip)]
    own: (usize, usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Ok,
    /// Its avatar is there already. Only `normalize` into a folder finds that.
    Unchanged,
    /// It was found in a folder and is left alone; the warning says why.
    Skipped,
    Failed,
}

/// What the photo is, from its header.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Source {
    #[serde(deserialize_with = "read_word")]
    pub(crate) format: Word,
    /// In upright pixels, as is the height.
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// The EXIF value, 1 to 8.
    pub(crate) orientation: u8,
    pub(crate) frames: u32,
    pub(crate) bytes: u64,
    /// How long an animation plays once, in seconds, as browsers count.
    pub(crate) duration: Option<f64>,
    /// The loop count of an animation as its file has it: 0 is for ever, `null` once.
    pub(crate) loop_count: Option<u16>,
    /// The name of the embedded color profile.
    pub(crate) color_profile: Option<String>,
}

/// The avatar: what was written or sent, or would be.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Made {
    #[serde(deserialize_with = "read_word")]
    pub(crate) format: Word,
    /// `null` for a photo that is sent as it is and is not square.
    pub(crate) side: Option<u32>,
    pub(crate) frames: u32,
    /// `null`, like the hash, where nothing was made.
    pub(crate) bytes: Option<u64>,
    pub(crate) sha256: Option<String>,
}

impl Record {
    pub(crate) fn new(photo: &Path) -> Record {
        Record {
            schema: SCHEMA,
            photo: escape::lossless(photo.as_os_str()),
            status: Status::Ok,
            source: None,
            avatar: None,
            output: None,
            steps: Vec::new(),
            warnings: Vec::new(),
            error: None,
            profile: None,
            own: (0, 0),
        }
    }

    /// Notes what the header says.
    pub(crate) fn probed(&mut self, info: &Info) {
        self.source = Some(Source {
            format: word(info.format),
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
        });
        self.warnings = words(&info.warnings);
        self.own = (0, self.warnings.len());
    }

    /// Notes what would be made.
    pub(crate) fn planned(&mut self, plan: &Plan) {
        self.avatar = Some(Made {
            format: word(plan.format),
            side: Some(plan.side),
            frames: plan.frames,
            bytes: None,
            sha256: None,
        });
        self.steps = words(&plan.steps);
        self.warnings.extend(words(&plan.warnings));
    }

    /// Notes what was made.
    pub(crate) fn made(&mut self, avatar: &Avatar) {
        let bytes = avatar.bytes();
        self.avatar = Some(Made {
            format: word(avatar.format()),
            side: Some(avatar.side()),
            frames: avatar.frames(),
            bytes: Some(bytes.len() as u64),
            sha256: Some(sha256(&bytes)),
        });
        let steps = words(&avatar.report().steps);
        // The report repeats the warnings of the header.
        let warnings = words(&avatar.report().warnings);
        let own = (steps.len(), warnings.len());
        self.steps.splice(..self.own.0, steps);
        self.warnings.splice(..self.own.1, warnings);
        self.own = own;
    }

    /// Notes how it ended.
    pub(crate) fn ended(&mut self, end: Result<(), Failure>) {
        self.error = end.err();
        self.status = match self.error {
            None => Status::Ok,
            Some(_) => Status::Failed,
        };
    }
}

/// The word for a format in JSON. An alias, because serde would borrow a plain `&str` from what it reads.
pub(crate) type Word = &'static str;

/// The word for a format in JSON.
pub(crate) fn word(format: Format) -> Word {
    match format {
        Format::Jpeg => "jpeg",
        Format::Png => "png",
        Format::Gif => "gif",
    }
}

fn read_word<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Word, D::Error> {
    let read = String::deserialize(deserializer)?;
    let mut words = FORMATS.into_iter().map(word);
    let found = words.find(|word| *word == read);
    found.ok_or_else(|| serde::de::Error::custom("no format of ours"))
}

/// 64 hexadecimal digits in lower case.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn words<T: ToString>(items: &[T]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_always_there_and_in_order() {
        let mut record = Record::new(Path::new("a.jpg"));
        record.ended(Err(Failure::new("not_found", "there is no such file")));
        assert_eq!(
            serde_json::to_string(&record).unwrap(),
            "{\"schema\":1,\"photo\":\"a.jpg\",\"status\":\"failed\",\"source\":null,\"avatar\":null,\"output\":null,\"steps\":[],\
             \"warnings\":[],\"error\":{\"kind\":\"not_found\",\"message\":\"there is no such file\",\"hint\":null,\
             \"code\":null}}"
        );
        record.profile = Some(None);
        let json = serde_json::to_string(&record).unwrap();
        assert!(json.ends_with(",\"profile\":null}"), "{json}");
    }

    #[test]
    fn hashes_are_those_of_everybody_else() {
        assert_eq!(
            sha256(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
