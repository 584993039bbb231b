//! What `set` remembers of a person between runs: what was sent last, and the photo that it replaced.
//!
//! One small JSON file a person, and beside it at most the photo itself. Slack does not tell the holder of a token who
//! they are, so a person is known by the base URL, the workspace, and the e-mail address (or the name, where the token
//! may not see the address), of all of which only a hash is kept. The token has no part in it.

use std::env;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use headshot_upload::{Photo, Profile};
use serde::{Deserialize, Serialize};

use crate::escape;
use crate::failure::Failure;
use crate::report::sha256;
use crate::write;

/// What the file says of itself. Another number is another program's business.
const FORMAT: &str = "headshot-state-1";

/// No note of ours is nearly as long.
const LONGEST_NOTE: u64 = 64 * 1024;

/// One person's memory.
#[derive(Debug)]
pub(crate) struct Memory {
    folder: PathBuf,
    /// The hash by which the person is known: 64 hexadecimal digits.
    person: String,
    pub(crate) note: Note,
}

/// What is remembered.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Note {
    /// What was sent last and is on the profile, as far as is known.
    pub(crate) sent: Option<Sent>,
    /// The photo that this replaced, if there was one and it was kept.
    pub(crate) replaced: Option<Kept>,
    /// A replacement that has begun and is not known to have ended.
    pub(crate) pending: Option<Pending>,
}

/// What was posted, and the hash that the profile got by it.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Sent {
    #[serde(flatten)]
    pub(crate) upload: Fingerprint,
    pub(crate) avatar_hash: String,
}

/// What tells one upload from another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fingerprint {
    /// Of the bytes of the photo.
    pub(crate) sha256: String,
    /// `crop_x`, `crop_y` and `crop_w`, if they were sent along.
    pub(crate) crop: Option<[u32; 3]>,
}

/// A photo that is kept beside the note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    sha256: String,
    extension: Extension,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Extension {
    Jpg,
    Png,
    Gif,
}

/// What the profile showed when a replacement began, and what was kept of it.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Pending {
    pub(crate) avatar_hash: Option<String>,
    pub(crate) kept: Option<Kept>,
}

/// The whole file.
#[derive(Serialize, Deserialize)]
struct File<N> {
    format: String,
    person: String,
    #[serde(flatten)]
    note: N,
}

impl Memory {
    /// What is remembered of the person with this profile. A note that cannot be read counts as none, with a warning.
    ///
    /// # Errors
    /// When there is no folder for it, or the profile does not say whose it is.
    pub(crate) fn of(
        profile: &Profile,
        base_url: &str,
        warnings: &mut Vec<String>,
    ) -> Result<Memory, Failure> {
        let folder = folder()?;
        let mut memory = Memory {
            person: person(profile, base_url)?,
            folder,
            note: Note::default(),
        };
        memory.note = memory.read_note().unwrap_or_else(|problem| {
            let file = escape::name(&memory.file());
            warnings.push(format!(
                "what was noted of the last set in {file} counts as lost: {problem}"
            ));
            Note::default()
        });
        memory.note.settle(profile.avatar_hash.as_deref());
        Ok(memory)
    }

    /// Whether the profile shows what this upload would make it show.
    pub(crate) fn shows(&self, upload: &Fingerprint, profile: &Profile) -> bool {
        self.note.sent.as_ref().is_some_and(|sent| {
            sent.upload == *upload && profile.avatar_hash.as_ref() == Some(&sent.avatar_hash)
        })
    }

    /// Keeps a photo. It is part of no note yet.
    pub(crate) fn keep(&self, photo: &Photo) -> Result<Kept, Failure> {
        let kept = Kept {
            sha256: sha256(photo.bytes()),
            extension: match photo.file_name().rsplit('.').next() {
                Some("png") => Extension::Png,
                Some("gif") => Extension::Gif,
                _ => Extension::Jpg,
            },
        };
        make_private(&self.folder)?;
        write::file(&self.path(&kept), photo.bytes())?;
        Ok(kept)
    }

