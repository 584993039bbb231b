//! `--via scim`: one administrator for all rows. One list of all members says who the rows are for, and one photo must show before
//! the others are submitted.

use std::collections::HashMap;

use headshot_upload::{Class, DEFAULT_BASE_URL, Token, User, scim};

use crate::args::SetArgs;
use crate::set::manifest::headings::Whose;
use crate::set::manifest::journal::{Journal, Past};
use crate::set::manifest::owners::{self, Asked};
use crate::set::manifest::prepare::{Outcome, Prepared};
use crate::set::manifest::rows::{Problem, Row};
use crate::set::manifest::stop::Next;
use crate::set::manifest::tokens::{self, Held};
use crate::set::manifest::waiting::{self, Waiting};
use crate::slack::Slack;
use crate::slack::admin;
use crate::slack::network::Network;
use crate::slack::person::{Owner, Person};
use crate::slack::token;
use crate::terminal::console;
use crate::terminal::failure::Failure;
use crate::terminal::interrupt::Interrupt;

/// The most photos that may be submitted and not show yet: their people are locked in the meantime.
const MOST_WAITING: usize = 48;

/// If no photo has ever shown, in any run, this many refusals in a row end the run. A single one may be for somebody whom the token's owner does not outrank.
const MOST_REFUSED: u32 = 3;

/// Each row takes at least two calls of `users.info`, of which Slack allows a hundred.
pub(super) const A_MINUTE: usize = 50;

/// The administrator's token; nothing if the rows name their own tokens.
///
/// # Errors
/// If the flags contradict each other, or if there is no token.
pub(super) fn administrator(args: &SetArgs) -> Result<Option<Token>, Failure> {
    if args.slack.login.is_some() {
        let message = "--login chooses one person's login, but a manifest is for many";
        let hint = "name logins in the column token, as login:U012AB3CD";
        return Err(Failure::usage(message).with_hint(hint));
    }
    if args.many.via.is_none() {
        return match args.slack.token_file {
            Some(_) => Err(Failure::usage(
                "--token-file holds the token of one person, but the rows of a manifest name their own",
            )
            .with_hint("with --via scim it holds an administrator's token, for all rows")),
            None => Ok(None),
        };
    }
    token::named(args.slack.token_file.as_deref()).map(Some)
}

pub(super) fn whose(administrator: Option<&Token>) -> Whose {
    match administrator {
        Some(_) => Whose::Admins,
        None => Whose::Theirs,
    }
}

/// The way to Slack by SCIM.
///
/// # Errors
/// If it is not certain that both addresses belong to one service, because the token goes to both.
pub(super) fn way(args: &SetArgs, token: Token, network: &Network) -> Result<Slack, Failure> {
    let (base_url, many) = (&args.slack.base_url, &args.many);
    let is_slack = base_url.trim_end_matches('/') == DEFAULT_BASE_URL.trim_end_matches('/');
    let scim_base_url = match (&many.scim_base_url, is_slack) {
        (Some(address), _) => address,
        (None, true) => scim::DEFAULT_BASE_URL,
        (None, false) => {
            return Err(Failure::usage(
                "--base-url is not Slack's, so headshot cannot tell where its SCIM is",
            )
            .with_hint("give --scim-base-url URL; headshot emulator prints its own"));
        }
    };
    Slack::for_admin(base_url, scim_base_url, token, many.max_wait(), network)
}

