//! `oauth.v2.access` and `oauth.v2.user.access`: a code, or a refresh token, for an access token.

use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::call::{Answer, members};
use crate::form::{Form, Kind, check_names};
use crate::http::Head;
use crate::oauth::is_client_id;
use crate::oauth::issued::{Consent, Pair};
use crate::refusal::Refusal;
use crate::state::Shared;

const ARGUMENTS: &[&str] = &[
    "client_id",
    "client_secret",
    "code",
    "code_verifier",
    "grant_type",
    "redirect_uri",
    "refresh_token",
];

/// Slack allows so many a minute.
const A_MINUTE: u32 = 600;

/// Whether this is one of the methods that answer without a token.
pub(crate) fn is_method(name: &str) -> bool {
    ["oauth.v2.access", "oauth.v2.user.access"].contains(&name)
}

/// The answer to one of them.
pub(crate) fn answer(
    shared: &Shared,
    name: &str,
    head: &Head,
    form: Form,
    refusal: Option<Refusal>,
) -> Answer {
    // Slack takes them elsewhere, too; but addresses end up in the logs of proxies.
    if head.verb != "POST" || !head.query.is_empty() {
        let why = "codes and refresh tokens belong in the body of a POST, not in the address";
        return Err(Refusal::new("invalid_post_type", why));
    }
    if !head.authorization.is_empty() {
        let why = "an app with PKCE has no secret, and no token is needed: leave the Authorization header out";
        return Err(Refusal::new("bad_client_secret", why));
    }
    if let Some(refusal) = refusal {
        return Err(refusal);
    }
    if form.kind != Kind::Urlencoded {
        let why = format!("{name} takes application/x-www-form-urlencoded");
        return Err(Refusal::new("invalid_post_type", why));
    }
    check_names(&form.fields, ARGUMENTS)?;
    let text = |name: &str| {
        let field = form.fields.iter().find(|field| field.name == name);
        field.map(|field| field.text().into_owned())
    };
    if text("client_secret").is_some() {
        let why = "an app with PKCE has no secret";
        return Err(Refusal::new("bad_client_secret", why));
    }
    let client_id = text("client_id").unwrap_or_default();
    if !is_client_id(&client_id) {
        let why = "client_id is wrong: it looks like 2141029472.691202649728";
        return Err(Refusal::new("invalid_client_id", why));
    }
    let mut state = shared.state();
    if shared.settings.rate.is_some() {
        let rates = &mut state.world("").rates;
        let taken = rates.take(&format!("oauth {client_id}"), A_MINUTE, Instant::now());
        taken.map_err(|wait| Refusal {
            retry_after: Some(wait.as_secs() + 1),
            ..Refusal::new(
                "ratelimited",
                format!("{name}: at most {A_MINUTE} a minute"),
            )
        })?;
    }
    let life = shared.settings.token_life;
    let (consent, pair, is_new) = match text("grant_type").as_deref() {
        None | Some("authorization_code") => {
            let spent = "the code was never issued, is used up, or older than ten minutes";
            let code = text("code").unwrap_or_default();
            let code = state.oauth.take_code(&code);
            let code = code.ok_or_else(|| Refusal::new("invalid_code", spent))?;
            if code.consent.client_id != client_id {
                let why = "the code was issued to another client_id";
                return Err(Refusal::new("invalid_code", why));
            }
            if text("redirect_uri").as_ref() != Some(&code.redirect_uri) {
                let why = "redirect_uri is not exactly that of the consent page";
                return Err(Refusal::new("bad_redirect_uri", why));
            }
            if !proves(&text("code_verifier").unwrap_or_default(), &code.challenge) {
                // Slack documents no code of its own for it.
                let why = "code_verifier is not the one that code_challenge was made from (S256)";
                return Err(Refusal::new("invalid_code", why));
            }
            let pair = state.oauth.issue(code.consent.clone(), life);
            (code.consent, pair, true)
        }
        Some("refresh_token") => {
            let refresh = text("refresh_token").unwrap_or_default();
            let renewed = state.oauth.renew(&refresh, &client_id, life);
            let why = "the refresh token was never issued to this client_id, or is used up";
            let (consent, pair) =
                renewed.ok_or_else(|| Refusal::new("invalid_refresh_token", why))?;
            (consent, pair, false)
        }
        Some(_) => {
            let why = "grant_type is neither authorization_code nor refresh_token";
            return Err(Refusal::new("invalid_grant_type", why));
        }
    };
    let team = state.world(&consent.world).team.clone();
    drop(state);
    let user = tokens(&consent, pair, life.map(|life| life.as_secs()));
    let mut answer = members([
        ("app_id", "A0HEADSHOT".into()),
        ("team", json!({ "id": team, "name": "Headshot" })),
        ("enterprise", Value::Null),
        ("is_enterprise_install", false.into()),
    ]);
    // A user's tokens stand within authed_user where a bot's would have come beside them, and at the top elsewhere.
    if name == "oauth.v2.access" && is_new {
        answer.insert("authed_user".to_owned(), Value::Object(user));
    } else {
        answer.extend(user);
    }
    Ok(answer)
}

fn tokens(consent: &Consent, pair: Pair, expires_in: Option<u64>) -> Map<String, Value> {
    let mut user = members([
        ("id", consent.user.clone().into()),
        ("user_id", consent.user.clone().into()),
        ("scope", consent.scopes.join(",").into()),
        ("token_type", "user".into()),
        ("access_token", pair.access.into()),
    ]);
    if let Some(refresh) = pair.refresh {
        user.insert("refresh_token".to_owned(), refresh.into());
    }
    if let Some(seconds) = expires_in {
        user.insert("expires_in".to_owned(), seconds.into());
    }
    user
}

/// Whether a verifier is the one of a challenge (RFC 7636, sections 4.1 and 4.6).
fn proves(verifier: &str, challenge: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&verifier.len())
        && verifier.bytes().all(is_allowed)
        && URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == challenge
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard_is_proven_and_nothing_else_is() {
        // RFC 7636, appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert!(proves(verifier, challenge));
        assert!(!proves(challenge, challenge));
        assert!(!proves(&verifier[1..], challenge));
        assert!(!proves("", challenge));
    }
}
