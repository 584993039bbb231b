//! Who a person is: a user of a workspace, by their ids. Names, addresses and tokens change hands; these do not.

use std::fmt;
use std::time::Duration;

use headshot_upload::{AuthTest, Class, Reply};
use serde::{Deserialize, Serialize};

use crate::terminal::failure::Failure;

/// A user in a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Person {
    /// ID of the workspace, like `T012AB3C4`.
    pub(crate) team: String,
    /// ID of the user there, like `U012AB3CD`.
    pub(crate) user: String,
}

/// The owner of a token, as `auth.test` tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) person: Person,
    /// For people to read; it identifies nobody.
    pub(crate) name: Option<String>,
    pub(crate) workspace: Option<String>,
    /// What the token may do, if Slack tells.
    pub(crate) scopes: Option<Vec<String>>,
    /// How long it is still valid, if it expires.
    pub(crate) expires_in: Option<Duration>,
}

/// The kind of failure if Slack does not say whose token it is.
pub(crate) const NOBODY: &str = "nobody";

impl Owner {
    pub(crate) fn of(reply: Reply<AuthTest>) -> Result<Owner, Failure> {
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        let told = reply.value;
        let (Some(team), Some(user)) = (given(told.team_id), given(told.user_id)) else {
            let message = "auth.test does not say whose token it is";
            return Err(
                Failure::new(NOBODY, message).with_hint("check the base URL: Slack always says")
            );
        };
        Ok(Owner {
            person: Person { team, user },
            name: given(told.user),
            workspace: given(told.team),
            scopes: reply.scopes,
            expires_in: told.expires_in.map(Duration::from_secs),
        })
    }

    /// # Errors
    /// If Slack says that the token may not set photos.
    pub(crate) fn must_write(&self) -> Result<(), Failure> {
        const SCOPE: &str = "users.profile:write";
        if self.may(SCOPE) != Some(false) {
            return Ok(());
        }
        let provided = self.scopes.as_deref().unwrap_or_default().join(",");
        let message = format!(
            "the token may not set photos: missing_scope, needed: {SCOPE}, provided: {provided}"
        );
        let failure = Failure {
            code: Some("missing_scope".to_owned()),
            ..Failure::new(Class::ChangeApp.as_str(), message)
        };
        Err(failure.with_hint("add the scope to the app and have the person install it again"))
    }

    /// Whether the token may do this; `None` if Slack does not tell.
    pub(crate) fn may(&self, scope: &str) -> Option<bool> {
        let scopes = self.scopes.as_ref()?;
        Some(scopes.iter().any(|found| found == scope))
    }
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.user, self.team)
    }
}

/// `maya (U012AB3CD)`
impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name} ({})", self.person.user),
            None => f.write_str(&self.person.user),
        }
    }
}

/// Whether this looks like the ID of a user.
pub(crate) fn is_user_id(text: &str) -> bool {
    text.starts_with(['U', 'W'])
        && text.len() > 2
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// A user ID, or a workspace and a user, as `T012AB3C4/U012AB3CD`.
pub(crate) fn login_id(text: &str) -> Result<String, String> {
    let user = match text.split_once('/') {
        Some((team, user)) if is_team_id(team) => user,
        Some(_) => "",
        None => text,
    };
    if is_user_id(user) {
        Ok(text.to_owned())
    } else {
        Err("an ID is needed, as in U012AB3CD or T012AB3C4/U012AB3CD".to_owned())
    }
}

fn is_team_id(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    text.starts_with(['T', 'E']) && text.len() > 2 && text.bytes().all(is_letter)
}
