//! What the command line asks for, of every photo.

use crate::args::NormalizeArgs;
use crate::normalize::poster;
use crate::photo::image_args::FormatArg;
use crate::preview::explain;
use crate::sheet;
use crate::terminal::failure::Failure;
use headshot_batch::Recipe;

/// What the command line asks for. `named` is the format that the name of the output asks for.
pub(crate) fn new(args: &NormalizeArgs, named: Option<FormatArg>) -> Result<Recipe, Failure> {
    let still = args.poster.as_deref();
    let still = still.map(|file| poster::options(file, &args.image));
    let explained = match (&args.explain, &args.batch.sheet) {
        (Some(_), _) => Some(explain::SIDE),
        (None, sheet) => sheet.as_ref().map(|_| sheet::FACE_SIDE),
    };
    Ok(Recipe {
        options: args.image.options(named)?,
        still: still.transpose()?,
        thumbnails: args.batch.sheet.is_some(),
        explained,
    })
}
