//! Finds out who owns the tokens before anything is posted, so that nobody gets a photo that is meant for somebody else.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use headshot_upload::Token;

use crate::set::manifest::rows::Problem;
use crate::set::manifest::stop::{Next, next};
use crate::set::manifest::tokens::{self, Held, Holder};
use crate::slack::Slack;
use crate::slack::error::failure;
use crate::slack::person::Owner;
use crate::slack::signed_in::is_expired;
use crate::slack::token;
use crate::terminal::failure::Failure;
use crate::terminal::interrupt::Interrupt;

/// How many are asked first: if Slack cannot be reached, two show that as well as all.
const FIRST: usize = 2;
const AT_ONCE: usize = 8;

/// How many photos a minute Slack accepts from an app that posts without a pause.
pub(crate) const A_MINUTE: usize = 15;

/// The result of asking.
pub(crate) struct Asked {
    /// How many rows were asked about: fewer than all if that was interrupted, or if two in a row could not reach
    /// Slack.
    pub(crate) rows: usize,
    pub(crate) after: Next,
    /// Rows whose person already has a row, whether or not they fail for another reason.
    pub(crate) repeated: Vec<Problem>,
}

/// Asks about all tokens, and refuses those that do not fit their row.
pub(crate) fn ask(
    rows: &mut [Held],
    slack: &Slack,
    directory: Option<&Token>,
    interrupt: &Interrupt,
) -> Asked {
    let mut doubt = false;
    let mut asked = 0;
    let mut people = HashMap::new();
    let mut repeated = Vec::new();
    let mut after = Next::Row;
    'asking: while asked < rows.len() {
        if interrupt.is_raised() {
            after = Next::Later;
            break;
        }
        let count = if asked == 0 { FIRST } else { AT_ONCE };
        let count = count.min(rows.len() - asked);
        let some = &mut rows[asked..asked + count];
        let holders = some.iter().filter_map(|(_, holder)| holder.as_ref().ok());
        let some_tokens: Vec<_> = holders.map(|holder| holder.token.clone()).collect();
        let mut owners = slack.owners(&some_tokens).into_iter();
        let wanted = emails(some, slack, directory);
        for ((row, holder), wanted) in some.iter_mut().zip(wanted) {
            asked += 1;
            let Ok(known) = holder else {
                continue;
            };
            let Some(owner) = owners.next() else {
                continue;
            };
            let owner = match owner {
                Err(failure) if is_expired(&failure) => again(known, slack, failure),
                owner => owner,
            };
            let fits = owner.and_then(|owner| {
                let first = *people.entry(owner.person.clone()).or_insert(row.line);
                if first != row.line {
                    let message = format!(
                        "its token belongs to the same person as that of line {first}: {owner}"
                    );
                    repeated.push(tokens::again(row.line, message));
                }
                owner.must_write()?;
                fits(&owner, row.user_id.as_deref(), None)?;
                if let Some(wanted) = wanted {
                    let (user, team) = wanted?;
                    fits(&owner, Some(&user), team.as_deref())?;
                }
                Ok(owner)
            });
            match fits {
                Ok(owner) => {
                    known.owner = Some(owner);
                    doubt = false;
                }
                Err(failure) => {
                    let next = next(&failure);
                    *holder = Err(failure);
                    let stops = match next {
                        Next::Row => false,
                        Next::Doubt => doubt,
                        Next::Later | Next::Nothing => true,
                    };
                    doubt = next == Next::Doubt;
                    if stops {
                        after = next;
                        break 'asking;
                    }
                }
            }
        }
    }
    Asked {
        rows: asked,
        after,
        repeated,
    }
}

/// Asks once more with a new token if a login's token has expired earlier than it said.
fn again(holder: &mut Holder, slack: &Slack, failure: Failure) -> Result<Owner, Failure> {
    if !holder.renew(slack.network())? {
        return Err(failure);
    }
    let token = holder.token.clone();
    let owner = slack.owners(&[token]).pop();
    owner.unwrap_or(Err(failure))
}

type Wanted = Option<Result<(String, Option<String>), Failure>>;

