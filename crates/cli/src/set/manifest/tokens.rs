//! The tokens of a manifest: which person each row is for, first as far as it is known without Slack, then with it.

use std::collections::HashMap;

use headshot_upload::{Profile, Token};
use sha2::{Digest, Sha256};

use crate::set::manifest::command;
use crate::set::manifest::rows::{Problem, Row};
use crate::set::manifest::source::Source;
use crate::slack::choose::choose;
use crate::slack::error::failure;
use crate::slack::kept::Login;
use crate::slack::network::Network;
use crate::slack::person::Owner;
use crate::slack::refresh::{AHEAD, AHEAD_OF_MANY, fresh, renewed};
use crate::slack::token;
use crate::terminal::failure::Failure;
use crate::terminal::record::sha256;

/// The person that a row is for.
#[derive(Debug, Clone)]
pub(crate) struct Holder {
    pub(crate) token: Token,
    /// What journals of the first version know them by: 32 hexadecimal digits of a hash of the token and its address.
    pub(crate) old_key: String,
    /// Set if the token is from a kept login.
    pub(crate) login: Option<Login>,
    /// `None` as long as Slack has not been asked.
    pub(crate) owner: Option<Owner>,
    /// Their entry in the list of members, if an administrator asked for it.
    pub(crate) listed: Option<Profile>,
}

/// A row and its person, or why that is not known.
pub(crate) type Held = (Row, Result<Holder, Failure>);

impl Holder {
    /// Somebody whose photo an administrator sets. The first version, which knew people by their tokens, did not do that.
    pub(crate) fn by_admin(token: Token) -> Holder {
        Holder {
            token,
            old_key: String::new(),
            login: None,
            owner: None,
            listed: None,
        }
    }

    /// Reads the token and checks it as far as possible without asking Slack who owns it. A login's token is renewed
    /// if it could expire during a run for many people. Without a network nothing is renewed and no program runs.
    pub(crate) fn of(
        source: &Source,
        server: &str,
        network: Option<&Network>,
    ) -> Result<Holder, Failure> {
        let token = match source {
            Source::File(file) => token::from_file(file)?,
            Source::Admin => return Err(Failure::new("internal", "the row names no token")),
            Source::Env(name) => {
                let missing = format!("there is no token in the variable {name}");
                let hint = "set and export it, or name a file in token_file";
                token::from_variable(name, &missing, hint)?
            }
            Source::Command(words) => match network {
                Some(_) => command::token(words)?,
                // In place of what the program would print; it is sent nowhere.
                None => format!("xoxp-{}", sha256(words.join("\0").as_bytes())),
            },
            Source::Login(id) => {
                let Some(mut login) = choose(server, Some(id))? else {
                    return Err(Failure::new("internal", "the row names no login"));
                };
                if let Some(network) = network {
                    login = fresh(login, AHEAD_OF_MANY, network)?;
                }
                let holder = Holder::of_text(login.access_token.0.expose(), server)?;
                let login = Some(login);
                return Ok(Holder { login, ..holder });
            }
        };
        Holder::of_text(&token, server)
    }

    /// Makes sure that the token of a login lasts for this person's turn, which may come hours later.
    pub(crate) fn keep_fresh(&mut self, network: &Network) -> Result<(), Failure> {
        match self.login.take() {
            Some(login) => self.take(fresh(login, AHEAD, network)?),
            None => Ok(()),
        }
    }

    /// Gets a new token if Slack says that a login's token has expired. False if the token is not a login's.
    pub(super) fn renew(&mut self, network: &Network) -> Result<bool, Failure> {
        match self.login.take() {
            Some(login) => self.take(renewed(login, network)?).map(|()| true),
            None => Ok(false),
        }
    }

    fn take(&mut self, login: Login) -> Result<(), Failure> {
        self.token = login.token()?;
        self.login = Some(login);
        Ok(())
    }

    pub(super) fn of_text(token: &str, server: &str) -> Result<Holder, Failure> {
        let hash = Sha256::new()
            .chain_update(server)
            .chain_update("\n")
            .chain_update(token)
            .finalize();
        let key = hash.iter().take(16).map(|byte| format!("{byte:02x}"));
        Ok(Holder {
            old_key: key.collect(),
            token: Token::new(token.to_owned()).map_err(failure)?,
            login: None,
            owner: None,
            listed: None,
        })
    }
}

/// Rows for a person who has one already, as far as the manifest tells: which of their photos they ended up with would be left
/// to chance. Whether the row fails for another reason does not matter.
pub(crate) fn repeated(rows: &[Held]) -> Vec<Problem> {
    let (mut tokens, mut ids, mut emails) = (HashMap::new(), HashMap::new(), HashMap::new());
    let mut problems = Vec::new();
    for (row, holder) in rows {
        let mut earlier = |line: u64, what: &str| {
            if line != row.line {
                problems.push(again(row.line, format!("{what} as line {line}")));
            }
            line != row.line
        };
        if let Ok(holder) = holder
            && row.token != Source::Admin
        {
            let line = *tokens.entry(&holder.old_key).or_insert(row.line);
            if earlier(line, "it has the same token") {
                continue;
            }
        }
        if let Some(id) = &row.user_id {
            let line = *ids.entry(id).or_insert(row.line);
            if earlier(line, &format!("it is for the same person, {id},")) {
                continue;
            }
        }
        if let Some(email) = &row.email {
            let line = *emails.entry(email.to_lowercase()).or_insert(row.line);
            earlier(line, &format!("it is for the same person, {email},"));
        }
    }
    problems
}

/// The problem of a row whose person has one already.
pub(super) fn again(line: u64, message: String) -> Problem {
    let failure = Failure::new("manifest", message);
    let hint = "a person has one photo: keep one of the lines";
    (Some(line), failure.with_hint(hint))
}
