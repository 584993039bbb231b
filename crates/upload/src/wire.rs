//! One request, one reply: all that is sent is put together here, and all that arrives comes in here.

use std::time::{Duration, SystemTime};

use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, HeaderValue, USER_AGENT};
use reqwest::multipart::{Form, Part};
use serde_json::{Map, Value};
use tokio::time::timeout;

use crate::clean::without_secret;
use crate::method::Method;
use crate::reply::{Raw, read};
use crate::retry_after::retry_after;
use crate::{Client, CropBox, Error, Photo, Reply};

/// How long to wait for the text of a reply whose status has said it all.
const PATIENCE_WITH_EXPLANATIONS: Duration = Duration::from_secs(5);

/// What goes into the body of a request.
pub(crate) enum Payload<'a> {
    /// URL-encoded fields.
    Fields(&'a [(&'static str, String)]),
    /// A photo and its crop box, as multipart. Slack takes a file no other way.
    Photo(&'a Photo, Option<CropBox>),
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
            .header(
                USER_AGENT,
                HeaderValue::from_static(concat!("headshot-upload/", env!("CARGO_PKG_VERSION"))),
            );
        let request = match payload {
            // An empty POST without a length is refused by some proxies, with 411.
            Payload::Fields([]) => request.form(&[(); 0]).header(CONTENT_LENGTH, 0),
            Payload::Fields(fields) => request.form(fields),
            Payload::Photo(photo, crop) => request.multipart(form(photo, *crop).map_err(internal)?),
        };
        let response = request
            .send()
            .await
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
            body: Vec::new(),
            too_long: false,
        };
        let mut body = async || {
            while let Some(piece) = response.chunk().await? {
                let room = method.longest_reply - raw.body.len();
                raw.too_long = piece.len() > room;
                raw.body.extend_from_slice(&piece[..piece.len().min(room)]);
                if raw.too_long {
                    break;
                }
            }
            Ok(())
        };
        match status {
            200 => body()
                .await
                .map_err(|error| from_network(method.name, error))?,
            429 => {}
            // The text only explains the status, so losing some of it is no error.
            _ => drop(timeout(PATIENCE_WITH_EXPLANATIONS, body()).await),
        }
        raw.body = without_secret(raw.body, self.token.secret());
        Ok(raw)
    }
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
fn from_network(method: &'static str, error: reqwest::Error) -> Error {
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
    let problem = if error.is_timeout() {
        "the server went silent, or its reply took too long"
    } else {
        "the connection broke before the reply was complete"
    };
    Error::Lost {
        method,
        problem,
        source: error.into(),
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