    /// The bytes of a kept photo, once it is sure that they are those that were kept.
    pub(crate) fn fetch(&self, kept: &Kept) -> Result<Bytes, Failure> {
        let path = self.path(kept);
        let lost = |problem: &str| {
            let path = escape::name(&path);
            Failure::new(
                "state",
                format!("the photo that was kept in {path} {problem}"),
            )
        };
        let bytes = fs::read(&path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => lost("is gone"),
            _ => Failure::io("state", escape::name(&path), &error),
        })?;
        match sha256(&bytes) == kept.sha256 {
            true => Ok(bytes.into()),
            false => Err(lost("has been changed since")),
        }
    }

    /// Where a kept photo lies.
    pub(crate) fn path(&self, kept: &Kept) -> PathBuf {
        let extension = match kept.extension {
            Extension::Jpg => "jpg",
            Extension::Png => "png",
            Extension::Gif => "gif",
        };
        let name = format!("{}-{}.{extension}", self.name(), &kept.sha256[..16]);
        self.folder.join(name)
    }

    /// Writes the note, and only then removes the photos that it does not mention any more.
    pub(crate) fn save(&self) -> Result<(), Failure> {
        make_private(&self.folder)?;
        let file = File {
            format: FORMAT.to_owned(),
            person: self.person.clone(),
            note: &self.note,
        };
        let json = serde_json::to_vec_pretty(&file)
            .map_err(|error| Failure::new("state", error.to_string()))?;
        write::file(&self.file(), &json)?;
        self.sweep();
        Ok(())
    }

    /// A photo that stays behind is one too many, and no reason to fail.
    fn sweep(&self) {
        let pending = self.note.pending.as_ref();
        let pending = pending.and_then(|pending| pending.kept.as_ref());
        let mentioned = [self.note.replaced.as_ref(), pending].into_iter().flatten();
        let mentioned: Vec<_> = mentioned.map(|kept| self.path(kept)).collect();
        let photos = format!("{}-", self.name());
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let is_ours = entry.file_name().to_string_lossy().starts_with(&photos);
            if is_ours && !mentioned.contains(&entry.path()) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    fn read_note(&self) -> Result<Note, String> {
        let path = self.file();
        let length = match fs::metadata(&path) {
            Ok(metadata) => metadata.len(),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Note::default()),
            Err(error) => return Err(crate::failure::reason(&error)),
        };
        if length > LONGEST_NOTE {
            return Err("it is too long to be a note of ours".to_owned());
        }
        let text = fs::read(&path).map_err(|error| crate::failure::reason(&error))?;
        let file: File<Note> = serde_json::from_slice(&text)
            .map_err(|error| format!("it is no note of ours ({error})"))?;
        let note = file.note;
        if file.format != FORMAT || file.person != self.person || !note.is_sound() {
            return Err("it is the note of another program or person".to_owned());
        }
        Ok(note)
    }

    fn file(&self) -> PathBuf {
        self.folder.join(format!("{}.json", self.name()))
    }

    /// 16 digits of the hash: names that are no longer than they need to be.
    fn name(&self) -> &str {
        &self.person[..16]
    }
}

impl Note {
    /// Decides what became of a replacement whose end nobody saw, by what the profile shows now.
    fn settle(&mut self, shown: Option<&str>) {
        if let Some(pending) = self.pending.take()
            && pending.avatar_hash.as_deref() != shown
        {
            self.sent = None;
            self.replaced = pending.kept;
        }
    }

    /// Whether every hash is one: they become names of files.
    fn is_sound(&self) -> bool {
        let pending = self.pending.as_ref();
        let pending = pending.and_then(|pending| pending.kept.as_ref());
        [self.replaced.as_ref(), pending]
            .into_iter()
            .flatten()
            .all(|kept| {
                kept.sha256.len() == 64 && kept.sha256.bytes().all(|b| b.is_ascii_hexdigit())
            })
    }
}

/// The kind of failure where a profile names nobody, so that nothing can be remembered of its owner.
pub(crate) const NOBODY: &str = "nobody";

