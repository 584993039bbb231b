//! The tokens that a new login of the same person replaces: nobody has them any more, so they are revoked.

use headshot_upload::oauth;
use headshot_upload::{Class, Client, Error, Settings, Token};
use tokio::runtime::Runtime;

use crate::slack::error::failure;
use crate::slack::kept::Login;
use crate::terminal::console;
use crate::terminal::failure::Failure;

/// Revokes the tokens of the login that was there before. That it cannot be done is a warning.
///
/// # Errors
/// If Slack revoked the new tokens as well.
pub(super) fn end(
    before: Result<Option<Login>, Failure>,
    new: &Login,
    settings: &Settings,
    runtime: &Runtime,
) -> Result<(), Failure> {
    let ended = match before {
        Ok(None) => return Ok(()),
        // Without expiry Slack may give the same token again.
        Ok(Some(old)) if old.access_token == new.access_token => return Ok(()),
        Ok(Some(old)) => runtime.block_on(revoke(&old, settings)),
        Err(failure) => Err(failure),
    };
    match ended {
        Ok(false) => return Ok(()),
        Ok(true) => console::remark("the tokens of the earlier login were revoked"),
        Err(failure) => {
            let message = format!(
                "the tokens of the earlier login were not revoked, and stay valid until they expire: {}",
                failure.message
            );
            console::warning(None, &message);
            return Ok(());
        }
    }
    // Slack does not say whether revoking one token ends what the person has allowed.
    let client = Client::with(new.token()?, settings).map_err(failure)?;
    match runtime.block_on(client.auth_test()) {
        Err(error) if error.class() == Class::SignIn => {
            new.hold()?.remove()?;
            let message = format!(
                "Slack revoked the new tokens along with those of the earlier login: {}",
                failure(error).message
            );
            let failure = Failure::new(Class::SignIn.as_str(), message);
            Err(failure.with_hint("run headshot login once more"))
        }
        // They were good a moment ago.
        _ => Ok(()),
    }
}

/// Revokes both tokens of a login that is no longer kept; false if neither was valid.
async fn revoke(old: &Login, settings: &Settings) -> Result<bool, Failure> {
    let ended = |error: Error| match error.class() {
        Class::SignIn => Ok(false),
        _ => Err(failure(error)),
    };
    let client = Client::with(old.token()?, settings).map_err(failure)?;
    let error = match client.revoke().await {
        Ok(_) => return Ok(true),
        Err(error) => error,
    };
    // An access token that has ended revokes nothing, and its refresh token would stay valid.
    let Some(refresh_token) = old.refresh_token.as_ref() else {
        return ended(error);
    };
    if error.class() != Class::SignIn {
        return Err(failure(error));
    }
    let app = oauth::Client::with(&old.client_id, settings).map_err(failure)?;
    let grant = match app.refresh(&refresh_token.0).await {
        Ok(reply) => reply.value,
        Err(error) => return ended(error),
    };
    let token = Token::new(grant.access_token.expose().to_owned()).map_err(failure)?;
    client.with_token(token).revoke().await.map_err(failure)?;
    Ok(true)
}
