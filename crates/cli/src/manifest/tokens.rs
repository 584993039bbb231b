//! The tokens of a manifest: who holds which row, as far as that can be known without Slack, and then with it.

use std::collections::HashMap;

use headshot_upload::Token;
use sha2::{Digest, Sha256};

use crate::failure::Failure;
use crate::manifest::rows::{Problem, Row, Source};
use crate::person::Owner;
use crate::token;

/// Whoever a row is for.
#[derive(Debug, Clone)]
pub(crate) struct Holder {
    pub(crate) token: Token,
    /// What journals of the first version know them by: 32 hexadecimal digits of a hash of the token and its address.
    pub(crate) old_key: String,
    /// `None` as long as Slack has not been asked.
    pub(crate) owner: Option<Owner>,
}

/// A row and whoever it is for, or why that is not known.
pub(crate) type Held = (Row, Result<Holder, Failure>);

impl Holder {
    /// Reads the token and checks it as far as that is possible without asking Slack.
    pub(crate) fn of(source: &Source, place: &str) -> Result<Holder, Failure> {
        let token = match source {
            Source::File(file) => token::from_file(file)?,
            Source::Env(name) => {
                let missing = format!("there is no token in the variable {name}");
                let hint = "set and export it, or name a file in token_file";
                token::from_variable(name, &missing, hint)?
            }
        };
        Holder::of_text(&token, place)
    }

    pub(super) fn of_text(token: &str, place: &str) -> Result<Holder, Failure> {
        let hash = Sha256::new()
            .chain_update(place)
            .chain_update("\n")
            .chain_update(token)
            .finalize();
        let key = hash.iter().take(16).map(|byte| format!("{byte:02x}"));
        Ok(Holder {
            old_key: key.collect(),
            token: Token::new(token.to_owned())?,
            owner: None,
        })
    }
}

/// Rows for a person who has one already: which of their photos they ended up with would be left to chance.
pub(crate) fn repeated(rows: &[Held]) -> Vec<Problem> {
    let mut tokens = HashMap::new();
    let mut people = HashMap::new();
    let mut problems = Vec::new();
    for (row, holder) in rows {
        let Ok(holder) = holder else {
            continue;
        };
        let earlier = *tokens.entry(&holder.old_key).or_insert(row.line);
        let message = if earlier != row.line {
            format!("it has the same token as line {earlier}")
        } else if let Some(owner) = &holder.owner {
            let earlier = *people.entry(&owner.person).or_insert(row.line);
            if earlier == row.line {
                continue;
            }
            format!("its token is of the same person as that of line {earlier}: {owner}")
        } else {
            continue;
        };
        let failure = Failure::new("manifest", message);
        let failure = failure.with_hint("a person has one photo: keep one of the lines");
        problems.push((Some(row.line), failure));
    }
    problems
}
