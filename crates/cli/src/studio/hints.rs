//! What to do about failures, where hints are for commands with other flags.

use crate::terminal::failure::Failure;

/// What to do here where a hint names what only other commands have.
const HINTS: [(&str, &str); 4] = [
    ("--no-choices", "to choose again, move that file away"),
    ("--collisions", "rename one of them"),
    ("--overwrite", "rename one of the two"),
    (
        "give - as the photo",
        "save the photo as a file, and name that",
    ),
];

/// A failure whose hint is of use in the studio.
pub(super) fn without_flags(failure: Failure) -> Failure {
    let named = |(theirs, _): &&(&str, &str)| {
        let hint = failure.hint.as_ref();
        hint.is_some_and(|hint| hint.contains(theirs))
    };
    match HINTS.iter().find(named) {
        Some((_, ours)) => failure.with_hint(*ours),
        None => failure,
    }
}

/// A failure in a sentence, with what to do about it.
pub(super) fn reason(failure: &Failure) -> String {
    let failure = without_flags(failure.clone());
    match &failure.hint {
        Some(hint) => format!("{}: {hint}", failure.message),
        None => failure.message,
    }
}
