//! Photos of other people, set by an administrator through SCIM 2.0 (RFC 7643 and 7644).
//!
//! **Experimental**: it follows Slack's reference and what practitioners say; there are no reports yet from the live
//! service. Until there are, names and behavior here may change without a new major version.
//!
//! There is only one change: a PATCH that sets `photos`. There is no PUT, which would blank every other field, no
//! DELETE, and nothing that could deactivate anybody. Slack accepts a photo first and shows it later ("it takes a few moments"), so
//! `Ok` from [`Client::set_photo`] means accepted. When the photo shows, [`Client::user`](crate::Client::user) of the Web API
//! returns a new `avatar_hash`.
//!
//! ```no_run
//! # async fn example(photo: Vec<u8>) -> Result<(), Box<dyn std::error::Error>> {
//! use headshot_upload::{Photo, Token, scim};
//!
//! let admin = scim::Client::new(Token::new(std::env::var("ADMIN_TOKEN")?)?)?;
//! admin.set_photo("U012AB3CD", &Photo::new(photo.into())?).await?;
//! # Ok(())
//! # }
//! ```

mod reply;
mod user;

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hyper::Method as Verb;
use hyper::header::HeaderValue;
use reqwest::Url;

use crate::form::Form;
use crate::method::{Effect, Method, PERSON, SCIM_PATCH, SCIM_READ, Tier};
use crate::payload::time_to_send;
use crate::retry::Tries;
use crate::tls::TlsConfig;
use crate::wire::Outgoing;
use crate::{Class, Error, Events, Photo, Proxy, RateLimiter, Reply, RetryPolicy, Timeouts, Token};

pub use user::{User, UserPhoto};

/// The address of Slack's SCIM. GovSlack's is not documented.
pub const DEFAULT_BASE_URL: &str = "https://api.slack.com/scim/v2/";

/// Concurrent requests: other users of SCIM, such as an identity provider, share the organization's limits.
const MOST_AT_ONCE: usize = 4;

/// Slack allows 300 a minute.
const READ: Method = method(SCIM_READ, Effect::Reads, Tier::Three);
/// Slack allows 180 a minute, with a burst of 20, over all apps of the organization.
const PATCH: Method = method(SCIM_PATCH, Effect::Changes, Tier::Two);

/// The schema of a PATCH (RFC 7644, section 3.5.2).
const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

const fn method(name: &'static str, effect: Effect, tier: Tier) -> Method {
    Method {
        name,
        effect,
        tier,
        longest_reply: PERSON,
    }
}

/// How a [`Client`] behaves. Fields may be added: name what differs, and end with `..Settings::default()`.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address before `Users`, by default [`DEFAULT_BASE_URL`]; held to the same rules as
    /// [`Settings::base_url`](crate::Settings::base_url).
    pub base_url: String,
    /// How long to wait for what.
    pub timeouts: Timeouts,
    /// When a request is tried again. `settle` is not used here.
    pub retry: RetryPolicy,
    /// How fast photos follow each other, 90 a minute with a burst of 10 by default: half of what Slack allows all apps of an
    /// organization together. Reads go faster, in the proportion of 2 to 5.
    pub rate_limiter: RateLimiter,
    /// As [`Settings::proxy`](crate::Settings::proxy).
    pub proxy: Option<Proxy>,
    /// As [`Settings::tls`](crate::Settings::tls).
    pub tls: Option<TlsConfig>,
    /// As [`Settings::events`](crate::Settings::events).
    pub events: Events,
    /// As [`Settings::agent`](crate::Settings::agent).
    pub agent: Option<String>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            base_url: DEFAULT_BASE_URL.to_owned(),
            timeouts: Timeouts::default(),
            retry: RetryPolicy::default(),
            rate_limiter: RateLimiter::new(90, 10),
            proxy: None,
            tls: None,
            events: Events::default(),
            agent: None,
        }
    }
}

/// SCIM on behalf of an administrator. Cloning is cheap; clones share their limits.
///
/// The token is a user token with the scope `admin`, on the plan Business+ or Enterprise. In an organization, one of its owners must
/// have installed the app. The token's owner must outrank everybody who gets a photo.
///
/// The token and connections are treated as in [`crate::Client`].
#[derive(Clone)]
pub struct Client {
    web: crate::Client,
}

impl Client {
    /// A client of Slack itself, with the default [`Settings`].
    ///
    /// # Errors
    /// [`Error::Tls`] if this machine cannot do https. Nothing is sent.
    pub fn new(token: Token) -> Result<Client, Error> {
        Client::with(token, &Settings::default())
    }

