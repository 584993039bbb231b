//! What is remembered about a person between runs: what was sent last, and the photos that were replaced or deleted.
//!
//! One small JSON file per person, and beside it the photos, each under its hash. A person is a user of a workspace. Photos stay
//! until the user removes them; `--keep` removes only the oldest of the avatars that headshot made itself.

mod backup;
mod everybody;
mod keep;
mod note;
mod old;

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use headshot_upload::Profile;
use serde::{Deserialize, Serialize};

use crate::files::lock;
use crate::files::private;
use crate::slack::person::Person;
use crate::terminal::escape;
use crate::terminal::failure::{self, Failure};
use crate::terminal::record::sha256;

pub(crate) use crate::files::state_folder::folder;
pub(crate) use backup::Backup;
pub(crate) use everybody::{Everybody, Why, everybody};
pub(crate) use note::{Fingerprint, Note, Pending, Sent};

/// What the file says of itself; the number is its version.
const FORMAT: &str = "headshot-state-";
const VERSION: u32 = 2;

/// The kind of failure if a note is from a newer version: nothing that it lists may be changed.
pub(crate) const NEWER: &str = "newer_state";

/// Much longer than any note.
const LONGEST_NOTE: u64 = 1024 * 1024;

/// What is remembered about one person.
#[derive(Debug)]
pub(crate) struct State {
    folder: PathBuf,
    /// The hash by which files know the person: 64 hexadecimal digits.
    key: String,
    base_url: String,
    pub(crate) person: Person,
    pub(crate) note: Note,
    /// Whether there was a note, of any version.
    is_new: bool,
    /// Held while something changes, so that no other run changes it.
    lock: Option<File>,
}

/// The whole file.
#[derive(Serialize, Deserialize)]
struct Whole<N> {
    format: String,
    key: String,
    #[serde(flatten)]
    person: Person,
    #[serde(flatten)]
    note: N,
}

impl State {
    /// What is remembered about a person, to change it: until this is dropped, no other run can.
    ///
    /// A note that cannot be read is put aside, with a warning; the photos beside it still count as backups.
    ///
    /// # Errors
    /// If there is no folder for it, if another run is using it, or if it is from a newer version.
    pub(crate) fn open(
        person: &Person,
        base_url: &str,
        warnings: &mut Vec<String>,
    ) -> Result<State, Failure> {
        let mut state = State::unread(person, base_url)?;
        make(&state.folder)?;
        state.hold(warnings)?;
        Ok(state)
    }

    /// Locks it, and reads it again.
    pub(crate) fn hold(&mut self, warnings: &mut Vec<String>) -> Result<(), Failure> {
        let lock = self.folder.join(format!("{}.lock", self.name()));
        let busy = format!("another run is changing the photo of {}", self.person);
        self.lock = Some(lock::exclusive(&lock, &busy)?);
        self.sweep();
        self.fill(warnings)
    }

    /// What is remembered about a person, only to read it: nothing is made or moved.
    pub(crate) fn peek(
        person: &Person,
        base_url: &str,
        warnings: &mut Vec<String>,
    ) -> Result<State, Failure> {
        let mut state = State::unread(person, base_url)?;
        state.fill(warnings)?;
        Ok(state)
    }

    fn unread(person: &Person, base_url: &str) -> Result<State, Failure> {
        let base_url = base_url.trim_end_matches('/').to_ascii_lowercase();
        // As JSON, so that no part can be taken for another.
        let whole = serde_json::json!([base_url, person.team, person.user]).to_string();
        Ok(State {
            folder: folder()?,
            key: sha256(whole.as_bytes()),
            base_url,
            person: person.clone(),
            note: Note::default(),
            is_new: true,
            lock: None,
        })
    }

    fn fill(&mut self, warnings: &mut Vec<String>) -> Result<(), Failure> {
        let file = self.file();
        match read(&file) {
            // A photo is written before the note that lists it.
            Ok(None) => {
                self.note.backups = backup::found(&self.folder, self.name());
                return Ok(());
            }
            Ok(Some(whole)) if whole.key == self.key => self.note = whole.note,
            Ok(Some(_)) => self.put_aside("it is another person's", warnings)?,
            Err(Unread::Newer(failure)) => return Err(failure),
            Err(Unread::Earlier) => self.put_aside("it is from an earlier version", warnings)?,
            Err(Unread::Damaged(problem)) => self.put_aside(&problem, warnings)?,
        }
        self.is_new = false;
        Ok(())
    }

    /// Renames a note that cannot be read, and notes its photos, whatever comes next.
    fn put_aside(&mut self, problem: &str, warnings: &mut Vec<String>) -> Result<(), Failure> {
        let file = self.file();
        self.note.backups = backup::found(&self.folder, self.name());
        let mut aside = String::new();
        if self.lock.is_some() {
            let bytes = fs::read(&file).unwrap_or_default();
            let name = format!("{}.damaged-{}", self.name(), &sha256(&bytes)[..8]);
            let to = self.folder.join(name);
            fs::rename(&file, &to).map_err(|error| cannot("be put aside", &file, &error))?;
            self.save()?;
            aside = format!("; it is now {}", escape::name(&to));
        }
        let file = escape::name(&file);
        warnings.push(format!(
            "the note about the last set in {file} cannot be used: {problem}{aside}"
        ));
        Ok(())
    }

