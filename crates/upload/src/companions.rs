//! `auth.test` and the other `users.*` methods: each is its arguments and the part of the reply that was asked for.

use crate::method::{
    AUTH_TEST, CONVERSATIONS, GET_PRESENCE, IDENTITY, INFO, LIST, LOOKUP_BY_EMAIL, PROFILE_GET,
    PROFILE_SET, SET_ACTIVE, SET_PRESENCE,
};
use crate::payload::Payload;
use crate::{
    AuthTest, Client, Conversation, Error, Identity, Page, Profile, ProfileChange, Reply, User,
    UserPresence,
};

/// Items a page where the caller does not say: what Slack recommends.
const PAGE: u16 = 200;

/// Which page of `users.list`. Fields may be added: end with `..UsersQuery::default()`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UsersQuery {
    /// Where the page begins: the [`Page::next_cursor`] of the page before, `None` for the first.
    pub cursor: Option<String>,
    /// How many people a page holds at most, 1 to 999; 200 if `None`. A limit is always sent, since without one Slack
    /// may fail.
    pub limit: Option<u16>,
    /// Which workspace; needed for the token of an organization.
    pub team_id: Option<String>,
}

/// Which conversations, and which page of them. Fields may be added: end with `..ConversationsQuery::default()`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConversationsQuery {
    /// Where the page begins: the [`Page::next_cursor`] of the page before, `None` for the first.
    pub cursor: Option<String>,
    /// How many conversations a page holds at most, 1 to 999; 200 if `None`.
    pub limit: Option<u16>,
    /// Which kinds; Slack takes public channels if this is empty.
    pub types: Vec<ConversationType>,
    /// Whether to leave out archived channels.
    pub exclude_archived: bool,
    /// Whether to leave out conversations that the person has muted.
    pub exclude_muted: bool,
    /// Whose; the token owner's if `None`. For others, Slack lists only conversations that both are members of.
    pub user: Option<String>,
    /// Which workspace; needed for the token of an organization.
    pub team_id: Option<String>,
}

/// A kind of conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConversationType {
    /// A channel that anybody in the workspace can join.
    PublicChannel,
    /// A channel for members only.
    PrivateChannel,
    /// A direct message between several people.
    Mpim,
    /// A direct message between two.
    Im,
}

/// What people can say about whether they are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Presence {
    /// Slack decides from the person's clients.
    Auto,
    /// Away.
    Away,
}

impl Client {
    /// `auth.test`: whose token it is, of which workspace, for how long; and in [`Reply::scopes`] what it may do. Needs no
    /// scope. Slack allows hundreds of calls a minute.
    ///
    /// # Errors
    /// Any [`Error`]; the codes of [`Class::SignIn`](crate::Class::SignIn) for a token that is no longer valid and for a person
    /// whose account was deactivated. None has changed anything.
    pub async fn auth_test(&self) -> Result<Reply<AuthTest>, Error> {
        Ok(self.call(&AUTH_TEST, &Payload::Fields(&[])).await?.whole())
    }

    /// `users.profile.get`: the profile of a user by ID, or of the token owner. Needs the scope `users.profile:read`.
    ///
    /// # Errors
    /// Any [`Error`]; none has changed anything.
    pub async fn profile(&self, user: Option<&str>) -> Result<Reply<Profile>, Error> {
        let fields = some([("user", user)]);
        self.call(&PROFILE_GET, &Payload::Fields(&fields))
            .await?
            .field(&PROFILE_GET, "profile")
    }

    /// `users.profile.get` with the names of custom fields. Slack limits this heavily: use it sparingly and keep the
    /// result.
    ///
    /// # Errors
    /// Any [`Error`]; none has changed anything.
    pub async fn profile_with_labels(&self, user: Option<&str>) -> Result<Reply<Profile>, Error> {
        let fields = some([("user", user), ("include_labels", Some("true"))]);
        self.call(&PROFILE_GET, &Payload::Fields(&fields))
            .await?
            .field(&PROFILE_GET, "profile")
    }

