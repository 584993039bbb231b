//! The choices for single photos of a batch, as far as flags do not override them.

use std::collections::HashSet;
use std::path::Path;

use crate::args::NormalizeArgs;
use crate::normalize::summary::grouped;
use crate::terminal::escape;
use crate::terminal::failure::Failure;
use headshot_batch::Input;
use headshot_batch::choices::{self, Choices, ChosenFit};

/// The choices for an output folder, below the flags; `None` without any.
///
/// # Errors
/// If they cannot be used, or contradict the flags.
pub(crate) fn read(args: &NormalizeArgs, out: &Path) -> Result<Option<Choices>, Failure> {
    if args.batch.no_choices {
        return Ok(None);
    }
    let choices = Choices::read(&choices::in_folder(out))?;
    let choices = choices.under(&args.image.choice())?;
    Ok((!choices.is_empty()).then_some(choices))
}

/// The fits that single photos have.
pub(crate) fn fits(choices: &Choices) -> Vec<ChosenFit> {
    let fits = choices.iter().filter_map(|(_, chosen)| chosen.choice.fit);
    fits.collect()
}

/// Says which choices are for photos that are not here, for example because they were renamed.
pub(crate) fn strangers(choices: &Choices, inputs: &[Input]) -> Option<String> {
    let here: HashSet<&str> = inputs.iter().map(|input| &*input.name).collect();
    let mut names = choices.iter().map(|(name, _)| name);
    let first = names.find(|name| !here.contains(name))?;
    let more = names.filter(|name| !here.contains(name)).count();
    let first = escape::text(first);
    Some(match more {
        0 => format!("you chose for {first}, but there is no such photo here"),
        _ => format!(
            "you chose for {first} and {} more, but there are no such photos here",
            grouped(more)
        ),
    })
}
