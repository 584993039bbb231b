//! One photo of a batch: skipped if nothing has changed, otherwise read, normalized and left in the working folder.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bytes::Bytes;
use headshot_core::Options;
use tempfile::TempPath;

use crate::admission::Admission;
use crate::choices::{Choice, Choices, Found};
use crate::escape;
use crate::failure::Failure;
use crate::files::input;
use crate::files::reserved;
use crate::files::write::{self, is_there};
use crate::format;
use crate::hash::Hash;
use crate::isolate::{Isolation, Maker};
use crate::journal::{Known, Mark, Name, Noted};
use crate::kinds;
use crate::make_avatar::{Recipe, Wanted};
use crate::memory_estimate;
use crate::record::Record;
use crate::thumbnail::Thumbnails;
use crate::walk::{Input, Kind};

/// Puts a still where it belongs, and says so in a few words.
pub type PutStill<'a> = dyn Fn(&[u8]) -> Result<String, Failure> + Sync + 'a;

/// What all photos share.
pub(crate) struct Task<'a> {
    pub(crate) recipe: &'a Recipe,
    /// The choices for single photos.
    pub(crate) choices: Option<&'a Choices>,
    /// The folder for unfinished avatars; `None` if none is to be made.
    pub(crate) working_folder: Option<&'a Path>,
    pub(crate) out: &'a Path,
    pub(crate) known: &'a Known,
    /// Remake unchanged avatars.
    pub(crate) force: bool,
    /// Replace edited avatars.
    pub(crate) overwrite: bool,
    /// What happens to the still of an animation, if one is wanted.
    pub(crate) still: Option<&'a PutStill<'a>>,
    /// For other processes to do the work.
    pub(crate) isolation: Option<&'a Isolation>,
}

/// What became of one photo, as far as it can be decided without the others.
pub(crate) struct Ended {
    pub(crate) index: usize,
    pub(crate) end: End,
    /// What is known about the photo, except its status.
    pub(crate) record: Record,
    /// Empty unless they are wanted.
    pub(crate) thumbnails: Thumbnails,
    pub(crate) by: By,
    /// Bytes of the photo that were read.
    pub(crate) read: u64,
    pub(crate) took: Duration,
}

/// The options it was made by, or would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum By {
    /// The recipe for all, also where flags have left nothing of its choice.
    #[default]
    Recipe,
    /// Its own choice.
    Choice,
    /// The recipe, although it has a choice: the photo has changed since.
    LapsedChoice,
}

/// What is wanted of one photo.
struct Asked<'a> {
    choice: Option<&'a Choice>,
    options: Cow<'a, Options>,
    /// The hash of the options that decide.
    options_hash: Hash,
    by: By,
}

