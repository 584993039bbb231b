//! Notes of the first version, which identified people by addresses and names: imported if it is certain whose they are.

use std::fs;
use std::path::Path;

use headshot_upload::Profile;
use serde::Deserialize;

use crate::state::backup::{Backup, Extension};
use crate::state::note::{Fingerprint, Pending, Sent};
use crate::state::{LONGEST_NOTE, State};
use crate::terminal::date;
use crate::terminal::escape;
use crate::terminal::failure::Failure;
use crate::terminal::record::sha256;

const FORMAT: &str = "headshot-state-1";

#[derive(Deserialize)]
struct Old {
    format: String,
    person: String,
    sent: Option<OldSent>,
    replaced: Option<Kept>,
    pending: Option<OldPending>,
}

#[derive(Deserialize)]
struct OldSent {
    #[serde(flatten)]
    upload: Fingerprint,
    avatar_hash: String,
}

#[derive(Deserialize)]
struct OldPending {
    avatar_hash: Option<String>,
    kept: Option<Kept>,
}

#[derive(Deserialize)]
struct Kept {
    sha256: String,
    extension: Extension,
}

impl State {
    /// Imports a note of the first version. A note about a name is this person's only if it describes the photo that
    /// their profile shows, because two people may have the same name.
    pub(super) fn take_over(&mut self, profile: &Profile, warnings: &mut Vec<String>) {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let names = [&profile.email, &profile.real_name, &profile.display_name];
        let team = given(&profile.team).unwrap_or_default();
        for (name, is_proof) in names.into_iter().map(given).zip([true, false, false]) {
            let Some(name) = name else { continue };
            let whole = serde_json::json!([self.base_url, team, name]).to_string();
            let key = sha256(whole.as_bytes());
            let file = self.folder.join(format!("{}.json", &key[..16]));
            let Some(old) = read(&file, &key) else {
                continue;
            };
            let shown = profile.avatar_hash.as_ref();
            let sent = old.sent.as_ref().map(|sent| &sent.avatar_hash);
            let pending = old.pending.as_ref();
            let pending = pending.and_then(|pending| pending.avatar_hash.as_ref());
            let is_theirs = is_proof || (shown.is_some() && [sent, pending].contains(&shown));
            let old_path = escape::name(&file);
            if !is_theirs {
                warnings.push(format!(
                    "{old_path} is an earlier version's note for somebody of this name, perhaps not for {}: it is left alone",
                    self.person
                ));
                continue;
            }
            if let Err(failure) = self.adopt(old, &file, &key) {
                warnings.push(format!(
                    "{old_path} could not be imported: {}",
                    failure.message
                ));
            }
            return;
        }
    }

    fn adopt(&mut self, old: Old, file: &Path, key: &str) -> Result<(), Failure> {
        let mut copied = Vec::new();
        let mut adopted = |kept: &Option<Kept>, state: &mut State| {
            let Some(kept) = kept.as_ref().filter(|kept| kept.sha256.len() == 64) else {
                return Ok(None);
            };
            let backup = Backup {
                sha256: kept.sha256.clone(),
                extension: kept.extension,
                at: date::now(),
                made: false,
                side: None,
            };
            let there = state.path(&backup);
            let there = there.file_name().unwrap_or_default().to_string_lossy();
            let name = there.replacen(state.name(), &key[..16], 1);
            let old_path = state.folder.join(name);
            match fs::read(&old_path) {
                Ok(bytes) if sha256(&bytes) == kept.sha256 => {
                    let hash = state.store(backup, &bytes)?;
                    copied.push(old_path);
                    Ok::<_, Failure>(Some(hash))
                }
                // Gone or changed: there is nothing to import.
                _ => Ok(None),
            }
        };
        let replaced = adopted(&old.replaced, self)?;
        let pending = match old.pending {
            Some(pending) => Some(Pending {
                kept: adopted(&pending.kept, self)?,
                avatar_hash: pending.avatar_hash,
                at: 0,
                sent: None,
                made: false,
            }),
            None => None,
        };
        self.note.replaced = replaced;
        self.note.pending = pending;
        self.note.sent = old.sent.map(|sent| Sent {
            upload: sent.upload,
            avatar_hash: sent.avatar_hash,
            // It may have been put back.
            made: false,
        });
        self.save()?;
        for path in copied.iter().map(|path| path.as_path()).chain([file]) {
            // A leftover would be one too many.
            let _ = fs::remove_file(path);
        }
        Ok(())
    }
}

fn read(file: &Path, key: &str) -> Option<Old> {
    if fs::metadata(file).ok()?.len() > LONGEST_NOTE {
        return None;
    }
    let old: Old = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
    let is_hash = |kept: &Kept| kept.sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
    let pending = old.pending.as_ref();
    let pending = pending.and_then(|pending| pending.kept.as_ref());
    let is_sound = [old.replaced.as_ref(), pending]
        .into_iter()
        .flatten()
        .all(is_hash);
    (old.format == FORMAT && old.person == key && is_sound).then_some(old)
}