/// Finds out, from one list of all members, who the rows are for, and whether the token may set their photos. Changes nothing.
///
/// # Errors
/// If Slack cannot be asked, or if the token may not do it.
pub(super) fn ask(rows: &mut [Held], slack: &Slack) -> Result<Asked, Failure> {
    let administrator = slack.owner()?;
    slack.must_have(&administrator, &["admin", "users:read"])?;
    if rows.iter().any(|(row, _)| row.email.is_some()) {
        slack.must_have(&administrator, &["users:read.email"])?;
    }
    let members = Members::read(rows, slack, &administrator)?;
    let mut people = HashMap::new();
    let mut repeated: Vec<Problem> = Vec::new();
    for (row, holder) in rows.iter_mut() {
        let Ok(known) = holder else { continue };
        match members.find(row, &administrator) {
            Ok((user, owner)) => {
                let first = *people.entry(owner.person.clone()).or_insert(row.line);
                if first != row.line {
                    let message = format!("it is for the same person as line {first}: {owner}");
                    repeated.push(tokens::again(row.line, message));
                }
                known.listed = user.profile.clone();
                known.owner = Some(owner);
            }
            Err(failure) => *holder = Err(failure),
        }
    }
    let first = rows.iter().find_map(|(_, holder)| holder.as_ref().ok());
    if let Some(owner) = first.and_then(|holder| holder.owner.as_ref()) {
        slack.must_administer(&owner.person.user)?;
    }
    if let Some(left) = administrator.expires_in
        && left <= owners::turn(rows.len(), A_MINUTE)
    {
        let left = owners::minutes(left);
        console::warning(
            None,
            &format!("the administrator's token expires in {left}"),
        );
    }
    Ok(Asked {
        rows: rows.len(),
        after: Next::Row,
        repeated,
    })
}

/// The members that the rows may mean.
struct Members {
    by_id: HashMap<String, User>,
    /// In lower case; of an address that several people have, all.
    by_email: HashMap<String, Vec<String>>,
}

impl Members {
    fn read(rows: &[Held], slack: &Slack, administrator: &Owner) -> Result<Members, Failure> {
        let lower = |email: &String| email.to_lowercase();
        let mut members = Members {
            by_id: HashMap::new(),
            by_email: rows
                .iter()
                .filter_map(|(row, _)| Some((lower(row.email.as_ref()?), Vec::new())))
                .collect(),
        };
        let ids: Vec<_> = rows
            .iter()
            .filter_map(|(row, _)| row.user_id.clone())
            .collect();
        let ids: std::collections::HashSet<_> = ids.into_iter().collect();
        slack.members(&administrator.person.team, |user| {
            let Some(id) = user.id.clone() else { return };
            let email = user
                .profile
                .as_ref()
                .and_then(|profile| profile.email.as_ref());
            let same = email.and_then(|email| members.by_email.get_mut(&lower(email)));
            let is_meant = same.is_some() || ids.contains(&id);
            // Of two accounts, the active one is meant.
            if let Some(same) = same.filter(|_| user.deleted != Some(true)) {
                same.push(id.clone());
            }
            if is_meant {
                members.by_id.insert(id, user);
            }
        })?;
        Ok(members)
    }

    /// Who a row is for: by ID, never by a name.
    fn find(&self, row: &Row, administrator: &Owner) -> Result<(&User, Owner), Failure> {
        let team = &administrator.person.team;
        let nobody = |message: String| Err(Failure::new("nobody", message));
        let by_email = match &row.email {
            None => None,
            Some(email) => match self.by_email.get(&email.to_lowercase()).map(Vec::as_slice) {
                Some([one]) => Some(one),
                Some([_, _, ..]) => {
                    return nobody(format!("several people in {team} have its e-mail address"));
                }
                _ => return nobody(format!("nobody in {team} has its e-mail address")),
            },
        };
        let id = match (&row.user_id, by_email) {
            (Some(id), Some(other)) if id != other => {
                let message =
                    format!("its e-mail address is that of {other}, but the row is for {id}");
                return Err(Failure::new("wrong_person", message));
            }
            (Some(id), _) | (None, Some(id)) => id,
            (None, None) => return nobody("it does not say who it is for".to_owned()),
        };
        let Some(user) = self.by_id.get(id) else {
            let failure = Failure::new("nobody", format!("nobody in {team} has the ID {id}"));
            return Err(failure.with_hint("headshot audit --all lists everybody"));
        };
        if user.team_id.as_ref().is_some_and(|other| other != team) {
            return nobody(format!("{id} is in another workspace, not in {team}"));
        }
        if user.deleted == Some(true) {
            return nobody(format!("the account of {id} was deactivated"));
        }
        if user.is_bot == Some(true) || id == "USLACKBOT" {
            return nobody(format!("{id} is a bot"));
        }
        if user.is_primary_owner == Some(true) && *id != administrator.person.user {
            let message = format!(
                "{id} is the primary owner, whose photo nobody else can set through SCIM: cannot_modify_owner"
            );
            let failure = Failure {
                code: Some("cannot_modify_owner".to_owned()),
                ..Failure::new(Class::ChangeApp.as_str(), message)
            };
            let hint =
                "they can set it themselves: headshot login, then headshot set; leave the row out";
            return Err(failure.with_hint(hint));
        }
        let owner = Owner {
            person: Person {
                team: team.clone(),
                user: id.clone(),
            },
            name: user.name.clone().filter(|name| !name.is_empty()),
            workspace: administrator.workspace.clone(),
            scopes: None,
            expires_in: None,
        };
        Ok((user, owner))
    }
}

