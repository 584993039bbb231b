//! The photos that are kept of a person, under the hash of their bytes, until the user removes them.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::terminal::date;
use crate::terminal::record::sha256;

/// A photo that is kept beside the note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Backup {
    /// Of its bytes.
    pub(crate) sha256: String,
    pub(super) extension: Extension,
    /// When it was last kept, in seconds since 1970.
    pub(crate) at: u64,
    /// Whether headshot made it. Others are removed only if the user asks for that.
    pub(crate) made: bool,
    /// If the original could not be fetched: the side of the copy that was kept instead.
    pub(crate) side: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Extension {
    Jpg,
    Png,
    Gif,
}

impl Extension {
    fn word(self) -> &'static str {
        match self {
            Extension::Jpg => "jpg",
            Extension::Png => "png",
            Extension::Gif => "gif",
        }
    }
}

impl Backup {
    /// `name` is that of the person.
    pub(super) fn file_name(&self, name: &str) -> String {
        let extension = self.extension.word();
        format!("{name}-{}.{extension}", &self.sha256[..16])
    }
}

/// The photos of a person whose note is lost, by their names and hashes. It is unknown who made them.
pub(super) fn found(folder: &Path, name: &str) -> Vec<Backup> {
    let mut backups = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let file = entry.file_name();
        let Some(rest) = file.to_str().and_then(|file| file.strip_prefix(name)) else {
            continue;
        };
        let known = [Extension::Jpg, Extension::Png, Extension::Gif];
        let named = known.into_iter().find_map(|extension| {
            let hash = rest.strip_prefix('-')?.strip_suffix(extension.word())?;
            Some((hash.strip_suffix('.')?, extension))
        });
        // Only files: opening a pipe would block.
        let metadata = entry.metadata().ok().filter(|metadata| metadata.is_file());
        let (Some((hash, extension)), Some(metadata)) = (named, metadata) else {
            continue;
        };
        let Ok(bytes) = fs::read(entry.path()) else {
            continue;
        };
        let sha256 = sha256(&bytes);
        if sha256[..16] == *hash {
            backups.push(Backup {
                sha256,
                extension,
                at: metadata.modified().map_or(0, date::seconds),
                made: false,
                side: None,
            });
        }
    }
    backups.sort_by_key(|backup| backup.at);
    backups
}
