//! Signing in with Slack: OAuth 2 with PKCE (RFC 7636), for apps on people's own machines, which have no secret.
//!
//! It follows Slack's reference; there are no reports yet from the live service.
//!
//! ```no_run
//! # async fn example(opened: impl Fn(&str) -> String) -> Result<(), Box<dyn std::error::Error>> {
//! use headshot_upload::{Token, oauth};
//!
//! let app = oauth::Client::new("2141029472.691202649728")?;
//! let login = app.login("http://localhost:18457/callback", &["users.profile:write"])?;
//! // A browser goes there, the user chooses Allow, and it comes back to the redirect address.
//! let came_back_to = opened(login.address());
//! let grant = app.exchange(&login, &login.code(&came_back_to)?).await?.value;
//! let token = Token::new(grant.access_token.expose().to_owned())?;
//! # drop(token);
//! # Ok(())
//! # }
//! ```
//!
//! With token rotation an access token expires after 12 hours, and a refresh token gets the next pair **once**. So save the new pair
//! where it survives a crash before you use it, and let one process at a time refresh.

mod grant;
mod login;
mod secret;

use std::fmt;
use std::time::Duration;

use hyper::Method as Verb;
use hyper::header::HeaderValue;
use reqwest::Url;
use tokio::time::sleep;
use zeroize::Zeroizing;

use crate::clean::without_secret;
use crate::form::Form;
use crate::method::{Effect, Method, PERSON, Tier};
use crate::payload::Payload;
use crate::reply::{self, Raw};
use crate::retry::Tries;
use crate::wire::Outgoing;
use crate::{Class, Error, Reply, Settings, Token};

pub use grant::Grant;
pub use login::{Login, NoCode};
pub use secret::Secret;

const ACCESS: Method = method("oauth.v2.access");
const REVOKE: Method = method("auth.revoke");

const fn method(name: &'static str) -> Method {
    Method {
        name,
        effect: Effect::Changes,
        // 600 a minute.
        tier: Tier::Special,
        longest_reply: PERSON,
    }
}

/// An app, by its client ID. Cloning is cheap. No token and no client secret is needed.
#[derive(Clone)]
pub struct Client {
    web: crate::Client,
    client_id: String,
}

impl Client {
    /// The app on Slack itself, with the default [`Settings`].
    ///
    /// # Errors
    /// As for [`Client::with`].
    pub fn new(client_id: &str) -> Result<Client, Error> {
        Client::with(client_id, &Settings::default())
    }

    /// The app, with settings of the caller.
    ///
    /// # Errors
    /// [`Error::Argument`] for a wrong client ID, [`Error::BaseUrl`] for an address that no secret must be sent to,
    /// [`Error::Tls`] if this machine cannot do https. Nothing is sent.
    pub fn with(client_id: &str, settings: &Settings) -> Result<Client, Error> {
        let is_id = client_id.contains('.')
            && client_id
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.');
        if !is_id {
            return Err(Error::Argument {
                argument: "client_id".to_owned(),
                problem: "is not a client ID, which looks like 2141029472.691202649728".to_owned(),
            });
        }
        Ok(Client {
            web: crate::Client::with(Token::nobody(), settings)?,
            client_id: client_id.to_owned(),
        })
    }

    /// Begins to sign somebody in: the browser is to be opened at [`Login::address`], and comes back to `redirect_uri`, which must be
    /// exactly one of the app's redirect addresses. `user_scopes` are what the token will be able to do.
    ///
    /// # Errors
    /// [`Error::BaseUrl`] if the base URL does not end in `/api/`, beside which Slack has its consent page. Nothing is sent.
    pub fn login(&self, redirect_uri: &str, user_scopes: &[&str]) -> Result<Login, Error> {
        let Some(server) = self.web.base_url.as_str().strip_suffix("api/") else {
            return Err(Error::BaseUrl {
                problem: "does not end in /api/, beside which the consent page would be",
            });
        };
        let page = format!("{server}oauth/v2/authorize");
        Login::new(&page, &self.client_id, redirect_uri, user_scopes)
    }

    /// Exchanges a code for tokens. This uses up the code, whatever the result.
    ///
    /// # Errors
    /// Any [`Error`]; the code `invalid_code` if it was used before, is too old, or is another login's.
    pub async fn exchange(&self, login: &Login, code: &Secret) -> Result<Reply<Grant>, Error> {
        let fields = [
            ("grant_type", "authorization_code"),
            ("client_id", &self.client_id),
            ("redirect_uri", &login.redirect_uri),
            ("code", code.expose()),
            ("code_verifier", login.verifier.expose()),
        ];
        self.tokens(&fields, &[code, &login.verifier]).await
    }

