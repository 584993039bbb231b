//! The settings of a studio: its photos, and what the buttons of its page do. The caller decides all of that.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use bytes::Bytes;
use headshot_batch::Failure;
use headshot_batch::choices::{Choice, Choices, ChosenFormat};
use headshot_core::{Avatar, Format, Options, StillFormat};

/// The settings of a studio.
pub struct Settings {
    /// The page's title: the photo, the folder or the manifest, as the user named it.
    pub title: String,
    /// The photos, in their order. The page knows them by their number in it.
    pub photos: Vec<Photo>,
    /// The file that choices are kept in; without one they last as long as the server.
    pub choices: Option<PathBuf>,
    /// What can be done with them.
    pub work: Work,
    /// The command line that makes the avatar of a photo with such a choice, which has this format.
    pub command: Box<Command>,
}

/// A photo to choose an avatar of.
pub struct Photo {
    /// Its name in choices files and for people.
    pub name: String,
    /// Where it is. Never told to the page.
    pub path: PathBuf,
    /// Where it really is, and must remain, if it was found by walking, which follows no links.
    pub real: Option<PathBuf>,
    /// Whose it is, if known.
    pub person: Option<String>,
    /// The default without a choice, in the form of one.
    pub default: Choice,
    /// What is made of it, as far as no choice says otherwise.
    pub options: Options,
}

impl Photo {
    /// The options that a choice leads to.
    pub(crate) fn options_by(&self, choice: &Choice) -> Options {
        match (choice.format, self.options.format) {
            // The name of the file says it already.
            (Some(ChosenFormat::Auto), StillFormat::Jpeg(_) | StillFormat::Png) => {
                let choice = Choice {
                    format: None,
                    ..choice.clone()
                };
                choice.applied(&self.options)
            }
            _ => choice.applied(&self.options),
        }
    }
}

/// What the page is for.
pub enum Work {
    /// One photo, and what its buttons do; or why they do nothing.
    One {
        /// *Save*.
        save: Result<Save, String>,
        /// *Set as my Slack photo*.
        set: Result<Set, String>,
    },
    /// A folder, whose avatars *Make all* makes.
    Folder {
        /// The output folder, for people.
        out: String,
        /// Makes them.
        make: Box<Make>,
    },
    /// A manifest, of which *Export manifest* gives one with the choices in it.
    Manifest {
        /// Its text, as CSV.
        export: Box<Export>,
    },
}

/// Where the avatar of one photo is saved.
pub struct Save {
    /// The file, for people.
    pub path: String,
    /// Puts it there.
    pub write: Box<Write>,
}

/// Where one photo is set.
pub struct Set {
    /// The service, for people.
    pub place: String,
    /// Sets the avatar that these options make of these bytes.
    pub post: Box<Post>,
}

/// What became of a photo that was set.
pub struct Posted {
    /// In a sentence.
    pub message: String,
    /// Of the profile as it is now.
    pub avatar_hash: Option<String>,
    /// Of the profile as it is now.
    pub image_512: Option<String>,
}

/// See [`Settings::command`].
pub type Command = dyn Fn(&Photo, &Choice, Format) -> String + Send + Sync;
/// See [`Save::write`].
pub type Write = dyn Fn(&Avatar) -> Result<(), Failure> + Send + Sync;
/// See [`Set::post`].
pub type Post = dyn Fn(Bytes, &Options) -> Result<Posted, Failure> + Send + Sync;
/// Makes the avatars of all photos by these choices until the flag is set, reports each photo when it is done, and says how it ended.
pub type Make =
    dyn Fn(&Choices, &AtomicBool, &mut dyn FnMut(Done)) -> Result<Made, Failure> + Send + Sync;
/// See [`Work::Manifest`].
pub type Export = dyn Fn() -> Result<Vec<u8>, Failure> + Send + Sync;

/// How *Make all* ended.
pub struct Made {
    /// In a sentence.
    pub message: String,
    /// Whether the flag stopped it before its end.
    pub is_stopped: bool,
}

/// One of many photos, when it is done.
pub struct Done {
    /// Its name.
    pub name: String,
    /// Why there is no avatar, if there is none.
    pub failure: Option<String>,
}