impl<'a> Asked<'a> {
    /// For a photo with these bytes.
    fn new(task: &Task<'a>, input: &Input, photo: Option<Hash>) -> Asked<'a> {
        let is_overridden = task
            .choices
            .is_some_and(|choices| choices.is_overridden(&input.name));
        let found = task.choices.zip(photo);
        let found = found.map_or(Found::Nothing, |(choices, photo)| {
            choices.find(&input.name, photo)
        });
        let (choice, by) = match found {
            Found::Nothing => (None, By::Recipe),
            Found::Choice(choice) if is_overridden => (Some(choice), By::Recipe),
            Found::Choice(choice) => (Some(choice), By::Choice),
            Found::Lapsed => (None, By::LapsedChoice),
        };
        let everybodys = &task.recipe.options;
        let options = choice.map_or(Cow::Borrowed(everybodys), |choice| {
            Cow::Owned(choice.applied(everybodys))
        });
        let options_hash = Hash::of(options.fingerprint().as_bytes());
        Asked {
            choice,
            options,
            options_hash,
            by,
        }
    }
}

pub(crate) enum End {
    /// The avatar is in the working folder, and waits to be made durable and put in place.
    Made {
        avatar: TempPath,
        mark: Mark,
    },
    /// Its note is true.
    Unchanged(Noted),
    /// It has not changed, but its avatar was edited.
    Kept(Noted),
    /// It could be made. Unless it was, nothing is known about the avatar but its name.
    Planned {
        mark: Mark,
        is_made: bool,
    },
    Skipped(&'static str),
    Failed(Failure),
    /// The run was stopped before it began.
    Left,
}

/// Processes one photo.
pub(crate) fn photo(
    index: usize,
    input: &Input,
    task: &Task,
    admission: &Admission,
    maker: &mut Maker,
) -> Ended {
    let began = Instant::now();
    let mut record = Record::new(&input.path);
    let mut thumbnails = Thumbnails::default();
    let mut by = By::Recipe;
    let end = match &input.kind {
        Kind::Skipped(why) => End::Skipped(why),
        Kind::Failed(failure) => End::Failed(failure.clone()),
        Kind::Named | Kind::Walked => {
            let known = (&mut record, &mut thumbnails, &mut by);
            let made = make(index, input, task, admission, maker, known);
            made.unwrap_or_else(End::Failed)
        }
    };
    let read = match &end {
        End::Unchanged(noted) | End::Kept(noted) => noted.mark.size,
        _ => record.source.as_ref().map_or(0, |source| source.bytes),
    };
    Ended {
        index,
        end,
        record,
        thumbnails,
        by,
        read,
        took: began.elapsed(),
    }
}

/// A photo that failed.
pub(crate) fn failed(index: usize, input: &Input, failure: Failure) -> Ended {
    Ended {
        index,
        end: End::Failed(failure),
        record: Record::new(&input.path),
        thumbnails: Thumbnails::default(),
        by: By::Recipe,
        read: 0,
        took: Duration::ZERO,
    }
}

fn make(
    index: usize,
    input: &Input,
    task: &Task,
    admission: &Admission,
    maker: &mut Maker,
    (record, thumbnails, by): (&mut Record, &mut Thumbnails, &mut By),
) -> Result<End, Failure> {
    let path = &input.path;
    let limits = &task.recipe.options.limits;
    let mut file = match input::open(path) {
        Ok(file) => file,
        Err(_) if input.kind == Kind::Walked && !path.exists() && !path.is_symlink() => {
            let gone = "it was there when the folder was listed, but is gone now";
            return Err(Failure::new("not_found", gone));
        }
        Err(failure) => return Err(failure),
    };
    let unreadable = |error: io::Error| Failure::io("unreadable", "cannot be read", &error);
    let size = file.metadata().map_err(unreadable)?.len();
    if input.kind == Kind::Walked
        && let Some(why) = kinds::skipped(path, &mut file).map_err(unreadable)?
    {
        return Ok(End::Skipped(why));
    }
    if let Some(part) = reserved::part(&input.stem) {
        let part = escape::text(&part.to_string_lossy());
        let message =
            format!("its avatar would be called {part}, which Windows reserves for a device");
        return Err(Failure::new("output", message).with_hint("rename the photo, or its folder"));
    }
    let is_named = task
        .choices
        .is_some_and(|choices| choices.named(&input.name).is_some());
    let hash = if is_named && size <= limits.bytes {
        Hash::of_file(path, size).map_err(unreadable)?
    } else {
        None
    };
    let mut asked = Asked::new(task, input, hash);
    *by = asked.by;
    let mut unchanged = unchanged(input, size, hash, &asked, task)?;
    if let Some(end) = unchanged.take_if(|_| !task.recipe.thumbnails) {
        return Ok(end);
    }
    let estimate = estimate(&mut file, size, &asked.options).map_err(unreadable)?;
    drop(file);
    let Some(_admitted) = admission.admit(index, estimate) else {
        return Ok(End::Left);
    };
    let bytes = input::read(path, limits.bytes)?;
    if let Some(end) = unchanged {
        // The avatar is there, whatever happens to its small pictures.
        let _ = maker.make_avatar(&bytes, asked.choice, Wanted::Look, record, thumbnails);
        if let End::Unchanged(noted) | End::Kept(noted) = &end
            && let Ok(avatar) = fs::read(task.out.join(noted.mark.output.path()))
        {
            let _ = maker.make_avatar(&avatar, None, Wanted::LookAtAvatar, record, thumbnails);
        }
        return Ok(end);
    }
    let hash = Hash::of(&bytes);
    if is_named {
        // It may have been replaced since it was checked.
        asked = Asked::new(task, input, Some(hash));
        *by = asked.by;
    }
    let choice = asked.choice;
    let mark = |output: PathBuf, avatar: &[u8]| Mark {
        photo: Name::from(&*input.absolute()),
        root: input.root.as_deref().map(Name::from),
        size: bytes.len() as u64,
        hash,
        options: Some(asked.options_hash),
        pipeline: headshot_core::PIPELINE,
        output: Name::from(&*output),
        output_size: avatar.len() as u64,
        output_hash: Hash::of(avatar),
    };
    let Some(working_folder) = task.working_folder else {
        maker.make_avatar(&bytes, choice, Wanted::Plan, record, thumbnails)?;
        let output = format::file(&input.stem, record.format()?);
        // An unnoted file may be the very avatar.
        let is_made = task.known.at(&output).is_none() && is_there(&task.out.join(&output));
        let avatar = if is_made {
            let made = &mut Record::new(path);
            maker
                .make_avatar(&bytes, choice, Wanted::Avatar, made, thumbnails)?
                .avatar
        } else {
            Bytes::new()
        };
        let mark = mark(output, &avatar);
        return Ok(End::Planned { mark, is_made });
    };
    let made = maker.make_avatar(&bytes, choice, Wanted::Avatar, record, thumbnails)?;
    let avatar = made.avatar;
    if let (Some(put), Some(still)) = (task.still, made.still) {
        record.steps.push(put(&still)?);
    }
    let output = format::file(&input.stem, record.format()?);
    let mark = mark(output.clone(), &avatar);
    let avatar = leave(working_folder, &avatar)
        .map_err(|error| write::failed(&task.out.join(&output), &error))?;
    Ok(End::Made { avatar, mark })
}

/// Bytes of memory that it will take to make this photo.
fn estimate(file: &mut File, size: u64, options: &Options) -> io::Result<u64> {
    if size > options.limits.bytes {
        // It will be refused unread.
        Ok(0)
    } else {
        memory_estimate::estimate(file, options)
    }
}

/// Whether this photo is done already: the same bytes, the same decisive options, no lower pipeline, and its avatar as
/// noted, or edited since.
fn unchanged(
    input: &Input,
    size: u64,
    mut hash: Option<Hash>,
    asked: &Asked,
    task: &Task,
) -> Result<Option<End>, Failure> {
    if task.still.is_some() {
        return Ok(None);
    }
    for noted in task.known.of(&input.stem) {
        let mark = &noted.mark;
        let is_same =
            mark.options == Some(asked.options_hash) && mark.pipeline >= headshot_core::PIPELINE;
        if !is_same || mark.size != size {
            continue;
        }
        if hash.is_none() {
            hash = Hash::of_file(&input.path, size)
                .map_err(|error| Failure::io("unreadable", "cannot be read", &error))?;
        }
        if hash != Some(mark.hash) {
            continue;
        }
        let output = task.out.join(mark.output.path());
        let Ok(found) = fs::symlink_metadata(&output) else {
            continue;
        };
        let is_right = found.is_file()
            && Hash::of_regular(&output, mark.output_size).ok().flatten() == Some(mark.output_hash);
        match is_right {
            true if !task.force => return Ok(Some(End::Unchanged(noted.clone()))),
            false if found.is_file() && !task.overwrite => {
                return Ok(Some(End::Kept(noted.clone())));
            }
            _ => {}
        }
    }
    Ok(None)
}

/// A file of these bytes in the working folder.
fn leave(working_folder: &Path, bytes: &[u8]) -> io::Result<TempPath> {
    let mut file = write::beside(working_folder)?;
    file.write_all(bytes)?;
    Ok(file.into_temp_path())
}
