//! `--explain`: the photo, small, with its faces, their scores, the line of the eyes and the square that was chosen.

use std::path::{Path, PathBuf};

use headshot_core::{Fit, Options};

use crate::claims::{Claims, Target};
use crate::terminal::escape;
use crate::terminal::failure::Failure;

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
                "--explain: it shows what --fit face did, and that was not asked for",
            );
            return Err(failure.with_hint("add --fit face, or leave --explain out"));
        }
        super::claim("--explain", file, photos, claims).map(Explain)
    }

    /// Writes the picture, and says so.
    pub(crate) fn write(&self, picture: &[u8]) -> Result<String, Failure> {
        self.0.write(picture)?;
        let file = escape::lossless(self.0.path.as_os_str());
        Ok(format!("drew the faces in {file}"))
    }
}
