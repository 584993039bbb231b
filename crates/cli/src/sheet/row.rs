//! What a row of a page says, and under which heading.

use crate::terminal::failure::Failure;
use crate::terminal::record::{Record, Status};

/// What a photo is filed under, in the order of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Failed,
    /// The run ended before its turn. A page without such rows does not mention them.
    NotTried,
    Warned,
    Fine,
}

impl Outcome {
    pub(super) const ALL: [Outcome; 4] = [
        Outcome::Failed,
        Outcome::NotTried,
        Outcome::Warned,
        Outcome::Fine,
    ];
}

/// What a row says.
pub(crate) struct Row<'a> {
    pub(crate) outcome: Outcome,
    pub(crate) record: &'a Record,
    /// Why it failed.
    pub(crate) failures: &'a [Failure],
    /// Whose photo it is and what became of it, if that is known.
    pub(crate) about: Option<String>,
}

impl<'a> Row<'a> {
    /// A photo of nobody in particular.
    pub(crate) fn of(record: &'a Record) -> Row<'a> {
        let outcome = match (&record.error, &record.warnings[..]) {
            _ if record.status == Status::NotTried => Outcome::NotTried,
            (Some(_), _) => Outcome::Failed,
            (None, [_, ..]) => Outcome::Warned,
            (None, []) => Outcome::Fine,
        };
        Row {
            outcome,
            record,
            failures: record.error.as_slice(),
            about: None,
        }
    }
}
