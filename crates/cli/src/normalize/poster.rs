//! `--poster`: the first frame of an animation as a still beside it.

use std::path::{Path, PathBuf};

use headshot_core::Options;

use crate::claims::output::Destination;
use crate::claims::{Claims, Content, Target};
use crate::photo::image_args::{FormatArg, ImageArgs};
use crate::terminal::escape;
use crate::terminal::failure::Failure;
use headshot_batch::choices::ChosenFit;

/// Where the still goes.
pub(crate) struct Poster(Target);

impl Poster {
    /// Claims the name of the still. Touches nothing.
    pub(crate) fn new(
        file: &Path,
        photos: &[PathBuf],
        claims: &mut Claims,
    ) -> Result<Poster, Failure> {
        if photos.len() != 1 || photos[0].is_dir() {
            return Err(Failure::usage(
                "--poster: one photo has one still, not several",
            ));
        }
        let target = claims.claim("--poster", file, Content::Picture)?;
        target.prepare()?;
        Ok(Poster(target))
    }

    /// Writes the still, and says so.
    pub(crate) fn write(&self, still: &[u8]) -> Result<String, Failure> {
        self.0.write(still)?;
        Ok(format!("wrote a still to {}", escape::name(&self.0.path)))
    }
}

/// The format of the still, from its name.
pub(crate) fn options(
    file: &Path,
    image: &ImageArgs,
    own: &[ChosenFit],
) -> Result<Options, Failure> {
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
    image.options_beside(Some(named.unwrap_or(FormatArg::Png)), own)
}
