//! Slack's OAuth 2 for apps without a secret: a consent page, codes with PKCE (RFC 7636), tokens that expire, and refresh tokens
//! that work once.
//!
//! No app is registered here. Anything that looks like a client ID is accepted, with every user scope and every redirect address of
//! this machine. `Settings::token_life` decides here what an app's manifest decides on Slack.

pub(crate) mod access;
pub(crate) mod consent;
mod issued;
pub(crate) mod revoke;

pub(crate) use issued::Store;

/// Whether this looks like the ID of an app, as `2141029472.691202649728`.
fn is_client_id(text: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    text.split_once('.')
        .is_some_and(|(team, app)| is_number(team) && is_number(app))
}

/// Text that nobody can guess: 64 hexadecimal digits.
fn random() -> String {
    // Good enough for a server that serves this machine alone, and keeps nothing worth stealing.
    format!("{:032x}{:032x}", fastrand::u128(..), fastrand::u128(..))
}
