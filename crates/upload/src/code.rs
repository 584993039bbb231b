//! Every error code in Slack's documents for the `users.*` methods for SCIM and for OAuth, with who must act and what to do.
//!
//! Adding a code is adding a line to the table. Sources: the reference pages of the twelve methods that this crate
//! calls, older and newer editions taken together, and that of SCIM.

use std::fmt;

use crate::Class;

/// One line a code: its name on the wire, its name here, its class, what to do about it.
macro_rules! codes {
    ($($wire:literal $name:ident $class:ident $hint:literal;)*) => {
        /// An error code of Slack.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = concat!("`", $wire, "`: ", $hint, ".")] $name,)*
            /// A code that no document names, as Slack spelled it, cleaned of control characters.
            Other(String),
        }

        impl Code {
            /// All documented codes, in the order of the table.
            pub const DOCUMENTED: &'static [Code] = &[$(Code::$name),*];

            /// Finds the code by its name on the wire; the text must be clean already.
            pub(crate) fn named(text: String) -> Code {
                match text.as_str() {
                    $($wire => Code::$name,)*
                    _ => Code::Other(text),
                }
            }

            /// The name on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Code::$name => $wire,)*
                    Code::Other(text) => text,
                }
            }

            /// Who must act.
            pub fn class(&self) -> Class {
                match self {
                    $(Code::$name => Class::$class,)*
                    Code::Other(_) => Class::Other,
                }
            }

            /// What to do about it, as a short phrase. Never empty.
            pub fn hint(&self) -> &'static str {
                match self {
                    $(Code::$name => $hint,)*
                    Code::Other(_) => "the code is not in Slack's documents; search for it there, it may be new",
                }
            }
        }
    };
}