    /// A client with settings of the caller.
    ///
    /// # Errors
    /// [`Error::BaseUrl`] for an address that the token must not be sent to, [`Error::Tls`] if this machine cannot do
    /// https. Nothing is sent.
    pub fn with(token: Token, settings: &Settings) -> Result<Client, Error> {
        let settings = crate::Settings {
            base_url: settings.base_url.clone(),
            timeouts: settings.timeouts,
            retry: settings.retry,
            rate_limiter: settings.rate_limiter.clone(),
            proxy: settings.proxy.clone(),
            tls: settings.tls.clone(),
            events: settings.events.clone(),
            agent: settings.agent.clone(),
        };
        let web = crate::Client::with_most(token, &settings, MOST_AT_ONCE)?;
        Ok(Client { web })
    }

    /// Reads a person by ID. This shows, without changing anything, whether the token may use SCIM.
    ///
    /// # Errors
    /// Any [`Error`]; [`Error::Argument`] if it is not an ID, the code `no_such_user` if nobody has it.
    pub async fn user(&self, id: &str) -> Result<Reply<User>, Error> {
        let url = self.address(id)?;
        let send = || {
            let outgoing = Outgoing {
                verb: Verb::GET,
                url: url.clone(),
                form: json(Vec::new()),
                extra: time_to_send(0),
            };
            self.exchange(&READ, id, outgoing)
        };
        let reply = self.web.repeat(READ.name, &self.web.retry, send).await?;
        reply::required(&READ, reply)
    }

    /// Submits a photo for a person by ID. `Ok` means that it was accepted: it shows a little later, and the [`User`] in the
    /// reply, which some servers leave out, still has the old photo.
    ///
    /// After "too many requests" it waits as [`RetryPolicy::longest_wait`] says; that is also the answer if the person
    /// is just being updated. A request with an unknown outcome is not sent again.
    ///
    /// # Errors
    /// Any [`Error`]; [`Error::Argument`] if it is not an ID, and for a photo with a crop, which SCIM does not support.
    /// [`Error::OutcomeUnknown`] if the answer got lost: look at the person's `avatar_hash` before you send it again.
    pub async fn set_photo(&self, id: &str, photo: &Photo) -> Result<Reply<Option<User>>, Error> {
        let url = self.address(id)?;
        if photo.crop_arguments().next().is_some() {
            return Err(Error::Argument {
                argument: "the photo".to_owned(),
                problem: "has a crop, but SCIM takes none: crop the photo first".to_owned(),
            });
        }
        let form = patch(photo);
        let mut tries = Tries::default();
        loop {
            tries.sent = tries.sent.saturating_add(1);
            let outgoing = Outgoing {
                verb: Verb::PATCH,
                url: url.clone(),
                form: form.clone(),
                extra: time_to_send(crate::fresh::length(&form.parts)),
            };
            let error = match self.exchange(&PATCH, id, outgoing).await {
                Ok(reply) => {
                    return Ok(Reply {
                        attempts: tries.sent,
                        ..reply
                    });
                }
                Err(error) => error,
            };
            if error.class() == Class::OutcomeUnknown {
                return Err(Error::OutcomeUnknown {
                    method: PATCH.name,
                    problem: "the person's profile has not been read since".to_owned(),
                    source: Some(Box::new(error)),
                });
            }
            match self.web.retry.wait(&error, &mut tries, fastrand::f64()) {
                Some(wait) => self.web.rest(PATCH.name, wait).await,
                None => return Err(error),
            }
        }
    }

    /// One request when its turn has come. All replies come in here.
    async fn exchange(
        &self,
        method: &Method,
        id: &str,
        outgoing: Outgoing,
    ) -> Result<Reply<Option<User>>, Error> {
        let read = |method: &Method, raw: &_| reply::read(method, id, raw);
        let exchange = self.web.exchange_by(method, outgoing, read);
        self.web.in_turn(method, exchange).await
    }

    /// The address of a person. Anything but an ID could lead elsewhere.
    fn address(&self, id: &str) -> Result<Url, Error> {
        let is_id = id.len() > 2
            && id.starts_with(['U', 'W'])
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_id {
            return Err(Error::Argument {
                argument: "user".to_owned(),
                problem: "is not an ID, which looks like U012AB3CD".to_owned(),
            });
        }
        let url = format!("{}Users/{id}", self.web.base_url);
        Url::parse(&url).map_err(|error| Error::Internal {
            method: PATCH.name,
            source: error.into(),
        })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("scim::Client")
            .field("base_url", &self.web.base_url.as_str())
            .finish_non_exhaustive()
    }
}

/// The one change: `photos`, with the bytes in a data URL, so that no web host is needed.
fn patch(photo: &Photo) -> Form {
    let head = format!(
        r#"{{"schemas":["{PATCH_OP}"],"Operations":[{{"op":"add","path":"photos","value":[{{"value":"data:{};base64,"#,
        photo.content_type()
    );
    let tail = r#"","primary":true}]}]}"#;
    json(vec![
        head.into(),
        STANDARD.encode(photo.bytes()).into(),
        tail.into(),
    ])
}

fn json(parts: Vec<Bytes>) -> Form {
    Form {
        content_type: HeaderValue::from_static("application/json; charset=utf-8"),
        parts,
    }
}
