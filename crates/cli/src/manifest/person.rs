//! Who a row is for: the holder of a token, known by a hash of it.

use std::collections::HashMap;
use std::env;

use headshot_upload::Token;
use sha2::{Digest, Sha256};

use crate::failure::Failure;
use crate::manifest::rows::{Problem, Row, Source};
use crate::slack;

/// The holder of a token.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) token: Token,
    /// 32 hexadecimal digits of a hash of the token and the address that it is for: what a journal may hold of it. A token
    /// is random enough not to be found from it.
    pub(crate) key: String,
}

impl Person {
    /// Reads the token and checks it as far as that is possible without asking Slack.
    pub(crate) fn of(source: &Source, base_url: &str) -> Result<Person, Failure> {
        let token = match source {
            Source::File(file) => slack::from_file(file)?,
            Source::Env(name) => match env::var(name) {
                Ok(token) if !token.is_empty() => token,
                Err(env::VarError::NotUnicode(_)) => {
                    let message = format!("the token in {name} is no text");
                    return Err(Failure::new("no_token", message));
                }
                _ => {
                    let message = format!("there is no token in the variable {name}");
                    return Err(Failure::new("no_token", message)
                        .with_hint("set and export it, or name a file in token_file"));
                }
            },
        };
        let base_url = base_url.trim_end_matches('/');
        let hash = Sha256::new()
            .chain_update(base_url)
            .chain_update("\n")
            .chain_update(&token)
            .finalize();
        let key = hash.iter().take(16).map(|byte| format!("{byte:02x}"));
        Ok(Person {
            key: key.collect(),
            token: Token::new(token)?,
        })
    }
}

/// Rows for a person who has one already: which of their photos they ended up with would be left to chance.
pub(crate) fn repeated(rows: &[(Row, Result<Person, Failure>)]) -> Vec<Problem> {
    let mut first = HashMap::new();
    let mut problems = Vec::new();
    for (row, person) in rows {
        let Ok(person) = person else {
            continue;
        };
        let earlier = *first.entry(&person.key).or_insert(row.line);
        if earlier != row.line {
            let message = format!("it has the same token as line {earlier}");
            let failure = Failure::new("manifest", message);
            let failure = failure.with_hint("a person has one photo: keep one of the lines");
            problems.push((Some(row.line), failure));
        }
    }
    problems
}
