//! Which token a command uses: one that is named, else a kept login's.

use std::env;

use headshot_upload::{Class, Token};

use crate::args::SlackArgs;
use crate::slack::choose::choose;
use crate::slack::kept::{self, Login};
use crate::slack::network::Network;
use crate::slack::person::Owner;
use crate::slack::refresh::{AHEAD, fresh, renewed};
use crate::slack::token;
use crate::terminal::console;
use crate::terminal::failure::Failure;

/// The token from `--token-file`, else from `SLACK_TOKEN` unless `--login` is given, else from a kept login, with that login.
pub(super) fn token(
    args: &SlackArgs,
    network: &Network,
) -> Result<(Token, Option<Login>), Failure> {
    let file = args.token_file.as_deref();
    let is_set = env::var_os("SLACK_TOKEN").is_some_and(|token| !token.is_empty());
    if file.is_some() || (is_set && args.login.is_none()) {
        let token = token::named(file)?;
        // A user who has logged in may wonder whose photo this is about.
        let others = kept::all(&args.base_url).unwrap_or_default().logins;
        if let ([other], None) = (&others[..], file) {
            let who = other.who();
            console::remark(&format!("using SLACK_TOKEN, not the login of {who}"));
        }
        return Ok((token, None));
    }
    match choose(&args.base_url, args.login.as_deref())? {
        // There is no token; administrators get a different hint.
        None => {
            let hint = "headshot login signs in; or set SLACK_TOKEN, or name a file with --token-file; --emulator needs none";
            let token = token::named(None).map_err(|failure| failure.with_hint(hint))?;
            Ok((token, None))
        }
        Some(login) => {
            let login = fresh(login, AHEAD, network)?;
            console::remark(&format!("logged in as {}", login.who()));
            Ok((login.token()?, Some(login)))
        }
    }
}

/// Asks who owns a login's token, by `ask`, and once more with new tokens if Slack says that these have expired.
///
/// # Errors
/// If that cannot be found out, or if it is somebody else.
pub(super) fn owner(
    login: Login,
    network: &Network,
    mut ask: impl FnMut(Token) -> Result<Owner, Failure>,
) -> Result<(Owner, Login), Failure> {
    let (login, owner) = match ask(login.token()?) {
        Err(failure) if is_expired(&failure) => {
            let login = renewed(login, network)?;
            let owner = ask(login.token()?);
            (login, owner)
        }
        owner => (login, owner),
    };
    let owner = owner.map_err(|failure| {
        if failure.kind == Class::SignIn.as_str() {
            let hint = "headshot login signs in again; headshot logout forgets this login";
            failure.with_hint(hint)
        } else {
            failure
        }
    })?;
    if owner.person != login.person {
        let (kept, found) = (login.who(), &owner.person);
        let message =
            format!("the login is kept as that of {kept}, but its token belongs to {found}");
        let failure = Failure::new("wrong_person", message);
        return Err(failure.with_hint("headshot logout forgets it; headshot login signs in again"));
    }
    Ok((owner, login))
}

/// Whether Slack says that a token has expired.
pub(crate) fn is_expired(failure: &Failure) -> bool {
    failure.code.as_deref() == Some("token_expired")
}
