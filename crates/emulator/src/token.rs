//! Tokens: what a token's own text says about its user, its scopes, its workspace and its fault.
//!
//! The emulator keeps no list of these tokens (only of those that OAuth issues, see [`crate::oauth`]). `xoxp-emulator` is a user's token with every scope; a word after it makes
//! another kind (`xoxp-emulator-readonly`); `xoxp-fault-` makes calls go wrong (see [`crate::fault`]); and `--LABEL` at the
//! end of any token puts it into a workspace and an app of its own, so that tests which run at the same time see neither
//! each other's photos nor each other's rate limits.

use std::time::Duration;

use crate::fault::Fault;
use crate::state::Shared;

/// The token that [`crate::Emulator::token`] hands out.
pub(crate) const DEFAULT: &str = "xoxp-emulator";

const HOUR: Duration = Duration::from_secs(60 * 60);

/// The user of most tokens, whom the page shows.
pub(crate) const MEMBER: &str = "U0MEMBER";
/// The one of administrators' tokens.
const ADMIN: &str = "U0ADMIN";

/// The tokens that work, and those that are refused in a way of their own: each with what it is.
///
/// `--LABEL` after any of them puts it into a workspace of its own.
pub const TOKENS: &[(&str, &str)] = &[
    (DEFAULT, "a member, every scope"),
    (
        "xoxp-emulator-N",
        "additional member N, whose ID is U0EXTRA and five digits, every scope",
    ),
    ("xoxp-emulator-admin", "an admin"),
    ("xoxp-emulator-owner", "the primary owner"),
    (
        "xoxp-emulator-scim",
        "an admin, with the scope admin as well: for SCIM",
    ),
    (
        "xoxp-emulator-scimless",
        "the same on a plan without SCIM, which says plus_teams_only",
    ),
    (
        "xoxp-emulator-identity",
        "a member, who may call users.identity and nothing else",
    ),
    (
        "xoxp-emulator-nophotos",
        "a member of a workspace that forbids editing photos: permission_denied there (Slack's own code is not documented)",
    ),
    (
        "xoxp-emulator-synced",
        "a member whose profile is managed elsewhere: permission_denied from users.profile.set",
    ),
    (
        "xoxp-emulator-sudo",
        "a member who has to sign in again: sudo_required from users.profile.set",
    ),
    ("xoxp-emulator-readonly", "a member, reading scopes only"),
    ("xoxp-emulator-writeonly", "a member, writing scopes only"),
    ("xoxp-emulator-noscopes", "a member, no scope"),
    (
        "xoxp-emulator-bot",
        "a bot's user token: is_bot, user_is_bot",
    ),
    (
        "xoxp-emulator-unverified",
        "as -identity, with an e-mail address that is not verified: email_not_verified",
    ),
    (
        "xoxp-emulator-stranger",
        "as -identity, of another workspace: invalid_user_id",
    ),
    (
        "xoxp-emulator-org",
        "an organization's token, which must name its team: missing_argument",
    ),
    (
        "xoxb-emulator",
        "a bot's token: not_allowed_token_type if a user's is needed",
    ),
    (
        "xoxe.xoxp-emulator",
        "a member; it expires 12 hours after the start",
    ),
    (
        "xoxe.xoxp-emulator-short",
        "a member; it expires a minute after the start",
    ),
    ("xoxb-emulator-inactive", "account_inactive"),
    ("xoxp-emulator-inactive", "account_inactive"),
    ("xoxp-emulator-revoked", "token_revoked"),
    ("xoxp-emulator-expired", "token_expired"),
    ("xoxp-emulator-twofactor", "two_factor_setup_required"),
    ("xoxp-emulator-nopermission", "no_permission"),
    ("xoxp-emulator-denied", "access_denied"),
    ("xoxp-emulator-network", "accesslimited"),
    ("xoxp-emulator-ekm", "ekm_access_denied"),
    ("xoxp-emulator-enterprise", "enterprise_is_restricted"),
    ("xoxp-emulator-orglogin", "org_login_required"),
    ("xoxp-emulator-migrating", "team_added_to_org"),
    ("xoxp-emulator-noteam", "team_access_not_granted"),
];

const READ: &[&str] = &[
    "users.profile:read",
    "users:read",
    "users:read.email",
    "channels:read",
];
const WRITE: &[&str] = &["users.profile:write", "users:write"];
const MORE: &[&str] = &["groups:read", "im:read", "mpim:read"];
/// A token that has these can have no others.
const IDENTITY: &[&str] = &["identity.basic", "identity.email", "identity.avatar"];
const PHOTOS: &[&str] = &["users.setPhoto", "users.deletePhoto"];
const PROFILE: &[&str] = &["users.profile.set"];
const SCIM: &[&str] = &["scim"];

/// The scope of this name, if a user's token can have it.
pub(crate) fn scope(name: &str) -> Option<&'static str> {
    let all = [READ, WRITE, MORE, IDENTITY, &["admin"]];
    all.into_iter()
        .flatten()
        .copied()
        .find(|scope| *scope == name)
}

