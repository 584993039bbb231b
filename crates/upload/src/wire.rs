//! One request, one reply: everything that is sent is built here, and everything that arrives comes in here.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use hyper::body::Body;
use hyper::header::{
    ACCEPT, AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap,
    HeaderValue, USER_AGENT,
};
use hyper::{Method as Verb, Request, Response};
use reqwest::Url;
use serde_json::{Map, Value};
use tokio::time::timeout;

use crate::clean::{clean, without_secret};
use crate::events::UnderWay;
use crate::form::Form;
use crate::fresh::{Line, length};
use crate::method::{Effect, Method};
use crate::payload::Payload;
use crate::reply::{Raw, read};
use crate::retry_after::retry_after;
use crate::unconnected::{Party, Unconnected, host};
use crate::{Class, Client, Error, Reply};

/// One request, before it gets its headers.
pub(crate) struct Outgoing {
    pub(crate) verb: Verb,
    pub(crate) url: Url,
    pub(crate) form: Form,
    /// What a slow line may take to send it.
    pub(crate) extra: Duration,
}

/// How long to wait for the text of a reply whose status says it all.
const PATIENCE_WITH_EXPLANATIONS: Duration = Duration::from_secs(5);

type Source = Box<dyn std::error::Error + Send + Sync>;

impl Client {
    /// Sends one request and reads its reply. Every method of the Web API goes through here, once for each attempt.
    pub(crate) async fn exchange(
        &self,
        method: &Method,
        payload: &Payload<'_>,
    ) -> Result<Reply<Map<String, Value>>, Error> {
        let url = format!("{}{}", self.base_url, method.name);
        let url = Url::parse(&url).map_err(|error| Error::Internal {
            method: method.name,
            source: error.into(),
        })?;
        let outgoing = Outgoing {
            verb: Verb::POST,
            url,
            form: Form::of(payload),
            extra: payload.time_to_send(),
        };
        self.exchange_by(method, outgoing, read).await
    }

    /// The same, with `read` to judge replies.
    pub(crate) async fn exchange_by<T>(
        &self,
        method: &Method,
        outgoing: Outgoing,
        read: impl Fn(&Method, &Raw) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let request = self.teller.sent(method.name, length(&outgoing.form.parts));
        let exchange = self.exchange_once(method, outgoing, read, &request);
        let result = request.span.around(exchange).await;
        request.ended(&result);
        result
    }

    async fn exchange_once<T>(
        &self,
        method: &Method,
        outgoing: Outgoing,
        read: impl Fn(&Method, &Raw) -> Result<T, Error>,
        request: &UnderWay<'_>,
    ) -> Result<T, Error> {
        let total = self.timeouts.total.saturating_add(outgoing.extra);
        let receive = |raw: Raw| {
            request.replied(raw.status, raw.request_id.as_deref());
            read(method, &raw)
        };
        match method.effect {
            Effect::Reads => {
                let exchange = self.send_read(method, outgoing, receive);
                let done = timeout(total, exchange).await;
                done.unwrap_or_else(|elapsed| Err(silent(method.name, elapsed.into())))
            }
            Effect::Changes => {
                let dialed = self.dial(&outgoing.url).await;
                let mut line = dialed.map_err(|unconnected| unconnected.error(method.name))?;
                let exchange = self.send_change(method, outgoing, receive, &mut line);
                let done = timeout(total, exchange).await;
                let done = done.unwrap_or_else(|elapsed| Err(silent(method.name, elapsed.into())));
                done.map_err(|error| match error.class() {
                    Class::OutcomeUnknown if !line.may_be_whole() => Error::CutShort {
                        method: method.name,
                        source: Box::new(error),
                    },
                    _ => error,
                })
            }
        }
    }

    /// A request that changes nothing, on whichever connection there is.
    async fn send_read<T>(
        &self,
        method: &Method,
        outgoing: Outgoing,
        receive: impl Fn(Raw) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let headers = self.headers(&outgoing);
        let body = outgoing.form.parts.concat();
        let url = outgoing.url;
        let request = self
            .http
            .request(outgoing.verb, url.clone())
            .headers(headers);
        let response = timeout(self.timeouts.idle, request.body(body).send()).await;
        let response = match response.map_err(|elapsed| silent(method.name, elapsed.into()))? {
            Ok(response) => response,
            Err(error) => return Err(self.read_failed(method.name, &url, error).await),
        };
        let lost = |error| from_network(method.name, &url, error);
        receive(self.receive(method, response.into(), lost).await?)
    }

    /// A new connection, within its time limit.
    async fn dial(&self, url: &Url) -> Result<Line, Unconnected> {
        let connect = self.timeouts.connect;
        let dialed = timeout(connect, self.dialer.dial(url)).await;
        dialed.unwrap_or_else(|_| Err(Unconnected::silent(self.dialer.party(url), connect)))
    }

    /// Why a read got no reply. The HTTP library does not tell what a proxy answered, so this asks the proxy once more, with only a
    /// CONNECT.
    pub(crate) async fn read_failed(
        &self,
        method: &'static str,
        url: &Url,
        error: reqwest::Error,
    ) -> Error {
        if error.is_connect()
            && self.dialer.proxy(url).is_some()
            && let Err(unconnected) = self.dial(url).await
        {
            return unconnected.error(method);
        }
        if error.is_connect() && !error.is_builder() {
            let error = error.without_url();
            return Unconnected::new(self.dialer.server(url), error.into()).error(method);
        }
        from_network(method, url, error)
    }

