//! `logout`: the tokens of a login are revoked, and forgotten.

use std::time::Duration;

use headshot_upload::{Class, Client};

use crate::login::args::LogoutArgs;
use crate::slack::error::failure;
use crate::slack::kept::{self, Login};
use crate::slack::network::Network;
use crate::slack::refresh::{fresh, settings};
use crate::slack::runtime::runtime;
use crate::terminal::console::{self, Console};
use crate::terminal::exit::Exit;
use crate::terminal::failure::Failure;

pub(crate) fn run(args: &LogoutArgs, console: &mut Console) -> Result<Exit, Failure> {
    let Some(login) = kept::choose(&args.base_url, args.login.as_deref())? else {
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
            Ok(()) => is_revoked = true,
            // They are no longer valid, as intended.
            Err(failure) if failure.kind == Class::SignIn.as_str() => {
                let message = format!("nothing was revoked: {}", failure.message);
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

fn revoke(login: Login, network: &Network) -> Result<(), Failure> {
    // An expired access token revokes nothing, and its refresh token would stay valid.
    let login = fresh(login, Duration::ZERO, network)?;
    let client =
        Client::with(login.token()?, &settings(network, login.base_url())).map_err(failure)?;
    runtime()?.block_on(client.revoke()).map_err(failure)?;
    Ok(())
}
