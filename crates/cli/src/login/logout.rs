//! `logout`: the tokens of a login are revoked, and forgotten.

use std::time::Duration;

use headshot_upload::{Class, Client};

use crate::login::args::LogoutArgs;
use crate::slack::choose;
use crate::slack::error::failure;
use crate::slack::kept::Login;
use crate::slack::network::Network;
use crate::slack::refresh::{fresh, renewed, settings};
use crate::slack::runtime::runtime;
use crate::slack::signed_in::is_expired;
use crate::terminal::console::{self, Console};
use crate::terminal::escape;
use crate::terminal::exit::Exit;
use crate::terminal::failure::Failure;

pub(crate) fn run(args: &LogoutArgs, console: &mut Console) -> Result<Exit, Failure> {
    let (base_url, wanted) = (&args.base_url, args.login.as_deref());
    if args.forget
        && let Some(one) = choose::unreadable(base_url, wanted)?
    {
        let file = escape::name(&one.file).to_string();
        one.remove()?;
        let what = "could not be read and is removed; its tokens stay valid until they expire";
        console.labeled("logout", &format!("{file} {what}"));
        return Ok(Exit::Done);
    }
    let Some(login) = choose::choose(base_url, wanted)? else {
        let message = format!(
            "nobody is logged in at {}",
            args.base_url.trim_end_matches('/')
        );
        return Err(Failure::new("no_token", message));
    };
    let who = login.who();
    let mut is_revoked = false;
    if !args.forget {
        let network = Network::untraced(args.proxy.as_deref())?;
        network.announce(&[login.base_url()]);
        match revoke(login.clone(), &network) {
            Ok(None) => is_revoked = true,
            Ok(Some(ended)) => {
                let message = format!("nothing was revoked: {}", ended.message);
                console::warning(None, &message);
            }
            Err(failure) => {
                let message = format!("{who} is still logged in: {}", failure.message);
                let hint = "try again; --forget only removes the tokens here, and they stay valid until they expire";
                console::failed(None, &Failure { message, ..failure }.with_hint(hint));
                return Ok(Exit::Failed);
            }
        }
    }
    login.hold()?.remove()?;
    let what = if is_revoked {
        "revoked and forgotten"
    } else {
        "forgotten"
    };
    console.labeled("logout", &format!("{who}: the tokens are {what}"));
    Ok(Exit::Done)
}

/// Revokes the tokens of a login; `Some` if none of them was valid any more, with the reason.
///
/// # Errors
/// If a token may still be valid.
fn revoke(login: Login, network: &Network) -> Result<Option<Failure>, Failure> {
    let over = |failure: Failure| {
        // They are no longer valid, as intended.
        let is_over = failure.kind == Class::SignIn.as_str();
        if is_over {
            Ok(Some(failure))
        } else {
            Err(failure)
        }
    };
    // An expired access token revokes nothing, and its refresh token would stay valid.
    let login = match fresh(login, Duration::ZERO, network) {
        Ok(login) => login,
        Err(failure) => return over(failure),
    };
    let refused = match revoke_access(&login, network) {
        Ok(()) => return Ok(None),
        Err(failure) if failure.kind == Class::SignIn.as_str() => failure,
        Err(failure) => return Err(failure),
    };
    if login.refresh_token.is_none() {
        return Ok(Some(refused));
    }
    // Only the access token is known to have ended, and earlier than the login says.
    let login = match renewed(login, network) {
        Ok(login) => login,
        Err(failure) => return over(failure),
    };
    match revoke_access(&login, network) {
        Ok(()) => Ok(None),
        Err(failure) if is_expired(&failure) => Err(failure),
        Err(failure) => over(failure),
    }
}

fn revoke_access(login: &Login, network: &Network) -> Result<(), Failure> {
    let client =
        Client::with(login.token()?, &settings(network, login.base_url())).map_err(failure)?;
    runtime()?.block_on(client.revoke()).map_err(failure)?;
    Ok(())
}
