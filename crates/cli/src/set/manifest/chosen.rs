//! The choices for single photos of a manifest, and the fits of its rows.

use std::path::Path;

use headshot_batch::choices::{self, Choices, ChosenFit};

use crate::args::SetArgs;
use crate::set::manifest::rows::Row;
use crate::terminal::failure::Failure;

/// The choices beside a manifest, which flags override; `None` if there are none, and for `--restore`.
///
/// # Errors
/// When they cannot be used, or contradict the flags.
pub(crate) fn read(args: &SetArgs, manifest: &Path) -> Result<Option<Choices>, Failure> {
    if args.many.no_choices || args.restore.is_some() {
        return Ok(None);
    }
    let choices = Choices::read(&choices::beside(manifest))?;
    let choices = choices.under(&args.image.choice())?;
    Ok((!choices.is_empty()).then_some(choices))
}

/// The fits that rows and choices have.
pub(crate) fn fits(rows: &[Row], choices: Option<&Choices>) -> Vec<ChosenFit> {
    let rows = rows.iter().filter_map(|row| row.columns.fit);
    let choices = choices.into_iter().flat_map(Choices::iter);
    let choices = choices.filter_map(|(_, chosen)| chosen.choice.fit);
    rows.chain(choices).collect()
}
