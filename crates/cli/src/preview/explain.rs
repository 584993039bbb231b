//! `--explain`: the photo, small, with its faces, their scores, the line of the eyes and the square that was chosen.

use std::path::{Path, PathBuf};

use headshot_batch::Thumbnail;
use headshot_core::{Fit, Options};

use crate::claims::{Claims, Target};
use crate::terminal::console;
use crate::terminal::escape;
use crate::terminal::failure::Failure;
use crate::terminal::record::Record;

/// The longer side of the picture in pixels.
pub(crate) const SIDE: u32 = 640;

/// Where the picture goes.
pub(crate) struct Explain(Target);

impl Explain {
    /// Claims the name of the picture. Touches nothing.
    pub(crate) fn new(
        file: &Path,
        photos: &[PathBuf],
        options: &Options,
        claims: &mut Claims,
    ) -> Result<Explain, Failure> {
        if !matches!(options.fit, Fit::Face(_)) {
            let failure = Failure::usage(
                "--explain: it shows what --fit face did, but --fit face was not given",
            );
            return Err(failure.with_hint("add --fit face, or leave --explain out"));
        }
        super::claim("--explain", file, photos, claims).map(Explain)
    }

    /// The message if there is nothing to draw.
    pub(crate) const NOTHING: &str = "--explain: nothing was drawn, because no face was found; a file of that name stays as it was";

    /// Writes the picture of a photo that was refused for its faces, and adds that to the error.
    pub(crate) fn write_of_refused(&self, picture: &Thumbnail, record: &mut Record) {
        match self.write(&picture.bytes()) {
            Ok(drawn) => {
                console::remark(&drawn);
                record.steps.push(drawn);
            }
            Err(failure) => record.warnings.push(failure.message),
        }
    }

    /// Writes the picture, and says so.
    pub(crate) fn write(&self, picture: &[u8]) -> Result<String, Failure> {
        self.0.write(picture)?;
        let file = escape::lossless(self.0.path.as_os_str());
        Ok(format!("drew the faces in {file}"))
    }
}
