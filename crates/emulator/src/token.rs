//! Tokens: what a token's own text says about its user, its scopes and its workspace.
//!
//! The emulator keeps no list of issued tokens. `xoxp-emulator` is a user's token with every scope; a word after it makes
//! another kind (`xoxp-emulator-readonly`); and `--LABEL` at the end of any token puts it into a workspace and an app of its
//! own, so that tests which run at the same time see neither each other's photos nor each other's rate limits.

/// The token that [`crate::Emulator::token`] hands out.
pub(crate) const DEFAULT: &str = "xoxp-emulator";

/// Every scope that some method asks for.
const ALL: &[&str] = &[
    "identity.basic",
    "identity.email",
    "identity.avatar",
    "users.profile:read",
    "users.profile:write",
    "users:read",
    "users:read.email",
    "users:write",
    "channels:read",
    "groups:read",
    "im:read",
    "mpim:read",
];
const READ: &[&str] = &[
    "users.profile:read",
    "users:read",
    "users:read.email",
    "channels:read",
];
const WRITE: &[&str] = &["users.profile:write", "users:write"];
const BOT: &[&str] = &[
    "users.profile:read",
    "users:read",
    "users:read.email",
    "users:write",
    "channels:read",
];

/// The kinds of token: name, user, scopes, and the error that all its calls get.
pub(crate) const KINDS: &[(&str, &str, &[&str], Option<&str>)] = &[
    ("xoxp-emulator", "U0MEMBER", ALL, None),
    ("xoxp-emulator-admin", "U0ADMIN", ALL, None),
    ("xoxp-emulator-owner", "U0OWNER", ALL, None),
    ("xoxp-emulator-readonly", "U0MEMBER", READ, None),
    ("xoxp-emulator-writeonly", "U0MEMBER", WRITE, None),
    ("xoxp-emulator-noscopes", "U0MEMBER", &[], None),
    ("xoxp-emulator-bot", "U0ROBOT", ALL, None),
    ("xoxp-emulator-unverified", "U0NEWCOMER", ALL, None),
    ("xoxp-emulator-org", "U0MEMBER", ALL, None),
    ("xoxb-emulator", "U0ROBOT", BOT, None),
    (
        "xoxb-emulator-inactive",
        "U0ROBOT",
        BOT,
        Some("account_inactive"),
    ),
    (
        "xoxp-emulator-inactive",
        "U0GONE",
        ALL,
        Some("account_inactive"),
    ),
    (
        "xoxp-emulator-revoked",
        "U0GONE",
        ALL,
        Some("token_revoked"),
    ),
    (
        "xoxp-emulator-expired",
        "U0MEMBER",
        ALL,
        Some("token_expired"),
    ),
    (
        "xoxp-emulator-twofactor",
        "U0MEMBER",
        ALL,
        Some("two_factor_setup_required"),
    ),
    (
        "xoxp-emulator-nopermission",
        "U0MEMBER",
        ALL,
        Some("no_permission"),
    ),
    (
        "xoxp-emulator-denied",
        "U0MEMBER",
        ALL,
        Some("access_denied"),
    ),
    (
        "xoxp-emulator-network",
        "U0MEMBER",
        ALL,
        Some("accesslimited"),
    ),
    (
        "xoxp-emulator-ekm",
        "U0MEMBER",
        ALL,
        Some("ekm_access_denied"),
    ),
    (
        "xoxp-emulator-enterprise",
        "U0MEMBER",
        ALL,
        Some("enterprise_is_restricted"),
    ),
    (
        "xoxp-emulator-orglogin",
        "U0MEMBER",
        ALL,
        Some("org_login_required"),
    ),
    (
        "xoxp-emulator-migrating",
        "U0MEMBER",
        ALL,
        Some("team_added_to_org"),
    ),
];

/// What a token stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) user: &'static str,
    pub(crate) scopes: Vec<&'static str>,
    /// The workspace's name: "" is the one that the page shows.
    pub(crate) world: String,
    /// A bot token, `xoxb-`.
    pub(crate) is_bot_token: bool,
    /// A token of a whole organization, which must name the workspace it means.
    pub(crate) is_org_token: bool,
    /// The error that every call with it gets.
    pub(crate) standing: Option<&'static str>,
}

/// Reads a token; `None` for one that was never issued.
pub(crate) fn read(token: &str) -> Option<Grant> {
    let (name, label) = token.split_once("--").unwrap_or((token, ""));
    let (name, user, scopes, standing) = KINDS.iter().find(|kind| kind.0 == name)?;
    Some(Grant {
        user,
        scopes: scopes.to_vec(),
        world: label.to_owned(),
        is_bot_token: name.starts_with("xoxb-"),
        is_org_token: name.ends_with("-org"),
        standing: *standing,
    })
}
