//! People, as the methods around the photo return them.

use crate::Profile;
use crate::record::record;

record! {
    /// A member of a workspace, as `users.list`, `users.info` and `users.lookupByEmail` return it.
    pub struct User {
        /// ID, like `U012AB3CD`.
        pub id: String,
        /// ID of the workspace.
        pub team_id: String,
        /// The old user name; not unique and not for showing.
        pub name: String,
        /// Whether the account was deactivated.
        pub deleted: bool,
        /// Full name.
        pub real_name: String,
        /// Time zone, like `Europe/Berlin`.
        pub tz: String,
        /// Language, like `en-US`.
        pub locale: String,
        /// Name, photo and status.
        pub profile: Profile,
        /// Whether they administer the workspace.
        pub is_admin: bool,
        /// Whether they own the workspace.
        pub is_owner: bool,
        /// Whether they are the one owner above all others.
        pub is_primary_owner: bool,
        /// Whether this is a bot.
        pub is_bot: bool,
        /// Whether this is an app that acts for a person.
        pub is_app_user: bool,
        /// Whether this is a guest.
        pub is_restricted: bool,
        /// Whether this is a guest of a single channel.
        pub is_ultra_restricted: bool,
        /// When the profile last changed, in seconds since 1970.
        pub updated: i64,
    }
}

record! {
    /// Whose token it is, as `auth.test` returns it. What it may do is in [`Reply::scopes`](crate::Reply::scopes).
    pub struct AuthTest {
        /// Address of the workspace, like `https://example.slack.com/`.
        pub url: String,
        /// Name of the workspace.
        pub team: String,
        /// User name of the token's owner; not unique.
        pub user: String,
        /// ID of the workspace, like `T012AB3C4`.
        pub team_id: String,
        /// ID of the token's owner, like `U012AB3CD`. This and `team_id` together identify a person.
        pub user_id: String,
        /// ID of the bot, where the token is a bot's.
        pub bot_id: String,
        /// ID of the organization that the workspace belongs to, like `E012AB3C4`.
        pub enterprise_id: String,
        /// ID of the app that the token was given to.
        pub app_id: String,
        /// Whether the token is good for a whole organization.
        pub is_enterprise_install: bool,
        /// How many seconds the token is still valid; tokens without rotation do not expire and have no such field.
        pub expires_in: u64,
    }
}

record! {
    /// Who the token belongs to, as `users.identity` returns it.
    pub struct Identity {
        /// The person.
        pub user: IdentityUser,
        /// Their workspace.
        pub team: IdentityTeam,
    }
}

record! {
    /// The person of an [`Identity`].
    pub struct IdentityUser {
        /// ID, like `U012AB3CD`.
        pub id: String,
        /// Full name.
        pub name: String,
        /// E-mail address; needs the scope `identity.email`.
        pub email: String,
        /// Address of the photo at 24 x 24 pixels; this and the following need the scope `identity.avatar`.
        pub image_24: String,
        /// Address of the photo at 32 x 32 pixels.
        pub image_32: String,
        /// Address of the photo at 48 x 48 pixels.
        pub image_48: String,
        /// Address of the photo at 72 x 72 pixels.
        pub image_72: String,
        /// Address of the photo at 192 x 192 pixels.
        pub image_192: String,
        /// Address of the photo at 512 x 512 pixels.
        pub image_512: String,
    }
}

record! {
    /// The workspace of an [`Identity`].
    pub struct IdentityTeam {
        /// ID, like `T012AB3C4`.
        pub id: String,
        /// Name; needs the scope `identity.team`.
        pub name: String,
    }
}

record! {
    /// Whether a person is there, as `users.getPresence` returns it. For anybody but the token's owner, it has only
    /// `presence`.
    pub struct UserPresence {
        /// `active` or `away`.
        pub presence: String,
        /// Whether a client is connected.
        pub online: bool,
        /// Whether they are away because no client has been used for a while.
        pub auto_away: bool,
        /// Whether they said that they are away.
        pub manual_away: bool,
        /// How many clients are connected.
        pub connection_count: u64,
        /// When a client was last used, in seconds since 1970.
        pub last_activity: i64,
    }
}

record! {
    /// A conversation that the person is a member of, as `users.conversations` returns it.
    pub struct Conversation {
        /// ID, like `C012AB3CD`.
        pub id: String,
        /// Name; direct messages have none.
        pub name: String,
        /// The other person of a direct message.
        pub user: String,
        /// Whether it is a channel.
        pub is_channel: bool,
        /// Whether it is a private channel of the old kind.
        pub is_group: bool,
        /// Whether it is a direct message.
        pub is_im: bool,
        /// Whether it is a direct message between several people.
        pub is_mpim: bool,
        /// Whether only members can see it.
        pub is_private: bool,
        /// Whether it is archived.
        pub is_archived: bool,
        /// When it was created, in seconds since 1970.
        pub created: i64,
    }
}