/// What a token stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) user: String,
    pub(crate) scopes: Vec<&'static str>,
    /// The workspace's name: "" is the one that the page shows.
    pub(crate) world: String,
    /// A bot token, `xoxb-`.
    pub(crate) is_bot_token: bool,
    /// A token of a whole organization, which must name the workspace it means.
    pub(crate) is_org_token: bool,
    /// How long after the emulator's start it expires.
    pub(crate) lifetime: Option<Duration>,
    /// Methods that are refused, and the code.
    pub(crate) refused: Option<(&'static [&'static str], &'static str)>,
    /// The error that every call with it gets.
    pub(crate) standing: Option<&'static str>,
    /// The fault that its calls meet.
    pub(crate) fault: Option<Fault>,
}

/// Reads a token; `None` for one that was never issued.
pub(crate) fn read(token: &str) -> Option<Grant> {
    let (name, label) = token.split_once("--").unwrap_or((token, ""));
    let mut grant = Grant {
        user: MEMBER.to_owned(),
        scopes: [READ, WRITE, MORE].concat(),
        world: label.to_owned(),
        is_bot_token: false,
        is_org_token: false,
        lifetime: None,
        refused: None,
        standing: None,
        fault: None,
    };
    if let Some(text) = name.strip_prefix("xoxp-fault-") {
        let fault = Fault::parse(text)?;
        // Without a label, a fault still has a workspace of its own: it must not wear down the limits of the default token.
        if label.is_empty() {
            grant.world = text.to_owned();
        }
        if fault.is_scim() {
            grant.user = ADMIN.to_owned();
            grant.scopes.push("admin");
        }
        if fault.is_noread() {
            grant.scopes.retain(|scope| *scope != "users.profile:read");
        }
        grant.fault = Some(fault);
        return Some(grant);
    }
    let number = name.strip_prefix("xoxp-emulator-");
    if let Some(number) = number.and_then(|number| number.parse::<u32>().ok()) {
        grant.user = format!("U0EXTRA{number:05}");
        return Some(grant);
    }
    let (_, meaning) = TOKENS.iter().find(|(token, _)| *token == name)?;
    if name.starts_with("xoxb-") {
        grant.is_bot_token = true;
        grant.user = "U0ROBOT".to_owned();
        grant.scopes = [READ, &["users:write"]].concat();
    }
    let member = |id: &str| id.to_owned();
    match name
        .trim_start_matches("xoxe.")
        .trim_start_matches("xoxb-emulator")
        .trim_start_matches("xoxp-emulator")
    {
        "" if name.starts_with("xoxe.") => grant.lifetime = Some(12 * HOUR),
        "" => {}
        "-short" => grant.lifetime = Some(HOUR / 60),
        "-admin" => grant.user = member(ADMIN),
        scim @ ("-scim" | "-scimless") => {
            grant.user = member(ADMIN);
            grant.scopes.push("admin");
            grant.refused = (scim == "-scimless").then_some((SCIM, "plus_teams_only"));
        }
        "-owner" => grant.user = member("U0OWNER"),
        "-readonly" => grant.scopes = READ.to_vec(),
        "-writeonly" => grant.scopes = WRITE.to_vec(),
        "-noscopes" => grant.scopes.clear(),
        "-bot" => grant.user = member("U0ROBOT"),
        "-nophotos" => grant.refused = Some((PHOTOS, "permission_denied")),
        "-synced" => grant.refused = Some((PROFILE, "permission_denied")),
        "-sudo" => grant.refused = Some((PROFILE, "sudo_required")),
        identity @ ("-identity" | "-unverified" | "-stranger") => {
            grant.scopes = IDENTITY.to_vec();
            match identity {
                "-unverified" => grant.user = member("U0NEWCOMER"),
                "-stranger" => grant.user = member("U0STRANGER"),
                _ => {}
            }
        }
        "-org" => grant.is_org_token = true,
        // The others mean an error, which is all that their description says.
        _ => grant.standing = Some(meaning),
    }
    Some(grant)
}

impl Grant {
    /// How long it is still good, if it expires.
    pub(crate) fn remaining(&self, shared: &Shared) -> Option<Duration> {
        let lifetime = self.lifetime?;
        Some(lifetime.saturating_sub(shared.started.elapsed()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_token_reads_and_labels_make_workspaces() {
        for (token, meaning) in TOKENS {
            let token = token.replace("-N", "-7");
            let grant = read(&token).expect("in the table");
            let is_code = meaning.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            assert_eq!(grant.standing, is_code.then_some(*meaning), "{token}");
            assert_eq!(grant.world, "");
        }
        assert_eq!(
            read("xoxp-emulator-admin--seven").map(|g| (g.world, g.user)),
            Some(("seven".to_owned(), "U0ADMIN".to_owned()))
        );
        assert_eq!(
            read("xoxp-emulator-12--seven").map(|g| (g.world, g.user)),
            Some(("seven".to_owned(), "U0EXTRA00012".to_owned()))
        );
        let fault = read("xoxp-fault-silence-noread").expect("a fault");
        assert_eq!(fault.world, "silence-noread");
        assert!(
            !fault.scopes.contains(&"users.profile:read")
                && fault.scopes.contains(&"users.profile:write")
        );
        assert_eq!(
            read("xoxp-fault-silence--seven").map(|g| g.world),
            Some("seven".to_owned())
        );
        for never in [
            "",
            "xoxp-",
            "xoxp-emulator-",
            "xoxp-emulator-nobody",
            "xoxp-fault-",
            "xoxp-fault-nothing",
            "xoxb-fault-silence",
        ] {
            assert_eq!(read(never), None, "{never}");
        }
    }
}
