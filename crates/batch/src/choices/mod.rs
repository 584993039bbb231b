//! What people chose for photos by looking at them: a file beside a batch or a manifest that runs obey.
//!
//! ```json
//! {"headshot_choices":1,"revision":7,"photos":{"dir/ann.jpg":{"photo":"99aa06d3014798d86001c324468d497f","choice":{"fit":"face"}}}}
//! ```
//!
//! A choice belongs to a photo's bytes: when they change, it lapses. Names are only compared; no file is ever opened by
//! one. A file that is not fully understood is neither used nor replaced.

mod choice;
mod export;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::escape;
use crate::failure::Failure;
use crate::files::{lock, write};
use crate::hash::Hash;
use crate::working_folder::{CHOICES, FOLDER};

pub use choice::{Choice, ChosenFit, ChosenFormat};
pub use export::export;

/// The kind of failure for a choices file that cannot be used.
pub const UNUSABLE: &str = "choices";

/// The version of the file.
const VERSION: u64 = 1;

/// Far more than a choice for each of a hundred thousand photos takes.
const LONGEST: u64 = 64 << 20;

/// The choices in a file, by the names of the photos.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Choices {
    revision: u64,
    photos: BTreeMap<String, Chosen>,
    /// The photos of whose choices flags have left nothing.
    overridden: BTreeSet<String>,
    /// The file's content when it was read or written last; `None` if it was missing or empty.
    content: Option<Hash>,
}

/// The choice for a photo, and the bytes it was made for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    /// The hash of the photo when it was looked at.
    pub photo: Hash,
    /// What was chosen then.
    pub choice: Choice,
}

/// What the file says about a photo.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Found<'a> {
    /// Nothing was chosen.
    Nothing,
    /// This was chosen.
    Choice(&'a Choice),
    /// Something was chosen, but for other bytes than the photo has now.
    Lapsed,
}

/// Why choices were not written. The earlier file is still there.
#[derive(Debug)]
pub enum Unwritten {
    /// Somebody else has written since they were read. These are there now.
    Newer(Choices),
    /// It could not be read or written.
    Failed(Failure),
}

/// The choices file of an output folder.
pub fn in_folder(out: &Path) -> PathBuf {
    out.join(FOLDER).join(CHOICES)
}

/// The choices file of a manifest, beside it.
pub fn beside(manifest: &Path) -> PathBuf {
    let mut name = manifest.as_os_str().to_owned();
    name.push(".choices.json");
    name.into()
}

/// The name of a photo in a choices file: its path within the named folder, or just its own name if the photo itself was
/// named. Parts are separated by `/`. Bytes that are not UTF-8 are written as `\xff`.
pub fn name(relative: &Path) -> String {
    let parts = relative.iter().map(escape::lossless);
    parts.collect::<Vec<_>>().join("/")
}

/// The warning for a photo whose choice has lapsed.
pub const LAPSED: &str =
    "the photo has changed since you chose, so your choice is ignored: look at it again";

impl Choices {
    /// Reads a file; a missing or empty one has no choices, at revision 0.
    ///
    /// # Errors
    /// [`UNUSABLE`] if it is damaged, too large, of another version, or not a file: for its owner. It stays as it is.
    pub fn read(file: &Path) -> Result<Choices, Failure> {
        let unusable = |what: &str| unusable(file, what);
        let bytes = match open(file) {
            Ok(None) => return Ok(Choices::default()),
            Ok(Some(opened)) => {
                let mut bytes = Vec::new();
                let read = opened.take(LONGEST + 1).read_to_end(&mut bytes);
                read.map(|_| bytes)
            }
            Err(error) => Err(error),
        };
        let bytes = bytes.map_err(|error| {
            Failure::io(
                UNUSABLE,
                format!("{} cannot be read", escape::name(file)),
                &error,
            )
        })?;
        if bytes.len() as u64 > LONGEST {
            let most = LONGEST >> 20;
            return Err(unusable(&format!("has more than {most} MiB")));
        }
        parse(&bytes).map_err(|why| unusable(&why))
    }

    /// How often the file was written.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The number of photos with a choice.
    pub fn len(&self) -> usize {
        self.photos.len()
    }

    /// Whether nothing is chosen for any photo.
    pub fn is_empty(&self) -> bool {
        self.photos.is_empty()
    }

