//! The arguments of `login`, `logout` and `app-manifest`.

use std::time::Duration;

use clap::Args;
use headshot_upload::DEFAULT_BASE_URL;

use crate::set::manifest_args::time;
use crate::slack::person::login_id;

/// The port that the browser comes back to, unless `--port` says otherwise. It must match the app's settings exactly.
pub(crate) const PORT: u16 = 18457;

/// Sign in with Slack, so that you need no token
#[derive(Debug, Args)]
#[command(
    after_help = "Example: headshot login --client-id 2141029472.691202649728\n\
    The client ID is on your app's page, under Basic Information. You give it once.\n\
    No app yet? headshot app-manifest shows how to make one.\n\
    A browser opens Slack's page and comes back to this machine. If it cannot (over\n\
    ssh, for example), paste the address that it ended up at and press Enter.\n\
    The tokens are kept in HEADSHOT_STATE, XDG_STATE_HOME/headshot or\n\
    ~/.local/state/headshot, where only you can read them, and renewed as needed.\n\
    set, profile and delete use them if you give neither SLACK_TOKEN nor\n\
    --token-file."
)]
pub(crate) struct LoginArgs {
    /// Which app [default: HEADSHOT_CLIENT_ID, or the last]
    #[arg(long, value_name = "ID", value_parser = client_id)]
    pub(crate) client_id: Option<String>,
    /// Port for the browser to come back to; 0 takes a free one
    #[arg(long, value_name = "N", default_value_t = PORT)]
    pub(crate) port: u16,
    /// Print the address; do not open a browser
    #[arg(long)]
    pub(crate) no_open: bool,
    /// How long to wait for an answer
    #[arg(long, value_name = "TIME", value_parser = time, default_value = "5m")]
    pub(crate) wait: Duration,
    /// Address of the API
    #[arg(long, value_name = "URL", default_value = DEFAULT_BASE_URL)]
    pub(crate) base_url: String,
    /// Use this proxy for https, not the one in HTTPS_PROXY
    #[arg(long, value_name = "URL")]
    pub(crate) proxy: Option<String>,
}

/// Revoke the tokens of a login and forget it
#[derive(Debug, Args)]
#[command(after_help = "Examples: headshot logout\n          \
        headshot logout --login U012AB3CD")]
pub(crate) struct LogoutArgs {
    /// Whose login, if there are several
    #[arg(long, value_name = "ID", value_parser = login_id)]
    pub(crate) login: Option<String>,
    /// Only forget it here; revoke nothing
    #[arg(long)]
    pub(crate) forget: bool,
    /// Address of the API
    #[arg(long, value_name = "URL", default_value = DEFAULT_BASE_URL)]
    pub(crate) base_url: String,
    /// Use this proxy for https, not the one in HTTPS_PROXY
    #[arg(long, value_name = "URL")]
    pub(crate) proxy: Option<String>,
}

/// Print what to paste into Slack's page for new apps
#[derive(Debug, Args)]
#[command(after_help = "Example: headshot app-manifest > manifest.json\n\
    Paste it at https://api.slack.com/apps?new_app=1, under From a manifest, JSON.\n\
    The app asks for the two scopes that photos need. It uses PKCE, so it has no\n\
    secret, and its tokens expire after 12 hours and are renewed.")]
pub(crate) struct AppManifestArgs {
    /// Make tokens last until they are revoked
    #[arg(long)]
    pub(crate) no_rotation: bool,
    /// Port for the browser to come back to, as for login
    #[arg(long, value_name = "N", default_value_t = PORT, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) port: u16,
}

/// The ID of an app. Anything else may be a secret that somebody pasted here, so it is not repeated.
pub(super) fn client_id(text: &str) -> Result<String, String> {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    match text.split_once('.') {
        Some((team, app)) if is_number(team) && is_number(app) => Ok(text.to_owned()),
        _ => Err("a client ID is two numbers, as in 2141029472.691202649728".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ids_are_taken_for_ids() {
        assert!(client_id("11.22").is_ok());
        for wrong in ["", "11", "11.", ".22", "11.22.33", "a.b", "xoxp-1.2"] {
            assert!(client_id(wrong).is_err(), "{wrong}");
        }
        assert!(login_id("U012AB3CD").is_ok() && login_id("T012AB3C4/U012AB3CD").is_ok());
        for wrong in [
            "",
            "maya",
            "/U012AB3CD",
            "U012AB3CD/T012AB3C4",
            "T012AB3C4/",
        ] {
            assert!(login_id(wrong).is_err(), "{wrong}");
        }
    }
}