codes! {
    // Too many requests.
    "ratelimited" Ratelimited Wait "wait as long as Slack says, then go on, more slowly";

    // Passing faults; nothing was done.
    "service_unavailable" ServiceUnavailable Retry "try again in a while; see slack-status.com";
    "request_timeout" RequestTimeout Retry "the upload did not arrive whole; try again, on a better connection if this persists";

    // It may have worked.
    "internal_error" InternalError OutcomeUnknown "look at the profile: it may have worked; if not, try again";
    "fatal_error" FatalError OutcomeUnknown "look at the profile: it may have worked; if not, try again";

    // The photo.
    "bad_image" BadImage FixImage "use a JPEG, PNG or GIF that a viewer can open, or normalize it first";
    "too_large" TooLarge FixImage "make the photo smaller; Slack recommends 512 to 1024 pixels a side";
    "too_many_frames" TooManyFrames FixImage "use fewer frames, or a still picture";
    "no_image" NoImage FixImage "Slack saw no picture in what was sent; try another file";
    "no_file" NoFile FixImage "Slack saw no file in what was sent; try another file";

    // The token.
    "not_authed" NotAuthed SignIn "no token arrived; use a user token (xoxp-...)";
    "invalid_auth" InvalidAuth SignIn "check that the token is whole and meant for this address, or sign in again";
    "account_inactive" AccountInactive SignIn "the token's person or workspace was deactivated; sign in as somebody else";
    "token_revoked" TokenRevoked SignIn "the token was revoked; install the app again to get a new one";
    "token_expired" TokenExpired SignIn "the token has expired; refresh it or sign in again";
    "two_factor_setup_required" TwoFactorSetupRequired SignIn "set up two-factor authentication in Slack first";

    // The app, the kind of token, the workspace.
    "missing_scope" MissingScope ChangeApp "add the needed scope to the app's user token scopes and install it again";
    "not_allowed_token_type" NotAllowedTokenType ChangeApp "use a user token (xoxp-...); this method takes no other kind";
    "is_bot" IsBot ChangeApp "use a person's user token; a bot cannot do this";
    "user_is_bot" UserIsBot ChangeApp "name a person or use a person's token; this does not work for bots";
    "no_permission" NoPermission ChangeApp "the token's person is not allowed to do this; ask an administrator";
    "access_denied" AccessDenied ChangeApp "access was denied; ask an administrator";
    "ekm_access_denied" EkmAccessDenied ChangeApp "administrators have suspended this; ask them";
    "accesslimited" Accesslimited ChangeApp "this network is not allowed to do this; try from another or ask an administrator";
    "enterprise_is_restricted" EnterpriseIsRestricted ChangeApp "this cannot be called from an Enterprise organization; use a workspace's token";
    "team_access_not_granted" TeamAccessNotGranted ChangeApp "have an administrator grant the app access to this workspace";
    "org_login_required" OrgLoginRequired ChangeApp "the workspace is being moved into an organization; wait until that is done";
    "team_added_to_org" TeamAddedToOrg ChangeApp "the workspace is being moved into an organization; wait until that is done";
    "permission_denied" PermissionDenied ChangeApp "the workspace does not allow this to its members; ask an administrator";
    "sudo_required" SudoRequired ChangeApp "the person has to confirm in Slack who they are, then try again";
    "not_admin" NotAdmin ChangeApp "only administrators may change another person's profile";
    "not_app_admin" NotAppAdmin ChangeApp "only app administrators may do this";
    "cannot_update_admin_user" CannotUpdateAdminUser ChangeApp "only an owner may change an administrator's profile";
    "email_not_verified" EmailNotVerified ChangeApp "the person has to confirm their e-mail address in Slack first";

    // SCIM.
    "invalid_authentication" InvalidAuthentication SignIn "check that the token is whole and still valid, and that it has the scope admin";
    "photos_invalid" PhotosInvalid FixImage "use a JPEG, PNG or GIF that a viewer can open, or normalize it first";
    "no_such_user" NoSuchUser Other "check the user ID (U... or W...); it must be in the workspace or organization of the token";
    "cannot_modify_owner" CannotModifyOwner ChangeApp "nobody else can change the primary owner; they have to set their photo themselves";
    "plus_teams_only" PlusTeamsOnly ChangeApp "SCIM needs the plan Business+ or Enterprise";
    "non_org_teams_only" NonOrgTeamsOnly ChangeApp "the workspace is part of an organization; have one of its owners install the app";

    // What this client sent.
    "invalid_arguments" InvalidArguments OurBug "please report this, with the method's name";
    "invalid_arg_name" InvalidArgName OurBug "please report this, with the method's name";
    "invalid_array_arg" InvalidArrayArg OurBug "please report this, with the method's name";
    "invalid_charset" InvalidCharset OurBug "please report this, with the method's name";
    "invalid_form_data" InvalidFormData OurBug "please report this, with the method's name";
    "invalid_post_type" InvalidPostType OurBug "please report this, with the method's name";
    "missing_post_type" MissingPostType OurBug "please report this, with the method's name";
    "invalid_json" InvalidJson OurBug "please report this, with the method's name";
    "json_not_object" JsonNotObject OurBug "please report this, with the method's name";
    "missing_argument" MissingArgument OurBug "please report this, with the method's name";
    "limit_required" LimitRequired OurBug "please report this, with the method's name";

    // No longer there.
    "method_deprecated" MethodDeprecated Gone "update this program; Slack has withdrawn the method";
    "deprecated_endpoint" DeprecatedEndpoint Gone "update this program; Slack has withdrawn the method";
    "upgrade_required" UpgradeRequired Gone "update this program; Slack asks for a newer one";
    "unknown_method" UnknownMethod Gone "check the base URL; if it is right, update this program";

    // Signing in.
    "invalid_code" InvalidCode SignIn "sign in again; a code works once, within ten minutes, and only for the app that asked for it";
    "invalid_refresh_token" InvalidRefreshToken SignIn "sign in again; a refresh token works once, within 30 days";
    "bad_redirect_uri" BadRedirectUri ChangeApp "add exactly this redirect address to the app's redirect URLs";
    "invalid_client_id" InvalidClientId ChangeApp "check the client ID; the app's page has it under Basic Information";
    "bad_client_secret" BadClientSecret ChangeApp "turn PKCE on for the app: without it Slack wants a client secret, which headshot does not have";
    "no_scopes" NoScopes ChangeApp "add user scopes to the app";
    "no_user_scopes" NoUserScopes ChangeApp "add user scopes to the app";
    "cannot_install_an_org_installed_app" CannotInstallAnOrgInstalledApp ChangeApp "the app is installed on the organization; ask one of its owners";
    "invalid_grant_type" InvalidGrantType OurBug "please report this, with the method's name";

    // About this call only.
    "not_found" NotFound Other "Slack lost the uploaded file; try again";
    "user_not_found" UserNotFound Other "check the user ID (U... or W...); it must be in the token's workspace";
    "user_not_visible" UserNotVisible Other "the token's person is not allowed to see this user";
    "users_not_found" UsersNotFound Other "nobody in this workspace has that e-mail address";
    "too_many_users" TooManyUsers Other "ask for fewer users at once";
    "invalid_user_id" InvalidUserId Other "check the user ID (U... or W...)";
    "invalid_cursor" InvalidCursor Other "start again from the first page; the cursor is no longer valid";
    "invalid_limit" InvalidLimit Other "ask for 1 to 999 items a page";
    "invalid_types" InvalidTypes Other "use public_channel, private_channel, mpim or im, as far as the scopes allow";
    "method_not_supported_for_channel_type" MethodNotSupportedForChannelType Other "leave out this type of conversation";
    "invalid_presence" InvalidPresence Other "use auto or away";
    "reserved_name" ReservedName Other "choose another name; this one is reserved";
    "invalid_profile" InvalidProfile Other "check names and values of the profile fields";
    "profile_set_failed" ProfileSetFailed Other "check the values, then try again";
    "partial_profile_set_failed" PartialProfileSetFailed Other "read the profile: some of its fields were set and some were not";
    "invalid_emoji_not_allowed" InvalidEmojiNotAllowed Other "leave emoji out of the name";
    "invalid_ooo_message" InvalidOooMessage Other "change the out-of-office message";
    "invalid_starts_with_at" InvalidStartsWithAt Other "begin the name with something other than @";
    "name_not_allowed" NameNotAllowed Other "choose another name; Slack does not allow this one";
    "username_same" UsernameSame Other "nothing to do: that is already the user name";
    "too_long" TooLong Other "shorten the value";
    "must_clear_both_status_text_and_status_emoji" MustClearBothStatusTextAndStatusEmoji Other "clear status_text and status_emoji together";
    "email_taken" EmailTaken Other "somebody else in the workspace has that e-mail address";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_finds_itself_and_says_what_to_do() {
        assert_eq!(Code::DOCUMENTED.len(), 87);
        for code in Code::DOCUMENTED {
            assert_eq!(Code::named(code.as_str().to_owned()), *code);
            assert!(code.hint().len() > 10, "{code}");
        }
        assert_eq!(
            Code::named("brand_new".into()),
            Code::Other("brand_new".into())
        );
        assert_eq!(Code::named("brand_new".into()).class(), Class::Other);
    }
}