    /// Decides, by the profile, what became of a change with an unknown outcome, and imports what an earlier version noted.
    /// `is_sent` tells whether the profile shows what that change was to send; it is called only if something changes.
    pub(crate) fn settle(
        &mut self,
        profile: &Profile,
        warnings: &mut Vec<String>,
        is_sent: impl FnOnce(&Fingerprint) -> bool,
    ) {
        if self.is_new && self.lock.is_some() {
            self.take_over(profile, warnings);
        }
        let is_held = self.lock.is_some();
        let is_sent = |sent: &Fingerprint| is_held && is_sent(sent);
        self.note.settle(profile.avatar_hash.as_deref(), is_sent);
    }

    /// Whether the profile shows what this upload would make it show.
    pub(crate) fn shows(&self, upload: &Fingerprint, profile: &Profile) -> bool {
        self.note.sent.as_ref().is_some_and(|sent| {
            sent.upload == *upload && profile.avatar_hash.as_ref() == Some(&sent.avatar_hash)
        })
    }

    /// Writes the note. When it returns it is durable.
    pub(crate) fn save(&self) -> Result<(), Failure> {
        let whole = Whole {
            format: format!("{FORMAT}{VERSION}"),
            key: self.key.clone(),
            person: self.person.clone(),
            note: &self.note,
        };
        let json = serde_json::to_vec_pretty(&whole)
            .map_err(|error| Failure::new("state", error.to_string()))?;
        let file = self.file();
        private::file(&file, &json).map_err(|error| cannot("be written", &file, &error))
    }

    fn file(&self) -> PathBuf {
        self.folder.join(format!("{}.json", self.name()))
    }

    /// 16 digits of the hash keep names short.
    fn name(&self) -> &str {
        &self.key[..16]
    }

    /// Removes what a killed run was writing. Nobody else is writing for this person.
    fn sweep(&self) {
        let begun = format!(".{}", self.name());
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with(&begun) && name.ends_with(private::TEMPORARY) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// Why a note was not read.
enum Unread {
    /// It must not be touched.
    Newer(Failure),
    Earlier,
    Damaged(String),
}

/// The note in a file; `None` where there is no file.
fn read(file: &Path) -> Result<Option<Whole<Note>>, Unread> {
    let damaged = |problem: String| Err(Unread::Damaged(problem));
    let length = match fs::metadata(file) {
        Ok(metadata) if !metadata.is_file() => return damaged("it is not a file".to_owned()),
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return damaged(failure::reason(&error)),
    };
    if length > LONGEST_NOTE {
        return damaged("it is too long to be a note".to_owned());
    }
    let text = match fs::read(file) {
        Ok(text) => text,
        Err(error) => return damaged(failure::reason(&error)),
    };
    let object: serde_json::Value = match serde_json::from_slice(&text) {
        Ok(object) => object,
        Err(error) => return damaged(format!("it is not a note of headshot's ({error})")),
    };
    let version = object["format"].as_str().unwrap_or_default();
    let version = version.strip_prefix(FORMAT);
    match version.and_then(|version| version.parse::<u32>().ok()) {
        Some(VERSION) => {}
        Some(newer) if newer > VERSION => {
            let file = escape::name(file);
            let message =
                format!("{file} is a note of version {newer}, but this program knows {VERSION}");
            let failure = Failure::new(NEWER, message);
            return Err(Unread::Newer(failure.with_hint(
                "update headshot, or name another folder in HEADSHOT_STATE",
            )));
        }
        Some(_) => return Err(Unread::Earlier),
        None => return damaged("it is the note of another program".to_owned()),
    }
    match serde_json::from_value::<Whole<Note>>(object) {
        Ok(whole) if is_named(file, &whole.key) && whole.note.is_sound() => Ok(Some(whole)),
        Ok(_) => damaged("it is not a note of headshot's".to_owned()),
        Err(error) => damaged(format!("it is not a note of headshot's ({error})")),
    }
}

/// Whether the file has the name that the note of this key has.
fn is_named(file: &Path, key: &str) -> bool {
    let is_hash = key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash && file.file_stem() == Some(key[..16].as_ref())
}

/// Makes the folder, where only its owner can look: there are photos of people in it.
fn make(folder: &Path) -> Result<(), Failure> {
    private::folder(folder).map_err(|error| {
        let what = format!("the folder {} cannot be made", escape::name(folder));
        Failure::io("state", what, &error)
            .with_hint("name a folder in HEADSHOT_STATE, which is where set remembers things")
    })
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> Failure {
    let what = format!("{} cannot {what}", escape::name(path));
    Failure::io("state", what, error)
}
