//! What is remembered about everybody, and the photos whose note is lost. Nothing is made, locked or moved.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use crate::state::{Backup, State, Unread, backup, folder, read};
use crate::terminal::escape;
use crate::terminal::failure::Failure;

/// All that is in the state folder.
pub(crate) struct Everybody {
    pub(crate) states: Vec<State>,
    /// Photos whose owner is unknown.
    pub(crate) lost: Vec<Lost>,
    /// The notes that cannot be read.
    pub(crate) unread: Vec<(PathBuf, Why)>,
}

/// A photo whose note cannot be read.
pub(crate) struct Lost {
    pub(crate) backup: Backup,
    pub(crate) file: PathBuf,
    pub(crate) why: Why,
}

/// Why a note is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    Missing,
    Damaged,
    /// The person's next `set` takes it over.
    Earlier,
    Newer,
}

impl Why {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Why::Missing => "missing",
            Why::Damaged => "damaged",
            Why::Earlier => "earlier",
            Why::Newer => "newer",
        }
    }
}

/// # Errors
/// If the folder exists but cannot be listed: then it is unknown whether anything is kept.
pub(crate) fn everybody() -> Result<Everybody, Failure> {
    let folder = folder()?;
    let mut names = BTreeSet::new();
    let unlisted = |error| Failure::io("state", escape::name(&folder), &error);
    match fs::read_dir(&folder) {
        Ok(entries) => {
            for entry in entries {
                names.extend(person(
                    &entry.map_err(unlisted)?.file_name().to_string_lossy(),
                ));
            }
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(unlisted(error)),
    }
    let mut everybody = Everybody {
        states: Vec::new(),
        lost: Vec::new(),
        unread: Vec::new(),
    };
    for name in names {
        let note = folder.join(format!("{name}.json"));
        let why = match read(&note) {
            Ok(Some(whole)) => {
                everybody.states.push(State {
                    folder: folder.clone(),
                    key: whole.key,
                    base_url: String::new(),
                    person: whole.person,
                    note: whole.note,
                    is_new: false,
                    lock: None,
                });
                continue;
            }
            Ok(None) => Why::Missing,
            Err(Unread::Damaged(_)) => Why::Damaged,
            Err(Unread::Earlier) => Why::Earlier,
            Err(Unread::Newer(_)) => Why::Newer,
        };
        if why != Why::Missing {
            everybody.unread.push((note, why));
        }
        for backup in backup::found(&folder, &name) {
            let file = folder.join(backup.file_name(&name));
            everybody.lost.push(Lost { backup, file, why });
        }
    }
    Ok(everybody)
}

/// The file-name key of the person that a note or a photo is about.
fn person(file: &str) -> Option<String> {
    let (stem, extension) = file.rsplit_once('.')?;
    let (name, is_photo) = match stem.split_once('-') {
        Some((name, _)) => (name, true),
        None => (stem, false),
    };
    let is_name = is_photo || extension == "json";
    (is_name && !name.is_empty()).then(|| name.to_owned())
}