    /// `users.profile.set`: sets fields of the token owner's profile, or of another user's (administrators on paid
    /// plans only). Needs the scope `users.profile:write`. Returns the whole profile.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn set_profile(
        &self,
        change: &ProfileChange,
        user: Option<&str>,
    ) -> Result<Reply<Option<Profile>>, Error> {
        let profile = change.argument();
        let fields = some([("profile", Some(&profile)), ("user", user)]);
        Ok(self
            .call(&PROFILE_SET, &Payload::Fields(&fields))
            .await?
            .profile_if_any())
    }

    /// `users.list`: a page of the workspace's people. Needs the scope `users:read`; addresses need `users:read.email`.
    ///
    /// # Errors
    /// Any [`Error`]; [`Error::Argument`] for a limit outside 1..=999.
    pub async fn users(&self, query: &UsersQuery) -> Result<Reply<Page<User>>, Error> {
        let limit = limit(query.limit)?;
        let fields = some([
            ("limit", Some(limit.as_str())),
            ("cursor", query.cursor.as_deref()),
            ("team_id", query.team_id.as_deref()),
            ("include_locale", Some("true")),
        ]);
        self.call(&LIST, &Payload::Fields(&fields))
            .await?
            .page(&LIST, "members")
    }

    /// `users.info`: a person by ID. Needs the scope `users:read`.
    ///
    /// # Errors
    /// Any [`Error`]; the code `user_not_found` when there is no such person.
    pub async fn user(&self, id: &str) -> Result<Reply<User>, Error> {
        let fields = some([("user", Some(id)), ("include_locale", Some("true"))]);
        self.call(&INFO, &Payload::Fields(&fields))
            .await?
            .field(&INFO, "user")
    }

    /// `users.lookupByEmail`: a person by e-mail address. Needs the scope `users:read.email`.
    ///
    /// # Errors
    /// Any [`Error`]; the code `users_not_found` when there is no such person.
    pub async fn user_by_email(&self, email: &str) -> Result<Reply<User>, Error> {
        let fields = some([("email", Some(email))]);
        self.call(&LOOKUP_BY_EMAIL, &Payload::Fields(&fields))
            .await?
            .field(&LOOKUP_BY_EMAIL, "user")
    }

    /// `users.identity`: who the token belongs to. Needs the scope `identity.basic`.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn identity(&self) -> Result<Reply<Identity>, Error> {
        Ok(self.call(&IDENTITY, &Payload::Fields(&[])).await?.whole())
    }

    /// `users.getPresence`: whether a user is there, by ID, or the token owner. Needs the scope `users:read`.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn presence(&self, user: Option<&str>) -> Result<Reply<UserPresence>, Error> {
        let fields = some([("user", user)]);
        Ok(self
            .call(&GET_PRESENCE, &Payload::Fields(&fields))
            .await?
            .whole())
    }

    /// `users.setPresence`: says whether the token owner is there. Needs the scope `users:write`.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn set_presence(&self, presence: Presence) -> Result<Reply<()>, Error> {
        let word = match presence {
            Presence::Auto => "auto",
            Presence::Away => "away",
        };
        let fields = some([("presence", Some(word))]);
        Ok(self
            .call(&SET_PRESENCE, &Payload::Fields(&fields))
            .await?
            .map(|_| ()))
    }

    /// `users.setActive`: deprecated by Slack; the call succeeds and does nothing. Needs the scope `users:write`.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn set_active(&self) -> Result<Reply<()>, Error> {
        Ok(self
            .call(&SET_ACTIVE, &Payload::Fields(&[]))
            .await?
            .map(|_| ()))
    }

    /// `users.conversations`: a page of the conversations that a person is a member of. Needs the scopes
    /// `channels:read`, `groups:read`, `mpim:read`, `im:read`, as far as the types need them.
    ///
    /// # Errors
    /// Any [`Error`]; [`Error::Argument`] for a limit outside 1..=999.
    pub async fn conversations(
        &self,
        query: &ConversationsQuery,
    ) -> Result<Reply<Page<Conversation>>, Error> {
        let limit = limit(query.limit)?;
        let types: Vec<_> = query.types.iter().map(|kind| kind.as_str()).collect();
        let types = types.join(",");
        let fields = some([
            ("limit", Some(limit.as_str())),
            ("cursor", query.cursor.as_deref()),
            (
                "types",
                Some(types.as_str()).filter(|types| !types.is_empty()),
            ),
            ("exclude_archived", query.exclude_archived.then_some("true")),
            ("exclude_muted", query.exclude_muted.then_some("true")),
            ("user", query.user.as_deref()),
            ("team_id", query.team_id.as_deref()),
        ]);
        self.call(&CONVERSATIONS, &Payload::Fields(&fields))
            .await?
            .page(&CONVERSATIONS, "channels")
    }
}

impl ConversationType {
    fn as_str(self) -> &'static str {
        match self {
            ConversationType::PublicChannel => "public_channel",
            ConversationType::PrivateChannel => "private_channel",
            ConversationType::Mpim => "mpim",
            ConversationType::Im => "im",
        }
    }
}

/// The arguments that are there.
fn some<const N: usize>(
    arguments: [(&'static str, Option<&str>); N],
) -> Vec<(&'static str, String)> {
    arguments
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?.to_owned())))
        .collect()
}

fn limit(limit: Option<u16>) -> Result<String, Error> {
    match limit.unwrap_or(PAGE) {
        limit @ 1..=999 => Ok(limit.to_string()),
        limit => Err(Error::Argument {
            argument: "limit".to_owned(),
            problem: format!("is {limit}, it must be 1 to 999"),
        }),
    }
}
