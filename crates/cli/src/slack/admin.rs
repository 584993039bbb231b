//! An administrator who sets other people's photos through SCIM: whom the calls are about, and which calls those are.

use std::collections::HashSet;
use std::time::Duration;

use headshot_upload::{Class, Photo, Profile, RateLimiter, Reply, Token, User, UsersQuery, scim};

use crate::slack::Slack;
use crate::slack::error::failure;
use crate::slack::network::Network;
use crate::slack::person::Owner;
use crate::terminal::failure::Failure;

/// The kind of failure that is not one yet: the photo was accepted but does not show so far.
pub(crate) const ACCEPTED: &str = "accepted";

/// People per page: fewer would take minutes for 5,000, and Slack advises against the maximum.
const PAGE: u16 = 500;

/// The way through SCIM.
pub(super) struct Admin {
    scim: scim::Client,
    base_url: String,
    /// Whose photo is next, by ID. Empty for nobody, which is refused.
    about: String,
}

impl Slack {
    /// For the photos of many people by one administrator. Both addresses get the token.
    pub(crate) fn for_admin(
        base_url: &str,
        scim_base_url: &str,
        token: Token,
        max_wait: Duration,
        network: &Network,
    ) -> Result<Slack, Failure> {
        network.announce(&[base_url, scim_base_url]);
        let pace = if base_url.starts_with("http://") {
            RateLimiter::unlimited()
        } else {
            // All that Slack allows: this only reads, so "too many requests" costs only time.
            RateLimiter::new(20, 10)
        };
        let slack = Slack::paced(base_url, token.clone(), max_wait, pace, network)?;
        let shared = network.settings(scim_base_url);
        let mut settings = scim::Settings {
            base_url: shared.base_url,
            proxy: shared.proxy,
            events: shared.events,
            agent: shared.agent,
            ..scim::Settings::default()
        };
        settings.retry.longest_wait = max_wait;
        if scim_base_url.starts_with("http://") {
            // As for the Web API: it is not Slack.
            settings.rate_limiter = RateLimiter::unlimited();
        }
        let scim = scim::Client::with(token, &settings).map_err(failure)?;
        Ok(Slack {
            admin: Some(Admin {
                scim,
                base_url: settings.base_url,
                about: String::new(),
            }),
            ..slack
        })
    }

    /// Whether photos go through SCIM.
    pub(crate) fn is_admin(&self) -> bool {
        self.admin.is_some()
    }

    /// From now on, calls are for this person: with their token, or about them by an administrator. Clients share one rate
    /// limiter, because Slack counts per app and workspace.
    pub(crate) fn speak_for(&mut self, token: Token, owner: Option<&Owner>) {
        self.client = self.client.with_token(token);
        if let Some(admin) = &mut self.admin {
            admin.about = owner.map_or_else(String::new, |owner| owner.person.user.clone());
        }
    }

    /// The profile of the person that the calls are for, and Slack's warnings. An administrator reads it with `users.info`, before a
    /// photo and after: a different hash shows a new photo, and two methods need not agree at every moment.
    pub(crate) fn look(&self) -> Result<(Profile, Vec<String>), Failure> {
        let parts = |reply: Reply<Profile>| (reply.value, reply.warnings);
        let Some(admin) = &self.admin else {
            return self.wait(self.client.look()).map(parts);
        };
        let reply = self.wait(self.client.user(&admin.about))?;
        if reply.value.id.as_ref() != Some(&admin.about) {
            let message = format!("users.info describes somebody other than {}", admin.about);
            return Err(Failure::new("other", message));
        }
        Ok((reply.value.profile.unwrap_or_default(), reply.warnings))
    }

    /// The same in a single try, if it is not essential.
    pub(crate) fn glance(&self) -> Result<Profile, Failure> {
        match &self.admin {
            None => Ok(self.wait(self.client.profile(None))?.value),
            Some(_) => Ok(self.look()?.0),
        }
    }

    /// Submits a photo for the person that the calls are for. `Ok` means that it was accepted, not that it shows.
    pub(crate) fn hand_in(&self, photo: &Photo) -> Result<Reply<Option<scim::User>>, Failure> {
        match &self.admin {
            Some(admin) => self.wait(admin.scim.set_photo(&admin.about, photo)),
            None => Err(Failure::new("internal", "there is no administrator")),
        }
    }

    /// Whether the token may use SCIM, by reading a person.
    ///
    /// # Errors
    /// If it may not, or if that is unclear. It is not an error that SCIM does not know this person.
    pub(crate) fn must_administer(&self, id: &str) -> Result<(), Failure> {
        let Some(admin) = &self.admin else {
            return Ok(());
        };
        match self.wait(admin.scim.user(id)) {
            Err(failure) if failure.code.as_deref() != Some("no_such_user") => Err(Failure {
                message: format!("SCIM cannot be used: {}", failure.message),
                ..failure
            }),
            _ => Ok(()),
        }
    }

    /// # Errors
    /// If Slack says that the administrator's token lacks one of these scopes.
    pub(crate) fn must_have(&self, owner: &Owner, needed: &[&str]) -> Result<(), Failure> {
        for scope in needed {
            if owner.may(scope) == Some(false) {
                let provided = owner.scopes.as_deref().unwrap_or_default().join(",");
                let message = format!(
                    "the administrator's token may not do this: missing_scope, needed: {scope}, provided: {provided}"
                );
                let failure = Failure {
                    code: Some("missing_scope".to_owned()),
                    ..Failure::new(Class::ChangeApp.as_str(), message)
                };
                return Err(failure
                    .with_hint("add the scope to the app's user scopes and install it again"));
            }
        }
        Ok(())
    }

    /// Everybody in the workspace, one after the other.
    pub(crate) fn members(&self, team: &str, mut each: impl FnMut(User)) -> Result<(), Failure> {
        let mut seen = HashSet::new();
        let mut query = UsersQuery {
            limit: Some(PAGE),
            // An organization's ID is not a workspace.
            team_id: team.starts_with('T').then(|| team.to_owned()),
            ..UsersQuery::default()
        };
        loop {
            let page = self.wait(self.client.users(&query))?.value;
            page.items.into_iter().for_each(&mut each);
            let Some(next) = page.next_cursor else {
                return Ok(());
            };
            if !seen.insert(next.clone()) {
                let message = "users.list goes in a circle: Slack sent a page twice";
                return Err(Failure::new("other", message)
                    .with_hint("try again in a while; see slack-status.com"));
            }
            query.cursor = Some(next);
        }
    }

    /// Where SCIM is, for people.
    pub(crate) fn scim_whom(&self) -> &str {
        self.admin.as_ref().map_or("", |admin| &admin.base_url)
    }
}

/// The failure of a photo that was accepted, until it shows.
pub(crate) fn accepted() -> Failure {
    Failure::new(ACCEPTED, "accepted, but it does not show yet")
}

/// A failure of SCIM that affects everybody.
pub(crate) fn is_everybodys(failure: &Failure) -> bool {
    let is_token = failure.kind == Class::SignIn.as_str();
    let codes = ["plus_teams_only", "non_org_teams_only"];
    is_token
        || failure
            .code
            .as_deref()
            .is_some_and(|code| codes.contains(&code))
}