/// Says what to expect.
pub(super) fn warn() {
    let text = "photos through SCIM are experimental: an identity provider may overwrite them at its next sync, and people may find \
        that they can no longer change theirs (docs/company.md)";
    console::warning(None, text);
}

/// What a run knows about the photos that it submitted.
#[derive(Default)]
pub(super) struct Pace {
    /// Whether a photo has shown that this run submitted or looked for.
    has_shown: bool,
    /// How many in a row were refused because the token may not change the person.
    refused: u32,
}

/// What comes after a row that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    Next,
    /// The first photo does not show, so no other is tried.
    Stuck,
    Interrupted,
}

impl Pace {
    /// Whether everybody else would meet the same as this row that failed.
    pub(super) fn is_hopeless(&mut self, failure: &Failure, past: &Past) -> bool {
        let is_refused = failure.code.as_deref() == Some("permission_denied");
        self.refused = if is_refused { self.refused + 1 } else { 0 };
        let is_new = !self.has_shown && !past.is_any_set();
        admin::is_everybodys(failure) || (is_new && self.refused >= MOST_REFUSED)
    }

    /// Settles photos that were submitted: all of them until one has shown, then only those that are due.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn keep_up(
        &mut self,
        rows: &mut Vec<Waiting>,
        args: &SetArgs,
        slack: &mut Slack,
        journal: &mut Journal,
        past: &Past,
        interrupt: &Interrupt,
        mut each: impl FnMut(Prepared),
    ) -> Then {
        let most = if self.has_shown { MOST_WAITING } else { 0 };
        let mut is_unsettled = false;
        let told = |prepared: Prepared| {
            match prepared.outcome {
                Outcome::Set | Outcome::Restored | Outcome::Unchanged => self.has_shown = true,
                Outcome::Unsettled => is_unsettled = true,
                _ => {}
            }
            each(prepared);
        };
        if waiting::settle(rows, most, args, slack, journal, past, interrupt, told) {
            return Then::Interrupted;
        }
        if is_unsettled && !self.has_shown {
            console::remark(
                "the first photo that was submitted does not show: no other is submitted until one does",
            );
            return Then::Stuck;
        }
        Then::Next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: &str) -> Failure {
        Failure {
            code: Some(code.to_owned()),
            ..Failure::new("change_app", "refused")
        }
    }

    #[test]
    fn three_refusals_in_a_row_are_everybodys_unless_a_photo_has_shown() {
        let (mut pace, past) = (Pace::default(), Past::default());
        let mut told = |codes: &[&str]| -> Vec<bool> {
            let told = codes
                .iter()
                .map(|code| pace.is_hopeless(&refused(code), &past));
            told.collect()
        };
        let (no, other) = ("permission_denied", "cannot_modify_owner");
        assert_eq!(
            told(&[no, no, other, no, no, no]),
            [false, false, false, false, false, true]
        );
        assert_eq!(told(&["plus_teams_only", "photos_invalid"]), [true, false]);
        pace.has_shown = true;
        assert!((0..9).all(|_| !pace.is_hopeless(&refused(no), &past)));
        assert!(pace.is_hopeless(&Failure::new("sign_in", "revoked"), &past));
    }
}
