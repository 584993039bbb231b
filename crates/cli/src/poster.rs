//! `--poster`: the first frame of an animation as a still beside it.

use std::path::{Path, PathBuf};

use headshot_core::Options;

use crate::clash;
use crate::escape;
use crate::failure::Failure;
use crate::image_args::{FormatArg, ImageArgs};
use crate::output::Destination;
use crate::write;

/// Where the still goes.
pub(crate) struct Poster(PathBuf);

impl Poster {
    /// Checks the name of the still against the photo and the avatar. Touches nothing.
    pub(crate) fn new(
        file: &Path,
        photos: &[PathBuf],
        avatar: Option<&Path>,
    ) -> Result<Poster, Failure> {
        if photos.len() != 1 || photos[0].is_dir() {
            return Err(Failure::usage(
                "--poster: one photo has one still, not several",
            ));
        }
        if avatar == Some(file) {
            return Err(Failure::usage("--poster and -o name the same file"));
        }
        let destination = Destination::File(file.to_owned());
        clash::refuse(&destination, photos)?;
        destination.prepare()?;
        Ok(Poster(file.to_owned()))
    }

    /// Writes the still, and says so.
    pub(crate) fn write(&self, still: &[u8]) -> Result<String, Failure> {
        write::file(&self.0, still)?;
        Ok(format!("wrote a still to {}", escape::name(&self.0)))
    }
}

/// What the still is made by, as its name has it.
pub(crate) fn options(file: &Path, image: &ImageArgs) -> Result<Options, Failure> {
    let named = Destination::File(file.to_owned()).named_format()?;
    if file
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("gif"))
    {
        return Err(
            Failure::usage("--poster: a still is a JPEG or a PNG, never .gif")
                .with_hint("name it .jpg or .png"),
        );
    }
    image.options(Some(named.unwrap_or(FormatArg::Png)))
}