fn person(profile: &Profile, base_url: &str) -> Result<String, Failure> {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let who = given(&profile.email)
        .or_else(|| given(&profile.real_name))
        .or_else(|| given(&profile.display_name))
        .ok_or_else(|| Failure::new(NOBODY, "the profile does not say whose it is"))?;
    let base_url = base_url.trim_end_matches('/').to_ascii_lowercase();
    let team = given(&profile.team).unwrap_or_default();
    // As JSON, in which no part can be taken for another.
    let whole = serde_json::json!([base_url, team, who]).to_string();
    Ok(sha256(whole.as_bytes()))
}

/// `$HEADSHOT_STATE`, else `$XDG_STATE_HOME/headshot`, else `~/.local/state/headshot`. Makes nothing.
fn folder() -> Result<PathBuf, Failure> {
    let named = |name| env::var_os(name).filter(|value| !value.is_empty());
    if let Some(folder) = named("HEADSHOT_STATE") {
        return Ok(folder.into());
    }
    // The XDG specification has relative paths ignored.
    let state = named("XDG_STATE_HOME").map(PathBuf::from);
    let state = state.filter(|state| state.is_absolute());
    let home = || Some(env::home_dir()?.join(".local/state"));
    match state.or_else(home) {
        Some(state) => Ok(state.join("headshot")),
        None => Err(
            Failure::new("state", "there is no home folder to remember anything in")
                .with_hint("name a folder in HEADSHOT_STATE"),
        ),
    }
}

/// Makes the folder, where only its owner can look: there are photos of people in it.
fn make_private(folder: &Path) -> Result<(), Failure> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder).map_err(|error| {
        let what = format!("the folder {} cannot be made", escape::name(folder));
        Failure::io("state", what, &error)
            .with_hint("name a folder in HEADSHOT_STATE, which is where set remembers things")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(digit: &str) -> Kept {
        Kept {
            sha256: digit.repeat(64),
            extension: Extension::Png,
        }
    }

    fn profile(json: &str) -> Profile {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_replacement_without_an_end_is_judged_by_what_is_shown() {
        let begun = || Note {
            sent: Some(Sent {
                upload: Fingerprint {
                    sha256: "5".repeat(64),
                    crop: None,
                },
                avatar_hash: "aaa".to_owned(),
            }),
            replaced: Some(kept("1")),
            pending: Some(Pending {
                avatar_hash: Some("aaa".to_owned()),
                kept: Some(kept("2")),
            }),
        };
        let mut note = begun();
        note.settle(Some("aaa"));
        assert_eq!((note.replaced, note.pending), (Some(kept("1")), None));
        assert!(note.sent.is_some());
        let mut note = begun();
        note.settle(Some("bbb"));
        assert_eq!((note.replaced, note.pending), (Some(kept("2")), None));
        assert_eq!(note.sent, None);
    }

    #[test]
    fn a_person_is_one_of_a_place_and_a_workspace() {
        let key = |json, base_url| person(&profile(json), base_url).unwrap();
        let ann = r#"{"team":"T1","email":"ann@example.com","real_name":"Ann"}"#;
        let slack = "https://slack.com/api/";
        assert_eq!(key(ann, slack), key(ann, "https://slack.com/api"));
        let others = [
            (ann, "https://slack-gov.com/api/"),
            (r#"{"team":"T2","email":"ann@example.com"}"#, slack),
            (r#"{"team":"T1","email":"bob@example.com"}"#, slack),
            (r#"{"team":"T1","real_name":"Ann"}"#, slack),
        ];
        for (json, base_url) in others {
            assert_ne!(key(json, base_url), key(ann, slack), "{json}");
        }
        assert!(person(&profile(r#"{"team":"T1","email":""}"#), slack).is_err());
    }

    #[test]
    fn a_note_names_no_file_of_its_own() {
        let note = |sha256: &str| Note {
            replaced: Some(Kept {
                sha256: sha256.to_owned(),
                extension: Extension::Jpg,
            }),
            ..Note::default()
        };
        assert!(note(&"a1".repeat(32)).is_sound());
        assert!(!note("../../../../etc/passwd").is_sound());
        assert!(!note(&"../".repeat(22)[..64]).is_sound());
    }
}
