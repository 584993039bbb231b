//! One request, one reply: all that is sent is put together here, and all that arrives comes in here.

use std::time::{Duration, SystemTime};

use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, HeaderValue, USER_AGENT};
use reqwest::multipart::{Form, Part};
use serde_json::{Map, Value};
use tokio::time::timeout;

use crate::clean::{clean, without_secret};
use crate::method::Method;
use crate::reply::{Raw, read};
use crate::retry_after::retry_after;
use crate::{Client, CropBox, Error, Photo, Reply};

/// What this client calls itself.
pub(crate) const AGENT: &str = concat!("headshot-upload/", env!("CARGO_PKG_VERSION"));

/// How long to wait for the text of a reply whose status has said it all.
const PATIENCE_WITH_EXPLANATIONS: Duration = Duration::from_secs(5);

/// The slowest line that photos are sent over, in bytes a second.
const SLOWEST_LINE: u64 = 64 * 1024;

/// What goes into the body of a request.
pub(crate) enum Payload<'a> {
    /// URL-encoded fields.
    Fields(&'a [(&'static str, String)]),
    /// A photo and its crop box, as multipart. Slack takes a file no other way.
    Photo(&'a Photo, Option<CropBox>),
}

impl Payload<'_> {
    /// What a slow line may take to send it.
    fn time_to_send(&self) -> Duration {
        match self {
            Payload::Fields(_) => Duration::ZERO,
            Payload::Photo(photo, _) => {
                Duration::from_secs(photo.bytes().len() as u64 / SLOWEST_LINE)
            }
        }
    }
}

impl Client {
    /// Sends one request and reads its reply. Every method goes through here, once for each attempt.
    pub(crate) async fn exchange(
        &self,
        method: &Method,
        payload: &Payload<'_>,
    ) -> Result<Reply<Map<String, Value>>, Error> {
        let name = method.name;
        let internal = |error: reqwest::Error| Error::Internal {
            method: name,
            source: error.without_url().into(),
        };
        let address = format!("{}{name}", self.base_url);
        let request = self
            .http
            .post(address)
            .header(AUTHORIZATION, self.token.header())
            .header(USER_AGENT, HeaderValue::from_static(AGENT));
        let extra = payload.time_to_send();
        let request = request.timeout(self.timeouts.total + extra);
        let request = match payload {
            // An empty POST without a length is refused by some proxies, with 411.
            Payload::Fields([]) => request.form(&[(); 0]).header(CONTENT_LENGTH, 0),
            Payload::Fields(fields) => request.form(fields),
            Payload::Photo(photo, crop) => request.multipart(form(photo, *crop).map_err(internal)?),
        };
        let response = timeout(self.timeouts.idle + extra, request.send()).await;
        let response = response
            .map_err(|elapsed| silent(name, elapsed.into()))?
            .map_err(|error| from_network(name, error))?;
        let raw = self.receive(method, response).await?;
        read(method, &raw)
    }

    /// Reads a reply up to the method's cap.
    async fn receive(
        &self,
        method: &Method,
        mut response: reqwest::Response,
    ) -> Result<Raw, Error> {
        let status = response.status().as_u16();
        let mut raw = Raw {
            status,
            retry_after: retry_after(response.headers(), SystemTime::now()),
            request_id: header(&response, "x-slack-req-id"),
            scopes: header(&response, "x-oauth-scopes"),
            body: Vec::new(),
            too_long: false,
        };
        let mut body = async || {
            loop {
                let piece = timeout(self.timeouts.idle, response.chunk()).await;
                let piece = piece
                    .map_err(|elapsed| silent(method.name, elapsed.into()))?
                    .map_err(|error| from_network(method.name, error))?;
                let Some(piece) = piece else { return Ok(()) };
                let room = method.longest_reply - raw.body.len();
                raw.body.extend_from_slice(&piece[..piece.len().min(room)]);
                raw.too_long = piece.len() > room;
                if raw.too_long {
                    return Ok(());
                }
            }
        };
        match status {
            200 => body().await?,
            429 => {}
            // The text only explains the status, so losing some of it is no error.
            _ => drop(timeout(PATIENCE_WITH_EXPLANATIONS, body()).await),
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
fn header(response: &reqwest::Response, name: &str) -> Option<String> {
    let value = response.headers().get(name)?.to_str().ok()?;
    Some(clean(value))
}

/// The body of `users.setPhoto`. The bytes are shared, not copied.
fn form(photo: &Photo, crop: Option<CropBox>) -> Result<Form, reqwest::Error> {
    let length = photo.bytes().len() as u64;
    let file = Part::stream_with_length(photo.bytes().clone(), length)
        .file_name(photo.file_name())
        .mime_str(photo.content_type())?;
    let mut form = Form::new();
    for (name, value) in crop.into_iter().flat_map(CropBox::arguments) {
        form = form.text(name, value);
    }
    Ok(form.part("image", file))
}

/// Tells whether anything can have reached the server. The address is taken out of the cause: it may be private.
pub(crate) fn from_network(method: &'static str, error: reqwest::Error) -> Error {
    let error = error.without_url();
    if error.is_builder() {
        return Error::Internal {
            method,
            source: error.into(),
        };
    }
    if error.is_connect() {
        return if is_about_certificates(&error) {
            Error::NotTrusted {
                method,
                source: error.into(),
            }
        } else {
            Error::NotSent {
                method,
                source: error.into(),
            }
        };
    }
    if error.is_timeout() {
        return silent(method, error.into());
    }
    let problem = "the connection broke before the reply was complete";
    Error::Lost {
        method,
        problem,
        source: error.into(),
    }
}

pub(crate) fn silent(
    method: &'static str,
    source: Box<dyn std::error::Error + Send + Sync>,
) -> Error {
    Error::Lost {
        method,
        problem: "the server went silent, or its reply took too long",
        source,
    }
}

/// The verifier's verdict is wrapped in I/O errors, whose source is not the error they wrap but that one's source.
fn is_about_certificates(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let wrapped = error
            .downcast_ref::<std::io::Error>()
            .and_then(|error| error.get_ref());
        if let Some(error) = wrapped {
            if let Some(rustls::Error::InvalidCertificate(_)) = error.downcast_ref() {
                return true;
            }
            cause = Some(error);
        } else {
            cause = error.source();
        }
    }
    false
}
