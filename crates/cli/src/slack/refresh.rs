//! Gets new tokens for a kept login whose access token has expired or soon will.
//!
//! A refresh token works once. So one run at a time refreshes, notes that first, and makes the new pair durable before it is used.
//! A run that is killed between Slack's answer and the note loses the pair; the next run says so.

use std::time::Duration;

use headshot_upload::oauth::Client;
use headshot_upload::{Class, RateLimiter, RetryPolicy, Settings};

use crate::slack::error::failure;
use crate::slack::kept::{Login, now};
use crate::slack::network::Network;
use crate::slack::runtime::runtime;
use crate::terminal::console;
use crate::terminal::failure::Failure;

/// The time that a token must have left for one person's photo.
pub(crate) const AHEAD: Duration = Duration::from_secs(10 * 60);

/// The same at the beginning of a run for many people, which takes hours.
pub(crate) const AHEAD_OF_MANY: Duration = Duration::from_secs(8 * 60 * 60);

/// The longest that Slack may make it wait.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// The login, with new tokens if these have no more than `ahead` left.
///
/// # Errors
/// If the token has expired and a new one cannot be had. While it is still valid, a failure is only a warning.
pub(crate) fn fresh(login: Login, ahead: Duration, network: &Network) -> Result<Login, Failure> {
    let is_due = |login: &Login| login.left().is_some_and(|left| left <= ahead);
    renew(login, is_due, false, network)
}

/// The login with new tokens, after Slack said that these have expired.
///
/// # Errors
/// If there are none.
pub(crate) fn renewed(login: Login, network: &Network) -> Result<Login, Failure> {
    let old = login.access_token.clone();
    renew(login, |login| login.access_token == old, true, network)
}

fn renew(
    known: Login,
    is_due: impl Fn(&Login) -> bool,
    has_ended: bool,
    network: &Network,
) -> Result<Login, Failure> {
    if !is_due(&known) {
        return Ok(known);
    }
    let held = known.hold()?;
    let Some(mut login) = held.read()? else {
        let message = format!("{} has been logged out meanwhile", known.who());
        return Err(over(message));
    };
    // Another run was quicker.
    if !is_due(&login) {
        return Ok(login);
    }
    let is_good = !has_ended && login.left().is_none_or(|left| !left.is_zero());
    let Some(refresh_token) = login.refresh_token.clone() else {
        if is_good {
            return Ok(login);
        }
        let message = format!("the token of {} has expired", login.who());
        return Err(over(message));
    };
    let was_cut_off = login.refreshing;
    // Before anything is sent: this also finds out that the disk is full while nothing is lost.
    login.refreshing = true;
    held.save(&login)?;
    let asked = now();
    let client = client(&login, network)?;
    match runtime()?.block_on(client.refresh(&refresh_token.0)) {
        Ok(reply) => {
            login.take(reply.value, asked);
            held.save(&login).map_err(|failure| {
                let message = format!("the new tokens cannot be saved: {}", failure.message);
                // Not "sign in": they are good, and nobody has them.
                Failure::new("state", message).with_hint("headshot login signs in again")
            })?;
            Ok(login)
        }
        Err(error) => {
            let class = error.class();
            let mut failure = failure(error);
            if class == Class::SignIn {
                let why = if was_cut_off {
                    "a run was stopped while it was getting new tokens, and the old ones are used up"
                } else {
                    "Slack does not accept its refresh token"
                };
                failure = Failure {
                    message: format!(
                        "the login of {} is no longer valid: {why} ({})",
                        login.who(),
                        failure.message
                    ),
                    code: failure.code,
                    ..over(String::new())
                };
            } else {
                failure.message = format!("no new tokens for {}: {}", login.who(), failure.message);
                failure.hint =
                    Some("try again in a while; headshot login signs in again".to_owned());
            }
            // If that is unknown, the next run finds out.
            if class != Class::OutcomeUnknown && class != Class::SignIn {
                login.refreshing = was_cut_off;
                held.save(&login)?;
            }
            if !is_good {
                return Err(failure);
            }
            let left = login.left().unwrap_or_default().as_secs().div_ceil(60);
            let message = format!(
                "{}; the token in use is valid for {left} min",
                failure.message
            );
            console::warning(None, &message);
            Ok(login)
        }
    }
}

/// A login that cannot be used any more.
fn over(message: String) -> Failure {
    let failure = Failure::new(Class::SignIn.as_str(), message);
    failure.with_hint("headshot login signs in again")
}

fn client(login: &Login, network: &Network) -> Result<Client, Failure> {
    Client::with(&login.client_id, &settings(network, login.base_url())).map_err(failure)
}

/// The settings for calls about tokens.
pub(crate) fn settings(network: &Network, base_url: &str) -> Settings {
    Settings {
        retry: RetryPolicy {
            longest_wait: LONGEST_WAIT,
            ..RetryPolicy::default()
        },
        rate_limiter: RateLimiter::unlimited(),
        ..network.settings(base_url)
    }
}