    /// Every photo with a choice, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Chosen)> {
        let photos = self.photos.iter();
        photos.map(|(name, chosen)| (name.as_str(), chosen))
    }

    /// The choice for the photo of this [`name`], whatever its bytes are.
    pub fn named(&self, name: &str) -> Option<&Chosen> {
        self.photos.get(name)
    }

    /// The choice for the photo of this [`name`] with these bytes.
    pub fn find(&self, name: &str, photo: Hash) -> Found<'_> {
        match self.photos.get(name) {
            None => Found::Nothing,
            Some(chosen) if chosen.photo == photo => Found::Choice(&chosen.choice),
            Some(_) => Found::Lapsed,
        }
    }

    /// Whether the flags of [`under`](Choices::under) have left nothing of the choice for the photo of this [`name`].
    pub fn is_overridden(&self, name: &str) -> bool {
        self.overridden.contains(name)
    }

    /// Sets the choice for a photo. Nothing is written.
    pub fn set(&mut self, name: String, chosen: Chosen) {
        self.photos.insert(name, chosen);
    }

    /// Removes a choice and returns whether there was one. Nothing is written.
    pub fn remove(&mut self, name: &str) -> bool {
        self.photos.remove(name).is_some()
    }

    /// The same, with the flags taking precedence over every choice.
    ///
    /// # Errors
    /// If a flag turns photos for which a choice has a square, a face or a point: for the person who gave the flags.
    pub fn under(mut self, flags: &Choice) -> Result<Choices, Failure> {
        let is_away = |chosen: &&Chosen| flags.turns_away_from(&chosen.choice);
        let away = self.photos.values().filter(is_away).count();
        let mut photos = self.photos.iter();
        if let Some((first, chosen)) = photos.find(|(_, chosen)| is_away(chosen)) {
            let rotate = flags.rotate.unwrap_or_default();
            let more = match away {
                1 => String::new(),
                count => format!(", and {} more,", count - 1),
            };
            let message = format!(
                "--rotate {rotate}: your choice for {}{more} refers to the photo turned by {} degrees",
                escape::text(first),
                chosen.choice.rotate.unwrap_or_default()
            );
            let failure = Failure::usage(message);
            return Err(failure.with_hint("leave --rotate out, or your choices with --no-choices"));
        }
        for (name, chosen) in &mut self.photos {
            chosen.choice = flags.over(&chosen.choice);
            if chosen.choice.flags() == flags.flags() {
                self.overridden.insert(name.clone());
            }
        }
        Ok(self)
    }

    /// Writes the file as its next revision, atomically and durably, readable only by its owner, and makes the hidden folder of
    /// [`in_folder`] if it is missing. One writer at a time.
    ///
    /// # Errors
    /// If the file has a different content than was read: the revision alone starts again when somebody deletes the file, and stays
    /// when somebody edits it.
    pub fn write(&mut self, file: &Path) -> Result<(), Unwritten> {
        prepare(file).map_err(Unwritten::Failed)?;
        let busy = format!("somebody else is writing {}", escape::name(file));
        let _lock = lock::to_replace(file, &busy).map_err(Unwritten::Failed)?;
        let found = Choices::read(file).map_err(Unwritten::Failed)?;
        if found.content != self.content {
            return Err(Unwritten::Newer(found));
        }
        let mut photos = self.photos.iter();
        if let Some((name, _)) = photos.find(|(_, chosen)| chosen.choice.fit.is_none()) {
            let message = format!("the choice for {} has no fit", escape::text(name));
            return Err(Unwritten::Failed(Failure::new("internal", message)));
        }
        let Some(revision) = self.revision.checked_add(1) else {
            let failure = unusable(file, "has the highest possible revision");
            return Err(Unwritten::Failed(failure));
        };
        let whole = Whole {
            headshot_choices: VERSION,
            revision,
            photos: &self.photos,
        };
        // One photo per line, so that two files can be compared.
        let text = serde_json::to_vec_pretty(&whole).map_err(|error| {
            let message = format!("choices cannot be put into words: {error}");
            Unwritten::Failed(Failure::new("internal", message))
        })?;
        let text = [&text[..], b"\n"].concat();
        write::file(file, &text).map_err(Unwritten::Failed)?;
        self.revision = revision;
        self.content = Some(Hash::of(&text));
        Ok(())
    }
}

/// The file, with everything in it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole<P> {
    headshot_choices: u64,
    revision: u64,
    photos: P,
}

/// The part that all versions share.
#[derive(Deserialize)]
struct Version {
    headshot_choices: u64,
}

fn parse(bytes: &[u8]) -> Result<Choices, String> {
    // Left by a run that was killed before its first write.
    if bytes.is_empty() {
        return Ok(Choices::default());
    }
    let damaged = |error| format!("is damaged ({error})");
    let version: Version = serde_json::from_slice(bytes).map_err(damaged)?;
    if version.headshot_choices != VERSION {
        let found = version.headshot_choices;
        return Err(format!(
            "is of version {found}, but this program knows {VERSION}"
        ));
    }
    let whole: Whole<BTreeMap<String, Chosen>> = serde_json::from_slice(bytes).map_err(damaged)?;
    Ok(Choices {
        revision: whole.revision,
        photos: whole.photos,
        overridden: BTreeSet::new(),
        content: Some(Hash::of(bytes)),
    })
}

fn unusable(file: &Path, what: &str) -> Failure {
    let message = format!("{} {}", escape::name(file), escape::text(what));
    let hint = "--no-choices ignores your choices; to choose again, move that file away";
    Failure::new(UNUSABLE, message).with_hint(hint)
}

/// A regular file; `None` if there is nothing.
fn open(file: &Path) -> io::Result<Option<File>> {
    match fs::metadata(file) {
        // Checked before opening: a device has no end, and opening a pipe blocks.
        Ok(found) if !found.is_file() => Err(ErrorKind::InvalidInput.into()),
        Ok(_) => File::open(file).map(Some),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Makes the hidden folder of an output folder, and the output folder itself.
fn prepare(file: &Path) -> Result<(), Failure> {
    let folder = write::folder_of(file);
    if folder.file_name().is_none_or(|name| name != FOLDER) {
        return Ok(());
    }
    let made = fs::create_dir_all(write::folder_of(folder));
    let made = made.and_then(|()| lock::private_folder(folder));
    made.map_err(|error| write::failed(file, &error))
}

#[cfg(test)]
mod tests;
