//! `--poster`: the first frame of an animation as a still beside it.

use std::path::{Path, PathBuf};

use headshot_core::{Options, normalize};

use crate::clash;
use crate::escape;
use crate::failure::Failure;
use crate::image_args::{FormatArg, ImageArgs};
use crate::output::Destination;
use crate::write;

/// Where the still goes, and how it is made.
pub(crate) struct Poster {
    file: PathBuf,
    options: Options,
}

impl Poster {
    /// Checks the name of the still against the photo and the avatar. Touches nothing.
    pub(crate) fn new(
        file: &Path,
        image: &ImageArgs,
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
        let named = destination.named_format()?.unwrap_or(FormatArg::Png);
        if file
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("gif"))
        {
            return Err(
                Failure::usage("--poster: a still is a JPEG or a PNG, never .gif")
                    .with_hint("name it .jpg or .png"),
            );
        }
        let options = image.options(Some(named))?;
        destination.prepare()?;
        Ok(Poster {
            file: file.to_owned(),
            options,
        })
    }

    /// Makes the still of `photo`, writes it, and says so.
    pub(crate) fn write(&self, photo: &[u8]) -> Result<String, Failure> {
        write::file(&self.file, &normalize(photo, &self.options)?.bytes())?;
        Ok(format!("wrote a still to {}", escape::name(&self.file)))
    }
}
