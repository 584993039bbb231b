//! One attempt to sign in: the question that the browser takes to Slack, and the answer that it brings back.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::Error;
use crate::clean::clean;
use crate::oauth::{ACCESS, Secret};

/// A question to the user in a browser, and its secrets: the verifier of PKCE (RFC 7636) and the state.
///
/// It takes one answer. `Debug` shows nothing of it.
pub struct Login {
    address: String,
    pub(super) redirect_uri: String,
    state: Secret,
    pub(super) verifier: Secret,
}

/// Why an answer brings no code. The person acts, by signing in once more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoCode {
    /// The user pressed Cancel, or Slack does not let this app ask; the code says which, cleaned of control characters.
    #[error("the consent page says no: {0}")]
    Denied(String),
    /// The answer belongs to another question, or is forged. Its code, if any, must not be used.
    #[error("the answer's state is not the question's, so it belongs to another login")]
    WrongState,
    /// It is not an answer at all.
    #[error("there is no code and no state in it")]
    NoAnswer,
}

impl Login {
    /// `authorize` is the address of the consent page.
    pub(super) fn new(
        authorize: &str,
        client_id: &str,
        redirect_uri: &str,
        user_scopes: &[&str],
    ) -> Result<Login, Error> {
        let (state, verifier) = (random()?, random()?);
        let challenge = challenge(verifier.expose());
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", client_id)
            .append_pair("scope", "")
            .append_pair("user_scope", &user_scopes.join(","))
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("state", state.expose())
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256")
            .finish();
        Ok(Login {
            address: format!("{authorize}?{query}"),
            redirect_uri: redirect_uri.to_owned(),
            state,
            verifier,
        })
    }

    /// The address to open in a browser. No secret is in it: of the verifier only its hash, and the state is for this answer alone.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The code in an address that the browser was sent to, which may be whole, or begin at its path or its query.
    ///
    /// # Errors
    /// [`NoCode`] if the user said no, if it is not an answer, or if it is the answer to another question.
    pub fn code(&self, address: &str) -> Result<Secret, NoCode> {
        let query = address.split_once('?').map_or(address, |(_, query)| query);
        let query = query.split('#').next().unwrap_or_default();
        let (mut code, mut state, mut error) = (None, None, None);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let place = match &*name {
                "code" => &mut code,
                "state" => &mut state,
                "error" => &mut error,
                _ => continue,
            };
            // Slack never sends two of them.
            if place.replace(Secret::new(value.into_owned())).is_some() {
                return Err(NoCode::NoAnswer);
            }
        }
        let state = match (&code, &error, state) {
            (None, None, _) | (_, _, None) => return Err(NoCode::NoAnswer),
            (_, _, Some(state)) => state,
        };
        if state != self.state {
            return Err(NoCode::WrongState);
        }
        match (code, error) {
            (_, Some(error)) => Err(NoCode::Denied(clean(error.expose()))),
            (Some(code), None) if !code.expose().is_empty() => Ok(code),
            _ => Err(NoCode::NoAnswer),
        }
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("redirect_uri", &self.redirect_uri)
            .finish_non_exhaustive()
    }
}

/// The hash of a verifier (RFC 7636, section 4.2).
fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

/// 256 bits that nobody can guess, in 43 characters of base64url: enough for a verifier (RFC 7636, section 4.1).
fn random() -> Result<Secret, Error> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *bytes).map_err(|error| Error::Internal {
        method: ACCESS.name,
        source: error.to_string().into(),
    })?;
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(*bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login() -> Login {
        let page = "https://slack.com/oauth/v2/authorize";
        let scopes = ["users.profile:read", "users.profile:write"];
        Login::new(page, "11.22", "http://localhost:333/callback", &scopes).unwrap()
    }

    #[test]
    fn the_challenge_is_that_of_the_standard() {
        // RFC 7636, appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let expected = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert_eq!(challenge(verifier), expected);
    }

    #[test]
    fn the_address_says_what_is_asked_and_keeps_the_verifier() {
        let login = login();
        let start = "https://slack.com/oauth/v2/authorize?client_id=11.22&scope=&user_scope=users.profile%3Aread%2Cusers.profile%3Awrite\
            &redirect_uri=http%3A%2F%2Flocalhost%3A333%2Fcallback&state=";
        assert!(login.address().starts_with(start), "{}", login.address());
        assert!(login.address().ends_with("&code_challenge_method=S256"));
        assert!(!login.address().contains(login.verifier.expose()));
        assert_eq!(login.verifier.expose().len(), 43);
        let other = self::login();
        assert!(login.state != other.state && login.verifier != other.verifier);
        let debug = format!("{login:?} {:?}", login.verifier);
        assert!(!debug.contains(login.state.expose()) && !debug.contains(login.verifier.expose()));
    }

    #[test]
    fn only_the_answer_to_this_question_has_a_code() {
        let login = login();
        let state = login.state.expose().to_owned();
        let code = |address: &str| {
            let address = address.replace("STATE", &state);
            login.code(&address).map(|code| code.expose().to_owned())
        };
        let good = Ok("1.2.c+de".to_owned());
        for address in [
            "http://localhost:333/callback?code=1.2.c%2Bde&state=STATE",
            "/callback?state=STATE&code=1.2.c%2Bde",
            "code=1.2.c%2Bde&state=STATE#_=_",
        ] {
            assert_eq!(code(address), good, "{address}");
        }
        for wrong in ["x", "STATEx", ""] {
            let address = format!("/callback?code=1.2.c&state={wrong}");
            assert_eq!(code(&address), Err(NoCode::WrongState));
        }
        let denied = Err(NoCode::Denied("access_denied".to_owned()));
        assert_eq!(code("/callback?error=access_denied&state=STATE"), denied);
        assert_eq!(
            code("/callback?error=access_denied&state=x"),
            Err(NoCode::WrongState)
        );
        for none in [
            "",
            "/callback",
            "/callback?code=1.2.c",
            "/callback?state=STATE",
            "/callback?code=&state=STATE",
            "/callback?code=1&code=2&state=STATE",
            "/callback?code=1&state=x&state=STATE",
        ] {
            assert_eq!(code(none), Err(NoCode::NoAnswer), "{none}");
        }
    }
}