    /// A request that changes something, on a connection of its own.
    async fn send_change<T>(
        &self,
        method: &Method,
        outgoing: Outgoing,
        receive: impl Fn(Raw) -> Result<T, Error>,
        line: &mut Line,
    ) -> Result<T, Error> {
        let headers = self.headers(&outgoing);
        let mut head = Request::builder()
            .method(outgoing.verb)
            .uri(outgoing.url.path())
            .body(())
            .map_err(|error| Error::Internal {
                method: method.name,
                source: error.into(),
            })?;
        *head.headers_mut() = headers;
        let patience = self.timeouts.idle.saturating_add(outgoing.extra);
        let lost = |error: hyper::Error| broken(method.name, error.into());
        let response = timeout(patience, line.send(head, outgoing.form.parts)).await;
        let response = response
            .map_err(|elapsed| silent(method.name, elapsed.into()))?
            .map_err(lost)?;
        receive(self.receive(method, response, lost).await?)
    }

    fn headers(&self, outgoing: &Outgoing) -> HeaderMap {
        let (url, form) = (&outgoing.url, &outgoing.form);
        let host = match (url.host_str().unwrap_or_default(), url.port()) {
            (host, Some(port)) => format!("{host}:{port}"),
            (host, None) => host.to_owned(),
        };
        let mut headers = HeaderMap::new();
        // The host of a URL is valid in a header.
        if let Ok(host) = HeaderValue::try_from(host) {
            headers.insert(HOST, host);
        }
        // Some calls need no token.
        if !self.token.secret().is_empty() {
            headers.insert(AUTHORIZATION, self.token.header());
        }
        headers.insert(USER_AGENT, self.agent.clone());
        headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        if outgoing.verb != Verb::GET {
            headers.insert(CONTENT_TYPE, form.content_type.clone());
            // An empty POST without a length is refused by some proxies, with 411.
            headers.insert(CONTENT_LENGTH, length(&form.parts).into());
        }
        headers
    }

    /// Reads a reply up to the method's cap.
    async fn receive<B: Body<Data = Bytes> + Unpin>(
        &self,
        method: &Method,
        response: Response<B>,
        lost: impl Fn(B::Error) -> Error,
    ) -> Result<Raw, Error> {
        let (head, mut body) = response.into_parts();
        let status = head.status.as_u16();
        let text = |name: &str| header(&head.headers, name);
        let mut raw = Raw {
            status,
            retry_after: retry_after(&head.headers, SystemTime::now()),
            request_id: text("x-slack-req-id"),
            scopes: text("x-oauth-scopes"),
            coding: text(CONTENT_ENCODING.as_str()),
            is_html: text(CONTENT_TYPE.as_str()).is_some_and(|kind| kind.contains("html")),
            body: Vec::new(),
            too_long: false,
        };
        let mut whole = async || {
            loop {
                let frame = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx));
                let frame = timeout(self.timeouts.idle, frame).await;
                let frame = frame.map_err(|elapsed| silent(method.name, elapsed.into()))?;
                let Some(frame) = frame else { return Ok(()) };
                // Trailers hold nothing that we need.
                let Ok(piece) = frame.map_err(&lost)?.into_data() else {
                    continue;
                };
                let left = method.longest_reply - raw.body.len();
                raw.body.extend_from_slice(&piece[..piece.len().min(left)]);
                raw.too_long = piece.len() > left;
                if raw.too_long {
                    return Ok(());
                }
            }
        };
        match status {
            200..300 => whole().await?,
            429 => {}
            // The text only explains the status, so losing some of it is no error.
            _ => drop(timeout(PATIENCE_WITH_EXPLANATIONS, whole()).await),
        }
        let secret = self.token.secret();
        raw.body = without_secret(raw.body, secret);
        for text in [&mut raw.request_id, &mut raw.scopes].into_iter().flatten() {
            let scrubbed = without_secret(std::mem::take(text).into_bytes(), secret);
            *text = String::from_utf8_lossy(&scrubbed).into_owned();
        }
        Ok(raw)
    }
}

/// The text of a header, cleaned; `None` where there is none that can be read.
fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    Some(clean(value))
}

/// Whether anything can have reached the server. The address is removed from the cause, because it may be private.
pub(crate) fn from_network(method: &'static str, url: &Url, error: reqwest::Error) -> Error {
    let error = error.without_url();
    if error.is_builder() {
        return Error::Internal {
            method,
            source: error.into(),
        };
    }
    if error.is_connect() {
        return Unconnected::new(Party::Server(host(url)), error.into()).error(method);
    }
    if error.is_timeout() {
        return silent(method, error.into());
    }
    broken(method, error.into())
}

fn broken(method: &'static str, source: Source) -> Error {
    let problem = "the connection broke before the reply was complete";
    Error::Lost {
        method,
        problem,
        source,
    }
}

pub(crate) fn silent(method: &'static str, source: Source) -> Error {
    Error::Lost {
        method,
        problem: "the server went silent, or its reply took too long",
        source,
    }
}
