//! The client: one method a call, one request at a time.

use std::fmt;
use std::sync::Arc;

use reqwest::header::HeaderValue;
use reqwest::{Url, redirect};
use serde_json::{Map, Value};
use tokio::sync::Semaphore;
use tokio::time::sleep;

use std::time::Duration;

use crate::events::Teller;
use crate::fresh::{Dialer, MOST_HEADERS};
use crate::method::Method;
use crate::payload::Payload;
use crate::rate_limit::TooLong;
use crate::retry::Tries;
use crate::settings::{agent, base_url};
use crate::{Error, RateLimiter, Reply, RetryPolicy, Settings, Timeouts, Token, tls};

/// Concurrent requests of all clients that were cloned from one: each connection holds some 20 kB. More requests wait, and
/// their timeouts start only when they are sent.
const MOST_AT_ONCE: usize = 128;

/// Connections that are kept for further reads.
const MOST_IDLE: usize = 8;

/// Slack's `users.*` methods on behalf of one person.
///
/// Cloning is cheap. Calls need a tokio runtime with I/O and time. The only proxy is [`Settings::proxy`], which sees only TLS,
/// and no redirect is followed: the token goes to the named host or nowhere.
///
/// Calls that only read share connections. Each change gets its own connection, which cannot have been closed a moment
/// ago. Dropping a call's future stops it and leaves nothing behind here. What was already sent may still take effect;
/// for a photo, [`Upload::settle`](crate::Upload::settle) finds out.
#[derive(Clone)]
pub struct Client {
    /// For what changes nothing.
    pub(crate) http: reqwest::Client,
    /// For what changes something.
    pub(crate) dialer: Dialer,
    pub(crate) base_url: Url,
    pub(crate) token: Token,
    pub(crate) timeouts: Timeouts,
    pub(crate) retry: RetryPolicy,
    /// The `User-Agent`.
    pub(crate) agent: HeaderValue,
    pub(crate) teller: Teller,
    rate_limiter: RateLimiter,
    permits: Arc<Semaphore>,
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
    /// https, [`Error::Argument`] for a [`Settings::agent`] that cannot be sent. Nothing is sent.
    pub fn with(token: Token, settings: &Settings) -> Result<Client, Error> {
        let base_url = base_url(&settings.base_url)?;
        let plain = base_url.scheme() == "http";
        let tls = tls::config(settings.tls.as_ref(), plain)?;
        let dialer = Dialer::new((!plain).then(|| tls.clone()), settings.proxy.clone());
        let mut http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .http1_max_headers(MOST_HEADERS)
            .pool_max_idle_per_host(MOST_IDLE)
            .https_only(!plain)
            .no_proxy()
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(settings.timeouts.connect);
        if let Some(proxy) = &settings.proxy {
            http = http.proxy(proxy.for_reads());
        }
        let http = http.build().map_err(|error| Error::Tls {
            problem: "the HTTP library cannot be set up",
            detail: error.without_url().to_string(),
        })?;
        Ok(Client {
            http,
            dialer,
            base_url,
            token,
            timeouts: settings.timeouts,
            retry: settings.retry,
            agent: agent(settings.agent.as_deref())?,
            teller: Teller::new(settings.events.clone()),
            rate_limiter: settings.rate_limiter.clone(),
            permits: Arc::new(Semaphore::new(MOST_AT_ONCE)),
        })
    }

    /// The same client for another person: connections, settings and rate limiter are shared.
    pub fn with_token(&self, token: Token) -> Client {
        Client {
            token,
            ..self.clone()
        }
    }

    /// The same client with this rate limiter, which other clients may share, such as those of another base URL, or of another app
    /// with its own limits.
    pub fn with_pace(&self, rate_limiter: RateLimiter) -> Client {
        Client {
            rate_limiter,
            ..self.clone()
        }
    }

    /// The same with as many requests at once as `most` says.
    #[cfg(feature = "scim")]
    pub(crate) fn with_most(
        token: Token,
        settings: &Settings,
        most: usize,
    ) -> Result<Client, Error> {
        Ok(Client {
            permits: Arc::new(Semaphore::new(most)),
            ..Client::with(token, settings)?
        })
    }

    /// Calls a method, with retries as the client's policy allows. Not for `users.setPhoto`, which must look at
    /// the profile before it is sent again.
    pub(crate) async fn call(
        &self,
        method: &Method,
        payload: &Payload<'_>,
    ) -> Result<Reply<Map<String, Value>>, Error> {
        self.call_with(&self.retry, method, payload).await
    }

    /// The same with another policy.
    pub(crate) async fn call_with(
        &self,
        retry: &RetryPolicy,
        method: &Method,
        payload: &Payload<'_>,
    ) -> Result<Reply<Map<String, Value>>, Error> {
        let attempt = || self.attempt(method, payload);
        self.repeat(method.name, retry, attempt).await
    }

    /// Sends, with retries as a policy allows.
    pub(crate) async fn repeat<T, S: Future<Output = Result<Reply<T>, Error>>>(
        &self,
        method: &'static str,
        retry: &RetryPolicy,
        send: impl Fn() -> S,
    ) -> Result<Reply<T>, Error> {
        let mut tries = Tries::default();
        loop {
            tries.sent = tries.sent.saturating_add(1);
            match send().await {
                Ok(reply) => {
                    return Ok(Reply {
                        attempts: tries.sent,
                        ..reply
                    });
                }
                Err(error) => match retry.wait(&error, &mut tries, fastrand::f64()) {
                    Some(wait) => self.rest(method, wait).await,
                    None => return Err(error),
                },
            }
        }
    }

    /// Waits before a method is called again.
    pub(crate) async fn rest(&self, method: &'static str, wait: Duration) {
        self.teller.waiting(method, wait);
        sleep(wait).await;
    }

    /// Calls a method once, when its turn has come.
    pub(crate) async fn attempt(
        &self,
        method: &Method,
        payload: &Payload<'_>,
    ) -> Result<Reply<Map<String, Value>>, Error> {
        self.in_turn(method, self.exchange(method, payload)).await
    }

    /// Sends one request when its turn has come.
    pub(crate) async fn in_turn<T>(
        &self,
        method: &Method,
        exchange: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let base_url = self.base_url.as_str();
        let longest = self.retry.longest_wait;
        let told = |wait| self.teller.waiting(method.name, wait);
        let allowed = self.rate_limiter.acquire(base_url, method, longest, told);
        allowed.await.map_err(|TooLong(wait)| Error::RateLimited {
            method: method.name,
            retry_after: wait,
            request_id: None,
        })?;
        // It is never closed, so there is a permit sooner or later.
        let permit = self.permits.acquire().await;
        let result = exchange.await;
        drop(permit);
        match result {
            Err(Error::RateLimited { retry_after, .. }) => {
                self.rate_limiter.pause(base_url, method, retry_after);
            }
            Ok(_) => self.rate_limiter.relax(base_url, method),
            Err(_) => {}
        }
        result
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.base_url.as_str())
            .finish_non_exhaustive()
    }
}