    /// Exchanges a refresh token for the next pair, which uses it up. If the answer gets lost, it is not sent again: it may
    /// be used up, and the pair lost with it.
    ///
    /// # Errors
    /// Any [`Error`]; the code `invalid_refresh_token` if it was used before or has expired.
    pub async fn refresh(&self, refresh_token: &Secret) -> Result<Reply<Grant>, Error> {
        let fields = [
            ("grant_type", "refresh_token"),
            ("client_id", &self.client_id),
            ("refresh_token", refresh_token.expose()),
        ];
        self.tokens(&fields, &[refresh_token]).await
    }

    async fn tokens(
        &self,
        fields: &[(&str, &str)],
        secrets: &[&Secret],
    ) -> Result<Reply<Grant>, Error> {
        let url = format!("{}{}", self.web.base_url, ACCESS.name);
        let url = Url::parse(&url).map_err(|error| Error::Internal {
            method: ACCESS.name,
            source: error.into(),
        })?;
        let mut tries = Tries::default();
        loop {
            tries.sent = tries.sent.saturating_add(1);
            let outgoing = Outgoing {
                verb: Verb::POST,
                url: url.clone(),
                form: form(fields),
                extra: Duration::ZERO,
            };
            let read = |method: &Method, raw: &_| read(method, raw, secrets);
            let exchange = self.web.exchange_by(&ACCESS, outgoing, read);
            let error = match self.web.in_turn(&ACCESS, exchange).await {
                Ok(reply) => {
                    return Ok(Reply {
                        attempts: tries.sent,
                        ..reply
                    });
                }
                Err(error) if error.class() == Class::OutcomeUnknown => return Err(error),
                Err(error) => error,
            };
            match self.web.retry.wait(&error, &mut tries, fastrand::f64()) {
                Some(wait) => sleep(wait).await,
                None => return Err(error),
            }
        }
    }
}

impl crate::Client {
    /// `auth.revoke`: revokes the token and the refresh token that came with it. True if they are revoked from now on.
    ///
    /// # Errors
    /// Any [`Error`]; of the class [`Class::SignIn`] if the token was no longer valid before.
    pub async fn revoke(&self) -> Result<Reply<bool>, Error> {
        let reply = self.call(&REVOKE, &Payload::Fields(&[])).await?;
        reply.field(&REVOKE, "revoked")
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("oauth::Client")
            .field("base_url", &self.web.base_url.as_str())
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// URL-encoded fields, in memory that is wiped.
fn form(fields: &[(&str, &str)]) -> Form {
    // Room for all of it at once, three bytes for each: growing would leave copies behind.
    let most = fields
        .iter()
        .map(|(name, value)| 3 * (name.len() + value.len()) + 2);
    let mut body = Zeroizing::new(String::with_capacity(most.sum()));
    form_urlencoded::Serializer::new(&mut *body)
        .extend_pairs(fields)
        .finish();
    Form {
        content_type: HeaderValue::from_static("application/x-www-form-urlencoded"),
        parts: vec![bytes::Bytes::from_owner(Body(body))],
    }
}

struct Body(Zeroizing<String>);

impl AsRef<[u8]> for Body {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// Reads a reply. Its errors hold no secret, neither sent nor received.
fn read(method: &Method, raw: &Raw, secrets: &[&Secret]) -> Result<Reply<Grant>, Error> {
    let secrets = || secrets.iter().map(|secret| secret.expose().as_bytes());
    let raw = Raw {
        retry_after: raw.retry_after,
        request_id: raw.request_id.clone(),
        scopes: None,
        coding: raw.coding.clone(),
        body: secrets().fold(raw.body.clone(), without_secret),
        ..*raw
    };
    let reply = reply::read(method, &raw).map_err(|error| match error {
        // The start of what may have been tokens.
        Error::Unreadable {
            method,
            problem,
            is_html,
            request_id,
            ..
        } => Error::Unreadable {
            method,
            problem,
            is_html,
            text: String::new(),
            request_id,
        },
        error => error,
    })?;
    let warnings = reply.warnings.clone();
    let (request_id, is_proven, attempts) =
        (reply.request_id.clone(), reply.is_proven, reply.attempts);
    match Grant::of(reply.value) {
        Some(value) => Ok(Reply {
            value,
            warnings,
            is_proven,
            attempts,
            request_id,
            scopes: None,
        }),
        None => Err(reply::unreadable(
            method,
            "it is ok, but has no user's token".to_owned(),
        )),
    }
}
