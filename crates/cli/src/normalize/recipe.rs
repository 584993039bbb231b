//! What the command line asks for, for every photo.

use crate::args::NormalizeArgs;
use crate::normalize::poster;
use crate::photo::image_args::FormatArg;
use crate::preview::explain;
use crate::sheet;
use crate::terminal::failure::Failure;
use headshot_batch::Recipe;
use headshot_batch::choices::ChosenFit;

/// What the command line asks for. `named` is the format that the name of the output asks for, `own` are the fits that single photos
/// have.
pub(crate) fn new(
    args: &NormalizeArgs,
    named: Option<FormatArg>,
    own: &[ChosenFit],
) -> Result<Recipe, Failure> {
    let still = args.poster.as_deref();
    let still = still.map(|file| poster::options(file, &args.image, own));
    let explained = match (&args.explain, &args.batch.sheet) {
        (Some(_), _) => Some(explain::SIDE),
        (None, sheet) => sheet.as_ref().map(|_| sheet::FACE_SIDE),
    };
    Ok(Recipe {
        options: args.image.options_beside(named, own)?,
        still: still.transpose()?,
        thumbnails: args.batch.sheet.is_some(),
        explained,
    })
}