/// The user and the workspace that the addresses of these rows belong to; nothing for a row without one.
fn emails(rows: &[Held], slack: &Slack, directory: Option<&Token>) -> Vec<Wanted> {
    let is_asked = |(row, holder): &&Held| row.email.is_some() && holder.is_ok();
    let emails: Vec<_> = rows
        .iter()
        .filter(is_asked)
        .filter_map(|(row, _)| row.email.clone())
        .collect();
    let mut found = match directory {
        Some(token) => slack.by_email(token, &emails).into_iter(),
        None => Vec::new().into_iter(),
    };
    rows.iter()
        .map(|row| {
            is_asked(&row).then(|| {
                let user = found
                    .next()
                    .unwrap_or_else(|| Err(Failure::new("internal", "nobody was asked")));
                let user = user.map_err(|failure| Failure {
                    message: format!(
                        "the owner of its e-mail address is unknown: {}",
                        failure.message
                    ),
                    ..failure
                })?;
                match user.id.filter(|id| !id.is_empty()) {
                    Some(id) => Ok((id, user.team_id)),
                    None => Err(Failure::new(
                        "other",
                        "Slack does not say who has its e-mail address",
                    )),
                }
            })
        })
        .collect()
}

/// A post whose token belongs to somebody else is never sent.
fn fits(owner: &Owner, user: Option<&str>, team: Option<&str>) -> Result<(), Failure> {
    let is_user = user.is_none_or(|user| user == owner.person.user);
    let is_team = team.is_none_or(|team| team == owner.person.team);
    if is_user && is_team {
        return Ok(());
    }
    let user = user.unwrap_or_default();
    let team = team.map(|team| format!(" in {team}")).unwrap_or_default();
    let message = format!("its token belongs to {owner}, but the row is for {user}{team}");
    let failure = Failure::new("wrong_person", message);
    Err(failure.with_hint("a token sets the photo of its owner: put the right one in this row"))
}

/// The token that asks who has an address.
pub(crate) fn directory(rows: &[Held], file: Option<&Path>) -> Result<Option<Token>, Failure> {
    match (file, rows.iter().find(|(row, _)| row.email.is_some())) {
        (Some(file), _) => Ok(Some(Token::new(token::from_file(file)?).map_err(failure)?)),
        (None, None) => Ok(None),
        (None, Some((row, _))) => {
            let message = format!(
                "line {} names an e-mail address, but no token can look it up",
                row.line
            );
            Err(Failure::usage(message).with_hint(
                "give --directory-token-file FILE, a token with users:read.email; or a column user_id",
            ))
        }
    }
}

/// Warnings about a token whose turn comes this late.
pub(crate) fn warnings(owner: &Owner, turn: Duration) -> Vec<String> {
    let mut warnings = Vec::new();
    if owner.may("users.profile:read") == Some(false) {
        let text = "its token may not read the profile (users.profile:read): no photo is kept, and a post without an answer cannot be settled";
        warnings.push(text.to_owned());
    }
    if let Some(left) = owner.expires_in
        && left <= turn
    {
        let (left, turn) = (minutes(left), minutes(turn));
        warnings.push(format!(
            "its token expires in {left}, but its turn comes in about {turn}"
        ));
    }
    warnings
}

/// When the post with this number, from 0, is made at this pace.
pub(crate) fn turn(number: usize, a_minute: usize) -> Duration {
    Duration::from_secs(60) * number as u32 / a_minute as u32
}

/// `2 min`, rounded up; `1 h 5 min`.
pub(crate) fn minutes(time: Duration) -> String {
    match time.as_secs().div_ceil(60) {
        0 => "less than a minute".to_owned(),
        minutes if minutes < 60 => format!("{minutes} min"),
        minutes if minutes % 60 == 0 => format!("{} h", minutes / 60),
        minutes => format!("{} h {} min", minutes / 60, minutes % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_in_words() {
        for (seconds, expected) in [
            (0, "less than a minute"),
            (1, "1 min"),
            (240, "4 min"),
            (3600, "1 h"),
            (3901, "1 h 6 min"),
        ] {
            assert_eq!(minutes(Duration::from_secs(seconds)), expected);
        }
        assert_eq!(turn(60, A_MINUTE), Duration::from_secs(240));
    }
}
