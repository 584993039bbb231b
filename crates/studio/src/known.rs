//! What is known about a photo after it has been checked.

use headshot_batch::choices::Choice;
use headshot_batch::{Failure, Hash};
use headshot_core::{Error, FaceFit, Fit, Options, SideRange, plan, probe};
use headshot_report::message;

use crate::read::{self, Stamp};
use crate::settings::Photo;

/// What is known of a photo.
pub(crate) struct Known {
    pub(crate) stamp: Option<Stamp>,
    /// `None` if it cannot be read.
    pub(crate) hash: Option<Hash>,
    /// What its header says.
    pub(crate) header: Option<Header>,
    /// Faces that could be framed; `None` if it was not possible to look for any.
    pub(crate) faces: Option<usize>,
    /// Why the user should look at it, in the words of the page's filters.
    pub(crate) problems: Vec<&'static str>,
    /// The first of these, in a sentence.
    pub(crate) message: Option<String>,
}

pub(crate) struct Header {
    pub(crate) format: String,
    /// Upright, before any rotation that is chosen.
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) bytes: u64,
    pub(crate) frames: u32,
}

/// Reads a photo and looks for faces in it: once, in the background.
pub(crate) fn look(photo: &Photo, choice: Option<&Choice>) -> Known {
    let mut known = Known {
        stamp: Stamp::of(&photo.path),
        hash: None,
        header: None,
        faces: None,
        problems: Vec::new(),
        message: None,
    };
    if let Err(failure) = known.fill(photo, choice) {
        let is_damaged = failure.kind == "damaged";
        let problem = if is_damaged { "damaged" } else { "refused" };
        known.problems.insert(0, problem);
        known.message = Some(failure.message);
    }
    known
}

impl Known {
    fn fill(&mut self, photo: &Photo, choice: Option<&Choice>) -> Result<(), Failure> {
        let read = read::read(photo)?;
        (self.stamp, self.hash) = (read.stamp, Some(read.hash));
        let info = probe(&read.bytes, &photo.options.limits)?;
        self.header = Some(Header {
            format: info.format.to_string(),
            width: info.size.width(),
            height: info.size.height(),
            bytes: info.bytes,
            frames: info.frames,
        });
        let asked = photo.options_by(choice.unwrap_or(&photo.default));
        let faces = Options {
            fit: Fit::Face(FaceFit::default()),
            ..asked.clone()
        };
        let seen = plan(&read.bytes, &info, &faces)?;
        let found = seen.faces.map_or(0, |faces| faces.found.len());
        self.faces = Some(found);
        // What it is made of by the choice may be refused for other reasons.
        match plan(&read.bytes, &info, &asked) {
            Err(error @ Error::CropOutside { .. }) => self.note("refused", message(&error)),
            Err(error) => return Err(error.into()),
            Ok(_) => {}
        }
        match found {
            0 => self.note("no face", "no face was found".to_owned()),
            1 => {}
            _ => self.note("several faces", format!("{found} faces were found")),
        }
        let shorter = info.size.shorter();
        let smallest = SideRange::SLACK.min();
        if shorter < smallest {
            let size = info.size;
            let text = format!("{size} pixels: a square of it is enlarged to {smallest}");
            self.note("small", text);
        }
        Ok(())
    }

    fn note(&mut self, problem: &'static str, message: String) {
        self.problems.push(problem);
        self.message.get_or_insert(message);
    }
}
